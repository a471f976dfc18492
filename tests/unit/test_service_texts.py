"""The catalogue of errors: every text and status the service gives, and what it becomes."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral.errors import (
    AuthenticationError,
    ConflictError,
    GatewayError,
    NotFoundError,
    RallyRESTAPIError,
    RateLimitedError,
    ServerError,
    error_for,
)
from pyral.http.answer import Answer
from pyral.service_texts import meaning_of, texts

REFUSED = RallyRESTAPIError
TOO_LONG = 'Validation error: Defect.Notes length is greater than the maximum length of 32768'
NO_HTML = ("Validation error: HierarchicalRequirement.Name contained invalid input. "
           "Search 'HTML Whitelist' at help.rallydev.com for details.")
BAD_DATE = ('Could not parse: Cannot convert "x" into a date.  '
            'You must use the ISO8601 date+time format.')
WRONG_STATE = (
    'Could not convert: "ScheduleState" must be a string : Conversion method name : '
    'com.f4tech.slm.convert.WorkProductConversion.getStateNamed : value to convert : In Progress : '
    'type to convert : class com.f4tech.slm.domain.State : valid set is : (Defined,In-Progress)')
MODIFIED = (
    'Concurrency conflict: [Object has been modified since being read for update in this context] '
    '- ConcurrencyConflictException : Modified since read on update : Object Class : '
    'com.f4tech.slm.domain.UserStory : ObjectID : 12')

#: text of the envelope (HTTP 200): class, field
TEXTS = {
    'Not authorized to perform action: Invalid key': (AuthenticationError, None),
    'Not authorized to create: Defect': (REFUSED, None),
    'Not authorized to create AttachmentContent': (REFUSED, None),
    'Not authorized to update: Feature 12': (REFUSED, None),
    'Not authorized to perform action': (REFUSED, None),
    'Cannot find object to read': (NotFoundError, None),
    'Could not read: Could not read Defect 12 to update.': (NotFoundError, None),
    'Object to delete cannot be null': (NotFoundError, None),
    'Requested type name "bogus" is unknown.': (NotFoundError, None),
    'Validation error: HierarchicalRequirement.My Field should not be null': (
        REFUSED, 'MyField'),
    TOO_LONG: (REFUSED, 'Notes'),
    NO_HTML: (REFUSED, 'Name'),
    'Validation error: Defect.State "X" is invalid.  Valid values are: Open, Closed': (
        REFUSED, 'State'),
    'Validation error: Defect.State is an invalid value': (REFUSED, 'State'),
    'Validation error: Task.State "a "b" c" is invalid.  Valid values are: A : a "b" c is an '
    'invalid value': (REFUSED, 'State'),
    'X is an invalid value': (REFUSED, None),
    WRONG_STATE: (REFUSED, 'ScheduleState'),
    'Could not set value for Test Case: Cannot connect object to value, Test Case value is in a '
    'different workspace. [object workspace OID=1, value workspace OID=2': (REFUSED, 'TestCase'),
    'Could not set value for Test Set: null': (REFUSED, 'TestSet'),
    'Validation error: Defect.Plan Estimate is greater than the maximum value of 999': (
        REFUSED, 'PlanEstimate'),
    BAD_DATE: (REFUSED, None),
    'Could not convert: Cannot convert "x" to a number': (REFUSED, None),
    'Cannot parse object reference from "xyz"': (REFUSED, None),
    'Could not read: Could not read referenced object /user/1': (NotFoundError, None),
    'Cannot parse input stream due to I/O error as JSON document: x': (REFUSED, None),
    'Could not read object: Object not found for Object ID: this_is_not_valid': (
        NotFoundError, None),
    'Concurrency conflict: [Object has been modified since last read]': (ConflictError, None),
    'The username or password you entered is incorrect.': (AuthenticationError, None),
    'An Authentication object was not found in the SecurityContext': (AuthenticationError, None),
    'Object not found for Object ID 12': (NotFoundError, None),
    'Could not read: path or entity not found: /search': (NotFoundError, None),
    'Could not read: Path or Entity not found': (NotFoundError, None),
    'Validation error: Task.To Do is less than the minimum value of 0': (REFUSED, 'ToDo'),
    MODIFIED: (ConflictError, None),
    'Full authentication is required to access this resource': (AuthenticationError, None),
    'Your IP address, 1.2.3.4, is not within the allowed range that your subscription '
    'administrator has configured.': (AuthenticationError, None),
    'Could not parse: Error parsing expression -- expected ")" but saw "AND" instead.': (
        REFUSED, None),
    'Could not parse: Unknown operator "zobolts"': (REFUSED, None),
    'Could not parse: Could not find the attribute "X" on type "Y" in the query segment "X"': (
        REFUSED, 'X'),
    'Could not parse: Could not find attribute "X" on type Y in the query segment "X"': (
        REFUSED, 'X'),
    'Could not parse: Attribute "Project" on type ProjectPermission is not allowed in query '
    'expressions.': (REFUSED, 'Project'),
    "Could not parse: Could not find attribute 'Watchers'": (REFUSED, 'Watchers'),
    'Cannot sort using unknown attribute Rnk': (REFUSED, 'Rnk'),
    'Could not read: could not read all instances of class com.f4tech.slm.domain.Artifact': (
        REFUSED, None),
}

#: status of an answer without an envelope: class
STATUSES = {
    401: AuthenticationError, 403: REFUSED, 404: NotFoundError, 405: REFUSED, 407: REFUSED,
    409: ConflictError, 412: ConflictError, 413: REFUSED, 414: REFUSED, 429: RateLimitedError,
    500: GatewayError, 502: GatewayError, 503: GatewayError, 504: GatewayError, 524: GatewayError,
}


@pytest.mark.parametrize('text', sorted(TEXTS))
def test_a_text_has_a_class_a_field_and_something_to_do(text):
    cls, field = TEXTS[text]
    error = pickle.loads(pickle.dumps(error_for(200, [text], method='PUT', url='https://h/x'), 2))
    assert type(error) is cls and error.field == field
    assert error.hint and error.hint in str(error)
    assert error.args == (u'422 ' + text,) and error.errors == [text]
    assert (error.status_code, error.method, error.url) == (200, 'PUT', 'https://h/x')


@pytest.mark.parametrize('status', sorted(STATUSES))
def test_a_status_with_a_page_has_a_class_and_names_the_page(status):
    answer = Answer(status, {'Content-Type': 'text/html'},
                    b'<html><head><title>Proxy says no</title></head></html>', 'https://h/x')
    error = answer.error()
    assert type(error) is STATUSES[status]
    assert error.args == (u"{0} HTML page instead of JSON: 'Proxy says no'".format(status),)
    assert error.hint


@pytest.mark.parametrize('body, shown', [
    (b'', 'empty body'), (b'  \r\n', 'empty body'), (b'upstream gone\nmore', 'upstream gone more'),
    (b'<!-- c --><p>First line</p><p>second</p>', "HTML page instead of JSON: 'First line'"),
])
def test_what_came_instead_of_an_envelope_is_named_by_its_first_line(body, shown):
    assert shown in Answer(503, {}, body, 'https://h/x').error().args[0]


def test_a_service_error_in_an_envelope_is_no_gateways():
    body = b'{"OperationResult": {"Errors": ["boom"], "Warnings": []}}'
    assert type(Answer(500, {}, body, 'https://h/x').error()) is ServerError


@pytest.mark.parametrize('value, read', [
    (None, []), ('one', ['one']), (['a', 2], ['a', '2']), ({'x': 'y'}, ['y']), (b'raw', ['raw'])])
def test_errors_are_read_in_whatever_form_they_come(value, read):
    assert texts(value) == read


def test_a_text_without_a_row_is_not_guessed_about():
    assert meaning_of(200, ['a text of tomorrow']).hint is None
