"""The doctor: a table of set-ups that do not connect, each made for real, and what it says."""

from __future__ import annotations

import re

import pytest

from pyral.doctor import examine
from tests.emulator.doctor_cases import CASES
from tests.emulator.doctor_setups import SETUPS, Servers

pytestmark = pytest.mark.usefixtures('bare_environment')


@pytest.fixture(scope='module')
def servers(tmp_path_factory):
    found = Servers(tmp_path_factory.mktemp('doctor'))
    assert found.plain.url  # what a test opens is closed after it
    yield found
    found.close()


def fits(pattern, text):
    """Say whether a text is what a pattern says, with anything where it says `...`."""
    parts = [re.escape(part) for part in pattern.split('...')]
    return re.fullmatch('.*'.join(parts), text, re.DOTALL) is not None


@pytest.mark.parametrize('case', CASES, ids=[case.name for case in CASES])
def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(case, servers, monkeypatch):
    keywords = {'time_limit': 5, **SETUPS[case.name](servers)}
    keywords.setdefault('schema_cache', str(servers.folder / 'schemas'))
    monkeypatch.setenv('NETRC', keywords.pop('NETRC', str(servers.folder / 'none')))
    told = []
    findings = examine(on_finding=told.append, **keywords)
    assert told == list(findings)
    of_check = [each for each in findings if each.check == case.check]
    found = [each for each in of_check if fits(case.text, each.text)]
    assert len(found) == 1, findings
    assert (found[0].verdict, fits(case.advice, found[0].advice)) == (case.verdict, True), found
    error = found[0].facts.get('error')
    assert error is None or any(text in error for text in case.seen), error
    assert findings.exit_code == int(any(each.verdict == 'failure' for each in findings))
