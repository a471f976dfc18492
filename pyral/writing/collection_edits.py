"""Collections: add members to, or remove them from, a collection of one item or of many.

An edit changes what it names and leaves the other members as they are, where an update would set
the whole collection. Edits of many items go as the entries of batches.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_text,
    fill,
    raise_from,
    string_types,
    text_type,
)
from pyral.advice import keeps_result
from pyral.entity.base import forget_members, raw_item
from pyral.errors import MultipleOperationError, NotFoundError, RallyRESTAPIError, nearest
from pyral.resolving.data import in_bodies
from pyral.resolving.items import by_formatted_id, item_of, items_of, projects_of
from pyral.writing import payload, receipts
from pyral.writing.batch import BatchResult, entry, result_row, send_entries
from pyral.writing.batch_items import as_list
from pyral.writing.sending import respond, send
from pyral.writing.single import FORMATTED_ID

__all__ = ['ADD', 'REMOVE', 'add_items', 'drop_items', 'edit_many', 'tells_members']

#: The last step of the path of an edit.
ADD, REMOVE = 'add', 'remove'
_METHODS = {ADD: 'addCollectionItems', REMOVE: 'dropCollectionItems'}


@keeps_result
def add_items(connection, target, name, items):
    """Add members to a collection of an item.

    :param name: the collection; None derives it from the type of the members and an `s`.
    :returns: the names of the added members where no collection was named, else the item, read
        again; None for no items.
    """
    members = _one_type(items, ADD)
    if not members:
        return None
    edit = _edit(connection, target, name, members, ADD)
    receipt = send(connection, 'POST', edit.path, edit.body, [('fetch', 'Name')], edit.refusal)
    edit.forget()
    if name is not None:
        return _read_again(connection, edit)
    return [row.get('Name') for row in receipt.results]


@keeps_result
def drop_items(connection, target, name, items):
    """Remove members from a collection of an item; returns a response, or None for no items."""
    members = _one_type(items, REMOVE)
    if not members:
        return None
    edit = _edit(connection, target, name, members, REMOVE)
    response = respond(connection, 'POST', edit.path, edit.body, [], edit.refusal,
                       connection.helper.currentContext())
    edit.forget()
    return response


@keeps_result
def edit_many(connection, targets, name, items, action):
    """Add members to a collection of each of many items, or remove them.

    :param targets: items in any form, or a dict of such and the members of each.
    :param name: see `add_items`.
    :param items: the members, the same for all targets; None where the targets tell them.
    :param action: `ADD` or `REMOVE`.
    :returns: a `BatchResult` of the targets that have members to add or remove.
    :raises MultipleOperationError: see `batch.create_many`.
    """
    given, progress, connection = _given(targets, items, action), connection.progress, (
        connection.silent())
    if not given:
        return BatchResult()
    for members in dict((id(each), each) for _, each in given).values():
        _check_members(connection, members, action)
    found = _targets(connection, [target for target, _ in given])
    edits = _edits(connection, [item for item, _ in found], name,
                   [members for _, members in given], action)
    rows = [result_row(connection, edit.item_path, raw, target)
            for edit, (target, _), (_, raw) in zip(edits, given, found)]
    try:
        result = send_entries(connection, progress, [target for target, _ in given],
                              [entry('POST', edit.path, edit.body) for edit in edits],
                              {'project': None}, _METHODS[action] + 'Multiple', rows)
    except (MultipleOperationError, KeyboardInterrupt) as error:
        refused = set(each.place for each in getattr(error, 'outcomes', ())
                      if each.result is None and not each.is_unknown)
        for place, edit in enumerate(edits):
            if place not in refused:
                edit.forget()
        raise
    for outcome in result.outcomes:
        if outcome.result is not None:
            edits[outcome.place].forget()
    return result


class _Edit(object):
    """One edit: its item, collection, type, path and body."""

    def __init__(self, target, type_def, name, action):
        ref = refs.parse(target)
        self.target, self.type_def, self.name, self.action = target, type_def, name, action
        self.oid, self.body = ref.oid, None
        self.type_path = type_def.TypePath if type_def is not None else ref.type_path

    @property
    def item_path(self):
        """The path of the item."""
        return '{0}/{1}'.format(self.type_path, self.oid)

    @property
    def path(self):
        """The path of the edit."""
        return '{0}/{1}/{2}'.format(self.item_path, self.name, self.action)

    def refusal(self, errors, warnings):
        """Return the message of what the service refused."""
        return fill(u'Unable to {0} items {1} the {2} of {3}: {4}', self.action,
                    'to' if self.action == ADD else 'from', self.name, self.item_path,
                    u'\n'.join(errors))

    def forget(self):
        """Have an entity read the collection again, which is another one now."""
        if raw_item(self.target) is not None:
            forget_members(self.target, self.name,
                           len(self.body['CollectionItems']) if self.action == ADD else 0)


def _edit(connection, target, name, members, action):
    _check_members(connection, members, action)
    return _edits(connection, [_target(connection, target)], name, [members], action)[0]


def _edits(connection, targets, name, members, action):
    """Return an `_Edit` for each target, with the members in the form the service takes.

    :param members: the list of members of each target; names stand for items in them.
    :raises RallyRESTAPIError: a target has no such collection.
    """
    derived = None
    if name is None:
        members = _with_references(connection, members)
        _one_type([member for each in members for member in each], action)
        derived = name = _derived_name(members[0])
    edits, types = [], OrderedDict()
    for target, each in zip(targets, members):
        edit = _Edit(target, connection.type_of_item(target), name, action)
        if edit.type_path not in types:
            edit.name = _spelled(edit, derived)
            types[edit.type_path] = edit.name, []
        edit.name, alike = types[edit.type_path]
        edit.body = {'CollectionItems': payload.collection_items(each)}
        alike.append(edit)
        edits.append(edit)
    for _, alike in types.values():
        _resolve(connection, alike)
    return edits


def _resolve(connection, edits):
    """Put references in the place of names among the members of edits of one type and name."""
    type_def = edits[0].type_def
    if type_def is None:
        return

    def projects(places):
        found = dict((place, refs.parse((raw_item(edits[place].target) or {}).get('Project')))
                     for place in places)
        asked = [edits[place].oid for place in places if found[place] is None]
        answer = projects_of(connection, type_def, asked, {}) if asked else {}
        return dict((place, found[place] or answer.get(edits[place].oid)) for place in places)

    in_bodies(connection, type_def, [{edit.name: edit.body['CollectionItems']} for edit in edits],
              {}, projects)


def _spelled(edit, derived):
    """Return the name of a collection as the service spells it.

    :param derived: the name, where it was made of the type of the members.
    """
    type_def = edit.type_def
    attribute = type_def.current_attribute(edit.name) if type_def is not None else None
    if attribute is not None and attribute.AttributeType == 'COLLECTION':
        return attribute.ElementName
    if type_def is not None and type_def.Attributes:
        raise _no_collection(edit, derived)
    return edit.name


def _no_collection(edit, derived):
    hint = None
    if derived:
        hint = ("It was called after the type of the items; name the collection: (target, 'Tags', "
                "items).")
    type_def = edit.type_def
    return RallyRESTAPIError(
        edit.refusal([fill('{0} has no such collection', type_def.TypePath)], []),
        field=edit.name, hint=hint,
        suggestions=nearest(edit.name, [each.ElementName for each in type_def.Attributes
                                        if each.AttributeType == 'COLLECTION']))


def tells_members(targets):
    """Say whether these are targets with the members of each."""
    return isinstance(targets, Mapping) and refs.parse(targets) is None


def _given(targets, items, action):
    """Return (target, members) of each target that has members."""
    if tells_members(targets):
        if items is not None:
            raise TypeError("the dict tells the items of each target; more of them are given")
        pairs = [(target, _one_type(each, action)) for target, each in targets.items()]
    else:
        members = _one_type(items, action)
        hint = "For one target: [target], or {0}().".format(_METHODS[action])
        pairs = [(target, members) for target in as_list(targets, hint)]
    return [(target, members) for target, members in pairs if members]


def _targets(connection, targets):
    """Return the items that are edited, each with its raw item as far as it is known."""
    try:
        return items_of(connection, targets)
    except TypeError as error:
        raise_from(RallyRESTAPIError(error.args[0], hint=_HINT), None)


_HINT = "Give an entity, its reference, ObjectID or FormattedID."


def _target(connection, target):
    """Return the item that is edited, an entity as it is, else a `Ref`.

    :param target: an entity, a reference, a FormattedID or the ObjectID of an artifact.
    """
    try:
        found = item_of(connection, target)
    except TypeError:
        raise_from(RallyRESTAPIError(
            fill("{0} is no item with collections", repr(target)), hint=_HINT), None)
    if found is None:
        raise NotFoundError(fill("{0} could not be located", repr(target)))
    return found


def _with_references(connection, members):
    """Return lists of members with references in the place of FormattedIDs, which tell the type."""
    texts = [ensure_text(each).strip() for alike in members for each in alike
             if isinstance(each, (text_type, binary_type)) and refs.parse(each) is None]
    texts = [each for each in texts if FORMATTED_ID.match(each)] if connection.resolves else []
    found = by_formatted_id(connection, texts) if texts else {}
    missing = [text for text in found if found[text] is None]
    if missing:
        raise NotFoundError(fill("{0} could not be located", u', '.join(missing)))
    return [[found.get(ensure_text(each).strip(), each)
             if isinstance(each, (text_type, binary_type)) else each for each in alike]
            for alike in members]


def _check_members(connection, members, action):
    for member in members:
        if refs.parse(member) is None and not isinstance(member, (Mapping,) + string_types):
            raise RallyRESTAPIError(
                fill("cannot {0} {1}: it has no reference", action, repr(member)),
                hint="Give entities that were read or created, or refs such as 'tag/12'.")
    connection.check_values({'items': members})


def _one_type(items, action):
    if items is None:
        return []
    if isinstance(items, (Mapping,) + string_types) or not hasattr(items, '__iter__'):
        items = [items]
    members = list(items)
    kinds = set(_kind_of(member) for member in members)
    if len(kinds - set([None])) > 1:
        raise RallyRESTAPIError(_METHODS[action] + ': all items must be of the same type')
    return members


def _kind_of(member):
    ref = refs.parse(member)
    return ref.type_path.split('/')[-1].lower() if ref is not None else None


def _derived_name(members):
    kind = getattr(members[0], '_type', None)
    ref = refs.parse(members[0])
    kind = kind or (ref.type_path if ref is not None else None)
    if kind is None:
        raise RallyRESTAPIError("the collection is not named and cannot be told from its items",
                                hint="Name the collection: (target, 'Tags', items).")
    kind = kind.split('/')[-1]
    return kind[:1].upper() + kind[1:] + 's'


def _read_again(connection, edit):
    """Return the item of an edit with that collection, as they are on the service now."""
    context, params = connection.scoped(project=None)
    fetch = 'ObjectID,Name,FormattedID,' + edit.name
    item = receipts.read_again(connection, edit.item_path, [('fetch', fetch)] + params,
                               written=edit.path)
    return connection.entity(item, context)
