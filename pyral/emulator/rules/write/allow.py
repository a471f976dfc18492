"""Authorization of writes: every refusal of a write for want of a right is decided here.

Artifacts need the Editor role in their project, parts in that of what they belong to; users,
projects and definitions need an administrator (WSAPI reference, section 13). What is asked is the
right to an object as it is stored, and as it will be: a write that moves it needs both. Whatever a
write changes besides its own object asks here too, by `permit`; only what follows from other values
(roll-ups, ranks, revisions) does not. Reads are for `store.sight` to decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Mapping

from ... import texts
from ...errors import NotAuthorized
from ...store.ownership import BIN, MAKER, OWNED
from ...store.reading import owners_of, permissions

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['administers_user', 'allow', 'permit']

#: Edits of a collection, which are updates of its owner.
EDITS = {'Add': 'Update', 'Remove': 'Update'}
#: Roles that may change what is in a project.
EDITORS = ('Editor', 'Admin')
#: Types of the model itself; without a workspace they are the system's.
DEFINITIONS = frozenset(
    ('AllowedAttributeValue', 'AttributeDefinition', 'TypeDefinition', 'WebLinkDefinition')
)


@dataclass(frozen=True)
class Subject:
    """What a right is asked for: an object as it is stored, as it will be, or a new one.

    :ivar type: its TypePath.
    :ivar obj: as it is stored; None when it is created.
    :ivar links: the references that it will have; the others are those that are stored.
    """

    change: Change
    type: str
    obj: Obj | None
    links: Mapping[str, int | None] = field(default_factory=dict)

    def link(self, name: str) -> int | None:
        """Return where a reference leads, or will lead."""
        if name in self.links or self.obj is None:
            return self.links.get(name)
        return self.change.tx.target(self.obj.oid, name)

    @property
    def workspace(self) -> int | None:
        """Return the workspace; for what has none, the one that is written to."""
        if self.obj is not None and self.obj.workspace is not None:
            return self.obj.workspace
        named = None if self.obj is not None else self.links.get('Workspace')
        return self.change.workspace if named is None else named

    @property
    def places(self) -> set[tuple[int | None, int | None]]:
        """Return workspace and project whose editors may change it: more than one for a share."""
        tx, project = self.change.tx, self.link('Project')
        if project is not None:
            place = tx.get(project, recycled=True)
            return {(None if place is None else place.workspace, project)}
        owners = [] if self.obj is None else owners_of(tx, self.obj)
        if self.type in OWNED:
            led = [self.link(name) for name in OWNED[self.type].by]
            oids = [oid for oid in led if oid is not None]
            owners = list(tx.get_many(oids, recycled=True).values())
        found = {
            place for owner in owners for place in Subject(self.change, owner.type, owner).places
        }
        return found or {(self.workspace, None)}


Judge = Callable[[Subject], bool]


def allow(
    change: Change,
    verb: str,
    type_def: TypeDef,
    obj: Obj | None = None,
    links: Mapping[str, int | None] | None = None,
) -> None:
    """Refuse the write when the caller has not the right to it.

    :param verb: what is tried, for the text: Create, Update, Delete…
    :param obj: the object as it is stored; None when it is created.
    :param links: the references it will have, where these differ.
    :raises NotAuthorized: with a text that names verb and type.
    """
    if not change.rights.subscription_admin:
        subject = Subject(change, type_def.path, obj, links or {})
        change.require(_may(subject), _refusal(verb, type_def, obj))
    if obj is not None:
        change.permitted.add(obj.oid)


def permit(change: Change, obj: Obj, verb: str = 'Update') -> None:
    """Refuse the write when it changes a further object that the caller may not change.

    :raises NotAuthorized: with a text that names that object.
    """
    if change.rights.subscription_admin or obj.oid in change.permitted:
        return
    if obj.type in DEFINITIONS and obj.workspace is None:
        raise NotAuthorized(texts.no_updating(change.type_of(obj).name, obj.oid))
    allow(change, verb, change.type_of(obj), obj)


def administers_user(change: Change, user: Obj, wholly: bool) -> bool:
    """Say whether the caller administers a user: where the user works, or works at all.

    :param wholly: whether that must be so of every workspace the user is in.
    """
    rights = change.rights
    if rights.subscription_admin:
        return True
    if user.doc.get('SubscriptionAdmin') is True or not rights.is_any_admin:
        return False
    workspaces, _ = permissions(change.tx, user.oid)
    administered = [rights.is_workspace_admin(oid) for oid in workspaces]
    return not administered or (all if wholly else any)(administered)


def _may(subject: Subject) -> bool:
    return JUDGES.get(subject.type, _editor)(subject)


def _refusal(verb: str, type_def: TypeDef, obj: Obj | None) -> str:
    """Return the text of a missing right; create and update have words of their own."""
    if verb == 'Create':
        return texts.no_creating(type_def.name)
    if verb == 'Update' and obj is not None:
        return texts.no_updating(type_def.name, obj.alt_id or obj.oid)
    return texts.no_right(f"{EDITS.get(verb, verb)} not allowed for {type_def.name}")


def _editor(subject: Subject) -> bool:
    change = subject.change
    return all(
        _edits_somewhere(change, workspace)
        if project is None
        else change.rights.edits(project, workspace)
        for workspace, project in subject.places
    )


def _edits_somewhere(change: Change, workspace: int | None) -> bool:
    """Things of a whole workspace (tags, milestones) are for whoever edits a project of it."""
    rights = change.rights
    if workspace is None or rights.is_workspace_admin(workspace):
        return workspace is not None
    edited = [oid for oid, role in rights.projects.items() if role in EDITORS]
    return any(project.workspace == workspace for project in change.tx.get_many(edited).values())


def _workspace_admin(subject: Subject) -> bool:
    return subject.change.rights.is_workspace_admin(subject.workspace)


def _nobody(subject: Subject) -> bool:
    """Administrators of the subscription alone, whom nobody asks."""
    return False


def _workspace_itself(subject: Subject) -> bool:
    return subject.obj is not None and subject.change.rights.is_workspace_admin(subject.obj.oid)


def _project_itself(subject: Subject) -> bool:
    """A project is changed by its administrator, and made by one of its parent or workspace."""
    rights, obj, tx = subject.change.rights, subject.obj, subject.change.tx
    above = subject.links.get('Parent')
    parent = None if above is None else tx.get(above)
    if parent is not None and not rights.administers(parent.oid, parent.workspace):
        return False
    if obj is None:
        return parent is not None or _workspace_admin(subject)
    return rights.administers(obj.oid, obj.workspace)


def _project_admin(subject: Subject) -> bool:
    return all(
        subject.change.rights.administers(project, workspace)
        for workspace, project in subject.places
    )


def _user(subject: Subject) -> bool:
    """Users are for administrators of where they are; they may change themselves."""
    change, obj = subject.change, subject.obj
    if obj is None:
        return change.rights.is_any_admin
    return obj.oid == change.user.oid or administers_user(change, obj, wholly=False)


def _profile(subject: Subject) -> bool:
    """A profile is its user's alone, and stays so."""
    own = subject.change.rights.profile
    return (
        subject.obj is not None
        and subject.obj.oid == own
        and subject.link('User') in (None, subject.change.user.oid)
    )


def _preference(subject: Subject) -> bool:
    """Preferences are a user's, or those of a project or workspace."""
    user, workspace = subject.link('User'), subject.link('Workspace')
    if user is not None:
        return user == subject.change.user.oid
    if subject.link('Project') is not None:
        return _editor(subject)
    if workspace is not None:
        return subject.change.rights.is_workspace_admin(workspace)
    return _made(subject)


def _made(subject: Subject) -> bool:
    """What belongs to nothing is for who made it."""
    return subject.obj is None or subject.obj.doc.get(MAKER) == subject.change.user.oid


def _content(subject: Subject) -> bool:
    """A content is for who may change all attachments with it; before there is one, its maker."""
    obj = subject.obj
    if obj is None or owners_of(subject.change.tx, obj) or MAKER not in obj.doc:
        return _editor(subject)
    return _made(subject) or _workspace_admin(subject)


def _profile_image(subject: Subject) -> bool:
    """Everybody may upload an image; one that is in use belongs to the users who show it."""
    change, obj = subject.change, subject.obj
    if obj is None:
        return True
    users = change.tx.get_many(change.tx.sources(obj.oid, 'ProfileImage')).values()
    if not users:
        return change.rights.is_any_admin or MAKER not in obj.doc or _made(subject)
    return all(
        user.oid == change.user.oid or administers_user(change, user, wholly=False)
        for user in users
    )


def _bin_entry(subject: Subject) -> bool:
    """An entry of the recycle bin is for who may delete what lies there."""
    items = [] if subject.obj is None else owners_of(subject.change.tx, subject.obj)
    if not items:
        return _workspace_admin(subject)
    return all(_may(Subject(subject.change, item.type, item)) for item in items)


#: Types that ask for more, or other, than the Editor role.
JUDGES: Mapping[str, Judge] = {
    'AllowedAttributeValue': _workspace_admin,
    'AttachmentContent': _content,
    'AttributeDefinition': _workspace_admin,
    'FlowState': _project_admin,
    'Preference': _preference,
    'PreliminaryEstimate': _workspace_admin,
    'ProfileImage': _profile_image,
    'Project': _project_itself,
    'ProjectPermission': _project_admin,
    BIN: _bin_entry,
    'ScheduleState': _workspace_admin,
    'ScopedAttributeDefinition': _workspace_admin,
    'State': _workspace_admin,
    'Subscription': _nobody,
    'TypeDefinition': _workspace_admin,
    'User': _user,
    'UserProfile': _profile,
    'WebLinkDefinition': _workspace_admin,
    'Workspace': _workspace_itself,
    'WorkspaceConfiguration': _workspace_admin,
    'WorkspacePermission': _workspace_admin,
}
