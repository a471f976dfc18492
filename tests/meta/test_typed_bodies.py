"""The bodies of the SDK, checked against the types that their stubs promise."""

import os

import pytest

from tests.typed_bodies import ROOT, Merger, check

MODULE = """\
'''What it is for.'''
from __future__ import absolute_import, division, print_function


class Box(object):
    '''Holds a number.'''

    limit = 3

    def __init__(self, number=(1 + 2), *rest,
                 **options):
        self.number = number

    @property
    def double(self):
        return self.number * 2


def label(box):
    return 'box {0}'.format(box.double)
"""
STUB = """\
from typing import Any

class Box:
    limit: int
    number: int
    def __init__(self, number: int = ..., *rest: Any, **options: Any) -> None: ...
    @property
    def double(self) -> int: ...

class Made(Box): ...

def label(box: Box) -> str: ...
"""
MERGED = """\
'''What it is for.'''
from __future__ import absolute_import, division, print_function; from typing import Any


class Box(object):
    '''Holds a number.'''; number: int

    limit: int = 3

    def __init__(self, number: int=(1 + 2), *rest: Any,
                 **options: Any) -> None:
        self.number = number

    @property
    def double(self) -> int:
        return self.number * 2


def label(box: Box) -> str:
    return 'box {0}'.format(box.double)

class Made(Box):
    ...
"""


def test_a_stub_is_merged_and_no_line_moves():
    assert Merger(MODULE, STUB).merged().rstrip() == MERGED.rstrip()


def test_the_bodies_do_what_their_stubs_promise():
    said, code = check(os.path.join(ROOT, 'pyral'))
    assert code == 0, said


@pytest.mark.parametrize(
    ('right', 'wrong', 'message'),
    [
        ("return 'box {0}'.format(box.double)", 'return box.double', 'Incompatible return value'),
        ('box.double)', 'box.duoble)', '"Box" has no attribute "duoble"'),
        ('self.number = number', 'self.number = str(number)', 'expression has type "str"'),
        ("'box {0}'.format(box.double)", 'label(box.double)', 'Argument 1 to "label"'),
    ],
)
def test_a_wrong_body_is_seen_at_its_line(tmp_path, right, wrong, message):
    package = tmp_path / 'boxes'
    package.mkdir()
    (package / '__init__.py').write_text(MODULE.replace(right, wrong))
    (package / '__init__.pyi').write_text(STUB)
    line = MODULE[: MODULE.index(right)].count('\n') + 1
    said, code = check(str(package))
    assert code == 1 and f'__init__.py:{line}: error: ' in said and message in said, said
