"""Custom types and fields: their classes stand where the schema puts them."""
from __future__ import absolute_import, division, print_function

import pickle

from pyral import entity
from pyral.entity.registry import Registry
from pyral.schema.standard_types import STANDARD_PARENTS


def test_a_portfolio_level_of_ones_own_is_a_portfolio_item_however_it_is_met(emu):
    emu.connect().create('TypeDefinition', {'Name': 'Saga', 'IDPrefix': 'SA'})
    rally = emu.connect()
    made = rally.create('Saga', {'Name': 'a long one'})
    assert type(made).__mro__[1] is entity.PortfolioItem and made.FormattedID == 'SA1'
    assert made._type == made.typePath == 'PortfolioItem/Saga'
    found = [rally.get('Saga', project=None).next(),
             rally.get('PortfolioItem', query={'Name': 'a long one'}, project=None).next(),
             rally.update('Saga', {'FormattedID': 'SA1', 'Name': 'longer'}),
             pickle.loads(pickle.dumps(made))]
    assert [type(each) for each in found] == [type(made)] * 4
    assert entity.classFor['PortfolioItem/Saga'] is entity.PortfolioItem_Saga is type(made)
    assert rally.typedef('Saga').inheritanceChain()[-2:] == ['PortfolioItem', 'PortfolioItem_Saga']


def test_every_class_stands_under_the_parent_that_the_schema_shows(rally):
    catalogue = rally.contextHelper.catalogue()
    registry = Registry(dict((path, entity.classFor[path]) for path in STANDARD_PARENTS
                             if path in entity.classFor), {'__name__': 'tests'})
    made = dict((each.TypePath, registry.class_for(each.TypePath, catalogue.parent_of))
                for each in catalogue)
    own = [path for path in made if path not in STANDARD_PARENTS]
    assert own
    for path in own:
        parent = catalogue.parent_of(path)
        named = [made[path].__mro__[1]._type_path]
        assert named == [parent] or parent in (None, path), path
    assert not [path for path, cls in made.items() if 'Domain_Object' in repr(cls.__mro__)]


def test_a_schema_that_leads_in_a_circle_is_not_followed_for_ever():
    parents = {'Egg': 'Hen', 'Hen': 'Egg'}
    registry = Registry({'WorkspaceDomainObject': entity.WorkspaceDomainObject},
                        {'__name__': 'tests'})
    egg = registry.class_for('Egg', parents.get)
    assert [each.__name__ for each in egg.__mro__[:3]] == ['Egg', 'Hen', 'WorkspaceDomainObject']
