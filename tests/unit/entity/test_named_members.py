"""Collections that name their members, one by one and many at once."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.entity.named_members import member_names, named_members
from tests.unit.fakes import BASE

MEMBERS = [{'Name': u'urgent', '_ref': u'/tag/1'}, {'Name': u'legal', '_ref': u'tag/2'}]
GOOD = {'_ref': BASE + u'Defect/1/Tags', '_type': 'Tag', 'Count': 2, '_tagsNameArray': MEMBERS}


def changed(**values):
    """Return the collection with other values, without those that are None."""
    return dict((key, value) for key, value in dict(GOOD, **values).items() if value is not None)


def second(**values):
    """Return the collection with a second member of other values."""
    return changed(_tagsNameArray=[MEMBERS[0], dict(MEMBERS[1], **values)])


@pytest.mark.parametrize('value, is_named', [
    (GOOD, True), (second(Name=u''), True), (changed(Count=1), False), (changed(Count=3), False),
    (changed(_tagsNameArray=()), False), (changed(_type=u''), False),
    (changed(_ref=u'elsewhere'), False), (changed(_ref=7), False),
    (changed(_ref=u'https://other.test/slm/webservice/v2.0/Defect/1/Tags'), True),
    (second(_ref=u'https://rally.test/tag/2'), False), (second(Name=7), False),
    (second(Name=None), False), (second(_ref=None), False),
    (changed(Count=0, _tagsNameArray=[]), True)])
@pytest.mark.parametrize('others', [[], [GOOD], [changed(Count=0, _tagsNameArray=None)]])
def test_many_at_once_are_named_where_each_is(value, is_named, others):
    found = member_names(others + [value])
    assert (found is not None) is is_named
    if value['Count']:
        members = named_members(value)
        assert (members is not None) is is_named
    if is_named:
        names = [each['Name'] for each in value['_tagsNameArray']]
        before = [each['Name'] for other in others for each in other.get('_tagsNameArray', ())]
        assert found == (before + names, [
            other['Count'] for other in others] + [value['Count']])


@pytest.mark.parametrize('lacking', ['_tagsNameArray', '_ref', '_type', 'Count'])
def test_what_a_collection_lacks_is_looked_at_one_by_one(lacking):
    value = dict((key, each) for key, each in GOOD.items() if key != lacking)
    with pytest.raises(KeyError):
        member_names([GOOD, value])
    assert named_members(value) is None
