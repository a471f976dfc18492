"""What attribute access costs in requests, and that every policy gives the same answers."""
from __future__ import absolute_import, division, print_function

import gc
import threading

import pytest

from pyral.context.scope import Location, RallyContext
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import (
    AuthenticationError,
    ConfigError,
    LazyLoadError,
    RallyResponseError,
    UnreferenceableOIDError,
)
from pyral.lazy.loader import Loader
from pyral.schema.definitions import Catalogue
from tests.threads import GUARD_S
from tests.unit.fakes import KnownSchema, World, answer, defects_and_users, page, reference, row


def context_of(world, policy='batch', catalogue=None):
    """Return a context whose loader asks the fake world."""
    return RallyContext('rally.test', 'u', None, 'https://rally.test/slm/webservice/v2.0',
                        location=Location(
                            'https://rally.test', 'workspace/101', 'project/1001',
                            Loader(world.transport, policy, KnownSchema(catalogue), lambda: None)))


def hydrated(world, rows, policy='batch', hydration='full', pages=1):
    """Return the entities of `rows`, split into so many pages of one answer."""
    hydrator = EntityHydrator(context_of(world, policy), hydration)
    size = -(-len(rows) // pages)
    return [entity for first in range(0, len(rows), size)
            for entity in hydrator.page(rows[first:first + size])]


def test_a_missing_attribute_of_a_shell_is_one_request_for_the_item():
    world, rows = defects_and_users(3, 1)
    shells = hydrated(world, [reference(item) for item in rows], hydration='shell')
    assert shells[0]._hydrated is False
    assert shells[0].FormattedID == 'DE1'
    assert shells[0]._hydrated is True
    assert world.requests == [('defect/1', {'workspace': 'workspace/101'})]


def test_an_unfetched_attribute_of_a_complete_item_costs_no_request():
    world, rows = defects_and_users(1, 1)
    defect, = hydrated(world, rows)
    with pytest.raises(AttributeError) as caught:
        defect.Severity
    assert caught.value.args[0] == "Defect instance has no attribute: 'Severity'"
    assert world.requests == []


def test_names_with_a_leading_underscore_never_load():
    world, rows = defects_and_users(1, 1)
    shell, = hydrated(world, [reference(rows[0])], hydration='shell')
    with pytest.raises(AttributeError):
        shell._CreatedAt
    assert world.requests == []


def test_one_touch_is_chance_and_two_are_a_loop():
    world, rows = defects_and_users(40, 40)
    defects = hydrated(world, rows)
    defects[0].Owner.EmailAddress
    assert [path for path, _ in world.requests] == ['user/1001']
    defects[1].Owner.EmailAddress
    assert len(world.requests) == 2
    path, params = world.requests[1]
    assert path == 'User' and params['query'].startswith('((ObjectID in "')
    assert params['workspace'] == 'workspace/101' and 'project' not in params
    assert [each.Owner.EmailAddress for each in defects] == [
        'u%d@x.test' % (number % 40) for number in range(1, 41)]
    assert len(world.requests) == 2


def test_later_pages_of_the_same_answer_batch_at_once():
    world, rows = defects_and_users(2000, 2000)
    defects = hydrated(world, rows, pages=10)
    assert len(set(each.Owner.UserName for each in defects)) == 2000
    assert len(world.requests) == 11


def test_defects_of_one_owner_cost_one_request_under_every_policy():
    for policy in ('batch', 'single'):
        world, rows = defects_and_users(10, 1)
        assert len(set(each.Owner.UserName for each in hydrated(world, rows, policy))) == 1
        assert len(world.requests) == 1


def test_single_reads_one_request_for_each_target():
    world, rows = defects_and_users(20, 20)
    assert [each.Owner.UserName for each in hydrated(world, rows, 'single')]
    assert len(world.requests) == 20
    assert set(path.split('/')[0] for path, _ in world.requests) == set(['user'])


def test_never_refuses_and_asks_nothing():
    world, rows = defects_and_users(2, 2)
    defect = hydrated(world, rows, 'never')[0]
    assert defect.Owner.Name == 'user 1'
    with pytest.raises(LazyLoadError) as caught:
        defect.Owner.EmailAddress
    assert 'lazy' in caught.value.hint
    assert world.requests == []


def test_an_unknown_policy_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError) as caught:
        Loader(None, 'bach', KnownSchema(), lambda: None)
    assert caught.value.suggestions == ('batch',)


def test_what_was_fetched_inside_a_reference_costs_nothing():
    world, rows = defects_and_users(3, 3)
    for item in rows:
        item['Owner']['UserName'] = 'inline'
    assert [each.Owner.UserName for each in hydrated(world, rows)] == ['inline'] * 3
    assert world.requests == []


def test_an_id_missing_from_a_batch_is_read_alone_and_once():
    world, rows = defects_and_users(10, 10)
    hidden = world.objects.pop(('user', 1005))
    defects = hydrated(world, rows)
    lost = [each for each in defects if each.Owner.oid == 1005][0]
    for each in defects:
        if each is not lost:
            assert each.Owner.EmailAddress
    before = len(world.requests)
    for _ in range(3):
        with pytest.raises(UnreferenceableOIDError) as caught:
            lost.Owner.EmailAddress
        assert caught.value.args[0] == 'User OID 1005'
    assert len(world.requests) == before + 1
    assert not hasattr(lost.Owner, 'EmailAddress')
    assert lost.Owner.Name == hidden['_refObjectName']


def test_a_failed_batch_caches_nothing_single_reads_answer_and_the_log_says_why(caplog):
    world, rows = defects_and_users(6, 6)
    handler = world.transport._handler

    def refuse_queries(path, params):
        if 'query' in params:
            return page([], errors=['Could not parse: no in here'])
        return handler(path, params)
    world.transport._handler = refuse_queries
    with caplog.at_level('DEBUG', 'pyral'):
        assert [each.Owner.UserName for each in hydrated(world, rows)] == [
            'u%d' % (number % 6) for number in range(1, 7)]
    told = [record.getMessage() for record in caplog.records if 'read together' in record.msg]
    assert told and all('User' in text and 'no in here' in text for text in told)


def test_what_could_not_be_read_raises_an_error_of_its_own_each_time():
    world, rows = defects_and_users(2, 2)
    lost = hydrated(world, rows)[0].Owner
    del world.objects[('user', lost.oid)]
    depths, errors = [], []
    for _ in range(3):
        with pytest.raises(UnreferenceableOIDError) as caught:
            lost.EmailAddress
        errors.append(caught.value)
        depths.append(len(caught.traceback))
    assert len(set(id(error) for error in errors)) == 3
    assert depths[1] == depths[2] and [error.args for error in errors] == [errors[0].args] * 3


@pytest.mark.parametrize('fault, error', [
    (answer(b'<html>sign in</html>'), RallyResponseError),
    (answer(b'<html>no</html>', status=401), AuthenticationError),
    (answer({'OperationResult': {'Errors': ['no'], 'Warnings': []}}, status=500),
     UnreferenceableOIDError),
])
def test_what_comes_instead_of_an_item_is_named(fault, error):
    world, rows = defects_and_users(1, 1)
    world.transport._handler = lambda path, params: fault
    with pytest.raises(error):
        hydrated(world, rows)[0].Owner.UserName


def test_a_custom_field_is_found_after_loading_too():
    world, rows = defects_and_users(1, 1)
    world.objects[('user', 1000)]['c_ShoeSize'] = 44
    defect, = hydrated(world, rows)
    assert getattr(defect.Owner, 'Shoe Size') == 44
    assert defect.Owner.ShoeSize == defect.Owner.c_ShoeSize == 44


def test_loading_keeps_what_was_built_and_what_was_set():
    world, rows = defects_and_users(1, 1)
    shell, = hydrated(world, [dict(reference(rows[0]), Owner=rows[0]['Owner'])], hydration='shell')
    owner = shell.Owner
    shell.FormattedID = 'mine'
    assert shell.Name == 'defect 1'
    with pytest.raises(AttributeError):
        shell.NotThere
    assert shell.Name == 'd1'
    assert shell.Owner is owner and shell.FormattedID == 'mine'


def stories(count, tasks):
    """Return a World of stories with tasks, and the stories' rows; story n has n % (tasks+1)."""
    objects, rows = {}, []
    task_number = 5000
    for number in range(1, count + 1):
        story = row(number, 'hierarchicalrequirement', Name='s%d' % number)
        story['_type'] = 'HierarchicalRequirement'
        size = number % (tasks + 1)
        story['Tasks'] = {'_ref': story['_ref'].replace('hierarchicalrequirement',
                                                        'HierarchicalRequirement') + '/Tasks',
                          '_type': 'Task', 'Count': size}
        for _ in range(size):
            task_number += 1
            owner = row(9000 + task_number % 7, 'user', UserName='u%d' % (task_number % 7))
            objects[('user', 9000 + task_number % 7)] = owner
            objects[('task', task_number)] = row(
                task_number, 'task', Name='t%d' % task_number, WorkProduct=reference(story),
                Owner=reference(owner))
        objects[('hierarchicalrequirement', number)] = story
        rows.append(story)
    return World(objects), rows


def shape(entities):
    """Return what a loop over tasks and owners sees."""
    return [(each.Name, [(task.Name, task.Owner.UserName) for task in each.Tasks])
            for each in entities]


def test_an_empty_collection_costs_nothing_and_a_full_one_is_read_once():
    world, rows = stories(3, 2)
    first, second, third = hydrated(world, rows)
    assert third.Tasks == [] and world.requests == []
    tasks = second.Tasks
    assert type(tasks) is list and [task.Name for task in tasks] == ['t5002', 't5003']
    assert second.Tasks is tasks
    assert len(world.requests) == 1
    assert world.requests[0][0] == 'HierarchicalRequirement/2/Tasks'


def test_collections_with_an_inverse_batch_on_the_second_touch():
    world, rows = stories(400, 3)
    entities = hydrated(world, rows)
    assert sum(len(each.Tasks) for each in entities) == 600
    assert len(world.requests) == 2
    assert world.requests[1][0] == 'Task'
    assert world.requests[1][1]['query'].startswith('(WorkProduct.ObjectID in "')


def test_batch_and_single_give_the_same():
    world, rows = stories(60, 4)
    batch, single = hydrated(world, rows, pages=3), hydrated(world, rows, 'single')
    assert shape(batch) == shape(single)
    assert [each.Tasks for each in batch] == [each.Tasks for each in single]


def test_a_nested_loop_batches_on_both_levels():
    world, rows = stories(200, 3)
    shape(hydrated(world, rows))
    assert len(world.requests) <= 6


def test_a_list_read_twice_asks_nothing_the_second_time():
    world, rows = stories(50, 3)
    entities = hydrated(world, rows)
    shape(entities)
    before = len(world.requests)
    shape(entities)
    assert len(world.requests) == before


def test_a_count_that_does_not_fit_is_read_alone():
    world, rows = stories(12, 3)
    rows[9]['Tasks']['Count'] = 99
    entities = hydrated(world, rows)
    seen = shape(entities)
    assert len(seen[9][1]) == 2
    assert ('HierarchicalRequirement/10/Tasks' in [path for path, _ in world.requests])


@pytest.mark.parametrize('wrong', [-1, 1])
def test_members_of_a_batch_are_believed_only_as_many_as_were_announced(wrong):
    world, rows = stories(12, 3)
    handler = world.transport._handler

    def changed_meanwhile(path, params):
        found = handler(path, params)
        if path == 'Task':
            members = found['QueryResult']['Results']
            mine = [each for each in members if each['WorkProduct']['_ref'].endswith('/10')]
            if mine and wrong > 0:
                members.append(dict(mine[0], _ref=mine[0]['_ref'] + '0', Name='not announced'))
            elif mine:
                members.remove(mine[0])
        return found
    world.transport._handler = changed_meanwhile
    seen = shape(hydrated(world, rows))
    assert [name for name, _ in seen[9][1]] == ['t5014', 't5015']
    assert [path for path, _ in world.requests if path.endswith('/Tasks')] == [
        'HierarchicalRequirement/1/Tasks', 'HierarchicalRequirement/10/Tasks']


def test_a_batch_in_another_order_is_dropped_for_single_reads():
    world, rows = stories(20, 3)
    handler = world.transport._handler

    def reversed_queries(path, params):
        found = handler(path, params)
        if path == 'Task':
            found['QueryResult']['Results'].reverse()
        return found
    world.transport._handler = reversed_queries
    entities = hydrated(world, rows[1:])
    assert shape(entities) == shape(hydrated(stories(20, 3)[0], rows[1:], 'single'))


def tagged(count):
    """Return a World of defects with a tag each; Tags have no inverse to ask by."""
    objects, rows = {}, []
    for number in range(1, count + 1):
        item = row(number, 'defect', Name='d%d' % number)
        item['Tags'] = {'_ref': item['_ref'] + '/Tags', '_type': 'Tag', 'Count': 1}
        objects[('tag', number)] = row(number, 'tag', Name='tag%d' % number,
                                       Tagged=reference(item))
        objects[('defect', number)] = item
        rows.append(item)
    return World(objects), rows


def test_collections_without_an_inverse_are_read_several_at_a_time():
    world, rows = tagged(40)
    gate = threading.Event()
    handler = world.transport._handler

    def wait_for_company(path, params):
        if world.transport._running >= 4:
            gate.set()
        if len(world.requests) > 1:
            gate.wait(GUARD_S)
        return handler(path, params)
    world.transport._handler = wait_for_company
    assert [each.Tags[0].Name for each in hydrated(world, rows)] == [
        'tag%d' % number for number in range(1, 41)]
    assert len(world.requests) == 40
    assert 4 <= world.transport.most_at_once <= 12


def with_history(count):
    """Return a World of defects with a revision history of two revisions each."""
    objects, rows = {}, []
    for number in range(1, count + 1):
        history = row(100 + number, 'revisionhistory')
        history['_type'] = 'RevisionHistory'
        history['Revisions'] = {'_ref': history['_ref'] + '/Revisions', 'Count': 2}
        del history['_refObjectName']
        objects[('revisionhistory', 100 + number)] = history
        for place in (1, 0):
            # The numbers fall so that the newest comes first when sorted by number.
            oid = 1000 + 2 * number - place
            item = row(oid, 'revision', RevisionNumber=place, CreationDate='2024-01-01',
                       Description='what', RevisionHistory=reference(history),
                       User=reference(row(1, 'user', 'Ann')))
            item['_type'] = 'Revision'
            objects[('revision', oid)] = item
        rows.append(row(number, 'defect', Name='d', RevisionHistory=reference(history)))
    return World(objects), rows


def test_a_revision_history_comes_complete_with_the_oldest_revision_last():
    world, rows = with_history(1)
    history = hydrated(world, rows)[0].RevisionHistory
    assert history._hydrated is True and history.Name == 'RevisionHistory'
    assert [each.RevisionNumber for each in history.Revisions] == [1, 0]
    assert history.Revisions[0].info() == (
        '     1 on 2024-01-01 by Ann\n             what')
    assert [path for path, _ in world.requests] == [
        'revisionhistory/101', 'revisionhistory/101/Revisions']


def test_histories_of_a_page_come_with_two_reads_and_a_query():
    world, rows = with_history(16)
    entities = hydrated(world, rows)
    assert [[revision.RevisionNumber for revision in each.RevisionHistory.Revisions]
            for each in entities] == [[1, 0]] * 16
    assert [path for path, _ in world.requests] == [
        'revisionhistory/101', 'revisionhistory/101/Revisions', 'Revision']
    world.objects[('revisionhistory', 105)]['Extra'] = 'read when asked for'
    assert entities[4].RevisionHistory.Extra == 'read when asked for'
    assert set(path.split('/')[0] for path, _ in world.requests[3:]) == set(['revisionhistory'])


def test_a_history_with_a_gap_is_read_alone():
    world, rows = with_history(6)
    del world.objects[('revision', 1008)]
    world.objects[('revisionhistory', 104)]['Revisions']['Count'] = 1
    entities = hydrated(world, rows)
    assert [len(each.RevisionHistory.Revisions) for each in entities] == [2, 2, 2, 1, 2, 2]
    assert 'revisionhistory/104' in [path for path, _ in world.requests]


def test_a_missing_attribute_says_whether_it_was_not_fetched_or_is_unknown():
    catalogue = Catalogue([{'ElementName': 'Defect', 'TypePath': 'Defect', 'Attributes': [
        {'ElementName': 'Severity', 'Name': 'Severity', 'AttributeType': 'RATING'}]}])
    world, rows = defects_and_users(1, 1)
    context = context_of(world, catalogue=catalogue)
    defect, = EntityHydrator(context).page(rows)
    with pytest.raises(AttributeError) as caught:
        defect.Severity
    assert 'not fetched' in caught.value.hint and 'Severity' in caught.value.hint
    with pytest.raises(AttributeError) as caught:
        defect.Severty
    assert 'no such attribute' in caught.value.hint
    assert caught.value.suggestions == ('Severity',)
    assert world.requests == []


def test_threads_that_share_entities_do_not_load_twice():
    world, rows = defects_and_users(60, 60)
    defects = hydrated(world, rows)
    seen = []

    def read():
        seen.append([each.Owner.UserName for each in defects])
    threads = [threading.Thread(target=read) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(seen) == 6 and len(set(map(tuple, seen))) == 1
    assert len(world.requests) == 2


def test_page_mates_keep_no_entity_alive():
    world, rows = defects_and_users(5, 5)
    defects = hydrated(world, rows)
    mates = defects[0]._page_mates
    assert len(set(each.Owner.UserName for each in defects)) == 5
    del defects
    gc.collect()
    assert mates.entities() == []
