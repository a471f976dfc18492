"""Revisions of a world file: the values before each one, told in the words of the service.

A file says of a revision what attributes `was` before it; what they became is what the next one
says, or the object itself. So the texts can never contradict the object, and flow data can be
worked out of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..rules.write.companions import was_before
from ..rules.write.revisions import described, difference, shown
from ..rules.write.states import stamped_by
from .errors import JsonPath, WorldError, near_miss

if TYPE_CHECKING:
    from ..model import AttrDef
    from .build_state import Building, FileObject

__all__ = ['Told', 'revisions_of']

#: A state -> the date of its last change.
_STATES = {'ScheduleState': 'FlowStateChangedDate', 'State': 'StateChangedDate'}


class Told(NamedTuple):
    """One revision: its text, when, by whom, and what flow data needs of the values before it."""

    text: str
    at: str
    by: int
    was: Mapping[str, Any] | None = None


def revisions_of(building: Building, draft: FileObject) -> list[Told]:
    """Return the revisions of an object after the first one.

    :raises WorldError: what a revision says cannot have been.
    """
    given = draft.entry.extra.get('revisions') or ()
    zone = building.zone_of(draft.entry)
    found = []
    for index, spec in enumerate(given):
        if 'was' not in spec and 'text' not in spec:
            raise WorldError(
                "a revision says what attributes 'was' before it, or has a 'text'.",
                _place(draft, index),
            )
        at = building.date(spec.get('at', 'now'), _place(draft, index, 'at'), zone)
        by = building.person(draft, spec['by'], 'revisions') if 'by' in spec else draft.author
        found.append(Told(spec.get('text', ''), at or building.stamp, by))
    if any('was' in spec for spec in given):
        return _told(building, draft, given, found)
    return found


def _told(
    building: Building, draft: FileObject, given: Sequence[Mapping[str, Any]], found: list[Told]
) -> list[Told]:
    """Write the texts that the file leaves to us."""
    before = [_stored(building, draft, index, spec) for index, spec in enumerate(given)]
    _follow_states(draft, before, found)
    after: dict[str, Any] = {}
    for index in range(len(found) - 1, -1, -1):
        step, was = found[index], before[index]
        if index and step.at < found[index - 1].at:
            raise WorldError("revisions stand in the order of their dates.", _place(draft, index))
        if step.at < draft.obj.created:
            raise WorldError(
                f"the object is younger: its CreationDate is {draft.obj.created}.",
                _place(draft, index),
            )
        phrases = described(
            draft.rules.attributes,
            {
                name: _phrase(building, draft, name, value, after.get(name, _present(draft, name)))
                for name, value in was.items()
            },
        )
        text = step.text or ', '.join(phrases)
        if not text:
            raise WorldError("nothing differs from what was before.", _place(draft, index, 'was'))
        found[index] = step._replace(text=text, was=was_before(draft.obj.oid, was))
        after.update(was)
    return found


def _stored(
    building: Building, draft: FileObject, index: int, spec: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values before a revision as they are stored."""
    values: dict[str, Any] = {}
    attributes = draft.rules.attributes
    for name, raw in spec.get('was', {}).items():
        attr, place = attributes.get(name), _place(draft, index, 'was', name)
        if attr is None:
            raise WorldError(
                f"{draft.rules.type_def.path} has no attribute '{name}'."
                f"{near_miss(name, attributes)}",
                place,
            )
        if attr.slot in ('derived', 'constant'):
            raise WorldError(f"{name} is worked out by the service and has no revisions.", place)
        if attr.type == 'COLLECTION' or attr.slot == 'blob' or attr.column not in (None, 'name'):
            raise WorldError(f"write the text of a revision that changes {name}.", place)
        if attr.type == 'OBJECT':
            values[name] = building.resolver.reference(draft.entry, attr, raw, place)
        else:
            values[name] = None if raw is None else building.value(draft, attr, raw, place)
    return values


def _follow_states(
    draft: FileObject, before: Sequence[dict[str, Any]], found: Sequence[Told]
) -> None:
    """Add what moves along with a state: the flow state and the dates that it stamps."""
    for name, changed in _STATES.items():
        turns = [index for index, was in enumerate(before) if name in was]
        stamped: dict[str, str | None] = {}
        for turn, index in enumerate(turns):
            was, last = before[index], turn + 1 == len(turns)
            state = draft.value(name) if last else before[turns[turn + 1]][name]
            come = stamped_by(draft.type_def, name, state)
            for date, had_come in stamped_by(draft.type_def, name, was[name]).items():
                if come[date] == had_come or date in was:
                    continue
                # What it had reached when it was made was stamped then.
                was[date] = stamped.get(date, draft.obj.created) if had_come else None
                stamped[date] = found[index].at if come[date] else None
            if name == 'ScheduleState' and draft.has('FlowState') and state != was[name]:
                flows = (one.oid for one in draft.flow_states() if one.mapping == was[name])
                was.setdefault('FlowState', next(flows, None))
        if turns:
            draft.put(changed, found[turns[-1]].at)
        for date, moment in stamped.items():
            draft.put(date, moment)


def _present(draft: FileObject, name: str) -> Any:
    if draft.rules.attributes[name].type == 'OBJECT':
        return draft.links.get(name)
    return draft.value(name)


def _phrase(building: Building, draft: FileObject, name: str, old: Any, new: Any) -> str | None:
    attr = draft.rules.attributes[name]
    if attr.type == 'OBJECT':
        old, new = (_name(building, draft, one, attr) for one in (old, new))
        return difference(attr.label, old, new)
    zone = building.zone_of(draft.entry)
    return difference(attr.label, shown(attr, old, zone), shown(attr, new, zone))


def _name(building: Building, draft: FileObject, oid: int | None, attr: AttrDef) -> str:
    """Return the name of what a reference leads to, as a description shows it."""
    if oid is None:
        return ''
    name = building.names.shown(oid)
    if name is not None:
        return name
    made = building.made(oid)
    if made is None or made.formatted_id is None:
        raise WorldError(
            f"write the text of a revision that changes {attr.name}: what it led to is made later.",
            draft.place('revisions'),
        )
    return f'{made.formatted_id}: {made.name}'


def _place(draft: FileObject, index: int, *names: str) -> JsonPath:
    return (*draft.entry.place, 'revisions', index, *names)
