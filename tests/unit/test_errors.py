# coding: utf-8
"""The error tree: one class per name, messages to the letter, hints beside them, picklable."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral import errors
from pyral._compat import ensure_text
from pyral.errors import (
    AuthenticationError,
    ConflictError,
    GatewayError,
    NotFoundError,
    PyralError,
    RallyResponseError,
    RallyRESTAPIError,
    RateLimitedError,
    ServerError,
    TransportError,
    error_for,
    nearest,
)

CLASSES = [getattr(errors, name) for name in errors.__all__
           if isinstance(getattr(errors, name), type)]


@pytest.mark.parametrize('cls', CLASSES)
def test_every_class_is_one_of_ours_and_pickles_with_its_details(cls):
    error = cls(u'caf\xe9', hint=u'h\xefnt', suggestions=['a', 'b'], cause=ValueError('x'))
    copy = pickle.loads(pickle.dumps(error, 2))
    assert isinstance(error, PyralError)
    assert type(copy) is cls and copy.args == (u'caf\xe9',)
    assert (copy.hint, copy.suggestions) == (u'h\xefnt', ('a', 'b'))
    assert 'ValueError' in str(copy.cause)


def test_the_message_is_args_0_and_str_shows_what_helps():
    error = RallyRESTAPIError("Stated", hint="Do this.", field='State', suggestions=['Open'])
    assert error.args == ("Stated",) and error.message == "Stated"
    assert str(error) == "Stated\n  Field: State\n  Did you mean: Open?\n  Do this."


def test_str_of_a_message_beyond_ascii_works():
    assert ensure_text(str(RallyRESTAPIError(u'é'))) == u'é'


def test_a_misspelt_detail_is_refused():
    with pytest.raises(TypeError):
        RallyRESTAPIError("x", hnt="y")


def test_the_url_of_an_error_never_holds_the_token():
    error = RallyRESTAPIError("x", url='https://u:p@h/d?key=token&a=1')
    assert error.url == 'https://***@h/d?key=***&a=1'


def test_a_pickled_cause_never_carries_the_request():
    class WithRequest(IOError):
        request = {'Authorization': 'Basic abcd'}

    error = TransportError("x", cause=WithRequest("Max retries with url: /x?key=secret1"))
    assert b'secret1' not in pickle.dumps(error, 2)
    assert b'abcd' not in pickle.dumps(error, 2)


@pytest.mark.parametrize('status,errors,cls', [
    (200, ['Not authorized to perform action: Invalid key'], AuthenticationError),
    (401, ['whatever'], AuthenticationError),
    (200, ['Cannot find object to read'], NotFoundError),
    (200, ['Could not read: Could not read Defect 1 to update.'], NotFoundError),
    (200, ['Object to delete cannot be null'], NotFoundError),
    (404, [], NotFoundError),
    (200, ['Concurrency conflict: [Object has been modified since last read]'], ConflictError),
    (409, [], ConflictError),
    (429, [], RateLimitedError),
    (500, ['boom'], ServerError),
    (200, ['Validation error: Defect.Name should not be null'], RallyRESTAPIError),
    (403, [], RallyRESTAPIError),
])
def test_status_and_text_choose_the_class(status, errors, cls):
    assert type(error_for(status, errors)) is cls


def test_a_page_with_a_server_status_is_a_gateways_and_caught_as_either():
    error = error_for(502, ['HTML page'], is_page=True)
    assert type(error) is GatewayError
    assert isinstance(error, ServerError) and isinstance(error, RallyResponseError)


def test_errors_in_a_200_answer_are_told_as_422():
    error = error_for(200, ['first', 'second'], method='PUT', warnings=['w'])
    assert error.args == ('422 first',)
    assert (error.status_code, error.errors, error.warnings) == (200, ['first', 'second'], ['w'])


@pytest.mark.parametrize('text,field', [
    ('Validation error: HierarchicalRequirement.My Field should not be null', 'MyField'),
    ('Validation error: Defect.Notes length is greater than the maximum length of 32768', 'Notes'),
    ('Validation error: Defect.State "X" is invalid.  Valid values are: Open, Fixed', 'State'),
    ('Cannot sort using unknown attribute Invalid', 'Invalid'),
])
def test_the_field_is_read_out_of_the_text_and_a_hint_given(text, field):
    error = error_for(200, [text])
    assert error.field == field and error.hint


@pytest.mark.parametrize('text, said', [
    ('Validation error: Defect.Severity "x" is invalid.  Valid values', "'Defect', 'Severity'"),
    ('Validation error: Defect.Schedule State is an invalid value', "'Defect', 'ScheduleState'"),
    ('Could not convert: "State" must be a string : valid set is', "<type>, 'State'"),
    ('x is an invalid value', "<type>, <field>"),
])
def test_a_hint_names_what_is_known_of_type_and_field(text, said):
    assert error_for(200, [text]).hint == (
        "Use one of the allowed values: rally.getAllowedValues({0}).".format(said))


def test_a_text_without_a_row_gets_no_invented_hint():
    assert error_for(200, ['something new']).hint is None


@pytest.mark.parametrize('name,candidates,found', [
    ('projectScopedown', ['projectScopeUp', 'projectScopeDown', 'fetch'], 'projectScopeDown'),
    ('Sevrity', ['Severity', 'Priority'], 'Severity'),
    ('plan estimate', ['PlanEstimate', 'Name'], 'PlanEstimate'),
    ('ab', ['ba'], 'ba'),
])
def test_nearest_finds_the_near_miss(name, candidates, found):
    assert nearest(name, candidates)[0] == found


def test_nearest_is_silent_about_strangers():
    assert nearest('Zzzzzz', ['Name', 'Owner', 'State']) == ()


def test_all_is_sorted_and_complete():
    assert errors.__all__ == sorted(errors.__all__)
    public = [name for name, value in vars(errors).items() if name[0] != '_'
              and isinstance(value, type) and issubclass(value, Exception)]
    assert sorted(public) == sorted(name for name in errors.__all__ if name[0].isupper())


@pytest.mark.parametrize('many, said', [
    (0, ''), (1, 'n0'), (2, 'n0, n1'), (3, 'n0, n1, n2'), (4, 'n0, n1, n2 and 1 more'),
    (15, 'n0, n1, n2 and 12 more'),
])
def test_of_many_names_the_first_are_told_and_how_many_there_are(many, said):
    names = ['n{0}'.format(place) for place in range(many)]
    assert errors.first_names(names, 3) == said
    assert errors.first_names(iter(names), 3) == said
    assert errors.first_names(names[:8]) == ', '.join(names[:8])
