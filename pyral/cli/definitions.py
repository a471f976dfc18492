"""Types and fields that verbs name, found in the schema of the workspace, and errors where not."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native, ensure_text, fill
from pyral.cli.failures import UsageError
from pyral.entity.base import raw_item
from pyral.errors import InvalidRallyTypeNameError, RallyAttributeNameError, nearest

__all__ = ['can_be_listed', 'matching', 'named_attribute', 'named_type', 'type_of',
           'unknown_attribute']


def named_type(catalogue, name):
    """Return the `TypeDef` of a name, in any letter case.

    :raises InvalidRallyTypeNameError: there is none.
    """
    try:
        return catalogue.resolve(ensure_native(name))
    except InvalidRallyTypeNameError as error:
        same = [each for each in error.suggestions if each.lower() == ensure_text(name).lower()]
        if not same:
            raise
        return catalogue.resolve(same[0])


def type_of(session, entity):
    """Return the catalogue of the workspace and the `TypeDef` of an entity."""
    catalogue = session.rally.contextHelper.catalogue()
    return catalogue, catalogue.find(ensure_native(raw_item(entity).get('_type') or ''))


def can_be_listed(type_def):
    """Say whether the items of a type can be listed."""
    return type_def.Queryable and not type_def.Abstract


def named_attribute(type_def, name):
    """Return the attribute of a type with a name.

    :raises RallyAttributeNameError: there is none.
    """
    found = type_def.current_attribute(name)
    if found is None:
        raise unknown_attribute(name, type_def, name)
    return found


def unknown_attribute(path, type_def, name):
    """Return the error for a name that a type does not have.

    :param path: what was written; the name is a step of it.
    """
    return RallyAttributeNameError(path, suggestions=type_def.suggestions(name), hint=fill(
        u"'pyral fields {0}' lists them.", type_def.TypePath))


def matching(text, definitions, names_of):
    """Return the definitions whose names contain a text, letter case aside; None is in all.

    :param names_of: returns the names of one.
    :raises UsageError: no name contains it.
    """
    text = text if text is None else ensure_text(text, errors='replace')
    found = [each for each in definitions if text is None or any(
        text.lower() in (name or u'').lower() for name in names_of(each))]
    if definitions and not found:
        raise UsageError(fill(u"no name contains '{0}'", text), suggestions=nearest(
            text, [names_of(each)[0] for each in definitions]))
    return found
