"""Workspaces and projects: what comes with a new one, and where it may stand.

A new workspace has its configuration, its estimates and portfolio states; a new project has flow
states and lets its maker in. The standard instances are those of the object model's facts; a
world file that names none gets the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ...catalogue.catalogue import catalogue_for
from ...catalogue.custom_fields import set_prefix
from ...store import bulk
from ..write.saving import make
from ..write.states import SCHEDULE_STATES
from .users import grant

if TYPE_CHECKING:
    from ...store import Obj
    from ..write.change import Change
    from ..write.draft import Draft

__all__ = [
    'ESTIMATES',
    'PORTFOLIO_STATES',
    'PREFIXES',
    'configuration_changed',
    'level_states',
    'new_project',
    'new_workspace',
    'project_made',
    'schedule_states',
    'workspace_made',
]

#: Preliminary estimates: points, and how many stories the size stands for.
ESTIMATES: Sequence[Mapping[str, Any]] = tuple(
    {'Name': name, 'Value': value, 'CountValue': count}
    for name, value, count in (('XS', 1, 1), ('S', 2, 2), ('M', 3, 5), ('L', 5, 8), ('XL', 8, 13))
)
#: States of a portfolio level.
PORTFOLIO_STATES: Sequence[Mapping[str, Any]] = (
    {'Name': 'Discovering'},
    {'Name': 'Developing', 'InProgressMarker': True},
    {'Name': 'Measuring'},
    {'Name': 'Done', 'AcceptedMarker': True},
)
#: Configuration attributes that are the FormattedID prefix of a type.
PREFIXES: Mapping[str, str] = {
    'DefectPrefix': 'Defect',
    'DefectSuitePrefix': 'DefectSuite',
    'HierarchicalRequirementPrefix': 'HierarchicalRequirement',
    'TaskPrefix': 'Task',
    'TestCasePrefix': 'TestCase',
}


def new_workspace(draft: Draft) -> None:
    """Complete a new workspace: it belongs to no other one."""
    draft.change.workspace = None
    draft.put('Style', draft.value('Style') or 'Full')


def workspace_made(change: Change, workspace: Obj) -> None:
    """Make what every workspace has, and let its maker administer it."""
    tx = change.tx
    change.workspace = workspace.oid
    change.catalogue = catalogue_for(tx, workspace.oid)
    prefixes = {name: change.catalogue.type(path).id_prefix for name, path in PREFIXES.items()}
    configuration = make(change, 'WorkspaceConfiguration', prefixes)
    tx.set_link(workspace.oid, 'WorkspaceConfiguration', configuration.oid)
    for estimate in ESTIMATES:
        make(change, 'PreliminaryEstimate', estimate)
    for state in schedule_states(SCHEDULE_STATES, editable=False):
        make(change, 'ScheduleState', state)
    for level in change.catalogue.portfolio_levels:
        level_states(change, level.oid)
    if not change.rights.subscription_admin:
        grant(tx, change.user, 'WorkspacePermission', workspace.oid, 'Admin')


def schedule_states(states: Sequence[Any], editable: bool) -> list[dict[str, Any]]:
    """Return the attributes of the schedule states of a workspace, in their order.

    :param states: names, or attributes with the name among them.
    :param editable: whether they are the workspace's own.
    """
    named = [{'Name': one} if isinstance(one, str) else one for one in states]
    return [
        {'ShortName': one['Name'][:1], **one, 'OrderIndex': index, 'Editable': editable}
        for index, one in enumerate(named, 1)
    ]


def configuration_changed(change: Change, configuration: Obj) -> None:
    """Let the prefixes of a configuration be those of new FormattedIDs."""
    if configuration.workspace is None:
        return
    for name, path in PREFIXES.items():
        known = catalogue_for(change.tx, configuration.workspace).resolve(path)
        prefix = configuration.doc.get(name)
        if known is not None and prefix and prefix != known.id_prefix:
            set_prefix(change.tx, configuration.workspace, path, prefix)


def new_project(draft: Draft) -> None:
    """Complete a new project: of its parent's workspace."""
    parent = draft.target('Parent')
    if parent is not None:
        draft.point('Workspace', parent.workspace)
    # The right to make it is asked of the parent project, where there is one.
    draft.change.project = draft.link('Parent')


def project_made(change: Change, project: Obj) -> None:
    """Give a new project its flow states and let its maker administer it."""
    parent = change.tx.target(project.oid, 'Parent')
    for values in _flow_states(change, parent):
        make(change, 'FlowState', values, {'Project': project.oid})
    if not change.rights.is_workspace_admin(project.workspace):
        grant(change.tx, change.user, 'ProjectPermission', project.oid, 'Admin')


def _flow_states(change: Change, parent: int | None) -> Sequence[Mapping[str, Any]]:
    """Return the flow states of a new project: the parent's, or one per schedule state."""
    if parent is not None:
        known = change.catalogue.type('FlowState').attributes
        copied = [
            {'Name': one.name, **{name: one.doc[name] for name in one.doc if name in known}}
            for one in bulk.in_project(change.tx, 'FlowState', parent)
        ]
        if copied:
            return copied
    attr = change.catalogue.type('HierarchicalRequirement').attributes['ScheduleState']
    return [
        {'Name': str(state), 'OrderIndex': index, 'ScheduleStateMapping': state}
        for index, state in enumerate(attr.allowed_values or SCHEDULE_STATES, 1)
    ]


def level_states(change: Change, level: int) -> None:
    """Give a portfolio level its states."""
    for index, state in enumerate(PORTFOLIO_STATES, 1):
        make(change, 'State', {**state, 'OrderIndex': index}, {'TypeDef': level})
