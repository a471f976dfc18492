"""Where a request looks: the workspace and projects of its scope, and the caller's rights.

Scoping follows the WSAPI reference, section 14; rights follow section 13. Both are values made
once for a call from the store; nothing here changes data or knows HTTP. Who may read what is
decided by the `Sight` of the rights, who may change what by `rules.write.allow`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Iterable, Mapping

from .. import refs, texts
from ..errors import ServiceError
from ..store.reading import of_type, readable, roles, subtree
from ..store.sight import Sight

if TYPE_CHECKING:
    from ..store import Obj, Tx
    from ..store.reading import Head

__all__ = [
    'Rights',
    'Scope',
    'default_project',
    'default_workspace',
    'find_object',
    'first_project',
    'follow',
]

#: An ObjectID that fits 63 bits.
NUMBER = re.compile(r'-?[0-9]{1,18}\Z')
ADMIN = 'Admin'
#: Project roles from weak to strong; a stronger one includes the weaker.
PROJECT_ROLES: Mapping[str, int] = {'Viewer': 1, 'User': 1, 'Editor': 2, ADMIN: 3}
#: The flags when neither the request nor the caller's settings say anything (section 14).
SCOPE_UP_DEFAULT = False
SCOPE_DOWN_DEFAULT = True


def find_object(tx: Tx, text: str) -> Obj | None:
    """Return the live object an id names: an ObjectID, a UUID or the composite id of a permission.

    :param text: the id as it stands in a reference.
    """
    if NUMBER.match(text):
        return tx.get(int(text))
    found = tx.by_alt_id(text)
    if found is None:
        uuid = refs.dashed(text)
        found = None if uuid is None else tx.by_uuid(uuid)
    return None if found is None or found.recycled else found


def follow(tx: Tx, text: str, type_path: str) -> Obj:
    """Return the object a `workspace` or `project` parameter names.

    :param text: the reference in any accepted form.
    :param type_path: the type it must have.
    :raises ServiceError: when the text is no reference or nothing is there.
    """
    ref = refs.parse(text, type_path)
    if ref is None:
        raise ServiceError(texts.bad_reference(text))
    found = find_object(tx, ref.id)
    if found is None or found.type != type_path:
        raise ServiceError(texts.missing_reference(text))
    return found


def profile_target(tx: Tx, user: Obj, attr: str) -> Obj | None:
    """Return what the caller's profile names under an attribute, if it is still there."""
    profile = tx.target(user.oid, 'UserProfile')
    target = None if profile is None else tx.target(profile, attr)
    return None if target is None else tx.get(target)


def default_workspace(tx: Tx, user: Obj, rights: Rights) -> int | None:
    """Return the caller's default workspace, else the first open one the caller may see."""
    chosen = profile_target(tx, user, 'DefaultWorkspace')
    if chosen is not None and rights.sees_workspace(chosen.oid):
        return chosen.oid
    seen = [space for space in of_type(tx, 'Workspace') if rights.sees_workspace(space.oid)]
    still_open = [space for space in seen if space.doc.get('State') != 'Closed']
    names = sorted(still_open or seen, key=lambda space: ((space.name or '').lower(), space.oid))
    return names[0].oid if names else None


def default_project(tx: Tx, user: Obj) -> Obj | None:
    """Return the caller's default project; a new object goes there when none is named."""
    return profile_target(tx, user, 'DefaultProject')


def first_project(tx: Tx, rights: Rights, workspace: int) -> Obj | None:
    """Return the first open project of a workspace by name that the caller may write to."""
    found = [
        project
        for project in of_type(tx, 'Project')
        if project.workspace == workspace
        and project.doc.get('State') != 'Closed'
        and rights.edits(project.oid, workspace)
    ]
    return min(found, key=lambda one: ((one.name or '').lower(), one.oid), default=None)


@dataclass(frozen=True)
class Rights:
    """What one user may see and change.

    :ivar workspaces: role per workspace ObjectID.
    :ivar projects: role per project ObjectID.
    :ivar profile: the user's own profile.
    :ivar tx: where parts find what they belong to.
    """

    user: int
    subscription_admin: bool
    workspaces: Mapping[int, str] = field(default_factory=dict)
    projects: Mapping[int, str] = field(default_factory=dict)
    profile: int | None = None
    tx: Tx | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, tx: Tx, user: Obj) -> Rights:
        """Read the permissions of a user."""
        if user.doc.get('SubscriptionAdmin') is True:
            return cls(user.oid, True)
        workspaces, projects = roles(tx, user.oid)
        return cls(user.oid, False, workspaces, projects, tx.target(user.oid, 'UserProfile'), tx)

    def is_workspace_admin(self, workspace: int | None) -> bool:
        """Say whether the user administers a workspace."""
        return self.subscription_admin or self.workspaces.get(workspace or 0) == ADMIN

    @property
    def is_any_admin(self) -> bool:
        """Say whether the user administers the subscription or at least one workspace."""
        return self.subscription_admin or ADMIN in self.workspaces.values()

    def sees_workspace(self, workspace: int | None) -> bool:
        """Say whether the user may see a workspace; metadata without one is seen by all."""
        return workspace is None or self.subscription_admin or workspace in self.workspaces

    def role_in(self, project: int | None, workspace: int | None) -> int:
        """Return the strength of the user's role in a project: 0 none to 3 administrator."""
        if self.is_workspace_admin(workspace):
            return PROJECT_ROLES[ADMIN]
        if project is None:
            return PROJECT_ROLES['Editor'] if self.sees_workspace(workspace) else 0
        return PROJECT_ROLES.get(self.projects.get(project, ''), 0)

    @cached_property
    def sight(self) -> Sight | None:
        """Return what the user may read; None for everything."""
        if self.subscription_admin:
            return None
        administered = (oid for oid, role in self.workspaces.items() if role == ADMIN)
        return Sight(
            self.user,
            self.profile,
            frozenset(self.workspaces),
            frozenset(administered),
            frozenset(self.projects),
        )

    def sees(self, obj: Obj | Head) -> bool:
        """Say whether the user may read an object: a part with what it belongs to (section 13)."""
        return obj.oid in self.seen([obj])

    def seen(self, objs: Iterable[Obj | Head]) -> set[int]:
        """Return those of some objects that the user may read, deleted ones too."""
        if self.sight is None:
            return {obj.oid for obj in objs}
        found: set[int] = set()
        parts = []
        for obj in objs:
            readable_itself = self.sight.judge(obj.type, obj.oid, obj.workspace, obj.project)
            if readable_itself is None:
                parts.append(obj.oid)
            elif readable_itself:
                found.add(obj.oid)
        if parts and self.tx is not None:
            found |= readable(self.tx, parts, self.sight)
        return found

    def role_at(self, place: Obj | Head) -> int:
        """Return the strength of the user's role in a workspace, a project, or where a thing is."""
        if place.type == 'Workspace':
            return self.role_in(None, place.oid)
        return self.role_in(
            place.oid if place.type == 'Project' else place.project, place.workspace
        )

    def edits(self, project: int | None, workspace: int | None) -> bool:
        """Say whether the user may create, change and delete in a project."""
        return self.role_in(project, workspace) >= PROJECT_ROLES['Editor']

    def administers(self, project: int | None, workspace: int | None) -> bool:
        """Say whether the user may change the project itself and who works in it."""
        return self.role_in(project, workspace) >= PROJECT_ROLES[ADMIN]


@dataclass(frozen=True)
class Scope:
    """The workspace and the projects of one request.

    :ivar workspace: ObjectID; None when the caller sees no workspace at all.
    :ivar project: the project that was named, or None for the whole workspace.
    :ivar projects: every project searched; None for the whole workspace.
    """

    workspace: int | None
    project: int | None = None
    projects: frozenset[int] | None = None

    @classmethod
    def resolve(cls, tx: Tx, user: Obj, rights: Rights, params: Mapping[str, str]) -> Scope:
        """Work out the scope from the parameters and the caller's settings.

        :raises ServiceError: when a reference cannot be followed, or they contradict each other.
        """
        workspace = named(tx, params.get('workspace', ''), 'Workspace')
        project = named(tx, params.get('project', ''), 'Project')
        if workspace is not None and not rights.sees(workspace):
            raise ServiceError(texts.missing_reference(params['workspace']))
        if project is not None and not rights.sees(project):
            raise ServiceError(texts.missing_reference(params['project']))
        if project is None:
            found = workspace.oid if workspace else default_workspace(tx, user, rights)
            return cls(found)
        if workspace is not None and project.workspace != workspace.oid:
            raise ServiceError("Project is not in workspace")
        up = setting(params, user, 'projectScopeUp', SCOPE_UP_DEFAULT)
        down = setting(params, user, 'projectScopeDown', SCOPE_DOWN_DEFAULT)
        return cls(project.workspace, project.oid, around(tx, project.oid, up, down))


def named(tx: Tx, text: str, type_path: str) -> Obj | None:
    """Return the object a parameter names; empty and `null` name none."""
    text = text.strip().strip('"')
    return None if text.lower() in ('', 'null', 'none') else follow(tx, text, type_path)


def setting(params: Mapping[str, str], user: Obj, name: str, default: bool) -> bool:
    """Return a scope flag: the parameter, else the caller's project picker, else the default."""
    text = params.get(name, '').strip().strip('"').lower()
    if text in ('true', '1', 'false', '0'):
        return text in ('true', '1')
    chosen = user.doc.get(name[0].upper() + name[1:])
    return chosen if isinstance(chosen, bool) else default


def around(tx: Tx, project: int, up: bool, down: bool) -> frozenset[int]:
    """Return a project with all its ancestors and all its descendants, as the flags say."""
    found = {project}
    parent = tx.target(project, 'Parent') if up else None
    while parent is not None and parent not in found:
        found.add(parent)
        parent = tx.target(parent, 'Parent')
    if down:
        found.update(subtree(tx, project, 'Parent'))
    return frozenset(found)
