"""Schema changes: types, attributes and allowed values made or changed through the API.

Checks what an administrator sends and hands it to the model's own writers, so that a field made
here is the same as one a world file names. What changes is seen by the very next request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from ... import texts as words
from ...catalogue import custom_fields
from ...catalogue.catalogue import LEVELS, catalogue_for
from ...catalogue.levels import LevelSpec, add_level, current_levels, define_levels
from ...errors import NotAuthorized, ServiceError
from ...store import bulk
from ...store.reading import of_type
from ..write import coerce
from ..write.allow import allow
from ..write.references import ref_text, resolve_text
from . import workspaces

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from ..write.change import Change

__all__ = [
    'attribute_removed',
    'create_attribute',
    'create_type',
    'create_value',
    'remove_type',
    'remove_value',
    'update_attribute',
    'update_type',
    'update_value',
]


#: What a body may say of an attribute: name on the wire -> type for the check.
ATTRIBUTE_KEYS = (
    'Name',
    'TypeDefinition',
    'AttributeType',
    'RealAttributeType',
    'DetailedType',
    'AllowedValues',
    'AllowedValueType',
    'Required',
    'Hidden',
    'ReadOnly',
    'VisibleOnlyToAdmins',
    'MaxLength',
    'MaxFractionalDigits',
    'Note',
    'ElementName',
    'Workspace',
    'Custom',
    'URL',
    'DisplayPreference',
)
TYPE_KEYS = ('Name', 'DisplayName', 'IDPrefix', 'Ordinal', 'Parent', 'Workspace', 'Note')
VALUE_KEYS = ('StringValue', 'IntegerValue', 'ValueIndex', 'AttributeDefinition', 'Workspace')
#: AttributeTypes that stand for a kind of custom field under another name.
KIND_ALIASES: Mapping[str, str] = {'COLLECTION': 'MULTI_VALUE'}


def create_attribute(
    change: Change, type_def: TypeDef, values: Mapping[str, Any], body_key: str
) -> Obj:
    """Make a custom field from a body; it belongs to the workspace of the request."""
    allow(change, 'Create', type_def)
    given = _known(change, values, body_key, ATTRIBUTE_KEYS)
    workspace = _workspace(change)
    owner = _owner(change, given)
    kind = _kind(change, type_def, given)
    name = _name(change, type_def, given)
    known = None if owner is None else change.catalogue.type(owner)
    element = custom_fields.element_name(name)
    if known is not None and (
        element in known.attributes
        or any(attr.label.casefold() == name.casefold() for attr in known.attributes.values())
    ):
        change.refuse(words.taken('AttributeDefinition', 'Name', name))
    limits = {
        key: _whole(change, type_def, given, key) for key in ('MaxLength', 'MaxFractionalDigits')
    }
    flags = {
        key: _flag(change, type_def, given, key)
        for key in ('Required', 'Hidden', 'ReadOnly', 'VisibleOnlyToAdmins')
    }
    texts = _texts(change, given.get('AllowedValues'))
    change.settle()
    assert owner is not None
    row = custom_fields.define_field(
        change.tx,
        workspace,
        custom_fields.FieldSpec(
            type_path=owner,
            name=name,
            kind=kind,
            values=texts,
            required=flags['Required'],
            hidden=flags['Hidden'],
            read_only=flags['ReadOnly'],
            admin_only=flags['VisibleOnlyToAdmins'],
            note=str(given.get('Note') or ''),
            max_length=limits['MaxLength'],
            max_fractional_digits=limits['MaxFractionalDigits'],
            url=str(given.get('URL') or ''),
            display=str(given.get('DisplayPreference') or 'NEW_WINDOW'),
        ),
    )
    custom_fields.publish(change.tx, workspace)
    return change.tx.get(row.oid) or row


def update_attribute(
    change: Change, type_def: TypeDef, obj: Obj, values: Mapping[str, Any], body_key: str
) -> Obj:
    """Change a custom field, or the values that a workspace allows in one of the system's."""
    allow(change, 'Update', type_def, obj)
    workspace = _workspace(change)
    given = _known(
        change,
        values,
        body_key,
        (
            'Name',
            'AllowedValues',
            'Required',
            'Hidden',
            'VisibleOnlyToAdmins',
            'Note',
            'URL',
            'DisplayPreference',
            'MaxLength',
        ),
    )
    if obj.workspace is None and set(given) - {'AllowedValues'}:
        raise NotAuthorized(words.no_updating(type_def.name, obj.oid))
    doc, columns = dict(obj.doc), {}
    for key in ('Required', 'Hidden', 'VisibleOnlyToAdmins'):
        if key in given:
            doc[key] = _flag(change, type_def, given, key)
    for key in ('Note', 'URL', 'DisplayPreference'):
        if key in given:
            doc[key] = str(given[key] or '')
    if 'MaxLength' in given:
        doc['MaxLength'] = _whole(change, type_def, given, 'MaxLength')
    if 'Name' in given:
        columns['name'] = _name(change, type_def, given)
    texts = _texts(change, given.get('AllowedValues'))
    change.settle()
    if 'AllowedValues' in given:
        custom_fields.set_values(change.tx, workspace, obj.oid, texts)
    if doc != obj.doc or columns:
        change.tx.update(obj.oid, doc=doc, version=obj.version + 1, **columns)
    custom_fields.publish(change.tx, workspace)
    return change.tx.get(obj.oid) or obj


def attribute_removed(change: Change, obj: Obj) -> None:
    """Take a custom field away."""
    if obj.workspace is None:
        raise NotAuthorized(words.no_right("Delete not allowed for system attributes"))
    custom_fields.remove_field(change.tx, obj.workspace, obj.oid)


def create_value(
    change: Change,
    type_def: TypeDef,
    values: Mapping[str, Any],
    body_key: str,
    attribute: int | None = None,
) -> Obj:
    """Add a value to those an attribute allows in this workspace.

    :param attribute: the attribute, where the request's path names it.
    """
    allow(change, 'Create', type_def)
    given = _known(change, values, body_key, VALUE_KEYS)
    workspace = _workspace(change)
    if attribute is None:
        text = ref_text(given.get('AttributeDefinition'))
        if text is None:
            raise ServiceError(words.required(type_def.name, "Attribute Definition"))
        attribute = resolve_text(change, text, 'AttributeDefinition', 'Attribute Definition').oid
    raw = given.get('StringValue', given.get('IntegerValue'))
    if raw is None:
        raise ServiceError(words.required(type_def.name, "String Value"))
    text = _text(change, raw)
    current = _allowed(change, attribute)
    if text in current:
        raise ServiceError(words.taken(type_def.name, 'Name', str(text)))
    index = _whole(change, type_def, given, 'ValueIndex')
    change.settle()
    current.insert(len(current) if index is None else max(0, index), text)
    written = custom_fields.set_values(change.tx, workspace, attribute, current)
    custom_fields.publish(change.tx, workspace)
    return next(one for one in written if one.doc['StringValue'] == str(text))


def update_value(
    change: Change, type_def: TypeDef, obj: Obj, values: Mapping[str, Any], body_key: str
) -> Obj:
    """Rename or move a value of the workspace's own; what holds the old one holds the new one."""
    allow(change, 'Update', type_def, obj)
    if obj.workspace is None:
        raise NotAuthorized(words.no_updating(type_def.name, obj.oid))
    given = _known(change, values, body_key, ('StringValue', 'ValueIndex', 'IntegerValue'))
    doc = dict(obj.doc)
    if 'StringValue' in given:
        text = _text(change, given['StringValue'])
        doc['StringValue'] = doc['LocalizedStringValue'] = str(text)
    for key in ('ValueIndex', 'IntegerValue'):
        if key in given:
            doc[key] = _whole(change, type_def, given, key)
    attribute = change.tx.target(obj.oid, 'AttributeDefinition')
    assert attribute is not None
    old, new = str(obj.doc['StringValue']), doc['StringValue']
    if new != old and new in map(str, _allowed(change, attribute)):
        change.refuse(words.taken(type_def.name, 'Name', new))
    change.settle()
    if new != old:
        _replace_held(change, attribute, old, new)
    change.tx.update(obj.oid, doc=doc, version=obj.version + 1)
    change.tx.model_changed(obj.workspace)
    return change.tx.get(obj.oid) or obj


def remove_value(change: Change, obj: Obj) -> None:
    """Take a value out of those an attribute allows in this workspace."""
    workspace = _workspace(change)
    attribute = change.tx.target(obj.oid, 'AttributeDefinition')
    assert attribute is not None
    left = [
        value for value in _allowed(change, attribute) if str(value) != obj.doc.get('StringValue')
    ]
    custom_fields.set_values(change.tx, workspace, attribute, left)
    custom_fields.publish(change.tx, workspace)


def create_type(change: Change, type_def: TypeDef, values: Mapping[str, Any], body_key: str) -> Obj:
    """Add a portfolio level; no other types can be made."""
    allow(change, 'Create', type_def)
    given = _known(change, values, body_key, TYPE_KEYS)
    workspace = _workspace(change)
    name = _name(change, type_def, given)
    parent = given.get('Parent')
    if parent is not None:
        above = resolve_text(change, ref_text(parent) or '', 'TypeDefinition', 'Parent')
        if above.doc.get('TypePath') != 'PortfolioItem':
            change.refuse("Validation error: TypeDefinition.Parent must be PortfolioItem")
    level = LevelSpec(name, given.get('IDPrefix') or None, given.get('DisplayName') or None)
    if not level.path[len(LEVELS) :].isalnum() or level.path[len(LEVELS) :][:1].isdigit():
        change.refuse("Validation error: TypeDefinition.Name should be letters and digits")
    if any(
        one.path.casefold() == level.path.casefold() for one in change.catalogue.portfolio_levels
    ):
        change.refuse(words.taken(type_def.name, 'Name', name))
    ordinal = _whole(change, type_def, given, 'Ordinal')
    change.settle()
    row = add_level(change.tx, workspace, level, ordinal)
    workspaces.level_states(change, row.oid)
    return row


def update_type(
    change: Change, type_def: TypeDef, obj: Obj, values: Mapping[str, Any], body_key: str
) -> Obj:
    """Change the names or the prefix of a type in this workspace."""
    allow(change, 'Update', type_def, obj)
    workspace = _workspace(change)
    given = _known(change, values, body_key, ('Name', 'DisplayName', 'IDPrefix', 'Note'))
    path = obj.doc['TypePath']
    name = _name(change, type_def, given) if 'Name' in given else None
    change.settle()
    row = custom_fields.custom_type(change.tx, workspace, path)
    doc = dict(row.doc)
    doc.update(
        (key, str(given[key] or '')) for key in ('DisplayName', 'IDPrefix', 'Note') if key in given
    )
    change.tx.update(row.oid, doc=doc, version=row.version + 1, name=name or row.name)
    custom_fields.publish(change.tx, workspace)
    return change.tx.get(row.oid) or row


def remove_type(change: Change, obj: Obj) -> None:
    """Take a portfolio level away, if nothing of it is left."""
    workspace = _workspace(change)
    path = obj.doc.get('TypePath', '')
    if not path.startswith(LEVELS):
        raise NotAuthorized(words.no_right("Delete not allowed for system types"))
    if any(one.workspace == workspace for one in of_type(change.tx, path)):
        raise ServiceError(f"Validation error: TypeDefinition {path} still has items")
    left = [
        level for level in current_levels(catalogue_for(change.tx, workspace)) if level.path != path
    ]
    if not left:
        raise ServiceError("Validation error: a workspace needs at least one portfolio level")
    define_levels(change.tx, workspace, left)


def _replace_held(change: Change, attribute: int, old: str, new: str) -> None:
    """Let the objects that hold one value of an attribute hold another; no version comes of it."""
    definition = change.tx.get(attribute)
    owner = change.tx.target(attribute, 'TypeDefinition')
    declaring = None if owner is None else change.tx.get(owner)
    if definition is None or declaring is None:
        return
    if definition.doc['AttributeType'] in ('COLLECTION', 'INTEGER'):
        # Members of a collection are the value's own object; a number has no name.
        return
    types = change.catalogue.family(str(declaring.doc['TypePath']))
    name = definition.doc['ElementName']
    holders = bulk.holders(change.tx, types, _workspace(change), name, old)
    bulk.merge_documents(change.tx, {oid: {name: new} for oid in holders})


def _known(
    change: Change, values: Mapping[str, Any], body_key: str, keys: Iterable[str]
) -> dict[str, Any]:
    """Return the values of known keys in official case; warn of the others."""
    if not coerce.storable(values):
        raise ServiceError(coerce.NOT_STORABLE)
    official = {key.lower(): key for key in keys}
    found = {}
    for name, value in values.items():
        if name.lower() in official:
            found[official[name.lower()]] = value
        elif not name.startswith('_'):
            change.warn(words.ignored(body_key, name))
    return found


def _workspace(change: Change) -> int:
    if change.workspace is None:
        raise ServiceError("Validation error: a workspace is needed to define something")
    return change.workspace


def _name(change: Change, type_def: TypeDef, given: Mapping[str, Any]) -> str:
    attr = type_def.attributes['Name']
    name = given.get('Name')
    if not isinstance(name, str) or not name.strip():
        change.refuse(words.required(type_def.name, attr.label))
        return ''
    refusal = coerce.too_long(type_def, attr, name)
    if refusal:
        change.refuse(refusal)
    if '<' in name or not any(letter.isalnum() for letter in name):
        change.refuse(words.bad_html(type_def.name, 'Name'))
    return name.strip()


def _owner(change: Change, given: Mapping[str, Any]) -> str | None:
    """Return the TypePath of the type a new attribute is for."""
    value = given.get('TypeDefinition')
    if isinstance(value, str) and change.catalogue.resolve(value) is not None:
        resolved = change.catalogue.resolve(value)
        assert resolved is not None
        return resolved.path
    try:
        text = ref_text(value)
        if text is None:
            change.refuse(words.required('AttributeDefinition', "Type Definition"))
            return None
        found = resolve_text(change, text, 'TypeDefinition', 'Type Definition')
    except ServiceError as error:
        change.refuse(str(error))
        return None
    path = found.doc.get('TypePath')
    if found.type != 'TypeDefinition' or change.catalogue.resolve(str(path)) is None:
        change.refuse(words.missing_reference(text))
        return None
    return str(path)


def _kind(change: Change, type_def: TypeDef, given: Mapping[str, Any]) -> str:
    if type_def.path == 'WebLinkDefinition':
        return 'WEB_LINK'
    raw = (
        given.get('RealAttributeType')
        or given.get('DetailedType')
        or given.get('AttributeType')
        or 'STRING'
    )
    kind = KIND_ALIASES.get(str(raw).upper(), str(raw).upper())
    if kind == 'OBJECT':
        kind = 'USER'
    if kind not in custom_fields.KINDS:
        change.refuse(
            words.not_listed(
                'AttributeDefinition',
                'RealAttributeType',
                'Real Attribute Type',
                raw,
                sorted(custom_fields.KINDS),
            )
        )
    return kind


def _flag(change: Change, type_def: TypeDef, given: Mapping[str, Any], key: str) -> bool:
    try:
        return bool(coerce.scalar(type_def, type_def.attributes[key], given.get(key)))
    except ServiceError as error:
        change.refuse(str(error))
        return False


def _whole(change: Change, type_def: TypeDef, given: Mapping[str, Any], key: str) -> int | None:
    try:
        found: int | None = coerce.scalar(type_def, type_def.attributes[key], given.get(key))
        return found
    except ServiceError as error:
        change.refuse(str(error))
        return None


def _texts(change: Change, raw: Any) -> list[str]:
    """Return the values of a list of texts or of objects with `StringValue`."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        change.refuse(words.not_convertible(raw, 'list'))
        return []
    found: list[str] = []
    for item in raw:
        value = item.get('StringValue') if isinstance(item, Mapping) else item
        if (
            not isinstance(value, (str, int, float))
            or isinstance(value, bool)
            or len(str(value)) > 256
        ):
            change.refuse(words.required('AllowedAttributeValue', "String Value"))
        elif str(value) not in found:
            found.append(str(value))
    return found


def _text(change: Change, raw: Any) -> str:
    """Return one value.

    :raises ServiceError: when it is none.
    """
    found = _texts(change, [raw])
    change.settle()
    return found[0]


def _allowed(change: Change, attribute: int) -> list[object]:
    """Return the values an attribute allows in the workspace now."""
    for type_def in change.catalogue.types():
        for attr in type_def.attributes.values():
            if attr.oid == attribute:
                return list(attr.allowed_values or ())
    return []
