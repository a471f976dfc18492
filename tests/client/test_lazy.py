"""Lazy loading of references and collections against the emulator: budgets, and equal answers."""
from __future__ import absolute_import, division, print_function

import itertools
import threading

import pytest

from pyral import LazyLoadError
from pyral.entity.classes import Defect, Task

STORIES = 12


@pytest.fixture
def planned(rally):
    """Stories with two tasks each (but every fourth has none), made in one batch."""
    stories = [{'Name': 'lazy {0:02}'.format(number)} for number in range(STORIES)]
    refs = [made['_ref'] for made in rally.createMultiple('Story', stories)]
    owner = rally.getUserInfo(username='ed@example.com').pop(0).ref
    rally.createMultiple('Task', [
        {'Name': 'task {0:02}.{1}'.format(number, place), 'WorkProduct': ref, 'Owner': owner}
        for number, ref in enumerate(refs) if number % 4 for place in (1, 2)])
    return rally


def read_all(connection, **keywords):
    """Return what a loop over stories, their owners, tasks and the tasks' owners sees."""
    keywords.setdefault('fetch', True)
    return [
        (story.Name, story.Project.Name, story.Project.State,
         [(task.Name, task.State, task.Owner.UserName, task.Owner.EmailAddress)
          for task in story.Tasks],
         [tag.Name for tag in story.Tags],
         story.FlowState.Name, story.RevisionHistory.Revisions[-1].RevisionNumber)
        for story in connection.get('Story', query='Name contains "lazy"', order='Name',
                                    **keywords)]


def test_a_loop_over_tasks_and_owners_costs_few_requests(planned, request_budget):
    with request_budget(planned, 6):
        seen = [(story.Name, [(task.Name, task.Owner.EmailAddress) for task in story.Tasks])
                for story in planned.get('Story', fetch=True, query='Name contains "lazy"',
                                         order='Name')]
    assert len(seen) == STORIES and sum(len(tasks) for _, tasks in seen) == 18
    assert seen[1] == ('lazy 01', [('task 01.1', 'ed@example.com'),
                                   ('task 01.2', 'ed@example.com')])


def test_every_policy_sees_the_same(planned, emu):
    batch, single = read_all(planned), read_all(emu.connect(lazy='single'))
    assert batch == single and len(batch) == STORIES
    assert read_all(planned, pagesize=3) == batch
    assert read_all(planned, fetch=False) == batch


def test_a_batch_costs_less_than_single_reads(planned, emu):
    single = emu.connect(lazy='single')
    before = single.requests_made
    read_all(single)
    singly = single.requests_made - before
    before = planned.requests_made
    read_all(planned)
    assert planned.requests_made - before < singly / 2


def test_shells_are_completed_by_the_page(planned, request_budget):
    with request_budget(planned, 3):
        names = [story.FormattedID for story in planned.get(
            'Story', fetch=False, query='Name contains "lazy"')]
    assert len(set(names)) == STORIES


def test_later_pages_batch_at_once(planned, request_budget):
    # Four pages; the first costs a single read and a batch, each further one a batch.
    with request_budget(planned, 4 + 5):
        names = [story.FormattedID for story in planned.get(
            'Story', fetch=False, query='Name contains "lazy"', pagesize=3)]
    assert len(set(names)) == STORIES


def test_a_held_list_can_be_read_twice(planned, request_budget):
    held = list(planned.get('Story', fetch=True, query='Name contains "lazy"', order='Name'))
    with request_budget(planned, 3):
        first = [[task.Name for task in story.Tasks] for story in held]
    with request_budget(planned, 0):
        assert [[task.Name for task in story.Tasks] for story in held] == first


def test_what_was_fetched_inline_costs_nothing(rally, request_budget):
    found = list(rally.get('Defect', fetch='Name,Owner,UserName'))
    with request_budget(rally, 0):
        assert 'ed@example.com' in [each.Owner.UserName for each in found if each.Owner]


def test_never_finds_the_loop(emu):
    connection = emu.connect(lazy='never')
    found = connection.get('Story', fetch=True, query='FormattedID = US101', instance=True)
    assert found.Owner.Name and found.Tags[0].Name
    for read in (lambda: found.Owner.UserName, lambda: found.Tasks,
                 lambda: found.Tags[0].CreationDate,
                 lambda: found.RevisionHistory):
        before = connection.requests_made
        with pytest.raises(LazyLoadError):
            read()
        assert connection.requests_made == before


def test_references_lead_back_to_their_owner(rally):
    story = rally.get('Story', fetch=True, query='FormattedID = US101', instance=True)
    task = story.Tasks[0]
    assert type(task) is Task and task.WorkProduct == story
    assert task.WorkProduct.Name == story.Name


def test_abstract_references_have_their_own_classes(rally):
    case = rally.get('TestCase', fetch=True, instance=True)
    assert type(case.WorkProduct).__name__ == 'HierarchicalRequirement'
    assert [step.Input for step in case.Steps] == ['Open the page', 'Send name and password']
    assert sorted(result.Verdict for result in case.Results) == ['Fail', 'Pass']
    assert type(next(rally.get('Artifact', fetch='Name', query='FormattedID = DE7'))) is Defect


def test_deep_chains_load_step_by_step(rally):
    story = next(rally.get('Story', fetch=False, query='FormattedID = US101'))
    assert story.PortfolioItem.Parent.Parent.Name == 'Growth'
    assert story.Project.Owner.UserProfile.DefaultWorkspace.Name == 'Main'


def test_a_deleted_target_does_not_stop_the_loop(planned):
    doomed = planned.create('Tag', {'Name': 'soon gone'})
    shell = next(planned.get('Tag', fetch=False, query='Name = "soon gone"'))
    planned.delete('Tag', doomed.oid)
    assert getattr(shell, 'CreationDate', 'gone') == 'gone'
    assert shell.Name == 'soon gone'


def test_threads_share_entities_and_load_once(planned):
    held = list(planned.get('Story', fetch=True, query='Name contains "lazy"', order='Name'))
    before, seen = planned.requests_made, []

    def read():
        seen.append([[task.Name for task in story.Tasks] for story in held])
    threads = [threading.Thread(target=read) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(seen) == 4 and all(each == seen[0] for each in seen)
    assert planned.requests_made - before <= 3


def test_streams_of_many_small_pages_keep_the_order(planned):
    whole = [story.oid for story in planned.get('Story', order='ObjectID')]
    for pagesize, threads in itertools.product((1, 3, 7), (1, 4)):
        found = planned.get('Story', order='ObjectID', pagesize=pagesize, threads=threads)
        assert [story.oid for story in found] == whole
        assert found.complete
