# coding: utf-8
"""Reads are honest: failures, used responses, empty answers and misunderstandings are told."""
from __future__ import absolute_import, division, print_function

import copy
import itertools
import warnings

import pytest

from pyral import MultipleOperationError, NotFoundError, Rally, RallyRESTAPIError
from pyral.advice import RallyWarning
from pyral.errors import (
    InvalidRallyTypeNameError,
    MissingAttributeError,
    RallyAttributeNameError,
)
from pyral.query.builder import build
from pyral.search_utils import MockRallyRESTResponse

NONSENSE = 'Nonsense = 3'


def told(function, *args, **kwargs):
    """Return what a call returns, and the texts of our warnings about it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        result = function(*args, **kwargs)
    return result, [str(each.message) for each in caught if issubclass(each.category, RallyWarning)]


# Failed reads
FAILING = [
    lambda rally, **options: rally.get('Defect', query=NONSENSE, **options),
    lambda rally, **options: rally.find('Story', query=NONSENSE, **options),
    lambda rally, **options: rally.get('Defect', query=NONSENSE, instance=True, **options),
    lambda rally, **options: rally.getCollection(
        rally.service_url + '/defect', query=NONSENSE, **options),
    lambda rally, **options: rally.getCollection(rally.service_url + '/nonsense', **options),
]


@pytest.mark.parametrize('read', FAILING)
def test_a_failed_read_has_no_total_and_a_doubtful_count(rally, read):
    response = read(rally)
    with pytest.raises(RallyRESTAPIError) as caught:
        response.total
    assert caught.value.errors == response.errors
    for work in (response.first, response.one, lambda: list(response)):
        with pytest.raises(RallyRESTAPIError):
            work()
    count, texts = told(lambda: response.resultCount)
    assert count == 0 and len(texts) == 1 and response.errors[0] in texts[0]
    assert told(lambda: (response.resultCount, repr(response), bool(response)))[1] == []


@pytest.mark.parametrize('read', FAILING)
def test_strict_raises_at_once(emu, read):
    with pytest.raises(RallyRESTAPIError):
        read(emu.connect(strict=True))
    with pytest.raises(RallyRESTAPIError):
        read(emu.connect(), strict=True)
    assert not read(emu.connect(strict=True), strict=False)


def test_a_read_that_went_well_is_believed(rally):
    response, texts = told(rally.get, 'Defect')
    assert (response.total, told(lambda: response.resultCount)) == (
        response.resultCount, (response.resultCount, [])) and texts == []


# Used responses
@pytest.mark.parametrize('use', [list, lambda response: [each for each in response], sorted,
                                 lambda response: list(itertools.islice(response, 99))])
@pytest.mark.parametrize('read', [
    lambda rally: rally.get('Tag', fetch='Name'),
    lambda rally: rally.getCollection(rally.service_url + '/tag'),
    lambda rally: MockRallyRESTResponse(['a', 'b']),
])
def test_a_second_loop_over_a_used_response_is_told(rally, use, read):
    use_first = list if use is sorted else use
    response = read(rally)
    first, texts = told(use_first, response)
    assert first and texts == []
    again, texts = told(use, response)
    assert again == [] and len(texts) == 1 and 'keep list(response)' in texts[0]


def test_going_on_is_no_second_loop(rally):
    response = rally.get('Tag', fetch='Name')
    next(response)
    assert told(lambda: list(itertools.islice(response, 1)) + list(response))[1] == []
    nothing = rally.get('Tag', query='Name = "none of them"')
    assert told(lambda: list(nothing) + list(nothing))[1] == []
    closed = rally.get('Tag')
    closed.close()
    assert 'was closed' in told(list, closed)[1][0]


# Queries that say something else
MIXED = [
    ('A = 1 AND B = 2 OR C = 3', '((A = 1) AND ((B = 2) OR (C = 3)))',
     '(((A = 1) AND (B = 2)) OR (C = 3))'),
    ('A = 1 OR B = 2 AND C = 3', '((A = 1) OR ((B = 2) AND (C = 3)))',
     '(((A = 1) OR (B = 2)) AND (C = 3))'),
    ('A = 1 and B = 2 or C = 3 and D = 4',
     '((A = 1) AND ((B = 2) OR ((C = 3) AND (D = 4))))',
     '(((A = 1) AND (B = 2)) OR ((C = 3) AND (D = 4)))'),
    ('X = 0 AND (A = 1 AND B = 2 OR C = 3)', '((A = 1) AND ((B = 2) OR (C = 3)))',
     '(((A = 1) AND (B = 2)) OR (C = 3))'),
    (['A = 1 AND B = 2 OR C = 3', 'D = 4'], '((A = 1) AND ((B = 2) OR (C = 3)))',
     '(((A = 1) AND (B = 2)) OR (C = 3))'),
]


@pytest.mark.parametrize('criteria, read_as, other', MIXED)
def test_and_and_or_without_parentheses_are_told_with_both_readings(criteria, read_as, other):
    text, texts = told(build, criteria)
    assert read_as in text
    assert len(texts) == 1 and read_as in texts[0] and other in texts[0]
    assert told(build, read_as)[1] == told(build, other)[1] == []


@pytest.mark.parametrize('criteria', [
    'A = 1 AND B = 2 AND C = 3', '(A = 1 AND B = 2) OR C = 3', ['A = 1 OR B = 2', 'C = 3'],
    'Name = "black AND white OR grey" AND B = 2', 'A between 1 and 5 OR B = 2'])
def test_what_has_one_reading_is_not_told(criteria):
    assert told(build, criteria)[1] == []


def test_a_mixed_query_is_told_once_wherever_it_is_given(rally):
    mixed = 'State = Open AND Name = x OR Name = y'
    for read in (lambda: rally.get('Defect', query=mixed),
                 lambda: rally.get('Defect', query=[mixed]),
                 lambda: rally.getCollection(rally.service_url + '/defect', query=mixed),
                 lambda: rally.getCollection(rally.service_url + '/defect', query=[mixed])):
        assert len([text for text in told(read)[1] if 'mixed' in text]) == 1


@pytest.mark.parametrize('criteria, is_told', [
    ({'Owner': 'Null'}, True), ({'LastName': 'null'}, True), ({'Name !=': 'NULL'}, True),
    ({'Name': '"Null"'}, True), ({'Name': ['Smith', 'Null']}, True), ({'Name in': 'a,Null'}, True),
    ({'Name': u'Null'}, True), ({'Owner': None}, False), ({'Name': 'Nullify'}, False),
    ({'Name': 'Smith, Null'}, False), ('Owner = Null', False), (['Owner = null'], False),
])
def test_a_text_that_means_no_value_is_told(rally, criteria, is_told):
    found = [text for text in told(rally.get, 'User', query=criteria)[1] if 'no value' in text]
    assert len(found) == is_told


def test_a_read_of_users_without_a_query_is_told_to_give_the_caller(rally):
    for read in (lambda **more: rally.get('User', **more),
                 lambda **more: rally.find('User', **dict({'fetch': True, 'query': ''}, **more)),
                 lambda **more: rally.getCollection(rally.service_url + '/user', **more)):
        response, texts = told(read)
        assert [each.oid for each in response] == [rally.me().oid]
        assert len(texts) == 1 and all(
            part in texts[0] for part in ('getAllUsers()', "query='ObjectID > 0'", 'rally.me()'))
        assert told(read, query='ObjectID > 0')[1] == []
    assert told(rally.get, 'User', instance=True)[1] == []
    assert told(rally.get, 'Subscription')[1] == told(rally.get, 'Defect')[1] == []


@pytest.mark.parametrize('name, expected', [
    ('State', "conditions go into query, as in query={'State': ...}"),
    ('Owner', 'conditions go into query'), ('c_Color', 'conditions go into query'),
    ('FormattedID', 'conditions go into query'), ('Owner__UserName', 'conditions go into query'),
    ('state', 'conditions go into query'), ('schedule_state', 'conditions go into query'),
    ('Project', "did you mean 'project'?"), ('pageSize', "did you mean 'pagesize'?"),
    ('fields', "did you mean 'fetch'?"), ('limits', "did you mean 'limit'?"),
])
def test_keywords_are_told_where_their_values_go(emu, name, expected):
    url = emu.connect().service_url + '/defect'
    for read in (lambda rally: rally.get('Defect', **{name: 'Open'}),
                 lambda rally: rally.find('Defect', **{name: 'Open'}),
                 lambda rally: rally.getCollection(url, **{name: 'Open'})):
        assert expected in told(read, emu.connect())[1][0]
        with pytest.raises(TypeError) as caught:
            read(emu.connect(strict=True))
        assert expected in str(caught.value)


@pytest.mark.parametrize('given, expected', [
    ({'fetch': 'US101'}, "rally['US101'] reads the item"), ({'fetch': ' de7'}, "rally['de7']"),
    ({'fetch': 'State = Open'}, "'State = Open' holds a condition: conditions go into query"),
    ({'fetch': '(Owner.UserName contains "x")'}, 'conditions go into query'),
    ({'limit': -1}, 'limit=-1 serves no items'), ({'limit': '-3'}, "limit='-3' serves no items"),
    ({'fetch': 'Name,Tasks:summary[State;Owner],c_Color2'}, None), ({'limit': 0}, None),
    ({'fetch': 'true'}, None),
])
def test_what_stands_in_the_wrong_place_is_told(rally, given, expected):
    url = rally.service_url + '/defect'
    for read in (lambda: rally.get('Defect', **given), lambda: rally.find('Defect', **given),
                 lambda: rally.getCollection(url, **given)):
        texts = told(read)[1]
        assert len(texts) == (expected is not None)
        assert expected is None or expected in texts[0]


@pytest.mark.parametrize('kind, names, known', [
    ('Defect', ['Owner', 'UserName'], 'Owner,UserName'),
    ('Defect', ['owner', 'username', 'Name'], 'Owner,UserName,Name'),
    ('Defect', ['Project', 'Parent', 'Tasks:summary[State]'],
     'Project,Parent,Tasks:summary[State]'),
    ('Task', ['WorkProduct', 'PlanEstimate'], 'WorkProduct,PlanEstimate'),
    ('Artifact', ['FormattedID', 'ScheduleState'], 'FormattedID,ScheduleState'),
    ('Story', ['Iteration', 'EndDate', 'Tags', 'Archived'], 'Iteration,EndDate,Tags,Archived'),
    ('Defect', ['UserName'], None), ('Defect', ['Owner', 'UserNmae'], None),
    ('Task', ['WorkProduct', 'Bogus'], None), ('Artifact', ['Bogus'], None),
])
def test_a_list_of_names_to_fetch_may_name_what_references_lead_to(rally, kind, names, known):
    if known is None:
        with pytest.raises(RallyAttributeNameError) as caught:
            rally.get(kind, fetch=names)
        assert caught.value.field == names[-1]
    else:
        assert rally.typedef(kind).map_fetched(names) == known.split(',')
        assert rally.get(kind, fetch=names, project=None).errors == []


@pytest.mark.parametrize('name', ['DE7', 'us101', 'XX-5'])
def test_an_id_in_the_place_of_a_type_is_told(rally, name):
    for ask in (rally.get, lambda each: rally.create(each, {'Name': 'x'}), rally.getStates):
        with pytest.raises(InvalidRallyTypeNameError) as caught:
            ask(name)
        assert "rally['{0}'] reads the item".format(name) in caught.value.hint


def test_keywords_of_writes_are_told_where_data_go(rally):
    made, texts = told(rally.create, 'Defect', {'Name': 'x'}, State='Open')
    assert "the data go into itemData, as in itemData={'State': ...}" in texts[0]
    assert 'the data go into itemData' in told(
        rally.update, 'Defect', {'ObjectID': made.oid, 'Name': 'y'}, State='Open')[1][0]


# Names nobody has
UNKNOWN = [
    (lambda rally: rally.getProject('Taem A'), None, 'did you mean Team A'),
    (lambda rally: rally.getProjects('Mian'), [], 'did you mean Main'),
    (lambda rally: rally.typedef('Defct'), None, 'did you mean Defect'),
    (lambda rally: rally.typedef('feature'), None, 'Feature'),
    (lambda rally: rally.getAllowedValues('Defct', 'State'), None, 'did you mean Defect'),
    (lambda rally: rally.getAllowedValues('Defect', 'Stat'), None, 'did you mean State'),
    (lambda rally: rally.getAllowedValues('Defect', 'state'), None, 'did you mean State'),
    (lambda rally: rally.getUserInfo(username='nobody'), [], "no enabled user has the UserName"),
    (lambda rally: rally.getUserInfo(name='Nobody'), [], "no enabled user has the DisplayName"),
    (lambda rally: rally.getState('Feature', 'Developping') and None, None,
     'did you mean Developing'),
    (lambda rally: rally.getState('Featur', 'Developing') and None, None, 'Did you mean: Feature'),
    (lambda rally: rally.getAttachment('US101', 'note.txt'), None, 'did you mean notes.txt'),
    (lambda rally: rally.deleteAttachment('US101', 'note.txt'), False, 'did you mean notes.txt'),
    (lambda rally: rally.getAttachment('US99999', 'notes.txt'), False, 'FormattedID US99999'),
]


@pytest.mark.parametrize('ask, answer, expected', UNKNOWN)
def test_an_empty_answer_to_an_unknown_name_is_told(rally, ask, answer, expected):
    found, texts = told(ask, rally)
    assert found == answer
    assert len(texts) == 1 and expected in texts[0]


def test_known_names_are_not_told(rally):
    def ask():
        rally.getProject('Team A'), rally.getProject(), rally.getProjects('Main')
        rally.typedef('Defect'), rally.getAllowedValues('Defect', 'State')
        rally.getState('Feature', 'Developing'), rally.getAttachment('US101', 'notes.txt')

    assert told(ask)[1] == []


@pytest.mark.parametrize('fetch', ['Name,FormattedID', True])
@pytest.mark.parametrize('name, meant', [
    ('name', 'Name'), ('NAME', 'Name'), ('formattedid', 'FormattedID'),
    ('formatted_id', 'FormattedID'), ('objectid', 'ObjectID'), ('OID', 'oid')])
def test_an_attribute_in_another_letter_case_is_said_to_be_that(rally, name, meant, fetch):
    rally.typedef('Defect')
    for connection in (rally, None):
        defect = rally.get('Defect', fetch=fetch).next()
        if connection is None:
            defect = copy.deepcopy(defect)
        with pytest.raises(MissingAttributeError) as caught:
            getattr(defect, name)
        assert caught.value.suggestions[0] == meant
        assert 'not fetched' not in str(caught.value)


def test_one_that_was_not_fetched_is_said_to_be_both(rally):
    rally.typedef('Defect')
    with pytest.raises(MissingAttributeError) as caught:
        rally.get('Defect', fetch='Name').next().plan_estimate
    assert caught.value.suggestions[0] == 'PlanEstimate'
    with pytest.raises(MissingAttributeError) as caught:
        rally.get('Defect', fetch='Name').next().planestimate
    assert caught.value.suggestions == ('PlanEstimate',) and 'not fetched' in str(caught.value)
    with pytest.raises(MissingAttributeError) as caught:
        rally.get('Defect', fetch='Name').next().PlanEstimate
    assert caught.value.suggestions == () and 'not fetched' in str(caught.value)


# FormattedIDs with letters of no type
STRANGE = [
    lambda rally, ident: rally.delete('Defect', ident),
    lambda rally, ident: rally.update('Defect', ident, {'Name': 'x'}),
    lambda rally, ident: rally.update('Defect', {'FormattedID': ident, 'Name': 'x'}),
    lambda rally, ident: rally.addAttachment(ident, __file__),
    lambda rally, ident: rally.getAttachment(ident, 'notes.txt'),
    lambda rally, ident: rally.getAttachments(ident),
    lambda rally, ident: rally.deleteAttachment(ident, 'notes.txt'),
    lambda rally, ident: rally.rankToTop(ident),
    lambda rally, ident: rally.rankAbove(ident, 'US101'),
    lambda rally, ident: rally.addCollectionItems(ident, 'Tags', ['urgent']),
    lambda rally, ident: rally.dropCollectionItems(ident, 'Tags', ['urgent']),
    lambda rally, ident: rally.create('Defect', {'Name': 'x', 'Requirement': ident}),
    lambda rally, ident: rally.get('Defect', query={'Requirement': ident}),
    lambda rally, ident: rally[ident],
]


@pytest.mark.parametrize('ident', ['XX5', 'XX-5', 'xx 5'])
@pytest.mark.parametrize('ask', STRANGE)
def test_a_prefix_of_no_type_is_said_to_be_that(rally, ask, ident):
    with pytest.raises(RallyRESTAPIError) as caught:
        ask(rally, ident)
    said = str(caught.value)
    assert "begin with '{0}'".format(ident[:2]) in said and 'DE' in said
    assert 'HTML' not in said


def test_in_batches_and_queries_too(rally):
    with pytest.raises(NotFoundError) as caught:
        rally.updateMultiple('Defect', [{'FormattedID': 'XX5', 'Name': 'x'}])
    assert "begin with 'XX'" in str(caught.value)
    with pytest.raises(MultipleOperationError) as caught:
        rally.updateMultiple('Defect', [{'FormattedID': 'XX-5', 'Name': 'x'}])
    assert "begin with 'XX'" in str(caught.value)
    for ident in ('XX5', 'XX-5'):
        for type_name in ('Defect', 'Artifact', 'Story', 'PortfolioItem'):
            texts = told(rally.get, type_name, query={'FormattedID': ident}, project=None)[1]
            assert len(texts) == 1 and "begin with 'XX'" in texts[0]
    texts = told(rally.getCollection, rally['US101']._ref + '/Tasks', query='FormattedID = XX5')[1]
    assert len(texts) == 1 and "begin with 'XX'" in texts[0]


@pytest.mark.parametrize('ask', STRANGE)
def test_an_id_that_is_written_wrongly_is_told_how(rally, ask):
    with pytest.raises(RallyRESTAPIError) as caught:
        ask(rally, 'de-7')
    assert 'the FormattedID is written DE7' in str(caught.value).replace('The', 'the')


@pytest.mark.parametrize('ident, type_path', [
    ('US101', 'HierarchicalRequirement'), ('TA1', 'Task')])
def test_a_prefix_of_another_type_is_said_to_be_that(rally, ident, type_path):
    with pytest.raises(NotFoundError) as caught:
        rally.delete('Defect', ident)
    assert "are of type {0}".format(type_path) in str(caught.value)
    with pytest.raises(NotFoundError) as caught:
        rally.delete('Tag', ident)
    assert "have no FormattedIDs" in str(caught.value)


# Connections that are none
class Forgetful(Rally):
    """A subclass as people write it."""

    def __init__(self, wanted):
        self.wanted = wanted


@pytest.mark.parametrize('use', [
    lambda rally: rally.get('Defect'), lambda rally: rally.session, lambda rally: rally.me(),
    lambda rally: rally.create('Defect', {'Name': 'x'}), lambda rally: rally['DE7'],
    lambda rally: rally.getProject(), lambda rally: rally.service_url,
    lambda rally: rally.requests_made, lambda rally: rally.nonsense,
])
def test_a_subclass_that_forgot_its_base_is_told_so(use):
    rally = Forgetful('all')
    with pytest.raises(MissingAttributeError) as caught:
        use(rally)
    assert 'Forgetful.__init__ has not called Rally.__init__' in str(caught.value)
    assert repr(rally) == '<Forgetful, not connected>' and rally.wanted == 'all'


@pytest.mark.parametrize('name, meant', [('getAllUser', 'getAllUsers'), ('Get', 'get'),
                                         ('get_all_users', 'getAllUsers')])
def test_a_misspelt_method_is_told(rally, name, meant):
    with pytest.raises(AttributeError) as caught:
        getattr(rally, name)
    assert meant in caught.value.suggestions
