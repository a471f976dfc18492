"""Write the system's own definitions into a new database as ordinary objects.

They are what `/typedefinition`, `/attributedefinition/<oid>/AllowedValues` and the like read, so
that metadata need no path of their own. Their ObjectIDs are negative and the same everywhere; those
that recordings show are the service's own (`data/types`). A kept database that an earlier version
filled gets the definitions of this one, and what refers to the old ones refers to these.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, or_, select

from ..model import AttrDef, Model, system_uuid
from .definition_documents import attribute_document, type_document, value_document
from .obj import Obj
from .tables import links, objects

if TYPE_CHECKING:
    from .transaction import Tx

__all__ = ['install_system', 'operator_names', 'operators_of', 'renew_system', 'value_oid']

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

#: The edges of a type to all its attributes, inherited ones included.
_ATTRIBUTES = 'TypeDefinition.Attributes'
#: Where the first operator keeps which definitions were installed.
_INSTALLED = '_definitions'

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
            doc={'OperatorName': name, _INSTALLED: None if index else model.digest},
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
        rows.extend((type_def.oid, _ATTRIBUTES, attr.oid) for attr in type_def.attributes.values())
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


def renew_system(tx: Tx) -> None:
    """Install what is missing, and put the definitions of this version in place of older ones."""
    first = tx.get(_FIRST_OPERATOR)
    if first is not None and first.doc.get(_INSTALLED) == Model.load().digest:
        return
    kept = _own_edges(tx) if first is not None else []
    tx.connection.execute(delete(links).where(or_(links.c.source < 0, links.c.target < 0)))
    tx.connection.execute(delete(objects).where(objects.c.oid < 0))
    install_system(tx)
    tx.add_links(kept)
    tx.model_changed(None)


class _Renumbering(NamedTuple):
    """What older definitions are now: an attribute that was one may be several."""

    #: Types and operators, by the older ObjectID.
    single: dict[int, int]
    #: By the older ObjectID: the types that have the attribute, and its name.
    attributes: dict[int, list[tuple[str, str]]]
    #: By the older ObjectID: the attribute that allows the value, and its text.
    values: dict[int, tuple[int, str]]

    def now(self, oid: int, path: str | None = None) -> list[int]:
        """Return the ObjectIDs a definition has now; of an attribute those of one type, if given.

        An attribute that was one for several types and is several now has all their ObjectIDs.
        """
        if oid > 0 or oid in self.single:
            return [self.single.get(oid, oid)]
        if oid in self.values:
            attribute, text = self.values[oid]
            return [
                value_oid(attr.oid, [str(one) for one in attr.allowed_values or ()].index(text))
                for attr in self._attributes(attribute)
                if text in map(str, attr.allowed_values or ())
            ][:1]
        every = self._attributes(oid)
        if path is not None and every:
            model = Model.load()
            holder = model.types.get(path) or model.types[path.split('/')[0]]
            return [holder.attributes[every[0].name].oid]
        return list(dict.fromkeys(attr.oid for attr in every))

    def _attributes(self, oid: int) -> list[AttrDef]:
        types = Model.load().types
        return [
            types[path].attributes[name]
            for path, name in self.attributes.get(oid, ())
            if path in types and name in types[path].attributes
        ]


def _own_edges(tx: Tx) -> list[LinkRow]:
    """Return the edges between objects that are not the system's and definitions, renumbered."""
    older = {obj.oid: obj for obj in tx.objects(select(objects).where(objects.c.oid < 0))}
    edges = [
        tuple(row)
        for row in tx.rows(
            select(links.c.source, links.c.attr, links.c.target)
            .where(or_(links.c.source < 0, links.c.target < 0))
            .order_by(links.c.source, links.c.attr, links.c.position)
        )
    ]
    model = Model.load()
    found = _Renumbering({}, {}, {})
    for oid, obj in older.items():
        path = str(obj.doc.get('TypePath'))
        if path in model.types:
            found.single[oid] = model.types[path].oid
        elif obj.type == 'AllowedQueryOperator':
            found.single[oid] = operator_oid(obj.doc['OperatorName'])
    for source, attr, target in edges:
        if attr == _ATTRIBUTES and source < 0 and target in older:
            line = (older[source].doc['TypePath'], older[target].doc['ElementName'])
            found.attributes.setdefault(target, []).append(line)
        elif attr == 'AttributeDefinition' and source < 0:
            found.values[source] = (target, older[source].doc['StringValue'])
    own = [edge for edge in edges if edge[0] > 0 or edge[2] > 0]
    paths = {
        obj.oid: obj.doc.get('TypePath')
        for obj in tx.get_many(source for source, attr, _ in own if attr == _ATTRIBUTES).values()
    }
    return [
        (begin, attr, end)
        for source, attr, target in own
        for begin in found.now(source)
        for end in found.now(target, paths.get(source) if attr == _ATTRIBUTES else None)
    ]


def operator_oid(name: str) -> int:
    """Return the ObjectID of a query operator."""
    return _FIRST_OPERATOR - _OPERATORS.index(name)


def operators_of(attribute_type: str) -> list[int]:
    """Return the ObjectIDs of the operators that attributes of a type list."""
    return [operator_oid(name) for name in operator_names(attribute_type)]


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
