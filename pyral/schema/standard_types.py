"""The standard entity types and their parents, as one indented table of type paths.

The tree follows what existing scripts see in `isinstance` and `inheritanceChain()`. Types that a
workspace adds, and the ones the service added since, get their class from the schema when they
are first met. This module holds data and the function that reads it, nothing else.
"""
from __future__ import absolute_import, division, print_function

STANDARD_TREE = """
Persistable
    Subscription
    AllowedAttributeValue
    AllowedQueryOperator
    DomainObject
        User
        UserProfile
        Workspace
        Blocker
        ProfileImage
        Scope
        UserPermission
            WorkspacePermission
            ProjectPermission
        WorkspaceDomainObject
            Artifact
                Task
                Defect
                TestCase
                SchedulableArtifact
                    DefectSuite
                    TestSet
                    Risk
                    Requirement
                        HierarchicalRequirement
                PortfolioItem
                    PortfolioItem/Strategy
                    PortfolioItem/Theme
                    PortfolioItem/Initiative
                    PortfolioItem/Feature
                RankableArtifact
                    ExternalContribution
            AttributeDefinition
                WebLinkDefinition
            CumulativeFlowData
                ReleaseCumulativeFlowData
                IterationCumulativeFlowData
            Connection
                PullRequest
            Slice
                Investment
            BaseRankable
                KeyResult
                Objective
                    Objective/StrategicObjective
                    Objective/BusinessObjective
                    Objective/ExecutionObjective
                    Objective/GroupObjective
                    Objective/TeamObjective
            KeyResultData
                KeyResultActualValue
                KeyResultInterimTarget
            CapacityPlan
                WorkingCapacityPlan
                PublishedCapacityPlan
                WorkingCapacityAssignment
            CapacityPlanAssignment
            CapacityPlanItem
            CapacityPlanProject
            WorkspaceConfiguration
            Type
            TypeDefinition
            Program
            Project
            Release
            Iteration
            ArtifactNotification
            Attachment
            AttachmentContent
            Build
            BuildDefinition
            BuildMetric
            BuildMetricDefinition
            Change
            Changeset
            ConversationPost
            FlowState
            Milestone
            ObjectiveConversationPost
            PortfolioItemPredecessorRelationship
            Preference
            PreliminaryEstimate
            RecycleBinEntry
            Revision
            RevisionHistory
            SCMRepository
            ScheduleState
            State
            Tag
            TestCaseResult
            TestCaseStep
            TestFolder
            TestFolderStatus
            TimeEntryItem
            TimeEntryValue
            UserIterationCapacity
            VSMChange
            VSMComponent
            VSMDeploy
            VSMIncident
            VSMInvestmentCategorytoInvestmentIntentMap
            VSMMeasure
            VSMMetric
            VSMOutcome
            VSMOutcomeMetric
            VSMProduct
            VSMProductAnalyticsMetric
            VSMTarget
"""

#: Names scripts use for a type that the service calls otherwise.
ALIASES = {
    'Story': 'HierarchicalRequirement',
    'UserStory': 'HierarchicalRequirement',
    'User Story': 'HierarchicalRequirement',
}

#: Never the type of an object, so never a key of `classFor`.
ABSTRACT_ONLY = frozenset(['SchedulableArtifact'])


#: What the schema endpoint would say of a type that older workspaces do not list, though the
#: service accepts it.
PULL_REQUEST = {
    'ElementName': 'PullRequest', 'Name': 'Pull Request', 'DisplayName': 'Pull Request',
    'TypePath': 'PullRequest', 'IDPrefix': 'PR', 'Creatable': True, 'Deletable': True,
    'Queryable': False, 'Parent': {'_refObjectName': 'Connection'},
    'Attributes': [
        {'ElementName': name, 'Name': label, 'AttributeType': kind, 'Required': required}
        for name, label, kind, required in (
            ('ExternalId', 'External ID', 'STRING', True),
            ('ExternalFormattedId', 'External Formatted ID', 'STRING', True),
            ('Name', 'Name', 'STRING', True),
            ('Url', 'Url', 'STRING', True),
            ('Artifact', 'Artifact', 'OBJECT', True),
            ('Description', 'Description', 'TEXT', False),
        )
    ],
}


def read_tree(text=STANDARD_TREE):
    """Return [(type path, parent's type path or None)], parents before their children."""
    rows, above = [], []
    for line in text.strip('\n').split('\n'):
        depth = (len(line) - len(line.lstrip(' '))) // 4
        del above[depth:]
        path = line.strip()
        rows.append((path, above[-1] if above else None))
        above.append(path)
    return rows


#: Type path -> parent's type path, of the standard types.
STANDARD_PARENTS = dict(read_tree())

#: Bare name -> type path, for the standard sub-types (`Feature` -> `PortfolioItem/Feature`).
STANDARD_SUB_TYPES = dict((path.rpartition('/')[2], path) for path in STANDARD_PARENTS
                          if '/' in path)


def class_name(type_path):
    """Return the Python name of a type path: `PortfolioItem_Feature`."""
    name = type_path.replace('/', '_')
    if name.replace('_', '').isalnum():
        return name
    return ''.join(letter if letter.isalnum() or letter == '_' else '_' for letter in name)


def standard_path(name):
    """Return the type path a standard name stands for, or None; letter case counts.

    Knows the names of the tree, its class names (`PortfolioItem_Feature`), the bare sub-type
    names (`Feature`) and the aliases (`Story`, `UserStory`, `User Story`).
    """
    name = ALIASES.get(name, name)
    if name in STANDARD_PARENTS:
        return name
    if name in STANDARD_SUB_TYPES:
        return STANDARD_SUB_TYPES[name]
    slashed = name.replace('_', '/', 1)
    return slashed if '_' in name and slashed in STANDARD_PARENTS else None


def plain_name(name):
    """Return the name of a type for its display name, as schemas name parents: `Domain Object`."""
    squeezed = name.replace(' ', '') if name else None
    return 'Persistable' if squeezed == 'PersistableObject' else squeezed


def chain_of(type_path, parent_path=None):
    """Return the class names from `Persistable` down to a type, which need not be standard.

    :param type_path: for example `PortfolioItem/Epic`.
    :param parent_path: the parent the schema names, used when the tree does not know the type.
    """
    names, path = [class_name(type_path)], type_path
    parent = STANDARD_PARENTS.get(path) or parent_for(path, parent_path)
    while parent is not None and path != parent:
        names.append(class_name(parent))
        path, parent = parent, STANDARD_PARENTS.get(parent)
    return names[::-1]


def parent_for(type_path, schema_parent=None):
    """Return the standard type a type of one's own hangs under.

    :param schema_parent: the name the schema gives; it wins when it is a standard type, since for
        many types the schema names the type itself.
    """
    if type_path in STANDARD_PARENTS:
        return STANDARD_PARENTS[type_path]
    schema_parent = plain_name(schema_parent)
    if schema_parent in STANDARD_PARENTS and schema_parent != type_path:
        return schema_parent
    stem = type_path.partition('/')[0]
    if '/' in type_path and stem in STANDARD_PARENTS:
        return stem
    return 'WorkspaceDomainObject'


__all__ = [
    'ABSTRACT_ONLY', 'ALIASES', 'PULL_REQUEST', 'STANDARD_PARENTS', 'STANDARD_SUB_TYPES',
    'STANDARD_TREE', 'chain_of', 'class_name', 'parent_for', 'plain_name', 'read_tree',
    'standard_path',
]
