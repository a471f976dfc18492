"""Resolve the references of a request body to live objects of the right type.

All forms of the WSAPI reference, section 8.1, go through `resolve`. It reads the store and never
changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from ... import refs, texts
from ...access.scope import NUMBER, find_object
from ...errors import ServiceError
from .draft import WORLDWIDE

if TYPE_CHECKING:
    from ...model import AttrDef, TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['WrongType', 'peek', 'raw_ref', 'read_ahead', 'ref_text', 'resolve', 'resolve_text']

#: The type of a bare id that may be of any.
_ANY = 'PersistableObject'
_WRONG_TYPE = 'Validation error: {}.{} must be a reference to {}, not to {}'


class WrongType(ServiceError):
    """A reference leads to an object, but not to one that the attribute takes."""


def raw_ref(value: Any) -> Any:
    """Return what a body value refers by, unchecked: its `_ref`, or the value itself."""
    return value.get('_ref') if isinstance(value, Mapping) else value


def ref_text(value: Any) -> str | None:
    """Return the reference text of a body value: itself or its `_ref`; None for null.

    A number is the text of a bare ObjectID.

    :raises ServiceError: when the value is neither.
    """
    if value is None or value == '' or value == 'null':
        return None
    ref = raw_ref(value)
    if isinstance(ref, str):
        return None if ref in ('', 'null') else ref
    if isinstance(ref, int) and not isinstance(ref, bool):
        return str(ref)
    raise ServiceError(texts.bad_reference(value))


def resolve(change: Change, type_def: TypeDef, attr: AttrDef, value: Any) -> Obj | None:
    """Return the object an attribute's value points to; None for null.

    :raises ServiceError: when it is no reference, leads nowhere or to the wrong type.
    """
    text = ref_text(value)
    if text is None:
        return None
    label = None if type_def.path in WORLDWIDE else attr.label
    found = resolve_text(change, text, attr.target, label)
    if attr.target and not _fits(change, attr, found):
        raise WrongType(
            _WRONG_TYPE.format(
                type_def.name,
                attr.label,
                attr.target.rsplit('/', 1)[-1],
                found.type.rsplit('/', 1)[-1],
            )
        )
    return found


def resolve_text(
    change: Change, text: str, target: str | None = None, label: str | None = None
) -> Obj:
    """Return the live object of a reference text that the caller may see.

    :param target: the TypePath that a bare ObjectID is looked for in; none is taken without it.
    :param label: the attribute that it is set to, which must be of the same workspace; None where
        objects of several workspaces may meet.
    :raises ServiceError: when it is no reference, leads nowhere or into another workspace.
    """
    if target is not None and change.catalogue.resolve(target) is None:
        # A standard portfolio level that the workspace has replaced by its own.
        target = target.split('/')[0]
    ref = refs.parse(text, target)
    named = None if ref is None else change.catalogue.resolve(ref.type)
    if ref is None or named is None or ref.collection is not None:
        raise ServiceError(texts.bad_reference(text))
    found = find_object(change.tx, ref.id)
    if (
        found is None
        or not change.catalogue.is_a(found.type, named.path)
        or not change.rights.sees(found)
    ):
        raise ServiceError(texts.missing_reference(text))
    if label is not None and _is_elsewhere(change, found):
        raise ServiceError(texts.other_workspace(label, change.workspace, found.workspace))
    return found


def read_ahead(change: Change, items: Iterable[Any]) -> None:
    """Read the objects that many references lead to at once, so that each is known then."""
    oids = set()
    for item in items:
        text = raw_ref(item)
        last = text.rsplit('/', 1)[-1] if isinstance(text, str) else str(text)
        if NUMBER.match(last):
            oids.add(int(last))
    change.tx.get_many(oids)


def peek(change_tx: Any, value: Any) -> Obj | None:
    """Return what a value points to, or None when it is no good reference; raises nothing."""
    try:
        text = ref_text(value)
    except ServiceError:
        return None
    ref = None if text is None else refs.parse(text, _ANY)
    return None if ref is None else find_object(change_tx, ref.id)


def _fits(change: Change, attr: AttrDef, found: Obj) -> bool:
    assert attr.target is not None
    relation = attr.relation
    if attr.type == 'COLLECTION' and relation is not None and not relation.forward:
        # Members that point to their owner need the reference: a test case has no Release.
        if '.' not in relation.attr and relation.attr not in change.type_of(found).attributes:
            return False
    if change.catalogue.is_a(found.type, attr.target):
        return True
    # Portfolio levels are a workspace's own: the standard names stand for "a portfolio item".
    return (
        attr.target.startswith('PortfolioItem/')
        and change.catalogue.is_a(found.type, 'PortfolioItem')
        and change.catalogue.resolve(attr.target) is None
    )


def _is_elsewhere(change: Change, found: Obj) -> bool:
    """Say whether an object is of another workspace than the one written to."""
    if found.type == 'Workspace' or None in (found.workspace, change.workspace):
        return False
    return found.workspace != change.workspace
