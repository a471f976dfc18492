"""Users, their profiles and permissions: what a new user gets, and how rights are given.

Facts: vendor page "Use the Web Services API" (users are created by administrators, and with which
rights) and the WSAPI reference, section 13.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Mapping, NamedTuple

from ... import texts
from ...errors import ServiceError
from ...store import Obj
from ...store.ownership import MAKER
from ...store.reading import find_by_document, of_type, permissions
from ..write.allow import administers_user
from ..write.completion import display_name
from ..write.saving import make

if TYPE_CHECKING:
    from ...store import Tx
    from ..write.change import Change
    from ..write.draft import Draft

__all__ = [
    'KINDS',
    'admit',
    'change_user',
    'described',
    'grant',
    'new_permission',
    'note_maker',
    'new_user',
    'note_rights',
    'permission_gone',
    'permission_made',
    'profile_changed',
    'retire',
    'revoke',
    'user_made',
    'user_changed',
]

_logger = logging.getLogger('pyral.emulator')


class PermissionKind(NamedTuple):
    """A type of permissions: the reference to its place, the end of its ids, its roles."""

    place: str
    suffix: str
    roles: tuple[str, ...]


#: The types of permissions.
KINDS: Mapping[str, PermissionKind] = {
    'ProjectPermission': PermissionKind('Project', 'p2', ('Viewer', 'Editor', 'Admin')),
    'WorkspacePermission': PermissionKind('Workspace', 'w1', ('User', 'Admin')),
}
#: What decides whether, and how, a user can log in anywhere.
WHOLE = ('Disabled', 'EmailAddress', 'UserName')
#: Where a user shows the strongest right of all.
SUMMARIES = ('SubscriptionPermission', 'WorkspacePermission')


def new_user(draft: Draft) -> None:
    """Check a new user, who is a plain one."""
    _check_name(draft)
    draft.put('SubscriptionAdmin', False)


def change_user(draft: Draft) -> None:
    """Keep user names unique; nobody but an administrator may change who is disabled.

    The login of others is for who administers every workspace they are in.
    """
    if draft.turned('UserName'):
        _check_name(draft)
    change, user = draft.change, draft.obj
    assert user is not None
    rights, allowed = change.rights, True
    if user.oid != change.user.oid:
        if any(map(draft.turned, WHOLE)):
            allowed = administers_user(change, user, wholly=True)
        # A default project stands in the profile too, which is the user's alone.
        allowed = allowed and (rights.subscription_admin or not draft.turned('DefaultProject'))
    elif draft.turned('Disabled'):
        allowed = rights.is_any_admin
    change.require(allowed, texts.no_updating('User', user.oid))


def note_maker(change: Change, made: Obj) -> None:
    """Remember who made what belongs to nothing yet: it is for that user alone until it does."""
    change.tx.update(made.oid, doc={**made.doc, MAKER: change.user.oid})


def user_made(change: Change, user: Obj) -> None:
    """Give a new user a profile and the default rights.

    Workspace User and Project Viewer on the default workspace and project of the subscription
    administrator; without those, on the first open project by name and its workspace.
    """
    user_changed(change, user)
    workspace, project = _default_place(change)
    links = {'User': user.oid, 'DefaultWorkspace': workspace, 'DefaultProject': project}
    profile = make(change, 'UserProfile', {}, links)
    change.tx.set_link(user.oid, 'UserProfile', profile.oid)
    change.tx.set_link(user.oid, 'DefaultProject', project)
    if workspace is not None:
        grant(change.tx, user, 'WorkspacePermission', workspace, 'User')
    if project is not None:
        grant(change.tx, user, 'ProjectPermission', project, 'Viewer')
    note_rights(change.tx, user.oid)
    _logger.info("a password-reset mail would go to the new user %s", user.oid)


def user_changed(change: Change, user: Obj) -> None:
    """Keep the name that references show in step with the user's names."""
    name = display_name(user.doc)
    if user.name != name:
        change.tx.update(user.oid, name=name)
    profile = change.tx.target(user.oid, 'UserProfile')
    if profile is not None:
        _share_project(change.tx, user.oid, profile)


def profile_changed(change: Change, profile: Obj) -> None:
    """Keep the default project of the user in step with that of the profile."""
    user = change.tx.target(profile.oid, 'User')
    if user is not None:
        _share_project(change.tx, profile.oid, user)


def _share_project(tx: Tx, giver: int, taker: int) -> None:
    project = tx.target(giver, 'DefaultProject')
    if tx.target(taker, 'DefaultProject') != project:
        tx.set_link(taker, 'DefaultProject', project)


def retire(change: Change, user: Obj) -> None:
    """Take a user out of service; what the user wrote keeps its author.

    :raises ServiceError: for the caller itself.
    """
    if user.oid == change.user.oid:
        raise ServiceError(texts.no_right("Delete not allowed for the caller"))
    change.require(
        administers_user(change, user, wholly=True), texts.no_right("Delete not allowed for User")
    )
    change.tx.update(user.oid, recycled=True, doc={**user.doc, 'Disabled': True, 'Deleted': True})


def new_permission(draft: Draft) -> None:
    """Check role and place of a permission that is created."""
    attr, _, roles = KINDS[draft.type_def.path]
    role = draft.value('Role')
    if role is None and 'Role' not in draft.refused:
        draft.change.refuse(texts.required(draft.type_def.name, "Role"))
    elif role is not None and role not in roles:
        draft.change.refuse(texts.not_listed(draft.type_def.name, "Role", "Role", role, roles))
    if attr == 'Project':
        project = draft.target('Project')
        if project is not None:
            draft.point('Workspace', project.workspace)


def permission_made(change: Change, permission: Obj) -> None:
    """Give a new permission its composite id; it takes the place of an older one."""
    attr = KINDS[permission.type].place
    user = change.tx.target(permission.oid, 'User')
    place = change.tx.target(permission.oid, attr)
    assert user is not None and place is not None
    revoke(change.tx, user, permission.type, place)
    role = permission.doc.get('Role')
    facts = described(permission.type, user, place, change.tx.get(place), role)
    facts['doc'] = {**permission.doc, **facts['doc']}
    change.tx.update(permission.oid, **facts)
    if permission.type == 'ProjectPermission' and permission.workspace is not None:
        owner = change.tx.get(user)
        assert owner is not None
        admit(change.tx, owner, permission.workspace)
    note_rights(change.tx, user)


def grant(tx: Tx, user: Obj, kind: str, place: int, role: str) -> Obj:
    """Give a user a role in a workspace or a project, in place of the one held there."""
    attr = KINDS[kind].place
    revoke(tx, user.oid, kind, place)
    where = tx.get(place)
    assert where is not None
    workspace = place if attr == 'Workspace' else where.workspace
    permission = Obj(
        type=kind,
        workspace=workspace,
        created=tx.clock.stamp(),
        **described(kind, user.oid, place, where, role),
    )
    made = tx.insert(permission, {'User': user.oid, 'Workspace': workspace, attr: place})
    note_rights(tx, user.oid)
    return made


def admit(tx: Tx, user: Obj, workspace: int) -> None:
    """Let a user with a role in a project into its workspace, if the user is not there yet."""
    if not tx.by_alt_id(_identifier('WorkspacePermission', user.oid, workspace)):
        grant(tx, user, 'WorkspacePermission', workspace, 'User')


def revoke(tx: Tx, user: int, kind: str, place: int) -> None:
    """Take away the role a user has in a workspace or a project."""
    held = tx.by_alt_id(_identifier(kind, user, place))
    if held is not None:
        tx.remove(held.oid)
        note_rights(tx, user)


def permission_gone(change: Change, permission: Obj) -> None:
    """Take away a role."""
    user = change.tx.target(permission.oid, 'User')
    change.tx.remove(permission.oid)
    if user is not None:
        note_rights(change.tx, user)


def note_rights(tx: Tx, user: int, only_missing: bool = False) -> None:
    """Keep the user's own summary of all permissions true.

    :param only_missing: leave what is there; for worlds that say it themselves.
    """
    obj = tx.get(user)
    if obj is None:
        return
    workspaces, projects = permissions(tx, user)
    levels = (
        ('Subscription Admin', obj.doc.get('SubscriptionAdmin') is True),
        ('Workspace Admin', 'Admin' in workspaces.values()),
        ('Project Admin', 'Admin' in projects.values()),
        ('Workspace User', bool(workspaces)),
        ('No Access', True),
    )
    level = next(name for name, reached in levels if reached)
    doc = {
        **obj.doc,
        **{name: level for name in SUMMARIES if not only_missing or name not in obj.doc},
    }
    if doc != obj.doc:
        tx.update(user, doc=doc)


def described(kind: str, user: int, place: int, where: Obj | None, role: Any) -> dict[str, Any]:
    """Return identifier, name and document of a permission.

    :param where: the workspace or project, if it is there: `Team A Editor`, and its state.
    """
    label = where.name if where is not None else None
    doc = {'Role': role}
    if kind == 'ProjectPermission':
        doc['ProjectState'] = (where.doc.get('State') if where is not None else None) or 'Open'
    return {
        'alt_id': _identifier(kind, user, place),
        'name': f"{label or ''} {role or ''}".strip(),
        'doc': doc,
    }


def _identifier(kind: str, user: int, place: int) -> str:
    return f'{user}u{place}{KINDS[kind].suffix}'


def _check_name(draft: Draft) -> None:
    """Refuse a name that somebody has; letter case and blanks at its ends make no other one."""
    given = draft.value('UserName')
    name = given.strip() if isinstance(given, str) else ''
    if not name:
        return
    if name != given:
        draft.put('UserName', name)
    holder = find_by_document(draft.tx, 'User', 'UserName', name, fold=True)
    if holder is not None and (draft.obj is None or holder.oid != draft.obj.oid):
        draft.change.refuse(texts.taken("User", "User Name", name))


def _default_place(change: Change) -> tuple[int | None, int | None]:
    """Return workspace and project that new users are let into."""
    tx = change.tx
    admins = (
        [change.user]
        if change.rights.subscription_admin
        else [user for user in of_type(tx, 'User') if user.doc.get('SubscriptionAdmin') is True]
    )
    for admin in admins:
        profile = tx.target(admin.oid, 'UserProfile')
        project = None if profile is None else tx.target(profile, 'DefaultProject')
        found = None if project is None else tx.get(project)
        if found is not None:
            return found.workspace, found.oid
    open_projects = [one for one in of_type(tx, 'Project') if one.doc.get('State') != 'Closed']
    open_projects.sort(key=lambda one: ((one.name or '').lower(), one.oid))
    if open_projects:
        return open_projects[0].workspace, open_projects[0].oid
    return change.workspace, None
