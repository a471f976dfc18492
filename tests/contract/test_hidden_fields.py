"""Fields that a project hides: who may hide them, and what follows (sections 9.1 and 9.3)."""

from __future__ import annotations

import pytest

from pyral.emulator import Emulator
from tests.contract.small_world import NOW, WORLD, path_of, user_of

pytestmark = pytest.mark.fact('9.3')

MISSING = 'Could not read: Could not read ScopedAttributeDefinition {} to update.'


class Field:
    """One attribute of a type, as projects have it.

    :param api: who asks.
    """

    def __init__(self, api, type_name='Defect', name='Severity'):
        self.api, self.type_name, self.name = api, type_name, name
        self.type = api.one('/typedefinition', '(ElementName = "{}")'.format(type_name))
        rows = {row['ElementName']: row for row in api.members(self.type, 'Attributes')}
        self.oid = rows[name]['ObjectID']

    def path(self, project, attribute=None):
        return '{}/typedefinition/{}/scopedattributedefinition/{}'.format(
            path_of(project), self.type['ObjectID'], attribute or self.oid
        )

    def hide(self, project, hidden=True, api=None):
        body = {'ScopedAttributeDefinition': {'Hidden': hidden}}
        return (api or self.api).ask('POST', self.path(project), body)

    def in_schema(self, kind, place, type_path=None):
        """Return whether the schema of a place shows it as hidden."""
        path = '/slm/schema/v2.0/{}/{}'.format(kind, place['ObjectID'])
        for one in self.api.get(path)['Results']:
            if one['TypePath'] == (type_path or self.type_name):
                return next(
                    row['Hidden'] for row in one['Attributes'] if row['ElementName'] == self.name
                )


@pytest.fixture
def field(api):
    return Field(api)


@pytest.fixture
def team_b(api):
    return api.named('project', 'Team B')


@pytest.mark.fact('9.1', 'use/schema-project')
def test_a_field_is_hidden_in_one_project_and_shown_again(api, field, team_b):
    main = api.named('workspace', 'Main')
    before = {row['Name']: row['SchemaVersion'] for row in api.rows('/project')}
    result = field.hide(api.project)
    assert (result['Errors'], result['Warnings']) == ([], [])
    assert (result['Object']['Hidden'], result['Object']['Name']) == (True, 'Severity')
    assert field.in_schema('project', api.project) is True
    assert field.in_schema('project', team_b) is field.in_schema('workspace', main) is False
    after = {row['Name']: row['SchemaVersion'] for row in api.rows('/project')}
    assert {name for name in before if before[name] != after[name]} == {'Team A'}
    assert field.hide(api.project)['Object']['Hidden'] is True
    assert field.hide(api.project, False)['Object']['Hidden'] is False
    assert field.in_schema('project', api.project) is False
    assert {row['Name']: row['SchemaVersion'] for row in api.rows('/project')} == before


@pytest.mark.fact('9.1')
def test_the_schema_leads_from_the_old_hash_to_the_new_one(api, field):
    path = '/slm/schema/v2.0/project/{}'.format(api.project['ObjectID'])
    old = api.send('GET', path).url
    field.hide(api.project)
    new = api.send('GET', old[len(api.url) :]).url
    assert new != old
    assert new.endswith('/' + api.read(api.project)['SchemaVersion'])


@pytest.mark.parametrize(
    ('type_name', 'name', 'other'),
    [
        ('Defect', 'Description', 'HierarchicalRequirement'),
        ('Defect', 'c_Customer', 'HierarchicalRequirement'),
        ('HierarchicalRequirement', 'Iteration', 'Defect'),
        ('Feature', 'Owner', 'Defect'),
    ],
)
def test_types_that_inherit_the_attribute_go_on_showing_it(api, type_name, name, other):
    field = Field(api, type_name, name)
    assert field.hide(api.project)['Errors'] == []
    shown = 'PortfolioItem/Feature' if type_name == 'Feature' else type_name
    assert field.in_schema('project', api.project, shown) is True
    assert field.in_schema('project', api.project, other) is False


def test_a_field_that_a_world_hides_can_be_shown(api, team_b):
    field = Field(api, 'Defect', 'c_EffortFactor')
    assert field.in_schema('project', team_b) is True
    assert field.hide(team_b, False)['Object']['Hidden'] is False
    assert field.in_schema('project', team_b) is False


def test_the_attributes_of_a_type_follow_the_project_of_the_request(api, field):
    field.hide(api.project)

    def shown(**params):
        rows = api.members(field.type, 'Attributes', 'ElementName,Hidden', **params)
        return next(row['Hidden'] for row in rows if row['ElementName'] == 'Severity')

    assert shown(project=api.project['_ref']) is True
    assert shown() is False


def test_what_is_hidden_stays_in_the_items(api, field):
    defect = api.create('defect', Name='x', Severity='Cosmetic')
    field.hide(api.project)
    assert api.read(defect, 'Severity')['Severity'] == 'Cosmetic'
    assert api.update(defect, Severity='Major Problem')['Severity'] == 'Major Problem'


def test_a_scoped_definition_is_read_alone_and_in_a_list(api, field):
    path = field.path(api.project)
    field.hide(api.project)
    alone = api.get(path)
    assert (alone['Hidden'], alone['AttributeType'], alone['_type']) == (
        True,
        'RATING',
        'ScopedAttributeDefinition',
    )
    result = api.get(path.rsplit('/', 1)[0], pagesize=200)
    assert result['TotalResultCount'] == len(result['Results'])
    rows = {row['Name']: row['Hidden'] for row in result['Results']}
    assert rows['Severity'] is True and rows['Priority'] is False
    (second,) = api.get(path.rsplit('/', 1)[0], pagesize=1, start=2)['Results']
    assert second == result['Results'][1]
    assert api.session.get(alone['_ref']).json()['ScopedAttributeDefinition']['Hidden'] is True


def test_a_parent_counts_in_which_projects_below_a_field_is_hidden(api, field, team_b):
    company = api.named('project', 'Company')
    field.hide(api.project)
    field.hide(team_b)
    row = api.get(field.path(company))
    assert (row['Hidden'], row['ChildProjectHiddenCount'], row['ChildProjectVisibleCount']) == (
        False,
        2,
        3,
    )


@pytest.mark.fact('8.1')
def test_types_and_attributes_are_named_by_uuid_too(api, field):
    path = '{}/typedefinition/{}/scopedattributedefinition/{}'.format(
        path_of(api.project),
        field.type['ObjectUUID'],
        api.get(field.path(api.project))['ObjectUUID'],
    )
    body = {'ScopedAttributeDefinition': {'Hidden': True}}
    assert api.ask('PUT', path, body)['Object']['Hidden'] is True
    assert field.in_schema('project', api.project) is True


@pytest.mark.parametrize(
    ('value', 'hidden'), [('true', True), (True, True), (None, False), ('FALSE', False)]
)
def test_the_value_is_a_boolean_in_any_form(api, field, value, hidden):
    assert field.hide(api.project, value)['Object']['Hidden'] is hidden


@pytest.mark.parametrize(
    ('body', 'error', 'warning'),
    [
        ({'ScopedAttributeDefinition': {'Hidden': 'perhaps'}}, '"perhaps" to a boolean', None),
        ({'ScopedAttributeDefinition': {'Hidden': [1]}}, 'to a boolean', None),
        ({'ScopedAttributeDefinition': []}, 'is not an object', None),
        ({}, 'expected one key', None),
        (b'{', 'Cannot parse input stream', None),
        ({'x': {'Required': True, '_ref': 1}}, None, 'Ignored JSON element x.Required during'),
    ],
)
def test_a_wrong_body_changes_nothing(api, field, body, error, warning):
    before = api.read(api.project)['SchemaVersion']
    result = api.ask('POST', field.path(api.project), body)
    assert [error in text for text in result['Errors']] == ([True] if error else [])
    assert [warning in text for text in result['Warnings']] == ([True] if warning else [])
    assert api.read(api.project)['SchemaVersion'] == before


@pytest.mark.parametrize(
    'path',
    [
        '/project/1/typedefinition/{type}/scopedattributedefinition/{attribute}',
        '/project/{type}/typedefinition/{type}/scopedattributedefinition/{attribute}',
        '/project/{lab}/typedefinition/{type}/scopedattributedefinition/{attribute}',
        '/project/{project}/typedefinition/1/scopedattributedefinition/{attribute}',
        '/project/{project}/typedefinition/x/scopedattributedefinition/{attribute}',
        '/project/{project}/typedefinition/{type}/scopedattributedefinition/1',
        '/project/{project}/typedefinition/{type}/scopedattributedefinition/abc',
        '/project/{project}/typedefinition/{type}/scopedattributedefinition/{foreign}',
    ],
)
def test_a_path_to_nothing_is_told_in_an_envelope(api, field, path):
    lab = api.one('/project', '(Name = Lab)', workspace=workspace_of(api, 'Other'))
    known = {
        'project': api.project['ObjectID'],
        'lab': lab['ObjectID'],
        'type': field.type['ObjectID'],
        'attribute': field.oid,
        'foreign': Field(api, 'Task', 'WorkProduct').oid,
    }
    path = path.format(**known)
    body = {'ScopedAttributeDefinition': {'Hidden': True}}
    assert api.get(path)['Errors'] == ['Cannot find object to read']
    assert api.ask('POST', path, body)['Errors'] == [MISSING.format(path.rsplit('/', 1)[1])]


def workspace_of(api, name):
    rows = api.rows(path_of(api.get('/subscription')) + '/Workspaces')
    return next(row['_ref'] for row in rows if row['Name'] == name)


def test_only_an_administrator_of_the_project_hides_fields(emulator, api, as_editor, field):
    before = api.read(api.project)['SchemaVersion']
    assert as_editor.get(field.path(api.project))['Errors'] == []
    (error,) = field.hide(api.project, api=as_editor)['Errors']
    assert error.startswith('Not authorized to ') and 'ScopedAttributeDefinition' in error
    url = emulator.url + '/slm/webservice/v2.0' + field.path(api.project)
    body = {'ScopedAttributeDefinition': {'Hidden': True}}
    read_only = api.session.post(url, json=body, headers={'ZSESSIONID': '_robReadOnly0001'})
    assert read_only.status_code == 401
    assert api.read(api.project)['SchemaVersion'] == before
    ed = as_editor.get('/user')
    api.ask(
        'POST',
        path_of(ed) + '/permissionmap',
        {'PermissionMap': {'AdminProjects': [api.project['_ref']]}},
    )
    assert field.hide(api.project, api=as_editor)['Errors'] == []
    login = (emulator.user, emulator.password)
    no_token = api.session.post(url, json=body, headers={'ZSESSIONID': None}, auth=login)
    assert 'Invalid key' in no_token.text


def test_other_methods_are_not_possible(api, field):
    assert api.send('DELETE', field.path(api.project)).status_code in (200, 405)
    assert api.send('HEAD', field.path(api.project)).status_code == 200


def test_a_kept_database_and_a_reset_agree(tmp_path):
    db = str(tmp_path / 'rally.db')
    for expected in (False, True):
        with Emulator(world=WORLD, listen=False, now=NOW, db=db) as emulator:
            api = user_of(emulator, emulator.apikey)
            field = Field(api)
            assert field.in_schema('project', api.project) is expected
            field.hide(api.project)
    with Emulator(world=WORLD, listen=False, now=NOW) as emulator:
        api = user_of(emulator, emulator.apikey)
        field = Field(api)
        before = emulator.snapshot()
        field.hide(api.project)
        emulator.reset()
        assert field.in_schema('project', api.project) is False
        field.hide(api.project)
        emulator.restore(before)
        assert field.in_schema('project', api.project) is False
        before.close()
