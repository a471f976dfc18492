"""Workspaces and their project trees, as far as a caller may see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Iterator, Sequence

from ...store.reading import of_type, references

if TYPE_CHECKING:
    from ...request import Call
    from ...store import Obj

__all__ = ['Branch', 'PlaceChoice', 'choices', 'project_trees', 'workspaces']

#: So many projects of a workspace are shown; a list has the rest.
MOST_PROJECTS = 200
#: Whatever the data say, a tree is drawn no deeper.
MOST_LEVELS = 20


@dataclass
class Branch:
    """A project with those below it."""

    project: Obj
    below: list[Branch] = field(default_factory=list)

    @property
    def closed(self) -> bool:
        """Whether work in it has ended."""
        return self.project.doc.get('State') == 'Closed'

    def flat(self, level: int = 0) -> Iterator[tuple[int, Obj]]:
        """Yield the projects of the branch from the top down, each with its level."""
        yield level, self.project
        for branch in self.below:
            yield from branch.flat(level + 1)


@dataclass(frozen=True)
class PlaceChoice:
    """An entry of the list of places: the text, its value, and whether it is the one chosen."""

    text: str
    value: str
    chosen: bool


def workspaces(call: Call) -> list[Obj]:
    """Return the workspaces that the caller may see: that of the request first, then by name."""
    found = [one for one in of_type(call.tx, 'Workspace') if call.rights.sees_workspace(one.oid)]
    return sorted(found, key=lambda one: (one.oid != call.scope.workspace, *by_name(one)))


def project_trees(call: Call) -> dict[int, tuple[list[Branch], int]]:
    """Return the trees of each workspace, and how many open projects there are in it.

    A project whose parent the caller may not see stands at the top.
    """
    every = of_type(call.tx, 'Project')
    seen = call.rights.seen(every)
    projects = {one.oid: one for one in sorted(every, key=by_name) if one.oid in seen}
    parents = {edge.owner: edge.member for edge in references(call.tx, list(projects), ['Parent'])}
    below: dict[int | None, list[int]] = {}
    for oid in projects:
        parent = parents.get(oid)
        below.setdefault(parent if parent in projects else None, []).append(oid)
    found: dict[int, tuple[list[Branch], int]] = {}
    for oid in below.get(None, ()):
        workspace = projects[oid].workspace or 0
        trees, number = found.get(workspace, ([], 0))
        budget = [MOST_PROJECTS - sum(1 for tree in trees for _ in tree.flat())]
        if budget[0] > 0:
            trees.append(_branch(oid, projects, below, 0, budget))
        found[workspace] = trees, number
    for one in projects.values():
        workspace = one.workspace or 0
        trees, number = found.get(workspace, ([], 0))
        found[workspace] = trees, number + (one.doc.get('State') != 'Closed')
    return found


def _branch(
    oid: int,
    projects: dict[int, Obj],
    below: dict[int | None, list[int]],
    level: int,
    budget: list[int],
) -> Branch:
    budget[0] -= 1
    branch = Branch(projects[oid])
    for child in below.get(oid, ()) if level < MOST_LEVELS else ():
        if budget[0] <= 0:
            break
        branch.below.append(_branch(child, projects, below, level + 1, budget))
    return branch


def choices(
    call: Call, project: int | None, workspace: int | None
) -> list[tuple[str, list[PlaceChoice]]]:
    """Return the places that a list may be narrowed to, by workspace; the current one is chosen.

    :param project: the project of the scope.
    :param workspace: the workspace of the scope.
    """
    trees = project_trees(call)
    found = []
    for space in workspaces(call):
        listed = [PlaceChoice("All projects", f'/workspace/{space.oid}', False)]
        if space.oid == workspace and project is None:
            listed = [PlaceChoice("All projects", f'/workspace/{space.oid}', True)]
        branches, _ = trees.get(space.oid, ([], 0))
        for branch in branches:
            listed += [
                PlaceChoice(
                    '\u2003' * level + (one.name or ''), f'/project/{one.oid}', one.oid == project
                )
                for level, one in branch.flat()
            ]
        if space.oid == workspace and project is not None:
            listed += _missing(call, project, listed)
        found.append((space.name or '', listed))
    return found


def _missing(call: Call, project: int, listed: Sequence[PlaceChoice]) -> list[PlaceChoice]:
    """Return the chosen project where the trees were too large to hold it."""
    here = call.tx.get(project)
    if here is None or any(one.chosen for one in listed):
        return []
    return [PlaceChoice(here.name or '', f'/project/{here.oid}', True)]


def by_name(obj: Obj) -> tuple[str, int]:
    """Return the key that sorts by name."""
    return (obj.name or '').lower(), obj.oid
