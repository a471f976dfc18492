"""Define the portfolio levels of a workspace: any names, prefixes and number of them.

Each level is a TypeDefinition object below PortfolioItem with definitions of its own for what
ties it to its neighbours: `Parent` to the next level up, `Children` to the next one down,
`UserStories` on the lowest, and the story's `PortfolioItem` with its read-only twin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..model import AttrDef, Model, TypeDef
from ..store import Obj
from ..store.custom_definitions import custom_rows, custom_type_row
from ..store.definition_documents import facts_from, type_document
from .catalogue import LEVELS, Catalogue, catalogue_for
from .custom_fields import publish, write_attribute

if TYPE_CHECKING:
    from ..store import Tx

__all__ = ['LevelSpec', 'add_level', 'current_levels', 'define_levels']

_LOWEST, _HIGHER = LEVELS + 'Feature', LEVELS + 'Initiative'
_STORY = 'HierarchicalRequirement'
#: Types whose `PortfolioItem` leads to the lowest level.
_TIED = (_STORY, 'Defect', 'ExternalContribution')


@dataclass(frozen=True)
class LevelSpec:
    """Say what a portfolio level is to be."""

    name: str
    prefix: str | None = None
    display_name: str | None = None
    #: Identity, where a world gives it.
    oid: int = 0

    @property
    def path(self) -> str:
        """The TypePath of the level."""
        return LEVELS + self.name.replace(' ', '')


def current_levels(catalogue: Catalogue) -> list[LevelSpec]:
    """Return the levels that a workspace has now, the lowest first."""
    return [
        LevelSpec(one.name, one.id_prefix, one.display_name) for one in catalogue.portfolio_levels
    ]


def add_level(tx: Tx, workspace: int, level: LevelSpec, ordinal: int | None = None) -> Obj:
    """Add one level, on top or where `ordinal` says, and return its TypeDefinition object."""
    levels = current_levels(catalogue_for(tx, workspace))
    levels.insert(len(levels) if ordinal is None else max(0, ordinal), level)
    define_levels(tx, workspace, levels)
    row = custom_type_row(tx, level.path, workspace)
    assert row is not None
    return row


def define_levels(tx: Tx, workspace: int, levels: Sequence[LevelSpec]) -> Catalogue:
    """Give a workspace exactly these portfolio levels, the lowest first.

    Levels that stay keep their objects; the objects of a level that goes are not touched.

    :raises ValueError: no level, or two of the same name.
    """
    paths = [level.path for level in levels]
    if not levels or len({path.casefold() for path in paths}) < len(paths):
        raise ValueError("A workspace needs at least one portfolio level, and no two alike.")
    _forget(tx, workspace, paths)
    for ordinal, level in enumerate(levels):
        _write_type(tx, workspace, level, ordinal)
    catalogue = catalogue_for(tx, workspace)
    for ordinal, path in enumerate(paths):
        below = paths[ordinal - 1] if ordinal else None
        above = paths[ordinal + 1] if ordinal + 1 < len(paths) else 'PortfolioItem'
        template = Model.load().types[_HIGHER if ordinal else _LOWEST]
        for attr in _declared(template):
            target = _target(attr, template.path, path, below, above)
            _write(tx, catalogue, path, replace(attr, target=target))
    _tie_stories(tx, catalogue, catalogue.type(paths[0]))
    return publish(tx, workspace)


def _forget(tx: Tx, workspace: int, paths: Sequence[str]) -> None:
    """Remove the definitions that earlier levels made, and levels that are no more."""
    rows = custom_rows(tx, workspace)
    for row in rows.attributes:
        if row.workspace == workspace and row.doc.get('_level'):
            tx.remove(row.oid)
    for row in rows.types:
        path = row.doc['TypePath']
        if row.workspace == workspace and path.startswith(LEVELS) and path not in paths:
            tx.remove(row.oid)
    tx.model_changed(workspace)


def _write_type(tx: Tx, workspace: int, level: LevelSpec, ordinal: int) -> None:
    model = Model.load()
    standard = model.types.get(level.path)
    like = standard or model.types[_HIGHER if ordinal else _LOWEST]
    words = level.name if standard is None else like.type_name
    document = type_document(like)
    document.update(
        TypePath=level.path,
        ElementName=level.path[len(LEVELS) :],
        Ordinal=ordinal,
        _level=True,
        DisplayName=level.display_name or words,
        IDPrefix=level.prefix or (like.id_prefix if standard else _initials(level.name)),
    )
    row = custom_type_row(tx, level.path, workspace)
    if row is None:
        tx.insert(
            Obj(
                oid=level.oid, type='TypeDefinition', workspace=workspace, name=words, doc=document
            ),
            {'Parent': model.types['PortfolioItem'].oid},
        )
    else:
        tx.update(row.oid, doc=document)
        tx.set_link(row.oid, 'Parent', model.types['PortfolioItem'].oid)
    tx.model_changed(workspace)


def _initials(name: str) -> str:
    capitals = ''.join(letter for letter in name if letter.isupper())
    return (capitals or name[:1].upper())[:2]


def _declared(template: TypeDef) -> list[AttrDef]:
    return [attr for attr in template.attributes.values() if attr.declared_on == template.path]


def _target(attr: AttrDef, template: str, own: str, below: str | None, above: str) -> str | None:
    neighbours = {'Parent': above, 'Children': below}
    return neighbours.get(attr.name) or (own if attr.target == template else attr.target)


def _tie_stories(tx: Tx, catalogue: Catalogue, lowest: TypeDef) -> None:
    """Let stories and defects belong to the lowest level, under its name too."""
    system = Model.load().types
    for path in _TIED:
        _write(
            tx,
            catalogue,
            path,
            replace(system[path].attributes['PortfolioItem'], target=lowest.path),
        )
    if lowest.name not in system[_STORY].attributes or lowest.path == _LOWEST:
        twin = replace(
            system[_STORY].attributes['Feature'],
            name=lowest.name,
            label=lowest.display_name,
            target=lowest.path,
        )
        _write(tx, catalogue, _STORY, twin)


def _write(tx: Tx, catalogue: Catalogue, owner: str, attr: AttrDef) -> None:
    facts: dict[str, Any] = facts_from(attr)
    facts.update(oid=tx.new_oid(), uuid='', workspace=catalogue.workspace)
    write_attribute(tx, catalogue, owner, facts, extra={'_level': True})
