"""Answers by SQL against answers by plain Python, over the same objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from pyral.emulator.catalogue.catalogue import Catalogue, catalogue_for
from pyral.emulator.errors import ServiceError
from pyral.emulator.language import (
    QueryContext,
    check,
    compile_query,
    order_by,
    parse,
    unparse,
    where,
)
from pyral.emulator.language.check import MAX_DEPTH, MAX_STEPS
from pyral.emulator.store import Obj, Store, Tx
from pyral.emulator.store.tables import objects
from tests.query_oracle import FAMILIES, NOW, World
from tests.strategies import every_comparison, queries, query_like

SEEDS = (1, 2, 3)
KINDS = ['HierarchicalRequirement', 'Defect', 'Task', 'Project', 'Iteration']


class Backend:
    """The objects of a world in a store, and queries on them."""

    def __init__(self, world: World, tx: Tx) -> None:
        self.world = world
        self.tx = tx
        self.catalogue: Catalogue = catalogue_for(tx, None)
        self.context = QueryContext(world.me, NOW, timezone.utc)

    def answer(self, asked: str, text: str) -> list[int]:
        """Return the ids of the objects of a type that match a query text."""
        type_def = self.catalogue.type(asked)
        statement = (
            select(objects.c.oid)
            .where(
                objects.c.type.in_(self.catalogue.family(asked)),
                objects.c.recycled.is_(False),
                objects.c.oid < 48_000_000_000,
                where(text, self.catalogue, [type_def], self.context),
            )
            .order_by(objects.c.oid)
        )
        return [row[0] for row in self.tx.rows(statement)]

    def sorted(self, asked: str, order: str) -> list[int]:
        """Return the ids of all objects of a type in an order."""
        keys = order_by(order, self.catalogue, [self.catalogue.type(asked)])
        statement = (
            select(objects.c.oid)
            .where(
                objects.c.type.in_(self.catalogue.family(asked)),
                objects.c.recycled.is_(False),
                objects.c.oid < 48_000_000_000,
            )
            .order_by(*keys)
        )
        return [row[0] for row in self.tx.rows(statement)]


def fill(tx: Tx, world: World) -> None:
    """Write the objects of a world."""
    catalogue = catalogue_for(tx, None)
    for item in world.items.values():
        type_def = catalogue.type(item.type)
        obj = Obj(
            oid=item.oid,
            uuid=tx.new_uuid(),
            type=item.type,
            recycled=item.recycled,
            created='2024-01-01T00:00:00.000Z',
        )
        links: dict[str, Any] = {}
        for name, value in item.values.items():
            attr = type_def.attr(name)
            assert attr is not None, name
            if attr.relation is not None:
                assert attr.relation.forward
                links[attr.relation.attr] = value
            elif name == 'FormattedID':
                obj.formatted_id, obj.number = value, int(value[2:])
            elif attr.column is not None:
                setattr(obj, attr.column, value)
            elif value is not None:
                obj.doc[attr.name] = value
        tx.insert(obj, {name: value for name, value in links.items() if value is not None})


@pytest.fixture(scope='module')
def backends() -> Iterator[list[Backend]]:
    """Some worlds, each in a store of its own."""
    stores = [Store() for _ in SEEDS]
    found = []
    for seed, store in zip(SEEDS, stores):
        world = World(seed)
        with store.writing() as tx:
            fill(tx, world)
        found.append((world, store))
    contexts = [store.reading() for store in stores]
    yield [Backend(world, context.__enter__()) for (world, _), context in zip(found, contexts)]
    for context, store in zip(contexts, stores):
        context.__exit__(None, None, None)
        store.close()


MANY = settings(suppress_health_check=list(HealthCheck), max_examples=250)
FEW = settings(MANY, max_examples=100)


@pytest.mark.fact('5.4', '5.6')
@MANY
@given(data=st.data())
def test_sql_answers_what_plain_python_answers(backends: list[Backend], data: Any) -> None:
    asked = data.draw(st.sampled_from(KINDS))
    text = data.draw(queries(asked))
    for backend in backends:
        expected = backend.world.answer([asked], parse(text))
        assert backend.answer(asked, text) == expected, text


@pytest.mark.parametrize(
    ('asked', 'of', 'before'),
    [
        ('Defect', 'Defect', ''),
        ('Project', 'Project', ''),
        ('Defect', 'HierarchicalRequirement', 'Requirement.'),
        ('Project', 'Iteration', 'Iterations.'),
    ],
)
def test_every_operator_on_every_kind_of_attribute(
    backends: list[Backend], asked: str, of: str, before: str
) -> None:
    backend = backends[0]
    for text in every_comparison(of, before):
        assert backend.answer(asked, text) == backend.world.answer([asked], parse(text)), text


SHARED = st.sampled_from(
    [
        '(Name contains p)',
        '(Owner.UserName = null)',
        '(Tags.Name != Apple)',
        '(FormattedID <= 3)',
        '(Project.Owner = currentuser)',
        '(Tags = null)',
        '((Owner = null) OR (Description contains e))',
        '(CreationDate <= yesterday)',
        '(Project.Iterations.StartDate > today-7)',
    ]
)


@FEW
@given(text=SHARED, backend=st.integers(0, len(SEEDS) - 1))
def test_an_abstract_type_answers_for_all_its_subtypes(
    backends: list[Backend], text: str, backend: int
) -> None:
    one = backends[backend]
    assert one.answer('Artifact', text) == one.world.answer(FAMILIES['Artifact'], parse(text))


@FEW
@given(text=queries('Defect'))
def test_a_query_reads_the_same_after_it_was_printed(text: str) -> None:
    tree = parse(text)
    assert parse(unparse(tree)) == tree
    assert unparse(parse(unparse(tree))) == unparse(tree)


@FEW
@given(text=query_like, kind=st.sampled_from(['Defect', 'Artifact', 'User', 'Project']))
def test_noise_raises_nothing_but_service_errors(
    backends: list[Backend], text: str, kind: str
) -> None:
    try:
        backends[0].answer(kind, text)
    except ServiceError as err:
        assert len(err.messages) == 1
        assert err.messages[0].startswith(
            ('Could not parse: ', 'Could not read: ', 'Cannot parse object reference from "')
        )


@FEW
@given(text=st.one_of(st.text(max_size=40), query_like))
def test_noise_in_an_order_raises_nothing_but_service_errors(
    backends: list[Backend], text: str
) -> None:
    try:
        backends[0].sorted('Defect', text)
    except ServiceError as err:
        assert err.messages[0].startswith('Cannot sort ')


@FEW
@given(text=queries('HierarchicalRequirement'))
def test_values_never_become_part_of_the_statement(backends: list[Backend], text: str) -> None:
    backend = backends[0]
    marked = text.replace('Apple', 'Zy9Marker').replace('apple', 'Zy9Marker')
    story = backend.catalogue.type('HierarchicalRequirement')
    statement = compile_query(check(parse(marked), backend.catalogue, [story], backend.context))
    assert 'zy9marker' not in str(statement).lower()


def test_what_the_checks_let_through_the_database_takes(backends: list[Backend]) -> None:
    chain = '(Name contains "zzz")'
    for number in range(3900):
        chain = '({} OR (Name contains "zz{}"))'.format(chain, number)
    assert backends[0].answer('Project', chain) == []
    nested = '(Parent.Tags.Name != x)'
    for level in range(MAX_DEPTH + 1):
        nested = '({} {} (Owner != /user/1))'.format(nested, 'OR' if level % 2 else 'AND')
    backends[0].answer('HierarchicalRequirement', nested)
    path = '.'.join(['Children'] * (MAX_STEPS - 1))
    for text in ('({} = null)', '({}.Name contains a)', '({} != /artifact/9030)'):
        backends[0].answer('HierarchicalRequirement', text.format(path))
    many = ','.join(str(oid) for oid in range(9000, 19_000))
    assert len(backends[0].answer('Defect', '(ObjectID in {})'.format(many))) == len(
        backends[0].world.of('Defect')
    )


@pytest.mark.parametrize(
    'text',
    [
        '(Name = "apple\'; DROP TABLE objects; --")',
        '(Name contains "%")',
        '(Name contains "_")',
        '(Name = "/")',
        '(Name contains "\\\\")',
        '(Name in "\',1=1)")',
    ],
)
def test_nothing_in_a_value_means_anything_to_the_database(
    backends: list[Backend], text: str
) -> None:
    for backend in backends:
        assert backend.answer('Defect', text) == backend.world.answer(['Defect'], parse(text))


def test_postgresql_folds_by_a_function_it_has(backends: list[Backend]) -> None:
    condition = where(
        '((Name = x) AND (Blocked = true))',
        backends[0].catalogue,
        [backends[0].catalogue.type('Defect')],
        backends[0].context,
    )
    text = str(condition.compile(dialect=postgresql.dialect()))
    assert 'lower(objects.name)' in text
    assert 'rally_fold' not in text
