"""What the texts of the service mean: cause, field and remedy, as one table.

The service answers with plain sentences and no codes. This module knows the sentences and says
of what kind each is; `errors` gives the kinds their classes. It must never raise, and never
guess: a text without a row has no hint.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral._compat import Mapping, binary_type, ensure_native, ensure_text, text_of, text_type

#: What a text of the service says: kind of error, the field it is about, and what to do.
Meaning = namedtuple('Meaning', 'kind field hint')

NOT_AUTHENTICATED = 'authentication'
NOT_FOUND = 'not found'
CONFLICT = 'conflict'
THROTTLED = 'throttled'
SERVER = 'server'
REFUSED = 'refused'

#: The hint of a write that got no usable answer.
UNKNOWN_OUTCOME = (
    "It is not known whether the service carried this out, and it was not sent again. Look before "
    "you repeat it: error.find(rally) returns what is there; error.payload is what was sent.")

ALLOWED_VALUES = "Use one of the allowed values: rally.getAllowedValues(<type>, <field>)."

#: Pattern (a group `field` names the attribute; nothing in it is unbounded, answers are of any
#: length), kind, hint; as texts, which `re` compiles and keeps once an error asks for them: most
#: scripts meet none.
_ROWS = (
    (r'Not authorized to perform action: Invalid key', NOT_AUTHENTICATED,
     "The security token is missing or stale. With a password the token and its cookie are renewed "
     "by themselves; with an API key check that no proxy adds cookies, and that the key may "
     "write."),
    (r'The username or password you entered is incorrect', NOT_AUTHENTICATED,
     "Check user and password, or the API key; accounts that sign in through SSO need an API key."),
    (r'An Authentication object was not found in the SecurityContext|'
     r'Full authentication is required to access this resource', NOT_AUTHENTICATED,
     "No usable credentials arrived: give user and password, or an API key."),
    (r'Your IP address, .{0,150}is not within the allowed range', NOT_AUTHENTICATED,
     "The subscription serves only some addresses: ask its administrator for yours, or go through "
     "the network it expects."),
    (r'Not authorized to create', REFUSED,
     "Usually the Project is missing, or it is one where you may not create items: give Project "
     "as a reference, or project=<name>."),
    (r'Not authorized to (?:update|perform action)', REFUSED,
     "Your account lacks the right for this in the project or workspace."),
    (r'Cannot find object to read', NOT_FOUND,
     "It does not exist, was deleted (see RecycleBinEntry), or your account may not see it; the "
     "service says the same of all three."),
    (r'Could not read: Could not read .{1,150} to update', NOT_FOUND,
     "The item to update does not exist or is outside the project of the request; project=None "
     "lifts the project scope."),
    (r'Could not read: Could not read referenced object', NOT_FOUND,
     "A reference in the data leads to no item you may see."),
    (r'Object to delete cannot be null', NOT_FOUND,
     "The item to delete does not exist; it may have been deleted before."),
    (r'(?i)concurrency|modified since (?:it was )?last read', CONFLICT,
     "Someone changed the item in between: read it again, apply your change, and write."),
    (r'Requested type name ".{0,150}" is unknown', NOT_FOUND,
     "The workspace has no such type; rally.typedef(<name>) shows what it has."),
    (r'Validation error: \w{1,100}\.(?P<field>.{1,150}?) should not be null', REFUSED,
     "The field is required: give it a value."),
    (r'Validation error: \w{1,100}\.(?P<field>.{1,150}?) length is greater than the maximum',
     REFUSED,
     "The text is too long for the field; markup counts."),
    (r'Validation error: \w{1,100}\.(?P<field>.{1,150}?) contained invalid input', REFUSED,
     "The field takes only some HTML tags; send plain text or fewer tags."),
    (r'Validation error: (?P<type>\w{1,100})\.(?P<field>\w[\w ]{0,150}?)(?: ".{0,150}?")? is '
     r'(?:an invalid value|invalid)',
     REFUSED, ALLOWED_VALUES),
    (r' is an invalid value| is invalid\.  Valid values are: ', REFUSED, ALLOWED_VALUES),
    (r'Cannot convert ".{0,150}" into a date', REFUSED,
     "Write dates as 2024-01-31 or 2024-01-31T10:00:00.000Z."),
    (r'Could not convert: "(?P<field>\w{1,150})" must be a string .{0,300}valid set is', REFUSED,
     ALLOWED_VALUES),
    (r'Could not set value for (?P<field>[^:]{1,150}): .{0,150}is in a different workspace',
     REFUSED,
     "A reference stays inside one workspace: give workspace= or project= of the one that it "
     "leads to, or another item."),
    (r'Could not set value for (?P<field>[^:]{1,150}): null', REFUSED,
     "The two items must be of one project."),
    (r'Could not convert', REFUSED,
     "A value has the wrong type for its field: numbers and booleans go without quotes, "
     "references as entity or ref."),
    (r'Cannot parse object reference from', REFUSED,
     "A reference field takes an entity, its ref such as 'user/123', or its _ref; a name or "
     "FormattedID does in data and in the conditions of a dict or list."),
    (r'Object not found for Object ID', NOT_FOUND,
     "An item that the request names does not exist, or the reference is empty."),
    (r'Cannot sort using unknown attribute (?P<field>\S{1,150})', REFUSED,
     "order= takes attribute names, each with ASC or DESC, separated by commas."),
    (r"Could not parse: Could not find (?:the )?attribute ['\"](?P<field>[^'\"]+)", REFUSED,
     "The type has no such attribute, or it cannot be asked for: rally.typedef(<type>) shows what "
     "it has; names are ElementNames, without blanks."),
    (r'Could not parse: Attribute "(?P<field>[^"]{1,150})" .{0,150}is not allowed in query',
     REFUSED,
     "Nobody can ask for this attribute: rally.typedef(<type>) shows which are Filterable; ask for "
     "more and choose among the answers."),
    (r'Could not parse: ', REFUSED,
     "The service could not read the expression: AND and OR join two parenthesised groups, and "
     "attribute, operator and value stand apart."),
    (r'Could not read: could not read all instances of class', REFUSED,
     "An attribute of the query or order is not one of every type below: ask the concrete type."),
    (r'Cannot parse input stream', REFUSED,
     "The service could not read the body as JSON; a proxy in between may have changed it."),
    (r'Validation error: \w{1,100}\.(?P<field>.{1,150}?) is (?:greater|less) than the '
     r'(?:max|min)imum', REFUSED,
     "The value is outside the range of the field."),
    (r'(?i)path or entity not found', NOT_FOUND,
     "The service no longer has this address."),
)

_STATUS_KINDS = {401: NOT_AUTHENTICATED, 404: NOT_FOUND, 409: CONFLICT, 412: CONFLICT,
                 429: THROTTLED}

_STATUS_HINTS = {
    401: "The service does not accept these credentials; a read-only API key gets this answer "
         "to writes.",
    403: "The account may not do this, or a gateway in between forbids it.",
    404: "The address is unknown there: check the server name.",
    405: "The address does not take this method.",
    407: "The proxy asks for a user and password: HTTPS_PROXY=http://user:password@host:port.",
    408: "The service waited too long for the request.",
    409: "Someone changed the item in between: read it again, apply your change, and write.",
    412: "Someone changed the item in between: read it again, apply your change, and write.",
    413: "The request is too large for the service or a proxy in between.",
    414: "The address is too long: shorten query or fetch.",
    429: "The service asks for fewer requests; it serves 12 at a time for one user. Use fewer "
         "threads, or wait longer with retry=RetryPolicy(...).",
    500: "The service failed; if the same request fails again, narrow it down and report it.",
    502: "The service or a proxy gave up; requests that run five minutes end so. Ask for less: "
         "smaller pagesize, fewer fetch names, a narrower query.",
    503: "The service is unavailable for the moment: try again later, or wait longer with "
         "retry=RetryPolicy(...).",
    504: "A proxy gave up waiting. Ask for less: smaller pagesize, fewer fetch names.",
    524: "A proxy gave up waiting. Ask for less: smaller pagesize, fewer fetch names.",
}


def meaning_of(status_code, errors):
    """Return the `Meaning` of an answer with this status and these error texts.

    :param status_code: the HTTP status, or None
    :param errors: texts of the envelope or of the page that came instead
    """
    for error in errors or ():
        text = ensure_text(error, errors='replace')
        for pattern, kind, hint in _ROWS:
            found = re.search(pattern, text)
            if found:
                named = found.groupdict()
                # The service names the field as it is displayed: Work Product for WorkProduct.
                field = (named.get('field') or u'').replace(u' ', u'') or None
                return Meaning(kind, field, _filled(hint, type=named.get('type'), field=field))
    return Meaning(_kind_of_status(status_code), None, _STATUS_HINTS.get(status_code))


def _filled(hint, **names):
    """Return a hint with the names that are known in place of `<type>` and `<field>`."""
    for place, name in names.items():
        if name:
            hint = hint.replace('<{0}>'.format(place), "'{0}'".format(ensure_native(name)))
    return hint


def texts(value):
    """Return `Errors` or `Warnings` as a list of text, whatever form they came in."""
    if not value:
        return []
    if isinstance(value, (text_type, binary_type)):
        value = [value]
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        value = [value]
    return [text_of(each) for each in value]


def _kind_of_status(status_code):
    if status_code in _STATUS_KINDS:
        return _STATUS_KINDS[status_code]
    if status_code is not None and status_code >= 500:
        return SERVER
    return REFUSED


__all__ = ['CONFLICT', 'Meaning', 'NOT_AUTHENTICATED', 'NOT_FOUND', 'REFUSED', 'SERVER',
           'THROTTLED',
           'UNKNOWN_OUTCOME', 'meaning_of', 'texts']
