"""Credentials and secrets: never sent to another server, shown, logged, raised or pickled."""
from __future__ import absolute_import, division, print_function

import logging
import os
import pickle
import traceback
from functools import partial

import pytest

from pyral import PyralError, Rally, RallyRESTAPIError, TransportError
from pyral.writing import attachments
from tests.client.fault_fixtures import (  # noqa: F401 - fixtures
    proxy,
    proxy_of_the_module,
    service,
    service_of_the_module,
)
from tests.flaky_proxy import FlakyProxy

FOREIGN = 'http://thief.invalid:8080/slm/webservice/v2.0/'


def test_connections_to_two_servers_stay_apart(service):
    first, second = FlakyProxy(service.port), FlakyProxy(service.port)
    try:
        rallies = [service.by_key(first.url), service.by_word(second.url)]
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
        assert [each for each in service.requests() if each['method'] != 'GET'] == []
    finally:
        first.close()
        second.close()


def planted(rally, **attributes):
    """Return a defect whose references lead elsewhere, as a hostile service would send it."""
    return rally._connection.entity(dict(
        attributes, _ref=FOREIGN + 'defect/12', _type='Defect', Name='bait'))


def test_references_to_another_server_are_refused_naming_both(service):
    rally = service.shared('by_key')
    owner = {'_ref': FOREIGN + 'user/7', '_type': 'User', '_refObjectName': 'x'}
    tasks = {'_ref': FOREIGN + 'defect/12/Tasks', 'Count': 2, '_type': 'Task'}
    content = {'_ref': FOREIGN + 'attachmentcontent/9', '_type': 'AttachmentContent'}
    bait = planted(rally, Owner=owner, Tasks=tasks)
    attachment = rally._connection.entity({
        '_ref': service.url + '/slm/webservice/v2.0/attachment/5', '_type': 'Attachment',
        'Name': 'a', 'Content': content})
    service.forget()
    for act in (lambda: bait.Owner.EmailAddress, lambda: list(bait.Tasks),
                lambda: list(rally.getCollection(FOREIGN + 'defect/12/Tasks')),
                lambda: attachments.save(rally._connection, attachment, '.'),
                lambda: rally._transport.get(FOREIGN + 'defect/1'),
                lambda: rally._transport.get(service.url.replace('http:', 'ftp:') + '/slm/x')):
        with pytest.raises(TransportError) as caught:
            act()
        assert caught.value.kind == 'foreign' and service.url in str(caught.value)
    assert service.requests() == []


@pytest.mark.parametrize('path', ['webservice/v2.0/defect', 'schema/v2.0/'])
def test_a_redirect_elsewhere_gets_no_credentials(service, path):
    with FlakyProxy(service.port) as other:
        rally = service.by_word()
        service.order('status', status=302, path=path, headers={
            'Location': other.url + '/slm/webservice/v2.0/defect'})
        with pytest.raises(TransportError) as caught:
            if path.startswith('schema'):
                rally._transport.get(rally.schema_url + '/workspace/1')
            else:
                rally.get('Defect').raise_for_errors()
        assert caught.value.kind == 'foreign'
        assert other.url in str(caught.value) and service.url in str(caught.value)
        assert other.counts['requests'] == 0


def exercise(service, server, proxied, **options):
    """Do a little of everything, with faults; return all that can be shown of it."""
    rally = service.by_word(server, **options)
    keyed = service.by_key(server)
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
    service.order('expire-token', method='PUT')
    attempt(lambda: rally.create('Tag', {'Name': 'leak token'}))
    attempt(lambda: rally.create('Tag', {'Nope': 1}))
    attempt(lambda: rally._transport.get('http://u:{0}@thief.invalid/slm/?key={1}'.format(
        service.password, rally.obtainSecurityToken())))
    attempt(lambda: Rally(server, service.user, service.password + 'x'))
    attempt(lambda: Rally('http://127.0.0.1:1', service.user, service.password))
    attempt(lambda: Rally(service.url.replace('http:', 'https:'), apikey=service.apikey))
    defect = next(keyed.get('Defect', fetch=True, limit=1))
    values = errors + [defect, defect.Owner, keyed.contextHelper.currentContext(),
                       rally._transport.redactor, rally._transport.retry]
    shown += [pickle.dumps(value, 2).decode('latin-1') for value in values]
    shown += [repr(error) + str(error) + repr(error.__dict__) for error in errors]
    return shown, [rally.obtainSecurityToken()] + [
        cookie.value for cookie in rally.session.cookies if len(cookie.value) > 8], errors


def test_no_secret_is_shown_logged_raised_or_pickled(service, proxy, tmpdir, monkeypatch, capsys):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmpdir.join('cache')))
    target = tmpdir.join('debug.log')
    handler = logging.FileHandler(str(target))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        shown, tokens, errors = exercise(service, proxy.url, proxy)
        rally = service.by_word(proxy.url)
        rally.enableLogging(str(tmpdir.join('interaction.log')), attrget=True)
        rally.create('Tag', {'Name': 'leak log'})
        rally.disableLogging()
        tokens.append(rally.obtainSecurityToken())
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()
    assert len(errors) > 6 and any(isinstance(error, PyralError) for error in errors)
    shown += [repr(service.requests())] + list(capsys.readouterr())
    for folder, _, files in os.walk(str(tmpdir)):
        for file in files:
            with open(os.path.join(folder, file), 'rb') as written:
                shown.append(written.read().decode('latin-1'))
    everything = '\n'.join(shown)
    assert 'leak log' in everything and 'urllib3' not in tokens
    basic = service.by_word()._transport._wire.authorization.reveal().split(' ')[1]
    for secret in [service.password, service.apikey, basic] + tokens:
        assert len(secret) > 7 and secret not in everything
    with pytest.raises(RallyRESTAPIError):
        raise [error for error in errors if isinstance(error, RallyRESTAPIError)][0]
