"""The first page of the browser: this world, with its users, projects, current work and counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ...access.auth import GivenLogin
from ...catalogue.catalogue import Catalogue
from ...clock import iso, parse_iso
from ...language import where
from ...model import TypeDef
from ...store.reading import (
    count_by_type,
    in_workspace,
    of_type,
    of_types,
    permissions,
    select_page,
)
from ...store.sight import APART
from ..query import EMPTY_TYPES, GLOBAL_TYPES, context_of, seen
from .burn_data import TIMEBOXES
from .page import COMMON, HEADERS, PRIVATE, ROOT, address, link_to, page, path_of, title_of
from .places import Branch, project_trees, workspaces

if TYPE_CHECKING:
    from ...envelope import Document
    from ...request import Call
    from ...store import Obj

__all__ = ['first_page']

MOST_USERS = 60
MOST_TIMEBOXES = 200
#: What describes the work rather than being it: thousands, and each object leads to its own.
UNCOUNTED = frozenset(
    [
        'AllowedAttributeValue',
        'AttributeDefinition',
        'IterationCumulativeFlowData',
        'ReleaseCumulativeFlowData',
        'Revision',
        'RevisionHistory',
        'TypeDefinition',
        'WebLinkDefinition',
    ]
)


@dataclass(frozen=True)
class UserLine:
    """A user as the first page shows one.

    :ivar password: the one that the world gave, while it holds; None where none is known.
    """

    name: str
    login: str
    href: str
    rights: str
    disabled: bool
    password: str | None
    keys: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Count:
    """How many objects of a type there are, and where they are listed."""

    label: str
    number: int
    href: str


@dataclass(frozen=True)
class PeriodLine:
    """Timeboxes of one name and the same days: those of several projects."""

    name: str
    days: str
    places: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Space:
    """A workspace: its projects, what goes on in it, and what it holds."""

    name: str
    href: str
    trees: Sequence[Branch]
    more: str | None
    iterations: Sequence[PeriodLine]
    releases: Sequence[PeriodLine]
    counts: Sequence[Count]
    others: Sequence[Count]


def first_page(call: Call) -> Document:
    """Answer `GET /`: what there is in this world, as far as the caller may see it.

    Passwords are shown to callers of this machine alone, and only those that the world gave in this
    process; the database holds none.
    """
    subscription = of_type(call.tx, 'Subscription')[:1]
    name = title_of(subscription[0]) if subscription else "Nothing"
    given = None if call.local is None else call.local.logins
    logins, users = logins_of(call, given or {})
    trees = project_trees(call)
    counted = [kind for kind in APART if kind not in UNCOUNTED]
    numbers = count_by_type(call.tx, UNCOUNTED, seen(call, counted))
    return page(
        call,
        'first.html',
        title=name,
        subscription=[link_to(one) for one in subscription],
        all_workspaces=[
            path_of('Subscription', one.oid, 'Workspaces').replace(
                '/subscription/', '/Subscription/'
            )
            for one in subscription
        ],
        about={} if call.local is None else call.local.about,
        base=call.base_url,
        secrets=given,
        logins=logins,
        users=users,
        all_users=f'{ROOT}/user',
        spaces=[
            space_of(
                call,
                one,
                *trees.get(one.oid, ([], 0)),
                # What lies in no workspace is listed in each.
                Counter(numbers.get(None, {})) + Counter(numbers.get(one.oid, {})),
            )
            for one in workspaces(call)
        ],
        headers=HEADERS if call.local is None else PRIVATE,
    )


def logins_of(call: Call, given: Mapping[int, GivenLogin]) -> tuple[list[UserLine], int]:
    """Return the users to show, those first whom the world gave a login; and how many there are."""
    total, listed = select_page(
        call.tx, [of_types(['User']), *seen(call, ['User'])], [], 1, MOST_USERS
    )
    known = call.tx.get_many(list(given)[:MOST_USERS])
    every = {**known, **{one.oid: one for one in listed}}
    users = list(every.values())[:MOST_USERS]
    return [login_of(call, one, given.get(one.oid)) for one in users], total


def login_of(call: Call, user: Obj, given: GivenLogin | None) -> UserLine:
    """Return a user with what is needed to log in."""
    return UserLine(
        title_of(user),
        str(user.doc.get('UserName') or ''),
        path_of('User', user.oid),
        rights_of(call, user),
        user.doc.get('Disabled') is True,
        None if given is None else given.password_of(user),
        () if given is None else given.keys_of(user),
    )


def rights_of(call: Call, user: Obj) -> str:
    """Return in words what a user's permissions come to, as far as the caller may see them."""
    if user.doc.get('SubscriptionAdmin') is True:
        return "administrator of the subscription"
    said = []
    for what, held in zip(("workspace", "project"), permissions(call.tx, user.oid)):
        shown = call.rights.seen(call.tx.get_many(held).values())
        roles = Counter(role for place, role in held.items() if place in shown)
        for role, number in sorted(roles.items()):
            said.append(f"{role} of {number} {what}{'' if number == 1 else 's'}")
    return ", ".join(said) or "no permissions"


def space_of(
    call: Call, space: Obj, trees: Sequence[Branch], projects: int, numbers: Mapping[str, int]
) -> Space:
    """Return what the page shows of a workspace.

    :param projects: how many are open in it.
    :param numbers: how many objects of each type it holds.
    """
    catalogue = call.catalogue(space.oid)
    place = f'/workspace/{space.oid}'
    counts, others = counts_of(space, catalogue, {**numbers, 'Project': projects})
    shown = sum(1 for tree in trees for _ in tree.flat())
    return Space(
        title_of(space),
        path_of('Workspace', space.oid),
        trees,
        address(f'{ROOT}/project', [('workspace', place)]) if shown < projects else None,
        current(call, space, catalogue, 'Iteration'),
        current(call, space, catalogue, 'Release'),
        counts,
        others,
    )


def counts_of(
    space: Obj, catalogue: Catalogue, numbers: Mapping[str, int]
) -> tuple[list[Count], list[Count]]:
    """Return the counts of a workspace with their links: the common types, and the others."""
    place = [('workspace', f'/workspace/{space.oid}')]

    def count(found: TypeDef) -> Count:
        href = address(f'{ROOT}/{found.path.lower()}', place)
        return Count(found.display_name, numbers[found.path], href)

    levels = [one.path for one in reversed(catalogue.portfolio_levels)]
    first = dict.fromkeys([*levels, *COMMON])
    known = (catalogue.resolve(path) for path in (*first, *sorted(numbers)))
    types: dict[str, TypeDef] = {
        one.path: one
        for one in known
        if one is not None
        and one.queryable
        and numbers.get(one.path)
        and one.path not in UNCOUNTED | GLOBAL_TYPES | EMPTY_TYPES | {'Workspace'}
    }
    return (
        [count(one) for path, one in types.items() if path in first],
        [count(one) for path, one in types.items() if path not in first],
    )


def current(call: Call, space: Obj, catalogue: Catalogue, kind: str) -> list[PeriodLine]:
    """Return the iterations or releases of a workspace that today lies in, by name."""
    begin, end, _ = TIMEBOXES[kind]
    now = iso(call.now)
    text = f'(({begin} <= {now}) AND ({end} >= {now}))'
    types = [catalogue.type(kind)]
    found: list[Obj] = select_page(
        call.tx,
        [
            of_types([kind]),
            where(text, catalogue, types, context_of(call, space.oid)),
            in_workspace(space.oid),
            *seen(call, [kind], space.oid),
        ],
        [],
        1,
        MOST_TIMEBOXES,
    )[1]
    places = call.tx.get_many([one.project for one in found if one.project is not None])
    zone = context_of(call, space.oid).timezone
    groups: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    for one in found:
        days = [
            parse_iso(str(one.doc[name])).astimezone(zone).date().isoformat()
            for name in (begin, end)
        ]
        project = places.get(one.project or 0)
        label = title_of(one if project is None else project)
        groups.setdefault((title_of(one), *days), []).append((label, path_of(kind, one.oid)))
    return [
        PeriodLine(name, f'{first} to {last}', sorted(links))
        for (name, first, last), links in sorted(groups.items())
    ]
