"""A short run of the fuzzer on every run of the tests, and whether it finds what is there."""

from random import Random

import pytest

from tests.answer_checks import complaint, refused
from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.garbage import Garbage


@pytest.mark.fact('16', '1.2')
def test_garbage_at_every_route_is_answered_soundly_and_without_harm():
    fuzzer = Fuzzer(seed=1)
    fuzzer.run(shots=600, seconds=3600)
    assert [str(find) for find in fuzzer.finds] == []
    assert fuzzer.shots == 600 and fuzzer.accepted > 5


def test_a_mistake_in_a_handler_is_found_with_what_repeats_it(monkeypatch):
    def broken(refusal, body):
        raise KeyError('broken')

    monkeypatch.setattr('pyral.emulator.web.runner.Runner.refusal', broken)
    fuzzer = Fuzzer(seed=2)
    fuzzer.run(shots=60, seconds=3600, most_finds=1)
    (find,) = fuzzer.finds
    assert str(find).startswith('seed 2, shot ') and find.trouble


def test_the_same_seed_makes_the_same_requests():
    first, second = (Garbage(Random(7), [('defect', '1'), ('tag', '2')]) for _ in range(2))
    assert [str(first.shot()) for _ in range(50)] == [str(second.shot()) for _ in range(50)]


@pytest.mark.parametrize(
    ('status', 'content_type', 'body', 'words'),
    [
        (500, 'text/html', b'', 'status 500'),
        (200, 'text/html', b'Traceback (most recent call last)', 'Traceback'),
        (
            200,
            'application/json;  charset=utf-8',
            b'{"A": {"Errors": [], "Warnings": []',
            'no JSON',
        ),
        (200, 'application/json;  charset=utf-8', b'{"A": {}, "B": {}}', '2 keys'),
        (
            200,
            'application/json;  charset=utf-8',
            b'{"A": {"Errors": [], "Warnings": null}}',
            'Warnings is None',
        ),
        (
            200,
            'application/json;  charset=utf-8',
            b'{"A": {"Errors": [], "Warnings": [], "B": NaN}}',
            'not JSON',
        ),
        (418, 'text/html', b'', 'status 418'),
    ],
)
def test_an_unsound_answer_is_noticed(status, content_type, body, words):
    assert words in complaint(status, content_type, body)


@pytest.mark.parametrize(
    ('status', 'body', 'expected'),
    [
        (404, b'', True),
        (200, b'{"A": {"Errors": ["no"]}}', True),
        (200, b'{"A": {"Errors": []}}', False),
        (200, b'{"BatchResult": {"Errors": [], "Results": [{"Errors": ["no"]}]}}', True),
        (
            200,
            b'{"BatchResult": {"Errors": [], "Results": [{"Errors": ["no"]}, {"Errors": []}]}}',
            False,
        ),
    ],
)
def test_a_refusal_is_known_in_a_batch_too(status, body, expected):
    assert refused(status, body) is expected
