"""The sdist and the wheel: what is in them, and that they work in an empty environment."""

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile

import pytest

import pyral
from tests import matrix, release

ROOT = release.ROOT
VERSION = '.'.join(str(part) for part in release.version())


@pytest.fixture(scope='module')
def archives(tmp_path_factory):
    """Build sdist and wheel once; return their paths."""
    return release.build(str(tmp_path_factory.mktemp('dist')), '--no-isolation')


def files_below(top):
    """Return the paths of all files below a folder of the project that no tool made."""
    found = []
    for folder, folders, files in os.walk(os.path.join(ROOT, top)):
        folders[:] = sorted(set(folders) - {'__pycache__', 'build'})
        inside = os.path.relpath(folder, ROOT).replace(os.sep, '/')
        found += [f'{inside}/{file}' for file in files if not file.endswith('.pyc')]
    return sorted(found)


def test_the_version_is_written_once(archives):
    assert release.version() == pyral.__version__
    assert os.path.basename(archives['.whl']) == f'pyral-{VERSION}-py2.py3-none-any.whl'
    assert os.path.basename(archives['.gz']) == f'pyral-{VERSION}.tar.gz'
    for path in files_below('pyral') + ['setup.py', 'pyproject.toml', 'doc/source/conf.py']:
        with open(os.path.join(ROOT, path), encoding='utf-8') as source:
            assert VERSION not in source.read(), path


def test_the_wheel_holds_the_whole_package_and_nothing_else(archives):
    names = zipfile.ZipFile(archives['.whl']).namelist()
    package = [name for name in names if not name.startswith(f'pyral-{VERSION}.dist-info/')]
    assert sorted(package) == files_below('pyral')


def test_the_sdist_can_run_its_own_tests(archives):
    names = [name.partition('/')[2] for name in tarfile.open(archives['.gz']).getnames()]
    wanted = ['Makefile', 'LICENSE', 'VERSIONS', 'README.rst', 'setup.py', 'pyproject.toml']
    for top in ('pyral', 'tests', 'examples', 'doc'):
        wanted += files_below(top)
    assert [name for name in wanted if name not in names] == []


def test_the_sdist_holds_what_is_under_version_control(archives):
    listed = subprocess.run(['git', 'ls-files'], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("this is no clone of the repository")
    names = {name.partition('/')[2] for name in tarfile.open(archives['.gz']).getnames()}
    # What is deleted and not yet committed is listed too.
    tracked = {
        path for path in listed.stdout.split('\n') if os.path.exists(os.path.join(ROOT, path))
    }
    assert tracked - names - {''} == {'.gitignore'}


def test_the_metadata_say_what_a_reader_of_the_index_needs(archives):
    wheel = zipfile.ZipFile(archives['.whl'])
    info = f'pyral-{VERSION}.dist-info/'
    head, _, readme = wheel.read(info + 'METADATA').decode('utf-8').partition('\n\n')
    assert 'License: BSD-3-Clause\n' in head and 'License ::' not in head
    assert head.count('\nProject-URL: ') >= 2
    # There, a link to a page beside the README would lead nowhere.
    assert '<doc/' not in readme and '(``doc/source/testing.rst``)' in readme
    extras = set(re.findall(r'^Provides-Extra: (\w+)$', head, re.M))
    named = re.findall(r"pip install '\.\[([\w,]+)\]'", readme)
    assert named and {extra for names in named for extra in names.split(',')} <= extras
    points = wheel.read(info + 'entry_points.txt').decode('utf-8')
    assert '[pytest11]\npyral = pyral.pytest_plugin:ENTRY_POINT\n' in points


def test_the_wheel_works_in_an_empty_environment(archives, tmp_path):
    venv.create(str(tmp_path / 'env'), with_pip=True)
    python = str(tmp_path / 'env' / 'bin' / 'python')
    subprocess.run([python, *matrix.INSTALL, archives['.whl']], check=True)
    code = (
        'import pyral, sys; print(pyral.__version__, pyral.Rally.__name__,'
        ' any(name in sys.modules for name in ("lark", "sqlalchemy", "werkzeug")))'
    )
    done = subprocess.run([python, '-c', code], cwd=str(tmp_path), capture_output=True, text=True)
    assert done.stdout.strip() == f'{pyral.__version__} Rally False', done.stderr


def test_a_folder_of_the_same_name_beside_a_script_does_not_hide_an_installation(tmp_path):
    script = tmp_path / 'report.py'
    script.write_text('import pyral; print(pyral.Rally)')
    (tmp_path / 'pyral' / 'doc').mkdir(parents=True)  # as where the clone lies beside it
    environ = {name: value for name, value in os.environ.items() if name != 'PYTHONPATH'}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert 'restapi.Rally' in done.stdout, done.stderr
