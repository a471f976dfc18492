"""CRUD of one item: create, update, copy and delete it.

A write goes out once. What the service refuses is raised with its own words; what it remarks is
passed on as a warning. The entity of a create, an update or a copy is the item as the service has
it then: `receipts` says where it comes from.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    text_type,
)
from pyral.advice import keeps_result, pass_on
from pyral.entity.base import raw_item
from pyral.errors import NotFoundError, RallyRESTAPIError
from pyral.query.nodes import quoted
from pyral.reading.queries import query
from pyral.resolving.data import in_bodies
from pyral.resolving.items import projects_of, why_not_located
from pyral.service_texts import UNKNOWN_OUTCOME
from pyral.writing import payload, receipts
from pyral.writing.sending import path_of, send

__all__ = ['FORMATTED_ID', 'checked_type', 'copy', 'create', 'delete', 'find_oid', 'project_of',
           'split_update', 'update']

#: Types the service fills by itself.
READ_ONLY_TYPES = frozenset(['RecycleBinEntry'])

FORMATTED_ID = re.compile(r'[A-Za-z]{1,10}\d+$')


@keeps_result
def create(connection, type_name, values, scope, fetch=None):
    """Create an item and return its entity.

    :param type_name: any name of the type.
    :param values: a dict of attribute names and natural Python values, or an instance.
    :param scope: the caller's `workspace`, `project` and so on.
    :param fetch: the attributes the entity shall have; None for all.
    :raises RallyAttributeNameError: before anything is sent.
    :raises RallyRESTAPIError: `<status> <first error>`.
    """
    type_def = _writable(connection, type_name, 'create')
    values = payload.new_values(type_def, values)
    connection.check_values(values, type_def)
    sent = payload.item_values(type_def, values)
    in_bodies(connection, type_def, [sent], scope)
    body = {type_def.TypePath: sent}
    context, params = connection.scoped(True, **scope)
    path = path_of(type_def) + '/create'
    shown = receipts.shown(type_def, fetch)
    connection.forget_names(type_def.TypePath)
    receipt = send(connection, 'PUT', path, body, params + shown)
    pass_on(receipt.warnings, fill('create {0}', type_def.TypePath))
    _check_named(connection, type_def, receipt, 'PUT', path, params, body)
    return receipts.entity(connection, type_def, receipt, context, params, shown)


@keeps_result
def copy(connection, type_name, ident, scope, fetch=None):
    """Have the service copy an item and return the entity of the copy.

    :param ident: ObjectID, FormattedID, entity or reference.
    :param fetch: the attributes the entity shall have; None for all.
    :raises RallyRESTAPIError: the item is not there, or the service refused.
    """
    type_def = _writable(connection, type_name, 'copy')
    context, params = connection.scoped(True, **scope)
    type_def, oid = find_oid(connection, type_def, ident, scope)
    path, body = path_of(type_def, oid) + '/copy', {type_def.TypePath: {}}
    shown = receipts.shown(type_def, fetch)
    connection.forget_names(type_def.TypePath)
    receipt = send(connection, 'POST', path, body, params + shown)
    pass_on(receipt.warnings, fill('copy {0} {1}', type_def.TypePath, oid))
    _check_named(connection, type_def, receipt, 'POST', path, params, body)
    return receipts.entity(connection, type_def, receipt, context, params, shown)


def _check_named(connection, type_def, receipt, method, path, params, body):
    """Refuse the answer to a write of a new item that does not name it."""
    if receipts.oid_in(receipt.item) is None:
        raise RallyRESTAPIError(
            fill("the service answered the write of a {0} without naming the item",
                 type_def.TypePath),
            method=method, url=connection.transport.address(path, params), payload=body,
            outcome_unknown=True, status_code=200, hint=UNKNOWN_OUTCOME)


def split_update(item_data, positional, keywords):
    """Return what an update is given, in either of its two shapes.

    `update('Defect', {...}, workspace, project)` is the historic one; people also write
    `update('Defect', id, {...})`, or set attributes and write `update('Defect', defect)`.

    :returns: the identification or None, the values, and the scope keywords.
    :raises TypeError: for arguments that are neither.
    """
    ident, values, rest = None, item_data, list(positional)
    if rest and (isinstance(rest[0], Mapping) or _holds_data(rest[0])):
        ident, values = item_data, rest.pop(0)
    if raw_item(values) is not None:
        ident, values = values, payload.changes_of(values)
        if not values:
            raise TypeError(ensure_native(fill(
                "nothing was set on {0} since it was read; the changes may also be given as a "
                "dict after it", repr(ident))))
    if not isinstance(values, Mapping) and not _holds_data(values):
        raise TypeError(
            "update takes a dict of changes with an ObjectID or FormattedID in it, or an id "
            "and then the dict, not {0}".format(type(values).__name__))
    if len(rest) > 2:
        raise TypeError("update takes at most workspace and project after the data")
    keywords = dict(keywords)
    for name, value in zip(('workspace', 'project'), rest):
        if name in keywords:
            raise TypeError("update got two values for '{0}'".format(name))
        keywords[name] = value
    return ident, values, keywords


@keeps_result
def update(connection, type_name, ident, values, scope, fetch=None):
    """Update an item and return its entity.

    :param ident: ObjectID, FormattedID, entity or reference; None where the values name it.
    :param fetch: the attributes the entity shall have; None for all.
    :raises RallyRESTAPIError: starting `Unable to update the <type>`.
    """
    type_def = _writable(connection, type_name, 'update')
    if ident is None:
        ident = _named_in(type_def, values)
    context, params = connection.scoped(True, **scope)
    type_def, oid, project = _located(connection, type_def, ident, scope)
    values = payload.data_of(values)
    connection.check_values(values, type_def)
    # The address names the item.
    sent = payload.item_values(type_def, values, without=payload.IDS)
    in_bodies(connection, type_def, [sent], scope,
              lambda places: {0: project or project_of(connection, type_def, ident, oid, scope)})

    def refusal(errors, warnings):
        return fill(u'Unable to update the {0}\nERRORS: {1}\nWARNINGS: {2}\n',
                    type_def.TypePath, u'\n'.join(errors), u'\n'.join(warnings))

    shown = receipts.shown(type_def, fetch)
    connection.forget_names(type_def.TypePath, [oid], sent)
    receipt = send(connection, 'POST', path_of(type_def, oid), {type_def.TypePath: sent},
                   params + shown, refusal)
    pass_on(receipt.warnings, fill('update {0} {1}', type_def.TypePath, oid))
    return receipts.entity(connection, type_def, receipt, context, params, shown, oid)


#: What instances have that say by themselves which attributes are data.
_DECLARING = ('__dataclass_fields__', '_fields', '__attrs_attrs__')


def _holds_data(value):
    """Say whether a value is an instance with attributes that are meant as data."""
    if raw_item(value) is not None or refs.parse(value) is not None and not hasattr(
            value, '__dict__'):
        return False
    if payload.is_row(value):
        return True
    return any(hasattr(value, each) for each in _DECLARING) or (
        hasattr(value, '__dict__') and not isinstance(value, type)
        and not isinstance(value, (Mapping, text_type, binary_type)))


def project_of(connection, type_def, ident, oid, scope):
    """Return the project of an item as a `Ref`, with a request where an entity does not tell."""
    project = refs.parse((raw_item(ident) or {}).get('Project'))
    if project is None:
        project = projects_of(connection, type_def, [oid], scope).get(oid)
    return project


@keeps_result
def delete(connection, type_name, ident, scope):
    """Delete an item and return True.

    :param ident: ObjectID, FormattedID, entity or reference.
    :raises RallyRESTAPIError: the message starts `ERRORS: ` and holds the service's words.
    """
    type_def, oid = find_oid(connection, connection.type_of(type_name), ident, scope)
    _, params = connection.scoped(True, **scope)

    def refusal(errors, warnings):
        return fill(u'ERRORS: {0}\nWARNINGS: {1}\n', u'\n'.join(errors), u'\n'.join(warnings))

    connection.forget_names(type_def.TypePath, [oid])
    receipt = send(connection, 'DELETE', path_of(type_def, oid), None, params, refusal)
    pass_on(receipt.warnings, fill('delete {0} {1}', type_def.TypePath, oid))
    return True


def find_oid(connection, type_def, ident, scope):
    """Return the concrete type and the ObjectID an identification stands for.

    :param ident: ObjectID as number or text, FormattedID, entity, reference or URL.
    :raises RallyRESTAPIError: `Target <type> <id> could not be located`, or the reference leads
        to an item of another type.
    """
    return _located(connection, type_def, ident, scope)[:2]


def _located(connection, type_def, ident, scope):
    """Return what `find_oid` does, and the project as a `Ref` where the look-up told it."""
    ref = connection.local_ref(ident)
    if ref is not None:
        return checked_type(connection, type_def, ref), ref.oid, None
    oid = refs.oid_of(ident)
    if oid is not None:
        return type_def, oid, None
    if not isinstance(ident, (text_type, binary_type)):
        named = payload.identity_in(type_def, ident)
        if named is not None:
            return _located(connection, type_def, named, scope)
    if not isinstance(ident, (text_type, binary_type)) or not ensure_text(ident).strip():
        raise RallyRESTAPIError(
            'An identifying field (ObjectID or FormattedID) must be specified',
            hint=fill("What was given is {0}.", repr(ident)))
    text = ensure_text(ident).strip()
    if refs.is_oid(text):
        return type_def, text, None
    has_ids = not type_def.Attributes or type_def.attribute('FormattedID') is not None
    if FORMATTED_ID.match(text) and has_ids:
        return _by_formatted_id(connection, type_def, text, scope)
    if FORMATTED_ID.match(text) or connection.helper.catalogue().strange_formatted_id(text):
        hint = why_not_located(connection, type_def, text)
    else:
        hint = ("This is no ObjectID, FormattedID or reference; what has a name is found with "
                "rally.get() first.")
    raise NotFoundError(
        fill('Target {0} {1} could not be located', type_def.TypePath, text), hint=hint)


def _writable(connection, type_name, action):
    type_def = connection.type_of(type_name)
    if type_def.TypePath in READ_ONLY_TYPES:
        raise RallyRESTAPIError('{0} operation unsupported for {1}'.format(
            action, type_def.TypePath))
    return type_def


def _named_in(type_def, values):
    found = payload.identity_in(type_def, values)
    if found is not None:
        return found
    raise RallyRESTAPIError('An identifying field (ObjectID or FormattedID) must be specified')


def checked_type(connection, type_def, ref):
    """Return the type a reference names, which must be the one asked for or one below it."""
    wanted = type_def.TypePath.lower()
    named = ref.type_path.lower()
    if named in (wanted, wanted.split('/')[-1]):
        return type_def
    concrete = connection.type_of_item(ref)
    if concrete is not None and type_def.ElementName in concrete.inheritanceChain():
        return concrete
    raise RallyRESTAPIError(
        fill('Target {0} {1} could not be located', type_def.TypePath, ref.short),
        hint=fill("The reference leads to a {0}; name that type.", ref.type_path))


def _by_formatted_id(connection, type_def, text, scope):
    response = query(connection, type_def, 'ObjectID,FormattedID,Project',
                     fill(u'FormattedID = {0}', quoted(text)), scope)
    response.raise_for_errors()
    # The service compares the number only: US5 would find DE5.
    for item in response:
        if ensure_text(raw_item(item).get('FormattedID') or text).upper() == text.upper():
            ref = refs.parse(item)
            return (checked_type(connection, type_def, ref), ref.oid,
                    refs.parse(raw_item(item).get('Project')))
    raise NotFoundError(
        fill('Target {0} {1} could not be located', type_def.TypePath, text),
        hint=why_not_located(connection, type_def, text))
