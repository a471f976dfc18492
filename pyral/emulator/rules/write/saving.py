"""Store a draft and everything that follows from it: revision, parts that move along, blockers.

The last step of every create and update, and of every member a collection edit touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from ...store import Obj
from . import revisions
from .defaults import follow_owner
from .ranking import bottom, is_rankable
from .states import STATE_RULES

if TYPE_CHECKING:
    from .change import Change
    from .draft import Draft

__all__ = ['prepare', 'save', 'save_new']

#: What the tasks of a work product take from it, and what tells them.
SCHEDULE = ('Project', 'Iteration', 'Release')


def prepare(draft: Draft) -> None:
    """Let the rules of states, dates and owners complete a draft before it is checked."""
    follow_owner(draft)
    for rule in STATE_RULES:
        rule(draft)


def save_new(draft: Draft) -> Obj:
    """Store a new object with its number, its rank and its history."""
    change, type_def = draft.change, draft.type_def
    if draft.has('RevisionHistory'):
        draft.point('RevisionHistory', revisions.begin(change, change.workspace))
    number, formatted_id = None, None
    if draft.has('FormattedID'):
        number = change.tx.next_number(change.workspace, type_def.path)
        formatted_id = f"{type_def.id_prefix or ''}{number}"
    rank = bottom(change) if is_rankable(type_def) else None
    change.stale.update(target for target in draft.links.values() if target is not None)
    blocked = draft.value('Blocked') is True
    _note_progress(draft)
    obj = draft.store_new(rank, number, formatted_id)
    change.stale.add(obj.oid)
    if blocked:
        _block(change, obj)
    return obj


def save(draft: Draft, phrases: Sequence[str] = ()) -> Obj:
    """Store what differs, as one version with one revision; nothing differs, nothing is stored.

    :param phrases: what else changed, such as the members of a collection.
    """
    obj = draft.obj
    assert obj is not None
    change, links = draft.change, draft.changed_links()
    if not links and not draft.changed_values() and not phrases:
        return obj
    text = revisions.describe(draft) + list(phrases)
    old = {name: draft.stored_link(name) for name in links}
    blocking = draft.turned('Blocked')
    blocked = draft.value('Blocked') is True
    if blocking and not blocked:
        draft.put('BlockedReason', None)
    if draft.turned('State') or draft.turned('WorkProduct'):
        _note_progress(draft)
    saved = draft.store_changes()
    change.stale.add(saved.oid)
    change.stale.update(oid for oid in (*links.values(), *old.values()) if oid is not None)
    revisions.record(change, saved, text)
    if blocking:
        (_block if blocked else _unblock)(change, saved)
    if any(name in links for name in SCHEDULE):
        _move_tasks(draft, saved)
    return saved


def _note_progress(draft: Draft) -> None:
    """Remember the work product whose tasks have moved."""
    owner = draft.link('WorkProduct') if draft.type_def.path == 'Task' else None
    if owner is not None:
        draft.change.advanced.add(owner)


def _move_tasks(draft: Draft, owner: Obj) -> None:
    """Let the tasks of a work product follow it to another project, iteration or release."""
    if 'Tasks' not in draft.type_def.attributes:
        return
    change = draft.change
    tasks = change.tx.get_many(change.tx.sources(owner.oid, 'WorkProduct'))
    for task in tasks.values():
        if task.type != 'Task':
            continue
        for name in SCHEDULE:
            change.tx.set_link(task.oid, name, change.tx.target(owner.oid, name))
        if task.project != owner.project:
            change.tx.update(task.oid, project=owner.project)


def _block(change: Change, obj: Obj) -> None:
    """Say who blocked an object, as `Blocker` does."""
    if 'Blocker' not in change.type_of(obj).attributes:
        return
    blocker = change.tx.insert(
        Obj(type='Blocker', workspace=obj.workspace, created=change.stamp),
        {'BlockedBy': change.user.oid, 'WorkProduct': obj.oid},
    )
    change.tx.set_link(obj.oid, 'Blocker', blocker.oid)


def _unblock(change: Change, obj: Obj) -> None:
    blocker = change.tx.target(obj.oid, 'Blocker')
    if blocker is not None:
        change.tx.remove(blocker)
