"""The first page: who sees it, who sees passwords on it; its numbers are those of the lists."""

import base64
import re

import pytest

from pyral.emulator import Emulator
from pyral.emulator.store.reading import of_type
from pyral.emulator.web.wsgi import call, environ_of
from tests.contract.small_world import NOW, WORLD
from tests.emulator.test_browser import Page

HERE, ELSEWHERE, NEIGHBOUR = '127.0.0.1', '203.0.113.7', '172.18.0.5'
LOCAL = 'localhost:8010'
SECRETS = ('ann-Secret1', 'ed-Secret1', 'vic-Secret1', '_annKey0001', '_robReadOnly0001')
KEY = {'ZSESSIONID': '_annKey0001'}


@pytest.fixture(scope='module')
def emulator():
    with Emulator(world=WORLD, now=NOW, listen=False, allow_host='rally_box') as running:
        yield running


@pytest.fixture
def changed(emulator):
    """The emulator for a test that changes its world."""
    yield emulator
    emulator.reset()


def ask(emulator, path='/', peer=HERE, method='GET', **headers):
    """Return status, headers and text of what a socket of this peer would be answered."""
    given = {'Host': LOCAL, 'Accept': 'text/html,*/*;q=0.8'}
    given.update({name.replace('_', '-'): value for name, value in headers.items()})
    target, _, query = path.partition('?')
    environ = environ_of(method, target, query, given.items(), b'')
    environ.update({'REMOTE_ADDR': peer, 'SERVER_NAME': HERE, 'SERVER_PORT': '8010'})
    environ['wsgi.url_scheme'] = 'http'
    status, sent, content = call(emulator.app, environ)
    # Of several cookies the first one counts here.
    return int(status.split()[0]), dict(sent[::-1]), content.decode('utf-8', 'replace')


def secrets_in(text):
    return [secret for secret in SECRETS if secret in text]


#: Host, peer, further headers; and whether secrets are shown.
PEERS = [
    (LOCAL, HERE, {}, True),
    ('127.0.0.1:1', HERE, {}, True),
    ('[::1]:8010', '::1', {}, True),
    (LOCAL, HERE, {'Origin': 'http://localhost:8010'}, True),
    (LOCAL, HERE, {'Sec-Fetch-Site': 'none'}, True),
    (LOCAL, HERE, {'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate'}, True),
    ('rally_box', NEIGHBOUR, {}, True),
    ('evil.example', HERE, {}, False),
    ('localhost.evil.example', HERE, {}, False),
    ('127.0.0.1.evil.example:8010', HERE, {}, False),
    (LOCAL, ELSEWHERE, {}, False),
    (LOCAL, NEIGHBOUR, {}, False),
    ('rally_box', ELSEWHERE, {}, False),
    (LOCAL, HERE, {'Origin': 'http://evil.example'}, False),
    (LOCAL, HERE, {'Origin': 'null'}, False),
    (LOCAL, HERE, {'X-Forwarded-For': ELSEWHERE}, False),
    (LOCAL, HERE, {'X-Forwarded-Host': 'localhost'}, False),
    (LOCAL, HERE, {'X-Real-IP': HERE}, False),
    (LOCAL, HERE, {'Forwarded': 'for=203.0.113.7'}, False),
    (LOCAL, HERE, {'Via': '1.1 proxy'}, False),
    (LOCAL, ELSEWHERE, {'X-Forwarded-For': HERE}, False),
]


@pytest.mark.parametrize(('host', 'peer', 'headers', 'shown'), PEERS)
def test_secrets_are_for_this_machine_by_a_name_of_its_own(emulator, host, peer, headers, shown):
    status, sent, text = ask(emulator, peer=peer, Host=host, **headers)
    assert (status, secrets_in(text)) == ((200, list(SECRETS)) if shown else (401, []))
    if shown:
        assert not [name for name in sent if name.startswith('Access-Control')]
        assert sent['Cache-Control'] == 'no-store'
        assert sent['Cross-Origin-Resource-Policy'] == 'same-origin'
        assert "frame-ancestors 'none'" in sent['Content-Security-Policy']
        assert sent['X-Frame-Options'] == 'DENY'
        Page(text)
    else:
        assert sent['WWW-Authenticate'].startswith('Basic')
    # Who logs in sees the world wherever that is, and secrets under the same rule.
    status, sent, text = ask(emulator, peer=peer, Host=host, **KEY, **headers)
    assert (status, secrets_in(text)) == (200, list(SECRETS) if shown else [])
    assert ('shown on the machine that the emulator runs on' in text) is not shown


def test_no_rule_of_the_subscription_lets_another_origin_read_the_page(changed):
    with changed.store.writing() as tx:
        (subscription,) = of_type(tx, 'Subscription')
        doc = {**subscription.doc, 'CORSAllowedDomains': '*'}
        tx.update(subscription.oid, doc=doc)
    for path in ('/', '/emulator/log'):
        for origin in ('http://localhost:8010', 'http://evil.example'):
            for proof in ({}, KEY):
                _, sent, text = ask(changed, path, Origin=origin, **proof)
                allowed = [name for name in sent if name.startswith('Access-Control')]
                assert not (allowed and secrets_in(text)), (path, origin, proof)
    assert 'Access-Control-Allow-Origin' not in ask(changed, Origin='http://localhost:8010')[1]


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])
@pytest.mark.parametrize('accept', ['*/*', 'application/json', ''])
def test_a_client_of_the_api_is_answered_as_ever(emulator, method, accept):
    """Only a browser's GET is answered without a login, and led on from the bare address."""
    status, sent, text = ask(emulator, method=method, Accept=accept)
    known = {'GET': 401, 'HEAD': 401, 'OPTIONS': 204}
    assert status == known.get(method, 405) and not secrets_in(text)
    for path in ('/slm', '/slm/webservice', '/slm/webservice/v2.0', '/slm/webservice/v2.0/'):
        status, sent, text = ask(emulator, path, method=method, Accept=accept)
        assert status == (204 if method == 'OPTIONS' else 404) and 'Location' not in sent


@pytest.mark.parametrize(
    'path', ['/slm', '/slm/', '/slm/webservice', '/slm/webservice/v2.0', '/SLM/webservice/v2.x//']
)
def test_a_browser_is_led_from_the_bare_address_to_the_first_page(emulator, path):
    status, sent, _ = ask(emulator, path)
    assert (status, sent['Location']) == (302, 'http://localhost:8010/')


@pytest.mark.parametrize(
    'headers',
    [
        {'Authorization': 'Basic ' + base64.b64encode(b'ann@example.com:wrong').decode()},
        {'Authorization': 'Bearer nonsense'},
        {'ZSESSIONID': ''},
        {'ZSESSIONID': 'nonsense'},
    ],
)
def test_a_wrong_proof_is_refused_on_this_machine_too(emulator, headers):
    status, _, text = ask(emulator, **headers)
    assert status == 401 and not secrets_in(text)


@pytest.mark.parametrize('path', ['/browse', '/browse/defect', '/browse?find=DE1', '/browse/user'])
def test_every_other_page_asks_for_a_login(emulator, path):
    assert ask(emulator, path)[0] == 401


def test_the_page_of_nobody_is_that_of_the_world_s_login(emulator):
    _, _, text = ask(emulator)
    assert 'not logged in' in text and 'as Ann Admin sees it' in text
    _, _, own = ask(emulator, **KEY)
    assert 'logged in as' in own and 'not logged in' not in own
    links = [link for link in Page(text).links if link.startswith('/browse/')]
    assert set(links) <= set(Page(own).links)
    # The session that a login opens is known by its cookie.
    basic = base64.b64encode(b'vic@example.com:vic-Secret1').decode()
    _, sent, _ = ask(emulator, '/browse', Authorization='Basic ' + basic)
    assert sent['Location'] == '/'
    assert sent['Set-Cookie'].startswith('JSESSIONID=')
    cookie = sent['Set-Cookie'].partition(';')[0]
    assert 'Vic Viewer' in re.search('logged in as.*', ask(emulator, Cookie=cookie)[2]).group()


def test_a_password_that_was_changed_or_a_key_that_was_taken_back_is_not_shown(changed):
    emulator = changed
    emulator.let_in('ed@example.com', password='another-Secret2')
    emulator.revoke('rob@example.com')
    _, _, text = ask(emulator)
    assert secrets_in(text) == ['ann-Secret1', 'vic-Secret1', '_annKey0001']
    assert 'another-Secret2' not in text
    emulator.reset()
    assert secrets_in(ask(emulator)[2]) == list(SECRETS)


def test_passwords_are_in_no_database_no_log_and_gone_with_the_process(tmp_path):
    kept = tmp_path / 'world.db'
    with Emulator(world=WORLD, db=kept, listen=False, now=NOW) as emulator:
        assert secrets_in(ask(emulator)[2]) == list(SECRETS)
        logged = repr([entry.shown() for entry in emulator.requests()])
        assert not secrets_in(logged + repr(emulator.app.control.__dict__) + repr(emulator._given))
    content = kept.read_bytes().decode('latin-1')
    # The login that the command announces is kept for the next run; nobody else's is.
    assert 'ed-Secret1' not in content and 'vic-Secret1' not in content
    with Emulator(world=WORLD, db=kept, listen=False, now=NOW) as emulator:
        _, _, text = ask(emulator)
        assert not secrets_in(text) and 'Ed Editor' in text
        assert 'database is of an earlier run' in text
        emulator.reset()
        assert secrets_in(ask(emulator)[2]) == list(SECRETS)


def chips(text):
    """Return address and number of every count on the page."""
    return [
        (link.replace('&amp;', '&'), int(number))
        for link, number in re.findall(
            r'<li><a href="([^"]+)">[^<]*(?:<wbr>[^<]*)* <b>(\d+)<', text
        )
    ]


@pytest.mark.parametrize('key', ['_annKey0001', '_edKey0001'])
def test_counts_are_those_of_the_lists_they_lead_to(emulator, key):
    counts = chips(ask(emulator, ZSESSIONID=key)[2])
    assert len(counts) > 15
    for link, number in counts:
        _, _, text = ask(emulator, link + '&pagesize=1', ZSESSIONID=key)
        assert re.search(r'<span>(\d+) object', text).group(1) == str(number), link


def test_the_page_shows_no_more_than_the_user_may_see(changed):
    _, _, everything = ask(changed, **KEY)
    changed.let_in('vic@example.com', apikey='_vicKey0001')
    _, _, own = ask(changed, ZSESSIONID='_vicKey0001')
    assert 'Team A' in own and 'Iteration 2' in own
    assert 'Editor of 2 projects' in everything
    assert 'Editor of 2 projects' not in own and 'Editor of 1 project' in own
    for name in ('>Company<', '>Other<', '>Web<'):
        assert name in everything and name not in own


def test_the_page_shows_trees_and_current_iterations(emulator):
    _, _, text = ask(emulator)
    below = r'Company</a><ul>.*?Old Team</a> <span class="note">closed</span></li>\s*<li>'
    assert re.search(below + r'<a[^>]*>Team A</a><ul><li><a[^>]*>Web<', text, re.DOTALL)
    assert re.search(r'Iteration 2 <span class="note">2026-03-11 to 2026-03-2\d</span>', text)
    assert 'Iteration 1' not in text


def test_the_favicon_is_a_picture_that_meets_no_fault_and_no_log(changed):
    emulator = changed
    emulator.order_fault('status', count=-1)
    before = len(emulator.requests())
    status, sent, text = ask(emulator, '/favicon.ico', peer=ELSEWHERE)
    assert (status, sent['Content-Type']) == (200, 'image/x-icon')
    assert text.startswith('\0\0\1\0') and len(emulator.requests()) == before
    assert 'rel="icon" href="/favicon.ico"' in ask(emulator, '/emulator/log')[2]
    assert ask(emulator, '/favicon.ico', method='POST')[0] == 503


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


#: Colours of text on what is behind them, and of what is drawn (WCAG 2.1, 1.4.3 and 1.4.11).
TEXTS = [
    *((ink, on) for ink in ('ink', 'soft', 'link') for on in ('paper', 'wash', 'mark')),
    ('red', 'paper'),
    ('on-link', 'link'),
    ('pale', 'night'),
]
DRAWN = [
    *((line, 'paper') for line in ('ideal', 'planned', 'link', 'edge')),
    ('edge', 'wash'),
]


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_colours_have_the_contrast_that_wcag_asks_for(emulator, scheme):
    style = ask(emulator)[2]
    light, dark = re.findall(r':root \{(.*?)\}', style, re.DOTALL)[:2]
    colours = dict(re.findall(r'--([\w-]+): (#[0-9a-f]{6})', light))
    if scheme == 'dark':
        colours.update(re.findall(r'--([\w-]+): (#[0-9a-f]{6})', dark))
    for pairs, least in ((TEXTS, 4.5), (DRAWN, 3)):
        for ink, paper in pairs:
            assert ratio(colours[ink], colours[paper]) >= least, (scheme, ink, paper)
