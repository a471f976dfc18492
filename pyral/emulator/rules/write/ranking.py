"""Drag-and-drop ranking: where `rankAbove`, `rankBelow` and `rankTo` put an artifact.

One order spans all artifacts of a workspace (WSAPI reference, sections 8.5 and 11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from ... import texts
from ...errors import ServiceError
from ...store import rank_column
from . import rank_keys
from .references import resolve_text

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['is_rankable', 'rank', 'top', 'wanted']

PARAMETERS = ('rankAbove', 'rankBelow', 'rankTo')
#: How many neighbours on each side are respaced first when a gap has become too narrow.
_SPAN = 32
#: What a bare ObjectID beside which to rank is an id of.
ANY_ARTIFACT = 'Artifact'


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


def top(change: Change) -> str:
    """Return the rank of a new item, above everything else in the workspace."""
    first = rank_column.first_ranked(change.tx, change.workspace)
    found = rank_keys.spread(1, None, None if first is None else first[1])
    if found is None:
        assert first is not None
        _respace(change, first[0])
        return top(change)
    return found[0]


def rank(change: Change, type_def: TypeDef, obj: Obj, name: str, value: str) -> str | None:
    """Give an artifact the place asked for.

    :param name: `rankAbove`, `rankBelow` or `rankTo`.
    :param value: the other artifact's reference, or `TOP` or `BOTTOM`.
    :returns: the phrase for the revision, or None when the artifact stays where it is.
    :raises ServiceError: when the type has no rank, or the place cannot be found.
    """
    if not is_rankable(type_def):
        raise ServiceError(f"Cannot rank {type_def.name}")
    above = name == 'rankAbove' or (name == 'rankTo' and value.upper() == 'TOP')
    other = _end(change, value) if name == 'rankTo' else _other(change, value)
    chosen = (
        None if other is None or other.oid == obj.oid else _beside(change, obj.oid, other, above)
    )
    if chosen is None:
        return None
    assert other is not None and other.rank is not None
    was_above = obj.rank is not None and (obj.rank, obj.oid) < (other.rank, other.oid)
    change.tx.update(obj.oid, rank=chosen)
    moved = "down" if was_above else "up"
    return f"RANK moved {moved}"


def _end(change: Change, value: str) -> Obj | None:
    """Return what stands at the end asked for."""
    ends = {'TOP': rank_column.first_ranked, 'BOTTOM': rank_column.last_ranked}
    if value.upper() not in ends:
        raise ServiceError(texts.not_convertible(value, "rank.  Valid values are: TOP, BOTTOM"))
    found = ends[value.upper()](change.tx, change.workspace)
    return None if found is None else change.tx.get(found[0], recycled=True)


def _other(change: Change, value: str) -> Obj:
    """Return the artifact that a reference names; one that has no rank yet gets one."""
    other = resolve_text(change, value, ANY_ARTIFACT, 'Rank')
    other_type = change.type_of(other)
    if not is_rankable(other_type):
        raise ServiceError(f"Cannot rank {other_type.name}")
    if other.rank is None:
        change.tx.update(other.oid, rank=top(change))
        other = resolve_text(change, value, ANY_ARTIFACT, 'Rank')
    return other


def _beside(change: Change, oid: int, other: Obj, above: bool) -> str | None:
    """Return the rank next to another artifact; None for one that stands there already."""
    found = rank_column.neighbours(change.tx, other, 1, down=not above)
    next_oid, next_rank = found[0] if found else (None, None)
    if next_oid == oid:
        return None
    bounds = (next_rank, other.rank) if above else (other.rank, next_rank)
    chosen = rank_keys.spread(1, *bounds)
    if chosen is not None:
        return chosen[0]
    _respace(change, other.oid)
    moved = change.tx.get(other.oid, recycled=True)
    assert moved is not None
    return _beside(change, oid, moved, above)


def _respace(change: Change, oid: int) -> None:
    """Respace the ranks round an artifact, as few as will do: their order stays as it is."""
    here = change.tx.get(oid, recycled=True)
    assert here is not None and here.rank is not None
    span = _SPAN
    while True:
        above = rank_column.neighbours(change.tx, here, span + 1, down=False)
        below = rank_column.neighbours(change.tx, here, span + 1, down=True)
        upper = above.pop()[1] if len(above) > span else None
        lower = below.pop()[1] if len(below) > span else None
        every = [one for one, _ in reversed(above)] + [oid] + [one for one, _ in below]
        ranks = rank_keys.spread(len(every), upper, lower, least=rank_keys.DISTANCE)
        if ranks is not None:
            rank_column.set_ranks(change.tx, every, ranks)
            return
        span *= 8
