"""Independence: what a caller reads is the same whatever is in what the caller may not read.

Requests are made at random, then everything that one user may not read is changed and doubled past
the API, and the same requests are made again. Names and references stay, as these are shown to all;
a byte that differs tells something of the rest: in a count, an order, a condition, a summary.
"""

from __future__ import annotations

import json
import uuid
from random import Random
from typing import Any

from sqlalchemy import text

from tests.fuzz.rights import Find
from tests.fuzz.rights_world import MARKER, PEOPLE, Caller, World

__all__ = ['compare']

#: What stays, as the model and the permissions are made of it.
KEPT = frozenset(
    ('AllowedAttributeValue', 'AttributeDefinition', 'TypeDefinition', 'WorkspaceConfiguration')
)
#: What there is one of.
SINGLE = frozenset(
    ('AttachmentContent', 'Project', 'ProjectPermission', 'RevisionHistory', 'UserProfile',
     'Workspace', 'WorkspacePermission')
)  # fmt: skip
#: Keys of a document by which objects are found.
FOUND_BY = frozenset(('ItemOID', 'Role', 'TypePath', 'UserName'))
MARK = 'zz'
Request = tuple[str, dict[str, Any]]


def compare(world: World, seed: Any, requests: int) -> int:
    """Compare the answers to random requests of every user; return how many there were.

    :raises Find: with the first answer that differs, and the seed that repeats it.
    """
    beginning = world.emulator.snapshot()
    for number in range(PEOPLE):
        random = Random(f'{seed}/independence/{number}')
        caller = Caller(world, number, world.state)
        asked = [_request(world, caller, random) for _ in range(requests)]
        before = [caller.ask('GET', path, **params).text for path, params in asked]
        _disturb(world, caller, random)
        after = [caller.ask('GET', path, **params).text for path, params in asked]
        world.emulator.restore(beginning)
        for (path, params), one, other in zip(asked, before, after):
            if one != other:
                at = next((at for at, two in enumerate(zip(one, other)) if len(set(two)) > 1), 0)
                texts = (one[max(0, at - 200) : at + 100], other[max(0, at - 60) : at + 100])
                raise Find(
                    f'seed {seed!r}: u{number} GET {path} {params} depends on what is not seen:\n'
                    + '\n'.join(texts)
                )
    return PEOPLE * requests


def _disturb(world: World, caller: Caller, random: Random) -> None:
    """Change every value of what a caller may not read, and put a second one beside each."""
    state = world.state
    free = max(state.rows)
    with world.emulator.store.writing() as tx:
        run = tx.connection.execute
        columns = [row[1] for row in run(text('PRAGMA table_info(objects)'))]
        names, values = ', '.join(columns), ', '.join(':' + name for name in columns)
        for oid, row in state.rows.items():
            if oid < 0 or row[1] in KEPT or caller.reads(oid):
                continue
            doc = {key: _other(random, key, value) for key, value in state.doc(oid).items()}
            doc.update(Description=MARK, PlanEstimate=random.randint(50, 90))
            changed = {'doc': json.dumps(doc), 'oid': oid}
            run(
                text('UPDATE objects SET doc = :doc, version = version + 3 WHERE oid = :oid'),
                changed,
            )
            if row[1] in SINGLE:
                continue
            free += 4
            found = run(text(f'SELECT {names} FROM objects WHERE oid = :oid'), {'oid': oid}).one()
            second = dict(zip(columns, found), oid=free, alt_id=None)
            second['uuid'] = str(uuid.UUID(int=random.getrandbits(128)))
            run(text(f'INSERT INTO objects ({names}) VALUES ({values})'), second)
            for source, attr, target in state.edges:
                edge = None
                if source == oid and attr not in ('Content', 'RevisionHistory'):
                    edge = {'source': free, 'target': target}
                elif target == oid and '.' in attr:
                    edge = {'source': source, 'target': free}
                if edge is not None:
                    run(
                        text('INSERT INTO links (source, attr, target, position)'
                             ' VALUES (:source, :attr, :target, 0)'),
                        {**edge, 'attr': attr},
                    )  # fmt: skip
        tx.rewritten()


def _other(random: Random, key: str, value: Any) -> Any:
    if key.startswith('_') or key in FOUND_BY:
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + random.choice((-3, 5, 100))
    return MARK + value if isinstance(value, str) and MARKER.search(value) else value


def _request(world: World, caller: Caller, random: Random) -> Request:
    """Return a random read: rows, groups, a feed, a page, an object, members."""
    type_def = random.choice([one for one in world.catalogue.types() if one.queryable])
    params: dict[str, Any] = {'pagesize': 200, 'fetch': _fetch(random, type_def)}
    if caller.workspaces and random.random() < 0.7:
        params['workspace'] = f'/workspace/{random.choice(list(caller.workspaces))}'
    way = random.random()
    if way < 0.4:
        type_def, params['query'], params['order'] = _into(world, random)
        params = {key: value for key, value in params.items() if value}
    path = f'/{type_def.path.lower()}'
    if way < 0.6:
        return random.choice((path, path, '/rss' + path, '/browse' + path)), params
    if way < 0.7:
        links = [one.name for one in type_def.attributes.values() if one.type == 'OBJECT']
        fetch = params.pop('fetch')
        return f'{path}/groupby/{random.choice(links or ["Name"])}', {
            **params,
            'order': random.choice(('PlanEstimate DESC', 'Name')),
            'itemfetch': fetch,
            'fetch': 'true',
        }
    oid = random.choice([oid for oid in world.state.rows if oid > 0 and caller.reads(oid)])
    kind = world.catalogue.type(world.state.rows[oid][1])
    sets = [one for one in kind.attributes.values() if one.type == 'COLLECTION']
    page = random.choice(('', '', '/browse'))
    if way < 0.85 or not sets:
        return page + world.path_of(world.state, oid), {'fetch': _fetch(random, kind)}
    attr = random.choice(sets)
    target = world.catalogue.resolve(attr.target or '') or kind
    return page + world.path_of(world.state, oid, attr.name), {'fetch': _fetch(random, target)}


def _fetch(random: Random, type_def: Any) -> str:
    sets = [one.name for one in type_def.attributes.values() if one.type == 'COLLECTION']
    summaries = [f'{name}:summary[Owner;Name+State;PlanEstimate;Project]' for name in sets]
    return random.choice(('true', ','.join(type_def.attributes), ','.join(summaries) or 'Name'))


def _into(world: World, random: Random) -> tuple[Any, str, str]:
    """Return a type with a condition or an order about a value of what it leads to."""
    placed = {row[1] for row in world.state.rows.values() if row[3] is not None}
    ways = [
        (type_def, attr)
        for type_def in world.catalogue.types()
        if type_def.queryable
        for attr in type_def.attributes.values()
        if attr.is_relation and placed.intersection(world.catalogue.family(attr.target or ''))
    ]
    type_def, attr = random.choice(ways)
    far = world.catalogue.type(attr.target or '')
    leaf = random.choice([one for one in far.attributes.values() if not one.is_relation])
    path = f'{attr.name}.{leaf.name}'
    if attr.type == 'OBJECT' and random.random() < 0.4:
        return type_def, '', path + random.choice(('', ' DESC'))
    tests = {
        'STRING': (f'contains "{MARK}"', f'!contains "{MARK}"'),
        'TEXT': (f'contains "{MARK}"', f'!contains "{MARK}"'),
        'BOOLEAN': ('= true', '!= true'),
    }
    return (
        type_def,
        f'({path} {random.choice(tests.get(leaf.type, ("> 4", "< 4", "!= null")))})',
        '',
    )
