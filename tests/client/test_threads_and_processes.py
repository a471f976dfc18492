"""Many threads and child processes on one connection: each gets its own answers."""
from __future__ import absolute_import, division, print_function

import copy
import os
import pickle
import signal
import threading
import traceback

import pytest

from pyral import RallyResponseError
from pyral.entity.classes import REGISTRY
from tests.client.fault_fixtures import service, service_of_the_module  # noqa: F401 - fixtures
from tests.threads import GUARD_S


def together(count, work):
    """Run `work(number)` in so many threads; return what was raised."""
    failed = []

    def run(number):
        try:
            work(number)
        except BaseException:
            failed.append(traceback.format_exc())

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    for thread in threads:
        thread.join(2 * GUARD_S)
    assert not [each for each in threads if each.is_alive()]
    return failed


@pytest.mark.parametrize('way, count', [('by_key', 6), ('by_word', 32)])
def test_many_threads_share_one_connection_and_get_their_own_answers(service, way, count):
    rally = service.shared(way)

    def work(number):
        name = '{0} thread {1}'.format(way, number)
        made = rally.create('Defect', {'Name': name, 'Notes': name})
        assert made.Name == name and made.Notes == name
        rally.update('Defect', made.oid, {'Notes': name + '!'})
        (found,) = rally.get('Defect', query='Name = "{0}"'.format(name), project=None)
        assert found.oid == made.oid and found.Notes == name + '!'
        assert found.Project.Workspace.Name == service.workspace
        rally.addCollectionItems(made, 'Tags', [rally.create('Tag', {'Name': name})])
        assert [tag.Name for tag in rally.getCollection(found._item['_ref'] + '/Tags')] == [name]
        assert rally.delete('Defect', made.oid) is True

    # One at a time: a write that meets two tokens in a row which became stale is not promised.
    for _ in range(3):
        service.order('expire-token', skip=20)
        assert together(count, work) == []


@pytest.mark.skipif(not hasattr(os, 'fork'), reason="this system has no fork")
def test_a_child_process_works_on_with_connections_of_its_own(service):
    rally = service.shared('by_word')
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            made = rally.create('Tag', {'Name': 'of the child'}).Name
            os.write(writer, made.encode('ascii'))
        finally:
            os._exit(0)
    for number in range(3):
        rally.create('Tag', {'Name': 'of the parent {0}'.format(number)})
    os.close(writer)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b'of the child'
    os.close(reader)


def in_child(work):
    """Return the text that `work` returns in a child process, or what it raised there."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(2 * GUARD_S)
        try:
            told = work()
        except BaseException:
            told = traceback.format_exc()
        os.write(writer, told.encode('utf-8')[-60000:])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, 'rb') as source:
        told = source.read().decode('utf-8')
    assert os.waitpid(child, 0)[1] == 0, 'the child hangs'
    return told


@pytest.mark.skipif(not hasattr(os, 'fork'), reason="this system has no fork")
def test_a_child_is_not_stuck_by_what_threads_of_its_parent_hold(service):
    rally = service.by_word()
    helper, transport = rally.contextHelper, rally._transport
    locks = [helper._lock, helper.directory._lock, transport._wire._slots,
             transport.retry_budget._lock, transport._sign_in._lock, REGISTRY._lock]
    held, done = threading.Event(), threading.Event()

    def hold():
        for lock in locks:
            lock.__enter__()
        held.set()
        done.wait(GUARD_S)
        for lock in locks:
            lock.__exit__(None, None, None)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(GUARD_S)
    try:
        assert in_child(lambda: rally.create('Tag', {'Name': 'unstuck'}).Name) == 'unstuck'
    finally:
        done.set()
        holder.join()
    assert rally.create('Tag', {'Name': 'the parent, too'}).Name == 'the parent, too'


@pytest.mark.skipif(not hasattr(os, 'fork'), reason="this system has no fork")
def test_a_child_is_told_that_its_parent_reads_a_response(service):
    rally = service.shared('by_key')
    rally.createMultiple('Tag', [{'Name': 'fork {0}'.format(number)} for number in range(9)])
    response = rally.get('Tag', query='Name contains "fork "', pagesize=2, threads=2)
    next(response), next(response)

    def read_on():
        try:
            return repr(list(response))
        except RallyResponseError as error:
            return str(error)

    told = in_child(read_on)
    assert 'forked' in told and 'start=3' in told
    assert len(list(response)) == 7


def test_entities_travel_in_pickles_without_their_connection(service):
    rally = service.shared('by_key')
    defect = next(rally.get('Defect', fetch=True, limit=1))
    for copied in (pickle.loads(pickle.dumps(defect, 2)), copy.deepcopy(defect)):
        assert copied == defect and copied.Name == defect.Name
    with pytest.raises(TypeError):
        pickle.dumps(rally, 2)
