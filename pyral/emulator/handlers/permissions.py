"""Permissions in bulk: the administrator flag of a user, the map of all roles, trees of projects.

The paths are those of the vendor's own tools and not officially supported (WSAPI reference, section
13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .. import refs, texts
from ..access.scope import PROJECT_ROLES, find_object
from ..envelope import Result, operation_result
from ..errors import NotAuthorized, ObjectNotFound, ServiceError
from ..request import Params, read_json
from ..rules.subjects.users import admit, grant, note_rights, revoke
from ..rules.write.change import Change
from ..rules.write.references import ref_text, resolve_text
from ..store.reading import permissions as permissions_of
from ..store.reading import subtree

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['bulk_update', 'permission_map', 'set_flags', 'set_permission_map']

WORKSPACE, PROJECT = 'WorkspacePermission', 'ProjectPermission'
#: The lists of a permission map: kind of permission, and the role it gives (None takes it away).
LISTS: Mapping[str, tuple[str, str | None]] = {
    'AdminWorkspaces': (WORKSPACE, 'Admin'),
    'UserWorkspaces': (WORKSPACE, 'User'),
    'NoAccessWorkspaces': (WORKSPACE, None),
    'AdminProjects': (PROJECT, 'Admin'),
    'EditorProjects': (PROJECT, 'Editor'),
    'ViewerProjects': (PROJECT, 'Viewer'),
    'NoAccessProjects': (PROJECT, None),
}
#: Lists of team memberships: whether the user becomes a member.
MEMBERSHIPS: Mapping[str, bool] = {'MembershipProjects': True, 'NoMembershipProjects': False}
MEMBER = 'User.TeamMemberships'
#: The levels of a bulk update, and the role each gives.
LEVELS: Mapping[str, str | None] = {
    'No Access': None,
    'Viewer': 'Viewer',
    'Editor': 'Editor',
    'Project Admin': 'Admin',
}


def set_flags(call: Call) -> Result:
    """Answer `POST /user/<oid>/setpermissionflags`: make or unmake a subscription administrator."""
    user = _user(call)
    if not call.rights.subscription_admin:
        raise NotAuthorized(texts.no_updating("User", user.oid))
    _, flags = call.attributes()
    folded = {name.lower(): value for name, value in flags.items()}
    wanted = folded.get('subscriptionadmin')
    if not isinstance(wanted, bool):
        raise ServiceError(texts.not_convertible(wanted, "boolean"))
    if user.oid == call.user.oid and not wanted:
        raise NotAuthorized(
            texts.no_right("the last right of the caller cannot be taken by the caller")
        )
    call.tx.update(
        user.oid, doc={**user.doc, 'SubscriptionAdmin': wanted}, version=user.version + 1
    )
    note_rights(call.tx, user.oid)
    return operation_result()


def permission_map(call: Call) -> Result:
    """Answer `GET /user/<oid>/permissionmap`: references in one list per role."""
    user = _user(call)
    if not (call.rights.is_any_admin or user.oid == call.user.oid):
        raise NotAuthorized(texts.no_right("Read not allowed for the permissions of other users"))
    held: dict[tuple[str, str | None], list[int]] = {}
    for kind, roles in zip((WORKSPACE, PROJECT), permissions_of(call.tx, user.oid)):
        for place, role in roles.items():
            held.setdefault((kind, role), []).append(place)
    payload: dict[str, Any] = {
        name: _refs(call, held.get(key, [])) for name, key in LISTS.items() if key[1] is not None
    }
    payload['MembershipProjects'] = _refs(call, call.tx.targets(user.oid, MEMBER))
    return Result('PermissionMap', payload)


def set_permission_map(call: Call) -> Result:
    """Answer `POST /user/<oid>/permissionmap`: give and take roles list by list."""
    user = _user(call)
    _, lists = call.attributes()
    folded = {name.lower(): value for name, value in lists.items()}
    for name, (kind, role) in LISTS.items():
        for place in _places(call, folded.get(name.lower()), kind):
            _check(call, kind, place)
            _give(call, user, kind, place, role)
    for name, joins in MEMBERSHIPS.items():
        for place in _places(call, folded.get(name.lower()), PROJECT):
            _check(call, PROJECT, place)
            (call.tx.add_link if joins else call.tx.drop_link)(user.oid, MEMBER, place.oid)
    return operation_result()


def bulk_update(call: Call) -> Result:
    """Answer `POST /projectpermission/bulkupdate`: one role in a project and in all below it.

    The order comes as parameters of the address, as a form or as JSON. Without
    `forceDowngradePermissions` nobody gets a weaker role than before.
    """
    sent = _bulk_order(call)
    user = _referenced(call, sent, 'userOID', 'User')
    root = _referenced(call, sent, 'rootProjectOID', 'Project')
    role = _level(sent)
    forced = _forced(sent)
    left_out: set[int] = set()
    for text in filter(None, map(str.strip, sent.get('excludedRootProjectOIDs', '').split(','))):
        excluded = _found(call, text, 'Project').oid
        left_out.update((excluded, *subtree(call.tx, excluded, 'Parent')))
    tree = dict.fromkeys((root.oid, *subtree(call.tx, root.oid, 'Parent')))
    places = call.tx.get_many(oid for oid in tree if oid not in left_out).values()
    held = permissions_of(call.tx, user.oid)[1]
    changed = 0
    for place in places:
        _check(call, PROJECT, place)
        now = held.get(place.oid)
        weaker = PROJECT_ROLES.get(role or '', 0) < PROJECT_ROLES.get(now or '', 0)
        if now != role and (forced or not weaker):
            _give(call, user, PROJECT, place, role)
            changed += 1
    # Clients take a first text other than `Disabled` for success.
    return operation_result(Results=[f"Changed {changed} of {len(places)} project permissions"])


def _bulk_order(call: Call) -> Params:
    """Return the parameters of the address with those of the body on top.

    :raises ServiceError: for a body that is JSON and no object of plain values.
    """
    if not call.raw_body.lstrip().startswith(b'{'):
        return call.params.merged(Params.parse(call.raw_body.strip().decode('utf-8', 'replace')))
    found = read_json(call.raw_body)
    values = list(found.values())
    if len(values) == 1 and isinstance(values[0], dict):
        found = values[0]
    pairs = []
    for name, value in found.items():
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(one, (dict, list)) for one in parts):
            raise ServiceError(texts.malformed(f'the value of "{name[:80]}" is not a text'))
        pairs.append((name, ','.join('' if one is None else str(one) for one in parts)))
    return call.params.merged(Params(pairs))


def _referenced(call: Call, sent: Params, name: str, type_path: str) -> Obj:
    text = sent.get(name, '').strip()
    if not text:
        raise ServiceError(texts.required(PROJECT, name))
    return _found(call, text, type_path)


def _found(call: Call, text: str, type_path: str) -> Obj:
    """Return the object an id or a reference names.

    :raises ServiceError: when it is not there, of another type or not visible.
    """
    ref = refs.parse(text)
    found = find_object(call.tx, text if ref is None else ref.id)
    if found is None or found.type != type_path or not call.rights.sees(found):
        raise ServiceError(texts.missing_reference(text))
    return found


def _level(sent: Params) -> str | None:
    text = sent.get('permission', '').strip()
    if not text:
        raise ServiceError(texts.required(PROJECT, 'permission'))
    folded = {name.lower(): role for name, role in LEVELS.items()}
    if text.lower() not in folded:
        raise ServiceError(texts.not_listed(PROJECT, 'permission', 'permission', text, LEVELS))
    return folded[text.lower()]


def _forced(sent: Params) -> bool:
    text = sent.get('forceDowngradePermissions', '').strip().lower()
    if text not in ('', 'true', 'false'):
        raise ServiceError(texts.not_convertible(text, "boolean"))
    return text == 'true'


def _give(call: Call, user: Obj, kind: str, place: Obj, role: str | None) -> None:
    """Give a user a role in a place; without a role, no access, which ends a team membership."""
    if role is None:
        revoke(call.tx, user.oid, kind, place.oid)
        if kind == PROJECT:
            call.tx.drop_link(user.oid, MEMBER, place.oid)
        return
    grant(call.tx, user, kind, place.oid, role)
    if kind == PROJECT and place.workspace is not None:
        admit(call.tx, user, place.workspace)


def _user(call: Call) -> Obj:
    found = find_object(call.tx, call.path['oid'])
    if found is None or found.type != 'User':
        raise ObjectNotFound()
    return found


def _places(call: Call, value: Any, kind: str) -> list[Obj]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ServiceError(texts.not_convertible(value, "list of references"))
    change = Change.of(call)
    target = kind.replace('Permission', '')
    return [resolve_text(change, ref_text(item) or 'null', target) for item in value]


def _check(call: Call, kind: str, place: Obj) -> None:
    if place.type != kind.replace('Permission', ''):
        raise ServiceError(texts.missing_reference(str(place.oid)))
    allowed = (
        call.rights.is_workspace_admin(place.oid)
        if kind == WORKSPACE
        else call.rights.administers(place.oid, place.workspace)
    )
    if not allowed:
        raise NotAuthorized(texts.no_creating(kind))


def _refs(call: Call, oids: list[int]) -> list[dict[str, Any]]:
    found = call.tx.get_many(oids)
    seen = call.rights.seen(found.values())
    return [
        {'_ref': call.ref(obj.type, obj.oid), '_refObjectName': obj.name, '_type': obj.type}
        for obj in found.values()
        if obj.oid in seen
    ]
