"""An object as a row of the store: identity, scope, and the scalar values that are set."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ['Obj']


@dataclass
class Obj:
    """Hold one object as it is stored; who wants to change one makes another."""

    oid: int = 0
    uuid: str = ''
    type: str = ''
    workspace: int | None = None
    project: int | None = None
    name: str | None = None
    number: int | None = None
    formatted_id: str | None = None
    created: str = ''
    updated: str | None = None
    version: int = 1
    rank: str | None = None
    recycled: bool = False
    alt_id: str | None = None
    doc: dict[str, Any] = field(default_factory=dict)
