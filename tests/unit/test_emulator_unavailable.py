"""Where the emulator cannot run, one sentence says what it needs."""
from __future__ import absolute_import, division, print_function

import os
import re
import subprocess
import sys

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IS_OLD = sys.version_info < (3, 9)
#: What an interpreter without the library says to an import.
WITHOUT = "import sys; sys.modules['sqlalchemy'] = None; "
#: The same to `python -m`, which runs `runpy` with the arguments of the process.
AS_MODULE = ("import sys; sys.modules['sqlalchemy'] = None; sys.argv = ['-m']; "
             "import runpy; runpy.run_module('pyral.emulator', run_name='__main__')")


def run(*arguments):
    """Return the exit code of this interpreter with arguments, and its error output."""
    process = subprocess.Popen((sys.executable, '-B') + arguments, cwd=ROOT,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.wait(), process.communicate()[1].decode('utf-8').strip()


@pytest.mark.skipif(not IS_OLD, reason="the emulator runs on this Python")
def test_an_old_interpreter_is_told_which_one_is_needed():
    code, said = run('-c', 'import pyral.emulator')
    assert code == 1 and said.splitlines()[-1].startswith(
        'ImportError: the emulator needs Python 3.9 or later, and this is ')
    code, said = run('-m', 'pyral.emulator')
    assert code == 2 and said.startswith('pyral.emulator: the emulator needs Python 3.9 or later')
    assert said.count('\n') == 0


@pytest.mark.skipif(IS_OLD, reason="the emulator does not run on this Python")
def test_without_its_libraries_the_extra_is_named():
    # Where none is installed, the first that is looked for is named.
    sentence = r"the emulator needs (\w+), which is not installed: pip install 'pyral\[emulator\]'$"
    code, said = run('-c', WITHOUT + 'import pyral.emulator')
    named = re.match('ImportError: ' + sentence, said.splitlines()[-1])
    assert code == 1 and 'During handling' not in said
    assert run('-c', WITHOUT + 'import ' + named.group(1))[0] == 1
    code, said = run('-c', AS_MODULE)
    assert code == 2 and re.match('pyral.emulator: ' + sentence, said).group(1) == named.group(1)
