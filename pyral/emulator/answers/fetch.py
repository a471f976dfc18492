"""The `fetch` and `shallowFetch` parameters: which attributes an answer shows, and how deep.

A `Fetch` is a pure value: it answers "is this attribute shown", "how is the object behind this
reference shown" and "which summaries are asked". It knows no types and never touches the store
(WSAPI reference, section 6).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import Iterable, Mapping

from ..errors import ServiceError

__all__ = ['FULL', 'SHELL', 'Fetch', 'Summary', 'parse_fetch', 'parse_shallow']

#: How deep references are expanded inside one another, so that a long list of names stays cheap.
MAX_DEPTH = 5

#: Attributes by the other name they answer to.
ALIASES: Mapping[str, str] = {'draganddroprank': 'rank'}
#: Attributes by the one that brings them along.
COMPANIONS: Mapping[str, str] = {'directchildrencount': 'formattedid'}

#: A summary item: `Tasks:summary` or `Tasks:summary[State;Owner+Blocked]`.
SUMMARY = re.compile(r'^(\w+)\s*:\s*summary\s*(?:\[([^\]]*)\])?$', re.IGNORECASE)


#: So many summaries and names inside of them are counted; each costs a pass over all members.
MOST_COUNTED = 60
#: Longer lists of names are read anew each time.
LONGEST_KEPT = 4000


@dataclass(frozen=True)
class Summary:
    """One summarised collection: its name, and the groups asked for.

    :ivar groups: each group is one attribute or a combination of several.
    """

    collection: str
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Fetch:
    """How rows are shown.

    :ivar mode: `shell`, `list` or `full`.
    :ivar names: the attributes of a list, in lower case.
    :ivar inner: for `shallowFetch`: what is shown inside each reference.
    :ivar shallow: true when `names` do not spread into references.
    """

    mode: str
    names: frozenset[str] = frozenset()
    summaries: tuple[Summary, ...] = ()
    inner: Mapping[str, Fetch] = field(default_factory=dict)
    shallow: bool = False
    _below: dict[frozenset[str], Fetch] = field(default_factory=dict, repr=False)

    def shows(self, name: str, in_full: bool = True) -> bool:
        """Say whether an attribute is part of the row.

        :param in_full: whether it is part of a full object.
        """
        if self.mode == 'full':
            return in_full or name.lower() in self.names
        return self.mode == 'list' and (
            name.lower() in self.names or ALIASES.get(name.lower()) in self.names
        )

    def brings(self, name: str) -> bool:
        """Say whether an attribute that nobody named comes along with one that is."""
        return self.mode == 'list' and COMPANIONS.get(name.lower()) in self.names

    def inside(self, name: str) -> Fetch | None:
        """Return how the object behind a reference is shown; None for a plain reference.

        A name that already stands on the way is left out below, so every way ends by itself.
        """
        if self.mode != 'list':
            return None
        if self.shallow:
            return self.inner.get(name.lower())
        names = self.names - {name.lower()}
        if not self.summaries and len(names) == len(self.names):
            return self
        # One and the same value for the same names, so that their rows are built together.
        return self._below.setdefault(names, Fetch('list', names, (), {}, False, self._below))


#: The shortest row: header keys only.
SHELL = Fetch('shell')
#: Every visible attribute.
FULL = Fetch('full')


def split_list(text: str, separators: str = ',') -> list[str]:
    """Split at separators outside square brackets; blanks and empty pieces fall away."""
    pieces, depth, current = [], 0, ''
    for character in text:
        depth += {'[': 1, ']': -1}.get(character, 0)
        if character in separators and depth <= 0:
            pieces.append(current)
            current = ''
        else:
            current += character
    pieces.append(current)
    return [piece.strip() for piece in pieces if piece.strip()]


def parse_summary(item: str) -> Summary | None:
    """Return the summary an item of the list asks for, or None when it is a plain name."""
    found = SUMMARY.match(item)
    if found is None:
        return None
    groups = []
    for group in re.split('[;,]', found.group(2) or ''):
        # An unencoded "+" arrives as a blank, and is meant as a combination.
        attributes = tuple(part for part in re.split(r'[+\s]+', group.strip()) if part)
        if attributes:
            groups.append(attributes)
    return Summary(found.group(1), tuple(groups))


def joined(summaries: Iterable[Summary]) -> tuple[Summary, ...]:
    """Make one summary of those that name the same collection, with the groups of them all.

    :raises ServiceError: when they ask for more than is counted.
    """
    found: dict[str, Summary] = {}
    for summary in summaries:
        key = summary.collection.lower()
        groups = found[key].groups if key in found else ()
        found[key] = Summary(summary.collection, tuple(dict.fromkeys(groups + summary.groups)))
    asked = sum(1 + sum(map(len, one.groups)) for one in found.values())
    if asked > MOST_COUNTED:
        raise ServiceError(
            f"Could not read: The summaries name {asked} collections and attributes, more than the "
            f"{MOST_COUNTED} that are counted"
        )
    return tuple(found.values())


def parse_fetch(text: str | None, default: Fetch) -> Fetch:
    """Read the `fetch` parameter.

    :param text: `true`, `false`, or names; surrounding double quotes are tolerated.
    :param default: what applies when the parameter is not given.
    :raises ServiceError: when its summaries ask for more than is counted.
    """
    return (_fetch if len(text or '') > LONGEST_KEPT else _kept_fetch)(text, default)


def _fetch(text: str | None, default: Fetch) -> Fetch:
    text = (text or '').strip().strip('"').strip()
    if not text:
        return default
    items = split_list(text)
    lowered = [item.lower() for item in items]
    if lowered == ['false']:
        return SHELL
    names = frozenset(name for name in lowered if ':' not in name and name not in ('true', 'false'))
    found = [parse_summary(item) for item in items]
    summaries = joined(summary for summary in found if summary is not None)
    if 'true' in lowered:
        return Fetch('full', names, summaries)
    return Fetch('list', names, summaries)


_kept_fetch = functools.lru_cache(maxsize=128)(_fetch)


def parse_shallow(text: str) -> Fetch:
    """Read the `shallowFetch` parameter: `Name,Parent[Name;FormattedID]`.

    :param text: names, each with an optional bracket of names separated by `;`.
    :raises ServiceError: when its summaries ask for more than is counted.
    """
    return (_shallow if len(text) > LONGEST_KEPT else _kept_shallow)(text)


def _shallow(text: str, depth: int = 0) -> Fetch:
    """Read a list of names.

    :param depth: how many brackets are around, to end hostile nesting.
    """
    names, inner, summaries = set(), {}, []
    for item in split_list(text.strip().strip('"'), ',;'):
        summary = parse_summary(item)
        if summary is not None:
            summaries.append(summary)
            continue
        name, bracket, rest = item.partition('[')
        key = name.strip().lower()
        names.add(key)
        if bracket and depth < MAX_DEPTH:
            inner[key] = _shallow(rest.rsplit(']', 1)[0], depth + 1)
    return Fetch('list', frozenset(names), joined(summaries), inner, True)


_kept_shallow = functools.lru_cache(maxsize=128)(_shallow)
