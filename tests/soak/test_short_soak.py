"""The short form of `make soak`: a few seconds of very bad days on every run of the tests."""
import os
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 9), reason="the emulator needs Python 3.9")

SECONDS = float(os.environ.get('PYRAL_SOAK_SECONDS', '12'))
SEED = int(os.environ.get('PYRAL_SOAK_SEED', '20'))


def test_model_client_and_database_agree_after_bad_days(recwarn):
    from tests.soak.soaking import Soak
    soak = Soak(SEED)
    try:
        report = soak.run(SECONDS)
    finally:
        soak.close()
    print(report)
    assert soak.failures == [], report
    assert soak.tally['losses'] == soak.tally['duplicates'] == 0, report
    assert soak.faulted > 5 * SECONDS and soak.tally['writes looked up'] > 0, report
