"""Creating objects (WSAPI reference, sections 4.3 and 16)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('4.3')


def refused(api, type_path, values, **params):
    """Return the errors of a create that must fail and make nothing."""
    before = api.get('/' + type_path)['TotalResultCount']
    result = api.try_create(type_path, values, **params)
    assert 'Object' not in result
    assert api.get('/' + type_path)['TotalResultCount'] == before
    return result['Errors']


@pytest.mark.fact('1.2', 'rest/put', 'rest/post')
@pytest.mark.parametrize('method', ['PUT', 'POST'])
@pytest.mark.parametrize('key', ['Defect', 'defect', 'DEFECT', 'AnythingElse'])
def test_put_and_post_create_whatever_the_body_key(api, method, key):
    result = api.ask(method, '/defect/create', {key: {'Name': 'Login fails'}})
    assert result['Errors'] == []
    assert result['Object']['_type'] == 'Defect'
    assert result['Object']['_CreatedAt'] == 'just now'


@pytest.mark.fact('4.1')
def test_the_envelope_of_a_create_is_createresult(api):
    answer = api.send('PUT', '/defect/create', {'Defect': {'Name': 'x'}}).json()
    assert list(answer) == ['CreateResult']
    failed = api.send('PUT', '/defect/create', {'Defect': {}}).json()
    assert list(failed) == ['CreateResult']
    assert failed['CreateResult']['Errors'] == ['Validation error: Defect.Name should not be null']


@pytest.mark.fact('C')
def test_a_defect_needs_nothing_but_a_name(api):
    defect = api.create('defect', Name='Login fails')
    expected = {
        'State': 'Submitted',
        'ScheduleState': 'Defined',
        'Severity': 'None',
        'Priority': 'None',
        'Blocked': False,
        'Owner': None,
        'SubmittedBy': None,
        'VersionId': '1',
        'Recycled': False,
        'TaskStatus': 'NONE',
        'ScheduleStatePrefix': 'D',
    }
    assert {name: defect[name] for name in expected} == expected
    assert defect['Project']['_refObjectName'] == 'Team A'
    assert defect['CreatedBy']['_refObjectName'] == 'Ann Admin'
    assert defect['FlowState']['_refObjectName'] == 'Defined'


def test_the_project_defaults_to_the_parameter_and_then_to_the_callers(api):
    web = api.named('project', 'Team B')
    by_parameter = api.try_create('defect', {'Name': 'x'}, project=web['_ref'])['Object']
    by_profile = api.try_create('defect', {'Name': 'x'})['Object']
    by_body = api.try_create('defect', {'Name': 'x', 'Project': web['_ref']})['Object']
    names = [one['Project']['_refObjectName'] for one in (by_parameter, by_profile, by_body)]
    assert names == ['Team B', 'Team A', 'Team B']


@pytest.mark.fact('8.2', 'B')
def test_formatted_ids_go_on_after_the_highest_with_the_prefix_of_the_type(api):
    first, second = (api.create('defect', Name=name) for name in ('a', 'b'))
    story = api.create('hierarchicalrequirement', Name='c')
    assert first['FormattedID'].startswith('DE')
    assert int(second['FormattedID'][2:]) == int(first['FormattedID'][2:]) + 1
    assert int(story['FormattedID'][2:]) > 101


@pytest.mark.fact('6')
def test_fetch_trims_the_answer_of_a_create(api):
    made = api.try_create('defect', {'Name': 'x'}, fetch='Name')['Object']
    assert made['Name'] == 'x'
    assert 'State' not in made


def test_unknown_and_read_only_attributes_are_warned_of_and_left_out(api):
    result = api.ask(
        'PUT',
        '/defect/create',
        {'dEfEct': {'Name': 'x', 'Nam': 1, 'FormattedID': 'DE9999', 'CreationDate': '2001-01-01'}},
    )
    assert result['Errors'] == []
    assert result['Warnings'] == [
        'Ignored JSON element dEfEct.{} during processing of this request.'.format(name)
        for name in ('Nam', 'FormattedID', 'CreationDate')
    ]
    assert result['Object']['FormattedID'] != 'DE9999'


@pytest.mark.fact('16')
def test_several_errors_come_in_one_answer(api):
    errors = refused(
        api,
        'defect',
        {'Severity': 'Bogus', 'PlanEstimate': 'many', 'Owner': 'xyz', 'Blocked': 'maybe'},
    )
    # The severity and the missing name wait until all values can be converted (section 4.3).
    assert errors == [
        'Could not convert: Cannot convert "many" to a number',
        'Cannot parse object reference from "xyz"',
        'Could not convert: Cannot convert "maybe" to a boolean',
    ]
    assert refused(api, 'defect', {'Severity': 'Bogus', 'Notes': 'x' * 32769}) == [
        'Validation error: Defect.Severity "Bogus" is invalid.  Valid values are: None, '
        'Crash/Data Loss, Major Problem, Minor Problem, Cosmetic : Bogus is an invalid value',
        'Validation error: Defect.Notes length is greater than the maximum length of 32768',
        'Validation error: Defect.Name should not be null',
    ]


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    ('values', 'error'),
    [
        ({'Name': None}, 'Validation error: Defect.Name should not be null'),
        ({'Name': ''}, 'Validation error: Defect.Name should not be null'),
        (
            {'Name': 'x' * 257},
            'Validation error: Defect.Name length is greater than the maximum length of 256',
        ),
        (
            {'Name': 'x', 'Notes': 'n' * 32769},
            'Validation error: Defect.Notes length is greater than the maximum length of 32768',
        ),
        (
            {'Name': 'a <b>bold</b> one'},
            (
                "Validation error: Defect.Name contained invalid input. Search 'HTML Whitelist' at "
                "help.rallydev.com for details."
            ),
        ),
        (
            {'Name': 'x', 'Description': '<script>alert(1)</script>'},
            (
                "Validation error: Defect.Description contained invalid input. Search 'HTML"
                " Whitelist' at help.rallydev.com for details."
            ),
        ),
        (
            {'Name': 'x', 'Description': '<a href="java script:x" onclick="y()">z</a>'},
            (
                "Validation error: Defect.Description contained invalid input. Search 'HTML"
                " Whitelist' at help.rallydev.com for details."
            ),
        ),
        (
            {'Name': 'x', 'TargetDate': '2017-04-29 20:23:51.188960'},
            (
                'Could not parse: Cannot convert "2017-04-29 20:23:51.188960" into a date.  '
                'You must use the ISO8601 date+time format.'
            ),
        ),
        (
            {'Name': 'x', 'PlanEstimate': 1000},
            'Validation error: Defect.Plan Estimate is greater than the maximum value of 999',
        ),
        (
            {'Name': 'x', 'PlanEstimate': True},
            'Could not convert: Cannot convert "true" to a number',
        ),
        (
            {'Name': 'x', 'Owner': 17},
            'Could not read: Could not read referenced object 17',
        ),
        (
            {'Name': 'x', 'Owner': {'Name': 'Ann'}},
            'Cannot parse object reference from "{"Name": "Ann"}"',
        ),
        (
            {'Name': 'x', 'Iteration': '/iteration/99999'},
            'Could not read: Could not read referenced object /iteration/99999',
        ),
        ({'Name': ['x']}, 'Could not convert: Cannot convert "["x"]" to a string'),
    ],
)
def test_a_bad_value_is_refused_in_the_words_of_the_service(api, values, error):
    assert refused(api, 'defect', values) == [error]


@pytest.mark.fact('8.1')
def test_a_reference_of_the_wrong_type_is_refused(api):
    story = api.create('hierarchicalrequirement', Name='x')
    (error,) = refused(api, 'defect', {'Name': 'x', 'Owner': story['_ref']})
    assert (
        error == 'Validation error: Defect.Owner must be a reference to User, not to'
        ' HierarchicalRequirement'
    )


@pytest.mark.fact('8.1')
def test_references_are_taken_in_every_form(api):
    ann = api.get('/user')
    oid, uuid = ann['ObjectID'], ann['ObjectUUID']
    forms = [
        ann['_ref'],
        '/user/{}'.format(oid),
        'user/{}'.format(oid),
        'User/{}'.format(oid),
        '/user/{}.js'.format(oid),
        'https://rally1.example/slm/webservice/v2.x/user/%d' % oid,
        '/user/' + uuid,
        '/user/' + uuid.replace('-', ''),
        {'_ref': ann['_ref'], 'Name': '?'},
    ]
    for form in forms:
        defect = api.create('defect', Name='x', Owner=form)
        assert defect['Owner']['_refObjectUUID'] == uuid, form


@pytest.mark.fact('8.3')
def test_values_are_kept_in_the_types_of_the_attributes(api):
    defect = api.create(
        'defect',
        Name=42,
        PlanEstimate='3',
        Blocked=None,
        ReleaseNote='True',
        Severity=None,
        TargetDate='2026-02-01',
        Environment='',
        Notes='<p>kept <b>bold</b></p>',
    )
    assert (defect['Name'], defect['PlanEstimate'], defect['Blocked']) == ('42', 3.0, False)
    assert defect['ReleaseNote'] is True
    # Midnight in the time zone of the workspace, Denver.
    assert defect['TargetDate'] == '2026-02-01T07:00:00.000Z'
    assert (defect['Severity'], defect['Environment']) == ('None', 'None')
    assert defect['Notes'] == '<p>kept <b>bold</b></p>'


@pytest.mark.fact('8.8', '8.3')
def test_dates_with_an_offset_are_kept_in_utc(api):
    defect = api.create('defect', Name='x', TargetDate='2026-02-01T10:11:12.3456+02:00')
    assert defect['TargetDate'] == '2026-02-01T08:11:12.345Z'


@pytest.mark.fact('C')
def test_a_task_takes_project_iteration_and_release_from_its_work_product(api):
    web = api.named('project', 'Team B')
    current = api.named('iteration', 'Iteration 2')
    story = api.try_create(
        'hierarchicalrequirement',
        {'Name': 's', 'Project': web['_ref'], 'Iteration': current['_ref']},
    )['Object']
    first = api.create('task', Name='t', WorkProduct=story['_ref'])
    second = api.create('task', Name='u', WorkProduct=story['_ref'])
    assert first['Project']['_refObjectName'] == 'Team B'
    assert first['Iteration']['_refObjectName'] == 'Iteration 2'
    assert (first['State'], first['TaskIndex'], second['TaskIndex']) == ('Defined', 1, 2)
    assert refused(api, 'task', {'Name': 'alone'}) == [
        'Validation error: Task.Work Product should not be null'
    ]


@pytest.mark.fact('8.4')
def test_a_portfolio_item_has_no_state_until_it_gets_one(api):
    feature = api.create('portfolioitem/feature', Name='f')
    assert feature['State'] is None
    assert feature['_type'] == 'PortfolioItem/Feature'
    assert feature['PortfolioItemType']['_refObjectName'] == 'Feature'


@pytest.mark.fact('16')
def test_an_unknown_type_cannot_be_created(api):
    answer = api.send('PUT', '/PushRequests/create', {'x': {}}).json()
    assert answer['CreateResult']['Errors'] == ['Requested type name "pushrequests" is unknown.']


@pytest.mark.fact('B')
@pytest.mark.parametrize('type_path', ['revision', 'artifact', 'portfolioitem', 'recyclebinentry'])
def test_types_that_cannot_be_created_say_so(api, type_path):
    result = api.try_create(type_path, {'Name': 'x'})
    assert result['Errors'][0].startswith('Not authorized to create: ')


@pytest.mark.fact('8.8', 'use/dates')
def test_iteration_and_release_dates_are_shifted_to_the_bounds_of_their_days(api):
    iteration = api.create(
        'iteration',
        Name='i',
        StartDate='2013-12-16T12:00:00Z',
        EndDate='2013-12-22T12:00:00Z',
        Project=api.project['_ref'],
    )
    assert iteration['StartDate'] == '2013-12-16T07:00:00.000Z'
    assert iteration['EndDate'] == '2013-12-23T06:59:59.000Z'
    assert iteration['State'] == 'Planning'
    again = api.update(iteration, EndDate=iteration['EndDate'])
    assert again['EndDate'] == iteration['EndDate']


def test_an_iteration_does_not_end_before_it_begins(api):
    (error,) = refused(
        api,
        'iteration',
        {
            'Name': 'i',
            'StartDate': '2026-02-02',
            'EndDate': '2026-01-02',
            'Project': api.project['_ref'],
        },
    )
    assert error == 'Validation error: Iteration.End Date should not be before Iteration.Start Date'


@pytest.mark.fact('7.4')
def test_collections_can_be_given_when_an_object_is_created(api):
    urgent = api.named('tag', 'urgent')
    defect = api.create('defect', Name='x', Tags=[{'_ref': urgent['_ref']}])
    assert defect['Tags']['Count'] == 1
    assert [tag['Name'] for tag in api.members(defect, 'Tags')] == ['urgent']


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'body',
    [
        b'{"Defect": {"Name": "x"',
        b'[1, 2]',
        b'\xff\xfe',
        b'',
        b'{}',
        b'{"Defect": 5}',
        b'{"a": ' * 5000,
        b'[' * 100000,
    ],
)
def test_a_body_that_is_no_document_is_refused_clearly(api, body):
    result = api.ask('PUT', '/defect/create', body)
    assert len(result['Errors']) == 1
    assert result['Errors'][0].startswith(
        'Cannot parse input stream due to I/O error as JSON document: '
    )


def test_sql_in_values_is_only_text(api):
    text = "'; DROP TABLE objects; --"
    defect = api.create('defect', Name=text)
    assert api.read(defect)['Name'] == text
    assert api.one('/defect', '(Name = "{}")'.format(text))['ObjectID'] == defect['ObjectID']
