"""Definitions as objects: what a type, an attribute or an allowed value looks like in the store.

Both ways: `*_document` writes the scalars of a definition's object, `read_*` makes the definition
again. Keys that begin with `_` are the emulator's own and are never sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..model import AttrDef, TypeDef, attr_from_facts

if TYPE_CHECKING:
    from .obj import Obj

__all__ = [
    'attribute_document',
    'facts_from',
    'facts_of',
    'read_attribute',
    'type_document',
    'value_document',
]

#: AttributeType to `RealAttributeType` where an attribute does not say its own.
_OWNED = ('STRING', 'TEXT', 'INTEGER', 'DECIMAL', 'QUANTITY', 'BOOLEAN', 'DATE')
#: Keys of an attribute's facts and where an AttributeDefinition shows them.
_SHOWN = {
    'required': 'Required',
    'readOnly': 'ReadOnly',
    'hidden': 'Hidden',
    'filterable': 'Filterable',
    'sortable': 'Sortable',
    'constrained': 'Constrained',
    'maxLength': 'MaxLength',
    'maxFractionalDigits': 'MaxFractionalDigits',
    'custom': 'Custom',
    'realType': 'RealAttributeType',
}
#: Facts that no attribute of AttributeDefinition shows.
_KEPT = (
    'target',
    'schemaType',
    'default',
    'inverse',
    'link',
    'reverse',
    'derived',
    'createOnly',
)
#: Facts and the fields of `AttrDef` that hold them.
_FIELDS = {
    'name': 'name',
    'label': 'label',
    'type': 'type',
    'target': 'target',
    'required': 'required',
    'readOnly': 'read_only',
    'hidden': 'hidden',
    'filterable': 'filterable',
    'sortable': 'sortable',
    'constrained': 'constrained',
    'maxLength': 'max_length',
    'maxFractionalDigits': 'max_fractional_digits',
    'allowedValues': 'allowed_values',
    'default': 'default',
    'createOnly': 'create_only',
    'inverse': 'inverse',
    'custom': 'custom',
    'realType': 'real_type',
}


def type_document(type_def: TypeDef) -> dict[str, Any]:
    """Return the scalars of the TypeDefinition object of a type; its name is `type_name`."""
    return {
        'Abstract': type_def.abstract,
        'Copyable': type_def.copyable,
        'Creatable': type_def.creatable,
        'Deletable': type_def.deletable,
        'DisplayName': type_def.display_name,
        'ElementName': type_def.name,
        'HierarchyConfigurableType': type_def.path.startswith('PortfolioItem/'),
        'IDPrefix': type_def.id_prefix,
        'Note': '',
        'Ordinal': type_def.ordinal,
        'Queryable': type_def.queryable,
        'ReadOnly': type_def.read_only,
        'Restorable': type_def.restorable,
        'TypePath': type_def.path,
        'UserListable': type_def.queryable and not type_def.abstract,
        '_updatable': type_def.updatable,
    }


def attribute_document(attr: AttrDef, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the scalars of the AttributeDefinition object of an attribute; its name is `label`.

    :param facts: what the attribute was made of, to be kept where nothing else holds it.
    """
    real = attr.real_type or (
        'USER' if attr.target == 'User' and attr.type == 'OBJECT' else attr.type
    )
    document = {
        'AttributeType': attr.type,
        'Constrained': attr.constrained,
        'Custom': attr.custom,
        'DetailedType': real,
        'ElementName': attr.name,
        'Filterable': attr.filterable,
        'Hidden': attr.hidden,
        'Hideable': not attr.required,
        'MaxFractionalDigits': attr.max_fractional_digits,
        'MaxLength': attr.max_length,
        'Note': '',
        'Owned': attr.type in _OWNED,
        'ReadOnly': attr.read_only,
        'RealAttributeType': real,
        'Required': attr.required,
        'Sortable': attr.sortable,
        'SystemRequired': attr.required and not attr.custom,
        'Type': attr.schema_type,
        'VisibleOnlyToAdmins': False,
        '_internalName': attr.internal_name,
    }
    document.update(('_' + key, facts[key]) for key in _KEPT if facts and key in facts)
    return document


def facts_of(obj: Obj) -> dict[str, Any]:
    """Return the facts of an attribute from its AttributeDefinition object."""
    doc = obj.doc
    facts = {key: doc[shown] for key, shown in _SHOWN.items() if doc.get(shown) is not None}
    facts.update((key, doc['_' + key]) for key in _KEPT if doc.get('_' + key) is not None)
    facts.update(
        name=doc['ElementName'],
        type=doc['AttributeType'],
        label=obj.name,
        oid=obj.oid,
        uuid=obj.uuid,
        workspace=obj.workspace,
    )
    return facts


def read_attribute(obj: Obj, owner: str, values: list[object] | None) -> AttrDef:
    """Make an attribute of its AttributeDefinition object.

    :param owner: TypePath of the declaring type.
    :param values: its allowed values, in order, if it has any.
    """
    facts = facts_of(obj)
    if values is not None:
        facts['allowedValues'] = values
    return attr_from_facts(facts, owner)


def facts_from(attr: AttrDef) -> dict[str, Any]:
    """Return the facts an attribute can be made of again; identity and schema type left out."""
    facts: dict[str, Any] = {
        key: getattr(attr, name) for key, name in _FIELDS.items() if getattr(attr, name) is not None
    }
    if attr.relation is not None:
        facts['link'] = attr.relation.attr
        facts['reverse'] = not attr.relation.forward
    elif attr.slot == 'derived':
        facts['derived'] = True
    return facts


def value_document(attribute_type: str, index: int, value: object) -> dict[str, Any]:
    """Return the scalars of the AllowedAttributeValue object of one value."""
    return {
        'StringValue': str(value),
        'LocalizedStringValue': str(value),
        'ValueIndex': index,
        'IntegerValue': value if attribute_type == 'INTEGER' else index,
    }
