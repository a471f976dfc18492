"""Items looked up whole: by FormattedID, ObjectID or reference, and the timebox of the moment.

Many of a type go into one request. What is not there is an error that names all of it: nobody gets
fewer items than were asked for, or another one in their place.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral import refs
from pyral._compat import binary_type, ensure_text, fill, text_type
from pyral.entity.base import raw_item
from pyral.errors import NotFoundError, RallyRESTAPIError
from pyral.query import nodes
from pyral.reading.queries import query, scope_in
from pyral.resolving.items import types_of_prefix
from pyral.resolving.meanings import prefix_of
from pyral.resolving.targets import TIMEBOXES, word_condition

__all__ = ['current_timebox', 'whole_items']

_EVERYWHERE = {'project': None}
_STORY_PREFIXES = frozenset([u'S', u'US'])
#: So many ids are asked for in one request.
_MOST_IDS = 250
_NO_KEY = ("An item is named by its FormattedID, ObjectID or reference; what has a name is found "
           "with rally.get(). Several are separated by commas outside the quotes: "
           "rally['DE40', 'TA7'].")


def whole_items(connection, keys):
    """Return the entities of a workspace that the keys name, in their order.

    :param keys: FormattedIDs, ObjectIDs of artifacts, references and entities.
    :raises NotFoundError: naming all that are not there.
    :raises RallyRESTAPIError: no type of the workspace has the prefix of a FormattedID.
    """
    wanted, by_type = [_identity(connection, key) for key in keys], OrderedDict()
    for each in wanted:
        for type_def in _types_of(connection, each):
            members = by_type.setdefault(type_def.TypePath, (type_def, []))[1]
            if each not in members:
                members.append(each)
    found = {}
    for type_def, members in by_type.values():
        for start in range(0, len(members), _MOST_IDS):
            for each, item in _found(connection, type_def,
                                     members[start:start + _MOST_IDS]).items():
                if each not in found or _is_exact(item, each):
                    found[each] = item
    missing = [ensure_text(_shown(each)) for each in OrderedDict.fromkeys(wanted)
               if each not in found]
    if missing:
        raise NotFoundError(
            fill(u"there is no item {0}", u', '.join(missing)),
            hint="It was deleted, or cannot be seen by this account, or is in another workspace.")
    return [found[each] for each in wanted]


def current_timebox(connection, type_name, fetch, project, workspace):
    """Return the iteration or release of a project that today belongs to, or None.

    :raises MultipleFoundError: several of them overlap today.
    :raises TypeError: the type has no dates to be current by, or there is no one project.
    """
    type_def = connection.type_of(type_name, with_attributes=False)
    if type_def.TypePath not in TIMEBOXES:
        raise TypeError("current() takes 'Iteration' or 'Release', not '{0}'".format(
            type_def.TypePath))
    if project is None:
        raise TypeError("an iteration or release is current in one project; name it: "
                        "current('{0}', project='Web')".format(type_def.TypePath))
    node, order = word_condition(type_def.TypePath, 'current')
    response = query(connection, type_def, fetch, node,
                     scope_in({'workspace': workspace, 'project': project}), order)
    return response.one() if response.total else None


def _identity(connection, key):
    """Return what a key names: a FormattedID in upper case, an ObjectID, or a `Ref`."""
    ref = connection.local_ref(key)
    if ref is not None and ref.collection is None:
        return ref
    oid = refs.oid_of(key) if ref is None else None
    if oid is not None:
        return oid
    if not isinstance(key, (text_type, binary_type)):
        raise TypeError("an item is named by a FormattedID, ObjectID, reference or entity, not by "
                        "{0}: {1!r}".format(type(key).__name__, key))
    text = ensure_text(key).strip()
    if prefix_of(text) is None:
        problem = connection.helper.catalogue().strange_formatted_id(text)
        raise RallyRESTAPIError(
            problem or fill(u"'{0}' is no FormattedID, ObjectID or reference", text), hint=_NO_KEY)
    return text.upper()


def _types_of(connection, identity):
    if isinstance(identity, text_type):
        return types_of_prefix(connection, prefix_of(identity))
    if isinstance(identity, refs.Ref):
        found = connection.type_of_item(identity)
        if found is not None:
            return [found]
        return [connection.type_of(identity.type_path)]
    return [connection.type_of('Artifact', with_attributes=False)]


def _found(connection, type_def, members):
    """Return {identity: entity} of items of a type: in one request, as far as a query shows them.

    What it does not show though it may be there, such as a disabled user, is read by itself.
    """
    ids = [each for each in members if isinstance(each, text_type)]
    numbers = [each.oid if isinstance(each, refs.Ref) else each for each in members
               if not isinstance(each, text_type)]
    found = {}
    if ids or type_def.Queryable and len(numbers) > 1 or not isinstance(members[0], refs.Ref):
        parts = [nodes.one_of(name, [nodes.quoted(ensure_text(str(each))) for each in values])
                 for name, values in (('FormattedID', ids), ('ObjectID', numbers)) if values]
        response = query(connection, type_def, True, nodes.nested(parts, ['OR'] * (len(parts) - 1)),
                         _EVERYWHERE)
        response.raise_for_errors()
        found.update(_chosen(response, members))
    context, params = connection.scoped(**_EVERYWHERE)
    for each in members:
        if isinstance(each, refs.Ref) and each not in found:
            try:
                item = connection.read_item(each.short, [('fetch', 'true')] + params)
            except NotFoundError:
                continue
            found[each] = connection.entity(item, context)
    return found


def _chosen(items, members):
    """Return {identity: item}; of stories, S5 finds US5 where no item is S5 to the letter."""
    exact, alike = {}, {}
    for item in items:
        own = ensure_text(raw_item(item).get('FormattedID') or u'').upper()
        for each in members:
            if not isinstance(each, text_type):
                if item.oid == (each.oid if isinstance(each, refs.Ref) else each):
                    exact[each] = item
            elif own == each:
                # The service compares the number only: US5 would find DE5.
                exact[each] = item
            elif set([prefix_of(own), prefix_of(each)]) == _STORY_PREFIXES \
                    and own.lstrip(u'US') == each.lstrip(u'US'):
                alike[each] = item
    alike.update(exact)
    return alike


def _is_exact(item, identity):
    return ensure_text(raw_item(item).get('FormattedID') or u'').upper() == identity


def _shown(identity):
    return identity.short if isinstance(identity, refs.Ref) else text_type(identity)
