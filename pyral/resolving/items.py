"""Which item is meant: an entity, a reference, an ObjectID or a FormattedID, at any entry point.

Looks up what a FormattedID or ObjectID alone does not tell: the type, the ObjectID, the project.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral import refs
from pyral._compat import binary_type, ensure_text, fill, text_type
from pyral.entity.base import raw_item
from pyral.errors import NotFoundError, RallyRESTAPIError, UnresolvedNameError
from pyral.query import nodes
from pyral.reading.queries import query
from pyral.resolving import meanings

__all__ = ['by_formatted_id', 'item_of', 'items_of', 'projects_of', 'rows_of', 'types_of_prefix',
           'why_not_located']

#: How a value names an item.
_ITEM, _OID, _FORMATTED_ID = 'item', 'ObjectID', 'FormattedID'

_EVERYWHERE = {'project': None}
#: So many ids are asked for in one request.
_MOST_IDS = 250


def item_of(connection, value, role="the item"):
    """Return the item a value denotes: the entity itself, else a `Ref`; None for a FormattedID
    that nobody has.

    An ObjectID alone is looked for among the artifacts.

    :param role: what the value is for, named in errors.
    :raises NotFoundError: no artifact has the ObjectID.
    :raises RallyRESTAPIError: no type of the workspace has the prefix of the FormattedID.
    :raises TypeError: the value is nothing of the kind.
    """
    kind, said = _meant(connection, value, role)
    if kind == _OID:
        return refs.parse(_artifacts(connection, [said])[said])
    return by_formatted_id(connection, [said])[said] if kind == _FORMATTED_ID else said


def items_of(connection, values, role="the item"):
    """Return what `item_of` does, of many, each with its raw item as far as that is known.

    It costs a request for each type of FormattedIDs and one for ObjectIDs, of hundreds each.

    :returns: a list of (entity or `Ref`, dict).
    :raises NotFoundError: naming all that nobody has.
    """
    meant = [_meant(connection, value, role) for value in values]
    asked = dict((kind, list(OrderedDict.fromkeys(said for each, said in meant if each == kind)))
                 for kind in (_OID, _FORMATTED_ID))
    rows = _artifacts(connection, asked[_OID]) if asked[_OID] else {}
    rows.update(_by_formatted_id(connection, asked[_FORMATTED_ID], None))
    missing = [text for text in asked[_FORMATTED_ID] if rows[text] is None]
    if missing:
        raise NotFoundError(fill("{0} could not be located", u', '.join(missing)))
    return [(said, raw_item(said) or {}) if kind == _ITEM else (refs.parse(rows[said]), rows[said])
            for kind, said in meant]


def _meant(connection, value, role):
    """Return how a value names an item, and the entity, `Ref`, ObjectID or FormattedID in it."""
    ref = connection.local_ref(value)
    if ref is not None:
        return _ITEM, value if raw_item(value) is not None else ref
    oid = refs.oid_of(value)
    if oid is not None:
        return _OID, oid
    text = ensure_text(value).strip() if isinstance(value, (text_type, binary_type)) else u''
    if meanings.prefix_of(text) is None:
        problem = connection.helper.catalogue().strange_formatted_id(text) if text else None
        if problem is not None:
            raise RallyRESTAPIError(problem)
        raise TypeError("{0} is an entity, a FormattedID, an ObjectID or a reference, not {1!r}"
                        .format(role, value))
    return _FORMATTED_ID, text


def by_formatted_id(connection, texts, scope=None):
    """Return {FormattedID: `Ref` or None} in one request for each type and hundreds of ids.

    :raises RallyRESTAPIError: no type of the workspace has one of the prefixes.
    """
    found = _by_formatted_id(connection, texts, scope)
    return OrderedDict((text, refs.parse(row)) for text, row in found.items())


def _by_formatted_id(connection, texts, scope):
    found, by_type = OrderedDict((text, None) for text in texts), OrderedDict()
    for text in found:
        for each in types_of_prefix(connection, meanings.prefix_of(text)):
            by_type.setdefault(each.TypePath, (each, []))[1].append(text)
    for type_def, members in by_type.values():
        # The service compares the number only: US5 would find DE5.
        rows = _by_id(_rows(connection, type_def, 'FormattedID',
                            [text for text in members if found[text] is None], scope))
        for text in members:
            found[text] = found[text] or rows.get(text.upper())
    return found


def _by_id(rows):
    return dict((ensure_text(row.get('FormattedID') or u'').upper(), row) for row in rows)


def rows_of(connection, type_def, texts, scope):
    """Return {FormattedID: raw item, with its project} of items of one type.

    :raises UnresolvedNameError: naming those that nobody has; nothing was written.
    """
    has_ids = not type_def.Attributes or type_def.attribute('FormattedID') is not None
    found = _by_id(_rows(connection, type_def, 'FormattedID', texts if has_ids else [], scope,
                         'FormattedID,Project'))
    missing = [text for text in texts if text.upper() not in found]
    if missing:
        raise UnresolvedNameError(
            fill('Target {0} {1} could not be located', type_def.TypePath, u', '.join(missing)),
            field='FormattedID',
            hint=u"Nothing was written. " + why_not_located(connection, type_def, missing[0]))
    return dict((text, found[text.upper()]) for text in texts)


def projects_of(connection, type_def, oids, scope):
    """Return {ObjectID: project as `Ref`}, as far as the service shows the items."""
    workspace = {'workspace': scope['workspace']} if 'workspace' in scope else {}
    found = {}
    for row in _rows(connection, type_def, 'ObjectID', [str(oid) for oid in oids],
                     dict(_EVERYWHERE, **workspace), 'Project'):
        found[refs.parse(row).oid] = refs.parse(row.get('Project'))
    return found


def why_not_located(connection, type_def, text):
    """Return the reasons why no item of a type has a FormattedID, as a hint."""
    if type_def.Attributes and type_def.attribute('FormattedID') is None:
        return fill("Items of type {0} have no FormattedIDs.", type_def.TypePath)
    catalogue, prefix = connection.helper.catalogue(), meanings.prefix_of(text)
    problem = catalogue.strange_formatted_id(text)
    if problem is not None:
        return problem[:1].upper() + problem[1:] + u'.'
    types = catalogue.formatted_id_types(prefix.upper()) if prefix is not None else []
    if types and not any(type_def.ElementName in each.inheritanceChain() for each in types):
        return fill("FormattedIDs that begin with '{0}' are of type {1}.", prefix,
                    u", ".join(each.TypePath for each in types))
    return ("It does not exist, is outside the project of the request (project=None lifts that), "
            "or is of another type.")


def types_of_prefix(connection, prefix):
    """Return the types whose FormattedIDs begin with a prefix; stories answer to S and US."""
    catalogue = connection.helper.catalogue()
    found = catalogue.formatted_id_types(prefix.upper())
    if not found:
        raise RallyRESTAPIError(catalogue.strange_formatted_id(prefix + '1'))
    return found


def _artifacts(connection, oids):
    """Return {ObjectID: raw item} of artifacts.

    :raises NotFoundError: naming those that are not there.
    """
    found = dict((refs.parse(row).oid, row) for row in _rows(
        connection, connection.type_of('Artifact', with_attributes=False), 'ObjectID',
        [str(oid) for oid in oids], None))
    missing = [ensure_text(str(oid)) for oid in oids if oid not in found]
    if missing:
        raise NotFoundError(
            fill('404 Unreferenceable Artifact OID: {0}', u', '.join(missing)),
            hint="What is no artifact is named with its type, such as 'milestone/12'.")
    return found


def _rows(connection, type_def, attribute, values, scope, fetch='FormattedID'):
    rows = []
    for start in range(0, len(values), _MOST_IDS):
        node = nodes.one_of(attribute, [nodes.quoted(each)
                                        for each in values[start:start + _MOST_IDS]])
        response = query(connection, type_def, 'ObjectID,' + fetch, node,
                         _EVERYWHERE if scope is None else scope)
        response.raise_for_errors()
        rows.extend(raw_item(each) for each in response)
    return rows
