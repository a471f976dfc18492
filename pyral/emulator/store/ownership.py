"""Parts of objects that have no project of their own: whose they are, and who may read them.

A post, a step, an attachment, a revision or an entry of the recycle bin is for those who may read
what it belongs to. Only edges and rows pass through here; what a right is, `scope` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping

from sqlalchemy import ColumnElement, and_, not_, or_, select

from .expressions import as_integer
from .tables import links, objects

if TYPE_CHECKING:
    from .transaction import Obj, Tx

__all__ = ['PARTS', 'is_part', 'of_readable', 'owner_of']

#: Type of a part -> the edges that lead to what it belongs to.
PARTS: Mapping[str, tuple[str, ...]] = {
    'Attachment': ('Artifact', 'TestCaseResult'),
    'Blocker': ('WorkProduct',),
    'ConversationPost': ('Artifact',),
    'ObjectiveConversationPost': ('Objective',),
    'TestCaseStep': ('TestCase',),
    'TimeEntryValue': ('TimeEntryItem',),
}
#: Type of a part -> the edge that leads to it.
HELD: Mapping[str, str] = {'AttachmentContent': 'Content', 'RevisionHistory': 'RevisionHistory'}
HISTORY, BIN = 'Revision', 'RecycleBinEntry'


def is_part(type_path: str) -> bool:
    """Say whether objects of a type belong to others, whose rights are theirs."""
    return type_path in PARTS or type_path in HELD or type_path in (HISTORY, BIN)


def owner_of(tx: Tx, part: Obj) -> Obj | None:
    """Return what a part belongs to, deleted or not; None when it belongs to nothing."""
    if part.type == BIN:
        return tx.get(int(part.doc.get('ItemOID') or 0), recycled=True)
    history = tx.target(part.oid, HELD['RevisionHistory']) if part.type == HISTORY else part.oid
    if part.type in PARTS or history is None:
        found = [tx.target(part.oid, edge) for edge in PARTS.get(part.type, ())]
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
    elif type_path in PARTS:
        edge = links.alias('edge')
        leads = (
            select(owner.c.oid)
            .join(edge, edge.c.target == owner.c.oid)
            .where(
                edge.c.source == objects.c.oid,
                or_(*(edge.c.attr == name for name in PARTS[type_path])),
                outside,
            )
        )
    return [] if leads is None else [not_(leads.correlate(objects).exists())]
