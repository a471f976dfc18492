"""Package metadata of pyral; build settings of the tools are in pyproject.toml."""
import io
import os
import re

from setuptools import find_packages, setup

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    """Return the text of a file beside this one."""
    with io.open(os.path.join(HERE, name), encoding='utf-8') as source:
        return source.read()


def description():
    """Return the README; where the index shows it, its links to pages beside it lead nowhere."""
    return re.sub(r'`([^`<]+) <(doc/[^>]+)>`_', r'\1 (``\2``)', read('README.rst'))


def version():
    """Return the version text without importing the package."""
    names = {}
    exec(read(os.path.join('pyral', '_version.py')), names)
    return names['VERSION_TEXT']


EMULATOR = [
    "werkzeug>=3.0,<4; python_version >= '3.9'",
    "h11>=0.16,<1; python_version >= '3.9'",
    "cachetools>=5.3,<9; python_version >= '3.9'",
    "lark>=1.1,<2; python_version >= '3.9'",
    "jinja2>=3.1,<4; python_version >= '3.9'",
    "sqlalchemy>=2.0,<3; python_version >= '3.9'",
    "jsonschema>=4.17,<5; python_version >= '3.9'",
    "trustme>=1.1,<2; python_version >= '3.9'",
    "tzdata>=2023.3; python_version >= '3.9'",
]

SPEED = ["orjson>=3.6,<4; python_version >= '3.8' and implementation_name == 'cpython'"]

DATA = [
    "pandas>=1.5,<4; python_version >= '3.9'",
    "pyarrow>=12; python_version >= '3.9'",
]

CLI = [
    "rich>=10; python_version >= '3.7'",
    "argcomplete>=2; python_version >= '3.7'",
]

DEV = EMULATOR + SPEED + DATA + CLI + [
    "pytest>=7,<10; python_version >= '3.9'",
    "pytest-xdist>=3,<4; python_version >= '3.9'",
    "pytest-cov>=5,<8; python_version >= '3.9'",
    "pytest-timeout>=2.2,<3; python_version >= '3.9'",
    "hypothesis>=6.80,<7; python_version >= '3.9'",
    "coverage>=7.10; python_version >= '3.9'",
    "ruff>=0.6; python_version >= '3.9'",
    "mypy>=1.8; python_version >= '3.9'",
    "types-cachetools>=5.3; python_version >= '3.9'",
    "pyright>=1.1.350; python_version >= '3.9'",
    "sphinx>=7,<10; python_version >= '3.9'",
    "furo>=2024.1.29,<2027; python_version >= '3.9'",
    "sphinx-copybutton>=0.5.2,<1; python_version >= '3.9'",
    "setuptools>=61; python_version >= '3.9'",
    "wheel>=0.38; python_version >= '3.9'",
    "build>=1; python_version >= '3.9'",
    "twine>=5; python_version >= '3.9'",
    "towncrier>=23.11; python_version >= '3.9'",
    "pre-commit>=3.5; python_version >= '3.9'",
    "feedparser>=6,<7; python_version >= '3.9'",
]

setup(
    name='pyral',
    version=version(),
    description='Python SDK and command for the Rally Web Services API, and an emulator of it',
    long_description=description(),
    long_description_content_type='text/x-rst',
    author='The pyral developers',
    # Only addresses that are there; the sources and the documentation have none of their own yet.
    project_urls={
        'Releases': 'https://pypi.org/project/pyral/#history',
        'Rally': 'https://rally1.rallydev.com',
    },
    license='BSD-3-Clause',
    license_files=['LICENSE'],
    entry_points={
        'console_scripts': ['pyral = pyral.cli:end_process'],
        'pytest11': ['pyral = pyral.pytest_plugin:ENTRY_POINT'],
    },
    packages=find_packages(include=['pyral', 'pyral.*']),
    # Said, so that an editable installation is found before a folder of this name beside a script.
    package_dir={'': '.'},
    package_data={
        '': ['py.typed', '*.pyi'],
        'pyral.emulator': ['data/*.json', 'data/*/*.json', 'language/*.lark', 'worlds/*.json',
                           'worlds/demo/*.json', 'templates/*.html'],
    },
    include_package_data=False,
    zip_safe=False,
    python_requires='>=2.7, !=3.0.*, !=3.1.*, !=3.2.*, !=3.3.*, !=3.4.*, !=3.5.*',
    install_requires=[
        "requests>=2.12.5,<2.28; python_version < '3.0'",
        "requests>=2.12.5,<2.28; python_version >= '3.0' and python_version < '3.7'",
        "requests>=2.12.5,<3; python_version >= '3.7'",
        'six>=1.10,<2',
    ],
    extras_require={
        'emulator': EMULATOR,
        'speed': SPEED,
        'data': DATA,
        'cli': CLI,
        'postgres': EMULATOR + ["psycopg[binary]>=3.1,<4; python_version >= '3.9'"],
        'mutants': ["mutmut>=3.8,<4; python_version >= '3.10'"],
        'dev': DEV,
    },
    options={'bdist_wheel': {'python_tag': 'py2.py3'}},
    classifiers=[
        'Development Status :: 5 - Production/Stable',
        'Environment :: Console',
        'Framework :: Pytest',
        'Intended Audience :: Developers',
        'Operating System :: OS Independent',
        'Programming Language :: Python',
        'Programming Language :: Python :: 2.7',
        'Programming Language :: Python :: 3',
        'Programming Language :: Python :: 3.6',
        'Programming Language :: Python :: 3.7',
        'Programming Language :: Python :: 3.8',
        'Programming Language :: Python :: 3.9',
        'Programming Language :: Python :: 3.10',
        'Programming Language :: Python :: 3.11',
        'Programming Language :: Python :: 3.12',
        'Programming Language :: Python :: 3.13',
        'Topic :: Software Development :: Libraries :: Python Modules',
        'Typing :: Typed',
    ],
    keywords='rally agile central wsapi rest emulator',
)
