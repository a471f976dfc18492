"""Arguments FIELD=VALUE of the verbs that write: parsed, and made values by the schema.

What a text becomes is decided by the type of the field alone, never by what the text looks like.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict, namedtuple

from pyral._compat import Mapping, ensure_native, ensure_text, fill, integer_types, text_type
from pyral._dates import time_of
from pyral.cli.failures import UsageError
from pyral.cli.formats import as_json
from pyral.cli.inputs import file_text
from pyral.errors import PyralError, first_names, nearest
from pyral.restapi import getCollection

__all__ = ['ADD', 'Assignment', 'HELP', 'REMOVE', 'SET', 'changes_of', 'check_input',
           'is_assignment', 'parsed', 'typed_record']

SET, ADD, REMOVE = '=', '+=', '-='
#: One argument: the name of a field, how, and the text.
Assignment = namedtuple('Assignment', 'name how text')

HELP = """\
A value is text, a number, true or false, a date (2026-01-31), or what people call an item: a name,
a FormattedID, an e-mail address, @me for yourself. FIELD= empties a field. FIELD=@FILE takes the
text of a file, FIELD=@- that of the standard input; a text that begins with @ is written @@.
Collections take names with commas between them; Tags+=a,b adds to one and Tags-=a takes out."""

_FORM = re.compile(r'\s*([A-Za-z][\w\s.]*)(\+=|-=|=)(.*)$', re.DOTALL | re.UNICODE)
#: More digits are no number of a field, and Python reads no more than some thousand.
_NUMBER = re.compile(r'[+-]?(\d{1,300}(\.\d*)?|\.\d+)$')
_TRUTHS = {u'true': True, u'yes': True, u'false': False, u'no': False}
_LISTED = ('RATING', 'STATE', 'STRING')
_NUMBERS = ('INTEGER', 'DECIMAL', 'QUANTITY')
#: What says which item is meant, and is no change of it.
_IDS = ('FormattedID', 'ObjectID')
_ME = u'@me'
_MOST_SHOWN = 12


def is_assignment(text):
    """Say whether an argument is FIELD=VALUE and no id or address."""
    return _FORM.match(ensure_text(text, errors='replace')) is not None


def parsed(arguments):
    """Return the `Assignment`s of arguments.

    :raises UsageError: one of them is none.
    """
    found = []
    for argument in arguments:
        text = ensure_text(argument, errors='replace')
        match = _FORM.match(text)
        if match is None:
            raise UsageError(fill(u"'{0}' is not FIELD=VALUE", text),
                             u"As in State=Open; FIELD= empties a field.")
        name, operator, value = match.groups()
        found.append(Assignment(name.rstrip(), operator, value))
    return found


def check_input(assignments, file):
    """Refuse a value from the standard input where it holds the items already.

    :param file: the option `--file`.
    :raises UsageError: both read it.
    """
    if file == '-' and any(each.text == u'@-' for each in assignments):
        raise UsageError(u"the standard input cannot have both the items and a value")


def changes_of(session, type_def, assignments):
    """Return what assignments ask of an item of a type: values by name, and edits of collections.

    :returns: an ordered dict, and a list of (name, `ADD` or `REMOVE`, names of members).
    :raises RallyAttributeNameError: the type has no such field.
    :raises UsageError: a field or a value does not fit.
    """
    values, edits = OrderedDict(), []
    for each in assignments:
        attribute = _attribute(type_def, each.name)
        name = attribute.ElementName if attribute is not None else each.name
        if each.how != SET:
            if attribute is None or attribute.AttributeType != 'COLLECTION':
                raise UsageError(fill(u"{0} is no collection, so {1} has no meaning for it", name,
                                      each.how), fill(u"Write {0}=VALUE.", name))
            edits.append((name, each.how, _members(each.text)))
            continue
        value = _value(session, attribute, name, each.text)
        if name in values and isinstance(value, list):
            value = values[name] + value
        elif name in values:
            raise UsageError(fill(u"{0} is given twice", name))
        values[name] = value
    return values, edits


def typed_record(session, type_def, record, is_text):
    """Return the values of one record of a file by the names of the type.

    :param is_text: True where each value is a text that the schema gives its type, as in CSV.
    """
    if not isinstance(record, Mapping):
        raise UsageError(fill(u"an item is a JSON object with fields, not {0}",
                              type(record).__name__))
    found = OrderedDict()
    for name, value in record.items():
        name = ensure_text(name, errors='replace').strip()
        if not name or name.startswith(u'_') or is_text and value in (None, u''):
            continue
        attribute = _attribute(type_def, name)
        name = attribute.ElementName if attribute is not None else name
        is_listed = attribute is not None and attribute.AttributeType in _LISTED
        if is_text or is_listed and isinstance(value, text_type) and value:
            value = _typed(session, attribute, name, ensure_text(value))
        elif attribute is not None and value is not None and value != u'':
            _check_kind(attribute.AttributeType, name, value)
        if name in found:
            raise UsageError(fill(u"{0} is given twice", name))
        found[name] = value
    return found


def _attribute(type_def, name):
    """Return the attribute of a name, None of a type the workspace does not list.

    :raises UsageError: nobody can write it.
    """
    mapped = type_def.map_names([ensure_native(name)])[0]
    attribute = type_def.attribute(mapped)
    if attribute is not None and (attribute.ReadOnly or attribute.ElementName in _IDS):
        raise UsageError(fill(u"{0} of {1} is read-only: the service sets it",
                              attribute.ElementName, type_def.TypePath))
    return attribute


def _members(text):
    return [part.strip() for part in text.split(u',') if part.strip()]


def _value(session, attribute, name, text):
    """Return the value of a text, which may name a file."""
    kind = attribute.AttributeType if attribute is not None else 'STRING'
    if text.startswith(u'@@'):
        return _typed(session, attribute, name, text[1:])
    is_me = text == _ME and kind == 'OBJECT' and attribute.target == 'User'
    if text.startswith(u'@') and not is_me:
        return _typed(session, attribute, name, _content(session, text[1:]))
    return _typed(session, attribute, name, text)


def _content(session, name):
    text = session.input_text() if name == u'-' else file_text(
        name, u"A text that begins with @ is written @@.")
    return text.rstrip(u'\n')


def _typed(session, attribute, name, text):
    """Return what a text means for an attribute."""
    kind = attribute.AttributeType if attribute is not None else 'STRING'
    if kind == 'COLLECTION':
        return _members(text)
    if not text:
        return None
    plain = text.strip()
    _check_kind(kind, name, plain, _TRUTHS)
    if kind == 'BOOLEAN':
        return _TRUTHS[plain.lower()]
    if kind in _NUMBERS:
        return float(plain) if u'.' in plain else int(plain)
    if kind == 'DATE':
        return plain.replace(u' ', u'T')
    if kind in _LISTED and attribute is not None:
        return _listed_value(session, attribute, name, text)
    if kind == 'OBJECT' and attribute.target == 'User' and plain == _ME:
        return session.rally.me().ref
    return text_type(text)


def _check_kind(kind, name, value, truths=(u'true', u'false')):
    """Refuse a value that cannot be one of a field, whatever the service makes of others.

    :param kind: the `AttributeType` of the field.
    :param truths: the texts that a boolean may be.
    :raises UsageError: naming the field.
    """
    test, said, hint = _KINDS.get(kind, _ANY)
    if not test(value, truths):
        shown = value if isinstance(value, text_type) else as_json(value)
        raise UsageError(fill(said, name, shown), hint)


def _is_truth(value, truths):
    return value.lower() in truths if isinstance(value, text_type) else isinstance(value, bool)


def _is_number(value, _):
    if isinstance(value, text_type):
        return _NUMBER.match(value) is not None
    return isinstance(value, integer_types + (float,)) and not isinstance(value, bool)


def _is_whole(value, _):
    if isinstance(value, text_type) and _NUMBER.match(value):
        value = float(value)
    return _is_number(value, _) and value == int(value)


def _is_date(value, _):
    try:
        return isinstance(value, text_type) and time_of(value) is not None
    except (ValueError, OverflowError):  # no form of a date, or no day of the calendar
        return False


_NO_NUMBER = u"{0} is a number, and '{1}' is none"
#: Kind of a field -> what tells its values, what is said of others, and the hint.
_KINDS = {
    'BOOLEAN': (_is_truth, u"{0} is true or false, not '{1}'", None),
    'INTEGER': (_is_whole, u"{0} is a whole number, and '{1}' is none", None),
    'DECIMAL': (_is_number, _NO_NUMBER, None), 'QUANTITY': (_is_number, _NO_NUMBER, None),
    'DATE': (_is_date, u"{0} is a date, and '{1}' is none",
             u"Dates are written 2026-01-31 or 2026-01-31T10:00:00Z."),
}
_ANY = (lambda value, _: True, u'', None)


def _listed_value(session, attribute, name, text):
    """Return a text as the list of values spells it; one that is not in the list is refused."""
    if attribute.is_open_ended or not (attribute.Constrained or attribute.AllowedValues):
        return text
    rally = session.rally
    try:
        known = attribute.allowed_values(rally.contextHelper.currentContext(), getCollection)
    except PyralError:  # then the service judges
        return text
    known = [each for each in known if each]
    same = [each for each in known if each.lower() == text.strip().lower()]
    if not known or text in known or text == u'None':
        return text
    if same:
        return same[0]
    raise UsageError(fill(u"{0} has no value '{1}'", name, text), fill(
        u"It has {0}.", first_names(known, _MOST_SHOWN)), nearest(text, known))
