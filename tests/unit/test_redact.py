# coding: utf-8
"""Secrets are masked wherever they stand."""
from __future__ import absolute_import, division, print_function

import logging
import pickle

import pytest

from pyral.redact import MASK, Redactor, Secret, ServiceURLFilter, hides_frames, mask_url


@pytest.mark.parametrize('url,shown', [
    ('https://h/x?key=abc&y=1', 'https://h/x?key=***&y=1'),
    ('https://h/x?y=1&key=', 'https://h/x?y=1&key=***'),
    ('https://u:p@h/x', 'https://***@h/x'),
    ('HTTPS://u:p@h/x', 'HTTPS://***@h/x'), ('svn+ssh://u@h', 'svn+ssh://***@h'),
    ('http://h/monkey=1?donkey=2', 'http://h/monkey=1?donkey=2'),
    (None, None),
])
def test_a_url_loses_its_credentials_only(url, shown):
    assert mask_url(url) == shown


@pytest.mark.parametrize('text', [
    'password is hunter22', 'Authorization: Basic hunter22', "{'ZSESSIONID': 'hunter22'}",
    'key=hunter22', '{"Password": "hunter22"}', 'Cookie: JSESSIONID=hunter22; a=hunter22',
    '{"SecurityToken": "hunter22"}', 'the%20hunter22',
])
def test_a_secret_is_masked_in_any_text(text):
    assert 'hunter22' not in Redactor(['hunter22']).text(text)


@pytest.mark.parametrize('text', [
    'Authorization: Basic dXNlcjpwYXNz', '"SecurityToken": "dXNlcjpwYXNz"',
    'http://h/x?key=dXNlcjpwYXNz', 'ZSESSIONID=dXNlcjpwYXNz'])
def test_what_stands_at_a_secrets_place_is_masked_without_being_known(text):
    assert 'dXNlcjpwYXNz' not in Redactor().text(text)


def test_percent_encoded_and_longer_secrets_are_masked_whole():
    redactor = Redactor([u'pä ss', u'pä ss and more'])
    assert redactor.text(u'x=p%C3%A4%20ss y=pä ss and more') == u'x=*** y=***'


def test_a_redactor_shows_and_pickles_no_secret():
    redactor = Redactor(['hunter22'])
    assert 'hunter22' not in repr(redactor)
    assert b'hunter22' not in pickle.dumps(redactor)


def test_short_secrets_do_not_shred_the_text():
    assert Redactor(['a']).text('banana') == 'banana'


#: Places of secrets that nobody told of; `!` is where the secret stands.
PLACES = [
    'http://h/x?key=!', 'http://h/x?a=b&key=!&c=d', 'http://h/x;jsessionid=!?a=b',
    '/x;JSESSIONID=!',
    '/x;key=!', '?apikey=!', '?password=!', 'api_key=!', 'ZSESSIONID=!', 'x-zsessionid: !',
    'http%3A%2F%2Fh%2Fx%3Fkey%3D!%26a', '?to=%2Fx%3Bjsessionid%3D!', '?a=b%26key%3D!', '%3Fke%79=!',
    '?to=http%253A%252F%252Fu%253A!%2540h%252Fx', '&amp;key=!&amp;a=b', '&#38;key&#61;!',
    '<a href="/x;jsessionid=!">', 'http://u:!@h/x', 'https://!@h', '//u:!@h/x', 'socks5h://u:!@h:1',
    'http:\\/\\/u:!@h\\/x', 'http%3A%2F%2Fu%3A!%40h%2Fx', 'x=http://u:!@h,y', '(http://u:!@h)',
    '{"password": "!"}', '{"Password":"!","a":1}', '{\\"apikey\\": \\"!\\"}', "{'ZSESSIONID': '!'}",
    "{u'password': u'!'}", "{'Authorization': b'Basic !'}", '"SecurityToken" : "!"',
    "('Set-Cookie', 'JSESSIONID=!; Path=/')", '"Set-Cookie": ["a=!; HttpOnly"]',
    'Authorization: Basic !', 'authorization=Bearer !', 'Proxy-Authorization: Basic !',
    'Authorization: Digest username="u", response="!"', 'Cookie: a=b; JSESSIONID=!; c=d',
    'Set-Cookie: SESSION=!; Path=/\nX: y', 'cookie=!', 'access_token=!', '"client_secret": "!"',
    'passphrase=!', 'RALLY_PASSWORD=!', '--rallyPassword=!', '--apikey=!', "password='!'",
]


@pytest.mark.parametrize('place', PLACES)
def test_what_stands_where_a_secret_is_expected_is_masked(place):
    for secret in ('dXNlcjpwYXNz', 'a.b-c_d~e', '12345678'):
        shown = Redactor().text(place.replace('!', secret))
        assert secret not in shown and MASK in shown
        assert Redactor().text(shown).count(MASK) == shown.count(MASK)
    assert Redactor().text(place.replace('!', 'x') + ' the rest').endswith('the rest') or \
        'Digest' in place or 'ookie' in place


@pytest.mark.parametrize('text', [
    'LastPasswordUpdateDate = 2024', 'Name = "key=x"', 'the password is wrong', 'a cookie, please',
    'http://h:8010/slm/x@y?a=b@c', 'https://h/x?workspace=https://h/y&fetch=Name', 'u@example.com',
    'C:\\users\\key', '100% & more', 'Owner.UserName', '<p>password</p>', 'Not authorized: Key',
    'monkey=1', 'http://[::1]:8010/x@y', 'keyboard', 'see //h/x and me@example.com'])
def test_other_texts_stay_as_they_are(text):
    assert Redactor(['hunter22']).text(text) == text


def test_a_secret_that_is_cut_off_is_masked_whole():
    redactor = Redactor(['hunter22'])
    for limit in range(20):
        assert 'h' not in redactor.text('1234hunter22-5678', limit)
        assert redactor.text('1234hunter22-5678', limit)[:4] == '1234'[:limit]


def test_a_secret_is_not_shown_pickled_or_copied_into_an_error():
    secret = Secret('hunter22')
    assert 'hunter22' not in repr(secret) + str(secret) + '{0}{0!r}'.format(secret) + repr([secret])
    assert secret.reveal() == 'hunter22' and secret and not Secret('') and Secret(secret) == secret
    with pytest.raises(TypeError):
        pickle.dumps(secret, 2)


def test_errors_leave_without_their_frames():
    @hides_frames
    def fails(text):
        raise ValueError(text[:2])
    with pytest.raises(ValueError) as caught:
        fails('hunter22')
    frames = [each.frame.f_locals for each in caught.traceback][1:]
    assert 'hunter22' not in repr(frames)


def test_log_records_of_the_http_library_are_masked():
    record = logging.LogRecord('urllib3', logging.DEBUG, '', 1, 'at %s after %r', (
        '/slm/x?key=hunter22', ValueError('/slm/x;jsessionid=hunter22')), None)
    assert ServiceURLFilter().filter(record)
    assert 'hunter22' not in record.getMessage()


def test_of_the_secrets_of_sessions_the_latest_are_remembered_and_others_for_good():
    redactor = Redactor(['hunter22'])
    redactor.learn('hunter33')
    for number in range(300):
        redactor.learn('cookie-{0:05d}'.format(number), is_passing=True)
        redactor.learn('cookie-of-all', is_passing=True)
    shown = redactor.text('hunter22 hunter33 cookie-00299 cookie-of-all cookie-00000')
    assert shown == '*** *** *** *** cookie-00000'
    assert len(redactor._forms.reveal()) == 102


@pytest.mark.parametrize('blank', [u' ', u'\t', u'\xa0', u'\u2009', u'\u3000'])
@pytest.mark.parametrize('text', [
    u'at{0}//user:hunter22@host/x', u'{{"password":{0}"hunter22"}}', u'Authorization:{0}hunter22',
    u"'Cookie':{0}JSESSIONID=hunter22", u"'sessionid'{0}:{0}'hunter22'",
])
def test_blanks_of_any_script_part_a_secret_from_its_name(text, blank):
    assert u'hunter22' not in Redactor().text(text.format(blank))


@pytest.mark.parametrize('blank', [u'\xa0', u'\u2009', u'\u3000'])
@pytest.mark.parametrize('text', [
    u'password={0}hunter22', u'https://h/x?key=a{0}hunter22&y=1', u'sessionid: a{0}hunter22',
    u'Authorization: Basic{0}hunter22', u'https://user:a{0}hunter22@host/',
])
def test_blanks_of_other_scripts_end_no_secret(text, blank):
    assert u'hunter22' not in Redactor().text(text.format(blank))
