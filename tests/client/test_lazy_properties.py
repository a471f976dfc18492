"""Lazy loading in any world and any order: `batch` and `single` see the same, item for item."""
from __future__ import absolute_import, division, print_function

import json
import os
import sys

import pytest

from tests import emulated

pytest.importorskip('hypothesis')
if sys.version_info < (3, 9) or os.environ.get('PYRAL_TEST_SERVER'):
    pytest.skip("worlds of one's own need an emulator in this process", allow_module_level=True)

from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

PEOPLE, TAGS = ['ann', 'ed', 'vic'], ['red', 'green', 'blue']
PERSON = st.sampled_from(PEOPLE + [None])

task = st.tuples(PERSON)
defect = st.tuples(PERSON, st.lists(task, max_size=2))
story = st.tuples(PERSON, st.lists(task, max_size=3), st.sets(st.sampled_from(TAGS)),
                  st.lists(defect, max_size=2), st.booleans())
stories = st.lists(story, min_size=1, max_size=7)


def owned(kind, name, owner, **more):
    """Return an object of a world file."""
    found = dict(more, type=kind, Name=name, Project='@team')
    if owner is not None:
        found['Owner'] = '@' + owner
    return found


def tasks_of(found, prefix):
    """Return the tasks of an object of a world file."""
    named = [{'Name': '{0} task {1}'.format(prefix, place), 'Owner': '@' + owner} if owner else
             {'Name': '{0} task {1}'.format(prefix, place)}
             for place, (owner,) in enumerate(found)]
    return {'Tasks': named} if named else {}


def world(drawn):
    """Return the world file for drawn stories; some are children of the first."""
    objects = []
    for number, (owner, tasks, tags, defects, is_child) in enumerate(drawn):
        name = 'story {0}'.format(number)
        more = tasks_of(tasks, name)
        if tags:
            more['Tags'] = sorted(tags)
        if is_child and number:
            more['Parent'] = '@s0'
        objects.append(owned('HierarchicalRequirement', name, owner, id='s{0}'.format(number),
                             **more))
        for place, (person, parts) in enumerate(defects):
            called = '{0} defect {1}'.format(name, place)
            objects.append(owned('Defect', called, person, Requirement='@s{0}'.format(number),
                                 **tasks_of(parts, called)))
    users = [{'id': name, 'UserName': name + '@example.com'} for name in PEOPLE]
    users[0].update(password='ann-Secret1', apiKey='_annKey0001', SubscriptionAdmin=True,
                    profile={'DefaultWorkspace': '@main', 'DefaultProject': '@team'})
    for user in users[1:]:
        user['permissions'] = [{'on': '@main', 'role': 'User'}, {'on': '@team', 'role': 'Editor'}]
    return {'users': users, 'workspaces': [{
        'id': 'main', 'Name': 'Main', 'projects': [{'id': 'team', 'Name': 'Team'}],
        'objects': objects}]}


def owner_of(item):
    return item.Owner.EmailAddress if item.Owner else None


#: What a loop may read of a story, each a different mix of references and collections.
STEPS = {
    'owner': owner_of,
    'project': lambda each: each.Project.State,
    'tasks': lambda each: [(part.Name, owner_of(part), part.WorkProduct.Name)
                           for part in each.Tasks],
    'tags': lambda each: [tag.Name for tag in each.Tags],
    'defects': lambda each: [(found.Name, owner_of(found), [part.Name for part in found.Tasks])
                             for found in each.Defects],
    'children': lambda each: [(child.Name, [tag.Name for tag in child.Tags],
                               [part.Name for part in child.Tasks]) for child in each.Children],
    'parent': lambda each: each.Parent and (each.Parent.Name, owner_of(each.Parent)),
    'history': lambda each: [(revision.RevisionNumber, revision.User.UserName)
                             for revision in each.RevisionHistory.Revisions],
}


@pytest.fixture(scope='module')
def folder(tmpdir_factory):
    """Where the world files are."""
    return str(tmpdir_factory.mktemp('worlds'))


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(stories, st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4), st.booleans(),
       st.sampled_from([1, 2, 3, 200]), st.randoms(use_true_random=False))
def test_batch_and_single_see_the_same(folder, drawn, steps, is_held, pagesize, chance):
    path = os.path.join(folder, 'world.json')
    with open(path, 'w') as target:
        json.dump(world(drawn), target)
    found = emulated.start(path)
    try:
        order = list(range(len(drawn)))
        chance.shuffle(order)
        seen, costs = [], []
        for lazy in ('batch', 'single'):
            rally = found.connect(lazy=lazy)
            answer = rally.get('Story', fetch=True, order='ObjectID', pagesize=pagesize)
            if is_held:
                held = list(answer)
                by_place = dict((place, [STEPS[step](held[place]) for step in steps])
                              for place in order + order[:2])
                seen.append([by_place[place] for place in range(len(held))])
            else:
                seen.append([[STEPS[step](each) for step in steps] for each in answer])
            costs.append(rally.requests_made)
        assert seen[0] == seen[1] and len(seen[0]) == len(drawn)
        assert costs[0] <= costs[1] + 2 * len(steps)  # a try of a batch may be in vain, once
    finally:
        found.emulator.stop()
