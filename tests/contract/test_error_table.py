"""The page about errors has a true row for everything that goes wrong."""

from __future__ import annotations

import pytest

from tests.contract import error_cases


@pytest.fixture(scope='module')
def emulated():
    made = error_cases.EmulatedRally()
    yield made
    made.emulator.stop()


@pytest.mark.parametrize('group', sorted(error_cases.CASES))
def test_every_error_says_what_was_tried_and_what_to_do(emulated, group):
    for situation, act in error_cases.CASES[group]:
        error = error_cases.raised(emulated, act)
        assert error.args[0] and (error.hint or error.suggestions), situation
        if getattr(error, 'status_code', None) is not None:
            assert error.url and error.method and '/slm/' in error.url, situation


def test_the_table_on_the_page_is_what_is_raised(emulated):
    with open(error_cases.PAGE, encoding='utf-8') as source:
        shown = error_cases.on_page(source.read())
    assert shown == error_cases.table(emulated).strip('\n'), (
        "write it anew: python -m tests.contract.error_cases"
    )
