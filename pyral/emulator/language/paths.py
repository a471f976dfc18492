"""The path of a comparison once it is resolved: one `Step` for each attribute on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..model import AttrDef
    from ..store.sight import Sight

__all__ = ['Step']


@dataclass(frozen=True)
class Step:
    """One attribute of a path.

    :ivar only: TypePaths of the objects it applies to; None when to all that are met here.
    :ivar leads: TypePaths that may be met behind a reference or collection.
    :ivar crowded: whether so many objects may be there that one does not look at all of them.
    :ivar part: the part of a web link that is meant.
    :ivar sight: what the caller may look into behind it; None when into everything.
    :ivar by_type: the value that follows from an object's TypePath, where it does.
    """

    attr: AttrDef
    only: tuple[str, ...] | None = None
    leads: tuple[str, ...] = ()
    crowded: bool = False
    part: str | None = None
    sight: Sight | None = None
    by_type: tuple[tuple[str, int], ...] = ()
