"""Names are resolved and mapped by the contract's order; near misses are named; types are lazy."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral._compat import text_type
from pyral.errors import (
    InvalidRallyTypeNameError,
    RallyAttributeNameError,
    UnrecognizedAllowedValuesReference,
)
from pyral.schema.definitions import AllowedValue, Catalogue, SchemaItem, TypeDef

BASE = 'https://rally.test/slm/webservice/v2.0/'


def attribute(name, kind='STRING', label=None, **facts):
    """Return an AttributeDefinition as the schema endpoint shows it."""
    raw = {'ElementName': name, 'Name': label or name, 'AttributeType': kind, 'Required': False,
           '_ref': BASE + 'attributedefinition/-12527', '_refObjectName': name.lower(),
           'ReadOnly': False, 'Filterable': True, 'Hidden': False, 'Custom': False,
           'Constrained': False, 'AllowedValues': [], 'AllowedValueType': None, 'MaxLength': 128}
    raw.update(facts)
    return raw


def type_raw(path, attributes=(), **facts):
    """Return a TypeDefinition as the schema endpoint shows it."""
    element = path.rpartition('/')[2]
    raw = {'_ref': BASE + 'typedefinition/12476', '_refObjectName': element, 'Name': element,
           'ElementName': element, 'TypePath': path, 'DisplayName': element, 'IDPrefix': 'XX',
           'Abstract': False, 'Creatable': True, 'Queryable': True, 'ReadOnly': False,
           'Deletable': True, 'Restorable': True, 'Ordinal': -1,
           'Parent': {'_ref': BASE + 'typedefinition/1', '_refObjectName': element},
           'RevisionHistory': {'_ref': BASE + 'revisionhistory/12477'},
           'Attributes': list(attributes)}
    raw.update(facts)
    return raw


SEVERITY = attribute('Severity', 'RATING', AllowedValues={
    '_ref': BASE + 'attributedefinition/-12509/AllowedValues', '_type': 'AllowedAttributeValue'})
STATE = attribute('State', 'STATE', Required=True, Constrained=True, AllowedValues=[
    {'_ref': 'null', 'StringValue': 'Open'}, {'_ref': 'null', 'StringValue': 'Closed'}])
BURNT = attribute('c_BurntOfferingsIndex', 'INTEGER', 'Burnt Offerings Index', Custom=True)
OWNER = attribute('Owner', 'OBJECT', AllowedValueType={'_refObjectName': 'User', '_ref': 'x'},
                  AllowedValues={'_ref': BASE + 'attributedefinition/-2/AllowedValues'})
TASKS = attribute('Tasks', 'COLLECTION', AllowedValues={
    '_ref': BASE + 'attributedefinition/-3/AllowedValues'})
DEFECT = type_raw('Defect', [attribute('FormattedID', label='Formatted ID', ReadOnly=True),
                             SEVERITY, STATE, BURNT, OWNER, TASKS], DisplayName='Defect',
                  IDPrefix='DE')


@pytest.fixture
def catalogue():
    """Return a catalogue with a few types."""
    return Catalogue([
        DEFECT, type_raw('HierarchicalRequirement', DisplayName='User Story', IDPrefix='US'),
        type_raw('PortfolioItem/Feature', Parent={'_refObjectName': 'PortfolioItem'}),
        type_raw('PortfolioItem/Epic', Parent={'_refObjectName': 'PortfolioItem'}),
        type_raw('PortfolioItem/Project'), type_raw('Project'), type_raw('Objective/Epic'),
    ])


@pytest.mark.parametrize('name, path', [
    ('Defect', 'Defect'), ('Story', 'HierarchicalRequirement'),
    ('UserStory', 'HierarchicalRequirement'), ('User Story', 'HierarchicalRequirement'),
    ('Feature', 'PortfolioItem/Feature'), ('PortfolioItem/Feature', 'PortfolioItem/Feature'),
    ('PortfolioItem_Feature', 'PortfolioItem/Feature'), ('Theme', 'PortfolioItem/Theme'),
    ('Epic', 'PortfolioItem/Epic'), ('Objective/Epic', 'Objective/Epic'),
    ('PortfolioItem_Epic', 'PortfolioItem/Epic'), ('Project', 'Project'),
    ('Artifact', 'Artifact'), ('PullRequest', 'PullRequest'),
])
def test_a_type_answers_to_all_its_names(catalogue, name, path):
    assert catalogue.resolve(name).TypePath == path


@pytest.mark.parametrize('name, suggestion', [
    ('defect', 'Defect'), ('Payjammas', None), ('Project,Workspace', None), ('Eppic', 'Epic'),
    ('RallyRESTAPIError', None), ('', None),
])
def test_an_unknown_name_is_refused_with_the_nearest_one(catalogue, name, suggestion):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        catalogue.resolve(name)
    assert caught.value.args == (name,)
    assert (suggestion in caught.value.suggestions) if suggestion else True
    assert catalogue.find(name) is None


@pytest.mark.parametrize('name', [
    'c_BurntOfferingsIndex', 'BurntOfferingsIndex', 'burntofferingsindex',
    'C_BURNTOFFERINGSINDEX', 'Burnt Offerings Index', 'burnt OFFERINGS index'])
def test_a_custom_field_answers_to_all_its_names(catalogue, name):
    assert catalogue.attribute('Defect', name).ElementName == 'c_BurntOfferingsIndex'


def test_the_exact_name_wins_over_the_others():
    defined = TypeDef(type_raw('Defect', [
        attribute('c_State', label='state'), attribute('State'), attribute('STATE'),
        attribute('Other', label='S t a t e')]))
    assert defined.attribute('State').ElementName == 'State'
    assert defined.attribute('STATE').ElementName == 'STATE'
    assert defined.attribute('c_state').ElementName == 'c_State'


def test_lists_of_names_are_mapped_and_all_wrong_ones_named(catalogue):
    defect = catalogue.resolve('Defect')
    assert defect.map_names(['formattedid', 'Burnt Offerings Index', 'Tasks:summary[State]',
                             '_ref']) == ['FormattedID', 'c_BurntOfferingsIndex',
                                          'Tasks:summary[State]', '_ref']
    with pytest.raises(RallyAttributeNameError) as caught:
        defect.map_names(['Bogus', 'State', 'Severty'])
    assert caught.value.args == ('Bogus, Severty',)
    with pytest.raises(RallyAttributeNameError) as caught:
        defect.map_names(['Severty'])
    assert caught.value.suggestions == ('Severity',)


def test_values_are_mapped_into_a_new_dict(catalogue):
    given = {'formattedid': 1, 'State': 'Open'}
    assert catalogue.resolve('Defect').map_values(given) == {'FormattedID': 1, 'State': 'Open'}
    assert given == {'formattedid': 1, 'State': 'Open'}


def test_names_of_a_type_the_schema_does_not_list_stay_as_they_are(catalogue):
    theme = catalogue.resolve('Theme')
    assert theme.is_listed is False and theme.map_names(['Anything']) == ['Anything']


def test_a_type_is_parsed_when_it_is_first_asked_for():
    class Watched(dict):
        touched = 0

        def get(self, key, default=None):
            Watched.touched += key == 'Attributes'
            return dict.get(self, key, default)
    catalogue = Catalogue([Watched(DEFECT), Watched(type_raw('Tag'))])
    assert Watched.touched == 0
    assert catalogue.resolve('Tag') is catalogue.resolve('Tag')
    assert Watched.touched == 1


def test_a_pull_request_is_known_even_where_the_schema_lacks_it(catalogue):
    found = catalogue.resolve('PullRequest')
    assert found.IDPrefix == 'PR' and found.Creatable and not found.Queryable
    assert found.map_names(['ExternalID', 'URL']) == ['ExternalId', 'Url']
    listed = Catalogue([type_raw('PullRequest', [attribute('ExternalID')])])
    assert listed.resolve('PullRequest').map_names(['externalid']) == ['ExternalID']


def test_facts_of_types_and_attributes_have_the_names_of_the_service(catalogue):
    defect = catalogue.resolve('Defect')
    assert isinstance(defect, SchemaItem)
    assert defect.ref == 'typedefinition/12476' and defect._type == 'TypeDefinition'
    assert defect.RevisionHistory.endswith('/revisionhistory/12477')
    assert defect.Parent == 'Defect' and defect.Ordinal == -1 and defect.completed is False
    state = defect.attribute('State')
    assert state.ref == 'attributedefinition/-12527' and state._type == 'AttributeDefinition'
    assert state.Required and state.Constrained and state.MaxLength == 128
    assert [value.StringValue for value in state.AllowedValues] == ['Open', 'Closed']
    assert isinstance(state.AllowedValues[0], AllowedValue)
    assert defect.attribute('Severity').AllowedValues.endswith('-12509/AllowedValues')
    assert defect.attribute('Owner').target == 'User'
    assert sorted(defect.Attributes)[0].ElementName == 'FormattedID'


def test_the_inheritance_chain_starts_at_the_root(catalogue):
    assert catalogue.resolve('Defect').inheritanceChain() == [
        'Persistable', 'DomainObject', 'WorkspaceDomainObject', 'Artifact', 'Defect']
    for name in ('Feature', 'Epic'):
        assert catalogue.resolve(name).inheritanceChain()[-2:] == [
            'PortfolioItem', 'PortfolioItem_' + name]


class Values(object):
    """Stands for a function that reads a collection; counts how often."""

    def __init__(self, *names):
        self.names, self.asked = names, []

    def __call__(self, context, ref):
        self.asked.append(ref)
        return iter([AllowedValue({'StringValue': name, 'LocalizedStringValue': local})
                     for name, local in self.names])


@pytest.mark.parametrize('name, expected, requests', [
    ('State', ['Open', 'Closed'], 0), ('Severity', ['Kritisch', 'Low', 'Not Available'], 1),
    ('FormattedID', [], 0), ('Owner', [True], 0), ('Tasks', [True], 0),
])
def test_allowed_values_are_the_same_every_time(name, expected, requests):
    read = Values(('Critical', 'Kritisch'), ('Low', None), (None, None))
    found = TypeDef(DEFECT).attribute(name)
    assert found.allowed_values(None, read) == expected == found.allowed_values(None, read)
    assert len(read.asked) == requests


@pytest.mark.parametrize('raw, expected', [
    (None, []), (True, [True]), ([], []), ([{'StringValue': 'a'}, 'b'], ['a', 'b'])])
def test_odd_allowed_values_are_answered_too(raw, expected):
    found = TypeDef(type_raw('X', [attribute('A', 'STATE', AllowedValues=raw)])).attribute('A')
    assert found.allowed_values(None, None) == expected


def test_custom_drop_downs_are_resolved_by_their_reference():
    ref = {'_ref': BASE + 'attributedefinition/9/AllowedValues'}
    for kind, custom, expected in (('STRING', True, ['a']), ('STRING', False, [True]),
                                   ('COLLECTION', True, ['a'])):
        found = TypeDef(type_raw('X', [attribute(
            'c_A', kind, Custom=custom, Constrained=True, AllowedValues=ref)])).attribute('c_A')
        assert found.allowed_values(None, Values(('a', 'a'))) == expected


def test_completing_a_type_resolves_what_has_a_list_once():
    read = Values(('a', 'a'))
    defect = TypeDef(DEFECT)
    assert defect.complete(None, read) is True and defect.complete(None, read) is True
    assert read.asked == [SEVERITY['AllowedValues']['_ref']] and defect.completed


def test_a_malformed_reference_to_allowed_values_is_refused():
    found = TypeDef(type_raw('X', [attribute('A', 'RATING', AllowedValues={'_ref': 'what?'})]))
    with pytest.raises(UnrecognizedAllowedValuesReference):
        found.attribute('A').resolveAllowedValues(None, Values())


def test_a_type_prints_as_the_contract_lays_out():
    lines = text_type(TypeDef(DEFECT)).split('\n')
    assert lines[0] == 'Defect  DisplayName: Defect  IDPrefix: DE'
    assert lines[1] == '      Creatable  Updatable  Queryable  Deletable  Restorable'
    assert lines[2:4] == ['', '      Attributes:']
    assert lines[4] == ('         FormattedID                           STRING  Optional  '
                        '|Formatted ID|')
    assert lines[5] == '             ReadOnly  Filterable'
    assert lines[6] == ''
    block = lines.index('         State                                  STATE  Required')
    assert lines[block + 1] == '             Updatable  Filterable    Constrained'
    assert lines[block + 2] == "             AllowedValues: ['Open', 'Closed']"
    custom = [line for line in lines if 'c_Burnt' in line][0]
    assert custom == ('         c_BurntOfferingsIndex     Custom     INTEGER  Optional  '
                      '|Burnt Offerings Index|')


def test_a_sub_type_prints_its_path_and_an_open_list_its_reference():
    text = text_type(TypeDef(type_raw('PortfolioItem/Feature', [OWNER], Creatable=False)))
    assert text.split('\n')[0].endswith('IDPrefix: XX  TypePath: PortfolioItem/Feature')
    assert 'Non-Creatable' in text
    assert 'AllowedValues: attributedefinition/-2/AllowedValues' in text


def test_text_beyond_ascii_prints():
    raw = type_raw('X', [attribute(u'c_Gr\xf6\xdfe', AllowedValues=[{'StringValue': u'\xfc'}])])
    assert u'Gr\xf6\xdfe' in text_type(TypeDef(raw)) and str(TypeDef(raw))


@pytest.mark.parametrize('type_path, shown, parent', [
    ('PortfolioItem/Epic', 'Portfolio Item', 'PortfolioItem'),
    ('App', 'Domain Object', 'DomainObject'), ('App', 'Persistable Object', 'Persistable'),
    ('App', 'App Base', 'AppBase'), ('AppBase', 'Workspace Domain Object', 'WorkspaceDomainObject'),
    ('App', 'Of Another Place', None), ('App', None, None),
])
def test_the_parent_is_found_by_the_name_that_is_shown(type_path, shown, parent):
    rows = [type_raw(each) for each in ('App', 'AppBase', 'PortfolioItem/Epic')]
    for row in rows:
        if row['TypePath'] == type_path:
            row['Parent'] = {'_refObjectName': shown} if shown else None
    assert Catalogue(rows).parent_of(type_path) == parent
    chain = Catalogue(rows).resolve(type_path).inheritanceChain()
    assert chain[-2] == (parent if parent not in (None, 'AppBase') else 'WorkspaceDomainObject')
