"""Fields of a project: hide an attribute of a type there, or show it again (section 9.3).

`/project/<oid>/typedefinition/<oid>/scopedattributedefinition[/<oid>]`; the last id is that of the
AttributeDefinition. Such a definition is no object of its own: it is made of the attribute and of
what the project hides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import texts
from ..access.scope import find_object
from ..catalogue.hidden_fields import hidden_in, hide
from ..envelope import API, Result, operation_result, query_result, read_result
from ..errors import NotAuthorized, ObjectNotFound, ServiceError
from ..store.reading import subtree
from .query import paging

if TYPE_CHECKING:
    from ..catalogue.hidden_fields import HiddenFields
    from ..model import AttrDef, TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['listing', 'read', 'update']

TYPE = 'ScopedAttributeDefinition'


def listing(call: Call) -> Result:
    """Answer `GET .../scopedattributedefinition`: the attributes of the type in the project."""
    project, type_def = _place(call)
    rows = FieldRows(call, project, type_def)
    page = paging(call)
    attributes = sorted(type_def.attributes.values(), key=lambda attr: attr.name)
    some = attributes[page.start - 1 : page.start - 1 + page.size]
    return query_result(len(attributes), page.start, page.size, [rows.row(attr) for attr in some])


def read(call: Call) -> Result:
    """Answer `GET .../scopedattributedefinition/<oid>`."""
    project, type_def = _place(call)
    return read_result(TYPE, FieldRows(call, project, type_def).row(_attribute(call, type_def)))


def update(call: Call) -> Result:
    """Answer `POST .../scopedattributedefinition/<oid>`: `Hidden` is taken, all else ignored."""
    try:
        project, type_def = _place(call)
        attr = _attribute(call, type_def)
    except ObjectNotFound:
        raise ObjectNotFound(texts.nothing_to_update(TYPE, call.path['attribute'][:200])) from None
    if not call.rights.administers(project.oid, project.workspace):
        raise NotAuthorized(texts.no_updating(TYPE, attr.oid))
    body_key, values = call.attributes()
    for name, value in values.items():
        if name.lower() == 'hidden':
            types = call.catalogue(project.workspace).types()
            hide(call.tx, project, type_def.path, attr.oid, _flag(value), types)
        elif not name.startswith('_'):
            call.warn(texts.ignored(body_key, name))
    return operation_result(Object=FieldRows(call, project, type_def).row(attr))


def _place(call: Call) -> tuple[Obj, TypeDef]:
    """Return the project and the type a path names.

    :raises ObjectNotFound: when one of them is not there, or not the caller's to see.
    """
    project = find_object(call.tx, call.path['oid'])
    if project is None or project.type != 'Project' or not call.rights.sees(project):
        raise ObjectNotFound()
    definition = find_object(call.tx, call.path['definition'])
    if definition is None or definition.type != 'TypeDefinition':
        raise ObjectNotFound()
    if definition.workspace not in (None, project.workspace):
        raise ObjectNotFound()
    found = call.catalogue(project.workspace).resolve(str(definition.doc['TypePath']))
    if found is None:
        raise ObjectNotFound()
    return project, found


def _attribute(call: Call, type_def: TypeDef) -> AttrDef:
    definition = find_object(call.tx, call.path['attribute'])
    oid = None if definition is None else definition.oid
    for attr in type_def.attributes.values():
        if attr.oid == oid:
            return attr
    raise ObjectNotFound()


def _flag(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if str(value).lower() in ('true', 'false'):
        return str(value).lower() == 'true'
    raise ServiceError(texts.not_convertible(value, "boolean"))


class FieldRows:
    """Shows attributes of a type as a project has them.

    :param project: whose fields they are.
    :param type_def: the type.
    """

    def __init__(self, call: Call, project: Obj, type_def: TypeDef) -> None:
        self._type = type_def
        self._stem = '/'.join(
            (call.ref('Project', project.oid), 'typedefinition', str(type_def.oid), TYPE.lower())
        )
        self._hidden = hidden_in(call.tx, project)
        below = call.tx.get_many(subtree(call.tx, project.oid, 'Parent'))
        seen = call.rights.seen(below.values())
        self._below: list[HiddenFields] = [hidden_in(call.tx, below[oid]) for oid in sorted(seen)]

    def row(self, attr: AttrDef) -> dict[str, Any]:
        """Return one attribute."""
        hidden = sum(one.holds(self._type.path, attr.oid) for one in self._below)
        return {
            **API,
            '_ref': f'{self._stem}/{attr.oid}',
            '_refObjectUUID': attr.uuid,
            '_refObjectName': attr.label,
            'ObjectID': attr.oid,
            'ObjectUUID': attr.uuid,
            'AttributeType': attr.type,
            'ChildProjectHiddenCount': hidden,
            'ChildProjectVisibleCount': len(self._below) - hidden,
            'Constrained': attr.constrained,
            'Custom': attr.custom,
            'Hidden': attr.hidden or self._hidden.holds(self._type.path, attr.oid),
            'Multivalue': attr.type == 'COLLECTION',
            'Name': attr.label,
            'Required': attr.required and attr.type != 'BOOLEAN',
            'SharedAcrossWorkItems': attr.declared_on != self._type.path,
            'Sortable': attr.sortable,
            '_type': TYPE,
        }
