"""Many threads, several servers, foreign addresses, and secrets: nothing mixes up or gets out."""
from __future__ import absolute_import, division, print_function

import copy
import logging
import os
import pickle
import signal
import threading
import traceback
from functools import partial

import pytest

from pyral import PyralError, Rally, RallyResponseError, RallyRESTAPIError, TransportError
from pyral.entity.classes import REGISTRY
from pyral.writing import attachments
from tests.client.stage import (  # noqa: F401 - fixtures
    proxy,
    proxy_of_the_module,
    stage,
    stage_of_the_module,
)
from tests.flaky_proxy import FlakyProxy
from tests.threads import GUARD_S

FOREIGN = 'http://thief.invalid:8080/slm/webservice/v2.0/'


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
def test_many_threads_share_one_connection_and_get_their_own_answers(stage, way, count):
    rally = stage.shared(way)
    stage.order('expire-token', skip=20, count=3)

    def work(number):
        name = '{0} thread {1}'.format(way, number)
        made = rally.create('Defect', {'Name': name, 'Notes': name})
        assert made.Name == name and made.Notes == name
        rally.update('Defect', made.oid, {'Notes': name + '!'})
        (found,) = rally.get('Defect', query='Name = "{0}"'.format(name), project=None)
        assert found.oid == made.oid and found.Notes == name + '!'
        assert found.Project.Workspace.Name == stage.workspace
        rally.addCollectionItems(made, 'Tags', [rally.create('Tag', {'Name': name})])
        assert [tag.Name for tag in rally.getCollection(found._item['_ref'] + '/Tags')] == [name]
        assert rally.delete('Defect', made.oid) is True

    assert together(count, work) == []


def test_connections_to_two_servers_stay_apart(stage):
    first, second = FlakyProxy(stage.port), FlakyProxy(stage.port)
    try:
        rallies = [stage.by_key(first.url), stage.by_word(second.url)]
        defects = [next(each.get('Defect', fetch=True, limit=1)) for each in rallies]
        assert defects[0] != defects[1] and defects[0].oid == defects[1].oid
        before = first.counts['requests'], second.counts['requests']
        with pytest.raises(TransportError) as caught:
            rallies[0].update('Defect', defects[1], {'Notes': 'x'})
        assert first.url in str(caught.value) and second.url in str(caught.value)
        for act in (lambda: rallies[0].delete('Defect', defects[1]),
                    lambda: rallies[0].addCollectionItems(defects[1], 'Tags', [defects[0]]),
                    lambda: rallies[0].create('Task', {'Name': 'x', 'WorkProduct': defects[1]}),
                    lambda: rallies[0].createMultiple('Task', [
                        {'Name': 'x', 'WorkProduct': defects[1]}])):
            with pytest.raises(TransportError):
                act()
        # What a type needs may be read; nothing was written, and nothing went to the other one.
        assert second.counts['requests'] == before[1]
        assert [each for each in stage.requests() if each['method'] != 'GET'] == []
    finally:
        first.close()
        second.close()


@pytest.mark.skipif(not hasattr(os, 'fork'), reason="this system has no fork")
def test_a_child_process_works_on_with_connections_of_its_own(stage):
    rally = stage.shared('by_word')
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
def test_a_child_is_not_stuck_by_what_threads_of_its_parent_hold(stage):
    rally = stage.by_word()
    helper, transport = rally.contextHelper, rally._transport
    locks = [helper._lock, helper.directory._lock, transport._wire._lock,
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
def test_a_child_is_told_that_its_parent_reads_a_response(stage):
    rally = stage.shared('by_key')
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


def test_entities_travel_in_pickles_without_their_connection(stage):
    rally = stage.shared('by_key')
    defect = next(rally.get('Defect', fetch=True, limit=1))
    for copied in (pickle.loads(pickle.dumps(defect, 2)), copy.deepcopy(defect)):
        assert copied == defect and copied.Name == defect.Name
    with pytest.raises(TypeError):
        pickle.dumps(rally, 2)


# Credentials stay home

def planted(rally, **attributes):
    """Return a defect whose references lead elsewhere, as a hostile service would send it."""
    return rally._connection.entity(dict(
        attributes, _ref=FOREIGN + 'defect/12', _type='Defect', Name='bait'))


def test_references_to_another_server_are_refused_naming_both(stage):
    rally = stage.shared('by_key')
    owner = {'_ref': FOREIGN + 'user/7', '_type': 'User', '_refObjectName': 'x'}
    tasks = {'_ref': FOREIGN + 'defect/12/Tasks', 'Count': 2, '_type': 'Task'}
    content = {'_ref': FOREIGN + 'attachmentcontent/9', '_type': 'AttachmentContent'}
    bait = planted(rally, Owner=owner, Tasks=tasks)
    attachment = rally._connection.entity({
        '_ref': stage.url + '/slm/webservice/v2.0/attachment/5', '_type': 'Attachment',
        'Name': 'a', 'Content': content})
    stage.forget()
    for act in (lambda: bait.Owner.EmailAddress, lambda: list(bait.Tasks),
                lambda: list(rally.getCollection(FOREIGN + 'defect/12/Tasks')),
                lambda: attachments.save(rally._connection, attachment, '.'),
                lambda: rally._transport.get(FOREIGN + 'defect/1'),
                lambda: rally._transport.get(stage.url.replace('http:', 'ftp:') + '/slm/x')):
        with pytest.raises(TransportError) as caught:
            act()
        assert caught.value.kind == 'foreign' and stage.url in str(caught.value)
    assert stage.requests() == []


@pytest.mark.parametrize('path', ['webservice/v2.0/defect', 'schema/v2.0/'])
def test_a_redirect_elsewhere_gets_no_credentials(stage, path):
    with FlakyProxy(stage.port) as other:
        rally = stage.by_word()
        stage.order('status', status=302, path=path, headers={
            'Location': other.url + '/slm/webservice/v2.0/defect'})
        with pytest.raises(TransportError) as caught:
            if path.startswith('schema'):
                rally._transport.get(rally.schema_url + '/workspace/1')
            else:
                rally.get('Defect').raise_for_errors()
        assert caught.value.kind == 'foreign'
        assert other.url in str(caught.value) and stage.url in str(caught.value)
        assert other.counts['requests'] == 0


# Nothing leaks

def exercise(stage, server, proxied, **options):
    """Do a little of everything, with faults; return all that can be shown of it."""
    rally = stage.by_word(server, **options)
    keyed = stage.by_key(server)
    shown = [repr(rally), repr(keyed), repr(rally._transport), repr(vars(rally._connection)),
             repr(rally.contextHelper.currentContext().asDict())]
    errors = []

    def attempt(act):
        try:
            shown.append(repr(act()))
        except Exception as error:  # every kind of failure is shown here
            errors.append(error)
            shown.append(traceback.format_exc())

    for fault in (None, 'lose-answer', 'garble', 'page-200', 'status-502-after', 'status-503'):
        proxied.order(fault)
        attempt(partial(rally.create, 'Tag', {'Name': 'leak {0}'.format(fault)}))
        proxied.order(fault)
        attempt(lambda: keyed.get('Defect', fetch=True, limit=2).raise_for_errors())
    stage.order('expire-token', method='PUT')
    attempt(lambda: rally.create('Tag', {'Name': 'leak token'}))
    attempt(lambda: rally.create('Tag', {'Nope': 1}))
    attempt(lambda: rally._transport.get('http://u:{0}@thief.invalid/slm/?key={1}'.format(
        stage.password, rally.obtainSecurityToken())))
    attempt(lambda: Rally(server, stage.user, stage.password + 'x'))
    attempt(lambda: Rally('http://127.0.0.1:1', stage.user, stage.password))
    attempt(lambda: Rally(stage.url.replace('http:', 'https:'), apikey=stage.apikey))
    defect = next(keyed.get('Defect', fetch=True, limit=1))
    values = errors + [defect, defect.Owner, keyed.contextHelper.currentContext(),
                       rally._transport.redactor, rally._transport.retry]
    shown += [pickle.dumps(value, 2).decode('latin-1') for value in values]
    shown += [repr(error) + str(error) + repr(error.__dict__) for error in errors]
    return shown, [rally.obtainSecurityToken()] + [
        cookie.value for cookie in rally._transport._wire._jar if len(cookie.value) > 8], errors


def test_no_secret_is_shown_logged_raised_or_pickled(stage, proxy, tmpdir, monkeypatch, capsys):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmpdir.join('cache')))
    target = tmpdir.join('debug.log')
    handler = logging.FileHandler(str(target))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        shown, tokens, errors = exercise(stage, proxy.url, proxy)
        rally = stage.by_word(proxy.url)
        rally.enableLogging(str(tmpdir.join('interaction.log')), attrget=True)
        rally.create('Tag', {'Name': 'leak log'})
        rally.disableLogging()
        tokens.append(rally.obtainSecurityToken())
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()
    assert len(errors) > 6 and any(isinstance(error, PyralError) for error in errors)
    shown += [repr(stage.requests())] + list(capsys.readouterr())
    for folder, _, files in os.walk(str(tmpdir)):
        for file in files:
            with open(os.path.join(folder, file), 'rb') as written:
                shown.append(written.read().decode('latin-1'))
    everything = '\n'.join(shown)
    assert 'leak log' in everything and 'urllib3' not in tokens
    basic = stage.by_word()._transport._wire.authorization.split(' ')[1]
    for secret in [stage.password, stage.apikey, basic] + tokens:
        assert len(secret) > 7 and secret not in everything
    with pytest.raises(RallyRESTAPIError):
        raise [error for error in errors if isinstance(error, RallyRESTAPIError)][0]
