"""The rules of writing: what a create, an update, a delete or a collection edit does.

Every function works inside the transaction of a call, collects the call's warnings and raises
`ServiceError` with all refusals at once; the caller rolls back. Nothing here knows HTTP.
"""

from __future__ import annotations

from .collections import add_members, remove_members
from .copy import copy
from .create import create
from .delete import delete, restore, restore_from
from .derived import rollups
from .update import update

__all__ = [
    'add_members',
    'copy',
    'create',
    'delete',
    'remove_members',
    'restore',
    'restore_from',
    'rollups',
    'update',
]
