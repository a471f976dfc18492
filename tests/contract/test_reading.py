"""Reading: queries, reads, collections, fetch (WSAPI reference, sections 3, 4.2, 6 and 7.1)."""

import pytest

SHELL = {'_rallyAPIMajor', '_rallyAPIMinor', '_ref', '_refObjectUUID', '_refObjectName', '_type'}


@pytest.mark.fact('6', '4.2')
def test_a_query_without_fetch_answers_shell_rows(service):
    row = service.rows('/defect')[0]
    assert set(row) == SHELL
    assert row['_ref'] == '{}/defect/{}'.format(service.base, service.oid('bug'))
    assert (row['_type'], row['_refObjectName']) == ('Defect', 'Login <fails>')


@pytest.mark.fact('6')
def test_fetch_false_answers_shell_rows(service):
    assert set(service.rows('/defect', fetch='false')[0]) == SHELL


@pytest.mark.fact('6')
def test_fetch_true_answers_every_visible_attribute(service):
    row = service.rows('/hierarchicalrequirement', fetch='true', query='(FormattedID = US1)')[0]
    assert row['PlanEstimate'] == 3.0 and isinstance(row['PlanEstimate'], float)
    assert row['Blocked'] is False
    assert row['Owner']['_refObjectName'] == 'Ada'
    assert row['Parent'] is None
    assert row['Children']['Count'] == 1
    assert row['_objectVersion'] == row['VersionId'] == '1'


@pytest.mark.fact('4.7')
def test_the_key_order_is_the_recorded_one(service):
    row = service.rows('/defect', fetch='true')[0]
    keys = list(row)
    assert keys[:6] == [
        '_rallyAPIMajor',
        '_rallyAPIMinor',
        '_ref',
        '_refObjectUUID',
        '_objectVersion',
        '_refObjectName',
    ]
    assert keys[6:13] == [
        'CreationDate',
        '_CreatedAt',
        'ObjectID',
        'ObjectUUID',
        'VersionId',
        'Subscription',
        'Workspace',
    ]
    assert keys[-1] == '_type'


@pytest.mark.fact('6', '4.7')
def test_a_fetch_list_answers_the_header_and_the_names(service):
    row = service.rows('/defect', fetch='FormattedID,State')[0]
    assert set(row) - SHELL == {'_objectVersion', 'FormattedID', 'State'}


@pytest.mark.fact('6', '3.1')
@pytest.mark.parametrize('fetch', ['formattedid', '"FormattedID"', 'FormattedID,Bogus,Owner.Name'])
def test_fetch_names_are_forgiving(service, fetch):
    row = service.rows('/defect', fetch=fetch)[0]
    assert row['FormattedID'] == 'DE1'
    assert not {'Bogus', 'Owner', 'Owner.Name'} & set(row)


@pytest.mark.fact('6')
@pytest.mark.parametrize(
    ('path', 'fetch', 'brought'),
    [
        ('/hierarchicalrequirement', 'FormattedID', {'DirectChildrenCount'}),
        ('/defect', 'FormattedID', set()),
        ('/task', 'FormattedID', set()),
        ('/testcase', 'FormattedID', set()),
        ('/portfolioitem/feature', 'FormattedID', set()),
        ('/hierarchicalrequirement', 'Name', set()),
        ('/defect', 'Rank', {'DragAndDropRank'}),
        ('/task', 'rank', {'DragAndDropRank'}),
        ('/defect', 'CreationDate', {'_CreatedAt'}),
    ],
)
def test_a_name_brings_what_belongs_to_it(service, path, fetch, brought):
    for row in service.rows(path, fetch=fetch):
        assert set(row) - SHELL - {'_objectVersion', fetch} == brought


@pytest.mark.fact('6')
def test_what_a_name_brings_comes_in_nested_references_too(service):
    row = service.rows('/task', fetch='WorkProduct,FormattedID', query='(FormattedID = TA1)')[0]
    assert 'DirectChildrenCount' in row['WorkProduct']
    assert 'DirectChildrenCount' not in row


@pytest.mark.fact('6')
def test_fetch_names_are_one_flat_list_for_references_too(service):
    row = service.rows(
        '/hierarchicalrequirement', fetch='Name,Project,Owner,UserName', query='(Name = "Log in")'
    )[0]
    assert row['Project']['Name'] == 'Mid'
    assert row['Owner']['UserName'] == service.tiny.user
    assert 'UserName' not in row['Project']


@pytest.mark.fact('6')
def test_references_are_opened_along_a_chain_of_parents(service):
    fetch = 'WorkProduct,Project,Parent,Name'
    row = service.rows('/task', fetch=fetch, query='(FormattedID = TA1)')[0]
    # A name that stands on the way is left out below it, another one is not.
    assert row['Project']['Parent']['Name'] == 'Top'
    assert 'Parent' not in row['Project']['Parent']
    assert row['WorkProduct']['Project']['Parent']['Name'] == 'Top'
    assert 'Parent' not in row['WorkProduct']['Project']['Parent']


@pytest.mark.fact('6')
def test_a_cycle_of_references_ends(service):
    row = service.get('/user', fetch='UserProfile,User')
    depth = 0
    while isinstance(row.get('UserProfile') or row.get('User'), dict):
        row = row.get('UserProfile') or row.get('User')
        depth += 1
    assert depth == 2


@pytest.mark.fact('6')
def test_shallow_fetch_opens_only_what_the_brackets_name(service):
    row = service.rows(
        '/hierarchicalrequirement',
        query='(FormattedID = US2)',
        shallowFetch='Name,Parent[FormattedID;Owner[UserName]],Owner',
    )[0]
    assert row['Parent']['FormattedID'] == 'US1'
    assert row['Parent']['Owner']['UserName'] == service.tiny.user
    assert 'Name' not in row['Parent']
    assert set(row['Owner']) == SHELL | {'_objectVersion'}


@pytest.mark.fact('4.7')
def test_creation_date_brings_its_friendly_form(service):
    row = service.rows('/defect', fetch='CreationDate')[0]
    assert row['_CreatedAt'] == 'just now'


@pytest.mark.fact('4.8')
def test_tags_carry_their_names(service):
    row = service.rows('/hierarchicalrequirement', fetch='Tags', query='(FormattedID = US1)')[0]
    tags = row['Tags']
    assert (tags['Count'], tags['_type']) == (2, 'Tag')
    assert tags['_ref'] == '{}/HierarchicalRequirement/{}/Tags'.format(
        service.base, service.oid('story')
    )
    assert tags['_tagsNameArray'] == [
        {'Name': 'red', '_ref': '/tag/{}'.format(service.oid('red'))},
        {'Name': 'blue', '_ref': '/tag/{}'.format(service.oid('blue'))},
    ]


@pytest.mark.fact('4.8')
def test_a_plain_reference_never_has_a_count(service):
    row = service.rows('/hierarchicalrequirement', fetch='true', query='(FormattedID = US1)')[0]
    plain = [
        value for value in row.values() if isinstance(value, dict) and '_refObjectUUID' in value
    ]
    assert plain and not any('Count' in value for value in plain)


@pytest.mark.fact('8.6', '19')
def test_the_revision_history_reference_has_no_name(service):
    row = service.rows(
        '/hierarchicalrequirement', fetch='RevisionHistory', query='(FormattedID = US1)'
    )[0]
    assert '_refObjectName' not in row['RevisionHistory']
    assert row['RevisionHistory']['_type'] == 'RevisionHistory'


@pytest.mark.fact('6.1', 'rest/summary-groups')
def test_a_summary_counts_and_groups_the_members(service):
    row = service.rows(
        '/hierarchicalrequirement',
        query='(FormattedID = US1)',
        fetch='Tasks:summary[State;Owner;State+Blocked]',
    )[0]
    assert row['Summary']['Tasks'] == {
        'Count': 2,
        'State': {'Defined': 1, 'Completed': 1},
        'Owner': {'Ada': 1, 'None': 1},
        'State+Blocked': {'Defined': {'true': 1}, 'Completed': {'false': 1}},
    }
    assert 'Tasks' not in row


@pytest.mark.fact('6.1')
def test_summaries_of_one_collection_are_joined(service):
    row = service.rows(
        '/hierarchicalrequirement',
        query='(FormattedID = US1)',
        fetch='Tasks:summary[State],tasks:summary[Owner]',
    )[0]
    assert row['Summary'] == {
        'Tasks': {
            'Count': 2,
            'State': {'Defined': 1, 'Completed': 1},
            'Owner': {'Ada': 1, 'None': 1},
        }
    }
    assert list(row['Summary']['Tasks']) == ['Count', 'State', 'Owner']


@pytest.mark.fact('6.1')
def test_a_summary_of_an_empty_collection_counts_zero(service):
    row = service.rows(
        '/hierarchicalrequirement', query='(FormattedID = US3)', fetch='Name,Tasks:summary'
    )[0]
    assert row['Summary'] == {'Tasks': {'Count': 0}}
    assert row['Name'] == 'Side story'


@pytest.mark.fact('4.2')
def test_a_read_answers_the_full_object_under_its_element_name(service):
    response = service.send('GET', '/DEFECT/{}'.format(service.oid('bug')))
    assert list(response.json()) == ['Defect']
    item = response.json()['Defect']
    assert list(item)[-2:] == ['Errors', 'Warnings']
    assert item['Errors'] == item['Warnings'] == []
    assert item['Name'] == 'Login <fails>'


@pytest.mark.fact('4.2', '19')
def test_the_root_of_a_portfolio_item_is_its_element_name(service):
    for path in ('/portfolioitem/feature/{}', '/PortfolioItem/{}', '/artifact/{}', '/feature/{}'):
        response = service.send('GET', path.format(service.oid('feature')))
        assert list(response.json()) == ['Feature']
        assert response.json()['Feature']['_type'] == 'PortfolioItem/Feature'


@pytest.mark.fact('1.1', '4.2')
def test_a_read_takes_uuid_js_suffix_and_query_parameters(service):
    uuid = service.get('/defect/{}'.format(service.oid('bug')))['ObjectUUID']
    for name in (uuid, uuid.replace('-', ''), uuid.upper(), '{}.js'.format(service.oid('bug'))):
        item = service.get('/defect/' + name, pagesize=20, start=1, projectScopeUp='true')
        assert item['ObjectID'] == service.oid('bug')


@pytest.mark.fact('4.2')
@pytest.mark.parametrize(
    'path',
    ['/defect/1', '/defect/{gone}', '/task/{bug}', '/defect/-5', '/defect/99999999999999999999999'],
)
def test_what_cannot_be_read_looks_the_same(service, path):
    response = service.send('GET', path.format(**service.tiny.oids))
    assert response.json() == {
        'OperationResult': {
            '_rallyAPIMajor': '2',
            '_rallyAPIMinor': '0',
            'Errors': ['Cannot find object to read'],
            'Warnings': [],
        }
    }


@pytest.mark.fact('19')
def test_a_reference_to_a_deleted_object_stays(service):
    with service.app.store.writing() as tx:
        tx.update(service.oid('feature'), recycled=True)
    row = service.rows(
        '/hierarchicalrequirement', fetch='PortfolioItem,Name', query='(FormattedID = US1)'
    )[0]
    assert row['PortfolioItem']['_refObjectName'] == 'Search'
    assert 'Name' not in row['PortfolioItem']


@pytest.mark.fact('7.1', '19')
def test_members_of_a_collection_are_full_objects_without_a_fetch(service):
    rows = service.rows('/hierarchicalrequirement/{}/tasks'.format(service.oid('story')))
    assert [row['FormattedID'] for row in rows] == ['TA1', 'TA2']
    assert rows[0]['_rallyAPIMajor'] == '2' and rows[0]['Estimate'] == 2.5


@pytest.mark.fact('7.1', 'rest/collection-params')
def test_a_collection_takes_query_order_fetch_and_paging(service):
    path = '/HierarchicalRequirement/{}/Tasks'.format(service.oid('story'))
    assert service.names(path, order='Name DESC', fetch='Name') == ['Paint', 'Draw']
    assert service.names(path, query='(State = Completed)', fetch='false') == ['Paint']
    result = service.get(path, pagesize=1, start=2, fetch='Name')
    assert (result['TotalResultCount'], result['StartIndex'], result['PageSize']) == (2, 2, 1)
    assert [row['Name'] for row in result['Results']] == ['Paint']


@pytest.mark.fact('7.1', '8.6')
def test_revisions_come_newest_first(service):
    rows = service.rows('/revisionhistory/{}/revisions'.format(service.oid('history')))
    assert [row['RevisionNumber'] for row in rows] == [2, 1, 0]


def test_one_edge_name_serves_several_collections_of_their_own_types(service):
    row = service.get(
        '/hierarchicalrequirement/{}'.format(service.oid('story')),
        fetch='Tasks,TestCases,Children,Defects',
    )
    counts = {name: row[name]['Count'] for name in ('Tasks', 'TestCases', 'Children', 'Defects')}
    assert counts == {'Tasks': 2, 'TestCases': 0, 'Children': 1, 'Defects': 1}


def test_a_count_never_includes_deleted_members(service):
    with service.app.store.writing() as tx:
        tx.update(service.oid('task-a'), recycled=True)
    row = service.get('/hierarchicalrequirement/{}'.format(service.oid('story')), fetch='Tasks')
    assert row['Tasks']['Count'] == 1


@pytest.mark.fact('7.1')
def test_an_unknown_collection_is_named_in_the_error(service):
    result = service.get('/defect/{}/Bogus'.format(service.oid('bug')))
    assert result['Errors'] == ['Could not find the collection "Bogus" on type "Defect"']


@pytest.mark.fact('3.3')
@pytest.mark.parametrize(
    ('given', 'start', 'size'),
    [
        ({}, 1, 20),
        ({'pagesize': 0}, 1, 20),
        ({'pagesize': -3}, 1, 20),
        ({'pagesize': 'x'}, 1, 20),
        ({'pagesize': 99999}, 1, 2000),
        ({'pageSize': 7}, 1, 7),
        ({'start': 0}, 1, 20),
        ({'start': -9}, 1, 20),
        ({'start': 'x'}, 1, 20),
        ({'pagesize': '9' * 40}, 1, 2000),
    ],
)
def test_nonsense_in_paging_gives_the_defaults(service, given, start, size):
    result = service.get('/defect', **given)
    assert (result['Errors'], result['StartIndex'], result['PageSize']) == ([], start, size)


@pytest.mark.fact('3.3')
def test_a_start_beyond_the_end_answers_no_rows_and_the_total(service):
    result = service.get('/hierarchicalrequirement', start=500)
    assert result['TotalResultCount'] == 3 and result['Results'] == []


@pytest.mark.fact('3.3')
@pytest.mark.parametrize('size', [1, 2, 3, 5])
def test_any_page_size_yields_the_same_rows(service, size):
    everything = [row['_ref'] for row in service.rows('/artifact')]
    collected = []
    for start in range(1, len(everything) + 1, size):
        collected += [row['_ref'] for row in service.rows('/artifact', start=start, pagesize=size)]
    assert collected == everything


@pytest.mark.fact('5.10')
def test_an_abstract_type_answers_concrete_rows(service):
    kinds = {row['_type'] for row in service.rows('/artifact')}
    assert {'HierarchicalRequirement', 'Task', 'Defect', 'PortfolioItem/Feature'} <= kinds


@pytest.mark.fact('3.1')
def test_the_types_parameter_narrows_artifacts(service):
    rows = service.rows('/artifact', types='task,portfolioitem/feature')
    assert {row['_type'] for row in rows} == {'Task', 'PortfolioItem/Feature'}
    assert service.get('/artifact', types='bogus')['Errors'] == [
        'Requested type name "bogus" is unknown.'
    ]


@pytest.mark.fact('3.1')
def test_search_looks_into_names_texts_and_ids(service):
    assert service.names('/artifact', search='type') == ['Log in']
    assert service.names('/artifact', search='PASSWORD') == ['Forgot password']
    assert service.names('/artifact', search='de1') == ['Login <fails>']
    assert service.names('/artifact', search='100%') == []


def test_attachment_content_answers_no_rows_rather_than_an_error(service):
    result = service.get('/attachmentcontent')
    assert (result['Errors'], result['Results']) == ([], [])


@pytest.mark.fact('1.2')
def test_a_query_may_come_as_a_form(service):
    response = service.session.post(
        service.base + '/defect',
        data={'_method': 'GET', 'query': '(State = Open)', 'fetch': 'State'},
    )
    assert [row['State'] for row in response.json()['QueryResult']['Results']] == ['Open']


@pytest.mark.fact('3.1')
def test_permission_codes_are_shown_when_asked(service):
    assert '_p' not in service.rows('/defect', fetch='Name')[0]
    assert service.rows('/defect', fetch='Name', includePermissions='true')[0]['_p'] == '7'
    assert service.rows('/defect', includePermissions='TRUE')[0]['_p'] == '7'
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    assert viewer.rows('/defect', fetch='Name', includePermissions='true')[0]['_p'] == '1'
