"""Members that a collection names itself: Tags and Milestones come with names and references.

Such a collection needs no request. The service calls the short list `_tagsNameArray`, of whichever
type the members are.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import string_types

__all__ = ['named_members']

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
