"""Fields of a type that a list of its items shows where nobody names any."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native

__all__ = ['fields_of']

#: What people look for first, in this order; a type has some of them.
_USUAL = ('FormattedID', 'Name', 'UserName', 'DisplayName', 'EmailAddress', 'State',
          'ScheduleState', 'StartDate', 'EndDate', 'ReleaseStartDate', 'ReleaseDate', 'TargetDate',
          'Verdict', 'Date', 'Owner', 'Project')
_MOST = 7
_OTHERWISE = ('ObjectID', 'CreationDate')


def fields_of(type_def, named):
    """Return the fields of a list of items.

    :param type_def: the `TypeDef` of the items.
    :param named: what the user asks for: names, `all`, or None.
    """
    if named == 'all' and type_def.attribute('all') is None:
        return [ensure_native(each.ElementName) for each in type_def.Attributes
                if each.AttributeType != 'COLLECTION' and not each.Hidden]
    if named is not None:
        return named
    own = set(each.ElementName for each in type_def.Attributes)
    found = [name for name in _USUAL if name in own][:_MOST]
    return found or [name for name in _OTHERWISE if name in own] or ['ObjectID']
