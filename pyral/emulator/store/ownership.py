"""Ownership of parts: whose a task, a step or a post is, and what that means for it.

One table says it for reads, writes, deletes and copies. A part without a project of its own (a
post, a step, a build, an attachment, a revision, an entry of the recycle bin) is for those who may
read what it belongs to. Only edges and rows pass through here; who may read is for `sight` to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping

__all__ = ['BIN', 'HELD', 'HISTORY', 'MAKER', 'NOTED', 'OWNED', 'Owned', 'PARTS']


@dataclass(frozen=True)
class Owned:
    """Say how the objects of a type belong to others.

    :ivar by: the references that lead to an owner; the first that is set counts.
    :ivar takes: the attributes that a part takes from its owner.
    :ivar has_project: whether rights are always those of a project of its own.
    :ivar goes_along: whether it is deleted, and restored, with its owner.
    :ivar is_copied: whether a copy of the owner has a copy of it.
    """

    by: tuple[str, ...]
    takes: tuple[str, ...] = ()
    has_project: bool = True
    goes_along: bool = True
    is_copied: bool = False


#: Type of a part -> how it belongs to its owner.
OWNED: Mapping[str, Owned] = {
    'AllowedAttributeValue': Owned(('AttributeDefinition',)),
    'Attachment': Owned(('Artifact', 'TestCaseResult'), has_project=False),
    'Blocker': Owned(('WorkProduct',), has_project=False),
    'Build': Owned(('BuildDefinition',), has_project=False, goes_along=False),
    'CapacityPlanAssignment': Owned(
        ('CapacityPlanItem', 'CapacityPlanProject'), has_project=False, goes_along=False
    ),
    'CapacityPlanItem': Owned(('CapacityPlan',), has_project=False, goes_along=False),
    'Change': Owned(('Changeset',)),
    'ConversationPost': Owned(('Artifact',), has_project=False),
    'ExpertiseDemand': Owned(('PortfolioItem',), has_project=False, goes_along=False),
    'HierarchicalRequirementPredecessorRelationship': Owned(
        ('Predecessor', 'Successor'), has_project=False, goes_along=False
    ),
    'KeyResult': Owned(('Objective',), goes_along=False),
    'KeyResultActualValue': Owned(('KeyResult',), goes_along=False),
    'ObjectiveConversationPost': Owned(('Objective',), has_project=False),
    'PortfolioItemPredecessorRelationship': Owned(
        ('Predecessor', 'Successor'), has_project=False, goes_along=False
    ),
    'PullRequest': Owned(('Artifact',), takes=('Project',), has_project=False),
    'Task': Owned(('WorkProduct',), takes=('Project', 'Iteration', 'Release')),
    'TestCaseResult': Owned(('TestCase',), takes=('Project', 'WorkProduct'), has_project=False),
    'TestCaseStep': Owned(('TestCase',), has_project=False, is_copied=True),
    'TimeEntryItem': Owned(('WorkProduct', 'Task'), goes_along=False),
    'TimeEntryValue': Owned(('TimeEntryItem',), has_project=False),
    'UserIterationCapacity': Owned(('Iteration',), takes=('Project',), goes_along=False),
    'VSMMetricPortfolioItem': Owned(('PortfolioItem',), has_project=False, goes_along=False),
    'VSMProductPortfolioItem': Owned(('PortfolioItem',), has_project=False, goes_along=False),
}
#: Type of a part without a project -> the edges that lead to what it belongs to.
PARTS: Mapping[str, tuple[str, ...]] = {
    path: owned.by for path, owned in OWNED.items() if not owned.has_project
}
#: Type of a part -> the edge that leads to it.
HELD: Mapping[str, str] = {'AttachmentContent': 'Content', 'RevisionHistory': 'RevisionHistory'}
HISTORY, BIN = 'Revision', 'RecycleBinEntry'
#: Type of a part -> the key of its document that holds the ObjectID of what it is about.
NOTED: Mapping[str, str] = {
    'IterationCumulativeFlowData': 'IterationObjectID',
    'ObjectAttributeChange': 'ChangedObjectObjectID',
    BIN: 'ItemOID',
    'ReleaseCumulativeFlowData': 'ReleaseObjectID',
}
#: Key of a document: who made what belongs to nobody else. Such names are never rendered.
MAKER = '_maker'
