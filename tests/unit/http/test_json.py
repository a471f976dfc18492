# coding: utf-8
"""JSON is read the same by both readers, and the quick one is looked for only when it pays."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.http import json
from pyral.http.json import LONG, load_json


class Looks(object):
    """Finds a module of its own, or none, and counts how often it was asked."""

    def __init__(self, error=None):
        self.count, self.error = 0, error

    def __call__(self, name):
        self.count += 1
        if self.error is not None:
            raise self.error
        return self

    @staticmethod
    def loads(content):
        return 'quick'


@pytest.fixture
def use(monkeypatch):
    """Return a function that says how orjson is looked for."""
    return lambda find: monkeypatch.setattr(json, '_FAST', json._FastReader(find))


@pytest.mark.parametrize('text, value', [
    (b'{"n": 9223372036854775807}', 9223372036854775807), (b'{"n": "\\ud800"}', u'\ud800'),
    (b'{"n": Infinity}', float('inf')), (b'{"n": "\xc3\xa9"}', u'\xe9'),
])
def test_both_readers_give_the_same(text, value):
    assert load_json(text) == {'n': value}
    assert load_json(text + b' ' * LONG) == {'n': value}


def test_nesting_nobody_can_follow_is_no_json():
    with pytest.raises(ValueError):
        load_json(b'[' * 100000)


@pytest.mark.parametrize('length', [0, LONG])
def test_what_is_no_json_is_refused_whatever_its_length(length):
    with pytest.raises(ValueError):
        load_json(b'<html>' + b' ' * length)


def test_a_short_text_does_not_look_for_the_quick_reader(use):
    looks = Looks()
    use(looks)
    assert load_json(b'[1]') == [1] and looks.count == 0


def test_a_long_text_is_read_by_the_quick_reader_found_once(use):
    looks = Looks()
    use(looks)
    assert [load_json(b'[1]' + b' ' * LONG) for _ in range(3)] == ['quick'] * 3
    assert looks.count == 1


def test_where_the_quick_reader_is_missing_it_is_looked_for_once(use):
    looks = Looks(ImportError('no such module'))
    use(looks)
    assert [load_json(b'[1]' + b' ' * LONG) for _ in range(3)] == [[1]] * 3
    assert looks.count == 1
