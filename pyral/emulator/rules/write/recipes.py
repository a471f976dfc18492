"""What every object of a type gets although the world file does not say it.

A recipe is worked out once for a type in a workspace and then serves all its objects; that keeps
large worlds quick. The tables that say what the service gives are those of `rules`; this module
only puts them together and must never look at a world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Mapping

from .defaults import CONSTANTS, OWNERS, SEQUENCES
from .service_defaults import SERVICE_DEFAULTS

if TYPE_CHECKING:
    from ...catalogue.catalogue import Catalogue
    from ...model import AttrDef, TypeDef


@dataclass(frozen=True)
class Recipe:
    """What the objects of one type have in common.

    :ivar defaults: scalars of the document that a new object has.
    :ivar name: the default name, if there is one.
    :ivar owner: the reference to the object that gives it its project, and what else it gives.
    :ivar sequences: numbers that count up among siblings: attribute, reference, first number.
    """

    type_def: TypeDef
    attributes: Mapping[str, AttrDef]
    defaults: Mapping[str, Any]
    name: str | None
    owner: tuple[str, tuple[str, ...]] | None
    sequences: tuple[tuple[str, str, int], ...]
    has_workspace: bool
    has_project: bool
    has_history: bool
    has_number: bool
    has_rank: bool
    has_update: bool
    is_artifact: bool
    is_schedulable: bool
    is_portfolio: bool
    required: tuple[AttrDef, ...]


@lru_cache(maxsize=4096)
def recipe_for(catalogue: Catalogue, path: str) -> Recipe:
    """Return the recipe of a type, as one catalogue has it."""
    type_def = catalogue.type(path)
    attributes = type_def.attributes
    columns = {attr.column for attr in attributes.values()}
    defaults = _defaults(type_def)
    name = defaults.pop('Name', None)
    sequences = tuple(
        (name, reference, first)
        for (owner, name), (reference, first) in SEQUENCES.items()
        if owner == path and name in attributes
    )
    return Recipe(
        type_def,
        attributes,
        defaults,
        name,
        OWNERS.get(path),
        sequences,
        has_workspace=_refers(attributes, 'Workspace'),
        has_project=_refers(attributes, 'Project') and path != 'Workspace',
        has_history=_refers(attributes, 'RevisionHistory') and path != 'Revision',
        has_number='formatted_id' in columns,
        has_rank='rank' in columns,
        has_update='updated' in columns,
        is_artifact=catalogue.is_a(path, 'Artifact'),
        is_schedulable=catalogue.is_a(path, 'SchedulableArtifact'),
        is_portfolio=path.startswith('PortfolioItem/'),
        required=tuple(attr for attr in attributes.values() if _is_demanded(type_def, attr)),
    )


def _defaults(type_def: TypeDef) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, attr in type_def.attributes.items():
        if attr.is_relation or attr.slot not in ('doc', 'column:name'):
            continue
        if attr.default is not None:
            allowed = attr.allowed_values
            fits = not allowed or attr.default in allowed or attr.type == 'BOOLEAN'
            found[name] = attr.default if fits else (allowed or (None,))[0]
        elif attr.type == 'BOOLEAN':
            found[name] = False
    found.update(
        (name, value) for (owner, name), value in CONSTANTS.items() if owner == type_def.path
    )
    if type_def.path == 'Project':
        found['TaskStateRollupEnabled'] = True
    rules = SERVICE_DEFAULTS.get(type_def.path, {})
    found.update((name, value) for name, value in rules.items() if name in type_def.attributes)
    return found


def _refers(attributes: Mapping[str, AttrDef], name: str) -> bool:
    attr = attributes.get(name)
    return attr is not None and attr.type == 'OBJECT'


def _is_demanded(type_def: TypeDef, attr: AttrDef) -> bool:
    """Say whether a world has to give an attribute: required, and settable by a client."""
    return (
        attr.required
        and attr.type not in ('BOOLEAN', 'COLLECTION')
        and attr.slot not in ('derived', 'constant', 'blob')
        and (not attr.read_only or attr.create_only)
        and type_def.path not in ('UserProfile', 'User', 'Subscription')
        and (type_def.path, attr.name)
        not in (('Attachment', 'Content'), ('Attachment', 'User'), ('ConversationPost', 'User'))
    )
