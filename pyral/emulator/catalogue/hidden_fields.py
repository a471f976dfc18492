"""Visibility of fields by project: which attributes a project does not show, and of which types.

A field is hidden by an edge. One from the definition of a custom field to the project, which world
files make, hides it on every type that has it; one from the project, whose name holds a TypePath,
hides an attribute of that type only, because types that inherit an attribute share its definition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..store.custom_definitions import edges_below

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import TypeDef
    from ..store import Obj, Tx

__all__ = ['HIDDEN_IN', 'HiddenFields', 'hidden_in', 'hide']

#: The edge from a custom field to a project in which it is not to be seen.
HIDDEN_IN = 'AttributeDefinition.HiddenIn'
#: The beginning of the names of edges from a project; a TypePath follows.
HIDES = 'Project.Hides/'


@dataclass(frozen=True)
class HiddenFields:
    """What one place hides; two with the same contents are equal.

    :ivar everywhere: ObjectIDs of definitions that are hidden on every type.
    :ivar by_type: pairs of TypePath and ObjectID of a definition.
    """

    everywhere: frozenset[int] = frozenset()
    by_type: frozenset[tuple[str, int]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.by_type)

    def holds(self, type_path: str, attribute: int) -> bool:
        """Say whether the place hides an attribute of a type."""
        return attribute in self.everywhere or (type_path, attribute) in self.by_type

    def text(self) -> str:
        """Return a text that two equal values share and no others."""
        by_type = sorted(self.by_type)
        return f'{sorted(self.everywhere)} {by_type}' if by_type else f'{sorted(self.everywhere)}'


def hidden_in(tx: Tx, place: Obj) -> HiddenFields:
    """Return what a project hides; a workspace hides nothing."""
    if place.type != 'Project':
        return HiddenFields()
    own = edges_below(tx, place.oid, HIDES)
    return HiddenFields(
        frozenset(tx.sources(place.oid, HIDDEN_IN)),
        frozenset((name[len(HIDES) :], target) for name, target in own),
    )


def hide(
    tx: Tx, project: Obj, type_path: str, attribute: int, hidden: bool, types: Iterable[TypeDef]
) -> None:
    """Hide an attribute of one type in a project, or show it again.

    :param types: all types of the workspace.
    """
    if hidden:
        tx.add_link(project.oid, HIDES + type_path, attribute)
        return
    tx.drop_link(project.oid, HIDES + type_path, attribute)
    if tx.drop_link(attribute, HIDDEN_IN, project.oid):
        # It was hidden on every type; on the others it stays so.
        for one in types:
            if one.path != type_path and any(
                attr.oid == attribute for attr in one.attributes.values()
            ):
                tx.add_link(project.oid, HIDES + one.path, attribute)
