"""A second reading of the query language: queries evaluated in plain Python over plain objects.

The emulator answers queries by SQL; this module answers them by loops, from the same pages of the
WSAPI reference (section 5) and from nothing of the emulator but the parser's tree. Where the two
differ, one of them is wrong.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

UTC = timezone.utc
NOW = datetime(2024, 3, 15, 15, 30, tzinfo=UTC)
SCHEDULE_STATES = ['Defined', 'In-Progress', 'Completed', 'Accepted']
DEFECT_STATES = ['Submitted', 'Open', 'Fixed', 'Closed']
TASK_STATES = ['Defined', 'In-Progress', 'Completed']
NAMES = [
    'Apple',
    'apple pie',
    'Über',
    'STRASSE',
    'a % b',
    'x_y',
    "it's",
    'quote " inside',
    'back\\slash',
    '(paren)',
    'null',
    'Zebra',
    '',
]

#: What each attribute is, per type: a kind, a value list, or a reference ('one'/'many', type).
ATTRIBUTES: dict[str, dict[str, Any]] = {
    'User': {'UserName': 'text', 'ObjectID': 'number', 'Disabled': 'flag'},
    'Tag': {'Name': 'text', 'ObjectID': 'number'},
    'Project': {
        'Name': 'text',
        'ObjectID': 'number',
        'Owner': ('one', 'User'),
        'Iterations': ('many', 'Iteration'),
        'Parent': ('one', 'Project'),
    },
    'Iteration': {
        'Name': 'text',
        'ObjectID': 'number',
        'StartDate': 'date',
        'Project': ('one', 'Project'),
        'PlannedVelocity': 'number',
    },
    'HierarchicalRequirement': {
        'Name': 'text',
        'Description': 'prose',
        'FormattedID': 'id',
        'ObjectID': 'number',
        'PlanEstimate': 'number',
        'Blocked': 'flag',
        'CreationDate': 'date',
        'AcceptedDate': 'date',
        'ScheduleState': SCHEDULE_STATES,
        'Owner': ('one', 'User'),
        'Project': ('one', 'Project'),
        'Iteration': ('one', 'Iteration'),
        'Parent': ('one', 'HierarchicalRequirement'),
        'Children': ('many', 'HierarchicalRequirement'),
        'Tasks': ('many', 'Task'),
        'Defects': ('many', 'Defect'),
        'Tags': ('many', 'Tag'),
    },
    'Defect': {
        'Name': 'text',
        'Description': 'prose',
        'FormattedID': 'id',
        'ObjectID': 'number',
        'PlanEstimate': 'number',
        'Blocked': 'flag',
        'CreationDate': 'date',
        'AcceptedDate': 'date',
        'ScheduleState': SCHEDULE_STATES,
        'State': DEFECT_STATES,
        'Owner': ('one', 'User'),
        'Project': ('one', 'Project'),
        'Iteration': ('one', 'Iteration'),
        'Requirement': ('one', 'HierarchicalRequirement'),
        'Tasks': ('many', 'Task'),
        'Tags': ('many', 'Tag'),
    },
    'Task': {
        'Name': 'text',
        'Description': 'prose',
        'FormattedID': 'id',
        'ObjectID': 'number',
        'Estimate': 'number',
        'Blocked': 'flag',
        'CreationDate': 'date',
        'State': TASK_STATES,
        'Owner': ('one', 'User'),
        'Project': ('one', 'Project'),
        'WorkProduct': ('one', 'SchedulableArtifact'),
        'Tags': ('many', 'Tag'),
    },
}
#: Several types at once, and attributes that only some of them have.
FAMILIES = {
    'Artifact': ['HierarchicalRequirement', 'Defect', 'Task'],
    'SchedulableArtifact': ['HierarchicalRequirement', 'Defect'],
}
#: Collections that are the other side of a reference: type and attribute that point back.
INVERSE = {
    ('Project', 'Iterations'): ('Iteration', 'Project'),
    ('HierarchicalRequirement', 'Children'): ('HierarchicalRequirement', 'Parent'),
    ('HierarchicalRequirement', 'Tasks'): ('Task', 'WorkProduct'),
    ('HierarchicalRequirement', 'Defects'): ('Defect', 'Requirement'),
    ('Defect', 'Tasks'): ('Task', 'WorkProduct'),
}
PREFIXES = {'HierarchicalRequirement': 'US', 'Defect': 'DE', 'Task': 'TA'}


@dataclass
class Item:
    """One object: scalars by name, ids for references, lists of ids for collections."""

    oid: int
    type: str
    values: dict[str, Any] = field(default_factory=dict)
    recycled: bool = False


class World:
    """Some objects that refer to one another, with nulls, empties and deleted ones among them.

    :param seed: decides everything.
    :param size: how many artifacts.
    """

    def __init__(self, seed: int, size: int = 30) -> None:
        self._random = random.Random(seed)
        self.items: dict[int, Item] = {}
        for kind, count in [('User', 3), ('Tag', 4), ('Project', 4), ('Iteration', 5)]:
            self._make(kind, count)
        for kind in ('HierarchicalRequirement', 'Defect', 'Task'):
            self._make(kind, size // 3)
        self.me = next(one.oid for one in self.items.values() if one.type == 'User')

    def of(self, *kinds: str) -> list[Item]:
        """Return the live objects of some types, in the order of their ids."""
        return [one for one in self.items.values() if one.type in kinds and not one.recycled]

    def _make(self, kind: str, count: int) -> None:
        made = [Item(9000 + len(self.items) + number, kind) for number in range(count)]
        for number, item in enumerate(made):
            self.items[item.oid] = item
            for name, what in ATTRIBUTES[kind].items():
                self._fill(item, name, what, number + 1)
            item.recycled = number > 0 and self._random.random() < 0.12

    def _fill(self, item: Item, name: str, what: Any, number: int) -> None:
        if (item.type, name) in INVERSE:
            return
        if name == 'ObjectID':
            item.values[name] = item.oid
        elif what == 'id':
            item.values[name] = PREFIXES[item.type] + str(number)
        elif name == 'CreationDate':
            item.values[name] = self._date()
        elif self._random.random() > 0.25:
            item.values[name] = self._value(item, what)

    def _value(self, item: Item, what: Any) -> Any:
        pick = self._random
        if isinstance(what, list):
            return pick.choice(what)
        if isinstance(what, tuple):
            there = [
                one.oid
                for one in self.items.values()
                if one.type in FAMILIES.get(what[1], [what[1]]) and one.oid != item.oid
            ]
            if what[0] == 'one':
                return pick.choice(there) if there else None
            return pick.sample(there, pick.randint(0, min(3, len(there))))
        return {
            'text': lambda: pick.choice(NAMES),
            'prose': lambda: pick.choice(NAMES),
            'number': lambda: float(pick.randint(-1, 8)) / pick.choice([1, 2]),
            'flag': lambda: pick.random() < 0.5,
            'date': self._date,
        }[what]()

    def _date(self) -> str:
        at = NOW + timedelta(hours=self._random.randint(-24 * 40, 24 * 40))
        return stamp(at)

    # Evaluation

    def answer(self, types: list[str], node: Any) -> list[int]:
        """Return the ids of the live objects of some types that match a parsed query."""
        return [item.oid for item in self.of(*types) if self.holds(node, item)]

    def holds(self, node: Any, item: Item) -> bool:
        """Say whether an object matches."""
        if hasattr(node, 'junction'):
            sides = (self.holds(node.left, item), self.holds(node.right, item))
            return all(sides) if node.junction == 'AND' else any(sides)
        return self._compare(item, node.path.split('.'), node.operator, node.value.text)

    def _compare(self, item: Item, names: list[str], operator: str, text: str) -> bool:
        *before, last = names
        met = [item]
        for name in before:
            met = [other for one in met for other in self._members(one, name)]
        if operator in ('=', '!=') and text.lower() == 'null':
            something = any(self._has_any(one, last) for one in met)
            return something is (operator == '!=')
        return any(self._true_of(one, last, operator, text) for one in met)

    def _members(self, item: Item, name: str) -> list[Item]:
        """The live objects behind a reference or a collection."""
        name = self._official(item, name)
        if (item.type, name) in INVERSE:
            kind, back = INVERSE[item.type, name]
            return [one for one in self.of(kind) if one.values.get(back) == item.oid]
        value = item.values.get(name)
        oids = value if isinstance(value, list) else [value]
        return [self.items[oid] for oid in oids if oid is not None and not self.items[oid].recycled]

    def _official(self, item: Item, name: str) -> str:
        return next((one for one in ATTRIBUTES[item.type] if one.lower() == name.lower()), '')

    def _has_any(self, item: Item, name: str) -> bool:
        name = self._official(item, name)
        if isinstance(ATTRIBUTES[item.type].get(name), tuple):
            return bool(self._members(item, name))
        return item.values.get(name) not in (None, '')

    def _true_of(self, item: Item, name: str, operator: str, text: str) -> bool:
        name = self._official(item, name)
        what = ATTRIBUTES[item.type].get(name)
        if what is None:
            return False
        if isinstance(what, tuple):
            wanted = self.me if text.lower() == 'currentuser' else int(text.rsplit('/', 1)[1])
            found = [one.oid for one in self._members(item, name)]
            if what[0] == 'one':
                return (wanted in found) is (operator == '=')
            if operator in ('=', 'contains'):
                return wanted in found
            return any(oid != wanted for oid in found)
        return true_of(what, item.values.get(name), operator, text)


def stamp(at: datetime) -> str:
    """Return a time as it is stored."""
    at = at.astimezone(UTC)
    return at.strftime('%Y-%m-%dT%H:%M:%S.') + '{:03d}Z'.format(at.microsecond // 1000)


def true_of(what: Any, value: Any, operator: str, text: str) -> bool:
    """Compare one stored value with the text of a query.

    :param what: the kind of the attribute, or its value list.
    """
    textual = what in ('text', 'prose') or isinstance(what, list)
    if operator in ('contains', '!contains'):
        inside = value is not None and text.casefold() in value.casefold()
        return inside is (operator == 'contains')
    if operator == 'in':
        return any(_equal(what, value, part.strip()) for part in text.split(','))
    if operator in ('=', '!='):
        return _equal(what, value, text) is (operator == '=')
    if value is None or textual and value == '' and isinstance(what, list):
        return False
    return _ordered(what, value, operator, text)


def _equal(what: Any, value: Any, text: str) -> bool:
    textual = what in ('text', 'prose') or isinstance(what, list)
    if text.lower() == 'null' or textual and text == '':
        return value is None or textual and value == ''
    if what == 'flag':
        return bool(value) is (text.lower() == 'true')
    if value is None:
        return isinstance(what, list) and text.lower() == 'none'
    if textual:
        return bool(value.casefold() == text.casefold())
    if what == 'date':
        start, end, _ = span(text)
        return start <= value < end
    return bool(_number(what, value) == _number(what, text))


def _ordered(what: Any, value: Any, operator: str, text: str) -> bool:
    if what == 'date':
        start, end, after = span(text)
        return {'<': value < start, '<=': value < end, '>': value >= after, '>=': value >= start}[
            operator
        ]
    if isinstance(what, list):
        places = [entry.casefold() for entry in what]
        if text.casefold() not in places:
            return False
        left, right = places.index(value.casefold()), places.index(text.casefold())
    elif what in ('text', 'prose'):
        left, right = value.casefold(), text.casefold()
    else:
        left, right = _number(what, value), _number(what, text)
    return {'<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right}[
        operator
    ]


def _number(what: Any, value: Any) -> float:
    if what == 'id':
        value = re.sub('[A-Za-z]', '', value)
    return float(value)


def span(text: str) -> tuple[str, str, str]:
    """Return start, end, and what counts as later, of a date; zones are UTC in these worlds."""
    word = text.replace(' ', '').lower()
    today = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {
        'today': (0, 1),
        'yesterday': (-1, 0),
        'tomorrow': (1, 2),
        'lastweek': (-7, 0),
        'nextweek': (1, 8),
        'lastmonth': (-30, 0),
        'nextmonth': (1, 31),
        'lastquarter': (-90, 0),
        'nextquarter': (1, 91),
        'lastyear': (-365, 0),
        'nextyear': (1, 366),
    }
    if word in days:
        first, last = days[word]
    elif re.match(r'today[+-]\d+$', word):
        shift = int(word[5:])
        first, last = (0, shift + 1) if word[5] == '+' else (shift, 1)
    else:
        at = datetime.fromisoformat(text.replace('Z', '+00:00'))
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        end = stamp(at + timedelta(milliseconds=1))
        return stamp(at), end, end
    start, end = stamp(today + timedelta(days=first)), stamp(today + timedelta(days=last))
    return start, end, start if word.startswith('today-') else end
