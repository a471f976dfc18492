"""Fields of a type that `--fields` names, and those of a list where nobody names any."""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral._compat import ensure_native, ensure_text
from pyral.cli.failures import UsageError

__all__ = ['fields_of', 'named_fields']

#: A type that has several of these shows the first.
_STATES = ('State', 'ScheduleState')
#: What people look for first, in this order; a type has some of them.
_USUAL = ('FormattedID', 'Name', 'UserName', 'DisplayName', 'EmailAddress', _STATES, 'StartDate',
          'EndDate', 'ReleaseStartDate', 'ReleaseDate', 'Verdict', 'Date', 'Number', 'Status',
          'Start', 'Owner', 'Project')
_MOST = 6
_OTHERWISE = ('ObjectID', 'CreationDate')


def fields_of(type_def, named):
    """Return the fields of a list of items.

    :param type_def: the `TypeDef` of the items.
    :param named: what the user asks for: names, `all`, or None.
    """
    if named is not None:
        return named_fields(type_def, named)
    own = set(each.ElementName for each in type_def.Attributes)
    found = []
    for each in _USUAL:
        names = each if isinstance(each, tuple) else (each,)
        found.extend([name for name in names if name in own][:1])
    return found[:_MOST] or [name for name in _OTHERWISE if name in own] or ['ObjectID']


def named_fields(type_def, named):
    """Return the fields that `--fields` names, each once.

    :param type_def: the `TypeDef` of the items.
    :param named: names with commas between them; `all` stands for all but collections.
    :raises UsageError: there is none.
    """
    found = OrderedDict()
    for name in [ensure_native(each.strip()) for each in ensure_text(named).split(u',')]:
        is_all = name.lower() == 'all' and type_def.attribute(name) is None
        for each in _all_of(type_def) if is_all else [name]:
            found.setdefault(each.lower(), each)
    names = [each for each in found.values() if each]
    if not names:
        raise UsageError(u"--fields names no field", u"As in: --fields FormattedID,Name")
    return names


def _all_of(type_def):
    return [ensure_native(each.ElementName) for each in type_def.Attributes
            if each.AttributeType != 'COLLECTION' and not each.Hidden]
