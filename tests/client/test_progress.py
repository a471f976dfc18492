"""Progress: whatever takes long tells a function how much is done, at most ten times a second."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import _progress
from pyral._progress import Progress
from pyral.advice import RallyWarning


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a second at each look, so that no call is left out."""
    times = iter(range(10 ** 6))
    monkeypatch.setattr(_progress, '_now', lambda: next(times))


@pytest.fixture
def story(rally, tmpdir):
    """A story with two files, and its paths."""
    made = rally.create('Story', {'Name': 'with files'})
    for name in ('a.txt', 'b.txt'):
        tmpdir.join(name).write('content of ' + name)
        rally.addAttachment(made, str(tmpdir.join(name)))
    return made


def tags(rally, count=5):
    return rally.createMultiple('Tag', [{'Name': 'tag {0}'.format(n)} for n in range(count)])


NAMED = {'query': 'Name contains "tag "', 'pagesize': 2}
#: Work that takes long, with a function to tell | what it tells.
WORK = {
    'get': (lambda rally, item, folder, tell: list(rally.get(
        'Tag', on_progress=tell, **NAMED)), [(2, 5), (4, 5), (5, 5)]),
    'get up to a limit': (lambda rally, item, folder, tell: list(rally.get(
        'Tag', limit=3, on_progress=tell, **NAMED)), [(2, 3), (3, 3)]),
    'get from a start': (lambda rally, item, folder, tell: list(rally.get(
        'Tag', start=3, on_progress=tell, **NAMED)), [(2, 3), (3, 3)]),
    'get nothing': (lambda rally, item, folder, tell: list(rally.get(
        'Tag', query='Name = nothing', on_progress=tell)), [(0, 0)]),
    'rows': (lambda rally, item, folder, tell: rally.to_dicts(
        'Tag', 'Name', on_progress=tell, **NAMED), [(2, 5), (4, 5), (5, 5)]),
    'getCollection': (lambda rally, item, folder, tell: list(rally.getCollection(
        item.ref + '/Attachments', on_progress=tell)), [(2, 2)]),
    'createMultiple': (lambda rally, item, folder, tell: rally.createMultiple(
        'Tag', [{'Name': 'made {0}'.format(n)} for n in range(250)], on_progress=tell), None),
    'updateMultiple': (lambda rally, item, folder, tell: rally.updateMultiple(
        'Story', [{'ObjectID': item.oid, 'Name': 'x'}] * 250, on_progress=tell), None),
    'deleteMultiple': (lambda rally, item, folder, tell: rally.deleteMultiple(
        'Tag', tags(rally, 9), on_progress=tell), [(9, 9)]),
    'addCollectionItemsMultiple': (
        lambda rally, item, folder, tell: rally.addCollectionItemsMultiple(
            [item] * 3, 'Tags', ['tag 1'], on_progress=tell), [(3, 3)]),
    'addAttachments': (lambda rally, item, folder, tell: rally.addAttachments(
        item, [{'Name': str(folder.join(name)), 'mime_type': 'text/plain'}
               for name in ('a.txt', 'b.txt')], on_progress=tell), [(1, 2), (2, 2)]),
    'getAttachments': (lambda rally, item, folder, tell: rally.getAttachments(
        item, on_progress=tell), [(1, 2), (2, 2)]),
    'saveAttachments': (lambda rally, item, folder, tell: rally.saveAttachments(
        item, str(folder), on_progress=tell), [(1, 2), (2, 2)]),
}


@pytest.mark.parametrize('name', sorted(WORK))
def test_long_work_tells_how_much_is_done(rally, story, tmpdir, clock, name):
    tags(rally)
    work, expected = WORK[name]
    told = []
    work(rally, story, tmpdir, lambda done, total: told.append((done, total)))
    if expected is None:
        assert told[-1] == (250, 250) and len(told) > 1
        assert told == sorted(set(told)) and set(total for _, total in told) == set([250])
    else:
        assert told == expected


def test_all_users_tell_how_many_were_read(rally, clock):
    told = []
    users = rally.getAllUsers(on_progress=lambda done, total: told.append((done, total)))
    assert told == [(len(users), len(users))]


def test_calls_are_a_tenth_of_a_second_apart_and_the_last_always_comes(monkeypatch):
    now, told = [0.0], []
    monkeypatch.setattr(_progress, '_now', lambda: now[0])
    progress = Progress(lambda done, total: told.append(done))
    for done in range(1, 1001):
        now[0] += 0.001
        progress.tell(done, 1000)
    assert told[0] == 1 and told[-1] == 1000 and len(told) <= 12
    progress.tell(1000, 1000)
    assert told.count(1000) == 1


def test_a_clock_that_goes_back_stops_nothing(monkeypatch):
    times, told = iter([100.0, 50.0, 51.0]), []
    monkeypatch.setattr(_progress, '_now', lambda: next(times))
    progress = Progress(lambda done, total: told.append(done))
    for done in range(3):
        progress.tell(done, 9)
    assert told == [0, 1, 2]


def test_a_function_that_raises_ends_nothing_but_its_calls(rally, clock):
    calls = []

    def fail(done, total):
        calls.append(done)
        raise KeyError('no')

    with pytest.warns(RallyWarning) as caught:
        made = rally.createMultiple('Tag', [{'Name': 'x{0}'.format(n)} for n in range(250)],
                                    on_progress=fail)
    assert len(made) == 250 and len(calls) == 1
    assert any("on_progress is not called again, because it raised KeyError" in str(each.message)
               for each in caught)


def test_ctrl_c_in_the_function_ends_the_work(rally, clock):
    def stop(done, total):
        raise KeyboardInterrupt()

    tags(rally)
    with pytest.raises(KeyboardInterrupt):
        list(rally.get('Tag', on_progress=stop, **NAMED))
    assert rally.get('Tag', **NAMED).resultCount == 5


@pytest.mark.parametrize('value', [5, 'x', True])
def test_what_is_no_function_is_an_error_before_anything_is_sent(rally, wire, value):
    with pytest.raises(TypeError) as caught:
        rally.createMultiple('Tag', [{'Name': 'x'}], on_progress=value)
    assert 'on_progress' in str(caught.value) and wire.lines == []
