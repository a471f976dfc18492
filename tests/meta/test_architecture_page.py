"""The architecture page is that of the code: tables of modules, recorded flows."""

import os

import pytest

from tests.meta.page_scripts import load

STALE = "run: python doc/architecture.py"


@pytest.fixture(scope='module')
def architecture():
    """The script that writes the page."""
    return load('architecture')


@pytest.fixture(scope='module')
def shown(architecture):
    """What the page shows of the parts that the script writes: {part: text}."""
    with open(architecture.PAGE, encoding='utf-8') as source:
        found = load('written_parts').PART.finditer(source.read())
    return {
        part.group('name'): part.group().partition('\n')[2].rpartition('.. end')[0].strip('\n')
        for part in found
    }


@pytest.mark.parametrize('half', ['sdk', 'emulator'])
def test_the_table_of_modules_is_that_of_the_code(architecture, shown, half):
    assert shown[f'modules of the {half}'] == architecture.table(half), STALE


def test_the_flows_are_those_that_a_run_takes(architecture, shown):
    taken = {f'flow of {name}': files for name, files in architecture.flows().items()}
    assert len(taken) == 5 and all(len(files) > 10 for files in taken.values())
    flows = {name: text for name, text in shown.items() if name.startswith('flow of ')}
    assert flows == {name: architecture.chain(files) for name, files in taken.items()}, STALE


def test_a_part_that_the_page_lacks_is_said(architecture):
    text = '.. written: one\nold\n.. end\n'
    assert architecture.page(text, {'one': 'new'}) == '.. written: one\n\nnew\n\n.. end\n'
    with pytest.raises(ValueError, match='two'):
        architecture.page(text, {'one': 'new', 'two': 'more'})


@pytest.mark.parametrize(
    'docstring, sentence',
    [
        ('Read it, once.\n\nMore.', 'Read it, once.'),
        ('Dates: ISO 8601, `UTC`. Pure, and\nwithout a clock.', 'Dates: ISO 8601, ``UTC``.'),
        ('Version 2.0 of it\nall. `x` is more.', 'Version 2.0 of it all.'),
        ('A title without a full stop\n\nMore. And more.', 'A title without a full stop'),
        ('', ''),
    ],
)
def test_the_first_sentence_of_a_docstring(architecture, docstring, sentence):
    assert architecture.first_sentence(docstring) == sentence


def test_files_are_recorded_once_in_the_order_they_are_entered(architecture, tmp_path):
    names = {}
    for name, body in (('inner', 'pass'), ('outer', 'inner()\n    inner()')):
        path = tmp_path / f'{name}.py'
        code = compile(f'def {name}():\n    {body}', str(path), 'exec')
        exec(code, names)
    with architecture.entered(f'{tmp_path}{os.sep}') as found:
        names['outer']()
        names['inner']()
    assert found == ['outer', 'inner']
