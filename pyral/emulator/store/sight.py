"""What a caller may read (permissions on reads): one value, as a condition of SQL and by itself.

Every read asks here: rows, references that are opened, counts, summaries, members, paths of
queries. Objects are for those who have a role in their project; what has none is for the workspace;
a part (`ownership`) is for those who may read what it belongs to. What a permission is, `access`
knows; whoever may read everything has no `Sight` at all.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.sql.expression import FromClause

from ..model import Model
from .expressions import among, as_integer
from .ownership import HELD, HISTORY, MAKER, NOTED, OWNED, PARTS
from .tables import links, objects

__all__ = ['APART', 'Sight']

PROFILE, WORKSPACE, PROJECT = 'UserProfile', 'Workspace', 'Project'
#: Types for which project and workspace do not tell everything.
APART = frozenset((PROFILE, WORKSPACE, PROJECT, HISTORY, *NOTED, *PARTS, *HELD))


def _leads_surely(path: str) -> bool:
    """Say whether a part of this type always belongs to something."""
    attributes = Model.load().types[path].attributes
    return any(attributes[name].required for name in OWNED[path].by)


#: Parts that may stand alone; any other without an owner has lost it, and is for administrators.
_ALONE = frozenset(path for path in PARTS if not _leads_surely(path))


def _owners(path: str) -> frozenset[str]:
    """Return the types that a part may belong to, as far as they are apart themselves."""
    model = Model.load()
    if path in PARTS:
        targets = [model.types[path].attributes[name].target for name in PARTS[path]]
        return APART.intersection(one for path in targets for one in model.family(path or ''))
    if path in (HISTORY, 'RevisionHistory'):
        kept = [one.path for one in model.types.values() if 'RevisionHistory' in one.attributes]
        return APART.intersection(kept) - {HISTORY}
    return frozenset(['Attachment']) if path in HELD else frozenset()


_OWNERS: Mapping[str, frozenset[str]] = {path: _owners(path) for path in APART}


@dataclass(frozen=True)
class Sight:
    """What one caller may read.

    :ivar user: the caller.
    :ivar profile: the caller's own UserProfile; those of others are not shown.
    :ivar workspaces: those the caller has a role in.
    :ivar administered: those of them where everything may be read.
    :ivar projects: those the caller has a role in.
    """

    user: int
    profile: int | None = None
    workspaces: frozenset[int] = frozenset()
    administered: frozenset[int] = frozenset()
    projects: frozenset[int] = frozenset()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        facts = (self.user, self.profile, self.workspaces, self.administered, self.projects)
        object.__setattr__(self, '_hash', hash(facts))

    def __hash__(self) -> int:
        return self._hash

    def judge(self, kind: str, oid: int, workspace: int | None, project: int | None) -> bool | None:
        """Say whether an object may be read; None when what it belongs to decides.

        :param kind: its TypePath; the others are columns of its row.
        """
        if kind == PROFILE:
            return oid == self.profile
        if kind == WORKSPACE:
            return oid in self.workspaces
        if kind == PROJECT:
            return workspace in self.administered or oid in self.projects
        if workspace in self.administered:
            return True
        if workspace is not None and workspace not in self.workspaces:
            return False
        if project is not None:
            return project in self.projects
        return None if kind in APART else True

    def condition(
        self,
        here: FromClause = objects,
        types: Iterable[str] | None = None,
        workspace: int | None = None,
        placed: bool = False,
    ) -> ColumnElement[bool]:
        """Return the condition that the caller may read an object.

        :param here: `objects` or an alias of it.
        :param types: the TypePaths it may have; any when not given.
        :param workspace: that of all objects that have one, where that is certain.
        :param placed: whether all objects have a project.
        """
        apart = APART if types is None else APART.intersection(types)
        build = _of_objects if here is objects else Sight._condition
        return build(self, here, apart, workspace, placed)

    def _condition(
        self, here: FromClause, apart: frozenset[str], workspace: int | None, placed: bool
    ) -> ColumnElement[bool]:
        conditions = []
        if workspace is None or workspace not in self.administered:
            inside: ColumnElement[bool] = _among(here.c.project, self.projects)
            if not placed:
                inside = or_(here.c.project.is_(None), inside)
            if workspace is None:
                seen = or_(here.c.workspace.is_(None), _among(here.c.workspace, self.workspaces))
                inside = or_(self._administers(here), and_(seen, inside))
            conditions.append(inside)
            if PROJECT in apart:
                own = or_(self._administers(here), _among(here.c.oid, self.projects))
                conditions.append(or_(here.c.type != PROJECT, own))
        for kinds, owned in self._of_parts(here, apart):
            placed_itself = here.c.project.is_not(None)
            conditions.append(
                or_(here.c.type.not_in(kinds), placed_itself, self._administers(here), owned)
            )
        if PROFILE in apart:
            own = false() if self.profile is None else here.c.oid == self.profile
            conditions.append(or_(here.c.type != PROFILE, own))
        if WORKSPACE in apart:
            conditions.append(or_(here.c.type != WORKSPACE, _among(here.c.oid, self.workspaces)))
        return and_(true(), *conditions)

    def _administers(self, here: FromClause) -> ColumnElement[bool]:
        return _among(here.c.workspace, self.administered)

    def _of_parts(
        self, here: FromClause, apart: frozenset[str]
    ) -> list[tuple[list[str], ColumnElement[bool]]]:
        """Return the conditions that a part belongs to what may be read, by kinds of parts."""
        found = []
        kinds: dict[tuple[tuple[str, ...], frozenset[str], bool], list[str]] = {}
        for path in sorted(apart.intersection(PARTS)):
            key = (PARTS[path], _OWNERS[path], path in _ALONE)
            kinds.setdefault(key, []).append(path)
        for (edges, owners, alone), paths in kinds.items():
            found.append((paths, self._owned(here, edges, owners, alone)))
        if 'AttachmentContent' in apart:
            edge, holder = links.alias(), objects.alias()
            held = and_(edge.c.target == here.c.oid, edge.c.attr == HELD['AttachmentContent'])
            kept = select(edge.c.source).where(held)
            by_holder = kept.join(holder, holder.c.oid == edge.c.source).where(
                self.condition(holder, _OWNERS['AttachmentContent'])
            )
            maker = as_integer(here.c.doc[MAKER])
            fresh = and_(~kept.correlate(here).exists(), or_(maker.is_(None), maker == self.user))
            found.append((['AttachmentContent'], or_(by_holder.correlate(here).exists(), fresh)))
        if 'RevisionHistory' in apart:
            edge, holder = links.alias(), objects.alias()
            by_holder = (
                select(edge.c.source)
                .join(holder, holder.c.oid == edge.c.source)
                .where(
                    edge.c.target == here.c.oid,
                    edge.c.attr == HELD['RevisionHistory'],
                    holder.c.type != HISTORY,
                    self.condition(holder, _OWNERS['RevisionHistory']),
                )
            )
            found.append((['RevisionHistory'], by_holder.correlate(here).exists()))
        if HISTORY in apart:
            up, down, holder = links.alias(), links.alias(), objects.alias()
            by_holder = (
                select(up.c.target)
                .join(down, and_(down.c.target == up.c.target, down.c.attr == up.c.attr))
                .join(holder, holder.c.oid == down.c.source)
                .where(
                    up.c.source == here.c.oid,
                    up.c.attr == HELD['RevisionHistory'],
                    holder.c.type != HISTORY,
                    self.condition(holder, _OWNERS[HISTORY]),
                )
            )
            found.append(([HISTORY], by_holder.correlate(here).exists()))
        for path in sorted(apart.intersection(NOTED)):
            item = objects.alias()
            about = select(item.c.oid).where(
                item.c.oid == as_integer(here.c.doc[NOTED[path]]),
                self.condition(item, _OWNERS[path]),
            )
            found.append(([path], about.correlate(here).exists()))
        return found

    def _owned(
        self, here: FromClause, edges: tuple[str, ...], owners: frozenset[str], alone: bool
    ) -> ColumnElement[bool]:
        """Return the condition that an owner may be read; what may stand alone needs none."""
        edge, owner = links.alias(), objects.alias()
        led = select(edge.c.target).where(edge.c.source == here.c.oid, edge.c.attr.in_(edges))
        readable = led.join(owner, owner.c.oid == edge.c.target).where(
            self.condition(owner, owners)
        )
        found = readable.correlate(here).exists()
        return or_(found, ~led.correlate(here).exists()) if alone else found


#: Building a condition on parts costs more than running it.
_of_objects = functools.lru_cache(maxsize=256)(Sight._condition)


def _among(column: Any, oids: frozenset[int]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of our own ids, which stand as literals."""
    return among(column, sorted(oids)) if oids else false()
