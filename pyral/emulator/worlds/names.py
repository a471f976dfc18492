"""Symbol table of a world file: find the object that a reference of a world file means.

Three kinds of names: local names that the file gives (`@login-bug`), names that stand for
themselves (users by UserName, workspaces and projects by Name), and plain names of what a
workspace has few of (an iteration, a state, a tag). It must never guess: what is not found or
means two things is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..rules.write.completion import display_name
from ..rules.write.unfinished import FlowState
from .errors import JsonPath, WorldError, near_miss

if TYPE_CHECKING:
    from ..model import AttrDef
    from .entries import Entry

#: Longer lists of names are not worth a search for the nearest one.
_MOST_SUGGESTED = 20_000


class Named(NamedTuple):
    """An object that has a name: what it is and where."""

    oid: int
    type: str
    workspace: int | None
    project: Any = None
    name: str = ''
    type_def: Any = None


class Names:
    """Remember what the first pass sees, and answer the second one."""

    def __init__(self) -> None:
        self._local: dict[str, Named] = {}
        self._own: dict[str, list[Named]] = {}
        self._plain: dict[tuple[int | None, str, str], list[Named]] = {}
        self._labels: dict[tuple[int | None, str], set[str]] = {}
        self._paths: dict[int, str] = {}
        self._shown: dict[int, str] = {}
        #: Flow states by project, in their order.
        self._flows: dict[int, list[FlowState]] = {}

    def add(self, entry: Entry, artifact: bool) -> None:
        """Remember an entry of the first pass.

        :param artifact: whether it is one of many, which are not found by their plain names.
        """
        workspace = entry.setup.oid if entry.setup is not None else None
        name = str(entry.values.get('Name') or '')
        path = entry.type_def.path
        named = Named(
            entry.oid,
            path,
            workspace,
            entry.values.get('Project', entry.project),
            name,
            entry.values.get('TypeDef'),
        )
        if entry.local_name is not None:
            self.add_local(entry.local_name, named, entry.place)
        if path == 'User':
            self._own.setdefault(str(entry.values['UserName']), []).append(named)
        elif path in ('Workspace', 'Project'):
            self._add_place(entry, named)
        if path == 'FlowState':
            self._add_flow(entry, named)
        if name and not artifact:
            self.add_plain(named)
        if not artifact:
            self._shown[entry.oid] = name or display_name(entry.values) or ''

    def add_local(self, name: str, named: Named, place: JsonPath) -> None:
        """Remember a local name.

        :raises WorldError: it is taken.
        """
        if name in self._local:
            raise WorldError(f"the local name '{name}' is given twice.", (*place, 'id'))
        self._local[name] = named

    def add_plain(self, named: Named) -> None:
        """Remember an object that may be meant by its plain name."""
        self._plain.setdefault((named.workspace, named.type, named.name), []).append(named)
        self._labels.setdefault((named.workspace, named.type), set()).add(named.name)

    def local(self, text: str, place: JsonPath) -> Named:
        """Return what `@name` means, given without the `@`.

        :raises WorldError: nothing, or more than one thing.
        """
        found = self._local.get(text)
        if found is not None:
            return found
        own = self._own.get(text, [])
        if len(own) == 1:
            return own[0]
        if own:
            raise WorldError(
                f"'@{text}' means {len(own)} things; give the one you mean an id, or its path.",
                place,
            )
        known = [*self._local, *self._own]
        hint = (
            near_miss('@' + text, ['@' + name for name in known])
            if len(known) <= _MOST_SUGGESTED
            else ''
        )
        raise WorldError(f"nothing here has the local name '@{text}'.{hint}", place)

    def shown(self, oid: int) -> str | None:
        """Return the name of an object that is no artifact, as texts for people have it."""
        return self._shown.get(oid)

    def plain(self, text: str, kinds: tuple[str, ...], entry: Entry, attr: AttrDef) -> Named | None:
        """Return what a plain name means for an attribute, or None when nothing has that name.

        :param kinds: the types that are possible.
        :raises WorldError: the name means more than one thing.
        """
        if attr.target == 'User':
            own = [named for named in self._own.get(text, []) if named.type == 'User']
            return own[0] if own else None
        workspace = entry.setup.oid if entry.setup is not None else None
        found = [named for kind in kinds for named in self._plain.get((workspace, kind, text), [])]
        if len(found) > 1:
            near = [
                named
                for named in found
                if named.project is not None and named.project == entry.project
            ]
            found = near or found
        if len(found) > 1:
            raise WorldError(
                f"'{text}' means {len(found)} things; give the one you mean an id and refer to it"
                " by \"@id\".",
                (*entry.place, attr.name),
            )
        return found[0] if found else None

    def labels(self, kinds: tuple[str, ...], entry: Entry) -> set[str]:
        """Return the plain names that objects of some types have."""
        workspace = entry.setup.oid if entry.setup is not None else None
        if 'User' in kinds:
            return {name for name, own in self._own.items() if own[0].type == 'User'}
        return set().union(*(self._labels.get((workspace, kind), set()) for kind in kinds))

    def flow_states(self, project: int | None) -> Sequence[FlowState]:
        """Return the flow states of a project, in their order."""
        return self._flows.get(project or 0, ())

    def _add_place(self, entry: Entry, named: Named) -> None:
        above = entry.member.owner if entry.member is not None else None
        if above is None and entry.setup is not None and named.type == 'Project':
            above = entry.setup.oid
        path = f'{self._paths[above]}/{named.name}' if above in self._paths else named.name
        self._paths[named.oid] = path
        for text in {named.name, path}:
            self._own.setdefault(text, []).append(named)

    def _add_flow(self, entry: Entry, named: Named) -> None:
        values: Mapping[str, Any] = entry.values
        if isinstance(named.project, int):
            flows = self._flows.setdefault(int(named.project), [])
            mapping, order = values.get('ScheduleStateMapping'), values.get('OrderIndex')
            flows.append(FlowState(named.oid, mapping, int(order or 0)))
            flows.sort(key=lambda one: (one.order, one.oid))
