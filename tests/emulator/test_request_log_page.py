"""The page of the request log and of the faults: what it shows, to whom, how it renews itself."""

import html
import re

import pytest

from tests.emulator.test_browser import Page
from tests.emulator.test_first_page import ELSEWHERE, ask, emulator  # noqa: F401

KEY = '_annKey0001'


@pytest.fixture
def running(emulator):  # noqa: F811
    emulator.reset()
    return emulator


def rows(text):
    """Return the cells of the lines of the log, the latest first."""
    table = text.split('Latest first')[-1]
    cells = [re.findall(r'<td[^>]*>(.*?)</td>', row, re.DOTALL) for row in table.split('<tr')[2:]]
    return [[html.unescape(re.sub('<[^>]*>', '', cell)).strip() for cell in row] for row in cells]


def test_it_shows_what_was_asked_latest_first(running):
    base = '/slm/webservice/v2.0'
    ask(running, base + '/defect?query=(State%20=%20Open)&fetch=Name', ZSESSIONID=KEY)
    ask(running, base + '/defect?query=(Sate%20=%20Open)', ZSESSIONID=KEY)
    ask(running, base + '/tag?key=geheim-1234&x=%3Cscript%3E', ZSESSIONID='wrong-key-1234')
    status, sent, text = ask(running, '/emulator/log')
    assert (status, sent['Cache-Control']) == (200, 'no-store') and 'Refresh' not in sent
    Page(text)
    latest, failed, first = rows(text)
    assert first[:4] == ['1', 'GET', base + '/defect?query=(State = Open)&fetch=Name', '200']
    assert first[5:7] == ['1', 'ann@example.com'] and float(first[4]) > 0
    assert 'Could not find attribute "Sate"' in failed[2]
    assert latest[3] == '401' and 'key=***&x=<script>' in latest[2]
    assert 'geheim' not in text and 'wrong-key' not in text and '<script' not in text
    assert len(rows(ask(running, '/emulator/log?failed=on')[2])) == 2
    assert [row[0] for row in rows(ask(running, '/emulator/log?find=TAG')[2])] == ['3']
    assert [row[0] for row in rows(ask(running, '/emulator/log?before=3')[2])] == ['2', '1']
    assert rows(ask(running, '/emulator/log?find=nothing-like-it')[2]) == []
    # Pages are left out unless they are asked for.
    ask(running, '/browse/defect', ZSESSIONID=KEY)
    assert len(rows(ask(running, '/emulator/log')[2])) == 3
    assert rows(ask(running, '/emulator/log?pages=on')[2])[0][2] == '/browse/defect'
    # Looking at the log is no part of it.
    assert len(running.requests()) == 4


@pytest.mark.parametrize(
    ('query', 'refresh'),
    [
        ('?every=1', '1'),
        ('?every=10&find=x', '10'),
        ('', None),
        ('?every=0', None),
        ('?every=-1', None),
        ('?every=3', None),
        ('?every=2;url=http://evil.example', None),
        ('?every=%C2%B2', None),
        ('?every=2&before=5', None),
    ],
)
def test_it_renews_itself_as_its_reader_chooses(running, query, refresh):
    _, sent, text = ask(running, '/emulator/log' + query)
    assert sent.get('Refresh') == refresh
    found = Page(text)
    assert sum('every=' in link for link in found.links) == (3 if refresh else 4)


def test_faults_are_shown_with_how_often_they_still_hit(running):
    running.order_fault('status', status=502, count=3, path='/tag')
    running.order_fault('delay', delay_ms=0.5, count=-1, method='POST', path='<b>')
    running.order_fault('garble', count=1, path='/user', probability=1)
    for path in ('/tag', '/tag', '/user'):
        ask(running, '/slm/webservice/v2.0' + path, ZSESSIONID=KEY)
    text = ask(running, '/emulator/log')[2]
    table = text.split('Faults in force')[1].split('Latest first')[0]
    found = [html.unescape(re.sub('<[^>]*>', ' ', row)).split() for row in table.split('<tr')[2:]]
    assert [row[-3:] for row in found] == [
        ['1', 'more', '2'],
        ['every', 'time', '0'],
        ['used', 'up', '1'],
    ]
    assert found[0][:3] == ['>status', '502', 'any'] or 'status' in ' '.join(found[0])
    assert '<b>' not in table.replace('<b>fault', '') and '&lt;b&gt;' in table
    assert 'fault: status' in text


@pytest.mark.parametrize(
    ('peer', 'headers', 'status'),
    [
        ('127.0.0.1', {}, 200),
        (ELSEWHERE, {}, 403),
        ('127.0.0.1', {'Host': 'evil.example'}, 403),
        ('127.0.0.1', {'Origin': 'http://evil.example'}, 403),
        (ELSEWHERE, {'ZSESSIONID': KEY}, 403),
    ],
)
def test_it_is_under_the_rule_of_the_control_interface(running, peer, headers, status):
    found, sent, _ = ask(running, '/emulator/log', peer=peer, **headers)
    assert found == status
    assert not [name for name in sent if name.startswith('Access-Control')]
    assert ask(running, '/emulator/log', method='POST')[0] == 404


def test_a_long_log_has_pages(running):
    for _ in range(130):
        running.app.request_log.open('2026-03-18T12:00:00.000Z', 'GET', '/x', [], {})
    _, _, text = ask(running, '/emulator/log?every=5&find=x')
    assert [row[0] for row in (rows(text)[0], rows(text)[-1])] == ['130', '31']
    (older,) = [link for link in Page(text).links if 'before=' in link]
    _, sent, text = ask(running, older)
    assert [row[0] for row in (rows(text)[0], rows(text)[-1])] == ['30', '1']
    assert 'Refresh' not in sent and 'find=x' in older
