"""Fields of a type that a list of its items shows where nobody names any."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native
from pyral.cli.failures import UsageError

__all__ = ['fields_of']

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
    if named == 'all' and type_def.attribute('all') is None:
        return [ensure_native(each.ElementName) for each in type_def.Attributes
                if each.AttributeType != 'COLLECTION' and not each.Hidden]
    if named is not None and not named.replace(',', '').strip():
        raise UsageError(u"--fields names no field", u"As in: --fields FormattedID,Name")
    if named is not None:
        return named
    own = set(each.ElementName for each in type_def.Attributes)
    found = []
    for each in _USUAL:
        names = each if isinstance(each, tuple) else (each,)
        found.extend([name for name in names if name in own][:1])
    return found[:_MOST] or [name for name in _OTHERWISE if name in own] or ['ObjectID']
