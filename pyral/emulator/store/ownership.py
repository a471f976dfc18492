"""Ownership of parts: whose a task, a step or a post is, and what that means for it.

One table says it for reads, writes, deletes and copies. A part without a project of its own (a
post, a step, an attachment, a revision, an entry of the recycle bin) is for those who may read
what it belongs to. Only edges and rows pass through here; what a right is, `scope` knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from sqlalchemy import ColumnElement, and_, not_, or_, select

from .expressions import as_integer
from .tables import links, objects

if TYPE_CHECKING:
    from .obj import Obj
    from .transaction import Tx

__all__ = ['OWNED', 'OWNER_REFERENCES', 'Owned', 'is_part', 'of_readable', 'owner_of']


@dataclass(frozen=True)
class Owned:
    """Say how the objects of a type belong to others.

    :ivar by: the references that lead to an owner; the first that is set counts.
    :ivar takes: the attributes that a part takes from its owner.
    :ivar has_project: whether rights are those of a project of its own.
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
    'Build': Owned(('BuildDefinition',), goes_along=False),
    'Change': Owned(('Changeset',)),
    'ConversationPost': Owned(('Artifact',), has_project=False),
    'KeyResult': Owned(('Objective',), goes_along=False),
    'KeyResultActualValue': Owned(('KeyResult',), goes_along=False),
    'ObjectiveConversationPost': Owned(('Objective',), has_project=False),
    'PullRequest': Owned(('Artifact',), takes=('Project',)),
    'Task': Owned(('WorkProduct',), takes=('Project', 'Iteration', 'Release')),
    'TestCaseResult': Owned(('TestCase',), takes=('Project', 'WorkProduct')),
    'TestCaseStep': Owned(('TestCase',), has_project=False, is_copied=True),
    'TimeEntryItem': Owned(('WorkProduct', 'Task'), goes_along=False),
    'TimeEntryValue': Owned(('TimeEntryItem',), has_project=False),
    'UserIterationCapacity': Owned(('Iteration',), takes=('Project',), goes_along=False),
}
#: All references that lead to an owner.
OWNER_REFERENCES = tuple(dict.fromkeys(name for owned in OWNED.values() for name in owned.by))
#: Type of a part without a project -> the edges that lead to what it belongs to.
_PARTS = {path: owned.by for path, owned in OWNED.items() if not owned.has_project}
#: Type of a part -> the edge that leads to it.
HELD: Mapping[str, str] = {'AttachmentContent': 'Content', 'RevisionHistory': 'RevisionHistory'}
HISTORY, BIN = 'Revision', 'RecycleBinEntry'


def is_part(type_path: str) -> bool:
    """Say whether objects of a type belong to others, whose rights are theirs."""
    return type_path in _PARTS or type_path in HELD or type_path in (HISTORY, BIN)


def owner_of(tx: Tx, part: Obj) -> Obj | None:
    """Return what a part belongs to, deleted or not; None when it belongs to nothing."""
    if part.type == BIN:
        return tx.get(int(part.doc.get('ItemOID') or 0), recycled=True)
    history = tx.target(part.oid, HELD['RevisionHistory']) if part.type == HISTORY else part.oid
    if part.type in _PARTS or history is None:
        found = [tx.target(part.oid, edge) for edge in _PARTS.get(part.type, ())]
        return next((tx.get(oid, recycled=True) for oid in found if oid is not None), None)
    edge = HELD['RevisionHistory' if part.type == HISTORY else part.type]
    holders = tx.get_many(tx.sources(history, edge), recycled=True).values()
    return next((one for one in holders if one.type != HISTORY), None)


def of_readable(type_path: str, projects: Iterable[int]) -> list[ColumnElement[bool]]:
    """Return the condition "of nothing that lies in another project than these"; none for owners.

    :param type_path: the type of the parts that are asked for.
    :param projects: what the caller may read.
    """
    owner = objects.alias('owner')
    outside = and_(owner.c.project.is_not(None), owner.c.project.not_in(sorted(projects)))
    leads: Any = None
    if type_path == BIN:
        leads = select(owner.c.oid).where(
            owner.c.oid == as_integer(objects.c.doc['ItemOID']), outside
        )
    elif type_path == HISTORY:
        up, down = links.alias('up'), links.alias('down')
        leads = (
            select(owner.c.oid)
            .join(down, down.c.source == owner.c.oid)
            .join(up, and_(up.c.target == down.c.target, up.c.attr == down.c.attr))
            .where(up.c.source == objects.c.oid, up.c.attr == HELD['RevisionHistory'], outside)
        )
    elif type_path in _PARTS:
        edge = links.alias('edge')
        leads = (
            select(owner.c.oid)
            .join(edge, edge.c.target == owner.c.oid)
            .where(
                edge.c.source == objects.c.oid,
                or_(*(edge.c.attr == name for name in _PARTS[type_path])),
                outside,
            )
        )
    return [] if leads is None else [not_(leads.correlate(objects).exists())]
