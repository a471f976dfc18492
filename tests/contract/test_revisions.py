"""Revisions and their descriptions (WSAPI reference, section 8.6)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('8.6')


@pytest.fixture
def defect(api):
    return api.create('defect', Name='d')


def test_a_new_object_has_its_original_revision(api, defect):
    history = api.read(defect)['RevisionHistory']
    assert '_refObjectName' not in history
    (first,) = api.members(history, 'Revisions')
    assert (first['RevisionNumber'], first['Description']) == (0, 'Original revision')
    assert first['User']['_refObjectName'] == 'Ann Admin'


def test_changes_are_listed_with_old_and_new_values(api, defect):
    api.update(defect, State='Open', PlanEstimate=3, Owner=api.get('/user')['_ref'])
    text = api.revisions(defect)[0]
    assert 'STATE changed from [Submitted] to [Open]' in text
    assert 'PLAN ESTIMATE added [3.0]' in text
    assert 'OWNER added [Ann Admin]' in text
    api.update(defect, PlanEstimate=None)
    assert api.revisions(defect)[0] == 'PLAN ESTIMATE removed [3.0]'


def test_dates_read_as_the_service_prints_them_in_the_workspaces_time_zone(api, defect):
    api.update(defect, TargetDate='2018-09-11T21:03:16.000Z')
    assert api.revisions(defect)[0] == 'TARGET DATE added [Tue Sep 11 15:03:16 MDT 2018]'


def test_members_of_collections_are_named(api, defect):
    urgent = api.named('tag', 'urgent')
    api.add(defect, 'Tags', urgent['_ref'])
    api.remove(defect, 'Tags', urgent['_ref'])
    assert api.revisions(defect)[:2] == ['TAGS removed [urgent]', 'TAGS added [urgent]']


def test_a_long_value_is_not_shown(api, defect):
    api.update(defect, Notes='n' * 300)
    assert api.revisions(defect)[0] == 'NOTES added [value too long to display]'
    api.update(defect, Notes='m' * 300)
    assert api.revisions(defect)[0] == (
        'NOTES changed from [value too long to display] to [value too long to display]'
    )


def test_revisions_come_newest_first_and_count_up(api, defect):
    for name in ('e', 'f', 'g'):
        api.update(defect, Name=name)
    history = api.read(defect)['RevisionHistory']
    numbers = [row['RevisionNumber'] for row in api.members(history, 'Revisions')]
    assert numbers == [3, 2, 1, 0]
    oid = history['_ref'].rsplit('/', 1)[-1]
    assert len(api.rows('/revision', '(RevisionHistory.ObjectID = {})'.format(oid))) == 4


def test_the_one_who_changed_is_named(api, as_editor, defect):
    as_editor.update(defect, Name='by ed')
    history = api.read(defect)['RevisionHistory']
    assert api.members(history, 'Revisions')[0]['User']['_refObjectName'] == 'Ed Editor'
