"""Drag-and-drop ranking: where `rankAbove`, `rankBelow` and `rankTo` put an artifact.

One order spans all artifacts of a workspace (WSAPI reference, sections 8.5 and 11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from ...errors import ServiceError
from ...store import rank_column
from . import rank_keys
from .references import resolve_text

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['bottom', 'is_rankable', 'rank', 'wanted']

PARAMETERS = ('rankAbove', 'rankBelow', 'rankTo')
_BAD_PLACE = 'Could not convert: Cannot convert "{}" to a rank.  Valid values are: TOP, BOTTOM'


def is_rankable(type_def: TypeDef) -> bool:
    """Say whether objects of a type have a rank."""
    return 'DragAndDropRank' in type_def.attributes


def wanted(params: Mapping[str, str]) -> tuple[str, str] | None:
    """Return which ranking the parameters ask for: its name and value, or None."""
    for name in PARAMETERS:
        value = params.get(name, '').strip().strip('"')
        if value:
            return name, value
    return None


def bottom(change: Change) -> str:
    """Return the rank of a new item, below everything else in the workspace."""
    return rank_keys.after(rank_column.last_rank(change.tx, change.workspace))


def rank(change: Change, type_def: TypeDef, obj: Obj, name: str, value: str) -> str | None:
    """Give an artifact the place asked for.

    :param name: `rankAbove`, `rankBelow` or `rankTo`.
    :param value: the other artifact's reference, or `TOP` or `BOTTOM`.
    :returns: the phrase for the revision, or None when the artifact stays where it is.
    :raises ServiceError: when the type has no rank, or the place cannot be found.
    """
    if not is_rankable(type_def):
        raise ServiceError(f"Cannot rank {type_def.name}")
    place = _at_end if name == 'rankTo' else _beside
    chosen = place(change, obj, name, value)
    if chosen is None or chosen == obj.rank:
        return None
    if len(chosen) > rank_keys.MAX_LENGTH:
        _even_out(change)
        fresh = change.tx.get(obj.oid)
        assert fresh is not None
        return rank(change, type_def, fresh, name, value)
    moved = "up" if obj.rank is None or chosen < obj.rank else "down"
    change.tx.update(obj.oid, rank=chosen)
    return f"RANK moved {moved}"


def _at_end(change: Change, obj: Obj, name: str, value: str) -> str | None:
    place = value.upper()
    if place == 'TOP':
        first = rank_column.first_rank(change.tx, change.workspace)
        return None if first == obj.rank else rank_keys.before(first)
    if place == 'BOTTOM':
        last = rank_column.last_rank(change.tx, change.workspace)
        return None if last == obj.rank else rank_keys.after(last)
    raise ServiceError(_BAD_PLACE.format(value[:80]))


def _beside(change: Change, obj: Obj, name: str, value: str) -> str | None:
    other = resolve_text(change, value)
    other_type = change.type_of(other)
    if not is_rankable(other_type):
        raise ServiceError(f"Cannot rank {other_type.name}")
    if other.oid == obj.oid:
        return None
    if other.rank is None:
        change.tx.update(other.oid, rank=bottom(change))
        other = resolve_text(change, value)
    assert other.rank is not None
    if name == 'rankAbove':
        above = rank_column.rank_before(change.tx, change.workspace, other.rank)
        if above is not None and above == obj.rank:
            return None
        return rank_keys.between(above, other.rank) if above else rank_keys.before(other.rank)
    below = rank_column.rank_after(change.tx, change.workspace, other.rank)
    if below is not None and below == obj.rank:
        return None
    return rank_keys.between(other.rank, below)


def _even_out(change: Change) -> None:
    """Respace all ranks of the workspace; asked for only when a gap has become too narrow."""
    every = rank_column.ranked(change.tx, change.workspace)
    rank_column.set_ranks(change.tx, every, rank_keys.spread(len(every)))
