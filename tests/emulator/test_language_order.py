"""Sort keys: what comes first, what is refused, and that no two pages can overlap."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pyral.emulator import Emulator
from pyral.emulator.catalogue.catalogue import Catalogue, catalogue_for
from pyral.emulator.errors import ServiceError
from pyral.emulator.language import order_by
from pyral.emulator.language.order import MAX_KEYS
from pyral.emulator.model import Model
from pyral.emulator.store import Obj, Store, Tx
from pyral.emulator.store.tables import objects
from tests.contract.small_world import Api

DEFECTS: list[dict[str, Any]] = [
    {'name': 'banana', 'number': 10, 'rank': 'b', 'Severity': 'Cosmetic', 'PlanEstimate': 2.0},
    {'name': 'Apple', 'number': 9, 'rank': 'c', 'Severity': 'Crash/Data Loss', 'Blocked': True},
    {
        'name': 'cherry',
        'number': 100,
        'rank': 'a',
        'Severity': 'Minor Problem',
        'Owner': 1,
        'PlanEstimate': 10.0,
        'Blocked': False,
    },
    {'name': 'apple', 'number': 1, 'Owner': 2, 'Severity': ''},
]


class Shelf:
    """A few defects and tasks to sort."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.catalogue: Catalogue = catalogue_for(tx, None)

    def sorted(self, order: str, *types: str) -> list[str]:
        """Return the names in an order."""
        found = [self.catalogue.type(path) for path in types or ('Defect',)]
        statement = (
            select(objects.c.name)
            .where(objects.c.type.in_([one.path for one in found]))
            .order_by(*order_by(order, self.catalogue, found))
        )
        return [row[0] for row in self.tx.rows(statement)]


def add(tx: Tx, type_path: str, facts: dict[str, Any], links: dict[str, int]) -> int:
    """Write one object."""
    columns = {key: facts[key] for key in ('name', 'number', 'rank') if key in facts}
    doc = {key: value for key, value in facts.items() if key[0].isupper() and key != 'Owner'}
    obj = Obj(
        oid=tx.new_oid(),
        uuid=tx.new_uuid(),
        type=type_path,
        created='2024-01-01T00:00:00.000Z',
        doc=doc,
        **columns,
    )
    return tx.insert(obj, links).oid


@pytest.fixture(scope='module')
def shelf() -> Iterator[Shelf]:
    store = Store()
    with store.writing() as tx:
        zed = add(tx, 'User', {'name': 'Zed', 'UserName': 'zed'}, {})
        amy = add(tx, 'User', {'name': 'amy', 'UserName': 'amy'}, {})
        gone = add(tx, 'User', {'name': 'Gone', 'UserName': 'gone'}, {})
        tx.update(gone, recycled=True)
        owners: Sequence[int] = (0, zed, amy)
        for facts in DEFECTS:
            owner = owners[facts.get('Owner', 0)]
            add(tx, 'Defect', facts, {'Owner': owner or gone})
        add(tx, 'Task', {'name': 'task', 'number': 5, 'State': 'Completed'}, {})
    with store.reading() as tx:
        yield Shelf(tx)
    store.close()


@pytest.mark.fact('3.2')
@pytest.mark.parametrize(
    ('order', 'names'),
    [
        ('', ['banana', 'Apple', 'cherry', 'apple']),
        ('ObjectID', ['banana', 'Apple', 'cherry', 'apple']),
        ('ObjectID DESC', ['apple', 'cherry', 'Apple', 'banana']),
        ('Name', ['Apple', 'apple', 'banana', 'cherry']),
        ('name desc', ['cherry', 'banana', 'Apple', 'apple']),
        ('Name DESC,ObjectID DESC', ['cherry', 'banana', 'apple', 'Apple']),
        (' Name  Desc , ObjectID', ['cherry', 'banana', 'Apple', 'apple']),
        (',,Name,', ['Apple', 'apple', 'banana', 'cherry']),
        ('Rank', ['cherry', 'banana', 'Apple', 'apple']),
        ('Rank FooBar', ['cherry', 'banana', 'Apple', 'apple']),
        ('DragAndDropRank DESC', ['apple', 'Apple', 'banana', 'cherry']),
        ('FormattedID', ['apple', 'Apple', 'banana', 'cherry']),
        ('Severity', ['Apple', 'cherry', 'banana', 'apple']),
        ('Severity DESC', ['apple', 'banana', 'cherry', 'Apple']),
        ('PlanEstimate', ['banana', 'cherry', 'Apple', 'apple']),
        ('PlanEstimate DESC', ['Apple', 'apple', 'cherry', 'banana']),
        ('Blocked', ['cherry', 'Apple', 'banana', 'apple']),
        ('Owner.UserName', ['apple', 'cherry', 'banana', 'Apple']),
        ('Owner.UserName DESC,Name', ['Apple', 'banana', 'cherry', 'apple']),
        ('Owner', ['apple', 'cherry', 'banana', 'Apple']),
        ('Owner.Subscription.Name,Name', ['Apple', 'apple', 'banana', 'cherry']),
        ('Name,Name DESC', ['Apple', 'apple', 'banana', 'cherry']),
    ],
)
def test_rows_come_in_the_order_asked(shelf: Shelf, order: str, names: list[str]) -> None:
    assert shelf.sorted(order) == names


def test_types_that_define_an_attribute_differently_sort_one_after_the_other(shelf: Shelf) -> None:
    assert shelf.sorted('FormattedID', 'Defect', 'Task') == [
        'apple',
        'task',
        'Apple',
        'banana',
        'cherry',
    ]
    assert shelf.sorted('State,Name', 'Defect', 'Task')[0] == 'task'


@pytest.mark.fact('3.2', '5.9')
@pytest.mark.parametrize(
    ('order', 'named'),
    [
        ('Invalid', 'Invalid'),
        ('Name,Invalid DESC', 'Invalid'),
        ('Tags', 'Tags'),
        ('Tags.Name', 'Tags.Name'),
        ('Owner.Invalid', 'Owner.Invalid'),
        ('UnifiedParent.Name', 'UnifiedParent.Name'),
        ('Name;DROP', 'Name;DROP'),
    ],
)
def test_what_cannot_be_sorted_by_is_named(shelf: Shelf, order: str, named: str) -> None:
    with pytest.raises(ServiceError) as caught:
        shelf.sorted(order)
    assert str(caught.value) == 'Cannot sort using unknown attribute ' + named


def test_an_attribute_that_not_all_types_share_cannot_be_sorted_by(shelf: Shelf) -> None:
    with pytest.raises(ServiceError, match='Cannot sort using unknown attribute Severity'):
        shelf.sorted('Severity', 'Artifact')


def test_more_keys_than_the_database_takes_are_refused(shelf: Shelf) -> None:
    assert len(shelf.sorted(','.join(['Name'] * MAX_KEYS))) == 4
    with pytest.raises(ServiceError, match='more than the {} that are read'.format(MAX_KEYS)):
        shelf.sorted(','.join(['Name'] * (MAX_KEYS + 1)))


@pytest.mark.parametrize(
    ('order', 'keys'),
    [
        ('', 1),
        ('Name', 2),
        ('Name,name DESC,NAME', 2),
        ('ObjectID', 1),
        ('ObjectID DESC,Name', 1),
        ('Name,ObjectID,Rank', 2),
        ('Name,Name,Rank', 3),
        ('Owner.ObjectID,Name', 3),
        ('Owner', 3),
    ],
)
def test_a_key_counts_once_and_none_after_the_objectid(shelf: Shelf, order: str, keys: int) -> None:
    assert len(order_by(order, shelf.catalogue, [shelf.catalogue.type('Defect')])) == keys


def test_a_key_after_one_that_was_given_twice_still_counts(shelf: Shelf) -> None:
    assert shelf.sorted('Name,name,ObjectID DESC') == ['apple', 'Apple', 'banana', 'cherry']


def listed_attributes(*types: str) -> list[tuple[str, str]]:
    """Return type and name of every stored attribute of some AttributeTypes that has a list."""
    return [
        (type_def.path, attr.name)
        for type_def in Model.load().types.values()
        for attr in type_def.attributes.values()
        if attr.type in types and attr.allowed_values and attr.slot == 'doc'
    ]


@pytest.fixture(scope='module')
def listed() -> Iterator[Shelf]:
    """One object of each value, the last value first, and one without any."""
    store = Store()
    with store.writing() as tx:
        for path, name in listed_attributes('STRING', 'RATING', 'STATE'):
            attr = Model.load().types[path].attributes[name]
            for value in [None, *reversed([one for one in attr.allowed_values or () if one])]:
                add(tx, path, {'name': f'{name} {value}', name: value}, {})
    with store.reading() as tx:
        yield Shelf(tx)
    store.close()


def in_order(shelf: Shelf, path: str, name: str, direction: str) -> list[str]:
    found = shelf.sorted(f'{name} {direction},ObjectID', path)
    return [text[len(name) + 1 :] for text in found if text.startswith(name + ' ')]


@pytest.mark.fact('3.2', '5.5')
@pytest.mark.parametrize(('path', 'name'), listed_attributes('STRING'))
def test_a_text_with_fixed_values_sorts_as_text(listed: Shelf, path: str, name: str) -> None:
    values = Model.load().types[path].attributes[name].allowed_values or ()
    expected = sorted([str(one) for one in values if one], key=str.casefold)
    assert in_order(listed, path, name, 'ASC') == [*expected, 'None']
    assert in_order(listed, path, name, 'DESC') == ['None', *expected[::-1]]


@pytest.mark.fact('3.2', '5.5')
@pytest.mark.parametrize(('path', 'name'), listed_attributes('RATING', 'STATE'))
def test_ratings_and_states_sort_by_position(listed: Shelf, path: str, name: str) -> None:
    values = Model.load().types[path].attributes[name].allowed_values or ()
    expected = [str(one) for one in values if one]
    assert in_order(listed, path, name, 'ASC') == [*expected, 'None']
    assert in_order(listed, path, name, 'DESC') == ['None', *expected[::-1]]


#: Kind of a custom field -> whether it sorts by the place in its list.
CUSTOM = {'DROP_DOWN': False, 'RATING': True, 'STATE': True}


@pytest.mark.fact('3.2', '5.4', '5.5')
@pytest.mark.parametrize('kind', CUSTOM)
def test_custom_lists_sort_like_the_systems_own_and_are_compared_by_position(
    kind: str, tmp_path: Path
) -> None:
    """On the object itself and over a path; comparisons go by the list, whatever the type."""
    values = ['small', 'Medium', 'large']
    fields = [{'on': 'HierarchicalRequirement', 'name': 'Size', 'kind': kind, 'values': values}]
    stories = [
        {'type': 'HierarchicalRequirement', 'id': name, 'Name': name, 'c_Size': name}
        for name in values
    ]
    stories.append({'type': 'HierarchicalRequirement', 'id': 'unset', 'Name': 'unset'})
    defects = [
        {'type': 'Defect', 'Name': one['Name'], 'Requirement': '@' + one['id']} for one in stories
    ]
    user = {'UserName': 'ann@example.com', 'apiKey': '_annKey0001', 'SubscriptionAdmin': True}
    user['profile'] = {'DefaultWorkspace': '@main', 'DefaultProject': '@team'}
    place = {'id': 'team', 'Name': 'Team', 'objects': [*stories, *defects]}
    workspace = {'id': 'main', 'Name': 'Main', 'customFields': fields, 'projects': [place]}
    file = tmp_path / 'world.json'
    file.write_text(json.dumps({'users': [user], 'workspaces': [workspace]}))
    emulator = Emulator(world=str(file), listen=False)
    api = Api(emulator.url, emulator.apikey, emulator.adapter())
    expected = values if CUSTOM[kind] else sorted(values, key=str.casefold)
    for path, key in (('/hierarchicalrequirement', 'c_Size'), ('/defect', 'Requirement.c_Size')):
        for direction, names in (
            ('ASC', [*expected, 'unset']),
            ('DESC', ['unset', *expected[::-1]]),
        ):
            rows = api.rows(path, fetch='Name', order=f'{key} {direction}')
            assert [row['Name'] for row in rows] == names
        rows = api.rows(path, f'({key} < "large")', fetch='Name', order='ObjectID')
        assert [row['Name'] for row in rows] == ['small', 'Medium']
    emulator.stop()


def test_what_is_in_no_list_sorts_after_the_list_and_before_nothing() -> None:
    store = Store()
    with store.writing() as tx:
        for name, severity in (('a', ''), ('b', 'Own word'), ('c', 'Cosmetic'), ('d', None)):
            add(tx, 'Defect', {'name': name, 'Severity': severity}, {})
    with store.reading() as tx:
        assert Shelf(tx).sorted('Severity') == ['c', 'b', 'a', 'd']
        assert Shelf(tx).sorted('Severity DESC') == ['a', 'd', 'b', 'c']
    store.close()


def test_references_to_objects_of_one_name_stay_together() -> None:
    store = Store()
    with store.writing() as tx:
        first, second = (
            add(tx, 'User', {'name': 'Same', 'UserName': user}, {}) for user in ('x', 'y')
        )
        for name, owner in (('a', second), ('b', first), ('c', second)):
            add(tx, 'Defect', {'name': name}, {'Owner': owner})
    with store.reading() as tx:
        assert Shelf(tx).sorted('Owner') == ['b', 'a', 'c']
    store.close()


def test_a_long_key_is_shown_by_its_first_two_hundred_letters(shelf: Shelf) -> None:
    with pytest.raises(ServiceError) as caught:
        shelf.sorted('x' * 300)
    assert str(caught.value) == 'Cannot sort using unknown attribute ' + 'x' * 200 + '...'
