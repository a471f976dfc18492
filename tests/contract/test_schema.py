"""Schema endpoint, type definitions and allowed values (WSAPI reference, section 9)."""

import re

import pytest

from pyral.emulator.store import Obj

REQUIRED_OF_TYPE = {
    '_ref',
    '_refObjectName',
    'Name',
    'DisplayName',
    'ElementName',
    'TypePath',
    'IDPrefix',
    'Abstract',
    'Creatable',
    'Queryable',
    'ReadOnly',
    'Deletable',
    'Restorable',
    'Ordinal',
    'Parent',
    'RevisionHistory',
    'Attributes',
}
REQUIRED_OF_ATTRIBUTE = {
    'ElementName',
    'Name',
    '_refObjectName',
    'AttributeType',
    'SchemaType',
    'Required',
    'ReadOnly',
    'Hidden',
    'Custom',
    'Constrained',
    'Filterable',
    'MaxLength',
    'MaxFractionalDigits',
    'AllowedValueType',
    'AllowedValues',
    'AllowedQueryOperators',
}


def schema(service, place='workspace', name='east', tail=''):
    """Return the final response of a schema request."""
    return service.send('GET', '/slm/schema/v2.0/{}/{}{}'.format(place, service.oid(name), tail))


def types_of(response):
    return {one['TypePath']: one for one in response.json()['QueryResult']['Results']}


def attributes_of(service, type_path):
    return {one['ElementName']: one for one in types_of(schema(service))[type_path]['Attributes']}


@pytest.mark.fact('9.1', 'use/schema-hash')
@pytest.mark.parametrize(('place', 'name'), [('workspace', 'east'), ('project', 'mid')])
@pytest.mark.parametrize('tail', ['', '/', '/0123456789abcdef0123456789abcdef'])
def test_without_the_current_hash_the_request_is_redirected(service, place, name, tail):
    path = '/slm/schema/v2.0/{}/{}{}'.format(place, service.oid(name), tail)
    first = service.session.get(service.base.split('/slm')[0] + path, allow_redirects=False)
    assert first.status_code == 302
    current = service.get('/{}/{}'.format(place, service.oid(name)))['SchemaVersion']
    assert re.match('[0-9a-f]{32}$', current)
    assert first.headers['Location'].endswith(
        '/slm/schema/v2.0/{}/{}/{}'.format(place, service.oid(name), current)
    )
    final = schema(service, place, name, tail)
    assert final.status_code == 200
    assert final.headers['Cache-Control'] == 'private, max-age=31536000'


@pytest.mark.fact('9.1', '9.2', 'B', 'use/schema')
def test_every_type_is_there_with_what_clients_need(service):
    response = schema(service)
    result = response.json()['QueryResult']
    assert result['Errors'] == [] and result['TotalResultCount'] == len(result['Results'])
    for one in result['Results']:
        assert REQUIRED_OF_TYPE <= set(one)
        for attribute in one['Attributes']:
            assert REQUIRED_OF_ATTRIBUTE <= set(attribute)
    found = types_of(response)
    assert found['HierarchicalRequirement']['DisplayName'] == 'User Story'
    assert found['PortfolioItem/Feature']['ElementName'] == 'Feature'
    assert found['PortfolioItem/Feature']['Ordinal'] == 0
    assert found['AdministratableProject']['Parent'] is None


@pytest.mark.fact('9.4', 'use/boolean-required')
def test_a_boolean_is_never_required(service):
    found = [
        attribute
        for one in types_of(schema(service)).values()
        for attribute in one['Attributes']
        if attribute['AttributeType'] == 'BOOLEAN'
    ]
    assert found and not any(attribute['Required'] for attribute in found)


@pytest.mark.fact('9.5', '19')
def test_states_have_their_values_inline_and_ratings_a_reference(service):
    attributes = attributes_of(service, 'Defect')
    states = attributes['ScheduleState']['AllowedValues']
    assert [one['StringValue'] for one in states] == [
        'Defined',
        'In-Progress',
        'Completed',
        'Accepted',
    ]
    assert all(one['_ref'] == 'null' for one in states)
    assert attributes['Name']['AllowedValues'] == []
    ref = attributes['Severity']['AllowedValues']['_ref']
    assert re.match(r'http://[^/]+/slm/webservice/v2.0/\w+/-?\d+/AllowedValues$', ref)
    rows = service.session.get(ref).json()['QueryResult']['Results']
    assert 'Major Problem' in [row['StringValue'] for row in rows]
    assert [row['ValueIndex'] for row in rows] == sorted(row['ValueIndex'] for row in rows)
    assert all(row['_type'] == 'AllowedAttributeValue' for row in rows)


@pytest.mark.fact('5.4', '9.4')
def test_each_type_of_attribute_lists_its_query_operators(service):
    attributes = attributes_of(service, 'Defect')
    listed = {
        name: [one['OperatorName'] for one in attributes[name]['AllowedQueryOperators']]
        for name in ('Name', 'Notes', 'PlanEstimate', 'Blocked', 'Owner', 'CreationDate')
    }
    compared = ['=', '!=', '<', '>', '<=', '>=']
    assert listed == {
        'Name': [*compared, 'contains', '!contains'],
        'Notes': ['contains', '!contains'],
        'PlanEstimate': [],
        'Blocked': ['=', '!='],
        'Owner': [],
        'CreationDate': compared,
    }
    assert attributes['Blocked']['AllowedQueryOperators'][0] == {
        '_ref': 'null',
        'ObjectID': None,
        'OperatorName': '=',
        '_type': 'AllowedQueryOperator',
    }


@pytest.mark.fact('9.4')
def test_references_to_attributes_bear_their_internal_name(service):
    ref = types_of(schema(service))['Defect']['_ref'].split('v2.0', 1)[1]
    rows = service.rows(ref + '/Attributes', fetch='Name,ElementName', pagesize=2000)
    states = next(row for row in rows if row['ElementName'] == 'ScheduleState')
    assert (states['_refObjectName'], states['Name']) == ('scheduleState', 'Schedule State')
    path = states['_ref'].split('v2.0', 1)[1]
    assert service.get(path)['_refObjectName'] == 'scheduleState'
    value = service.rows(path + '/AllowedValues')[0]
    assert value['AttributeDefinition']['_refObjectName'] == 'scheduleState'


@pytest.mark.fact('9.4')
def test_references_name_the_type_of_their_value(service):
    attributes = attributes_of(service, 'Defect')
    owner = attributes['Owner']['AllowedValueType']
    assert (owner['_refObjectName'], owner['_type']) == ('User', 'TypeDefinition')
    assert attributes['Tags']['AllowedValueType']['_refObjectName'] == 'Tag'
    assert attributes['Name']['AllowedValueType'] is None


@pytest.mark.fact('9.1')
def test_a_change_of_the_model_gives_a_new_hash_and_shows_at_once(service):
    before = schema(service)
    path = '/workspace/{}'.format(service.oid('east'))
    with service.app.store.writing() as tx:
        definition = tx.insert(
            Obj(
                type='AttributeDefinition',
                name='Colour',
                workspace=service.oid('east'),
                doc={
                    'ElementName': 'c_Colour',
                    'AttributeType': 'STRING',
                    'Custom': True,
                    'MaxLength': 20,
                },
            ),
            {'TypeDefinition': types_of(before)['Defect']['ObjectID']},
        )
        tx.add_link(
            types_of(before)['Defect']['ObjectID'], 'TypeDefinition.Attributes', definition.oid
        )
        tx.model_changed(service.oid('east'))
    after = schema(service)
    assert after.url != before.url
    assert service.get(path)['SchemaVersion'] == after.url.rsplit('/', 1)[1]
    names = [one['ElementName'] for one in types_of(after)['Defect']['Attributes']]
    assert 'c_Colour' in names
    stale = service.session.get(before.url)
    assert stale.url == after.url
    other = types_of(schema(service, name='west'))['Defect']['Attributes']
    assert 'c_Colour' not in [one['ElementName'] for one in other]


@pytest.mark.fact('9.1')
def test_a_place_that_is_not_there_is_no_schema(service):
    for path in (
        'workspace/1',
        'project/{}'.format(service.oid('east')),
        'workspace/{}'.format(service.oid('mid')),
    ):
        result = service.get('/slm/schema/v2.0/' + path)
        assert result['Errors'] == ['Cannot find object to read']


@pytest.mark.fact('9.1')
def test_a_viewer_reads_the_schema_of_own_workspaces_only(service):
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    assert schema(viewer).json()['QueryResult']['Errors'] == []
    assert schema(viewer, name='west').json()['QueryResult']['Errors'] != []


@pytest.mark.fact('9.3', 'use/typedefinition')
def test_type_definitions_answer_queries(service):
    row = service.rows('/typedefinition', query='(ElementName = Defect)', fetch='true')[0]
    assert (row['TypePath'], row['IDPrefix'], row['Restorable']) == ('Defect', 'DE', True)
    levels = service.rows(
        '/typedefinition',
        query='(Parent.Name = "Portfolio Item")',
        fetch='ElementName,Ordinal',
        order='Ordinal',
    )
    assert [level['ElementName'] for level in levels][:3] == ['Feature', 'Initiative', 'Theme']


@pytest.mark.fact('9.3', 'use/attributes')
def test_the_attributes_of_a_type_are_those_of_the_schema(service):
    defect = types_of(schema(service))['Defect']
    rows = service.rows(
        '/typedefinition/{}/Attributes'.format(defect['ObjectID']),
        fetch='ElementName,AttributeType',
        pagesize=2000,
    )
    assert {(row['ElementName'], row['AttributeType']) for row in rows} == {
        (one['ElementName'], one['AttributeType']) for one in defect['Attributes']
    }


@pytest.mark.fact('9.3', 'use/type-collection')
def test_the_type_definitions_of_a_workspace_are_a_collection(service):
    rows = service.rows(
        '/workspace/{}/TypeDefinitions'.format(service.oid('east')), fetch='TypePath', pagesize=2000
    )
    assert {row['TypePath'] for row in rows} == set(types_of(schema(service)))
