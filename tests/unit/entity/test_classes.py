"""The entity protocol without a connection: identity, conversion, copies, text; never a load."""
from __future__ import absolute_import, division, print_function

import copy
import json
import pickle

import pytest

import pyral.entity
from pyral._compat import ensure_text
from pyral.context.scope import Location, RallyContext
from pyral.entity.base import Detached, own_values
from pyral.entity.classes import (
    Artifact,
    CustomField,
    Defect,
    DomainObject,
    HierarchicalRequirement,
    Persistable,
    PortfolioItem,
    PortfolioItem_Feature,
    Story,
    UserStory,
    WorkspaceDomainObject,
    addEntity,
    class_for,
    class_of,
    classFor,
    entity_from,
    getEntityName,
    getSchemaItem,
    processSchemaInfo,
    validRallyType,
)
from pyral.errors import (
    DetachedEntityError,
    InvalidRallyTypeNameError,
    MissingAttributeError,
)
from pyral.schema.standard_types import chain_of, class_name, read_tree, standard_path
from tests.unit.fakes import reference, row


def defect(number=5001, **attributes):
    """Return a detached Defect."""
    values = dict(Name='Login fails', FormattedID='DE12', ObjectID=number)
    values.update(attributes)
    return entity_from(row(number, **values), Detached())


class ForbiddenLoader(object):
    """Fails the test that makes it load."""

    policy = 'batch'

    def parent_of(self, context):
        return None

    def known_type(self, entity):
        return None

    def __getattr__(self, name):
        raise AssertionError("loaded: " + name)


def guarded(item):
    """Return an entity whose loader fails the test when it is used."""
    context = RallyContext('s', 'u', None, 'https://s/slm/webservice/v2.0',
                           location=Location('https://rally.test', loader=ForbiddenLoader()))
    return entity_from(item, context)


def test_an_item_becomes_an_instance_of_its_class():
    entity = defect()
    assert type(entity) is Defect and type(entity).__name__ == 'Defect'
    assert entity.oid == 5001 and isinstance(entity.oid, int)
    assert entity.ref == 'defect/5001' and entity._type == 'Defect'
    assert entity._ref.endswith('/defect/5001') and entity.typePath is None


@pytest.mark.parametrize('ref, oid', [
    ('https://x/slm/webservice/v2.0/workspacepermission/12u34w1', '12u34w1'),
    ('https://x/slm/webservice/v2.0/typedefinition/-51025', -51025),
    ('defect/77', 77),
    ('null', None),
])
def test_oids_are_numbers_where_they_can_be(ref, oid):
    assert entity_from({'_ref': ref, '_type': 'Tag'}, Detached()).oid == oid


@pytest.mark.parametrize('object_id, oid', [(5, 5), ('5', 77), (None, 77), ('12u34w1', 77)])
def test_an_oid_is_the_objectid_where_that_is_a_number_else_that_of_the_reference(object_id, oid):
    item = {'_ref': 'defect/77', '_type': 'Defect', 'ObjectID': object_id}
    assert entity_from(item, Detached()).oid == oid


@pytest.mark.parametrize('item, name', [
    ({'Name': 'a', '_refObjectName': 'b'}, 'a'),
    ({'_refObjectName': 'b'}, 'b'),
    ({}, 'Unknown'),
    ({'Name': None}, None),
])
def test_the_name_comes_from_the_data_then_from_the_reference(item, name):
    assert entity_from(dict(item, _ref='tag/1', _type='Tag'), Detached()).Name == name


def test_the_constructor_of_old_makes_a_shell():
    entity = Defect(12, 'Fails', 'https://s/slm/webservice/v2.0/defect/12', None)
    assert (entity.oid, entity.Name, entity.ObjectID, entity._hydrated) == (12, 'Fails', 12, False)
    assert repr(entity) == "<Defect 12 'Fails'>"


def test_repr_shows_class_id_and_name():
    assert repr(defect()) == "<Defect DE12 'Login fails'>"
    assert repr(entity_from(row(7, 'user', 'Ann'), Detached())) == "<User 7 'Ann'>"


@pytest.mark.parametrize('name', [u'caf\xe9', u'\u4e2d', u"it's"])
def test_repr_is_a_native_string_for_any_name(name):
    assert type(repr(defect(Name=name))) is str


def test_scalars_and_null_are_as_they_are():
    entity = defect(Ready=True, PlanEstimate=3.0, Owner=None, Notes=u'caf\xe9')
    assert entity.Ready is True and entity.PlanEstimate == 3.0
    assert entity.Owner is None and entity.Notes == u'caf\xe9'


def test_references_become_entities_with_what_was_sent():
    owner = dict(reference(row(7, 'user', 'Ann')), UserName='ann@x')
    entity = guarded(row(1, Owner=owner))
    assert type(entity.Owner).__name__ == 'User' and entity.Owner.UserName == 'ann@x'
    assert entity.Owner is entity.Owner and entity.Owner._hydrated is False


def test_lists_keep_plain_elements_and_build_the_others():
    entity = defect(Mixed=[1, 'x', reference(row(5, 'tag')), {'a': 2}])
    assert entity.Mixed[:2] == [1, 'x']
    assert entity.Mixed[2].oid == 5 and entity.Mixed[3].a == 2
    assert isinstance(entity.Mixed[3], CustomField)


def test_an_empty_collection_is_an_empty_list_without_a_load():
    entity = guarded(row(1, Tags={'_ref': 'x/Defect/1/Tags', 'Count': 0}))
    assert entity.Tags == [] and type(entity.Tags) is list


def test_untyped_structures_are_custom_fields():
    entity = defect(c_Link={'LinkID': '12', 'DisplayString': 'x'})
    assert isinstance(entity.c_Link, CustomField)
    assert (entity.Link.LinkID, entity.Link.oid, entity.Link.Name) == ('12', 0, 'Unknown')
    with pytest.raises(AttributeError):
        entity.Link.Missing


def test_summaries_read_like_attributes():
    entity = defect(Summary={'Tasks': {'Count': 3, 'State': {'Defined': 2}}})
    assert entity.Summary.Tasks.Count == 3 and entity.Summary.Tasks.State.Defined == 2


def test_allowed_attribute_values_have_a_value():
    entity = entity_from({'_ref': 'null', '_type': 'AllowedAttributeValue', 'ObjectID': None,
                          'StringValue': 'Open', 'LocalizedStringValue': 'Offen'}, Detached())
    assert entity.Name == 'AllowedValue' and entity.value == entity.StringValue == 'Open'
    assert entity.LocalizedStringValue == 'Offen'


def test_custom_fields_answer_to_all_their_names():
    entity = defect(c_BurntOfferingsIndex=4)
    assert entity.c_BurntOfferingsIndex == entity.BurntOfferingsIndex == 4
    assert getattr(entity, 'Burnt Offerings Index') == 4


def test_version_keys_may_be_missing():
    assert entity_from({'_ref': 'defect/1', '_type': 'Defect'}, Detached()).oid == 1


def test_setting_attributes_is_local_and_free():
    entity = defect()
    entity.Name, entity.oid, entity.Extra = 'new', 5, [1]
    assert (entity.Name, entity.oid, entity.Extra) == ('new', 5, [1])
    assert 'Extra' in entity.attributes()


def test_a_missing_attribute_says_so_to_the_letter():
    entity = guarded(row(1, Severity='x'))
    entity._hydrated = True
    with pytest.raises(MissingAttributeError) as caught:
        entity.Severty
    assert caught.value.args[0] == "Defect instance has no attribute: 'Severty'"
    assert caught.value.suggestions == ('Severity',)
    assert isinstance(caught.value, AttributeError) and 'Severity' in str(caught.value)


def test_a_feature_names_itself_without_the_prefix():
    entity = entity_from({'_ref': 'x/portfolioitem/feature/9', '_type': 'PortfolioItem/Feature'},
                         Detached())
    entity._hydrated = True
    with pytest.raises(AttributeError) as caught:
        entity.Bogus
    assert caught.value.args[0] == "Feature instance has no attribute: 'Bogus'"
    assert entity.ref == 'feature/9' and entity.typePath == 'PortfolioItem/Feature'


def test_a_detached_entity_says_what_to_do():
    entity = defect()
    with pytest.raises(DetachedEntityError) as caught:
        entity.Severity
    assert 'attach' in caught.value.hint and isinstance(caught.value, AttributeError)
    assert not hasattr(entity, 'Severity')


def test_the_context_is_not_handed_out():
    with pytest.raises(Exception) as caught:
        defect().context
    assert caught.value.args[0] == "Unsupported attempt to retrieve context attribute"


def test_protocol_methods_never_load():
    item = row(1, Owner=reference(row(7, 'user')), FormattedID='DE1',
               Tasks={'_ref': 'x/defect/1/Tasks', 'Count': 3},
               RevisionHistory=reference(row(8, 'revisionhistory')))
    entity = guarded(item)
    assert repr(entity) and dir(entity) and hash(entity) and entity.attributes()
    assert entity == copy.copy(entity) == copy.deepcopy(entity)
    assert entity.details() and entity.to_dict() and str(entity) and not entity.__dict__.get('x')
    assert pickle.loads(pickle.dumps(entity, 2)) == entity
    assert entity._repr_html_()
    for name in ('__iter__', '__len__', '__array__', '__wrapped__'):
        assert not hasattr(entity, name)


def test_attributes_are_sorted_public_names_without_machinery():
    entity = defect(Tasks={'_ref': 'x/Tasks', 'Count': 3}, c_Foo=1)
    names = entity.attributes()
    assert names == sorted(names)
    assert set(['Name', 'Tasks', 'c_Foo', 'oid', '_ref', '_type', '_hydrated']) <= set(names)
    assert not [each for each in names if each.startswith('__')]
    assert '_context' not in names and '_page_mates' not in names and '_item' not in names


def test_dir_lists_attributes_and_methods():
    names = dir(defect(c_Foo=1))
    assert set(['c_Foo', 'FormattedID', 'oid', 'ref', 'details', 'attributes']) <= set(names)


def test_equality_and_hash_are_by_server_type_and_oid():
    assert defect(1) == defect(1, Name='other') and hash(defect(1)) == hash(defect(1))
    assert defect(1) != defect(2)
    assert entity_from(row(1, 'task'), Detached()) != defect(1)
    elsewhere = entity_from(
        dict(row(1), _ref='https://other/slm/webservice/v2.0/defect/1'), Detached())
    assert elsewhere != defect(1)
    short = Defect(1, 'x', 'defect/1', None)
    assert short == defect(1) and len(set([short, defect(1), defect(2)])) == 2
    assert defect(1) != 'defect/1' and not defect(1) == 5


def test_objects_without_identity_equal_only_themselves():
    value = {'_ref': 'null', '_type': 'AllowedAttributeValue', 'StringValue': 'x'}
    one, two = entity_from(value, Detached()), entity_from(value, Detached())
    assert one == one and one != two and hash(one) != hash(two)


def test_copies_are_independent_of_their_original():
    entity = defect(Owner=reference(row(7, 'user', 'Ann')))
    entity.Owner.Local = 1
    shallow, deep = copy.copy(entity), copy.deepcopy(entity)
    shallow.Name = 'other'
    deep.Owner.Local = 2
    assert entity.Name == 'Login fails' and entity.Owner.Local == 1 and deep.Owner == entity.Owner


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_keeps_the_data_and_no_secret(protocol):
    context = RallyContext('s', 'u', 'very secret', 'https://s', location=Location(
        'https://rally.test', loader=ForbiddenLoader()))
    entity = entity_from(row(1, Owner=reference(row(7, 'user', 'Ann')), Mark=u'\xe9'), context)
    entity.Owner.Local = 'kept'
    entity.circle = [entity]
    content = pickle.dumps(entity, protocol)
    assert b'very secret' not in content and b'Loader' not in content
    twin = pickle.loads(content)
    assert twin == entity and type(twin) is Defect and twin.Mark == u'\xe9'
    assert twin.Owner.Local == 'kept' and twin.circle[0] is twin
    with pytest.raises(DetachedEntityError):
        twin.Severity


def test_entities_of_made_classes_pickle():
    entity = entity_from({'_ref': 'x/portfolioitem/saga/9', '_type': 'PortfolioItem/Saga',
                          'Name': 'long'}, Detached())
    twin = pickle.loads(pickle.dumps(entity, 2))
    assert type(twin) is type(entity) and twin.Name == 'long'


class Helper(object):
    """Stands for the context helper of a Rally."""

    def __init__(self, context):
        self.contextHelper, self._context = self, context

    def currentContext(self):
        return self._context


def test_an_unpickled_entity_and_all_that_hangs_on_it_takes_a_new_connection():
    entity = pickle.loads(pickle.dumps(defect(Owner=reference(row(7, 'user', 'Ann'))), 2))
    entity.Owner
    context = RallyContext('s', 'u', None, 'https://s', location=Location(
        'https://rally.test', loader=ForbiddenLoader()))
    assert entity.attach(Helper(context)) is entity
    assert entity._context is context and entity.Owner._context is context
    elsewhere = RallyContext('s', 'u', None, 'https://s', location=Location('https://other.test'))
    with pytest.raises(DetachedEntityError):
        entity.attach(elsewhere)


def test_to_dict_is_plain_data_that_json_takes():
    entity = defect(Owner=reference(row(7, 'user', 'Ann')), c_Foo=[1, {'a': 2}],
                    Tasks={'_ref': 'x/Tasks', 'Count': 3})
    entity.Owner.me = entity
    entity.Extra = 5
    found = entity.to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found['Owner']['_refObjectName'] == 'Ann' and found['Extra'] == 5
    assert found['Owner']['me'] == {'_ref': entity._ref, '_type': 'Defect'}
    assert found['Tasks']['Count'] == 3 and '_rallyAPIMajor' not in found
    found['c_Foo'][1]['a'] = 9
    assert entity._item['c_Foo'][1]['a'] == 2


def test_details_start_with_the_type_and_list_the_fixed_attributes_first():
    entity = defect(c_Foo='bar', Owner=dict(reference(row(7, 'user', 'Ann')), UserName='ann@x',
                                            DisplayName='Ann'), Severity=u'caf\xe9')
    lines = ensure_text(entity.details()).split('\n')
    assert lines[0] == 'Defect'
    assert lines[1] == '    oid                       : 5001'
    assert lines[2] == '    ref                       : defect/5001'
    assert '    Name                      : Login fails' in lines
    assert '    Foo                       : bar' in lines
    assert any('User.ref (UserName ann@x DisplayName Ann Name Ann)' in line for line in lines)
    assert '' in lines


def test_details_of_users_list_what_users_have():
    entity = entity_from(row(7, 'user', 'Ann', UserName='ann@x', Secret='no'), Detached())
    text = entity.details()
    assert 'ann@x' in text and 'Secret' not in text


def test_story_user_story_and_the_real_name_are_one_class():
    assert Story is UserStory is HierarchicalRequirement
    assert classFor['Story'] is classFor['UserStory'] is classFor['HierarchicalRequirement']


def test_the_standard_tree_has_its_parents():
    assert Defect.__mro__[1:4] == (Artifact, WorkspaceDomainObject, DomainObject)
    assert issubclass(PortfolioItem_Feature, PortfolioItem)
    assert not [path for path, parent in read_tree() if parent is None and path != 'Persistable']
    assert 'SchedulableArtifact' not in classFor
    assert chain_of('Defect') == ['Persistable', 'DomainObject', 'WorkspaceDomainObject',
                                  'Artifact', 'Defect']
    assert chain_of('PortfolioItem/Epic', 'PortfolioItem')[-2:] == [
        'PortfolioItem', 'PortfolioItem_Epic']


@pytest.mark.parametrize('item, name', [
    ({'_type': 'PortfolioItem/Feature'}, 'PortfolioItem_Feature'),
    ({'_type': 'Feature', '_ref': 'https://x/slm/webservice/v2.0/portfolioitem/feature/3'},
     'PortfolioItem_Feature'),
    ({'_type': 'Epic', '_ref': 'https://x/slm/webservice/v2.0/portfolioitem/epic/3'},
     'PortfolioItem_Epic'),
    ({'_type': 'defect'}, 'Defect'),
    ({'_ref': 'https://x/slm/webservice/v2.0/defect/3'}, 'Defect'),
    ({'_type': 'Brand New'}, 'Brand_New'),
    ({'_type': 'Ding/Dong'}, 'Ding_Dong'),
    ({'Name': 'x'}, 'CustomField'),
])
def test_the_class_follows_type_and_reference(item, name):
    assert class_of(item).__name__ == name


def test_types_of_ones_own_get_one_class_under_their_parent():
    epic = class_of({'_type': 'PortfolioItem/Epic'})
    assert issubclass(epic, PortfolioItem) and epic is class_for('PortfolioItem/Epic')
    assert classFor['PortfolioItem/Epic'] is epic is pyral.entity.PortfolioItem_Epic
    made = class_for('Gadget', lambda path: 'Artifact')
    assert issubclass(made, Artifact)
    assert issubclass(class_for('Widget2'), WorkspaceDomainObject)


def test_classes_can_be_added_by_hand():
    made = addEntity('HandMade', Artifact)
    assert classFor['HandMade'] is made and addEntity('HandMade', 'Artifact') is made


@pytest.mark.parametrize('name, path', [
    ('Story', 'HierarchicalRequirement'), ('User Story', 'HierarchicalRequirement'),
    ('Feature', 'PortfolioItem/Feature'), ('PortfolioItem_Feature', 'PortfolioItem/Feature'),
    ('Artifact', 'Artifact'), ('defect', None), ('Project,Workspace', None),
    ('InvalidRallyTypeNameError', None),
])
def test_standard_names_resolve_without_a_schema(name, path):
    assert standard_path(name) == path
    if path is None:
        with pytest.raises(InvalidRallyTypeNameError) as caught:
            getEntityName(name)
        assert caught.value.args == (name,)
    else:
        assert getEntityName(name) == validRallyType(name) == path


def test_schema_documents_can_be_processed_by_hand():
    catalogue = processSchemaInfo('workspace/5', [{'ElementName': 'Odd', 'TypePath': 'Odd'}])
    assert catalogue.find('Odd') is getSchemaItem('https://x/workspace/5', 'Odd')
    assert getSchemaItem('workspace/6', 'Odd') is None


def test_everything_exported_exists_and_is_sorted():
    assert pyral.entity.__all__ == sorted(set(pyral.entity.__all__))
    namespace = {}
    exec('from pyral.entity import *', namespace)
    assert set(pyral.entity.__all__) <= set(namespace)
    assert namespace['Defect'] is Defect


def test_class_names_are_identifiers():
    assert class_name('PortfolioItem/Feature') == 'PortfolioItem_Feature'
    assert class_name('A b-c') == 'A_b_c'


def test_machine_state_lives_apart_from_user_attributes():
    entity = defect()
    assert own_values(entity) == {}
    assert isinstance(entity, Persistable)
