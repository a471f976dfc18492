"""Write the system's own definitions into a new database as ordinary objects.

They are what `/typedefinition`, `/attributedefinition/<oid>/AllowedValues` and the like read, so
that metadata need no path of their own. Their ObjectIDs are negative and the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..model import AttrDef, Model, system_uuid
from .definition_documents import attribute_document, type_document, value_document
from .obj import Obj

if TYPE_CHECKING:
    from .transaction import Tx

__all__ = ['install_system', 'operator_names', 'operators_of', 'value_oid']

#: When the system's definitions say they were made.
_MADE = '2012-06-01T00:00:00.000Z'
_OPERATORS = ('=', '!=', '<', '>', '<=', '>=', 'contains', '!contains')
_FIRST_OPERATOR = -61001
#: How many operators each AttributeType lists (WSAPI reference, section 5.4).
_LISTED: dict[str, tuple[str, ...]] = {
    'STRING': _OPERATORS,
    'TEXT': _OPERATORS[6:],
    'INTEGER': _OPERATORS[:6],
    'DECIMAL': _OPERATORS[:6],
    'DATE': _OPERATORS[:6],
    'STATE': _OPERATORS[:6],
    'RATING': _OPERATORS[:6],
    'BOOLEAN': _OPERATORS[:2],
    'COLLECTION': ('=', '!=', 'contains', '!contains'),
}

LinkRow = tuple[int, str, int]


def install_system(tx: Tx) -> None:
    """Write all types, attributes, allowed values and query operators; once per database."""
    model = Model.load()
    objs = [
        Obj(
            oid=_FIRST_OPERATOR - index,
            uuid=system_uuid('operator/' + name),
            type='AllowedQueryOperator',
            created=_MADE,
            doc={'OperatorName': name},
        )
        for index, name in enumerate(_OPERATORS)
    ]
    rows: list[LinkRow] = []
    for type_def in model.types.values():
        objs.append(
            Obj(
                oid=type_def.oid,
                uuid=type_def.uuid,
                type='TypeDefinition',
                name=type_def.type_name,
                created=_MADE,
                doc=type_document(type_def),
            )
        )
        if type_def.parent:
            rows.append((type_def.oid, 'Parent', model.types[type_def.parent].oid))
        rows.extend(
            (type_def.oid, 'TypeDefinition.Attributes', attr.oid)
            for attr in type_def.attributes.values()
        )
    for attr in model.attributes():
        objs.append(
            Obj(
                oid=attr.oid,
                uuid=attr.uuid,
                type='AttributeDefinition',
                name=attr.label,
                created=_MADE,
                doc=attribute_document(attr),
            )
        )
        rows.extend(_edges(attr, model))
        objs.extend(_values(attr))
        rows.extend(
            (value_oid(attr.oid, index), 'AttributeDefinition', attr.oid)
            for index in range(len(attr.allowed_values or ()))
        )
    tx.insert_many(objs, rows)


def operators_of(attribute_type: str) -> list[int]:
    """Return the ObjectIDs of the operators that attributes of a type list."""
    return [_FIRST_OPERATOR - _OPERATORS.index(name) for name in operator_names(attribute_type)]


def operator_names(attribute_type: str) -> tuple[str, ...]:
    """Return the operators that attributes of a type list."""
    return _LISTED.get(attribute_type, ())


def value_oid(attribute_oid: int, index: int) -> int:
    """Return the ObjectID of a system attribute's allowed value."""
    return attribute_oid * 100 - index


def _edges(attr: AttrDef, model: Model) -> Iterable[LinkRow]:
    yield attr.oid, 'TypeDefinition', model.types[attr.declared_on].oid
    if attr.target:
        yield attr.oid, 'AllowedValueType', model.types[attr.target].oid
    for operator in operators_of(attr.type):
        yield attr.oid, 'AttributeDefinition.AllowedQueryOperators', operator


def _values(attr: AttrDef) -> Iterable[Obj]:
    for index, value in enumerate(attr.allowed_values or ()):
        oid = value_oid(attr.oid, index)
        yield Obj(
            oid=oid,
            uuid=system_uuid(f'value/{oid}'),
            type='AllowedAttributeValue',
            created=_MADE,
            doc=value_document(attr.type, index, value),
        )
