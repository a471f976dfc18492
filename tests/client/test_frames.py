# coding: utf-8
"""What an error report shows of our own frames and objects: no name shows a secret."""
from __future__ import absolute_import, division, print_function

import os
import pickle
import sys

import pytest
import requests

from pyral import PyralError, Rally, rallyWorkset
from pyral._compat import Mapping, ensure_text
from pyral.config import resolve
from pyral.http.retry_policy import RetryPolicy
from pyral.redact import Secret
from tests.fake_http import FakeHTTP, FakeRally, Reply, result

PASSWORD, KEY, TOKEN, COOKIE, PROXY = (
    'hunter-pass-22', '_key-of-nobody-33', 'token-of-the-session', 'cookie-worth-44',
    'pr/xy@word-55')
BASIC = 'dUB0ZXN0Omh1bnRlci1wYXNzLTIy'
SECRETS = (PASSWORD, KEY, TOKEN, COOKIE, PROXY, 'pr%2Fxy%40word-55', BASIC)

pytestmark = pytest.mark.usefixtures('bare_environment')


def shown_of_frames(error):
    """Yield each name of our frames that an error, or one behind it, came through, and its repr."""
    seen, waiting = set(), [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        waiting += [getattr(each, '__cause__', None), getattr(each, '__context__', None),
                    getattr(each, 'cause', None)]
        traceback = getattr(each, '__traceback__', None)
        if traceback is None and each is error:
            traceback = sys.exc_info()[2]  # 2.7
        while traceback is not None:
            for shown in shown_of_frame(traceback.tb_frame):
                yield shown
            traceback = traceback.tb_next


def shown_of_frame(frame):
    """Yield the names and reprs of a frame, if it is one of ours."""
    module = frame.f_globals.get('__name__', '')
    if module.startswith('pyral.'):
        for name, value in list(frame.f_locals.items()):
            for part in parts_of(value):
                yield module, frame.f_code.co_name, name, ensure_text(
                    repr(part), errors='replace')


def parts_of(value, depth=3):
    """Yield a value, and what a report that looks into containers shows of it."""
    yield value
    if depth:
        members = list(value.items()) if isinstance(value, Mapping) else \
            list(value) if isinstance(value, (list, tuple)) else []
        for member in members[:50]:
            for part in parts_of(member, depth - 1):
                yield part


def leaks(error):
    """Return the frames and names that show a secret."""
    return [(module, function, name, shown[:300])
            for module, function, name, shown in shown_of_frames(error)
            if any(secret in shown for secret in SECRETS)]


class Service(FakeRally):
    """A service that sets a cookie and does what a test says with one path."""

    def __init__(self, path=None, act=None):
        super(Service, self).__init__()
        self.path, self.act = path, act

    def __call__(self, seen):
        if self.path is not None and self.path in seen.path.lower() and self.act is not None:
            return self.act(seen)
        found = super(Service, self).__call__(seen)
        return Reply(found, headers={'Set-Cookie': 'JSESSIONID=' + COOKIE})


def by_word(service, **options):
    """Connect with user and password."""
    options = dict({'adapter': FakeHTTP(service), 'warn': False, 'schema_cache': False,
                    'retry': RetryPolicy(attempts=1)}, **options)
    return Rally(options.pop('server', 'rally.test'), options.pop('user', 'u@test'),
                 options.pop('password', PASSWORD), **options)


def raising(error):
    """Return what raises an error in place of an answer."""
    def act(seen):
        raise error
    return act


def _connect(act, path='/slm/', **options):
    return lambda: by_word(Service(path, act), **options)


def _use(act, use, path='defect'):
    def run():
        service = Service()
        rally = by_word(service)
        service.path, service.act = path, act
        use(rally)
    return run


def _hooked(rally):
    rally.session.hooks['response'].append(lambda response, **options: 1 // 0)
    rally._transport.put('tag/create', {'Tag': {'Name': 'x'}})


def _with_header(rally):
    rally.session.headers['X-Wrong'] = 'two\nlines'
    rally._transport.put('tag/create', {'Tag': {'Name': 'x'}})


def _with_own_session(rally):
    rally.session, service = requests.Session(), FakeHTTP(raising(requests.ConnectionError('x')))
    rally.session.mount('https://', service)
    rally._transport.put('tag/create', {'Tag': {'Name': 'x'}})


def _from_profile(act, lines='apikey = ' + KEY, **options):
    """Connect with a profile, whose file is in the folder of the test."""
    def run():
        os.makedirs(os.path.join('user', 'pyral'))
        with open(os.path.join('user', 'pyral', 'config'), 'w') as target:
            target.write('[p]\nserver = rally.test\n' + lines + '\n')
        os.chmod(target.name, 0o600)
        Rally.from_profile('p', adapter=FakeHTTP(Service('/slm/', act)), warn=False,
                           retry=RetryPolicy(attempts=1), **options)
    return run


def _interrupted(rally):
    rally._transport.put('defect/create', {'Defect': {'Name': 'x'}})


CASES = {
    'no connection': _connect(raising(requests.ConnectionError('x'))),
    'refused': _connect(lambda seen: Reply(u'<html>', 401)),
    'a page': _connect(lambda seen: Reply(u'<html>no', 502)),
    'not ours': _connect(lambda seen: {'x': 'y'}),
    'a redirect elsewhere': _connect(
        lambda seen: Reply('', 302, {'Location': 'http://u:' + PASSWORD + '@thief.invalid/'})),
    'a hook that fails': _use(None, _hooked),
    'a header that cannot be sent': _use(None, _with_header),
    'a session of the script': _use(None, _with_own_session),
    'Ctrl-C': _use(raising(KeyboardInterrupt()), _interrupted),
    'no memory': _use(raising(MemoryError()), _interrupted),
    'a bug in an adapter': _use(raising(ZeroDivisionError('x')), _interrupted),
    'a refused write': _use(lambda seen: {'CreateResult': {'Errors': ['no ' + PASSWORD]}},
                            lambda rally: rally.create('Defect', {'Name': 'x'})),
    'an unknown outcome': _use(raising(requests.ReadTimeout('x')), _interrupted),
    'an odd answer to a write': _use(lambda seen: {'x': TOKEN},
                                     lambda rally: rally.create('Defect', {'Name': 'x'})),
    'no token': _use(lambda seen: {'OperationResult': {'SecurityToken': None}}, _interrupted,
                     'authorize'),
    'a token in another envelope': _use(
        lambda seen: {'Strange': {'SecurityToken': TOKEN}}, _interrupted, 'authorize'),
    'a token and errors': _use(
        lambda seen: {'OperationResult': {'SecurityToken': TOKEN, 'Errors': ['no']}}, _interrupted,
        'authorize'),
    'an unknown keyword': _connect(None, passwd=PASSWORD, strict=True),
    'a header with credentials': _connect(None, headers={'Authorization': 'Basic ' + BASIC}),
    'a header of two lines': _connect(None, headers={'X-Auth': PASSWORD + '\n'}),
    'a file that is not there': _connect(None, verify_ssl_cert='/no/such/file'),
    'a wrong timeout': _connect(None, timeout=-1),
    'a wrong retry': _connect(None, retry='often'),
    'a workspace that is not there': _connect(None, workspace='Nowhere'),
    'a password that is no text': _connect(None, password=[PASSWORD]),
    'a server with credentials': _connect(None, server='https://u:' + PASSWORD + '@rally.test'),
    'a server of another scheme': _connect(None, server='ftp://u:' + PASSWORD + '@rally.test'),
    'a key with a blank': lambda: Rally('rally.test', apikey=KEY + ' x'),
    'a key that is refused': lambda: Rally(
        'rally.test', apikey=KEY, adapter=FakeHTTP(lambda seen: Reply(u'', 401))),
    'no file of settings': lambda: rallyWorkset(
        ['--password=' + PASSWORD, '--apikey=' + KEY, '--conf=nowhere']),
    'a profile with a key': _from_profile(lambda seen: Reply(u'', 401)),
    'a profile with a helper': _from_profile(
        raising(requests.ConnectionError('x')),
        'user = u\npassword = helper: echo ' + PASSWORD),
    'a profile with a server that holds a password': _from_profile(
        raising(ZeroDivisionError('x')), 'server = https://u:' + PASSWORD + '@rally.test'),
    'a helper that fails': _from_profile(
        None, 'password = ' + PASSWORD + '\napikey = helper: sh -c "echo ' + KEY + '; exit 3"'),
    'a program that is not there': _from_profile(None, 'apikey = helper: none ' + KEY),
    'a profile with a doubtful line': _from_profile(
        None, 'apikey = ' + KEY + '\npasswrd = ' + PASSWORD, strict=True),
    'arguments beside a profile': _from_profile(
        None, 'apikey = helper: none', password=PASSWORD, user='u', timeout=-1),
    'settings that are no list': lambda: resolve(None, {'RALLY_PASSWORD': PASSWORD}, '.'),
    'a page of items': _use(lambda seen: result([], Errors=['no ' + PASSWORD]),
                            lambda rally: rally.get('Defect').raise_for_errors()),
    'pages of items': _use(lambda seen: Reply(u'<html>' + PASSWORD, 500),
                           lambda rally: list(rally.get('Defect', pagesize=1))),
}


if sys.version_info[0] > 2:  # 2.7 encodes half a sign
    CASES['a password with half a sign'] = _connect(None, password=PASSWORD + u'\udc80')
    CASES['a user with half a sign'] = _connect(None, user=u'u\udc80')


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('name', sorted(CASES))
def test_no_frame_of_ours_shows_a_secret(name, monkeypatch, tmpdir):
    for variable in ('RALLY_PASSWORD', 'APIKEY'):
        monkeypatch.setenv(variable, PASSWORD)
    monkeypatch.setenv('HTTPS_PROXY', 'http://me:' + PROXY + '@proxy.corp:3128')
    tmpdir.chdir()
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmpdir.join('user')))
    try:
        CASES[name]()
    except BaseException as error:
        assert leaks(error) == []
        told = ensure_text(repr(error), errors='replace') + ensure_text(
            str(error), errors='replace')
        assert not [secret for secret in SECRETS if secret in told]
        if isinstance(error, PyralError):
            assert not [secret for secret in SECRETS
                        if secret in pickle.dumps(error, 2).decode('latin-1')]
    else:
        pytest.fail('no error')


def test_what_a_listener_fails_with_shows_no_token():
    rally = by_word(Service())

    def fail(event):
        if event.kind == 'answer':
            raise ZeroDivisionError('x')
    rally._transport.wire_log.add(fail)
    try:
        rally._transport.token()
    except ZeroDivisionError as error:
        assert leaks(error) == []
    else:
        pytest.fail('no error')


def states(value, depth=0, seen=None):
    """Yield the objects of ours that one leads to, and what is in their attributes."""
    seen = set() if seen is None else seen
    if id(value) in seen or depth > 12:
        return
    seen.add(id(value))
    yield value
    held = []
    if isinstance(value, Mapping):
        held = list(value.values())
    elif isinstance(value, (list, tuple, set, frozenset)):
        held = list(value)
    elif type(value).__module__.startswith(('pyral.', 'requests.')) \
            and not isinstance(value, Secret):
        slots = [name for cls in type(value).__mro__ for name in getattr(cls, '__slots__', ())]
        held = list(getattr(value, '__dict__', {}).values()) + [
            getattr(value, name) for name in slots if hasattr(value, name)]
    for each in held:
        for found in states(each, depth + 1, seen):
            yield found


@pytest.mark.parametrize('options', [{'password': PASSWORD}, {'apikey': KEY}])
def test_the_state_of_a_connection_shows_no_secret(options, monkeypatch):
    monkeypatch.setenv('HTTPS_PROXY', 'http://me:' + PROXY + '@proxy.corp:3128')
    rally = Rally('rally.test', 'u@test', adapter=FakeHTTP(Service()), warn=False,
                  schema_cache=False, **options)
    rally.obtainSecurityToken()
    assert (rally.password, rally.apikey) in ((PASSWORD, None), (None, KEY))
    # The HTTP library needs these as they are; what holds them is masked.
    needed = [rally.session.proxies['https'], COOKIE]
    count = 0
    for value in states(rally):
        count += 1
        shown = ensure_text(repr(value), errors='replace')
        assert value in needed or not [secret for secret in SECRETS if secret in shown], (
            type(value), shown[:300])
    assert count > 100
    for secret in (rally._transport._wire._signature, rally._password or rally._apikey):
        with pytest.raises(TypeError):
            pickle.dumps(secret, 2)
    rally.password = 'another-77'
    assert rally.password == 'another-77' and 'another-77' not in repr(vars(rally))


def test_a_connection_that_did_not_come_about_is_shown():
    seen = []
    for act, options in ((raising(requests.ConnectionError('x')), {}),
                         (lambda seen: Reply(u'', 401), {}), (None, {'server': 'no host'}),
                         (None, {'timeout': -1}), (None, {'lazy': 'often'})):
        try:
            by_word(Service('/slm/', act), **options)
        except PyralError:
            traceback = sys.exc_info()[2]
            while traceback is not None:
                made = traceback.tb_frame.f_locals.get('self')
                if isinstance(made, Rally):
                    seen.append(repr(made))
                traceback = traceback.tb_next
    assert seen == [
        '<Rally https://rally.test, not connected>', '<Rally https://rally.test, not connected>',
        '<Rally, not connected>', '<Rally, not connected>',
        '<Rally https://rally.test, not connected>']
