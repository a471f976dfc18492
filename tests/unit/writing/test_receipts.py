# coding: utf-8
"""The entity of a write: made of the receipt where that has all of the item, else read again."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral import UnknownOutcomeError
from pyral.schema.definitions import TypeDef
from pyral.writing import receipts
from tests.fake_http import Reply, raw_defect, scripted_http

#: What the schema of the scripted service says of a Defect stands in `fake_http`.
SHOWN = ('Name', 'FormattedID', 'State', 'Owner')


def type_def(*names, **flags):
    return TypeDef({'TypePath': 'Defect', 'ElementName': 'Defect', 'Attributes': [
        dict({'ElementName': name, 'Name': name}, **flags) for name in names]})


@pytest.mark.parametrize('item, whole', [
    (dict.fromkeys(SHOWN), True),
    (dict(dict.fromkeys(SHOWN), _type='Defect', c_More=1), True),
    (dict.fromkeys(SHOWN[1:]), False),
    ({}, False),
])
def test_an_item_is_whole_that_has_every_attribute_of_its_type(item, whole):
    assert type_def(*SHOWN).is_whole(item) is whole


def test_what_no_full_object_shows_need_not_be_there():
    item = dict.fromkeys(SHOWN)
    assert type_def(*SHOWN + ('Ancestors', 'FormattedIDID', 'PortfolioItem')).is_whole(item)
    assert type_def('Name', 'Secret', Hidden=True).is_whole({}) is True
    assert type_def().is_whole(item) is False
    assert TypeDef(None, 'Defect').is_whole(item) is False


@pytest.mark.parametrize('fetch, sent', [
    (None, []), (True, []), (False, []), ('true', []), ('Name,State', [('fetch', 'Name,State')]),
    (['name', 'STATE'], [('fetch', 'Name,State')]),
])
def test_a_fetch_is_sent_where_it_names_attributes(fetch, sent):
    assert receipts.shown(type_def(*SHOWN), fetch) == sent


@pytest.mark.parametrize('fetch, wanted', [
    ('Name', ['Name']),
    ('Name, State', ['Name', 'State']),
    ('Owner[UserName,Email[x]],State', ['Owner', 'State']),
    ('Owner.UserName,Name', ['Owner', 'Name']),
    ('Tasks:summary[State;Owner],Name', ['Tasks', 'Name']),
])
def test_each_name_of_a_fetch_must_be_in_the_receipt(fetch, wanted):
    item = dict({name: 1 for name in wanted}, _ref='defect/12')
    assert receipts.is_whole(item, None, [('fetch', fetch)])
    assert receipts.is_whole({key.upper(): 1 for key in wanted}, None, [('fetch', fetch)]) is False
    for name in wanted:
        less = {key: value for key, value in item.items() if key != name}
        assert not receipts.is_whole(less, None, [('fetch', fetch)])


WHOLE = dict(raw_defect(12), State='Fixed')


@pytest.mark.parametrize('write, envelope', [
    (lambda rally, **more: rally.create('Defect', {'Name': 'x'}, **more), 'CreateResult'),
    (lambda rally, **more: rally.update('Defect', 12, {'Name': 'x'}, **more), 'OperationResult'),
])
@pytest.mark.parametrize('missing, count', [(None, 1), ('State', 2), ('Name', 2)])
def test_what_a_receipt_lacks_is_read(write, envelope, missing, count):
    trimmed = {key: value for key, value in WHOLE.items() if key != missing}
    answer = {envelope: {'Errors': [], 'Warnings': [], 'Object': trimmed}}
    rally, asked = scripted_http(answer, {'Defect': WHOLE})
    made = write(rally, fetch='Name,State')
    assert (made.oid, made.Name, made.State) == (12, WHOLE['Name'], 'Fixed')
    assert [each.params.get('fetch') for each in asked] == ['Name,State'] * count


@pytest.mark.parametrize('write', [
    lambda rally: rally.update('Defect', 12, {'State': 'Open'}),
    lambda rally: rally.addCollectionItems('defect/12', 'Tags', 'tag/5'),
])
def test_a_write_that_is_done_is_no_failure_where_the_item_cannot_be_read(write):
    done = {'OperationResult': {'Errors': [], 'Warnings': []}}
    rally, asked = scripted_http(done, Reply('<html>no</html>', 403), {'Defect': WHOLE})
    with pytest.raises(UnknownOutcomeError) as caught:
        write(rally)
    assert 'was written, but could not be read again' in caught.value.args[0]
    assert [each.oid for each in caught.value.find(rally)] == [12]
    assert [seen.method for seen in asked] == ['POST', 'GET', 'GET']
