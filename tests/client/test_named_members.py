# -*- coding: utf-8 -*-
"""Collections whose members the answer names cost no request, until more than the names is read."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral.entity.named_members import named_members

REF = 'https://rally.test/slm/webservice/v2.0/defect/5/Tags'
NAMES = [{'Name': 'red', '_ref': '/tag/7'}, {'Name': 'blue', '_ref': '/tag/8'}]


def raw(**changes):
    return dict({'_ref': REF, '_type': 'Tag', 'Count': 2, '_tagsNameArray': NAMES}, **changes)


def test_the_members_are_references_as_the_service_sends_them():
    assert named_members(raw()) == [
        {'_ref': 'https://rally.test/slm/webservice/v2.0/tag/7', '_type': 'Tag', 'Name': 'red',
         '_refObjectName': 'red'},
        {'_ref': 'https://rally.test/slm/webservice/v2.0/tag/8', '_type': 'Tag', 'Name': 'blue',
         '_refObjectName': 'blue'}]


@pytest.mark.parametrize('changes', [
    {'Count': 3}, {'Count': None}, {'_tagsNameArray': None}, {'_tagsNameArray': 'red'},
    {'_tagsNameArray': [NAMES[0], None]}, {'_tagsNameArray': [NAMES[0], {'Name': 'x'}]},
    {'_tagsNameArray': [NAMES[0], {'_ref': '/tag/8'}]}, {'_type': None}, {'_ref': None},
    {'_ref': 'defect/5/Tags'},
    {'_tagsNameArray': [NAMES[0], {'Name': 'x', '_ref': 'https://elsewhere.test/tag/8'}]},
])
def test_what_does_not_name_all_of_them_is_read(changes):
    assert named_members(raw(**changes)) is None


@pytest.fixture
def tagged(rally):
    """Thirty defects with one to three tags and milestones each."""
    tags = [rally.create('Tag', {'Name': 'tag {0}'.format(place)}) for place in range(4)]
    milestones = [rally.create('Milestone', {'Name': 'stone {0}'.format(place),
                                             'TargetDate': '2030-01-0{0}'.format(place + 1)})
                  for place in range(3)]
    rally.createMultiple('Defect', [
        {'Name': 'tagged {0:02}'.format(place), 'Tags': tags[:1 + place % 3],
         'Milestones': milestones[:place % 3]} for place in range(30)])
    return rally


def ask(rally):
    return rally.get('Defect', fetch='Name,Tags,Milestones', query='Name contains tagged',
                     order='Name', project=None)


@pytest.mark.parametrize('lazy', ['batch', 'single', 'never'])
def test_names_of_tags_and_milestones_cost_nothing(emu, tagged, lazy):
    rally = emu.connect(lazy=lazy)
    defects = list(ask(rally))
    before = rally.requests_made
    assert [[tag.Name for tag in defect.Tags] for defect in defects] == [
        ['tag {0}'.format(each) for each in range(1 + place % 3)] for place in range(30)]
    assert [sorted(stone.Name for stone in defect.Milestones) for defect in defects] == [
        ['stone {0}'.format(each) for each in range(place % 3)] for place in range(30)]
    assert all(tag.oid and tag.ref and tag._ref.startswith(rally.service_url)
               for defect in defects for tag in defect.Tags)
    assert rally.requests_made == before


def test_what_the_names_lack_is_read_for_the_page_together(tagged):
    defects = list(ask(tagged))
    before = tagged.requests_made
    dates = [tag.CreationDate for defect in defects for tag in defect.Tags]
    assert len(dates) == 60 and all(dates)
    assert tagged.requests_made - before <= 2


def test_the_members_are_those_that_the_collection_has(tagged):
    for defect in list(ask(tagged))[:5]:
        for name in ('Tags', 'Milestones'):
            members = tagged.getCollection('{0}/{1}'.format(defect._ref, name))
            assert [each.ref for each in getattr(defect, name)] == [each.ref for each in members]


def test_a_collection_that_was_changed_is_read_anew(tagged):
    defect = next(iter(ask(tagged)))
    assert [tag.Name for tag in defect.Tags] == ['tag 0']
    other = tagged.get('Tag', query='Name = "tag 3"', instance=True)
    tagged.addCollectionItems(defect, [other])
    assert sorted(tag.Name for tag in defect.Tags) == ['tag 0', 'tag 3']
    tagged.dropCollectionItems(defect, 'Tags', [other])
    assert [tag.Name for tag in defect.Tags] == ['tag 0']


def test_tools_see_them(tagged):
    defect = list(ask(tagged))[2]
    before = tagged.requests_made
    assert [tag.Name for tag in vars(defect)['Tags']] == ['tag 0', 'tag 1', 'tag 2']
    assert tagged.requests_made == before
