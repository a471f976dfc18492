"""Authorization of writes: every refusal of a write for want of a right is decided here.

Artifacts need the Editor role in their project; users, projects and definitions need an
administrator (WSAPI reference, section 13). Reads are for `scope` to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Mapping

from ... import texts
from ...store.ownership import OWNER_REFERENCES

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['allow', 'project_of']

Judge = Callable[['Change', 'int | None', 'Obj | None'], bool]

#: Edits of a collection, which are updates of its owner.
EDITS = {'Add': 'Update', 'Remove': 'Update'}
#: Roles that may change what is in a project.
EDITORS = ('Editor', 'Admin')


def allow(
    change: Change, verb: str, type_def: TypeDef, project: int | None, obj: Obj | None = None
) -> None:
    """Refuse the write when the caller has not the right to it.

    :param verb: what is tried, for the text: Create, Update, Delete…
    :param project: the project of the object, as `project_of` tells.
    :param obj: the object as it is stored; None when it is created.
    :raises NotAuthorized: with a text that names verb and type.
    """
    judge = JUDGES.get(type_def.path, _editor)
    change.require(judge(change, project, obj), _refusal(verb, type_def, obj))


def _refusal(verb: str, type_def: TypeDef, obj: Obj | None) -> str:
    """Return the text of a missing right; create and update have words of their own."""
    if verb == 'Create':
        return texts.no_creating(type_def.name)
    if verb == 'Update' and obj is not None:
        return texts.no_updating(type_def.name, obj.alt_id or obj.oid)
    return texts.no_right(f"{EDITS.get(verb, verb)} not allowed for {type_def.name}")


def project_of(change: Change, links: Mapping[str, int | None]) -> int | None:
    """Return the project something belongs to, by its own reference or that of its owner.

    :param links: its references.
    """
    if links.get('Project') is not None:
        return links['Project']
    for name in OWNER_REFERENCES:
        oid = links.get(name)
        owner = None if oid is None else change.tx.get(oid)
        if owner is None:
            continue
        if owner.project is not None:
            return owner.project
        further = {step: change.tx.target(owner.oid, step) for step in OWNER_REFERENCES}
        return project_of(change, further)
    return None


def _editor(change: Change, project: int | None, obj: Obj | None) -> bool:
    workspace = change.workspace if obj is None else obj.workspace
    if project is None and workspace is not None:
        return _edits_somewhere(change, workspace)
    return change.rights.edits(project, workspace)


def _edits_somewhere(change: Change, workspace: int) -> bool:
    """Things of a whole workspace (tags, milestones) are for whoever edits a project of it."""
    rights = change.rights
    if rights.is_workspace_admin(workspace):
        return True
    edited = [oid for oid, role in rights.projects.items() if role in EDITORS]
    return any(project.workspace == workspace for project in change.tx.get_many(edited).values())


def _workspace_admin(change: Change, project: int | None, obj: Obj | None) -> bool:
    workspace = change.workspace if obj is None or obj.workspace is None else obj.workspace
    return change.rights.is_workspace_admin(workspace)


def _subscription_admin(change: Change, project: int | None, obj: Obj | None) -> bool:
    return change.rights.subscription_admin


def _workspace_itself(change: Change, project: int | None, obj: Obj | None) -> bool:
    return change.rights.is_workspace_admin(None if obj is None else obj.oid)


def _project_itself(change: Change, project: int | None, obj: Obj | None) -> bool:
    """A project is changed by its administrator, and made by one of its parent or workspace."""
    place = project if obj is None else obj.oid
    if place is None:
        return _workspace_admin(change, project, obj)
    return change.rights.administers(place, change.workspace)


def _project_admin(change: Change, project: int | None, obj: Obj | None) -> bool:
    return change.rights.administers(project, change.workspace if obj is None else obj.workspace)


def _user(change: Change, project: int | None, obj: Obj | None) -> bool:
    """Users are made by administrators; they may change themselves."""
    return change.rights.is_any_admin or (obj is not None and obj.oid == change.user.oid)


def _own(change: Change, project: int | None, obj: Obj | None) -> bool:
    """Profiles and preferences belong to a user."""
    if change.rights.subscription_admin or obj is None:
        return True
    owner = change.tx.target(obj.oid, 'User')
    if owner is None and obj.type == 'UserProfile':
        return change.tx.target(change.user.oid, 'UserProfile') == obj.oid
    return owner in (None, change.user.oid)


def _profile_image(change: Change, project: int | None, obj: Obj | None) -> bool:
    """Everybody may upload an image; one that is in use belongs to the users who show it."""
    users = () if obj is None else change.tx.sources(obj.oid, 'ProfileImage')
    return change.rights.is_any_admin or all(user == change.user.oid for user in users)


#: Types that ask for more, or other, than the Editor role.
JUDGES: Mapping[str, Judge] = {
    'AllowedAttributeValue': _workspace_admin,
    'AttributeDefinition': _workspace_admin,
    'FlowState': _project_admin,
    'Preference': _own,
    'PreliminaryEstimate': _workspace_admin,
    'ProfileImage': _profile_image,
    'Project': _project_itself,
    'ProjectPermission': _project_admin,
    'ScheduleState': _workspace_admin,
    'ScopedAttributeDefinition': _workspace_admin,
    'State': _workspace_admin,
    'Subscription': _subscription_admin,
    'TypeDefinition': _workspace_admin,
    'User': _user,
    'UserProfile': _own,
    'WebLinkDefinition': _workspace_admin,
    'Workspace': _workspace_itself,
    'WorkspaceConfiguration': _workspace_admin,
    'WorkspacePermission': _workspace_admin,
}
