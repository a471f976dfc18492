# coding: utf-8
"""Secrets are masked wherever they stand."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral.redact import Redactor, mask_url


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
