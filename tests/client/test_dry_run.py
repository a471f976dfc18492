"""A dry run returns the requests that a write sends, and sends nothing that writes."""
from __future__ import absolute_import, division, print_function

import json
import re

import pytest

from pyral import Rally, RallyAttributeNameError
from pyral.restapi import _WRITES
from pyral.writing import batch
from tests.client.test_kept_results import READS, WRITES, make

#: What differs from one run to the next: the reference that the first of two writes brings.
CONTENT = re.compile('"attachmentcontent/[^"]*"')


class Dry(object):
    """Calls the methods of a connection that write, as a dry run."""

    def __init__(self, rally):
        self._rally = rally

    def __getattr__(self, name):
        return lambda *args, **kwargs: self._rally.dry_run(name, *args, **kwargs)


def writes_sent(rally):
    """Return the list of what a connection sends from now on besides GET, as a dry run gives it."""
    sent = []

    def note(response, **options):
        request = response.request
        if request.method != 'GET':
            body = json.loads(request.body.decode('utf-8')) if request.body else None
            sent.append((request.method, re.sub('[?&]key=[^&]*', '', request.url), body))

    rally.session.hooks['response'].append(note)
    return sent


def plain(requests):
    """Return requests in the form in which two runs are equal."""
    found = []
    for method, url, body in requests:
        for content in (body or {}).get('AttachmentContent', ()):
            body = {'AttachmentContent': {content: 'some bytes'}}
        text = CONTENT.sub('"attachmentcontent"', json.dumps(body, sort_keys=True))
        found.append((method, re.sub('attachmentcontent/[0-9]+', 'attachmentcontent', url), text))
    return found


@pytest.mark.parametrize('way', ['key', 'word'])
def test_what_a_dry_run_returns_is_what_is_sent(emu, tmpdir, monkeypatch, way):
    monkeypatch.setattr(batch, 'CHUNK', 1)
    rally = emu.sign_in() if way == 'word' else emu.connect()
    made, sent = make(rally, tmpdir), writes_sent(rally)
    calls = [call for call in WRITES if not call.startswith(('multiop', 'delete'))]
    rally.rankToTop(made['defects'][1])  # so that no rank is what it is to become
    for call in sorted(calls) + ['deleteAttachment', 'delete', 'deleteMultiple']:
        del sent[:]
        planned = WRITES[call][0](Dry(rally), made)
        assert sent == [], call
        WRITES[call][0](rally, made)
        assert plain(sent) == plain(planned) != [], call


def test_every_method_that_writes_has_a_dry_run():
    methods = set(name for name in dir(Rally)
                  if name[:1] != '_' and callable(getattr(Rally, name)))
    assert set(_WRITES) == methods - READS


def test_a_dry_run_refuses_what_the_call_refuses(rally):
    with pytest.raises(RallyAttributeNameError):
        rally.dry_run('create', 'Defect', {'Nmae': 'x'})
    with pytest.raises(TypeError) as caught:
        rally.dry_run('updte', 'Defect', {'Name': 'x'})
    assert 'did you mean update?' in str(caught.value)
    with pytest.raises(TypeError):
        rally.dry_run('get', 'Defect')


def test_no_secret_shows_in_a_dry_run(emu):
    rally = emu.sign_in()
    rally.create('Tag', {'Name': 'so that there is a token'})
    told = rally.dry_run('create', 'Tag', {'Name': u'\xfc ' + emu.password})
    shown = '{0} {1}'.format(told[0], json.dumps(told[0].to_dict()))
    assert emu.password not in shown and rally.obtainSecurityToken() not in shown
    assert 'PUT ' in shown and '/tag/create' in shown and '"Tag"' in shown


def test_an_interrupted_batch_tells_what_was_done_and_what_is_unknown(rally, monkeypatch):
    monkeypatch.setattr(batch, 'CHUNK', 2)

    def stop(done, total):
        raise_at = rally.session.hooks['response']
        raise_at.append(interrupt)

    def interrupt(response, **options):
        raise KeyboardInterrupt()

    names = ['T{0}'.format(place) for place in range(6)]
    with pytest.raises(KeyboardInterrupt) as caught:
        rally.createMultiple('Tag', [{'Name': name} for name in names], on_progress=stop)
    told = [(each.item['Name'], each.is_unknown) for each in caught.value.outcomes]
    assert told == [('T0', False), ('T1', False), ('T2', True), ('T3', True)]
