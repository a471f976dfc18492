"""How many are asked for at once: lists of ids that fit into a URL, and whose rows are whose."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral._compat import quote
from pyral.lazy import batches
from pyral.refs import key_of

#: Gateways refuse longer addresses; some of it is the server, the path and the other parameters.
LONGEST_URL = 8192
REST_OF_THE_URL = 1000


def ids(count, first=79000000001):
    """Return ObjectIDs as long as those of the service."""
    return list(range(first, first + count))


@pytest.mark.parametrize('extra', [None, batches.EXTRA_CONDITIONS['User']])
def test_a_query_by_ids_stays_below_the_longest_url(extra):
    for chunk in batches.chunks(ids(5000)):
        encoded = quote(batches.query_in('ObjectID', chunk, extra), safe='')
        assert len(encoded) < LONGEST_URL - REST_OF_THE_URL


def test_a_url_is_used_well_so_that_few_requests_are_needed():
    assert len(batches.chunks(ids(400))) == 1
    assert len(batches.chunks(ids(2000))) == 5


def test_the_chunks_hold_every_id_once_and_in_order():
    assert [oid for chunk in batches.chunks(ids(3000)) for oid in chunk] == [
        str(oid) for oid in ids(3000)]
    assert batches.chunks([]) == []


@pytest.mark.parametrize('most,expected', [
    (3, [['11'], ['22'], ['33'], ['4']]),
    (5, [['11'], ['22'], ['33', '4']]),
    (6, [['11', '22'], ['33', '4']]),
    (8, [['11', '22'], ['33', '4']]),
    (9, [['11', '22', '33'], ['4']]),
    (11, [['11', '22', '33', '4']]),
    (1, [['11'], ['22'], ['33'], ['4']]),
])
def test_each_id_takes_its_length_and_a_comma(most, expected):
    assert batches.chunks([11, 22, 33, 4], most) == expected


def test_the_query_is_an_in_list_with_the_condition_a_type_needs_besides():
    assert batches.query_in('ObjectID', ['1', '2']) == '(ObjectID in "1,2")'
    assert batches.query_in('WorkProduct.ObjectID', ['7'], '(Disabled = true)') == (
        '((WorkProduct.ObjectID in "7") AND (Disabled = true))')


def test_references_are_grouped_by_type_and_keep_their_order():
    waiting = [('a', 'defect/3'), ('b', 'user/1'), ('c', 'Defect/2'), ('d', 'user/9'),
               ('e', 'projectpermission/1u2p2'), ('f', 'nothing'), ('g', None),
               ('h', 'defect/3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11')]
    groups = batches.by_type(waiting, lambda path: path.lower())
    assert list(groups.items()) == [
        ('defect', [('a', 3), ('c', 2)]), ('user', [('b', 1), ('d', 9)])]


def test_rows_are_grouped_by_whom_their_attribute_names():
    rows = [{'WorkProduct': {'_ref': 'https://h/slm/webservice/v2.0/defect/1'}, 'n': 1},
            {'WorkProduct': {'_ref': 'https://h/slm/webservice/v2.0/hierarchicalrequirement/2'}},
            {'WorkProduct': {'_ref': 'https://h/slm/webservice/v2.0/defect/1'}, 'n': 2},
            {'WorkProduct': None}, {'WorkProduct': 'text'}, {}]
    groups = batches.by_owner(rows, 'WorkProduct')
    keys = [key_of(row['WorkProduct']['_ref']) for row in rows[:2]]
    assert list(groups) == keys + [None]
    assert groups[keys[0]] == [rows[0], rows[2]]
    assert groups[keys[1]] == [rows[1]]
    assert groups[None] == rows[3:]


def test_the_table_of_inverses_is_read_line_by_line():
    found = batches._read_inverses("""
Tasks | Defect Risk | Task | WorkProduct
Discussion | + | ConversationPost | Artifact
Revisions | RevisionHistory | Revision | RevisionHistory | RevisionNumber DESC
""")
    assert found[('Defect', 'Tasks')] == found[('Risk', 'Tasks')] == ('Task', 'WorkProduct', None)
    assert found[('RevisionHistory', 'Revisions')] == (
        'Revision', 'RevisionHistory', 'RevisionNumber DESC')
    assert set(owner for owner, name in found if name == 'Discussion') == set([
        'HierarchicalRequirement', 'Defect', 'DefectSuite', 'TestSet', 'Risk', 'Task', 'TestCase'])
    assert len(found) == 10


@pytest.mark.parametrize('owner,collection,expected', [
    ('HierarchicalRequirement', 'Tasks', ('Task', 'WorkProduct', None)),
    ('Defect', 'Tasks', ('Task', 'WorkProduct', None)),
    ('HierarchicalRequirement', 'Children', ('HierarchicalRequirement', 'Parent', None)),
    ('PortfolioItem/Theme', 'Children', ('PortfolioItem/Initiative', 'Parent', None)),
    ('PortfolioItem/Feature', 'UserStories', ('HierarchicalRequirement', 'PortfolioItem', None)),
    ('TestCase', 'Results', ('TestCaseResult', 'TestCase', None)),
    ('RevisionHistory', 'Revisions', ('Revision', 'RevisionHistory', 'RevisionNumber DESC')),
    ('TestCase', 'Discussion', ('ConversationPost', 'Artifact', None)),
])
def test_the_members_of_a_collection_name_their_owner(owner, collection, expected):
    assert batches.INVERSES[(owner, collection)] == expected


def test_collections_whose_members_name_no_owner_have_no_inverse():
    assert not set(['Tags', 'Milestones', 'Predecessors']) & set(
        collection for _, collection in batches.INVERSES)


def test_users_are_asked_for_whether_disabled_or_not():
    assert batches.EXTRA_CONDITIONS == {'User': '((Disabled = true) OR (Disabled = false))'}
