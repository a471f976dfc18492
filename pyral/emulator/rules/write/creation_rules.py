"""Defaults of new objects: what every object of a type gets although its writer does not say it.

The rules of a type are worked out once in a workspace and then serve all its objects, those that
the API makes and those of a world file alike; that keeps large worlds quick.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping
from weakref import WeakKeyDictionary

from ...store.ownership import OWNED, Owned
from .coerce import NO_CHOICE
from .service_defaults import SERVICE_DEFAULTS

if TYPE_CHECKING:
    from ...catalogue.catalogue import Catalogue
    from ...model import AttrDef, TypeDef

__all__ = ['CreationRules', 'creation_rules_for']

#: Values the service gives that the model's defaults do not name; a given null means them too.
CONSTANTS: Mapping[tuple[str, str], Any] = {
    ('Attachment', 'Compressed'): False,
    ('PreliminaryEstimate', 'Enabled'): True,
    ('Project', 'TaskStateRollupEnabled'): True,
    ('State', 'Enabled'): True,
    ('User', 'Language'): 'US English',
    ('User', 'Locale'): 'US English',
    # The project picker of a new user; the service's own defaults for the scope (section 14).
    ('User', 'ProjectScopeDown'): True,
    ('User', 'sessionTimeout'): 3600,
}
#: What counts and totals begin with, by AttributeType (section 4.3).
ZERO: Mapping[str, Any] = {'INTEGER': 0, 'DECIMAL': 0.0, 'QUANTITY': 0.0}
_COUNTED = re.compile('^Total|(Count|Total)$')
#: References to the writer: attribute -> the only types that have it filled; None for all.
AUTHORS: Mapping[str, tuple[str, ...] | None] = {
    'CreatedBy': None,
    'User': ('Attachment', 'ConversationPost'),
}
#: Numbers that go on from those of the siblings: (type, attribute) -> (reference, first number).
SEQUENCES: Mapping[tuple[str, str], tuple[str, int]] = {
    ('Task', 'TaskIndex'): ('WorkProduct', 1),
    ('TestCaseStep', 'StepIndex'): ('TestCase', 0),
    ('ConversationPost', 'PostNumber'): ('Artifact', 0),
    ('State', 'OrderIndex'): ('TypeDef', 1),
    ('AllowedAttributeValue', 'ValueIndex'): ('AttributeDefinition', 0),
    ('PreliminaryEstimate', 'Value'): ('Workspace', 1),
}
#: Required by their flag, yet the service takes them empty (sections 13 and 19).
OPTIONAL = frozenset((('UserProfile', 'DefaultProject'), ('UserProfile', 'DefaultWorkspace')))


@dataclass(frozen=True)
class CreationRules:
    """What the objects of one type have in common.

    :ivar defaults: scalars that a new object has.
    :ivar always: those of them that also stand where the writer gives null.
    :ivar owned: how it belongs to the object that gives it its project, if it does.
    :ivar authors: references to the writer.
    :ivar sequences: numbers that count up among siblings: attribute, reference, first number.
    :ivar takes_project: whether it is in the writer's project where it names none.
    :ivar required: the attributes that must have a value.
    """

    type_def: TypeDef
    attributes: Mapping[str, AttrDef]
    defaults: Mapping[str, Any]
    always: frozenset[str]
    owned: Owned | None
    authors: tuple[str, ...]
    sequences: tuple[tuple[str, str, int], ...]
    has_workspace: bool
    has_project: bool
    takes_project: bool
    has_history: bool
    has_number: bool
    has_rank: bool
    has_update: bool
    required: tuple[AttrDef, ...]


_KNOWN: WeakKeyDictionary[Catalogue, dict[str, CreationRules]] = WeakKeyDictionary()


def creation_rules_for(catalogue: Catalogue, path: str) -> CreationRules:
    """Return the rules of a type, as one catalogue has them."""
    known = _KNOWN.get(catalogue)
    if known is None:
        known = _KNOWN.setdefault(catalogue, {})
    found = known.get(path)
    if found is None:
        found = known[path] = _rules_of(catalogue.type(path))
    return found


def _rules_of(type_def: TypeDef) -> CreationRules:
    path, attributes = type_def.path, type_def.attributes
    columns = {attr.column for attr in attributes.values()}
    sequences = tuple(
        (name, reference, first)
        for (owner, name), (reference, first) in SEQUENCES.items()
        if owner == path and name in attributes
    )
    owned = OWNED.get(path)
    return CreationRules(
        type_def,
        attributes,
        _defaults(type_def),
        frozenset(name for owner, name in CONSTANTS if owner == path),
        owned if owned is not None and owned.takes else None,
        tuple(
            name
            for name, only in AUTHORS.items()
            if name in attributes and (only is None or path in only)
        ),
        sequences,
        has_workspace=_refers(attributes, 'Workspace'),
        has_project=_refers(attributes, 'Project') and path != 'Workspace',
        takes_project=(
            _refers(attributes, 'Project')
            and (attributes['Project'].required or path == 'TestFolder')
        ),
        has_history=_refers(attributes, 'RevisionHistory') and path != 'Revision',
        has_number='formatted_id' in columns,
        has_rank='rank' in columns,
        has_update='updated' in columns,
        required=tuple(attr for attr in attributes.values() if _is_required(type_def, attr)),
    )


def _defaults(type_def: TypeDef) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, attr in type_def.attributes.items():
        if attr.is_relation or attr.slot not in ('doc', 'column:name'):
            continue
        if attr.type == 'RATING' and not attr.required and attr.default in (None, NO_CHOICE):
            found[name] = NO_CHOICE
        elif attr.default is not None:
            allowed = attr.allowed_values
            fits = not allowed or attr.default in allowed or attr.type == 'BOOLEAN'
            found[name] = attr.default if fits else (allowed or (None,))[0]
        elif attr.type == 'BOOLEAN':
            # Null on create means false (vendor page "Use the Web Services API").
            found[name] = False
        elif attr.read_only and attr.type in ZERO and _COUNTED.search(name):
            found[name] = ZERO[attr.type]
    found.update(
        (name, value) for (owner, name), value in CONSTANTS.items() if owner == type_def.path
    )
    found.update(SERVICE_DEFAULTS.get(type_def.path, {}))
    return {name: value for name, value in found.items() if name in type_def.attributes}


def _refers(attributes: Mapping[str, AttrDef], name: str) -> bool:
    attr = attributes.get(name)
    return attr is not None and attr.type == 'OBJECT'


def _is_required(type_def: TypeDef, attr: AttrDef) -> bool:
    return (
        attr.required
        and attr.type not in ('BOOLEAN', 'COLLECTION')
        and attr.slot not in ('derived', 'constant')
        and (not attr.read_only or attr.create_only)
        and (type_def.path, attr.name) not in OPTIONAL
    )
