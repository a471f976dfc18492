"""Tags: one of each name in a workspace (WSAPI reference, sections 7.2 and 16).

A create of a name that there is means the tag that has it, in a request of its own and inline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...store.reading import find_named

if TYPE_CHECKING:
    from ...store import Obj
    from ..write.draft import Draft

__all__ = ['of_the_same_name']


def of_the_same_name(draft: Draft) -> Obj | None:
    """Return the tag of the workspace that has the name of a new one already."""
    return find_named(draft.tx, 'Tag', draft.change.workspace, draft.value('Name'))
