"""Persistence of a draft and what follows from it: revision, parts that move along, blockers.

The last step of every create and update, and of every member a collection edit touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ...store.reading import subtree
from . import revisions
from .allow import permit
from .companions import blocker
from .completion import complete
from .draft import Draft
from .moving import STORY, TIMEBOXES, move_parts, scheduled
from .ranking import is_rankable, top

if TYPE_CHECKING:
    from ...store import Obj
    from .change import Change

__all__ = ['make', 'save', 'save_new']


def make(
    change: Change,
    type_path: str,
    values: Mapping[str, Any],
    links: Mapping[str, int | None] | None = None,
) -> Obj:
    """Make an object that comes along with another one, complete as if a client had asked for it.

    The right to it is that to the other one.
    """
    draft = Draft(change, change.catalogue.type(type_path))
    draft.values.update(values)
    draft.links.update(links or {})
    complete(draft)
    return save_new(draft)


def save_new(draft: Draft) -> Obj:
    """Store a new object with its number, its rank and its history."""
    change, type_def = draft.change, draft.type_def
    if draft.has('RevisionHistory'):
        draft.point('RevisionHistory', revisions.begin(change, change.workspace))
    number, formatted_id = None, None
    if draft.has('FormattedID'):
        number = change.tx.next_number(change.workspace, type_def.path)
        formatted_id = f"{type_def.id_prefix or ''}{number}"
    rank = top(change) if is_rankable(type_def) else None
    ends = {name: end for name, end in draft.links.items() if end is not None}
    blocked = draft.value('Blocked') is True
    _note_progress(draft)
    obj = draft.store_new(rank, number, formatted_id)
    change.stale.add(obj.oid)
    change.relinked.update((obj.oid, name, end) for name, end in ends.items())
    if blocked:
        _block(change, obj)
    if type_def.path == STORY:
        _unschedule(draft, draft.link('Parent'))
    return obj


def save(draft: Draft, phrases: Sequence[str] = (), derived: bool = False) -> Obj:
    """Store what differs, as one version with one revision; nothing differs, nothing is stored.

    :param phrases: what else changed, such as the members of a collection.
    :param derived: whether it follows from other objects, so that no right to it is needed.
    :raises NotAuthorized: when the caller may not change the object.
    """
    obj = draft.obj
    assert obj is not None
    change, links, values = draft.change, draft.changed_links(), draft.changed_values()
    if not links and not values and not phrases:
        return obj
    if not derived:
        permit(change, obj)
    # Before storing: the draft knows what differs only until then. The revision does not tell
    # that a reason went with its block, so its words come first.
    text = revisions.describe(draft) + list(phrases)
    old = {name: draft.stored_link(name) for name in links}
    before = {name: draft.stored(name) for name in values} | old
    blocking, blocked = draft.turned('Blocked'), draft.value('Blocked') is True
    if blocking and not blocked:
        draft.put('BlockedReason', None)
    if draft.turned('State') or draft.turned('WorkProduct'):
        _note_progress(draft)
    saved = draft.store_changes()
    # After storing: both ends of a moved reference are worked out from what is stored, and the
    # revision, the blocker and the tasks belong to the version that is there now.
    change.altered.setdefault(saved.oid, set()).update((*values, *links))
    for ends in (links, old):
        change.relinked.update(
            (saved.oid, name, end) for name, end in ends.items() if end is not None
        )
    revisions.record(change, saved, text, before)
    if blocking:
        (_block if blocked else _unblock)(change, saved)
    if any(name in links for name in ('Project', *TIMEBOXES)):
        move_parts(draft, saved, links)
    _follow_parent(draft, saved, links)
    return saved


def _note_progress(draft: Draft) -> None:
    """Remember the work product whose tasks have moved."""
    owner = draft.link('WorkProduct') if draft.type_def.path == 'Task' else None
    if owner is not None:
        draft.change.advanced.add(owner)


def _follow_parent(draft: Draft, obj: Obj, links: Mapping[str, int | None]) -> None:
    """Let what is below a story that has moved show the feature above it."""
    if draft.type_def.path != STORY or not {'Parent', 'PortfolioItem'} & links.keys():
        return
    draft.change.stale.update(subtree(draft.tx, obj.oid, 'Parent'))
    _unschedule(draft, links.get('Parent'))


def _unschedule(draft: Draft, above: int | None) -> None:
    """Take the timeboxes of a story that gets a child."""
    lost = {} if above is None else scheduled(draft.change, above)
    parent = draft.tx.get(above) if above is not None and lost else None
    if parent is not None:
        other = Draft(draft.change, draft.type_def, parent)
        other.links.update(lost)
        save(other)


def _block(change: Change, obj: Obj) -> None:
    """Say who blocked an object, as `Blocker` does."""
    if 'Blocker' not in change.type_of(obj).attributes:
        return
    made = change.tx.insert(
        blocker(obj, change.stamp), {'BlockedBy': change.user.oid, 'WorkProduct': obj.oid}
    )
    change.tx.set_link(obj.oid, 'Blocker', made.oid)


def _unblock(change: Change, obj: Obj) -> None:
    held = change.tx.target(obj.oid, 'Blocker')
    if held is not None:
        change.tx.remove(held)
