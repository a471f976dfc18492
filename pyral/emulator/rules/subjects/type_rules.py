"""Hooks of single types: which ask for more than the common course of a write, and what.

Tables only: the functions live with their subjects, in the modules beside this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional

from ..derived import timing
from ..write import states
from . import attachments, schema_changes, tags, test_results, users, workspaces

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj
    from ..write.change import Change
    from ..write.draft import Draft

__all__ = [
    'AFTER_CREATE',
    'AFTER_UPDATE',
    'BEFORE_CREATE',
    'BEFORE_UPDATE',
    'EXISTING',
    'INSTEAD_OF_CREATE',
    'INSTEAD_OF_DELETE',
    'INSTEAD_OF_UPDATE',
]

Body = Mapping[str, Any]
Before = Callable[['Draft'], None]
After = Callable[['Change', 'Obj'], None]
Existing = Callable[['Draft'], Optional['Obj']]
Create = Callable[['Change', 'TypeDef', Body, str], 'Obj']
Update = Callable[['Change', 'TypeDef', 'Obj', Body, str], 'Obj']

#: Complete or refuse a draft before it is checked and stored.
BEFORE_CREATE: Mapping[str, Before] = {
    'Attachment': attachments.check,
    'AttachmentContent': attachments.check_content,
    'FlowState': states.flow_state,
    'Project': workspaces.new_project,
    'ProjectPermission': users.new_permission,
    'User': users.new_user,
    'Workspace': workspaces.new_workspace,
    'WorkspacePermission': users.new_permission,
}
BEFORE_UPDATE: Mapping[str, Before] = {
    'FlowState': states.flow_state,
    'Iteration': timing.timebox_moves,
    'Release': timing.timebox_moves,
    'TestCaseResult': test_results.change_result,
    'User': users.change_user,
}
#: Which object is meant by a create of what there is already.
EXISTING: Mapping[str, Existing] = {
    'Tag': tags.of_the_same_name,
}
#: What else has to be made or changed.
AFTER_CREATE: Mapping[str, After] = {
    'AttachmentContent': users.note_maker,
    'Preference': users.note_maker,
    'ProfileImage': users.note_maker,
    'Project': workspaces.project_made,
    'ProjectPermission': users.permission_made,
    'User': users.user_made,
    'Workspace': workspaces.workspace_made,
    'WorkspacePermission': users.permission_made,
}
AFTER_UPDATE: Mapping[str, After] = {
    'User': users.user_changed,
    'UserProfile': users.profile_changed,
    'WorkspaceConfiguration': workspaces.configuration_changed,
}
#: Types that are not written like ordinary objects: what is written is the model itself.
INSTEAD_OF_CREATE: Mapping[str, Create] = {
    'AllowedAttributeValue': schema_changes.create_value,
    'AttributeDefinition': schema_changes.create_attribute,
    'TypeDefinition': schema_changes.create_type,
    'WebLinkDefinition': schema_changes.create_attribute,
}
INSTEAD_OF_UPDATE: Mapping[str, Update] = {
    'AllowedAttributeValue': schema_changes.update_value,
    'AttributeDefinition': schema_changes.update_attribute,
    'TypeDefinition': schema_changes.update_type,
    'WebLinkDefinition': schema_changes.update_attribute,
}
INSTEAD_OF_DELETE: Mapping[str, After] = {
    'AllowedAttributeValue': schema_changes.remove_value,
    'AttributeDefinition': schema_changes.attribute_removed,
    'ProjectPermission': users.permission_gone,
    'TypeDefinition': schema_changes.remove_type,
    'User': users.retire,
    'WebLinkDefinition': schema_changes.attribute_removed,
    'WorkspacePermission': users.permission_gone,
}
