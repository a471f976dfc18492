"""Permissions in bulk: the administrator flag of a user, and the map of all roles.

Both paths are the vendor's own tools' and not officially supported (WSAPI reference, section 13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .. import texts
from ..access.scope import find_object
from ..envelope import Result, operation_result
from ..errors import NotAuthorized, ObjectNotFound, ServiceError
from ..rules.subjects.users import grant, note_rights, revoke
from ..rules.write.change import Change
from ..rules.write.references import ref_text, resolve_text
from ..store.reading import permissions as permissions_of

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['permission_map', 'set_flags', 'set_permission_map']

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
            if role is None:
                revoke(call.tx, user.oid, kind, place.oid)
            else:
                grant(call.tx, user, kind, place.oid, role)
    for name, joins in MEMBERSHIPS.items():
        for place in _places(call, folded.get(name.lower()), PROJECT):
            _check(call, PROJECT, place)
            (call.tx.add_link if joins else call.tx.drop_link)(user.oid, MEMBER, place.oid)
    return operation_result()


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
    return [
        {'_ref': call.ref(obj.type, obj.oid), '_refObjectName': obj.name, '_type': obj.type}
        for obj in found.values()
    ]
