"""Define what a workspace adds to the model: fields, portfolio levels, values, prefixes.

Writes ordinary TypeDefinition, AttributeDefinition and AllowedAttributeValue objects, which
`catalogue` reads back. World building and the rules of `/attributedefinition/create` both come
here, so that a field is the same whoever made it. Must never decide who may define something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import Model, TypeDef, attr_from_facts
from ..store import Obj
from ..store.custom_definitions import (
    custom_type_row,
    custom_values,
    edges_of,
    replace_targets,
    repoint,
)
from ..store.definition_documents import attribute_document, type_document, value_document
from ..store.system_definitions import operators_of
from .catalogue import Catalogue, catalogue_for

if TYPE_CHECKING:
    from ..store import Tx

__all__ = [
    'FieldSpec',
    'KINDS',
    'define_field',
    'element_name',
    'custom_type',
    'publish',
    'remove_field',
    'set_prefix',
    'set_values',
    'write_attribute',
]

_DROP_DOWN = {'type': 'STRING', 'constrained': True, 'maxLength': 128, 'realType': 'DROP_DOWN'}
#: Kinds of custom fields and the facts that follow from each.
KINDS: dict[str, dict[str, Any]] = {
    'STRING': {'type': 'STRING', 'maxLength': 256},
    'TEXT': {'type': 'TEXT', 'maxLength': 32768},
    'INTEGER': {'type': 'INTEGER', 'maxFractionalDigits': 0},
    'DECIMAL': {'type': 'DECIMAL', 'maxLength': 10, 'maxFractionalDigits': 4},
    'QUANTITY': {'type': 'QUANTITY', 'maxLength': 10, 'maxFractionalDigits': 2},
    'BOOLEAN': {'type': 'BOOLEAN'},
    'DATE': {'type': 'DATE'},
    'DROP_DOWN': _DROP_DOWN,
    'RATING': {'type': 'RATING', 'constrained': True, 'maxLength': 128},
    'STATE': {'type': 'STATE', 'constrained': True, 'maxLength': 128},
    'MULTI_VALUE': {
        'type': 'COLLECTION',
        'target': 'AllowedAttributeValue',
        'constrained': True,
        'realType': 'MULTI_VALUE',
        'filterable': True,
    },
    'USER': {'type': 'OBJECT', 'target': 'User', 'realType': 'USER'},
    'OBJECT': {'type': 'OBJECT'},
    'WEB_LINK': {'type': 'WEB_LINK', 'sortable': False},
    'RAW': {'type': 'RAW', 'sortable': False},
    'MAP': {'type': 'MAP', 'sortable': False},
}
_ATTRIBUTES = 'TypeDefinition.Attributes'
_WITH_VALUES = ('DROP_DOWN', 'RATING', 'STATE', 'MULTI_VALUE')


@dataclass(frozen=True)
class FieldSpec:
    """Say what a custom field is to be."""

    type_path: str
    name: str
    kind: str
    element_name: str | None = None
    values: Sequence[object] = ()
    default: object | None = None
    target: str | None = None
    required: bool = False
    hidden: bool = False
    read_only: bool = False
    admin_only: bool = False
    note: str = ''
    max_length: int | None = None
    max_fractional_digits: int | None = None
    #: WEB_LINK: the address, with `${id}` where the LinkID goes, and how to open it.
    url: str = ''
    display: str = 'NEW_WINDOW'
    #: Identity, where a world gives it.
    oid: int = 0
    uuid: str = ''


def element_name(display_name: str) -> str:
    """Return the ElementName of a custom field: `c_` and the display name without blanks."""
    return 'c_' + re.sub(r'\W+', '', display_name)


def define_field(
    tx: Tx, workspace: int, spec: FieldSpec, catalogue: Catalogue | None = None
) -> Obj:
    """Write a custom field; call `publish` after the last one.

    :param catalogue: the model before the first of several fields, which is then read only once.
    :returns: its AttributeDefinition (or WebLinkDefinition) object.
    :raises KeyError: the kind or the type is unknown.
    """
    facts = dict(
        KINDS[spec.kind],
        name=spec.element_name or element_name(spec.name),
        label=spec.name,
        oid=spec.oid or tx.new_oid(),
        uuid=spec.uuid,
        custom=True,
        workspace=workspace,
        required=spec.required and spec.kind != 'BOOLEAN',
        hidden=spec.hidden,
        readOnly=spec.read_only,
    )
    for key, value in (
        ('maxLength', spec.max_length),
        ('default', spec.default),
        ('maxFractionalDigits', spec.max_fractional_digits),
        ('target', spec.target),
    ):
        if value is not None:
            facts[key] = value
    extra: dict[str, Any] = {'VisibleOnlyToAdmins': spec.admin_only, 'Note': spec.note}
    if spec.kind == 'WEB_LINK':
        extra.update(DisplayPreference=spec.display, URL=spec.url)
    kind = 'WebLinkDefinition' if spec.kind == 'WEB_LINK' else 'AttributeDefinition'
    row = write_attribute(
        tx, catalogue or catalogue_for(tx, workspace), spec.type_path, facts, kind, extra
    )
    if spec.kind in _WITH_VALUES:
        values = list(spec.values)
        if spec.kind == 'DROP_DOWN' and not spec.required and '' not in values:
            values.insert(0, '')
        set_values(tx, workspace, row.oid, values)
    return row


def write_attribute(
    tx: Tx,
    catalogue: Catalogue,
    owner: str,
    facts: dict[str, Any],
    kind: str = 'AttributeDefinition',
    extra: dict[str, Any] | None = None,
) -> Obj:
    """Write the object of one attribute that is not the system's.

    :param owner: TypePath of the declaring type.
    :param facts: as `model.attr_from_facts` takes them.
    :param kind: the type of the definition's object.
    :param extra: more scalars of the object.
    """
    attr = attr_from_facts(facts, owner)
    links: dict[str, int | Sequence[int]] = {
        'TypeDefinition': catalogue.type(owner).oid,
        'AttributeDefinition.AllowedQueryOperators': operators_of(attr.type),
    }
    if attr.target:
        links['AllowedValueType'] = catalogue.type(attr.target).oid
    document = {**attribute_document(attr, facts), **(extra or {})}
    obj = Obj(
        oid=attr.oid,
        uuid=facts.get('uuid', ''),
        type=kind,
        name=attr.label,
        workspace=facts['workspace'],
        doc=document,
    )
    tx.insert(obj, links)
    tx.model_changed(obj.workspace)
    return obj


def remove_field(tx: Tx, workspace: int, oid: int) -> None:
    """Remove a custom field with its values; what objects hold under it is seen no more."""
    for value in custom_values(tx, oid, workspace):
        tx.remove(value.oid)
    tx.remove(oid)
    publish(tx, workspace)


def set_values(tx: Tx, workspace: int, attribute: int, values: Iterable[object]) -> list[Obj]:
    """Give an attribute, custom or the system's, the values of this workspace.

    Values that stay keep their objects, so that what refers to them stays right.

    :returns: the AllowedAttributeValue objects in order.
    """
    row = tx.get(attribute)
    is_number = row is not None and row.doc.get('AttributeType') == 'INTEGER'
    kept = {value.doc['StringValue']: value for value in custom_values(tx, attribute, workspace)}
    written = []
    for index, value in enumerate(values):
        document = value_document('INTEGER' if is_number else 'STRING', index, value)
        obj = kept.pop(document['StringValue'], None)
        if obj is None:
            obj = Obj(type='AllowedAttributeValue', workspace=workspace, doc=document)
            tx.insert(obj, {'AttributeDefinition': attribute})
        else:
            obj.doc = document
            tx.update(obj.oid, doc=document)
        written.append(obj)
    for obj in kept.values():
        tx.remove(obj.oid)
    tx.model_changed(workspace)
    return written


def custom_type(tx: Tx, workspace: int, path: str) -> Obj:
    """Return the workspace's own TypeDefinition object of a type; it is made when first needed.

    Its `Parent` is the system's definition of the same type, and that of PortfolioItem for a
    portfolio level, as recorded schemas have it.
    """
    row = custom_type_row(tx, path, workspace)
    if row is None:
        row = _make_own(tx, workspace, catalogue_for(tx, workspace).type(path))
        tx.model_changed(workspace)
    return row


def set_prefix(tx: Tx, workspace: int, path: str, prefix: str) -> None:
    """Let the FormattedIDs of a type begin with other letters in this workspace."""
    row = custom_type(tx, workspace, path)
    tx.update(row.oid, doc={**row.doc, 'IDPrefix': prefix})
    tx.model_changed(workspace)


def publish(tx: Tx, workspace: int) -> Catalogue:
    """Let the definitions' objects say what the catalogue says; call it after defining.

    Every type whose attributes differ from the system's gets a TypeDefinition object of the
    workspace, and its `Attributes` are exactly those of the catalogue.
    """
    tx.model_changed(workspace)
    system, catalogue = catalogue_for(tx, None), catalogue_for(tx, workspace)
    listed = edges_of(tx, [one.oid for one in catalogue.types() if one.oid > 0], _ATTRIBUTES)
    for type_def in catalogue.types():
        oids = _oids(type_def)
        if type_def.oid > 0:
            if listed.get(type_def.oid, []) != oids:
                replace_targets(tx, type_def.oid, _ATTRIBUTES, oids)
        elif _oids(system.type(type_def.path)) != oids:
            _make_own(tx, workspace, type_def)
    tx.model_changed(workspace)
    return catalogue_for(tx, workspace)


def _make_own(tx: Tx, workspace: int, type_def: TypeDef) -> Obj:
    row = Obj(
        type='TypeDefinition',
        workspace=workspace,
        name=type_def.type_name,
        doc=type_document(type_def),
    )
    system = Model.load().types
    parent = type_def.parent if '/' in type_def.path else type_def.path
    tx.insert(row, {'Parent': system[parent or type_def.path].oid, _ATTRIBUTES: _oids(type_def)})
    repoint(tx, workspace, type_def.oid, row.oid)
    return row


def _oids(type_def: TypeDef) -> list[int]:
    return [attr.oid for attr in type_def.attributes.values()]
