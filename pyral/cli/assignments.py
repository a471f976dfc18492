"""Arguments FIELD=VALUE of the verbs that write: parsed, and made values by the schema.

What a text becomes is decided by the type of the field alone, never by what the text looks like.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict, namedtuple

from pyral._compat import Mapping, ensure_native, ensure_text, fill, text_type
from pyral.cli.failures import UsageError
from pyral.cli.inputs import file_text
from pyral.errors import PyralError, nearest
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
_DATE = re.compile(r'\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$')
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
    if kind == 'BOOLEAN':
        if plain.lower() not in _TRUTHS:
            raise UsageError(fill(u"{0} is true or false, not '{1}'", name, text))
        return _TRUTHS[plain.lower()]
    if kind in _NUMBERS:
        if not _NUMBER.match(plain):
            raise UsageError(fill(u"{0} is a number, and '{1}' is none", name, text))
        return float(plain) if u'.' in plain else int(plain)
    if kind == 'DATE':
        if not _DATE.match(plain):
            raise UsageError(fill(u"{0} is a date, and '{1}' is none", name, text),
                             u"Dates are written 2026-01-31 or 2026-01-31T10:00:00Z.")
        return plain.replace(u' ', u'T')
    if kind in _LISTED and attribute is not None:
        return _listed_value(session, attribute, name, text)
    if kind == 'OBJECT' and attribute.target == 'User' and plain == _ME:
        return session.rally.me().ref
    return text_type(text)


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
        u"It has {0}.", u", ".join(known[:_MOST_SHOWN]) + (u" ..." if known[_MOST_SHOWN:] else u'')
    ), nearest(text, known))
