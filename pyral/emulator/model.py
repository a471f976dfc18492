"""The system types of the WSAPI: what attributes they have and where the values live.

Reads `data/types/*.json` once. A `Model` is immutable and knows no workspace: custom fields and
portfolio types of one's own are added by `catalogue`. Must never touch the store.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

__all__ = ['AttrDef', 'Model', 'Relation', 'TypeDef', 'attr_from_facts', 'label_of', 'system_uuid']

_FOLDER = Path(__file__).parent / 'data' / 'types'
_SYSTEM = uuid.UUID('8d0f4b51-7c5e-5b0a-9d43-5a5d1f0b6c3e')

#: Values of the same kind everywhere live in a column of the object's row.
_COLUMNS = {
    'ObjectID': 'oid',
    'ObjectUUID': 'uuid',
    'VersionId': 'version',
    'CreationDate': 'created',
    'LastUpdateDate': 'updated',
    'LastUpdatedDate': 'updated',
    'LastUpdated': 'updated',
    'Name': 'name',
    'FormattedID': 'formatted_id',
    'DragAndDropRank': 'rank',
    'Recycled': 'recycled',
    'CustomObjectID': 'alt_id',
}
_OTHER_SLOTS = {
    'FormattedIDID': 'derived',
    'FormattedIDPrefix': 'derived',
    'LatestDiscussionAgeInMinutes': 'derived',
    'SchemaVersion': 'derived',
    'Subscription': 'constant',
}
_SCHEMA_TYPES = {
    'STRING': 'string',
    'TEXT': 'string',
    'STATE': 'string',
    'RATING': 'string',
    'INTEGER': 'long',
    'DECIMAL': 'double',
    'QUANTITY': 'double',
    'BOOLEAN': 'boolean',
    'DATE': 'dateTime',
    'BINARY_DATA': 'base64Binary',
}
#: Keys of a line that say which definition it is.
_IDENTITY = frozenset(['oid', 'uuid', 'name'])
#: Attributes whose internal name is not the ElementName with a small first letter.
_INTERNAL = {'ObjectID': 'oid', 'Blocked': 'isBlocked', 'Ready': 'isReady'}


@dataclass(frozen=True)
class Relation:
    """Say where the edges of an OBJECT or COLLECTION attribute live."""

    attr: str
    forward: bool


@dataclass(frozen=True)
class AttrDef:
    """Describe one attribute of a type."""

    name: str
    label: str
    type: str
    target: str | None
    required: bool
    read_only: bool
    hidden: bool
    filterable: bool
    sortable: bool
    constrained: bool
    max_length: int
    max_fractional_digits: int
    allowed_values: tuple[object, ...] | None
    default: object | None
    schema_type: str | None
    create_only: bool
    inverse: str | None
    declared_on: str
    oid: int
    uuid: str
    custom: bool = False
    workspace: int | None = None
    real_type: str | None = None
    relation: Relation | None = None
    slot: str = 'doc'
    full: bool | None = None

    @property
    def in_full(self) -> bool:
        """Whether a full object shows the attribute; hidden ones it seldom does."""
        return not self.hidden if self.full is None else self.full

    @property
    def column(self) -> str | None:
        """The column of the object's row that holds the value, if it is one."""
        return self.slot[7:] if self.slot.startswith('column:') else None

    @property
    def is_relation(self) -> bool:
        """Whether the value is a reference or a collection."""
        return self.type in ('OBJECT', 'COLLECTION')

    @property
    def internal_name(self) -> str:
        """The lower-camel name that definitions show as `_refObjectName`."""
        return _INTERNAL.get(self.name) or self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True)
class TypeDef:
    """Describe one type with all its attributes, own and inherited."""

    path: str
    name: str
    type_name: str
    display_name: str
    parent: str | None
    abstract: bool
    creatable: bool
    queryable: bool
    updatable: bool
    deletable: bool
    restorable: bool
    read_only: bool
    copyable: bool
    id_prefix: str | None
    ordinal: int
    oid: int
    uuid: str
    workspace: int | None
    attributes: Mapping[str, AttrDef]
    _folded: Mapping[str, AttrDef] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        folded = {name.casefold(): attr for name, attr in self.attributes.items()}
        object.__setattr__(self, '_folded', folded)

    def attr(self, text: str) -> AttrDef | None:
        """Find an attribute: exact name first, then in any case, then without its `c_`."""
        found = self.attributes.get(text)
        if found is None:
            folded = text.casefold()
            found = self._folded.get(folded) or self._folded.get('c_' + folded)
        return found


class Model:
    """Hold all system types; immutable."""

    def __init__(self, types: Iterable[TypeDef], digest: str = '') -> None:
        #: Changes with the data files.
        self.digest = digest
        self.types: Mapping[str, TypeDef] = MappingProxyType({one.path: one for one in types})
        self._attributes = {
            attr.oid: attr for one in self.types.values() for attr in one.attributes.values()
        }

    @staticmethod
    def load() -> Model:
        """Return the model of the data files; they are read once."""
        return _load()

    def family(self, path: str) -> tuple[str, ...]:
        """Return a TypePath with all that inherit from it: the values `objects.type` may have."""
        found, rest = [path], [path]
        while rest:
            rest = [one.path for one in self.types.values() if one.parent in rest]
            found.extend(rest)
        return tuple(found)

    def attribute(self, oid: int) -> AttrDef | None:
        """Return the system attribute with this (negative) definition ObjectID."""
        return self._attributes.get(oid)

    def attributes(self) -> Iterable[AttrDef]:
        """Return every system attribute once, by definition."""
        return self._attributes.values()


def system_uuid(text: str) -> str:
    """Return the fixed UUID of a system definition."""
    return str(uuid.uuid5(_SYSTEM, text))


def label_of(name: str) -> str:
    """Return the words of an ElementName: `PlanEstimate` is "Plan Estimate"."""
    spaced = re.sub(r'([a-z0-9])([A-Z])', r'\1 \2', name)
    return re.sub(r'([A-Z]+)([A-Z][a-z])', r'\1 \2', spaced)


def attr_from_facts(facts: Mapping[str, Any], owner: str, element: str | None = None) -> AttrDef:
    """Make an attribute from one line of facts, filling in what the line leaves out.

    :param facts: keys as in the data files; `name` and `type` at least.
    :param owner: TypePath of the type that declares the attribute.
    :param element: ElementName of that type, where it is not the last part of the path.
    """
    name, kind, target = facts['name'], facts['type'], facts.get('target')
    values = facts.get('allowedValues')
    slot, relation = _place(facts, element or owner.rsplit('/', 1)[-1])
    default_schema = _SCHEMA_TYPES.get(kind)
    if kind == 'OBJECT' and target:
        default_schema = target.replace('/', '-')
    elif kind == 'COLLECTION':
        default_schema = f"{owner.rsplit('/', 1)[-1]}{name}Type"
    return AttrDef(
        name=name,
        label=facts.get('label') or label_of(name),
        type=kind,
        target=target,
        required=facts.get('required', False),
        read_only=facts.get('readOnly', False),
        hidden=facts.get('hidden', False),
        filterable=facts.get('filterable', True),
        sortable=facts.get('sortable', kind != 'COLLECTION'),
        constrained=facts.get('constrained', values is not None),
        max_length=facts.get('maxLength', -1),
        max_fractional_digits=facts.get('maxFractionalDigits', -1),
        allowed_values=None if values is None else tuple(values),
        default=facts.get('default'),
        schema_type=facts.get('schemaType', default_schema),
        create_only=facts.get('createOnly', False),
        inverse=facts.get('inverse'),
        declared_on=owner,
        oid=facts['oid'],
        uuid=facts.get('uuid') or system_uuid(f'attribute/{owner}/{name}'),
        custom=facts.get('custom', False),
        workspace=facts.get('workspace'),
        real_type=facts.get('realType'),
        slot=slot,
        relation=relation,
        full=facts.get('full'),
    )


def _place(facts: Mapping[str, Any], element: str) -> tuple[str, Relation | None]:
    """Decide where the value of an attribute lives, and along which edges."""
    name, kind = facts['name'], facts['type']
    if name in _OTHER_SLOTS:
        return _OTHER_SLOTS[name], None
    if facts.get('derived'):
        return 'derived', None
    if kind == 'OBJECT':
        return 'link', Relation(facts.get('link', name), True)
    if kind == 'COLLECTION':
        if 'link' in facts:
            return 'link', Relation(facts['link'], not facts.get('reverse', False))
        if 'inverse' in facts:
            return 'link', Relation(facts['inverse'], False)
        return 'link', Relation(f'{element}.{name}', True)
    if kind == 'BINARY_DATA':
        return 'blob', None
    if name in _COLUMNS:
        return 'column:' + _COLUMNS[name], None
    return 'doc', None


@functools.lru_cache(maxsize=1)
def _load() -> Model:
    facts: dict[str, Any] = {}
    digest = hashlib.md5(usedforsecurity=False)
    for file in sorted(_FOLDER.glob('*.json')):
        content = file.read_bytes()
        digest.update(content)
        facts.update((entry['path'], entry) for entry in json.loads(content))
    built: dict[str, TypeDef] = {}
    for path in facts:
        _build(path, facts, built)
    return Model((built[path] for path in sorted(built)), digest.hexdigest())


def _build(path: str, facts: Mapping[str, Any], built: dict[str, TypeDef]) -> TypeDef:
    if path in built:
        return built[path]
    entry = facts[path]
    parent = entry.get('parent')
    inherited = _build(parent, facts, built).attributes if parent else {}
    name = path.rsplit('/', 1)[-1]
    label = label_of(name)
    attributes = {
        key: attr for key, attr in inherited.items() if key not in entry.get('absent', ())
    }
    for line in entry.get('overrides', ()):
        attributes[line['name']] = _overridden(attributes[line['name']], line, path)
    for line in entry.get('attributes', ()):
        attributes[line['name']] = attr_from_facts(line, path)
    built[path] = TypeDef(
        path=path,
        name=name,
        type_name=entry.get('typeName', label),
        display_name=entry.get('displayName', label),
        parent=parent,
        abstract=entry.get('abstract', False),
        creatable=entry.get('creatable', False),
        queryable=entry.get('queryable', False),
        updatable=entry.get('updatable', False),
        deletable=entry.get('deletable', False),
        restorable=entry.get('restorable', False),
        read_only=entry.get('readOnly', False),
        copyable=entry.get('copyable', False),
        id_prefix=entry.get('idPrefix'),
        ordinal=entry.get('ordinal', -1),
        oid=entry['oid'],
        uuid=entry.get('uuid') or system_uuid('type/' + path),
        workspace=None,
        attributes=MappingProxyType(attributes),
    )
    return built[path]


def _overridden(attr: AttrDef, line: Mapping[str, Any], owner: str) -> AttrDef:
    """Return an inherited attribute with the facts that differ for one type.

    A line without an id says what the type does with the attribute; its definition stays the same.
    """
    fields = {
        'readOnly': 'read_only',
        'maxLength': 'max_length',
        'hidden': 'hidden',
        'required': 'required',
        'sortable': 'sortable',
        'filterable': 'filterable',
        'createOnly': 'create_only',
        'default': 'default',
        'full': 'full',
    }
    changes = {fields[key]: value for key, value in line.items() if key not in _IDENTITY}
    if 'oid' not in line:
        return replace(attr, **changes)
    return replace(
        attr,
        **changes,
        oid=line['oid'],
        declared_on=owner,
        uuid=line.get('uuid') or system_uuid(f'attribute/{owner}/{attr.name}'),
    )
