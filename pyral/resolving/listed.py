"""Items of types without queries, by name: allowed values, type definitions, workspaces.

They are few, and known otherwise: from the schema, a list of values, the list of workspaces.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, string_types
from pyral.errors import UnresolvedNameError, first_names, nearest
from pyral.reading.queries import collection

__all__ = ['LISTED_TYPES', 'reference_of']

LISTED_TYPES = frozenset(['AllowedAttributeValue', 'TypeDefinition', 'Workspace'])


def reference_of(connection, context, type_path, attribute, text):
    """Return the short reference of the item of a name.

    :param type_path: one of `LISTED_TYPES`.
    :param attribute: the `AttrDef` the name is given for.
    :raises UnresolvedNameError: there is none, or there are several.
    """
    catalogue = connection.helper.catalogue(context.workspace_ref)
    is_doubtful = not catalogue.is_current

    def ask():
        pairs = _NAMED[type_path](connection, context, attribute, text)
        return pairs, [ref for name, ref in pairs if name == text]

    pairs, found = ask()
    if not found and is_doubtful:
        catalogue.renew()
        pairs, found = ask()
    if len(found) == 1:
        return found[0]
    said = u"there is no {0} '{1}'" if not found else u"'{1}' stands for {2} items of type {0}"
    names = [name for name, _ in pairs]
    raise UnresolvedNameError(
        fill(said, type_path, text, len(found)), field=attribute.ElementName,
        suggestions=found or nearest(text, names),
        hint=None if found or nearest(text, names) or not names
        else fill(u"There are {0}.", first_names(names)))


def _allowed_values(connection, context, attribute, text):
    if isinstance(attribute.AllowedValues, string_types):
        attribute.resolveAllowedValues(context, lambda context, url: collection(
            connection, url, {}, context))
    return [(each.StringValue, u'allowedattributevalue/{0}'.format(each.ObjectID))
            for each in attribute.AllowedValues or () if each.StringValue]


def _type_definitions(connection, context, attribute, text):
    catalogue = connection.helper.catalogue(context.workspace_ref)
    named = catalogue.find(text)
    if named is not None and named.ref:
        return [(text, named.ref)]
    return [(each.ElementName, each.ref) for each in catalogue if each.ref]


def _workspaces(connection, context, attribute, text):
    current = connection.helper.currentWorkspace()
    if text == current.name:
        return [(current.name, current.ref)]
    directory = connection.helper.directory
    found = directory.workspaces_named(text) or directory.workspaces()
    return [(each.name, each.ref) for each in found]


_NAMED = {'AllowedAttributeValue': _allowed_values, 'TypeDefinition': _type_definitions,
          'Workspace': _workspaces}
