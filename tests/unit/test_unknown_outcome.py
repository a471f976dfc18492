"""An error that leaves open what became of a write has a name of its own, whatever else it is."""
from __future__ import absolute_import, division, print_function

import inspect
import pickle

import pytest

from pyral import errors
from pyral.errors import RallyRESTAPIError, UnknownOutcomeError, _RequestError

CLASSES = sorted((cls for _, cls in inspect.getmembers(errors, inspect.isclass)
                  if issubclass(cls, _RequestError) and cls is not _RequestError),
                 key=lambda cls: cls.__name__)


@pytest.mark.parametrize('cls', CLASSES)
def test_every_error_about_a_request_is_caught_by_that_name_and_by_its_own(cls):
    error = cls('message', outcome_unknown=True, method='PUT', payload={'a': 1}, hint='h')
    changed = cls('message', method='PUT').with_unknown_outcome(payload={'a': 1}, hint='h')
    for each in (error, error.copy(), pickle.loads(pickle.dumps(error)), changed):
        assert isinstance(each, UnknownOutcomeError) and isinstance(each, RallyRESTAPIError)
        assert isinstance(each, cls) and type(each).__name__ == 'UnknownOutcomeError'
        assert each.outcome == 'unknown' and each.outcome_unknown and each.args == ('message',)
        assert (each.payload, each.hint, each.method) == ({'a': 1}, 'h', 'PUT')
        for name, _ in cls._details:
            assert hasattr(each, name)
    assert type(error) is type(changed) is type(pickle.loads(pickle.dumps(changed)))


@pytest.mark.parametrize('cls', [cls for cls in CLASSES if cls is not UnknownOutcomeError])
def test_an_error_that_is_sure_of_the_outcome_is_none_of_them(cls):
    error = pickle.loads(pickle.dumps(cls('message', outcome_unknown=False)))
    assert type(error) is cls and error.outcome is None
    assert not isinstance(error, UnknownOutcomeError)
