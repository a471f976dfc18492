"""The page "If it does not connect" is what its script writes from the table of set-ups."""

import subprocess
import sys
from pathlib import Path

from tests.emulator.doctor_cases import CASES, SECTIONS
from tests.emulator.doctor_setups import SETUPS

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date():
    script = str(ROOT / 'doc' / 'connecting.py')
    assert subprocess.call([sys.executable, script, '--check']) == 0, f"run: python {script}"


def test_each_set_up_is_in_the_table_and_made_once():
    assert [case.name for case in CASES] == list(dict.fromkeys(case.name for case in CASES))
    assert sorted(SETUPS) == sorted(case.name for case in CASES)
    assert {case.section for case in CASES} == set(SECTIONS)


def test_what_people_search_for_is_on_the_page():
    page = (ROOT / 'doc' / 'source' / 'connecting_trouble.rst').read_text(encoding='utf-8')
    for words in (
        'SSLCertVerificationError',
        'ProxyError 407',
        'WRONG_VERSION_NUMBER',
        '401 Unauthorized',
        'getaddrinfo failed',
    ):
        assert f'``{words}``' in page
