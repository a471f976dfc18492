"""References by name in what is written: the bodies of creates, updates, batches, collection edits.

What is looked for is gathered over all items of a call, so that a batch asks no more than one item
does, and nothing is written before all of it is found. Where an item's project matters, because
iterations, releases and flow states belong to one, that comes from the data or the item itself.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral import refs
from pyral._compat import Mapping, text_type
from pyral.resolving import meanings
from pyral.resolving.choice import meaning_for, target_of
from pyral.resolving.listed import LISTED_TYPES, reference_of
from pyral.resolving.lookups import Lookup, Wish
from pyral.resolving.targets import IN_PROJECT

__all__ = ['in_bodies', 'in_members']

#: Where a text stands: the dict or list and the name or index in it, the item it belongs to.
_Spot = namedtuple('_Spot', 'holder key place attribute type_path meaning owner_type')


def in_bodies(connection, type_def, bodies, scope, projects_of=None):
    """Put references in the place of what people call items, in the bodies of a write.

    :param bodies: a dict of attributes for each item, as `payload` makes them; they are changed.
    :param projects_of: called with the places of items whose project matters and is not in their
        body; returns their projects as references, by place. Without it, and for new items, that
        is the project of the scope.
    :raises UnresolvedNameError: a text stands for no item, or for several; nothing was written.
    """
    if not connection.resolves:
        return
    lookup, spots, known = Lookup(connection, scope), [], {}
    for place, body in enumerate(bodies):
        _gather(spots, place, type_def, body, lookup, known)
    if not spots:
        return
    _replace(connection, lookup, [each for each in spots if each.type_path not in IN_PROJECT], {})
    bound = [each for each in spots if each.type_path in IN_PROJECT]
    if bound:
        _replace(connection, lookup, bound, _projects(bound, bodies, lookup, projects_of))


def in_members(connection, owner_type, name, members, scope, projects_of=None):
    """Put references in the place of the texts among the members of a collection.

    :param members: as `payload.collection_items` makes them; they are changed.
    """
    in_bodies(connection, owner_type, [{name: members}], scope, projects_of)


def _gather(spots, place, type_def, body, lookup, known):
    """Note the texts in a body, and in the new items below it, that have to be looked for.

    :param known: {(type path, text): what it means}, of all bodies.
    """
    for name, value in body.items():
        if not isinstance(value, (text_type, list, Mapping)):
            continue
        attribute = type_def.attribute(name)
        target = target_of(attribute, lookup.schema())
        if target is None:
            continue
        pairs = enumerate(value) if isinstance(value, list) else ((name, value),)
        holder = value if isinstance(value, list) else body
        for key, each in pairs:
            if isinstance(each, text_type):
                said = (target.TypePath, each)
                if said not in known:
                    known[said] = meaning_for(target.TypePath, each, lookup.catalogue)
                meaning = known[said]
                if meaning is not None and meaning.kind != meanings.REFERENCE:
                    spots.append(_Spot(holder, key, place, attribute, target.TypePath, meaning,
                                       type_def))
            elif isinstance(each, dict) and '_ref' not in each:
                _gather(spots, place, target, each, lookup, known)


def _projects(spots, bodies, lookup, projects_of):
    """Return the project of each item as a short reference, by place; None where nobody knows."""
    found, unknown = {}, []
    for place in sorted(set(each.place for each in spots)):
        project = refs.parse(bodies[place].get('Project'))
        if project is None and refs.oid_of(bodies[place].get('Project')) is not None:
            project = refs.Ref('project', bodies[place]['Project'])
        if project is not None:
            found[place] = project.short
        elif projects_of is None:
            found[place] = lookup.context.project_ref
        else:
            unknown.append(place)
    if unknown:
        for place, project in projects_of(unknown).items():
            found[place] = project.short if project is not None else None
    return found


def _replace(connection, lookup, spots, projects):
    listed = [each for each in spots if each.type_path in LISTED_TYPES]
    wishes = [(each, _wish(each, projects)) for each in spots if each.type_path not in LISTED_TYPES]
    found = lookup.found([wish for _, wish in wishes])
    chosen = [(spot, found[wish][0].short) for spot, wish in wishes]
    chosen += [(spot, reference_of(connection, lookup.context, spot.type_path, spot.attribute,
                                   spot.meaning.text)) for spot in listed]
    for spot, ref in chosen:
        spot.holder[spot.key] = {'_ref': ref} if isinstance(spot.holder, list) else ref


def _wish(spot, projects):
    place = None
    if spot.type_path in IN_PROJECT:
        place = projects.get(spot.place)
    elif spot.type_path == 'State':
        place = spot.owner_type.ElementName
    return Wish(spot.type_path, spot.meaning, place, spot.attribute.ElementName)
