# coding: utf-8
"""The current scope, the scope of one call, and what looking places up costs."""
from __future__ import absolute_import, division, print_function

import copy
import pickle
import threading

import pytest

from pyral._compat import ensure_text
from pyral.context.helper import NOT_GIVEN, Place, RallyContext, RallyContextHelper
from pyral.context.scope import Location
from pyral.errors import NotFoundError, RallyResponseError, RallyRESTAPIError, TransportError
from pyral.http.transport import Credentials, Transport
from tests.fake_http import FakeRally, Reply, result
from tests.threads import GUARD_S

TREE = ((1, 'Jenkins', None, 101), (2, 'Corral', 1, 101), (3, 'Salamandra', 2, 101),
        (4, 'Corral', None, 101), (5, 'P1', None, 101), (21, 'P1', None, 102),
        (22, 'Alone', None, 102), (31, u'Caf\xe9', None, 103))
WORKSPACES = ((101, 'Alpha', 'Open'), (102, 'Beta', 'Open'), (103, 'Gamma', 'Open'),
              (104, 'Old', 'Closed'))


class Shell(object):
    """Stands for an entity: a `_ref` and a `Name`."""

    def __init__(self, ref, name):
        self._ref, self.Name = ref, name


def helper_on(service=None, connect=True, **options):
    """Return a connected helper and its fake service."""
    service = service or FakeRally(workspaces=WORKSPACES, projects=TREE, defaults=(101, 5))
    helper = RallyContextHelper(Transport('rally.test', Credentials('u@test', 'pass-word'),
                                          adapter=service.http), 'u@test', **options)
    if connect:
        helper.connect()
    return helper, service


# The scope of one call

def augments(helper, **scope):
    """Return the URL parameters of a call."""
    return helper.identifyContext(**scope)[1]


NO_SCOPING = ['projectScopeUp=false', 'projectScopeDown=false']
CURRENT = ['workspace=workspace/101', 'project=project/5'] + NO_SCOPING


@pytest.mark.parametrize('scope,expected', [
    ({}, CURRENT),
    ({'workspace': 'current', 'project': 'current'}, CURRENT),
    ({'workspace': 'default', 'project': 'default'}, CURRENT),
    ({'project': None}, ['workspace=workspace/101']),
    ({'workspace': None}, []),
    ({'workspace': None, 'project': 'P1'}, []),
    ({'workspace': 'Alpha'}, CURRENT),
    ({'project': 'Jenkins'}, ['workspace=workspace/101', 'project=project/1'] + NO_SCOPING),
    ({'project': 'Jenkins // Corral'},
     ['workspace=workspace/101', 'project=project/2'] + NO_SCOPING),
    ({'project': 'project/77'}, ['workspace=workspace/101', 'project=project/77'] + NO_SCOPING),
    ({'project': 77}, ['workspace=workspace/101', 'project=project/77'] + NO_SCOPING),
    ({'project': Shell('https://rally.test/slm/webservice/v2.0/project/77', 'X')},
     ['workspace=workspace/101', 'project=project/77'] + NO_SCOPING),
    ({'workspace': 'Beta', 'project': 'Alone'},
     ['workspace=workspace/102', 'project=project/22'] + NO_SCOPING),
    ({'workspace': 'Beta', 'project': None}, ['workspace=workspace/102']),
    ({'workspace': 'Beta'}, ['workspace=workspace/102', 'project=project/21'] + NO_SCOPING),
    ({'workspace': {'_ref': '/workspace/102'}, 'project': None}, ['workspace=workspace/102']),
    ({'workspace': Place('workspace', 102, 'Beta', 'Open', None, None), 'project': None},
     ['workspace=workspace/102']),
    ({'fetch': True, 'limit': 3}, CURRENT),
])
def test_the_scope_of_a_call_is_named_in_many_ways(scope, expected):
    helper, _ = helper_on()
    assert augments(helper, **scope) == expected


@pytest.mark.parametrize('value,sent', [
    (1, 'true'), (True, 'true'), ('true', 'true'), ('True', 'true'), (0, 'false'),
    (False, 'false'), ('yes', 'false'), (None, 'false'), ([], 'false'), (2, 'false'),
])
def test_scope_flags_are_what_the_contract_takes_for_true(value, sent):
    helper, _ = helper_on()
    assert augments(helper, projectScopeUp=value)[2] == 'projectScopeUp=' + sent
    assert augments(helper, projectScopeDown=value)[3] == 'projectScopeDown=' + sent


def test_the_current_scope_costs_no_request():
    helper, service = helper_on()
    augments(helper)
    augments(helper, project=None)
    augments(helper, project='P1', workspace='Alpha')
    assert len(service.seen) == 1


@pytest.mark.parametrize('scope,message', [
    ({'project': 'Nope'},
     'Project specified: "Nope" (in workspace: "None") not accessible with current credentials'),
    ({'workspace': 'Beta', 'project': 'Nope'},
     'Project specified: "Nope" (in workspace: "Beta") not accessible with current credentials'),
    ({'workspace': 'Nope'},
     'Workspace specified: "Nope" not accessible with current credentials'),
    ({'workspace': 'Old'}, 'Workspace specified: "Old" not accessible with current credentials'),
    ({'workspace': 'Gamma'},
     'the current Workspace |Gamma| does not contain a Project that matches the current setting '
     'of the Project: P1'),
])
def test_a_scope_that_is_not_there_has_the_stated_message(scope, message):
    helper, _ = helper_on()
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.identifyContext(**scope)
    assert caught.value.args == (message,)


@pytest.mark.parametrize('value', [
    ['P1'], 5.5, Shell('https://rally.test/slm/webservice/v2.0/defect/77', 'X'),
    {'_ref': '/workspace/101'},
])
def test_a_value_of_another_kind_is_a_type_error(value):
    helper, _ = helper_on()
    with pytest.raises(TypeError) as caught:
        helper.identifyContext(project=value)
    assert str(caught.value).startswith('a project is named by text, ObjectID, ref or entity')


@pytest.mark.parametrize('value', [
    'https://other.test/slm/webservice/v2.0/project/77',
    {'_ref': 'https://other.test/slm/webservice/v2.0/project/77'},
    Shell('https://other.test/slm/webservice/v2.0/project/77', 'X'),
])
def test_a_project_of_another_server_is_refused(value):
    helper, service = helper_on()
    asked = len(service.seen)
    for call in (lambda: helper.identifyContext(project=value), lambda: helper.setProject(value)):
        with pytest.raises(TransportError) as caught:
            call()
        assert 'https://other.test' in str(caught.value)
    assert len(service.seen) == asked


def test_a_near_miss_among_names_is_suggested():
    helper, _ = helper_on()
    for call in (lambda: helper.identifyContext(project='Jenkin'),
                 lambda: helper.setProject('jenkins')):
        with pytest.raises(RallyRESTAPIError) as caught:
            call()
        assert 'Jenkins' in caught.value.suggestions
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.setWorkspace('Beto')
    assert caught.value.suggestions == ('Beta',)


def test_the_scope_of_a_call_does_not_move_the_current_one():
    helper, _ = helper_on()
    before = helper.currentContext()
    context, _ = helper.identifyContext(workspace='Beta', project='Alone')
    assert (context.workspace, context.project) == ('Beta', 'Alone')
    assert helper.currentContext() is before and before.workspace == 'Alpha'


def test_a_path_that_is_current_is_not_resolved_again():
    helper, service = helper_on()
    helper.setProject('Jenkins // Corral // Salamandra')
    before = len(service.seen)
    assert augments(helper, project='Jenkins // Corral // Salamandra')[1] == 'project=project/3'
    assert len(service.seen) == before


# Changing the current scope

def test_set_workspace_takes_the_default_project_or_else_the_first():
    helper, _ = helper_on()
    helper.setWorkspace('Beta')
    assert (helper.currentWorkspaceRef(), helper.currentProjectRef()) == (
        'workspace/102', 'project/21')
    helper.setWorkspace('Gamma')
    assert helper.currentProjectRef() == 'project/31'
    helper.setWorkspace('workspace/101')
    assert helper.currentProjectRef() == 'project/5'


@pytest.mark.parametrize('name', ['Nope', 'Old', None, 'workspace/999'])
def test_an_unknown_or_closed_workspace_changes_nothing(name):
    helper, _ = helper_on()
    before = helper.currentContext()
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.setWorkspace(name)
    assert caught.value.args == (
        'Specified workspace not valid for your credentials or is in a Closed state',)
    assert helper.currentContext() is before


def test_isolated_means_one_workspace():
    helper, service = helper_on(isolated_workspace=True)
    helper.setWorkspace('Alpha')
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.setWorkspace('Beta')
    assert caught.value.args == ('No reset of of the Workspace is permitted when the '
                                 'isolated_workspace option is specified',)
    for workspace in ('Beta', 'workspace/102'):
        with pytest.raises(NotFoundError):
            helper.identifyContext(workspace=workspace, project=None)
    assert [each.name for each in helper.getWorkspaces()] == ['Alpha']
    assert len(service.seen) == 1


@pytest.mark.parametrize('name,ref', [
    ('Jenkins', 'project/1'), ('Jenkins // Corral', 'project/2'), ('project/3', 'project/3')])
def test_set_project_takes_names_paths_and_references(name, ref):
    helper, _ = helper_on()
    helper.setProject(name)
    assert helper.currentProjectRef() == ref and helper.currentContext().project_ref == ref


@pytest.mark.parametrize('name', ['Nope', None, 'project/999'])
def test_an_unknown_project_changes_nothing(name):
    helper, _ = helper_on()
    before = helper.currentContext()
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.setProject(name)
    assert caught.value.args == (
        'Specified project not valid for your current workspace or credentials',)
    assert helper.currentContext() is before


def test_switching_in_many_threads_never_mixes_workspace_and_project():
    helper, _ = helper_on()
    project_of = {'workspace/101': 'project/5', 'workspace/102': 'project/21'}
    mixed, stop = [], threading.Event()

    def switch(names):
        for _ in range(50):
            for name in names:
                helper.setWorkspace(name)

    def watch():
        while not stop.is_set():
            context = helper.currentContext()
            pair = augments(helper)[:2]
            for workspace, project in ((context.workspace_ref, context.project_ref),
                                       [each.split('=')[1] for each in pair]):
                if project_of[workspace] != project:
                    mixed.append((workspace, project))

    watchers = [threading.Thread(target=watch) for _ in range(2)]
    switchers = [threading.Thread(target=switch, args=(['Alpha', 'Beta'],)) for _ in range(4)]
    for thread in watchers + switchers:
        thread.start()
    for thread in switchers:
        thread.join(GUARD_S)
    stop.set()
    for thread in watchers:
        thread.join(GUARD_S)
    assert mixed == []


# Lists

def test_workspaces_are_open_sorted_and_asked_for_once():
    helper, service = helper_on()
    assert [each.name for each in helper.getWorkspaces()] == ['Alpha', 'Beta', 'Gamma']
    helper.getWorkspaces()
    assert len(service.seen) == 2


def test_projects_are_sorted_by_name_and_ref_and_duplicates_all_there():
    helper, service = helper_on()
    assert [each.ref for each in helper.getProjects()] == [
        'project/2', 'project/4', 'project/1', 'project/5', 'project/3']
    helper.getProjects()
    assert len(service.seen) == 2
    assert [each.name for each in helper.getProjects('Beta')] == ['Alone', 'P1']
    assert helper.getProjects('Nope') == []


def test_a_loaded_list_answers_names_without_requests():
    helper, service = helper_on()
    helper.getWorkspaces()
    helper.getProjects()
    before = len(service.seen)
    helper.identifyContext(workspace='Alpha', project='Jenkins')
    assert helper.getProject('Salamandra').oid == 3 and helper.getProject('Nope') is None
    assert len(service.seen) == before


def test_get_project_knows_the_current_one_names_paths_and_nothing():
    helper, _ = helper_on()
    assert helper.getProject().name == 'P1'
    assert helper.getProject('Nope') is None
    assert helper.getProject('Jenkins // Corral').ref == 'project/2'
    assert helper.getProject('Jenkins // Corral').name == 'Jenkins // Corral'
    with pytest.raises(NotFoundError):
        helper.getProject('Jenkins // Nope')


def test_a_path_costs_one_request_where_the_service_follows_parents():
    helper, service = helper_on()
    helper.getProject('Jenkins // Corral // Salamandra')
    assert len(service.seen) == 2


def test_a_path_is_followed_step_by_step_where_the_service_does_not_follow_parents():
    rally = FakeRally(workspaces=WORKSPACES, projects=TREE, defaults=(101, 5))

    def handler(seen):
        if 'Parent.Parent' in seen.params.get('query', ''):
            return result([], Errors=['Could not parse: no'])
        return rally(seen)

    rally.http.handler = handler
    helper, _ = helper_on(rally)
    assert helper.getProject('Jenkins // Corral // Salamandra').ref == 'project/3'


def test_long_lists_are_read_page_by_page_though_totals_lie():
    rows = [{'_ref': '/project/{0}'.format(number), 'Name': 'P{0:03}'.format(number),
             'State': 'Open'} for number in range(1, 8)]
    rally = FakeRally()

    def handler(seen):
        if not seen.path.endswith('/project'):
            return rally(seen)
        start = int(seen.params['start'])
        return result(rows[start - 1:start + 2], TotalResultCount=11, PageSize=3)

    rally.http.handler = handler
    helper, service = helper_on(rally)
    assert [each.oid for each in helper.getProjects()] == list(range(1, 8))
    assert [seen.params.get('start') for seen in service.seen[1:]] == ['1', '4', '7', '8']


def test_a_list_that_is_no_list_is_an_error():
    rally = FakeRally()
    handler = rally.http.handler
    rally.http.handler = lambda seen: (
        {'OperationResult': {'Errors': [], 'Warnings': []}} if seen.path.endswith('/project')
        else handler(seen))
    helper, _ = helper_on(rally)
    with pytest.raises(RallyResponseError):
        helper.getProjects()


def test_the_cache_status_tells_how_much_is_known():
    helper, _ = helper_on(connect=False)
    assert helper.wpCacheStatus() is False
    helper.connect()
    assert helper.wpCacheStatus() == 'minimal'
    helper.getProjects('Beta')
    assert helper.wpCacheStatus() == 'narrow'
    helper.getWorkspaces()
    assert helper.wpCacheStatus() == 'wide'


def test_the_subscription_is_named_without_a_request():
    helper, service = helper_on()
    assert helper.subscriptionName() == 'Sub' and len(service.seen) == 1


# The schema

def test_the_schema_is_read_once_per_workspace_on_first_need():
    types = [{'ElementName': 'Defect', 'TypePath': 'Defect', 'Name': 'Defect', 'Attributes': []}]
    rally = FakeRally(workspaces=WORKSPACES, projects=TREE, defaults=(101, 5))
    rally.http.handler = lambda seen: result(types) if 'schema' in seen.path else rally(seen)
    helper, service = helper_on(rally)
    context = helper.currentContext()
    assert helper.loadedCatalogue(context) is None
    assert helper.getSchemaItem('Defect').ElementName == 'Defect'
    assert helper.getSchemaItem('Nope') is None
    assert helper.loadedCatalogue(context) is helper.catalogue()
    helper.catalogue('workspace/102')
    helper.catalogue('workspace/102')
    asked = [seen.path for seen in service.seen if 'schema' in seen.path]
    assert asked == ['/slm/schema/v2.0/workspace/101', '/slm/schema/v2.0/workspace/102']


def test_a_schema_that_fails_is_an_error_of_ours():
    rally = FakeRally()
    rally.http.handler = lambda seen: Reply(b'no', 500) if 'schema' in seen.path else rally(seen)
    helper, _ = helper_on(rally)
    with pytest.raises(RallyRESTAPIError) as caught:
        helper.catalogue()
    assert caught.value.args == ('500 no',)


# The context itself

def test_a_context_is_immutable_and_holds_no_secret():
    context = RallyContext('srv', 'u', 'pass-word', 'https://srv/slm', 'Sub', u'Caf\xe9', 'P')
    for change in (lambda: setattr(context, 'workspace', 'x'), lambda: delattr(context, 'user')):
        with pytest.raises(AttributeError):
            change()
    assert ensure_text(repr(context)) == u'srv | u | Sub | Caf\xe9 | P'
    assert context.asDict() == {'server': 'srv', 'user': 'u', 'service_url': 'https://srv/slm',
                                'subscription': 'Sub', 'workspace': u'Caf\xe9', 'project': 'P'}
    assert (context.subscription(), context.serviceURL()) == ('Sub', 'https://srv/slm')
    assert b'pass-word' not in pickle.dumps(context, 2)


def test_a_pickled_context_is_equal_and_without_its_loader():
    context = RallyContext('srv', 'u', None, 'url', 'S', 'W', 'P', Location(
        'https://srv', 'workspace/1', 'project/2', loader=object()))
    twin = pickle.loads(pickle.dumps(context, 2))
    assert twin == context and hash(twin) == hash(context) and twin.loader is None
    assert copy.copy(context) is context and copy.deepcopy(context) is context
    assert context != RallyContext('srv', 'u', None, 'url', 'S', 'W', 'Q', Location(
        'https://srv', 'workspace/1', 'project/3'))
    assert context != 'text'


def test_not_given_shows_what_it_is_and_stays_one():
    assert repr(NOT_GIVEN) == '<not given>' and not NOT_GIVEN
    assert pickle.loads(pickle.dumps(NOT_GIVEN)) is NOT_GIVEN


def test_every_context_carries_the_loader():
    loader = object()
    helper, _ = helper_on(loader=loader)
    assert helper.currentContext().loader is loader
    assert helper.identifyContext(project=None)[0].loader is loader


def test_the_helper_shows_no_secret():
    helper, _ = helper_on()
    assert 'pass-word' not in repr(helper)
    assert 'pass-word' not in repr(vars(helper.directory))


