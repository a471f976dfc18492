"""The sdist and the wheel: what is in them, and that they work in an empty environment."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: a file of each kind that only packaging settings bring along
WANTED = [
    'pyral/py.typed',
    'pyral/emulator/data/types/base.json',
    'pyral/emulator/language/grammar.lark',
    'pyral/emulator/worlds/world.schema.json',
]


@pytest.fixture(scope='module')
def archives(tmp_path_factory):
    """Build sdist and wheel once; return their paths."""
    folder = tmp_path_factory.mktemp('dist')
    done = subprocess.run(
        [sys.executable, '-m', 'build', '--no-isolation', '--outdir', str(folder), ROOT],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {path.suffix: path for path in folder.iterdir()}


def test_the_wheel_is_for_both_pythons_and_is_complete(archives):
    path = archives['.whl']
    assert path.name == 'pyral-2.0.0-py2.py3-none-any.whl'
    names = zipfile.ZipFile(str(path)).namelist()
    assert [name for name in WANTED if name not in names] == []
    assert [name for name in names if name.startswith(('tests', 'examples', 'doc'))] == []


def test_the_sdist_can_run_its_own_tests(archives):
    names = [name.partition('/')[2] for name in tarfile.open(str(archives['.gz'])).getnames()]
    wanted = WANTED + [
        'Makefile',
        'LICENSE',
        'VERSIONS',
        'examples/quickstart.py',
        'tests/suite.py',
        'doc/source/index.rst',
    ]
    assert [name for name in wanted if name not in names] == []


def test_the_wheel_works_in_an_empty_environment(archives, tmp_path):
    venv.create(str(tmp_path / 'env'), with_pip=True)
    python = str(tmp_path / 'env' / 'bin' / 'python')
    subprocess.run([python, '-m', 'pip', '-qq', 'install', str(archives['.whl'])], check=True)
    code = (
        'import pyral, sys; print(pyral.__version__, pyral.Rally.__name__,'
        ' any(name in sys.modules for name in ("lark", "sqlalchemy", "werkzeug")))'
    )
    done = subprocess.run([python, '-c', code], cwd=str(tmp_path), capture_output=True, text=True)
    assert done.stdout.strip() == '(2, 0, 0) Rally False', done.stderr
