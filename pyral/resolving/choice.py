"""Which attribute takes references, to what, and what a text given for one asks for.

By the schema alone: attributes of type OBJECT and COLLECTION take references, all others take what
they are given, whatever it looks like.
"""
from __future__ import absolute_import, division, print_function

from pyral.resolving import meanings
from pyral.resolving.listed import LISTED_TYPES
from pyral.resolving.targets import (
    CALLER,
    IN_PROJECT,
    TIMEBOXES,
    WITHOUT_FORMATTED_IDS,
    WORDS,
)

__all__ = ['meaning_for', 'target_of']

_KINDS = frozenset(['OBJECT', 'COLLECTION'])


def target_of(attribute, catalogue):
    """Return the type that an attribute refers to, where its items are known by a text.

    :param attribute: an `AttrDef`, or None.
    :returns: a `TypeDef`, or None where a text is no name of an item.
    """
    if attribute is None or attribute.AttributeType not in _KINDS:
        return None
    found = catalogue.find((attribute.target or u'').replace(u' ', u''))
    if found is None or not found.is_listed:
        return None
    if found.TypePath in LISTED_TYPES or found.TypePath == 'User':
        return found
    return found if found.Queryable and found.attribute('Name') is not None else None


def meaning_for(type_path, text, catalogue):
    """Return the `TextMeaning` of a text for an item of a type; None where it stays as it is.

    :param catalogue: returns the types of the workspace; called only for what looks like a
        FormattedID.
    """
    words = WORDS if type_path in TIMEBOXES else ()
    if type_path == 'User' and text.strip() == CALLER:
        return None
    found = meanings.meaning_of(text, words=words)
    if found.kind == meanings.NAME and meanings.prefix_of(found.text) is not None \
            and type_path not in WITHOUT_FORMATTED_IDS | IN_PROJECT:
        types = catalogue()
        target = types.find(type_path)
        if target is not None and target.attribute('FormattedID') is not None:
            prefix = meanings.prefix_of(found.text)
            found = meanings.meaning_of(
                text, [prefix] if types.formatted_id_types(prefix) else (), words)
    return None if found.kind in (meanings.NOTHING, meanings.NUMBER) else found
