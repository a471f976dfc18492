# coding: utf-8
"""The names that differ between Python 2.7 and 3 mean one thing."""
from __future__ import absolute_import, division, print_function

import socket
import sys

import pytest

from pyral import _compat


def test_fill_takes_text_beyond_ascii_and_bytes():
    assert _compat.fill("{0} and {name}", u'é', name=u'é'.encode('utf-8')) == u'é and é'


@pytest.mark.parametrize('number', [
    0.1 + 0.2, 1234567.8912345, -1 / 3.0, 1e22, 1e-300, 5.0, 123456789012345.67])
def test_the_text_of_a_float_has_all_of_its_digits(number):
    assert float(_compat.text_of(number)) == number
    assert _compat.urlencode_pairs([('x', number)], default='+') == 'x=' + repr(number)


@pytest.mark.parametrize('value, text', [
    (u'é', u'é'), (u'é'.encode('utf-8'), u'é'), (b'\xe9', u'\ufffd'), (7, u'7'), (None, u'None'),
    (True, u'True'), (ValueError(u'é'), u'é'), ([1], u'[1]')])
def test_each_value_has_a_text(value, text):
    assert _compat.text_of(value) == text and isinstance(_compat.text_of(value), _compat.text_type)


@pytest.mark.parametrize('error', [
    socket.error(10054, 'ferm\xe9e'), ValueError('ferm\xe9e'), ValueError(ValueError('ferm\xe9e'))])
def test_an_error_of_a_system_in_another_language_can_be_told(error):
    assert u'ferm' in _compat.text_of(error)
    assert _compat.fill('{0}: {1}', u'é', error).startswith(u'é: ')


def test_quote_encodes_utf8_and_keeps_what_is_safe():
    assert _compat.quote(u'R&D / é', safe='/') == 'R%26D%20/%20%C3%A9'
    assert isinstance(_compat.quote(u'é'), str)


def test_unquote_gives_text():
    assert _compat.unquote('caf%C3%A9') == u'café'


def test_urlencode_pairs_writes_blanks_as_percent_20_and_keeps_refs_readable():
    pairs = [('workspace', 'workspace/1'), ('fetch', 'Name,ObjectID'), ('query', '(A = "b+c")'),
             ('up', True), ('start', 1)]
    assert _compat.urlencode_pairs(pairs) == (
        'workspace=workspace/1&fetch=Name,ObjectID&query=%28A%20%3D%20%22b%2Bc%22%29&up=true'
        '&start=1')


def test_query_pairs_reads_what_urlencode_pairs_wrote():
    pairs = [(u'a', u'é & #'), (u'b', u'')]
    assert _compat.query_pairs(_compat.urlencode_pairs(pairs)) == pairs


def test_python_2_str_makes_text_of_a_non_ascii_message():
    @_compat.python_2_str
    class Loud(object):
        def __str__(self):
            return u'é'

    assert _compat.ensure_text(str(Loud())) == u'é'


def test_all_is_sorted_and_complete():
    assert _compat.__all__ == sorted(_compat.__all__)
    assert [name for name in _compat.__all__ if not hasattr(_compat, name)] == []


def test_a_long_range_takes_no_memory():
    made = _compat.long_range(1, (1 << 31) + 1, 1)
    assert (len(made), made[0], made[-1]) == (1 << 31, 1, 1 << 31)
    assert sys.getsizeof(made) < 1000


@pytest.mark.parametrize('text, escaped', [
    (u'', u''), (u'é', u'é'), (u'\U0001f600', u'\U0001f600'), (u'a\ud83d', u'a\\ud83d'),
    (u'\ude00b', u'\\ude00b'), (u'\ude00\ud83d', u'\\ude00\\ud83d'),
    (u'\ud83d\U0001f600\ude00', u'\\ud83d\U0001f600\\ude00'), (u'\ud83d\ud83d', u'\\ud83d\\ud83d'),
])
def test_halves_of_letters_are_escaped_and_whole_ones_stay(text, escaped):
    assert _compat.escape_halves(text) == escaped
    assert b'\xed\xa0' not in escaped.encode('utf-8') and b'\xed\xb8' not in escaped.encode('utf-8')
