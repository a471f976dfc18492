"""The historic module paths give the objects of the packages, and pickles find their classes."""
from __future__ import absolute_import, division, print_function

import importlib
import pickle

import pytest

import pyral
from pyral import errors, refs
from pyral.advice import RallyWarning
from pyral.context import NOT_GIVEN, Place, RallyContext
from pyral.entity import CustomField, Defect, PortfolioItem_Feature
from pyral.entity.hydrator import EntityHydrator
from pyral.multiop import BatchResult, Outcome
from pyral.schema import TypeDef

#: historic module -> {module that defines: names}
PATHS = {
    'hydrate': {'entity.hydrator': ['EntityHydrator']},
    'rallyresp': {
        'reading.response': ['RallyRESTResponse', 'AgileCentralRESTResponse', 'ErrorResponse',
                             'AgileCentralResponseError'],
        'errors': ['RallyResponseError'],
    },
    'query_builder': {'query.builder': [
        'RallyUrlBuilder', 'RallyQueryFormatter', 'AgileCentralUrlBuilder',
        'AgileCentralQueryFormatter', 'build', 'encode', 'literal', 'tree']},
    'multiop': {
        'writing.batch': ['BatchResult', 'Outcome', 'createMultiple', 'create_many',
                          'updateMultiple', 'update_many'],
        'errors': ['MultipleOperationError'],
    },
    'search_utils': {'proj_utils': ['flatten', 'projectAncestors', 'projectDescendants',
                                    'projeny']},
    'context': {
        'context.scope': ['RallyContext', 'AgileCentralContext', 'NOT_GIVEN'],
        'context.helper': ['RallyContextHelper', 'AgileCentralContextHelper'],
        'context.directory': ['Place', 'PROJECT_PATH_ELEMENT_SEPARATOR'],
        'errors': ['RallyRESTAPIError'],
    },
    'entity': {
        'entity.classes': ['Persistable', 'DomainObject', 'Defect', 'Story', 'UserStory',
                           'HierarchicalRequirement', 'SearchObject', 'CustomField',
                           'PortfolioItem_Feature', 'addEntity', 'classFor', 'getEntityName',
                           'getSchemaItem', 'processSchemaInfo', 'validRallyType'],
        'schema.definitions': ['SchemaItem', 'SchemaItemAttribute'],
        'errors': ['InvalidRallyTypeNameError', 'UnreferenceableOIDError',
                   'UnrecognizedAllowedValuesReference'],
    },
    'restapi': {
        'query.builder': ['RallyUrlBuilder'],
        'errors': ['RallyRESTAPIError', 'RallyAttributeNameError'],
        'config': ['warning'],
    },
}
#: old name -> the name of today, in the module that defines both
RENAMED = {
    'AgileCentralRESTResponse': 'RallyRESTResponse',
    'AgileCentralResponseError': 'RallyResponseError',
    'AgileCentralUrlBuilder': 'RallyUrlBuilder',
    'AgileCentralQueryFormatter': 'RallyQueryFormatter',
    'AgileCentralContext': 'RallyContext',
    'AgileCentralContextHelper': 'RallyContextHelper',
}


def rows():
    """Return (historic module, name, defining module) of the whole table."""
    return [(old, name, new) for old, places in sorted(PATHS.items())
            for new, names in sorted(places.items()) for name in names]


@pytest.mark.parametrize('old, name, new', rows())
def test_a_historic_path_gives_the_same_object(old, name, new):
    there = getattr(importlib.import_module('pyral.' + new), RENAMED.get(name, name))
    assert getattr(importlib.import_module('pyral.' + old), name) is there
    assert getattr(getattr(pyral, old), name) is there  # `import pyral` alone reaches it


@pytest.mark.parametrize('old', sorted(PATHS))
def test_the_table_names_all_that_a_historic_module_exports_from_elsewhere(old):
    module = importlib.import_module('pyral.' + old)
    listed = set(name for names in PATHS[old].values() for name in names)
    foreign = set(name for name in module.__all__
                  if getattr(getattr(module, name), '__module__', module.__name__)
                  != module.__name__)
    assert foreign <= listed


FEATURE = {'_ref': 'https://h/slm/webservice/v2.0/portfolioitem/feature/7', '_refObjectName': 'big',
           '_type': 'PortfolioItem/Feature'}
OUTCOME = Outcome(0, {'Name': 'a'}, {'ObjectID': '1'}, [], [])
#: (module that a pickle names, something pickled)
PICKLED = [
    ('pyral.entity', Defect(12, 'Fails', 'defect/12')),
    ('pyral.entity', PortfolioItem_Feature(7, 'big', 'portfolioitem/feature/7')),
    ('pyral.entity', EntityHydrator(None).hydrateInstance(FEATURE)),
    ('pyral.context', RallyContext('h', 'u', None, 'https://h/slm', 'Acme', 'Main', 'Web')),
    ('pyral.context', Place('workspace', 1, 'Main', 'Open', None, None)),
    ('pyral.multiop', OUTCOME),
    ('pyral.multiop', BatchResult([OUTCOME])),
    ('pyral.refs', refs.Ref('defect', 12)),
    ('pyral.errors', errors.NotFoundError("nothing", status_code=404)),
    ('pyral.errors', errors.MultipleOperationError("too many", hint="fewer")),
    ('pyral.advice', RallyWarning("attention")),
]


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize('module, thing', PICKLED)
def test_a_pickle_names_the_historic_module_and_gives_an_equal_object(module, thing, protocol):
    content = pickle.dumps(thing, protocol)
    assert type(thing).__module__ == module
    named = [part for part in (b'pyral.entity.', b'pyral.context.', b'pyral.writing',
                               b'pyral.reading') if part in content]
    assert named == []
    twin = pickle.loads(content)
    assert type(twin) is type(thing) and twin.__dict__ == thing.__dict__ \
        if isinstance(thing, Exception) else twin == thing


def test_a_custom_field_pickles_with_its_data():
    link = EntityHydrator(None).hydrateInstance({'LinkID': 1, 'DisplayString': 'x'})
    twin = pickle.loads(pickle.dumps(link, 2))
    assert type(twin) is CustomField and twin.to_dict() == link.to_dict()


def test_not_given_stays_the_one_it_is():
    assert type(NOT_GIVEN).__module__ == 'pyral.context'
    assert pickle.loads(pickle.dumps(NOT_GIVEN, 2)) is NOT_GIVEN


def test_classes_that_scripts_subclass_and_log_say_where_they_are_imported_from():
    assert TypeDef is pyral.entity.SchemaItem
    assert pyral.entity.Persistable.__module__ == 'pyral.entity'
    assert all(cls.__module__ == 'pyral.entity' for cls in pyral.entity.classFor.values())
