"""The configuration of a workspace, with its time zone: one way to both."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING

from ..clock import zone

if TYPE_CHECKING:
    from ..store import Obj, Tx

__all__ = ['configuration_of', 'zone_of']


def configuration_of(tx: Tx, workspace: int | None) -> Obj | None:
    """Return the WorkspaceConfiguration of a workspace."""
    oid = None if workspace is None else tx.target(workspace, 'WorkspaceConfiguration')
    return None if oid is None else tx.get(oid)


def zone_of(tx: Tx, workspace: int | None) -> tzinfo:
    """Return the time zone of a workspace; UTC where none is set."""
    found = configuration_of(tx, workspace)
    return zone(None if found is None else found.doc.get('TimeZone'))
