"""Write the page `prices.rst`: what each collection of the standard types costs in requests.

Run `python -m tests.prices` after a change of what is loaded together; a test says when the page
is stale. The price is measured: two pages of one answer, each with owners whose collections are
read one after the other, against a service that has the emulator's types and counts requests. It
answers a query by owners only where the members have such an attribute that queries may name.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pyral.context.scope import Location, RallyContext
from pyral.emulator.answers.projection import NAMED
from pyral.emulator.model import AttrDef, Model
from pyral.entity.hydrator import EntityHydrator
from pyral.lazy.loader import Loader
from tests.unit.fakes import FakeTransport, KnownSchema, page, paged

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, 'doc', 'source', 'prices.rst')
SERVER = 'https://rally.test'
SERVICE = SERVER + '/slm/webservice/v2.0/'
OWNERS, PAGES, MEMBERS = 20, 2, 2
MODEL = Model.load()
#: The first collection is read alone, the second and the first once more with the rest of the page.
MOST_OF_A_PAGE = PAGES + 1
FREE, A_PAGE, AN_ITEM = 'none', 'one a page', 'one an item'

HEAD = """\
What collections cost
=====================

.. This page is written by tests/prices.py from measurements; change what is loaded, not the page.

Reading a collection of all items of an answer takes so many requests beside those of the answer:

* **{free}**: the answer names the members. What the names do not tell, such as a date of creation,
  is read for a page together.
* **{page}**: the members say whose they are, so that one query brings those of all items of a
  page; the first page takes one more. Where a query does not bring all members in the order of the
  collection, they are read item by item.
* **{item}**: up to eight are asked for at a time.

A collection without members costs nothing anywhere. Collections of types and portfolio levels that
a workspace added itself cost one request an item, tags and milestones nothing.

Changing a collection takes one request an item with :meth:`~Rally.addCollectionItems`, and one
more to read the item again where the collection is named;
:meth:`~Rally.addCollectionItemsMultiple` takes one for each hundred items (:doc:`writing`).

"""


def collections() -> Iterator[tuple[str, AttrDef]]:
    """Yield each collection that a full object of a standard type shows, with the type's path."""
    for one in sorted(MODEL.types.values(), key=lambda each: each.path):
        if not one.abstract:
            for attr in one.attributes.values():
                if attr.type == 'COLLECTION' and attr.in_full:
                    yield one.path, attr


class Service(FakeTransport):
    """Items of one type, each with a collection of two; and its queries by owner."""

    def __init__(self, owner: str, attr: AttrDef) -> None:
        super().__init__(self._answer)
        self._owner, self._attr = owner, attr
        target = attr.target or 'WorkspaceDomainObject'
        family = [path for path in MODEL.family(target) if not MODEL.types[path].abstract]
        # Members are of types that there are instances of.
        self._member = target if target in family else family[0]

    def owners(self, first: int) -> list[dict[str, Any]]:
        """Return a page of rows, the ObjectID of the first being given."""
        return [self._row(number) for number in range(first, first + OWNERS)]

    def _row(self, number: int) -> dict[str, Any]:
        ref = '{}{}/{}'.format(SERVICE, self._owner.lower(), number)
        value: dict[str, Any] = {
            '_ref': '{}/{}'.format(ref, self._attr.name),
            '_type': self._member,
            'Count': MEMBERS,
        }
        if self._attr.name in NAMED:
            value['_tagsNameArray'] = [
                {'Name': each['Name'], '_ref': '/' + each['_ref'].split('/v2.0/')[1]}
                for each in self._members(number, None)
            ]
        return {'_ref': ref, '_type': self._owner, 'ObjectID': number, self._attr.name: value}

    def _members(self, number: int, attribute: str | None) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for place in range(MEMBERS):
            oid = number * 10 + MEMBERS - place
            rows.append(
                {
                    '_ref': '{}{}/{}'.format(SERVICE, self._member.lower(), oid),
                    '_type': self._member,
                    'Name': 'member {}'.format(oid),
                    # Revisions are numbered without a gap, the newest first.
                    'RevisionNumber': MEMBERS - 1 - place,
                }
            )
            if attribute is not None:
                ref = '{}{}/{}'.format(SERVICE, self._owner.lower(), number)
                rows[-1][attribute] = {'_ref': ref, '_type': self._owner}
        return rows

    def _answer(self, path: str, params: Mapping[str, Any]) -> Any:
        if 'query' not in params:
            number = int(path.split('/')[-2])
            return paged(self._members(number, None))(path, params)
        asked = re.match(r'\((\w+)\.ObjectID in "([\d,]+)"\)$', params['query'])
        assert asked is not None, params['query']
        attribute, one = asked.group(1), MODEL.types.get(path)
        found = None if one is None else one.attr(attribute)
        if one is None or not one.queryable or found is None or not found.filterable:
            return page([], errors=['Could not parse: {}'.format(params['query'])])
        if found.target is None or self._owner not in MODEL.family(found.target):
            return page([], errors=['{} refers to no {}'.format(attribute, self._owner)])
        numbers = [int(each) for each in asked.group(2).split(',')]
        rows = [row for number in numbers for row in self._members(number, attribute)]
        return paged(rows)(path, params)


def requests(owner: str, attr: AttrDef) -> int:
    """Return how many requests it takes to read a collection of all items of two pages."""
    service = Service(owner, attr)
    loader = Loader(service, 'batch', KnownSchema(), lambda: None)
    context = RallyContext(
        'rally.test',
        'u',
        None,
        SERVICE.rstrip('/'),
        location=Location(SERVER, 'workspace/101', 'project/1001', loader),
    )
    hydrator = EntityHydrator(context, 'full')
    for place in range(PAGES):
        for item in hydrator.page(service.owners(1000 + place * OWNERS)):
            members = getattr(item, attr.name)
            expected = service._members(item.oid, None)
            assert [each._ref for each in members] == [each['_ref'] for each in expected]
    return len(service.requests)


def price(owner: str, attr: AttrDef) -> str:
    """Return in words what a collection costs."""
    count = requests(owner, attr)
    if count == 0:
        return FREE
    if count <= MOST_OF_A_PAGE:
        return A_PAGE
    assert count == OWNERS * PAGES, (owner, attr.name, count)
    return AN_ITEM


@functools.lru_cache(maxsize=None)
def table() -> dict[tuple[str, str], list[str]]:
    """Return {(price, collection): the types that have it}."""
    found: dict[tuple[str, str], list[str]] = {}
    for owner, attr in collections():
        found.setdefault((price(owner, attr), attr.name), []).append(owner)
    return found


def written() -> dict[tuple[str, str], list[str]]:
    """Return what the page says, as `table` measures it."""
    with open(PAGE, encoding='utf-8') as page:
        rows = re.findall(r'^   \* - (.+)\n     - ``(\w+)``\n     - (.+)$', page.read(), re.M)
    return {(cost, name): owners.split(', ') for cost, name, owners in rows}


def text() -> str:
    """Return the page."""
    lines = [HEAD.format(free=FREE, page=A_PAGE, item=AN_ITEM)]
    lines += ['.. list-table::\n   :header-rows: 1\n   :widths: 20 25 55\n']
    lines += ['   * - requests\n     - collection\n     - of']
    prices = [FREE, A_PAGE, AN_ITEM]
    rows = sorted(table().items(), key=lambda row: (prices.index(row[0][0]), row[0][1]))
    for (cost, name), owners in rows:
        lines.append('   * - {}\n     - ``{}``\n     - {}'.format(cost, name, ', '.join(owners)))
    return '\n'.join(lines) + '\n'


if __name__ == '__main__':
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(text())
