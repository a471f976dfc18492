"""What a connection remembers of names: hits for good, words for a quarter of an hour."""
from __future__ import absolute_import, division, print_function

from pyral.resolving.memory import Memory


def test_names_are_kept_and_words_until_a_day_may_have_begun():
    now = [1000000.0]
    memory = Memory(lambda: now[0])
    memory.keep('name', ['iteration/1'])
    memory.keep('current', ['iteration/2'], passes=True)
    assert memory.get('name') == ['iteration/1']
    assert memory.get('current', passes=True) == ['iteration/2']
    assert memory.get('other') is None
    now[0] += 900
    assert memory.get('current', passes=True) is None
    assert memory.get('name') == ['iteration/1']
    assert repr(memory) == '<Memory of 2 names>'
