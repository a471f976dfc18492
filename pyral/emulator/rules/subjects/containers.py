"""Workspaces and projects: what comes with a new one, and where it may stand.

A new workspace has its configuration, its estimates and portfolio states; a new project has flow
states and lets its maker in. The standard instances are those of the object model's facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Sequence

from ...catalogue.catalogue import catalogue_for
from ...catalogue.definitions import set_prefix
from ...store import Obj, bulk
from ..write.service_defaults import SERVICE_DEFAULTS
from .users import grant

if TYPE_CHECKING:
    from ..write.change import Change
    from ..write.draft import Draft

__all__ = [
    'configuration_changed',
    'level_states',
    'new_project',
    'new_workspace',
    'project_made',
    'workspace_made',
]

SCHEDULE_STATES = ('Defined', 'In-Progress', 'Completed', 'Accepted')
ESTIMATES = ('XS', 'S', 'M', 'L', 'XL')
#: States of the lowest portfolio level: name, and which marker it bears.
PORTFOLIO_STATES = (
    ('Discovering', ''),
    ('Developing', 'InProgressMarker'),
    ('Measuring', ''),
    ('Done', 'AcceptedMarker'),
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
    attributes = change.catalogue.type('WorkspaceConfiguration').attributes
    doc = {name: attr.default for name, attr in attributes.items() if attr.default is not None}
    doc.update(
        (name, value)
        for name, value in SERVICE_DEFAULTS['WorkspaceConfiguration'].items()
        if name in attributes
    )
    configuration = tx.insert(
        Obj(type='WorkspaceConfiguration', workspace=workspace.oid, created=change.stamp, doc=doc)
    )
    tx.set_link(workspace.oid, 'WorkspaceConfiguration', configuration.oid)
    for index, name in enumerate(ESTIMATES, 1):
        tx.insert(
            Obj(
                type='PreliminaryEstimate',
                workspace=workspace.oid,
                name=name,
                created=change.stamp,
                doc={'Value': index, 'Enabled': True},
            )
        )
    for index, name in enumerate(SCHEDULE_STATES, 1):
        tx.insert(
            Obj(
                type='ScheduleState',
                workspace=workspace.oid,
                name=name,
                created=change.stamp,
                doc={'OrderIndex': index, 'Enabled': True, 'ShortName': name[0], 'Editable': False},
            )
        )
    for level in catalogue_for(tx, workspace.oid).portfolio_levels:
        level_states(change, workspace.oid, level.oid)
    if not change.rights.subscription_admin:
        grant(tx, change.user, 'WorkspacePermission', workspace.oid, 'Admin')


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
    for name, doc in _flow_states(change, parent):
        change.tx.insert(
            Obj(
                type='FlowState',
                workspace=project.workspace,
                name=name,
                created=change.stamp,
                doc=dict(doc),
            ),
            {'Project': project.oid},
        )
    if not change.rights.is_workspace_admin(project.workspace):
        grant(change.tx, change.user, 'ProjectPermission', project.oid, 'Admin')


def _flow_states(change: Change, parent: int | None) -> Sequence[tuple[str, Mapping[str, object]]]:
    """Return names and documents of the flow states: the parent's, or one per schedule state."""
    if parent is not None:
        copied = [
            (one.name or '', one.doc) for one in bulk.in_project(change.tx, 'FlowState', parent)
        ]
        if copied:
            return copied
    attr = change.catalogue.type('HierarchicalRequirement').attributes['ScheduleState']
    return [
        (str(state), {'OrderIndex': index, 'ScheduleStateMapping': state})
        for index, state in enumerate(attr.allowed_values or SCHEDULE_STATES, 1)
    ]


def level_states(change: Change, workspace: int, level: int) -> None:
    """Give a portfolio level its states."""
    for index, (name, marker) in enumerate(PORTFOLIO_STATES, 1):
        doc: dict[str, object] = {'OrderIndex': index, 'Enabled': True}
        if marker:
            doc[marker] = True
        change.tx.insert(
            Obj(type='State', workspace=workspace, name=name, created=change.stamp, doc=doc),
            {'TypeDef': level},
        )
