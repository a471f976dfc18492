"""Deserialization of a request body into a draft: names, values, references, lists.

Unknown and read-only names become warnings, bad values refusals; both go on to the next attribute,
so that one answer tells everything of its kind. Nothing is stored here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from ... import texts
from ...errors import ServiceError
from .coerce import scalar
from .references import raw_ref, read_ahead, resolve

if TYPE_CHECKING:
    from ...model import AttrDef, TypeDef
    from .change import Change
    from .draft import Draft

__all__ = ['OPEN_COLLECTIONS', 'assign', 'is_modifiable', 'member_list']

#: Collections that toolkits change although the model calls them read-only (section 7.2).
OPEN_COLLECTIONS = frozenset(
    ('Tasks', 'Children', 'Defects', 'TestCases', 'Steps', 'Discussion', 'UserStories', 'Results')
)
#: The two ways up from a story as one; it is kept as what it stands for.
UNIFIED = 'UnifiedParent'
#: Read-only attributes that clients have always sent along and the service takes (section 10).
ACCEPTED = frozenset(
    (('Attachment', 'Size'), ('ConversationPost', 'User'), ('Revision', 'Description'))
)
#: Attributes that the service says it ignores, and takes all the same (section 8.4).
REMARKED = frozenset((('FlowState', 'Project'),))


def assign(draft: Draft, values: Mapping[str, Any], body_key: str) -> None:
    """Put every attribute of a body into the draft.

    :param values: the object below the body's key.
    :param body_key: that key as it was sent; the warnings repeat it.
    :raises ServiceError: when values cannot be converted; the rest is validated later.
    """
    for name, value in values.items():
        if name.startswith('_'):
            continue
        attr = draft.type_def.attr(name)
        if attr is None or not _settable(draft, attr):
            draft.change.warn(texts.ignored(body_key, name))
            continue
        if (draft.type_def.name, attr.name) in REMARKED:
            draft.change.warn(texts.ignored(body_key, name))
        try:
            _assign_one(draft, attr, value)
        except ServiceError as error:
            draft.refused.add(attr.name)
            for text in error.messages:
                draft.change.refuse(text)
    draft.change.settle_values()


def is_modifiable(attr: AttrDef) -> bool:
    """Say whether members may be put into a collection or taken out of it."""
    return attr.relation is not None and (not attr.read_only or attr.name in OPEN_COLLECTIONS)


def member_list(
    change: Change, type_def: TypeDef, attr: AttrDef, items: Iterable[Any]
) -> list[int]:
    """Return the members a list of references names, each once.

    :raises ServiceError: with every bad reference in the list.
    """
    found: dict[int, None] = {}
    problems: list[str] = []
    every = list(items)
    read_ahead(change, every)
    known: set[str] = set()
    for item in every:
        # A list may name the same few members very often.
        text = raw_ref(item)
        if isinstance(text, str):
            if text in known:
                continue
            known.add(text)
        try:
            member = resolve(change, type_def, attr, item)
        except ServiceError as error:
            problems.extend(error.messages)
            continue
        if member is None:
            problems.append(texts.bad_reference('null'))
        else:
            found[member.oid] = None
    if problems:
        raise ServiceError(*problems)
    return list(found)


def _settable(draft: Draft, attr: AttrDef) -> bool:
    if attr.slot in ('derived', 'constant'):
        return False
    if attr.type == 'COLLECTION':
        return is_modifiable(attr)
    if attr.create_only:
        return draft.creating
    return not attr.read_only or (draft.creating and (draft.type_def.name, attr.name) in ACCEPTED)


def _assign_one(draft: Draft, attr: AttrDef, value: Any) -> None:
    if attr.name == UNIFIED:
        _assign_parent(draft, attr, value)
    elif attr.type == 'OBJECT':
        target = resolve(draft.change, draft.type_def, attr, value)
        draft.links[attr.name] = None if target is None else target.oid
    elif attr.type == 'COLLECTION':
        _assign_collection(draft, attr, value)
    else:
        draft.values[attr.name] = scalar(draft.type_def, attr, value, draft.change.zone)


def _assign_parent(draft: Draft, attr: AttrDef, value: Any) -> None:
    """Let a story belong to another story or to a portfolio item, and to nothing else.

    A body that names one of these itself, as an object read and sent back does, means that one.
    """
    if any(draft.links.get(name) is not None for name in ('Parent', 'PortfolioItem')):
        return
    target = resolve(draft.change, draft.type_def, attr, value)
    name = (
        'Parent' if target is not None and target.type == draft.type_def.path else 'PortfolioItem'
    )
    for other in ('Parent', 'PortfolioItem'):
        if not draft.given(other):
            draft.links[other] = None
    if target is not None:
        _assign_one(draft, draft.type_def.attributes[name], value)


def _assign_collection(draft: Draft, attr: AttrDef, value: Any) -> None:
    if isinstance(value, Mapping) and '_ref' in value:
        # What a read gave, sent back: the collection as such, not its members.
        return
    if value is not None and not isinstance(value, list):
        raise ServiceError(texts.not_convertible(value, 'list of references'))
    draft.members[attr.name] = member_list(draft.change, draft.type_def, attr, value or [])
