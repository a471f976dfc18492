"""Batches against N+1 queries: how to ask for many at once, and which rows belong to whom.

Pure planning: tables, texts and groups. Whether to batch at all is decided in `loader`.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral.refs import key_of
from pyral.refs import parse as parse_ref

#: Characters of one list of ids; with the rest the URL stays below what gateways take (8 KB).
MAX_IDS_LENGTH = 5600

#: Types the service reads one by one but does not answer queries on.
UNQUERYABLE = frozenset([
    'RevisionHistory', 'AttachmentContent', 'AttributeDefinition', 'AllowedAttributeValue',
    'AllowedQueryOperator', 'Subscription', 'Workspace', 'ProfileImage',
])

#: Condition a type needs besides the ids, or the service hides some of the items.
EXTRA_CONDITIONS = {'User': '((Disabled = true) OR (Disabled = false))'}

#: collection | types of its owner | member type | its attribute that names the owner | order;
#: `+` stands for the artifacts that have both, `^` for the portfolio levels of the service.
_INVERSES_TEXT = """
Tasks | HierarchicalRequirement Defect DefectSuite TestSet Risk | Task | WorkProduct
Children | HierarchicalRequirement | HierarchicalRequirement | Parent
Children | PortfolioItem/Initiative | PortfolioItem/Feature | Parent
Children | PortfolioItem/Theme | PortfolioItem/Initiative | Parent
Children | PortfolioItem/Strategy | PortfolioItem/Theme | Parent
Children | TestFolder | TestFolder | Parent
UserStories | PortfolioItem/Feature | HierarchicalRequirement | PortfolioItem
Defects | HierarchicalRequirement | Defect | Requirement
Defects | TestCase | Defect | TestCase
Defects | PortfolioItem/Feature | Defect | PortfolioItem
TestCases | HierarchicalRequirement Defect | TestCase | WorkProduct
TestCases | TestFolder | TestCase | TestFolder
Steps | TestCase | TestCaseStep | TestCase
Results | TestCase | TestCaseResult | TestCase
Children | Project | Project | Parent
Attachments | + ^ | Attachment | Artifact
Attachments | TestCaseResult | Attachment | TestCaseResult
Discussion | + ^ | ConversationPost | Artifact
Iterations | Project | Iteration | Project
Releases | Project | Release | Project
BuildDefinitions | Project | BuildDefinition | Project
WorkProducts | Iteration | SchedulableArtifact | Iteration
KeyResults | Objective Objective/TeamObjective Objective/GroupObjective | KeyResult | Objective
KeyResults | Objective/StrategicObjective | KeyResult | Objective
KeyResults | Objective/BusinessObjective Objective/ExecutionObjective | KeyResult | Objective
KeyResultActualValues | KeyResult | KeyResultActualValue | KeyResult
KeyResultInterimTargets | KeyResult | KeyResultInterimTarget | KeyResult
UserIterationCapacities | Iteration | UserIterationCapacity | Iteration
Changes | Changeset | Change | Changeset
Builds | BuildDefinition | Build | BuildDefinition
Values | TimeEntryItem | TimeEntryValue | TimeEntryItem
Revisions | RevisionHistory | Revision | RevisionHistory | RevisionNumber DESC
"""


_ARTIFACTS = 'HierarchicalRequirement Defect DefectSuite TestSet Risk Task TestCase'
_LEVELS = ' '.join('PortfolioItem/' + name for name in ('Feature', 'Initiative', 'Theme',
                                                        'Strategy'))


def _read_inverses(text):
    """Return {(owner type, collection): (member type, attribute, order or None)}."""
    table = {}
    for line in text.strip().split('\n'):
        cells = [cell.strip() for cell in line.split('|')]
        order = cells[4] if len(cells) > 4 else None
        for owner in cells[1].replace('+', _ARTIFACTS).replace('^', _LEVELS).split():
            table[(owner, cells[0])] = (cells[2], cells[3], order)
    return table


INVERSES = _read_inverses(_INVERSES_TEXT)


def chunks(ids, max_length=MAX_IDS_LENGTH):
    """Return lists of ids (as text) whose comma lists stay below a length, in order."""
    found, size = [], max_length
    for oid in ids:
        oid = str(oid)
        if size + len(oid) + 1 > max_length or not found:
            found.append([])
            size = 0
        found[-1].append(oid)
        size += len(oid) + 1
    return found


def query_in(path, ids, extra=None):
    """Return the query text for `path` being one of the ids."""
    condition = '({0} in "{1}")'.format(path, ','.join(ids))
    return '({0} AND {1})'.format(condition, extra) if extra else condition


def by_type(waiting, type_of):
    """Group [(key, ref)] by type path.

    :param type_of: returns the type path of a reference's type as written there.
    :returns: {type path: [(key, oid)]}, leaving out what has no number.
    """
    groups = OrderedDict()
    for key, ref in waiting:
        target = parse_ref(ref)
        if target is not None and isinstance(target.oid, int):
            groups.setdefault(type_of(target.type_path), []).append((key, target.oid))
    return groups


def by_owner(rows, attribute):
    """Group rows by the key of the object that `attribute` refers to, keeping their order."""
    groups = OrderedDict()
    for row in rows:
        owner = row.get(attribute)
        key = key_of(owner.get('_ref')) if isinstance(owner, dict) else None
        groups.setdefault(key, []).append(row)
    return groups


__all__ = [
    'EXTRA_CONDITIONS', 'INVERSES', 'MAX_IDS_LENGTH', 'UNQUERYABLE', 'by_owner', 'by_type',
    'chunks', 'query_in',
]
