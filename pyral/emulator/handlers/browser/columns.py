"""Columns of a list: which ones are shown, the choice of others, and sorting by their heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Mapping, Sequence

from ...errors import ServiceError
from ...language import order_by
from .page import address

if TYPE_CHECKING:
    from ...catalogue.catalogue import Catalogue
    from ...model import AttrDef, TypeDef
    from ...request import Call

__all__ = ['ColumnHead', 'chosen', 'heads', 'offered', 'sorting']

#: What a list shows of its rows unless others are chosen, where the type has it.
COLUMNS = (
    'UserName',
    'ElementName',
    'StringValue',
    'ScheduleState',
    'State',
    'RevisionNumber',
    'Description',
    'Text',
    'Role',
    'User',
    'Owner',
    'Project',
    'Iteration',
    'StartDate',
    'EndDate',
    'ReleaseDate',
    'CreationDate',
)
MOST_COLUMNS = 7
#: More cannot be chosen: a page has an end.
MOST_CHOSEN = 40
#: Shown first in every list: they lead to the object, and need not be chosen.
LEADING = ('FormattedID', 'Name')
PARAM = 'columns'


@dataclass(frozen=True)
class ColumnHead:
    """The head of a column.

    :ivar href: the list sorted by it; None where it cannot be sorted by.
    :ivar sorted: `ascending` or `descending` when the list is sorted by it.
    """

    label: str
    href: str | None
    sorted: str | None = None


def offered(catalogue: Catalogue, kinds: Iterable[str]) -> dict[str, AttrDef]:
    """Return the attributes that types have, by name: what may be chosen."""
    found: dict[str, AttrDef] = {}
    for kind in kinds:
        type_def = catalogue.resolve(kind)
        for name, attr in () if type_def is None else type_def.attributes.items():
            if attr.in_full and attr.slot != 'blob':
                found.setdefault(name, attr)
    return found


def chosen(call: Call, known: Mapping[str, AttrDef]) -> tuple[list[str], bool]:
    """Return the columns to show beside the leading ones, and whether the caller chose them.

    They are given one by one, as a form does, or by commas, as the links of the pages do.
    """
    given = [value for name, value in call.params.pairs() if name.lower() == PARAM]
    names = {name.lower(): name for name in known}
    wanted = [names.get(part.strip().lower()) for text in given for part in text.split(',')]
    found = [name for name in dict.fromkeys(wanted) if name is not None and name not in LEADING]
    if any(text.strip() for text in given):
        return found[:MOST_CHOSEN], True
    usual = [name for name in COLUMNS if name in known]
    if 'FormattedID' in known and 'Description' in usual:
        # An artifact is known by its name; its description is a page of its own.
        usual.remove('Description')
    return usual[:MOST_COLUMNS], False


def sorting(order: str) -> tuple[str, bool]:
    """Return the first name of an order, and whether it is descending."""
    words = order.split(',')[0].split()
    return (words[0] if words else ''), len(words) > 1 and words[1].lower() == 'desc'


def heads(
    call: Call,
    names: Sequence[tuple[str, str]],
    types: Sequence[TypeDef],
    catalogue: Catalogue,
    kept: Mapping[str, str],
) -> list[ColumnHead]:
    """Return the heads of columns, whose links sort and turn the order round.

    :param names: the attribute of each column, empty for none, and its label.
    :param kept: the parameters of the list.
    """
    current, descending = sorting(kept.get('order', ''))
    found = []
    for name, label in names:
        if not name or not sortable(name, types, catalogue):
            found.append(ColumnHead(label, None))
            continue
        here = current.lower() == name.lower()
        turned = f'{name} DESC' if here and not descending else name
        href = address(call.here, {**kept, 'order': turned}.items())
        state = ('descending' if descending else 'ascending') if here else None
        found.append(ColumnHead(label, href, state))
    return found


def sortable(name: str, types: Sequence[TypeDef], catalogue: Catalogue) -> bool:
    """Say whether a list of these types may be sorted by an attribute."""
    try:
        order_by(name, catalogue, types)
    except ServiceError:
        return False
    return True
