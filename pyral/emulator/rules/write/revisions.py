"""Revisions: what changed, in the words of the service, and the records that keep it.

`difference` and `shown` are pure; `begin`, `record` and `describe` use the store. The pattern is
that of the WSAPI reference, section 8.6: `OWNER added [Ann], STATE changed from [Open] to [Fixed]`.
"""

from __future__ import annotations

from datetime import datetime, timezone, tzinfo
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from ...clock import parse_iso
from ...store import bulk
from .companions import FIRST_REVISION, history, revision, was_before

if TYPE_CHECKING:
    from ...model import AttrDef
    from ...store import Obj
    from .change import Change
    from .draft import Draft

__all__ = [
    'begin',
    'describe',
    'described',
    'difference',
    'members_difference',
    'record',
    'shown',
]

#: A value of more letters is not shown.
LONGEST_VALUE = 255
TOO_LONG = "value too long to display"
#: The length of Revision.Description.
LONGEST_TEXT = 4000
#: Attributes that the service keeps itself and does not write about.
SILENT = frozenset(
    (
        'ScheduleStatePrefix',
        'FlowStateChangedDate',
        'StateChangedDate',
        'LastUpdateDate',
        'LastUpdatedDate',
        'Blocker',
    )
)

_DAYS = ('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')
_MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')


def shown(attr: AttrDef, value: Any, zone: tzinfo = timezone.utc) -> str:
    """Return a value as a description shows it; empty for "not set"."""
    if value is None or value == '':
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    if attr.type == 'DATE':
        return _java_date(parse_iso(str(value)).astimezone(zone))
    if attr.type == 'WEB_LINK' and isinstance(value, dict):
        value = value.get('DisplayString') or value.get('LinkID')
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else TOO_LONG


def difference(label: str, old: str, new: str) -> str | None:
    """Return the phrase for one attribute, or None when nothing shows.

    >>> difference('Schedule State', 'Defined', 'Accepted')
    'SCHEDULE STATE changed from [Defined] to [Accepted]'
    """
    if old == new and old != TOO_LONG:
        return None
    if not old:
        return f'{label.upper()} added [{new}]'
    if not new:
        return f'{label.upper()} removed [{old}]'
    return f'{label.upper()} changed from [{old}] to [{new}]'


def members_difference(label: str, added: Iterable[str], removed: Iterable[str]) -> list[str]:
    """Return the phrases for the members a collection won and lost."""
    phrases = [f'{label.upper()} added [{name}]' for name in added]
    return phrases + [f'{label.upper()} removed [{name}]' for name in removed]


def describe(draft: Draft) -> list[str]:
    """Return the phrases for everything pending in a draft, in the order of the model."""
    zone = draft.change.zone
    changed = draft.changed_values()
    links = draft.changed_links()
    old_links = {name: draft.stored_link(name) for name in links}
    names = _names(draft.change, [*links.values(), *old_links.values()])
    attributes = draft.type_def.attributes
    phrases: dict[str, str | None] = {}
    for name, value in changed.items():
        attr = attributes[name]
        if attr.slot != 'blob':
            old, new = shown(attr, draft.stored(name), zone), shown(attr, value, zone)
            phrases[name] = difference(attr.label, old, new)
    for name, target in links.items():
        old, new = names.get(old_links[name], ''), names.get(target, '')
        phrases[name] = difference(attributes[name].label, old, new)
    return described(attributes, phrases)


def described(attributes: Mapping[str, AttrDef], phrases: Mapping[str, str | None]) -> list[str]:
    """Return the phrases of some attributes in the order of the model, without the silent ones."""
    order = {name: number for number, name in enumerate(attributes)}
    kept = [name for name, phrase in phrases.items() if phrase and name not in SILENT]
    return [phrases[name] or '' for name in sorted(kept, key=order.__getitem__)]


def begin(change: Change, workspace: int | None) -> int:
    """Make the RevisionHistory of a new object, with its first revision, and return its id."""
    made = history(workspace, change.stamp)
    made.oid = change.tx.new_oid()
    first = _revision(change, made.oid, workspace, 0, FIRST_REVISION)
    change.tx.insert_all([(made, {'Workspace': workspace}), first])
    return made.oid


def record(change: Change, obj: Obj, phrases: list[str], before: Mapping[str, Any]) -> None:
    """Add a revision to an object's history.

    :param phrases: what changed; when empty, nothing is recorded.
    :param before: the values and targets that were replaced.
    """
    kept = change.tx.target(obj.oid, 'RevisionHistory')
    if not phrases or kept is None:
        return
    # The object itself points to its kept under the same name as the revisions do.
    number = bulk.count_links(change.tx, kept, 'RevisionHistory') - 1
    text = ', '.join(phrases)
    if len(text) > LONGEST_TEXT:
        text = text[: LONGEST_TEXT - 3] + '...'
    was = was_before(obj.oid, before)
    change.tx.insert(*_revision(change, kept, obj.workspace, number, text, was))


def _revision(
    change: Change,
    history: int,
    workspace: int | None,
    number: int,
    text: str,
    was: Mapping[str, Any] | None = None,
) -> tuple[Obj, dict[str, int | None]]:
    """Return a revision and its edges."""
    return revision(workspace, change.stamp, number, text, was), {
        'RevisionHistory': history,
        'User': change.user.oid,
        'Workspace': workspace,
    }


def _names(change: Change, oids: Iterable[int | None]) -> dict[int | None, str]:
    found = change.tx.get_many([oid for oid in oids if oid is not None])
    return {oid: _name(obj) for oid, obj in found.items()}


def _name(obj: Obj) -> str:
    """Return the name of an object; users show their display name, artifacts their ID too."""
    name = obj.name or obj.doc.get('DisplayName') or obj.doc.get('UserName')
    if obj.formatted_id:
        return f'{obj.formatted_id}: {name}'
    return str(name or obj.formatted_id or obj.oid)


def _java_date(moment: datetime) -> str:
    """Print a date as recorded revisions do: `Tue Sep 11 15:03:16 MDT 2018`."""
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    zone = moment.tzname() or 'UTC'
    return f'{day} {month} {moment:%d %H:%M:%S} {zone} {moment.year}'
