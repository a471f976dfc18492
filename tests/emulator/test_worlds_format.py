"""World files: what is wrong with one is said once, clearly, with the place."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyral.emulator import worlds
from pyral.emulator.access.auth import keys_of
from pyral.emulator.store import Store
from pyral.emulator.store.reading import of_type
from pyral.emulator.worlds import WorldError
from pyral.emulator.worlds.line_numbers import line_of
from pyral.emulator.worlds.validation import schema
from pyral.emulator.worlds.values import fill, moment, wire_date

DATA = Path(__file__).parent.parent / 'data' / 'worlds'
UTC = datetime.timezone.utc
NOW = datetime.datetime(2024, 5, 15, 10, 0, tzinfo=UTC)
DENVER = datetime.timezone(datetime.timedelta(hours=-6))


def minimal(**workspace):
    return {
        'users': [{'UserName': 'ann@example.com', 'password': 'ann-Secret1'}],
        'workspaces': [dict({'Name': 'Main', 'projects': [{'Name': 'Team'}]}, **workspace)],
    }


def of_objects(*objects, **workspace):
    return minimal(objects=list(objects), **workspace)


def problem(document):
    """Return the error of a document, as text, whether loading or building finds it."""
    with pytest.raises(WorldError) as caught:
        worlds.build(worlds.parse(json.dumps(document, indent=1), name='w.json'), Store())
    return str(caught.value)


def test_the_schema_is_a_valid_json_schema():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_small_world_fits_the_schema():
    document = json.loads((DATA / 'small.json').read_text(encoding='utf-8'))
    jsonschema.Draft202012Validator(schema()).validate(document)


@pytest.mark.parametrize('name', ['empty', 'demo'])
def test_the_worlds_that_ship_fit_the_schema(name):
    document = dict(worlds.load(name, now=NOW).document)
    document['workspaces'] = [
        dict(one, objects=list(one.get('objects', ()))) for one in document['workspaces']
    ]
    jsonschema.Draft202012Validator(schema()).validate(document)


SHAPE_FAULTS = [
    (lambda d: d.pop('users'), "the key 'users' is missing"),
    (
        lambda d: d.update(worspaces=[]),
        "worspaces: 'worspaces' is no key of the format here. Did you mean 'workspaces'?",
    ),
    (lambda d: d.update(users=[]), 'users:'),
    (
        lambda d: d['users'][0].update(pasword='x'),
        "users[0].pasword: 'pasword' is no key of the format here. Did you mean 'password'?",
    ),
    (
        lambda d: d['workspaces'][0].update(objects=[{'Name': 'x'}]),
        "workspaces[0].objects[0]: the key 'type' is missing",
    ),
    (lambda d: d['workspaces'][0].update(objects={}), 'must be a list, not an object'),
    (
        lambda d: d['users'][0].update(permissions=[{'on': '@Main', 'role': 'Editr'}]),
        "'Editr' is not one of Admin, User, Editor, Viewer. Did you mean 'Editor'?",
    ),
    (
        lambda d: d['workspaces'][0].update(
            customFields=[{'on': 'Defect', 'name': 'X', 'kind': 'DROPDOWN'}]
        ),
        "Did you mean 'DROP_DOWN'?",
    ),
    (lambda d: d.update(format=2), 'format:'),
    (
        lambda d: d['workspaces'][0].update(objects=[{'type': 'Defect', 'repeat': 'many'}]),
        'workspaces[0].objects[0].repeat: must be a whole number or an object, not a text',
    ),
]


@pytest.mark.parametrize('spoil, text', SHAPE_FAULTS, ids=[text[:40] for _, text in SHAPE_FAULTS])
def test_a_wrong_shape_is_said_with_its_place(spoil, text):
    document = minimal()
    spoil(document)
    assert text in problem(document)


OBJECT_FAULTS = [
    (
        {'type': 'Defct', 'Name': 'x'},
        "workspaces[0].objects[0].type: there is no type 'Defct'. Did you mean 'Defect'?",
    ),
    ({'type': 'Artifact', 'Name': 'x'}, "the type 'Artifact' is abstract"),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Sevrity': 'Cosmetic'},
        "objects[0].Sevrity: Defect has no attribute 'Sevrity'. Did you mean 'Severity'?",
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Severity': 'Cosmetical'},
        "Did you mean 'Cosmetic'?",
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Teem'},
        "objects[0].Project: nothing here has the local name '@Teem'. Did you mean '@Team'?",
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Owner': '@Team'},
        "'@Team' is a Project, but Owner refers to a User",
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Owner': 'anne@example.com'},
        "there is no User named 'anne@example.com' here. Did you mean 'ann@example.com'?",
    ),
    ({'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Owner': 12}, 'a reference is written'),
    ({'type': 'Defect', 'Name': 'x'}, "objects[0]: Defect needs the attribute 'Project'"),
    ({'type': 'Defect', 'Project': '@Team'}, "Defect needs the attribute 'Name'"),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'TargetDate': 'tomorow'},
        "objects[0].TargetDate: 'tomorow' is no date",
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'PlanEstimate': 'five'},
        'objects[0].PlanEstimate:',
    ),
    (
        {'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'FormattedID': 'US7'},
        "the FormattedID 'US7' does not fit: Defect counts DE1, DE2",
    ),
    ({'type': 'Defect', 'Name': 'x', 'Project': '@Team', 'Tags': '@t'}, 'takes a list'),
    (
        {'type': 'HierarchicalRequirement', 'Name': 'x', 'Project': '@Team', 'Ancestors': ['@a']},
        'Ancestors is worked out by the service',
    ),
    (
        {'type': 'HierarchicalRequirement', 'Name': 'x', 'Project': '@Team', 'Iteration': 'One'},
        "there is no Iteration named 'One' here",
    ),
    ({'type': 'Milestone', 'Name': 'x', 'content': {'text': 'a'}}, 'only an Attachment has'),
    (
        {
            'type': 'Iteration',
            'Name': 'x',
            'Project': '@Team',
            'StartDate': 'today',
            'EndDate': 'today+7',
            'deleted': True,
        },
        'Iteration objects do not go to the recycle bin',
    ),
    ({'type': 'Tag', 'Name': 'x', 'ObjectID': -4}, 'an ObjectID is a whole number above 0'),
    ({'type': 'Attachment', 'Name': 'x', 'content': {'base64': '%%%'}}, 'this is not base64'),
    (
        {'type': 'Attachment', 'Name': 'x', 'content': {'file': 'missing.txt'}},
        "cannot read the file 'missing.txt'",
    ),
    (
        {'type': 'Attachment', 'Name': 'x', 'Size': 9, 'content': {'text': 'four'}},
        'the Size is 9, but the content has 4 bytes',
    ),
]


@pytest.mark.parametrize('spec, text', OBJECT_FAULTS, ids=[text[:50] for _, text in OBJECT_FAULTS])
def test_a_wrong_object_is_said_with_its_place(spec, text):
    assert text in problem(of_objects(spec))


@pytest.mark.parametrize(
    'workspace, text',
    [
        ({'timeZone': 'Europe/Berlim'}, "workspaces[0].timeZone: there is no time zone"),
        ({'idPrefixes': {'Deffect': 'X'}}, "there is no type 'Deffect'. Did you mean 'Defect'?"),
        ({'allowedValues': {'Defect.Severty': ['A']}}, "Did you mean 'Severity'?"),
        (
            {'customFields': [{'on': 'Defect', 'name': 'A', 'kind': 'DROP_DOWN'}]},
            'needs its values',
        ),
        (
            {'customFields': [{'on': 'Defect', 'name': 'A', 'kind': 'DATE', 'values': ['x']}]},
            'has no list of values',
        ),
        (
            {'customFields': [{'on': 'Defect', 'name': 'A', 'kind': 'DATE', 'hiddenIn': ['Teem']}]},
            'workspaces[0].customFields[0].hiddenIn[0]',
        ),
        (
            {
                'customFields': [
                    {'on': 'Defect', 'name': 'A', 'kind': 'DATE', 'hiddenIn': ['ann@example.com']}
                ]
            },
            'is no project of the workspace',
        ),
        ({'portfolioLevels': [{'name': 'Epic'}, {'name': 'epic'}]}, 'no two alike'),
    ],
)
def test_a_wrong_workspace_is_said_with_its_place(workspace, text):
    assert text in problem(minimal(**workspace))


@pytest.mark.parametrize(
    'rule, text',
    [
        ({'on': '@Main', 'role': 'Editor'}, "the role 'Editor' is not one for a workspace"),
        ({'on': '@Team', 'role': 'User'}, "the role 'User' is not one for a project"),
        ({'on': '@ann@example.com', 'role': 'User'}, 'permissions are on workspaces and projects'),
        ({'projectsOf': '@Team', 'role': 'Editor'}, "'projectsOf' takes a workspace"),
    ],
)
def test_a_wrong_permission_is_said_with_its_place(rule, text):
    document = minimal()
    document['users'][0]['permissions'] = [rule]
    assert 'users[0].permissions[0]' in problem(document)
    assert text in problem(document)


def test_names_and_numbers_given_twice_are_refused():
    tag = {'type': 'Tag', 'Name': 'a', 'id': 'same'}
    assert "the local name 'same' is given twice" in problem(of_objects(tag, tag))
    tag = {'type': 'Tag', 'Name': 'a', 'ObjectID': 77}
    assert 'the ObjectID 77 is given twice' in problem(of_objects(tag, tag))
    defect = {'type': 'Defect', 'Name': 'a', 'Project': '@Team', 'FormattedID': 'DE5'}
    assert "the FormattedID 'DE5' is given twice" in problem(of_objects(defect, defect))


def test_a_duplicated_project_name_needs_its_path():
    document = of_objects(
        {'type': 'Tag', 'Name': 't'}, {'type': 'Defect', 'Name': 'x', 'Project': '@Web'}
    )
    document['workspaces'][0]['projects'] = [
        {'Name': 'A', 'Children': [{'Name': 'Web'}]},
        {'Name': 'B', 'Children': [{'Name': 'Web'}]},
    ]
    assert "'@Web' means 2 things" in problem(document)
    document['workspaces'][0]['objects'][1]['Project'] = '@Main/B/Web'
    worlds.build(worlds.of_document(document), Store())


def test_an_error_names_the_file_and_the_line(tmp_path):
    path = tmp_path / 'mine.json'
    text = json.dumps(
        of_objects({'type': 'Tag', 'Name': 'a'}, {'type': 'Tga', 'Name': 'b'}), indent=1
    )
    path.write_text(text, encoding='utf-8')
    with pytest.raises(WorldError) as caught:
        worlds.build(worlds.load(path), Store())
    line = text[: text.index('"Tga"')].count('\n') + 1
    assert str(caught.value).startswith('{}, line {}, workspaces[0]'.format(path, line))


def test_text_that_is_not_json_is_told_with_line_and_column():
    with pytest.raises(WorldError, match=r'w.json, line 2: not JSON: .* \(column 3\)'):
        worlds.parse('{\n  x}', name='w.json')


def test_a_key_given_twice_is_an_error():
    with pytest.raises(WorldError, match="the key 'Name' is given twice"):
        worlds.parse('{"users": [{"UserName": "a", "Name": 1, "Name": 2}], "workspaces": []}')


@pytest.mark.parametrize('text', ['[]', '12', 'null', '"demo"'])
def test_a_document_that_is_no_object_is_refused(text):
    with pytest.raises(WorldError, match='must be an object'):
        worlds.parse(text)


def test_an_unknown_world_names_those_there_are():
    with pytest.raises(WorldError, match=r"demo, empty or the path.*Did you mean 'demo'\?"):
        worlds.load('dmo')


def test_messages_never_show_a_password_or_a_key():
    document = minimal()
    document['users'][0]['password'] = ['top-secret']
    assert 'top-secret' not in problem(document)
    document = minimal()
    document['users'][0]['apiKey'] = {'key': 'top-secret', 'extra': 1}
    assert 'top-secret' not in problem(document)


def test_a_user_may_have_several_keys_and_only_the_first_is_kept_as_it_is():
    document, store = minimal(), Store()
    document['users'][0]['apiKey'] = ['_one', {'key': '_two', 'readOnly': True}]
    assert worlds.build(worlds.of_document(document), store).apikey == '_one'
    with store.reading() as tx:
        (user,) = of_type(tx, 'User')
    assert [one['access'] for one in keys_of(user)] == ['full', 'read-only']
    assert '_two' not in str(user.doc)


def test_a_failed_build_leaves_the_store_as_it_was():
    store = Store()
    with pytest.raises(WorldError):
        worlds.build(worlds.of_document(of_objects({'type': 'Defect', 'Name': 'x'})), store)
    with store.reading() as tx:
        assert not of_type(tx, 'Workspace')
        assert not of_type(tx, 'User')
    worlds.build(worlds.load('empty', now=NOW), store)
    with store.reading() as tx:
        assert [one.name for one in of_type(tx, 'Workspace')] == ['Acme Engineering']


@pytest.mark.parametrize(
    'text, expected',
    [
        ('now', '2024-05-15T10:00:00.000Z'),
        ('now-2h', '2024-05-15T08:00:00.000Z'),
        ('now-1d+30m', '2024-05-14T10:30:00.000Z'),
        ('today', '2024-05-15T06:00:00.000Z'),
        ('today-3', '2024-05-12T06:00:00.000Z'),
        ('today+1w 09:30', '2024-05-22T15:30:00.000Z'),
        ('2024-02-29', '2024-02-29T06:00:00.000Z'),
        ('2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'),
        ('2024-02-29T12:00:00.5+02:00', '2024-02-29T10:00:00.500Z'),
        ('2024-02-29T12:00:00.1234567Z', '2024-02-29T12:00:00.123Z'),
    ],
)
def test_dates_are_read_in_the_workspace_zone(text, expected):
    assert wire_date(moment(text, NOW, DENVER)) == expected


@pytest.mark.parametrize(
    'text', ['', 'tomorrow', 'today-', '2024-13-01', '2024-02-30', 'now 25:00']
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        moment(text, NOW, UTC)


@pytest.mark.parametrize(
    'value, expected',
    [
        ('Story {n}', 'Story 7'),
        ('{n:04}', '0007'),
        ('{n}', 7),
        ('{n%3+1}', 2),
        ('user-{n//2}', 'user-3'),
        ('{other} {n}', '{other} 7'),
        ('{"n": {n}}', '{"n": 7}'),
        ({'cycle': ['a', 'b', 'c']}, 'a'),
        ([{'x': 'v{n}'}], [{'x': 'v7'}]),
        (12, 12),
    ],
)
def test_placeholders_are_filled(value, expected):
    assert fill(value, {'n': 7}) == expected


def test_without_a_repeat_braces_stay():
    assert fill('{n}', {}) == '{n}'


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_a_place_is_found_on_its_line(document):
    text = json.dumps(document, indent=1)
    path = []
    while isinstance(document, (dict, list)) and document:
        step = list(document)[-1] if isinstance(document, dict) else len(document) - 1
        path.append(step)
        document = document[step]
    closing = len(path)
    last_line = text.count('\n') + 1
    assert line_of(text, path) == last_line - closing


#: A revision of a story that is worth 3 points and was made on 2024-05-01; what is said of it.
WRONG_REVISIONS = [
    ({}, "a revision says what attributes 'was' before it, or has a 'text'."),
    ({'was': {}}, 'should be non-empty'),
    ({'was': 3}, 'must be an object'),
    ({'was': {'ScheduelState': 'Defined'}}, "Did you mean 'ScheduleState'?"),
    ({'was': {'ScheduleState': 'Defind'}}, "Did you mean 'Defined'?"),
    ({'was': {'PlanEstimate': 'much'}}, 'Cannot convert "much" to a number'),
    ({'was': {'PlanEstimate': 3}}, 'nothing differs from what was before.'),
    ({'was': {'Tags': ['x']}}, 'write the text of a revision that changes Tags.'),
    ({'was': {'FormattedID': 'US9'}}, 'write the text of a revision that changes FormattedID.'),
    ({'was': {'FormattedIDID': 4}}, 'FormattedIDID is worked out by the service'),
    ({'was': {'Iteration': 'Sprint 9'}}, "no Iteration named 'Sprint 9'"),
    ({'was': {'Owner': '@bob'}}, "nothing here has the local name '@bob'."),
    ({'was': {'PlanEstimate': 2}, 'at': 'soon'}, "'soon' is no date."),
    ({'was': {'PlanEstimate': 2}, 'at': '2024-04-30'}, 'its CreationDate is 2024-05-01T00:00:00'),
    ({'was': {'PlanEstimate': 2}, 'at': '2024-05-01'}, 'in the order of their dates.'),
]


@pytest.mark.parametrize('revision, said', WRONG_REVISIONS)
def test_a_revision_that_cannot_have_been_is_refused_with_its_place(revision, said):
    first = {'at': '2024-05-02', 'was': {'Name': 'Old'}}
    told = [first, {'at': '2024-05-03', **revision}]
    if revision.get('at') == '2024-04-30':
        told = told[1:]
    story = {
        'type': 'HierarchicalRequirement',
        'Name': 'Story',
        'Project': '@Team',
        'PlanEstimate': 3,
        'CreationDate': '2024-05-01',
        'revisions': told,
    }
    text = problem(of_objects(story))
    assert said in text
    assert f'workspaces[0].objects[0].revisions[{len(told) - 1}]' in text
