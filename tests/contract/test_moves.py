"""What moves with what: projects and timeboxes, parents and features (sections 4.4 and 8.9)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('4.4')

DAYS = {
    'iteration': {'StartDate': '2026-05-04', 'EndDate': '2026-05-08', 'State': 'Planning'},
    'release': {'ReleaseStartDate': '2026-05-04', 'ReleaseDate': '2026-05-29', 'State': 'Planning'},
}
#: Type -> its timeboxes.
SCHEDULED = {
    'defect': ('Iteration', 'Release'),
    'defectsuite': ('Iteration', 'Release'),
    'hierarchicalrequirement': ('Iteration', 'Release'),
    'portfolioitem/feature': ('Release',),
    'risk': ('Iteration', 'Release'),
    'testset': ('Iteration', 'Release'),
}


def names(item, *attributes):
    """Return the names of what references lead to."""
    return [(item[one] or {}).get('_refObjectName') for one in attributes]


@pytest.fixture
def elsewhere(api):
    return api.named('project', 'Team B')


@pytest.fixture
def timeboxes(api, elsewhere):
    """Timeboxes by name: `both` are in both projects, `here` only in the first."""
    found = {}
    for kind, days in DAYS.items():
        for name, projects in (('both', (api.project, elsewhere)), ('here', (api.project,))):
            for place in projects:
                made = api.create(kind, Name=name, **{**days, 'Project': place['_ref']})
                found[kind.title(), name, place['Name']] = made['_ref']
    return found


@pytest.mark.parametrize('name', ['both', 'here'])
@pytest.mark.parametrize('type_path', SCHEDULED)
def test_timeboxes_are_those_of_the_same_name_in_the_new_project_or_none(
    api, elsewhere, timeboxes, type_path, name
):
    kinds = SCHEDULED[type_path]
    given = {kind: timeboxes[kind, name, 'Team A'] for kind in kinds}
    item = api.create(type_path, Name='Mover', **given)
    assert names(item, *kinds) == [name for _ in kinds]
    moved = api.update(item, Project=elsewhere['_ref'])
    expected = [name if name == 'both' else None for _ in kinds]
    assert names(moved, *kinds) == expected
    for kind in kinds:
        if moved[kind] is not None:
            assert moved[kind]['_ref'] == timeboxes[kind, name, 'Team B']


def test_a_timebox_that_the_body_names_stands(api, elsewhere, timeboxes):
    item = api.create('defect', Name='Mover', Iteration=timeboxes['Iteration', 'here', 'Team A'])
    there = timeboxes['Iteration', 'both', 'Team B']
    assert (
        api.update(item, Project=elsewhere['_ref'], Iteration=there)['Iteration']['_ref'] == there
    )
    back = api.update(item, Project=api.project['_ref'], Iteration=None)
    assert back['Iteration'] is None


def test_sums_of_both_timeboxes_follow_the_move(api, elsewhere, timeboxes):
    near, far = (timeboxes['Iteration', 'both', team] for team in ('Team A', 'Team B'))
    item = api.create('defect', Name='Mover', PlanEstimate=5, Iteration=near)
    estimates = [
        api.get('/iteration/' + one.rpartition('/')[2])['PlanEstimate'] for one in (near, far)
    ]
    assert estimates == [5.0, 0.0]
    api.update(item, Project=elsewhere['_ref'])
    estimates = [
        api.get('/iteration/' + one.rpartition('/')[2])['PlanEstimate'] for one in (near, far)
    ]
    assert estimates == [0.0, 5.0]


def part(api, type_path, owner):
    """Create a part of an object."""
    values = {
        'task': {'Name': 'Part', 'WorkProduct': owner['_ref']},
        'testcase': {'Name': 'Part', 'WorkProduct': owner['_ref']},
        'testcaseresult': {
            'TestCase': owner['_ref'],
            'Build': '1',
            'Date': '2026-03-01T08:00:00Z',
            'Verdict': 'Pass',
        },
        'hierarchicalrequirement': {'Name': 'Part', 'Parent': owner['_ref']},
        'defect': {'Name': 'Part', 'Requirement': owner['_ref']},
    }
    return api.create(type_path, **values[type_path])


#: Owner, part, and whether the part moves to another project with its owner.
PARTS = [
    ('hierarchicalrequirement', 'task', True),
    ('hierarchicalrequirement', 'testcase', True),
    ('hierarchicalrequirement', 'hierarchicalrequirement', False),
    ('hierarchicalrequirement', 'defect', False),
    ('defect', 'task', True),
    ('defect', 'testcase', True),
    ('defectsuite', 'task', True),
    ('testset', 'task', True),
    ('testcase', 'testcaseresult', True),
]


@pytest.mark.parametrize(('owner', 'type_path', 'moves'), PARTS)
def test_parts_follow_their_owner_to_another_project(api, elsewhere, owner, type_path, moves):
    item = api.create(owner, Name='Mover')
    one = part(api, type_path, item)
    api.update(item, Project=elsewhere['_ref'])
    assert names(api.read(one), 'Project') == ['Team B' if moves else 'Team A']


def test_parts_of_parts_follow_and_tasks_take_the_timeboxes(api, elsewhere, timeboxes):
    both = {kind: timeboxes[kind, 'both', 'Team A'] for kind in ('Iteration', 'Release')}
    story = api.create('hierarchicalrequirement', Name='Mover', **both)
    task, case = part(api, 'task', story), part(api, 'testcase', story)
    result = part(api, 'testcaseresult', case)
    api.update(story, Project=elsewhere['_ref'])
    assert names(api.read(result), 'Project') == ['Team B']
    moved = api.read(task)
    for kind in ('Iteration', 'Release'):
        assert moved[kind]['_ref'] == timeboxes[kind, 'both', 'Team B']
    assert api.rows('/testcase', '(Project.Name = "Team B")', fetch='Name')[-1]['Name'] == 'Part'


@pytest.fixture
def features(api):
    return [api.create('portfolioitem/feature', Name=name) for name in ('First', 'Second')]


@pytest.mark.parametrize('first', ['Parent', 'PortfolioItem'])
def test_a_parent_and_a_portfolio_item_exclude_each_other(api, features, first):
    above = {
        'Parent': api.create('hierarchicalrequirement', Name='Above')['_ref'],
        'PortfolioItem': features[0]['_ref'],
    }
    (second,) = set(above) - {first}
    story = api.create('hierarchicalrequirement', Name='Below', **{first: above[first]})
    changed = api.update(story, **{second: above[second]})
    assert (changed[first], changed[second]['_ref']) == (None, above[second])
    again = api.update(changed, **{first: above[first]})
    assert (again[first]['_ref'], again[second]) == (above[first], None)
    assert again['HasParent'] is True
    assert api.read(features[0])['DirectChildrenCount'] == (1 if first == 'PortfolioItem' else 0)


def test_of_two_parents_in_one_body_the_story_counts(api, features):
    above = api.create('hierarchicalrequirement', Name='Above')['_ref']
    both = {'Parent': above, 'PortfolioItem': features[0]['_ref']}
    story = api.create('hierarchicalrequirement', Name='Below', **both)
    assert (story['Parent']['_ref'], story['PortfolioItem']) == (above, None)
    free = api.create('hierarchicalrequirement', Name='Free')
    changed = api.update(free, **both)
    assert (changed['Parent']['_ref'], changed['PortfolioItem']) == (above, None)
    # What is sent back unchanged beside the other does not count.
    sent = api.update(changed, **both)
    assert (sent['Parent'], sent['PortfolioItem']['_ref']) == (None, features[0]['_ref'])


def test_collections_move_a_story_like_its_own_references(api, features):
    parent = api.create('hierarchicalrequirement', Name='Above')
    story = api.create('hierarchicalrequirement', Name='Below', PortfolioItem=features[0]['_ref'])
    assert api.add(parent, 'Children', {'_ref': story['_ref']})['Errors'] == []
    assert names(api.read(story), 'Parent', 'PortfolioItem') == ['Above', None]
    assert api.add(features[1], 'UserStories', {'_ref': story['_ref']})['Errors'] == []
    assert names(api.read(story), 'Parent', 'PortfolioItem') == [None, 'Second']
    assert api.read(parent)['DirectChildrenCount'] == 0


@pytest.mark.fact('8.9')
def test_a_leaf_of_any_depth_shows_the_feature_of_its_nearest_ancestor(api, features):
    top = api.create('hierarchicalrequirement', Name='top', PortfolioItem=features[0]['_ref'])
    middle = api.create('hierarchicalrequirement', Name='middle', Parent=top['_ref'])
    leaf = api.create('hierarchicalrequirement', Name='leaf', Parent=middle['_ref'])

    def shown():
        assert api.read(leaf)['PortfolioItem'] is None
        found = api.rows('/hierarchicalrequirement', '(Feature != null)', fetch='Name,Feature')
        return {one['Name']: names(one, 'Feature')[0] for one in found if one['Name'] in family}

    family = ('top', 'middle', 'leaf')
    assert shown() == dict.fromkeys(family, 'First')
    api.update(top, PortfolioItem=features[1]['_ref'])
    assert shown() == dict.fromkeys(family, 'Second')
    api.update(middle, PortfolioItem=features[0]['_ref'])
    assert shown() == {'top': 'Second', 'middle': 'First', 'leaf': 'First'}
    api.update(middle, Parent=top['_ref'])
    assert shown() == dict.fromkeys(family, 'Second')
    api.update(top, PortfolioItem=None)
    assert shown() == {}
    query = '((Feature.Name = "Second") AND (Name = "leaf"))'
    api.update(top, PortfolioItem=features[1]['_ref'])
    assert api.one('/hierarchicalrequirement', query)['Feature']['_refObjectName'] == 'Second'


#: How a story gets a child.
ADOPTIONS = {
    'create': lambda api, above: api.create(
        'hierarchicalrequirement', Name='Child', Parent=above['_ref']
    ),
    'update': lambda api, above: api.update(
        api.create('hierarchicalrequirement', Name='Child'), Parent=above['_ref']
    ),
    'list': lambda api, above: api.update(
        above, Children=[{'_ref': api.create('hierarchicalrequirement', Name='Child')['_ref']}]
    ),
    'add': lambda api, above: api.add(
        above,
        'Children',
        {'_ref': api.create('hierarchicalrequirement', Name='Child')['_ref']},
    ),
    'inline': lambda api, above: api.add(above, 'Children', {'Name': 'Child'}),
}


@pytest.mark.parametrize('adopt', ADOPTIONS.values(), ids=ADOPTIONS)
def test_a_story_that_gets_children_loses_its_timeboxes(api, timeboxes, adopt):
    held = {kind: timeboxes[kind, 'both', 'Team A'] for kind in ('Iteration', 'Release')}
    above = api.create('hierarchicalrequirement', Name='Above', PlanEstimate=3, **held)
    task = part(api, 'task', above)
    adopt(api, above)
    found = api.read(above)
    assert found['DirectChildrenCount'] == 1
    assert (found['Iteration'], found['Release']) == (None, None)
    assert (api.read(task)['Iteration'], api.read(task)['Release']) == (None, None)
    assert api.get('/iteration/' + held['Iteration'].rpartition('/')[2])['PlanEstimate'] == 0.0
    assert any('ITERATION removed' in text for text in api.revisions(above))


@pytest.mark.fact('16')
@pytest.mark.parametrize('kind', ['Iteration', 'Release'])
def test_a_story_with_children_takes_no_timebox(api, timeboxes, kind):
    above = api.create('hierarchicalrequirement', Name='Above')
    child = part(api, 'hierarchicalrequirement', above)
    value = {kind: timeboxes[kind, 'here', 'Team A']}
    refusal = 'Validation error: HierarchicalRequirement.{} should be null: it has children'
    assert api.try_update(above, value)['Errors'] == [refusal.format(kind)]
    assert api.try_update(above, {kind: None})['Errors'] == []
    free = api.create('hierarchicalrequirement', Name='Free')
    both = {**value, 'Children': [{'_ref': child['_ref']}]}
    assert api.try_update(free, both)['Errors'] == [refusal.format(kind)]
    assert api.delete(child)['Errors'] == []
    assert names(api.update(above, **value), kind) == ['here']
