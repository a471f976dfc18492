"""Grouped queries, `GET /<type>/groupby/<field>`: GROUP BY with a page of groups and of items.

`query`, `order`, `start`, `pagesize` and `fetch` are about the groups; the same names with `item`
before them, `itemtypes` and `includeitems` about the items (WSAPI reference, section 20). The group
of a reference is the object it leads to, so its query and its order are those of that object's
type. The group of a list of values has no attributes of its own: its query is one on the items, and
the grouped field alone can order it. Items without a value are the last group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .. import texts
from ..answers.fetch import SHELL, parse_fetch
from ..answers.render import Renderer
from ..envelope import Result, query_result
from ..errors import ServiceError
from ..language import group_key, order_by, where
from ..store.reading import count_groups, in_groups, of_types, select_grouped, select_page
from .collections import visible
from .query import (
    Paging,
    artifact_types,
    context_of,
    fetch_of,
    listed,
    paging,
    paging_of,
    scoping,
    type_asked,
)

if TYPE_CHECKING:
    from ..language import GroupKey
    from ..model import TypeDef
    from ..request import Call

__all__ = ['grouped']

NOTHING = 'None'


def grouped(call: Call) -> Result:
    """Answer `GET /<type>/groupby/<field>`: one page of groups, each with one page of items."""
    base = type_asked(call, call.path['type'])
    if not base.queryable:
        raise ServiceError(f'Type "{base.path}" is not queryable')
    types = artifact_types(call, base, 'itemtypes')
    key = group_key(call.path['field'], call.catalogue(), types, sight=call.rights.sight)
    conditions = item_conditions(call, base, types)
    page = paging(call)
    find = groups_of_references if key.attr.is_relation else groups_of_values
    total, values, conditions = find(call, types, key, conditions, page)
    groups = shown_groups(call, types, key, conditions, values)
    result = query_result(total, page.start, page.size, groups)
    # Which of the two names the service has is not known.
    result.payload['Groups'] = groups
    return result


def here(call: Call) -> int | None:
    """Return the workspace whose model the names of the request mean."""
    return call.scope.workspace


def item_conditions(call: Call, base: TypeDef, types: Sequence[TypeDef]) -> list[Any]:
    """Return the conditions of all items, whatever their group."""
    catalogue, text = call.catalogue(), call.param('itemquery')
    families = dict.fromkeys(path for one in types for path in catalogue.family(one.path))
    conditions = [
        *scoping(call, catalogue, base),
        *listed(types, text or ''),
        of_types(list(families)),
    ]
    if text:
        conditions.append(where(text, catalogue, types, context_of(call, here(call))))
    return conditions


def groups_of_values(
    call: Call, types: Sequence[TypeDef], key: GroupKey, conditions: list[Any], page: Paging
) -> tuple[int, list[Any], list[Any]]:
    """Return how many values the items have, one page of them, and the conditions of the items."""
    text, order = call.param('query'), call.param('order')
    if text:
        conditions = [
            *conditions,
            where(text, call.catalogue(), types, context_of(call, here(call))),
        ]
    found = list(count_groups(call.tx, conditions, key.expression))
    places = {value: place for place, value in enumerate(key.values)}
    named = sorted(
        (value for value in found if value is not None),
        key=lambda value: (places.get(value, len(places)), value),
    )
    if order and descending(order, key.attr.name):
        named.reverse()
    values = [*named, *([None] if None in found else [])]
    return len(values), values[page.start - 1 : page.start - 1 + page.size], conditions


def descending(order: str, name: str) -> bool:
    """Say whether an order that names the grouped field alone turns it round.

    :raises ServiceError: when it names another attribute.
    """
    words = order.split()
    if len(order.split(',')) > 1 or words[0].lower() != name.lower():
        raise ServiceError(texts.bad_sort(words[0]))
    return words[-1].lower() == 'desc'


def groups_of_references(
    call: Call, types: Sequence[TypeDef], key: GroupKey, conditions: list[Any], page: Paging
) -> tuple[int, list[Any], list[Any]]:
    """Return how many objects the items lead to, one page of their ids, and the conditions."""
    catalogue = call.catalogue()
    target = catalogue.type(key.attr.target or '')
    wanted: list[Any] = [in_groups(conditions, key.expression)]
    text, order = call.param('query'), call.param('order')
    if text:
        # A name may be shown where the object behind it may not be looked into.
        wanted += visible(call, target, here(call))
        wanted.append(where(text, catalogue, [target], context_of(call, here(call))))
    if not order and target.attr('Name') is not None:
        order = 'Name'
    keys = order_by(order, catalogue, [target], sight=call.rights.sight, closed=True)
    total, objs = select_page(call.tx, wanted, keys, page.start, page.size)
    values: list[Any] = [obj.oid for obj in objs]
    if not text and None in count_groups(call.tx, conditions, key.expression, [None]):
        total += 1
        if page.start <= total < page.start + page.size:
            values.append(None)
    return total, values, conditions


def shown_groups(
    call: Call,
    types: Sequence[TypeDef],
    key: GroupKey,
    conditions: Sequence[Any],
    values: Sequence[Any],
) -> list[dict[str, Any]]:
    """Return some groups, each with one page of its items."""
    page = paging_of(call.param('itempagesize'), call.param('itemstart'))
    counts = count_groups(call.tx, conditions, key.expression, values)
    items: dict[Any, list[dict[str, Any]]] = {}
    order = order_by(call.param('itemorder'), call.catalogue(), types, sight=call.rights.sight)
    if call.flag('includeitems') is not False:
        pairs = select_grouped(
            call.tx, conditions, key.expression, values, order, page.start, page.size
        )
        fetch = parse_fetch(call.param('itemfetch'), SHELL)
        rows = Renderer(call).rows([obj for _, obj in pairs], fetch)
        for (value, _), row in zip(pairs, rows):
            items.setdefault(value, []).append(row)
    labels = group_labels(call, key, values)
    return [
        {
            'Group': labels[value],
            'TotalResultCount': counts.get(value, 0),
            'StartIndex': page.start,
            'PageSize': page.size,
            'Items': items.get(value, []),
        }
        for value in values
    ]


def group_labels(call: Call, key: GroupKey, values: Sequence[Any]) -> dict[Any, Any]:
    """Return what stands for each group: a value, or an object as `fetch` shows it."""
    if not key.attr.is_relation:
        unset = NOTHING if key.attr.type == 'RATING' and not key.attr.required else None
        return {value: unset if value is None else value for value in values}
    renderer = Renderer(call)
    found = call.tx.get_many(value for value in values if value is not None)
    seen = call.rights.seen(found.values())
    objs = [found[oid] for oid in found if oid in seen]
    rows = renderer.rows(objs, fetch_of(call, SHELL))
    shown: dict[Any, Any] = {obj.oid: row for obj, row in zip(objs, rows)}
    return {value: shown.get(value) or renderer.reference(value) for value in values}
