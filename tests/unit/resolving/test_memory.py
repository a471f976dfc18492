"""What a connection remembers of names: hits for good, words for a quarter of an hour."""
from __future__ import absolute_import, division, print_function

from pyral.refs import Ref
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


def test_a_write_forgets_what_it_may_change_and_no_more():
    memory = Memory(lambda: 0.0)
    tag = ('workspace/1', 'Tag', 'old', None)
    current = ('workspace/1', 'Iteration', 'current', None)

    def fill():
        memory.keep(tag, [Ref('tag', 5)])
        memory.keep(current, [Ref('iteration', 6)], passes=True)

    def known():
        return memory.get(tag) is not None, memory.get(current, passes=True) is not None

    for arguments, left in (
            (('Tag', [5], ['Name']), (False, True)), (('Tag', [5]), (False, True)),
            (('Tag', [5], ['Color']), (True, True)), (('Tag', [7]), (True, True)),
            (('Tag',), (True, True)), (('Iteration',), (True, False)),
            (('Iteration', [7], ['StartDate']), (True, False)),
            (('Iteration', [6], ['Notes']), (True, True))):
        fill()
        memory.forget(*arguments)
        assert known() == left, arguments
