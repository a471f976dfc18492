# coding: utf-8
"""JSON is read the same by both readers, and the quick one is looked for only when it pays."""
from __future__ import absolute_import, division, print_function

import random

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


def some_json(chance, depth=0):
    """Return a text that is JSON, or nearly, with what readers take in different ways."""
    kind = chance.randrange(14)
    if kind < 2 and depth < 5:
        return u'[' + u','.join(
            some_json(chance, depth + 1) for _ in range(chance.randrange(4))) + u']'
    if kind < 5 and depth < 5:
        return u'{' + u','.join(u'"{0}":{1}'.format(
            chance.choice(u'ab\xe9'), some_json(chance, depth + 1))
            for _ in range(chance.randrange(4))) + u'}'
    if kind < 8:
        number = chance.choice([2 ** 63, 2 ** 64, 10 ** 18, 10 ** 19, 10 ** chance.randrange(400)])
        number += chance.randrange(-2, 3)
        return u'{0}{1}'.format(chance.choice([u'', u'-']), number)
    if kind < 10:
        return u'{0}{1}.{2}e{3}'.format(
            chance.choice([u'', u'-']), chance.randrange(10 ** chance.randrange(1, 40)),
            chance.randrange(10 ** chance.randrange(1, 40)), chance.randrange(-400, 400))
    return chance.choice([
        u'NaN', u'Infinity', u'-Infinity', u'-0', u'-0.0', u'"\\ud800"', u'"\\ude00\\ud83d"',
        u'"\\ud83d\\ude00"', u'"\\u0000"', u'""', u'null', u'true', u' 1 ', u'\ufeff1', u'1 1',
        u'01', u'"\t"', u"'a'", u'[1,]', u'"\xe9\u20ac"', u'1.', u'"\\/"', u'"\\x"', u'\xa01',
        u'tru', u'"a', u'"1234567890123456789012345"', u'[' * 400 + u']' * 400, u'{"a":1,"a":2}'])


def outcome(text):
    """Return what reading a text gives, as something to compare."""
    try:
        return repr(load_json(text.encode('utf-8')))
    except ValueError:
        return None


def test_short_and_long_texts_mean_the_same():
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    for _ in range(200):
        text = some_json(chance)
        assert outcome(text) == outcome(text + u' ' * LONG) == outcome(u' ' * LONG + text), (
            seed, text)


def test_the_place_in_the_stack_does_not_decide_what_can_be_read():
    def deeper(steps):
        return deeper(steps - 1) if steps else load_json(b'[' * 300 + b']' * 300)

    if json._FAST.loads is not None:
        assert deeper(600) == load_json(b'[' * 300 + b']' * 300 + b' ' * LONG)


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
