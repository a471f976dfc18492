# coding: utf-8
"""Forms of a secret x places where a text from elsewhere reaches a person or a file."""
from __future__ import absolute_import, division, print_function, unicode_literals

import base64
import json
import logging
import pickle
import random
import string
import warnings
from functools import partial

import pytest
import requests

from pyral._compat import ensure_native, ensure_text, quote, text_type, unquote
from pyral.errors import PyralError
from pyral.http.envelope import read
from pyral.http.log import InteractionLog
from pyral.http.results import page_of
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from pyral.reading.response import RallyRESTResponse
from pyral.redact import Redactor
from tests.fake_http import FakeHTTP, Reply, result, scripted

pytestmark = pytest.mark.usefixtures('bare_environment')

#: So many of the forms of all passwords are tried at each place; the table of forms has them all.
SAMPLED = 12
#: Signs that mean something in a URL, in JSON, in HTML, in Python, and some that are not ASCII.
ODD_SIGNS = '\u00e4\u20ac "\'<>&\\/+%#?;:,=@()[]{}$!*~^|`'
NAMED = {'"': 'quot', '&': 'amp', '<': 'lt', '>': 'gt', "'": 'apos', '\u00e4': 'auml',
         '\u20ac': 'euro', '@': 'commat', '/': 'sol', '\\': 'bsol'}


def percent(text, chosen=lambda sign: True, encoding='utf-8', lower=False):
    """Return a text with the signs chosen as percent escapes."""
    shown = ''.join(
        ''.join('%{0:02X}'.format(byte) for byte in bytearray(sign.encode(encoding, 'replace')))
        if chosen(sign) else sign for sign in text)
    return shown.lower() if lower and shown.upper() == shown else shown


def numbered(form):
    """Return a function that writes each sign by its number."""
    return lambda text: ''.join(form.format(ord(sign)) for sign in text)


def escaped(text):
    """Return a text as HTML."""
    return ''.join({'"': '&quot;', '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;'}.get(
        sign, sign) for sign in text)


def in_json(text, ascii=True):
    """Return a text as it stands between the quotes of JSON."""
    return ensure_text(json.dumps(text, ensure_ascii=ascii))[1:-1]


FORMS = {
    'plain': lambda text: text,
    'percent': lambda text: ensure_text(quote(text)),
    'percent, slashes kept': lambda text: ensure_text(quote(text, '/:')),
    'percent, every sign': percent,
    'percent, in small letters': lambda text: ensure_text(quote(text)).replace('%C3', '%c3'),
    'percent, every second sign': lambda text: percent(text, lambda sign: ord(sign) % 2 == 0),
    'percent of latin-1': lambda text: percent(text.replace('\u20ac', ''), encoding='latin-1')
    if '\u20ac' not in text else text,
    'of a form': lambda text: ensure_text(quote(text)).replace('%20', '+'),
    'percent twice': lambda text: ensure_text(quote(quote(text))),
    'json': in_json,
    'json, not only ascii': lambda text: in_json(text, False),
    'json, slashes escaped': lambda text: in_json(text).replace('/', '\\/'),
    'json of Java': lambda text: ''.join(
        '\\u{0:04x}'.format(ord(sign)) if sign in '<>&\'=' else in_json(sign) for sign in text),
    'json, every sign': numbered('\\u{0:04X}'),
    'json in json': lambda text: in_json(in_json(text)),
    'html': escaped,
    'html, named': lambda text: ''.join(
        '&{0};'.format(NAMED[sign]) if sign in NAMED else sign for sign in text),
    'html, decimal': numbered('&#{0};'),
    'html, decimal with zeros': numbered('&#{0:07d};'),
    'html, hexadecimal': numbered('&#x{0:x};'),
    'html, HEXADECIMAL': numbered('&#X{0:06X};'),
    'html twice': lambda text: escaped(escaped(text)),
    'html in json': lambda text: in_json(escaped(text)),
    'json in html': lambda text: escaped(in_json(text)),
    'percent in html': lambda text: escaped(ensure_text(quote(text, '&'))),
    'percent in json in html': lambda text: escaped(in_json(ensure_text(quote(text, '"&')))),
    'repr': lambda text: ensure_text(repr(text)).lstrip('u')[1:-1],
    'repr of bytes': lambda text: ensure_text(repr(text.encode('utf-8'))).lstrip('b')[1:-1],
    'repr of 2.7': lambda text: ''.join(
        '\\x{0:02x}'.format(ord(sign)) if 127 < ord(sign) < 256 else
        '\\u{0:04x}'.format(ord(sign)) if ord(sign) > 255 else in_json(sign).replace('\\"', '"')
        for sign in text),
    'UTF-8 read as latin-1': lambda text: text.encode('utf-8').decode('latin-1'),
    'basic': lambda text: ensure_text(base64.b64encode(('u:' + text).encode('utf-8'))),
}


def secrets():
    """Yield passwords: some that were thought of, and some by chance."""
    yield 'pass-word-77'
    yield 'p\u00e4 ss"w<o>r&d\'\\/+%41;,'
    yield '%2525#a\\u0041&lt;&#65;\u20ac'
    yield '://x@y:z/?key=1&key'
    for _ in range(3):
        seed = random.randrange(1 << 30)
        chosen = random.Random(seed)
        yield ''.join(chosen.choice(string.ascii_letters + ODD_SIGNS) for _ in range(14))


def connected(handler, password, **options):
    """Return a transport that is signed in, to a service that is one function."""
    transport = Transport('h.invalid', Credentials('u', password), adapter=FakeHTTP(handler), retry=
                          RetryPolicy(attempts=2, sleep=lambda seconds: None), **options)
    return transport


def fails(act):
    """Return all that the error of a call shows."""
    try:
        act()
    except PyralError as error:
        return told(error)
    raise AssertionError("no error")


def told(error):
    """Return all that an error shows, and its pickle does."""
    causes, shown = error, []
    while causes is not None:
        shown += [text_type(causes), repr(causes), repr(causes.args), repr(vars(causes))]
        causes = getattr(causes, '__cause__', None) or getattr(causes, 'cause', None)
    return shown + [pickle.dumps(error, 2).decode('latin-1')]


def answering(reply, act=lambda transport: page_of(transport.get('defect'))):
    """Return a place where a reply of the service is told of in an error."""
    def place(text, password):
        transport = connected(lambda seen: reply(text), password)
        return fails(lambda: act(transport))
    return place


def written(transport):
    """Write something, with a token."""
    transport._sign_in._token = 'token-of-the-session'
    read(transport.put('defect/create', {'Defect': {'Name': 'x'}})).errors and None
    answer = transport.put('defect/create', {'Defect': {'Name': 'x'}})
    raise answer.error()


def answered(text, password):
    """Return what a response tells of an answer with errors."""
    transport = connected(
        lambda seen: result([], Errors=[text], Warnings=['careful: ' + text]), password)
    answer = transport.get('defect')
    response = RallyRESTResponse(None, None, 'https://h/x', answer)
    return [repr(response), repr(response.errors), repr(response.warnings),
            repr(response.content), repr(response.data), repr(response.headers)] + fails(
                response.raise_for_errors)


def headed(text, password):
    """Return the headers that callers see."""
    transport = connected(lambda seen: Reply(result([]), headers={
        'X-Echo': ensure_native(text),
        'Location': ensure_native('http://h.invalid/?x=' + text)}), password)
    return [repr(transport.get('defect').headers)]


def logged(text, password):
    """Return what the log of requests and its listeners hear of answers, failures and redirects."""
    shown, heard = [], []
    replies = [
        result([], Errors=[text]), Reply('<p>' + text, 500), Reply(text, 200),
        {'CreateResult': {'Errors': [], 'Warnings': [], 'Object': {
            '_type': text, '_ref': text, 'ObjectID': text}}},
        result([], TotalResultCount=text), requests.ConnectionError(ensure_native(text)),
        Reply('', 302, {'Location': ensure_native('/slm/x?y=' + text)}),
    ]
    for reply in replies:
        transport = connected(lambda seen, reply=reply: reply, password)
        transport.wire_log.add(heard.append)
        log = InteractionLog(transport, _Stream(shown), 'u')
        try:
            transport.get('defect', {'note': text})
        except PyralError:
            pass
        log.close()
    return shown + [repr(event[:6] + event[8:]) for event in heard]


class _Stream(object):

    def __init__(self, shown):
        self.write = shown.append


def warned(text, password):
    """Return what a write makes of warnings, and of errors of one item in a batch."""
    rally = scripted(
        result([], 'CreateResult', Warnings=[text], Object={
            '_ref': 'https://rally.test/slm/webservice/v2.0/defect/5', '_type': 'Defect',
            'ObjectID': 5, 'Name': 'x', 'FormattedID': 'DE5'}),
        {'BatchResult': {'Errors': [], 'Warnings': [], 'Results': [
            {'OperationResult': {}, 'Errors': [text], 'Warnings': [text]}]}})
    for known in (password, base64.b64encode(('u:' + password).encode('utf-8'))):
        rally._transport.redactor.learn(known)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        rally.create('Defect', {'Name': 'x'}, fetch='Name')
        batch = rally.createMultiple('Defect', [{'Name': 'x'}])
    return [str(each.message) for each in heard] + [repr(batch.outcomes), repr(batch)]


PLACES = {
    'errors of a read': answering(lambda text: result([], Errors=[text])),
    'errors of a read, as one text': answering(lambda text: result([], Errors=text)),
    'errors with a status': answering(
        lambda text: Reply({'OperationResult': {'Errors': [text], 'Warnings': [text]}}, 500)),
    'errors of a write': answering(
        lambda text: {'CreateResult': {'Errors': [text], 'Warnings': [text]}}, written),
    'a title': answering(lambda text: Reply('<html><title>No ' + text + '</title>', 502)),
    'a page': answering(lambda text: Reply('<html><p class="' + text + '">No ' + text, 404)),
    'a page in place of JSON': answering(lambda text: Reply('<html>No ' + text, 200)),
    'a text': answering(lambda text: Reply('No ' + text, 403)),
    'JSON of another service': answering(lambda text: {'a': text, text: 'b'}),
    'JSON that breaks off': answering(lambda text: Reply('{"a": "' + text, 500)),
    'a redirect elsewhere': answering(lambda text: Reply(
        '', 302, {'Location': ensure_native('http://thief.invalid/' + text)})),
    'a redirect of a write': answering(lambda text: Reply(
        '', 302, {'Location': ensure_native('/slm/' + text)}), written),
    'a redirect to no address': answering(lambda text: Reply(
        '', 302, {'Location': ensure_native('http://[' + text)})),
    'a failure': answering(lambda text: requests.ConnectionError(ensure_native('to ' + text))),
    'a failure of the proxy': answering(
        lambda text: requests.exceptions.ProxyError(ensure_native('at ' + text))),
    'an address of the proxy': answering(
        lambda text: requests.exceptions.InvalidProxyURL(ensure_native('check ' + text))),
    'a certificate': answering(lambda text: requests.exceptions.SSLError(
        ensure_native('certificate verify failed: ' + text))),
    'a reference': lambda text, password: fails(lambda: connected(
        lambda seen: {}, password).get('http://thief.invalid/' + text)),
    'a response': answered,
    'headers': headed,
    'the log of requests': logged,
    'warnings and batches': warned,
}


@pytest.mark.parametrize('place', sorted(PLACES))
def test_no_form_of_a_secret_is_shown(place, caplog):
    caplog.set_level(logging.DEBUG)
    cases = [(secret, name) for secret in secrets() for name in sorted(FORMS)]
    for secret, name in random.sample(cases, SAMPLED):
        caplog.clear()
        text = FORMS[name](secret)
        shown = '\n'.join(
            ensure_text(each, errors='replace') for each in
            PLACES[place](text, secret) + [record.getMessage() for record in caplog.records])
        assert leaked(text, secret, shown) is None, (secret, name, shown[:2000])


@pytest.mark.parametrize('name', sorted(FORMS))
def test_every_form_is_masked_between_any_signs(name):
    for secret in secrets():
        redactor = Redactor([secret])
        redactor.learn(base64.b64encode(('u:' + secret).encode('utf-8')))
        for before, after in (('', ''), ('No ', '.'), ('"', '"'), ('http://h/', '/x'), ('/', '?')):
            text = before + FORMS[name](secret) + after
            for shown in (redactor.text(text), redactor.text(text, 8), redactor.text(
                    text.encode('utf-8')), redactor.text('x' * 30 + text, 40)):
                assert leaked(FORMS[name](secret), secret, shown) is None, (secret, text, shown)


def leaked(text, secret, shown):
    """Return six signs of a secret that are shown, as it is or in the form it had."""
    for known in (text, secret):
        for start in range(max(1, len(known) - 5)):
            piece = known[start:start + 6]
            if piece in shown:
                return piece
    return None


# Proxies, cookies and what else a connection holds

PROXY_PASSWORDS = [
    'ab{0}cd-ef77'.format(sign) for sign in ODD_SIGNS + '-_.'] + [
    sign + 'abcd-ef77' for sign in ODD_SIGNS] + ['abcd-ef77' + sign for sign in ODD_SIGNS] + [
    'a%40b-cd77', '1234/abcd-ef', '%zz-abcd77', 'ab@cd@ef-77', '://abcd-77', 'a:b:cd-ef77']


PROXIES = ('http://user:{0}@proxy.corp:3128', 'user:{0}@proxy.corp:3128',
           'socks5h://user:{0}@proxy.corp')
PROBLEMS = (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL,
            requests.ConnectionError, requests.exceptions.InvalidURL, UnicodeError)


def test_no_sign_in_the_password_of_a_proxy_shows_it_and_each_is_sent(caplog):
    caplog.set_level(logging.DEBUG)
    turn = random.randrange(len(PROXIES) * len(PROBLEMS))
    for number, password in enumerate(PROXY_PASSWORDS, turn):
        address = PROXIES[number % len(PROXIES)].format(password)
        problem = PROBLEMS[number % len(PROBLEMS)]
        seen = []

        def refused(request, seen=seen, address=address, problem=problem):
            seen.append(request.options['proxies']['https'])
            return problem(ensure_native('{0} or {1} or {2!r}'.format(
                seen[0], address, ensure_native(address))))
        transport = Transport('h', Credentials(apikey='_abcdefgh'), adapter=FakeHTTP(refused),
                              retry=RetryPolicy(attempts=1), environ={'HTTPS_PROXY': address})
        caplog.clear()
        shown = '\n'.join(ensure_text(each, errors='replace') for each in fails(
            partial(transport.get, 'defect')) + [
                repr(transport.session.proxies), repr(vars(transport.session)),
                repr(vars(transport)), repr(vars(transport._wire))] + [
                    record.getMessage() for record in caplog.records])
        assert 'proxy.corp' in shown
        for known in (address, seen[0]):
            assert leaked(password, known.partition('user:')[2].rpartition('@')[0],
                          shown) is None, (address, shown)
        assert sent_credentials(seen[0]) == ('user', unquote(password))


def sent_credentials(address):
    """Return the user and the password that the HTTP library finds in the address of a proxy."""
    return tuple(ensure_text(part, errors='replace') for part in requests.utils.get_auth_from_url(
        ensure_native(address)))


@pytest.mark.parametrize('name, value, is_known', [
    ('JSESSIONID', 'node0abc123', True), ('SUBBUCKETID', '12345678-a', True),
    ('auth', 'abcd', True),
    ('lang', 'en-US', False), ('language', 'portuguese', False), ('SERVERID', 'h.example', True)])
def test_a_cookie_is_masked_once_it_is_known(name, value, is_known):
    replies = [Reply(result([]), headers={'Set-Cookie': ensure_native(
        '{0}={1}; Path=/'.format(name, value))}), result([], Errors=['not for ' + value])]
    transport = connected(lambda seen: replies.pop(0), 'pass-word-77')
    transport.get('defect')
    assert transport.session.cookies[name] == value
    shown = repr(transport.get('defect').errors)
    assert (value not in shown) is is_known
    held = transport.session.cookies
    assert value not in repr(held) + str(held) + repr(held._cookies) + repr(vars(held))
