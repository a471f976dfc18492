"""Custom fields, values and portfolio levels made while the service runs (sections 8.3, 9)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('9.4')


def definition(api, name):
    return api.one('/typedefinition', '(ElementName = "{}")'.format(name))


def new_field(api, owner, name, kind, **values):
    result = api.try_create(
        'attributedefinition',
        {
            'Name': name,
            'TypeDefinition': definition(api, owner)['_ref'],
            'RealAttributeType': kind,
            **values,
        },
    )
    assert (result['Errors'], result['Warnings']) == ([], [])
    return result['Object']


def schema_hash(api):
    return api.named('workspace', 'Main')['SchemaVersion']


@pytest.mark.fact('8.3')
@pytest.mark.parametrize(
    ('kind', 'value', 'stored'),
    [
        ('STRING', 'abc', 'abc'),
        ('TEXT', '<p>a</p>', '<p>a</p>'),
        ('INTEGER', '5', 5),
        ('DECIMAL', 2, 2.0),
        ('BOOLEAN', 'true', True),
        ('DATE', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00.000Z'),
        (
            'WEB_LINK',
            {'LinkID': '7', 'DisplayString': 'seven'},
            {'LinkID': '7', 'DisplayString': 'seven'},
        ),
    ],
)
def test_a_field_of_every_kind_can_be_used_at_once(api, kind, value, stored):
    field = new_field(api, 'Defect', 'My Field', kind)
    assert (field['ElementName'], field['Custom']) == ('c_MyField', True)
    defect = api.create('defect', Name='x', c_MyField=value)
    assert defect['c_MyField'] == stored
    assert api.read(defect, 'c_MyField')['c_MyField'] == stored


#: Kind of a field -> what is shown where nothing is set.
UNSET = {
    'STRING': None,
    'TEXT': '',
    'RATING': 'None',
    'DROP_DOWN': None,
    'INTEGER': None,
    'DECIMAL': None,
    'BOOLEAN': False,
    'DATE': None,
    'WEB_LINK': {},
    'USER': None,
}


@pytest.mark.fact('8.3')
@pytest.mark.parametrize('kind', UNSET)
def test_a_field_that_nobody_set_shows_what_its_kind_shows(api, kind):
    made_before = api.create('defect', Name='before')
    new_field(api, 'Defect', 'My Field', kind)
    made_after = api.create('defect', Name='after')
    cleared = api.update(made_after, c_MyField=None)
    shown = [one['c_MyField'] for one in (api.read(made_before), made_after, cleared)]
    assert shown == 3 * [UNSET[kind]]
    assert [type(one) for one in shown] == 3 * [type(UNSET[kind])]
    unset = api.rows(
        '/defect',
        '((c_MyField = {}) AND (Name = "before"))'.format(
            'false' if kind == 'BOOLEAN' else 'None' if kind == 'RATING' else 'null'
        ),
    )
    assert [one['Name'] for one in unset] == ['before']


@pytest.mark.fact('9.1', 'use/schema-hash')
def test_a_new_field_is_in_the_schema_under_a_new_hash(api):
    before = schema_hash(api)
    new_field(api, 'Defect', 'My Field', 'STRING')
    assert schema_hash(api) != before
    names = [row['ElementName'] for row in api.members(definition(api, 'Defect'), 'Attributes')]
    assert 'c_MyField' in names and 'State' in names


def test_a_drop_down_takes_only_its_values(api):
    field = new_field(
        api, 'Defect', 'Mood', 'DROP_DOWN', AllowedValues=['Good', {'StringValue': 'Bad'}]
    )
    assert api.create('defect', Name='x', c_Mood='Good')['c_Mood'] == 'Good'
    assert api.create('defect', Name='x', c_Mood=None)['c_Mood'] is None
    assert api.try_create('defect', {'Name': 'x', 'c_Mood': 'Odd'})['Errors'] == [
        'Validation error: Defect.Mood "Odd" is invalid.  Valid values are: Good, Bad'
        ' : Odd is an invalid value'
    ]
    values = [row['StringValue'] for row in api.members(field, 'AllowedValues')]
    assert values == ['', 'Good', 'Bad']


@pytest.mark.fact('9.5')
def test_values_are_added_and_removed_while_the_service_runs(api):
    field = new_field(api, 'Defect', 'Mood', 'DROP_DOWN', AllowedValues=['Good'])
    before = schema_hash(api)
    assert api.add(field, 'AllowedValues', {'StringValue': 'Odd'})['Errors'] == []
    assert schema_hash(api) != before
    assert api.create('defect', Name='x', c_Mood='Odd')['c_Mood'] == 'Odd'
    odd = next(row for row in api.members(field, 'AllowedValues') if row['StringValue'] == 'Odd')
    assert api.delete(odd)['Errors'] == []
    assert len(api.try_create('defect', {'Name': 'x', 'c_Mood': 'Odd'})['Errors']) == 1


def test_a_list_in_an_update_replaces_the_values(api):
    field = new_field(api, 'Defect', 'Mood', 'DROP_DOWN', AllowedValues=['Good'])
    assert api.try_update(field, {'AllowedValues': ['Fair', 'Foul']})['Errors'] == []
    assert [row['StringValue'] for row in api.members(field, 'AllowedValues')] == ['Fair', 'Foul']


@pytest.mark.fact('9.5')
def test_the_values_of_a_system_field_are_the_workspaces_own(api):
    severity = next(
        row
        for row in api.members(definition(api, 'Defect'), 'Attributes')
        if row['ElementName'] == 'Severity'
    )
    assert api.add(severity, 'AllowedValues', {'StringValue': 'Ugly'})['Errors'] == []
    assert api.create('defect', Name='x', Severity='Ugly')['Severity'] == 'Ugly'
    assert api.create('defect', Name='x', Severity='Cosmetic')['Severity'] == 'Cosmetic'
    other = next(
        row for row in api.members(api.get('/subscription'), 'Workspaces') if row['Name'] != 'Main'
    )
    project = api.rows('/project', None, workspace=other['_ref'])[0]
    elsewhere = api.try_create(
        'defect', {'Name': 'x', 'Severity': 'Ugly', 'Project': project['_ref']}
    )
    assert len(elsewhere['Errors']) == 1


@pytest.mark.fact('9.5')
def test_an_attribute_counts_the_values_that_its_list_shows(api):
    def counted():
        severity = next(
            row
            for row in api.members(definition(api, 'Defect'), 'Attributes')
            if row['ElementName'] == 'Severity'
        )
        listed = api.members(severity, 'AllowedValues')
        assert api.read(severity)['AllowedValues']['Count'] == len(listed)
        return severity, len(listed)

    severity, before = counted()
    api.add(severity, 'AllowedValues', {'StringValue': 'Ugly'})
    assert counted()[1] == before + 1


def test_a_multi_value_field_is_a_collection_of_its_values(api):
    field = new_field(api, 'Defect', 'Areas', 'MULTI_VALUE', AllowedValues=['a', 'b', 'c'])
    values = {row['StringValue']: row['_ref'] for row in api.members(field, 'AllowedValues')}
    defect = api.create('defect', Name='x', c_Areas=[{'_ref': values['a']}, values['c']])
    assert defect['c_Areas']['Count'] == 2
    assert [row['StringValue'] for row in api.members(defect, 'c_Areas')] == ['a', 'c']


@pytest.mark.fact('13', 'use/user-fields')
def test_fields_of_users_work_like_those_of_artifacts(api):
    new_field(api, 'User', 'CustomField', 'STRING')
    me = api.get('/user')
    assert api.update(me, c_CustomField='foo')['c_CustomField'] == 'foo'
    assert api.one('/user', '(c_CustomField = foo)')['ObjectID'] == me['ObjectID']


def test_a_user_field_refers_to_users_only(api):
    new_field(api, 'Defect', 'Approver', 'USER')
    me = api.get('/user')
    defect = api.create('defect', Name='x', c_Approver=me['_ref'])
    assert defect['c_Approver']['_refObjectName'] == 'Ann Admin'
    assert len(api.try_update(defect, {'c_Approver': defect['_ref']})['Errors']) == 1


def test_a_required_field_is_demanded(api):
    new_field(api, 'Defect', 'Must Have', 'STRING', Required=True)
    assert api.try_create('defect', {'Name': 'x'})['Errors'] == [
        'Validation error: Defect.Must Have should not be null'
    ]


def test_bad_definitions_are_refused_with_everything_wrong_at_once(api):
    result = api.try_create('attributedefinition', {'RealAttributeType': 'MOODY', 'Bogus': 1})
    assert result['Warnings'] == [
        'Ignored JSON element attributedefinition.Bogus during processing of this request.'
    ]
    assert len(result['Errors']) == 3
    new_field(api, 'Defect', 'Twice', 'STRING')
    again = api.try_create(
        'attributedefinition',
        {'Name': 'twice', 'TypeDefinition': definition(api, 'Defect')['_ref']},
    )
    assert again['Errors'] == [
        'Validation error: AttributeDefinition.Name "twice" is already in use'
    ]


def test_only_administrators_define_fields(as_editor):
    result = as_editor.try_create('attributedefinition', {'Name': 'x', 'TypeDefinition': 'Defect'})
    assert result['Errors'] == ['Not authorized to create: AttributeDefinition']


@pytest.mark.fact('9.2', 'B')
def test_a_portfolio_level_of_ones_own(api):
    made = api.try_create('typedefinition', {'Name': 'Capability', 'IDPrefix': 'CA'})
    assert made['Errors'] == []
    item = api.create('portfolioitem/capability', Name='c')
    assert (item['_type'], item['FormattedID']) == ('PortfolioItem/Capability', 'CA1')
    assert api.one('/portfolioitem', '(Name = c)')['_type'] == 'PortfolioItem/Capability'
    states = api.rows('/state', '(TypeDef.Name = Capability)')
    assert states
    assert api.update(item, State=states[0]['_ref'])['State']['_refObjectName'] == states[0]['Name']
    assert api.delete(made['Object'])['Errors'] == [
        'Validation error: TypeDefinition PortfolioItem/Capability still has items'
    ]


def test_a_level_without_items_can_be_taken_away(api):
    made = api.try_create('typedefinition', {'Name': 'Capability'})['Object']
    assert api.delete(made)['Errors'] == []
    assert api.try_create('portfolioitem/capability', {'Name': 'x'})['Errors'] == [
        'Requested type name "portfolioitem/capability" is unknown.'
    ]


def test_types_that_are_no_portfolio_levels_cannot_be_made_or_taken_away(api):
    defect = definition(api, 'Defect')
    assert api.try_create('typedefinition', {'Name': 'Bug', 'Parent': defect['_ref']})[
        'Errors'
    ] == ['Validation error: TypeDefinition.Parent must be PortfolioItem']
    assert api.delete(defect)['Errors'] == [
        'Not authorized to perform action: Delete not allowed for system types'
    ]


def test_a_renamed_value_is_renamed_where_it_is_held(api):
    field = new_field(api, 'Defect', 'Mood', 'DROP_DOWN', AllowedValues=['Good', 'Bad'])
    held = api.create('defect', Name='x', c_Mood='Good')
    other = api.create('defect', Name='y', c_Mood='Bad')
    good = next(row for row in api.members(field, 'AllowedValues') if row['StringValue'] == 'Good')
    taken = api.try_update(good, {'StringValue': 'Bad'})
    assert taken['Errors'] == [
        'Validation error: AllowedAttributeValue.Name "Bad" is already in use'
    ]
    assert api.update(good, StringValue='Fine')['StringValue'] == 'Fine'
    assert (api.read(held)['c_Mood'], api.read(other)['c_Mood']) == ('Fine', 'Bad')
    assert api.read(held)['VersionId'] == held['VersionId']
    assert [row['Name'] for row in api.rows('/defect', '(c_Mood = "Fine")')] == ['x']


@pytest.mark.fact('9.2')
def test_the_parent_of_a_workspaces_own_type_is_the_systems_definition_of_it(api):
    path = '/slm/schema/v2.0/workspace/{}'.format(api.named('workspace', 'Main')['ObjectID'])
    found = {one['TypePath']: one for one in api.get(path)['Results']}
    own = [one for name, one in found.items() if one['Workspace'] is not None and '/' not in name]
    assert {'Defect', 'User'} <= {one['Name'] for one in own}
    assert all(one['Parent']['_refObjectName'] == one['Name'] for one in own)
    assert not {one['_ref'] for one in own} & {one['Parent']['_ref'] for one in own}
    assert found['PortfolioItem/Feature']['Parent']['_refObjectName'] == 'Portfolio Item'
    parents = {row['_ref']: row['Parent'] for row in api.rows('/typedefinition', None, 'Parent')}
    assert all(parents[one['_ref']]['_ref'] == one['Parent']['_ref'] for one in own)


@pytest.mark.fact('9.1', 'use/schema-project')
def test_the_schema_of_a_project_shows_which_fields_that_project_hides(api):
    hidden, versions = {}, {}
    for kind, name in (('workspace', 'Main'), ('project', 'Team A'), ('project', 'Team B')):
        place = api.named(kind, name)
        response = api.send('GET', '/slm/schema/v2.0/{}/{}'.format(kind, place['ObjectID']))
        defect = next(
            one for one in response.json()['QueryResult']['Results'] if one['TypePath'] == 'Defect'
        )
        hidden[name] = next(
            one['Hidden'] for one in defect['Attributes'] if one['ElementName'] == 'c_EffortFactor'
        )
        versions[name] = place['SchemaVersion']
        assert response.url.endswith('/' + versions[name])
    assert hidden == {'Main': False, 'Team A': False, 'Team B': True}
    assert versions['Main'] == versions['Team A'] != versions['Team B']


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'value',
    [True, False, [], {}, [1], {'_ref': '/tag/1'}, 'x' * 257, '\x00', '\ud800', None, '/tag/1', 7],
)
def test_what_is_no_value_of_a_list_is_refused_in_words(api, value):
    field = new_field(api, 'Defect', 'Mood', 'DROP_DOWN', AllowedValues=['Good'])
    (good,) = (row for row in api.members(field, 'AllowedValues') if row['StringValue'] == 'Good')
    (tag,) = (
        row
        for row in api.members(definition(api, 'Tag'), 'Attributes')
        if row['ElementName'] == 'Name'
    )
    for attribute in (field, tag):
        made = api.try_create(
            'allowedattributevalue',
            {'AttributeDefinition': attribute['_ref'], 'StringValue': value},
        )
        assert not any('unexpected' in text for text in made['Errors'])
        assert ('Object' in made) is (made['Errors'] == []) is (value in ('/tag/1', 7))
    changed = api.try_update(good, {'StringValue': value})
    assert not any('unexpected' in text for text in changed['Errors'])
