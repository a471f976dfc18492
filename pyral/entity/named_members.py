"""Members that a collection names itself: Tags and Milestones come with names and references.

Such a collection needs no request. The service calls the short list `_tagsNameArray`, of whichever
type the members are.
"""
from __future__ import absolute_import, division, print_function

import re
from itertools import chain
from operator import itemgetter

from pyral._compat import string_types, text_type

__all__ = ['member_names', 'named_members']

_name, _reference = itemgetter('Name'), itemgetter('_ref')
_TEXTS, _LISTS = frozenset([text_type]), frozenset([list])
_SERVICE = re.compile(r'.+?/webservice/[^/]+/')


def named_members(value):
    """Return the members of a collection object as reference objects, None where it lacks some.

    :param value: the raw value of a collection attribute, with `_ref`, `_type` and `Count`.
    """
    names, ref, kind = value.get('_tagsNameArray'), value.get('_ref'), value.get('_type')
    if not isinstance(names, list) or len(names) != value.get('Count') or not kind:
        return None
    service = _SERVICE.match(ref) if isinstance(ref, string_types) else None
    if service is None or not all(map(_is_named, names)):
        return None
    return [dict(each, _ref=service.group() + each['_ref'].lstrip('/'), _type=kind,
                 _refObjectName=each['Name']) for each in names]


def _is_named(value):
    """Say whether a value has a name and a reference without a host."""
    return (isinstance(value, dict) and isinstance(value.get('Name'), string_types)
            and isinstance(value.get('_ref'), string_types) and '://' not in value['_ref'])


def member_names(values):
    """Return the names of the members of many collection objects at once.

    :param values: the raw values of a collection attribute, one of each item of a page.
    :returns: (the names of all members, how many each collection has), or None where one of the
        collections may lack some: see `named_members`.
    :raises KeyError: one of the values has not even a number of members.
    """
    lists = [value['_tagsNameArray'] if value['Count'] else [] for value in values]
    counts = list(map(len, lists))
    if set(map(type, lists)) != _LISTS or counts != [value['Count'] for value in values]:
        return None
    members = list(chain.from_iterable(lists))
    names, refs = list(map(_name, members)), list(map(_reference, members))
    if members and not (set(map(type, names)) == set(map(type, refs)) == _TEXTS):
        return None
    if u'://' in u' '.join(refs) or not _tell_places(values):
        return None
    return names, counts


def _tell_places(values):
    """Say whether all collections that have members tell their type and the service."""
    service = None
    for value in values:
        if value['Count']:
            ref = value['_ref']
            if not value['_type'] or not isinstance(ref, string_types):
                return False
            # Nearly all are of one service: then the pattern is needed once.
            if service is None or not ref.startswith(service):
                found = _SERVICE.match(ref)
                if found is None:
                    return False
                service = found.group()
    return True
