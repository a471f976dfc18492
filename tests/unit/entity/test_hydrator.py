"""Building entities from items: classes, marks, updates and the stubs of one page."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.entity.classes import CustomField
from pyral.entity.hydrator import EntityHydrator
from tests.unit.fakes import reference, row


@pytest.mark.parametrize('hydration, mark', [('full', True), ('shell', False)])
def test_the_mark_follows_the_hydration(hydration, mark):
    entity = EntityHydrator(None, hydration).hydrateInstance(row(1))
    assert entity._hydrated is mark
    assert EntityHydrator(None, hydration=hydration).page([row(1)])[0]._hydrated is mark


def test_references_inside_an_item_are_not_complete():
    entity = EntityHydrator(None).hydrateInstance(row(1, Owner=reference(row(7, 'user'))))
    assert entity.Owner._hydrated is False


def test_an_existing_instance_is_updated_and_keeps_its_identity():
    entity = EntityHydrator(None).hydrateInstance(
        row(1, Name='old', Kept=1, Owner=reference(row(7, 'user', 'Ann')),
            Author=reference(row(7, 'user', 'Ann'))))
    author, owner = entity.Author, entity.Owner
    entity.Name = 'set by hand'
    same = EntityHydrator(None).hydrateInstance(
        row(1, Name='new', Owner=reference(row(8, 'user', 'Bo')),
            Author=reference(row(7, 'user', 'Ann'))), existingInstance=entity)
    assert same is entity and entity.Name == 'new' and entity.Kept == 1
    assert entity.Owner.Name == 'Bo' and entity.Owner is not owner and entity.Author is author


def test_one_target_of_a_page_is_one_stub():
    owner = reference(row(7, 'user', 'Ann'))
    first, second = EntityHydrator(None).page([row(1, Owner=dict(owner)),
                                               row(2, Owner=dict(owner))])
    assert first.Owner is second.Owner


def test_items_without_a_type_follow_their_reference():
    item = row(1)
    del item['_type']
    assert type(EntityHydrator(None).hydrateInstance(item)).__name__ == 'Defect'
    assert isinstance(EntityHydrator(None).hydrateInstance({'LinkID': 1}), CustomField)


def test_a_page_mixes_types():
    found = EntityHydrator(None).page([row(1), row(2, 'task'), row(3, 'tag'), row(4)])
    assert [type(each).__name__ for each in found] == ['Defect', 'Task', 'Tag', 'Defect']
