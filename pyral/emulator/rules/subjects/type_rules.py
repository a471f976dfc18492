"""Which types ask for more than the common course of a write, and what.

Tables only: the functions live with their subjects in `people`, `places`, `definitions` and
`attachments`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping

from ..derived import timing
from ..write import states
from . import attachments, definitions, people, places

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
    'INSTEAD_OF_CREATE',
    'INSTEAD_OF_DELETE',
    'INSTEAD_OF_UPDATE',
]

Body = Mapping[str, Any]
Before = Callable[['Draft'], None]
After = Callable[['Change', 'Obj'], None]
Create = Callable[['Change', 'TypeDef', Body, str], 'Obj']
Update = Callable[['Change', 'TypeDef', 'Obj', Body, str], 'Obj']

#: Complete or refuse a draft before it is checked and stored.
BEFORE_CREATE: Mapping[str, Before] = {
    'Attachment': attachments.check,
    'AttachmentContent': attachments.check_content,
    'FlowState': states.flow_state,
    'Project': places.new_project,
    'ProjectPermission': people.new_permission,
    'User': people.new_user,
    'Workspace': places.new_workspace,
    'WorkspacePermission': people.new_permission,
}
BEFORE_UPDATE: Mapping[str, Before] = {
    'FlowState': states.flow_state,
    'Iteration': timing.timebox_moves,
    'Release': timing.timebox_moves,
    'User': people.change_user,
}
#: What else has to be made or changed.
AFTER_CREATE: Mapping[str, After] = {
    'Project': places.project_made,
    'ProjectPermission': people.permission_made,
    'User': people.user_made,
    'Workspace': places.workspace_made,
    'WorkspacePermission': people.permission_made,
}
AFTER_UPDATE: Mapping[str, After] = {
    'User': people.user_changed,
    'UserProfile': people.profile_changed,
    'WorkspaceConfiguration': places.configuration_changed,
}
#: Types that are not written like ordinary objects: what is written is the model itself.
INSTEAD_OF_CREATE: Mapping[str, Create] = {
    'AllowedAttributeValue': definitions.create_value,
    'AttributeDefinition': definitions.create_attribute,
    'TypeDefinition': definitions.create_type,
    'WebLinkDefinition': definitions.create_attribute,
}
INSTEAD_OF_UPDATE: Mapping[str, Update] = {
    'AllowedAttributeValue': definitions.update_value,
    'AttributeDefinition': definitions.update_attribute,
    'TypeDefinition': definitions.update_type,
    'WebLinkDefinition': definitions.update_attribute,
}
INSTEAD_OF_DELETE: Mapping[str, After] = {
    'AllowedAttributeValue': definitions.remove_value,
    'AttributeDefinition': definitions.attribute_removed,
    'ProjectPermission': people.permission_gone,
    'TypeDefinition': definitions.remove_type,
    'User': people.retire,
    'WebLinkDefinition': definitions.attribute_removed,
    'WorkspacePermission': people.permission_gone,
}
