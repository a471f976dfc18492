"""Unit of work of one write: who writes, where, and what it must settle before it is done.

A `Change` is made from a call at the start of a create, an update, a delete or a collection edit.
It gathers refusals so that several validation errors travel in one answer, and the objects whose
derived values have to be worked out again at the end. It must never commit or roll back: the
transaction belongs to the call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING, Callable, Iterator

from ... import texts
from ...access.scope import default_project
from ...catalogue.configuration import zone_of
from ...errors import NotAuthorized, ServiceError, UnknownType

if TYPE_CHECKING:
    from ...access.scope import Rights
    from ...catalogue.catalogue import Catalogue
    from ...model import TypeDef
    from ...request import Call
    from ...store import Obj, Tx

__all__ = ['Change']


@dataclass
class Change:
    """Hold what every rule needs to know about the write it takes part in.

    :ivar workspace: the workspace written to; None for users and other things of no workspace.
    :ivar project: where a new object goes when the body names no project.
    :ivar problems: refusals so far; `settle` raises them together.
    :ivar stale: objects whose derived values may have changed, and all that depends on them.
    :ivar altered: changed objects and the attributes that have changed.
    :ivar relinked: edges that were added or taken away: source, name, target.
    :ivar permitted: objects that the caller may change, as far as that was asked.
    :ivar advanced: work products of which a task changed its state.
    """

    tx: Tx
    user: Obj
    rights: Rights
    catalogue: Catalogue
    workspace: int | None
    project: int | None
    warn: Callable[[str], None]
    problems: dict[str, None] = field(default_factory=dict)
    stale: set[int] = field(default_factory=set)
    altered: dict[int, set[str]] = field(default_factory=dict)
    relinked: set[tuple[int, str, int]] = field(default_factory=set)
    permitted: set[int] = field(default_factory=set)
    advanced: set[int] = field(default_factory=set)
    _zone: tzinfo | None = None

    @classmethod
    def of(cls, call: Call, workspace: int | None = None) -> Change:
        """Return the change a call starts.

        :param workspace: the workspace written to; the scope's when not given.
        """
        where = call.scope.workspace if workspace is None else workspace
        project = call.scope.project
        if project is None:
            default = default_project(call.tx, call.user)
            if default is not None and default.workspace == where:
                project = default.oid
        return cls(
            call.tx, call.user, call.rights, call.catalogue(where), where, project, call.warn
        )

    def refuse(self, text: str) -> None:
        """Remember a refusal, once."""
        self.problems.setdefault(text)

    def settle(self) -> None:
        """Raise everything refused so far, if anything was.

        :raises ServiceError: with all texts.
        """
        self.settle_values()
        if self.problems:
            raise ServiceError(*self.problems)

    def settle_values(self) -> None:
        """Raise the refusals of values that are none; nothing is validated then (section 4.3).

        :raises ServiceError: with the texts of these.
        """
        values = [text for text in self.problems if not text.startswith(texts.VALIDATION)]
        if values:
            raise ServiceError(*values)

    @property
    def stamp(self) -> str:
        """Return the time of this change as it is stored."""
        return self.tx.clock.stamp()

    @property
    def zone(self) -> tzinfo:
        """Return the time zone of the workspace; looked up once."""
        if self._zone is None:
            self._zone = zone_of(self.tx, self.workspace)
        return self._zone

    def type_of(self, obj: Obj) -> TypeDef:
        """Return the definition of an object's type.

        :raises ServiceError: when the workspace's model has no such type.
        """
        found = self.catalogue.resolve(obj.type)
        if found is None:
            raise UnknownType(obj.type)
        return found

    def ancestors(self, oid: int, attr: str) -> Iterator[int]:
        """Follow a reference upwards from an object, each step once."""
        seen = {oid}
        above = self.tx.target(oid, attr)
        while above is not None and above not in seen:
            seen.add(above)
            yield above
            above = self.tx.target(above, attr)

    def require(self, allowed: bool, text: str) -> None:
        """Refuse the whole write when the caller lacks a right.

        :raises NotAuthorized: with the text.
        """
        if not allowed:
            raise NotAuthorized(text)
