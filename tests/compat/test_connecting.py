# coding: utf-8
"""Statements 25 to 52 of the contract: connecting, and what goes wrong with it.

Stated messages are compared with `args[0]`, to the letter. The service is a fake, because most of
these need answers that no healthy service gives; `tests/client/test_connect.py` connects for real.
"""
from __future__ import absolute_import, division, print_function

import os
import pickle
import socket

import pytest
import requests

import pyral
from pyral import Rally, RallyResponseError, RallyRESTAPIError, RetryPolicy
from pyral._compat import ensure_text
from tests.fake_http import FakeHTTP, FakeRally, Reply, result

SERVER = 'rally.test'
HTML_401 = Reply(u'<html>Error 401 The username or password you entered is incorrect.</html>', 401)
INTEGRATION = 'X-RallyIntegration'


pytestmark = pytest.mark.usefixtures('bare_environment')


def connect(service=None, user='u@test', password='pass-word', **options):
    """Return a `Rally` on a fake service."""
    service = FakeRally() if service is None else service
    http = service.http if isinstance(service, FakeRally) else service
    return Rally(SERVER, user, password, adapter=http, **options)


def connect_to(reply, **options):
    """Return the error of connecting to a service that gives one reply, and the service."""
    http = FakeHTTP(lambda seen: reply)
    with pytest.raises(pyral.PyralError) as caught:
        connect(http, **options)
    return caught.value, http


def failure(service, **options):
    """Return the error of connecting to a fake Rally."""
    with pytest.raises(RallyRESTAPIError) as caught:
        connect(service, **options)
    return caught.value


def test_025_connecting_with_defaults_takes_one_request():
    rally = connect()
    assert rally.requests_made == 1
    assert (rally.getWorkspace().Name, rally.getProject().Name) == ('Alpha WS', 'P1')
    named = connect(workspace='Alpha WS', project='P1')
    assert named.requests_made <= 3


def test_025_a_profile_that_is_not_inlined_costs_one_more():
    assert connect(FakeRally(nested=False)).requests_made == 2


def test_026_an_isolated_workspace_costs_no_more():
    rally = connect(isolated_workspace=True)
    assert rally.requests_made <= 8
    assert [each.Name for each in rally.getWorkspaces()] == ['Alpha WS']


def test_027_a_password_is_sent_with_every_request_and_no_key():
    service = FakeRally()
    rally = connect(service)
    rally.getProjects()
    assert len(service.seen) == 2
    for seen in service.seen:
        assert seen.headers['Authorization'].startswith('Basic ')
        assert 'ZSESSIONID' not in seen.headers


def test_028_an_api_key_is_sent_with_every_request_and_no_password():
    service = FakeRally()
    rally = connect(service, apikey='_key12345')
    rally.getProjects()
    for seen in service.seen:
        assert seen.headers['ZSESSIONID'] == '_key12345' and 'Authorization' not in seen.headers
    assert rally.user is None and rally.password is None


def test_029_the_key_of_one_instance_is_not_sent_by_another():
    connect(apikey='_key12345')
    service = FakeRally()
    connect(service)
    assert 'ZSESSIONID' not in service.seen[0].headers


def test_030_header_overrides_belong_to_one_instance():
    service, later = FakeRally(), FakeRally()
    connect(service, headers={'name': 'N', 'vendor': 'V', 'version': '1'})
    connect(later)
    names = [INTEGRATION + each for each in ('Name', 'Vendor', 'Version')]
    assert [service.seen[0].headers[name] for name in names] == ['N', 'V', '1']
    assert [later.seen[0].headers[name] for name in names] == [
        'Rally REST API toolkit for Python', 'CA Technologies',
        '.'.join(map(str, pyral.__version__))]


@pytest.mark.parametrize('user,password', [('u', 'wrong'), ('', 'p'), ('u', ''), (None, None)])
def test_031_refused_or_missing_credentials_fail_after_one_request(user, password):
    error, http = connect_to(HTML_401, user=user, password=password)
    assert isinstance(error, RallyRESTAPIError) and error.args == ('Invalid credentials',)
    assert len(http.seen) == 1


def test_031_the_text_counts_whatever_the_status():
    error, http = connect_to(
        Reply(u'x The username or password you entered is incorrect. x', 200))
    assert error.args == ('Invalid credentials',) and len(http.seen) == 1


def test_032_an_unreachable_host_is_named():
    error, http = connect_to(
        requests.ConnectionError("HTTPSConnectionPool(host='x'): Max retries exceeded with url"))
    assert error.args == ("Target Rally host: 'rally.test' non-existent or unreachable",)
    assert isinstance(error, RallyRESTAPIError) and len(http.seen) == 1


def test_032_the_host_is_the_news_even_without_credentials():
    error, _ = connect_to(requests.ConnectionError("Max retries exceeded with url"), user=None,
                          password=None)
    assert error.args == ("Target Rally host: 'rally.test' non-existent or unreachable",)


def test_033_a_certificate_failure_is_told():
    error, _ = connect_to(requests.exceptions.SSLError('certificate verify failed'))
    assert error.args == ('SSL certificate verification failed',)
    assert isinstance(error, RallyRESTAPIError) and 'verify_ssl_cert' in error.hint


def test_034_a_404_says_what_is_not_there_and_prints_nothing(capsys):
    error, _ = connect_to(Reply(b'<html>no</html>', 404))
    assert error.args == ("404 Target host: 'rally.test' is either not reachable or doesn't "
                          "support the Rally WSAPI",)
    assert isinstance(error, RallyRESTAPIError) and capsys.readouterr() == ('', '')


def test_035_another_status_shows_the_start_of_the_body_as_text():
    error, _ = connect_to(Reply(u'caf\xe9 ' + u'x' * 200, 500))
    assert error.args[0] == u'500 caf\xe9 ' + u'x' * 75
    assert isinstance(error, RallyRESTAPIError) and "b'" not in error.args[0]


def test_036_a_body_that_is_no_json_is_told_as_such():
    error, _ = connect_to(Reply(b'<html><title>Portal</title>'))
    assert isinstance(error, RallyResponseError)
    assert error.args[0].startswith('Response for request: ')
    assert error.args[0].endswith(' either was not JSON content or was an invalidly '
                                  'formed/incomplete JSON structure')
    assert 'Portal' in str(error)


def test_037_an_unknown_workspace_is_named():
    assert failure(FakeRally(), workspace='Nope').args == (
        "Specified workspace of 'Nope' either does not exist or the user does not have permission "
        "to access that workspace",)


def test_037_a_closed_workspace_is_as_unknown_as_a_missing_one():
    service = FakeRally(workspaces=((101, 'Alpha WS', 'Open'), (102, 'Old', 'Closed')))
    assert "Specified workspace of 'Old'" in failure(service, workspace='Old').args[0]


def test_038_two_workspaces_of_one_name_are_counted():
    service = FakeRally(workspaces=((101, 'Twin', 'Open'), (102, 'Twin', 'Open')))
    error = failure(service, workspace='Twin')
    assert error.args[0].startswith("Multiple workspaces (2) found with the same name of 'Twin'.")
    assert error.suggestions == ('workspace/101', 'workspace/102')
    assert connect(service, workspace='workspace/101').getWorkspace().oid == 101


def test_039_an_unknown_project_is_named():
    assert failure(FakeRally(), project='Nope').args == (
        "The current Workspace 'Alpha WS' does not contain an accessible Project with the name of "
        "'Nope'",)


def test_040_no_workspace_at_all_is_told():
    assert failure(FakeRally(defaults=(None, None))).args == (
        "No Workspace was specified and there is no DefaultWorkspace setting for the user",)


@pytest.mark.parametrize('given', [{}, {'workspace': 'default', 'project': 'default'},
                                   {'workspace': None}, {'workspace': '', 'project': ''}])
def test_041_default_stands_for_the_accounts_own(given, capsys):
    rally = connect(**given)
    assert (rally.getWorkspace().Name, rally.getProject().Name) == ('Alpha WS', 'P1')
    assert capsys.readouterr() == ('', '')


def two_workspaces(**options):
    """A fake whose second workspace lacks the default project."""
    return FakeRally(
        workspaces=((101, 'Alpha WS', 'Open'), (102, 'Beta WS', 'Open')),
        projects=((1001, 'P1', None, 101), (1002, 'Zeta', None, 102), (1003, 'Beta', None, 102)),
        **options)


def test_042_project_none_is_the_default_where_it_is_valid():
    assert connect(project=None).getProject().Name == 'P1'
    assert failure(two_workspaces(), workspace='Beta WS', project=None).args == (
        "The current Workspace 'Beta WS' does not contain a Project with the name of 'None'",)


def test_043_the_first_project_is_taken_with_one_warning(capsys):
    rally = connect(two_workspaces(), workspace='Beta WS')
    assert rally.getProject().Name == 'Beta'
    lines = capsys.readouterr()[1].splitlines()
    assert lines[0] == "WARNING: Default project changed to 'Beta' (project/1003)."
    assert len(lines) == 3 and "'P1'" in lines[1] and "'Beta WS'" in lines[2]
    assert all(line.startswith(' ') for line in lines[1:])


def test_043_the_warning_is_left_out_where_warn_is_false(capsys):
    connect(two_workspaces(), workspace='Beta WS', warn=False)
    assert capsys.readouterr() == ('', '')


def test_043_a_namesake_of_the_default_project_is_taken():
    service = FakeRally(
        workspaces=((101, 'Alpha WS', 'Open'), (102, 'Beta WS', 'Open')),
        projects=((1001, 'P1', None, 101), (1002, 'P1', None, 102), (1003, 'A', None, 102)))
    assert connect(service, workspace='Beta WS').getProject().oid == 1002


def test_043_a_workspace_without_projects_is_told():
    service = FakeRally(workspaces=((101, 'Alpha WS', 'Open'),), projects=(), defaults=(101, None))
    assert failure(service).args == (
        "No accessible Projects found in the Workspace 'Alpha WS'",)


@pytest.mark.parametrize('name', [u'R&D / Ops', u'Caf\xe9 #1', u'50% + tax', u'say "hi" now'])
def test_044_a_workspace_name_travels_percent_encoded(name):
    service = FakeRally(workspaces=((101, name, 'Open'),))
    rally = connect(service, workspace=name)
    assert ensure_text(rally.getWorkspace().Name) == name
    sent = [seen.url for seen in service.seen if 'Workspaces' in seen.url][0]
    assert not any(sign in sent.split('?')[1].split('query=')[1].split('&pagesize')[0]
                   for sign in ' &#+"')


TREE = ((1, 'Jenkins', None, 101), (2, 'Corral', 1, 101), (3, 'Salamandra', 2, 101),
        (4, 'Corral', None, 101), (5, 'Salamandra', 4, 101))


def test_045_a_path_leads_to_the_leaf():
    rally = connect(FakeRally(projects=TREE, defaults=(101, 1)),
                    project='Jenkins // Corral // Salamandra')
    assert rally.getProject().Name == 'Jenkins // Corral // Salamandra'
    assert rally.getProject().ref == 'project/3'
    assert rally.requests_made <= 9 + 2 * 3


@pytest.mark.parametrize('path,so_far', [
    ('Jenkins // Nope // Salamandra', 'Jenkins // Nope'),
    ('Jenkins // Corral // Nope', 'Jenkins // Corral // Nope'),
    ('Corral // Jenkins', 'Corral // Jenkins'),
])
def test_046_the_element_that_is_not_there_is_named(path, so_far):
    service = FakeRally(projects=TREE, defaults=(101, 1))
    assert failure(service, project=path).args == (
        "No such accessible Project found: '{0}'".format(so_far),)


def test_046_an_unknown_base_is_named_with_the_workspace():
    service = FakeRally(projects=TREE, defaults=(101, 1))
    assert failure(service, project='Nope // Corral').args == (
        'Project specified: "Nope" (in workspace: "Alpha WS") not accessible with current '
        'credentials',)


@pytest.mark.parametrize('variable', ['HTTPS_PROXY', 'https_proxy'])
def test_047_a_proxy_of_the_environment_is_used_and_that_unchanged(monkeypatch, variable):
    monkeypatch.setenv(variable, 'host:1')
    before, service = dict(os.environ), FakeRally()
    rally = connect(service)
    assert service.seen[0].options['proxies']['https'] == 'http://host:1'
    assert rally.session.proxies['https'] == 'http://host:1'
    assert dict(os.environ) == before


def test_048_no_proxy_covering_the_server_means_no_proxy(monkeypatch):
    monkeypatch.setenv('HTTPS_PROXY', 'host:1')
    monkeypatch.setenv('NO_PROXY', SERVER)
    service = FakeRally()
    connect(service)
    assert not service.seen[0].options['proxies']


@pytest.mark.filterwarnings('ignore:certificates are not checked')
def test_049_certificate_checks_are_off_whatever_the_environment_says(monkeypatch, tmpdir):
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', str(tmpdir))
    service = FakeRally()
    connect(service, verify_ssl_cert=False)
    assert service.seen[0].options['verify'] is False


@pytest.mark.parametrize('value', [False, True, None])
def test_050_the_ping_argument_is_accepted_and_does_nothing(value, monkeypatch):
    monkeypatch.setenv('RALLY_PING', 'yes')
    assert connect(server_ping=value).requests_made == 1


def test_051_no_secret_is_in_what_a_context_or_instance_shows():
    for options in ({}, {'apikey': '_key12345'}):
        rally = connect(**options)
        context = rally.contextHelper.currentContext()
        shown = [repr(context), str(context), repr(context.asDict()), context.identity(),
                 repr(rally), repr(rally.contextHelper), repr(vars(rally.session))]
        for text in shown + [ensure_text(pickle.dumps(context, 0), errors='replace')]:
            assert 'pass-word' not in text and '_key12345' not in text
    assert pickle.loads(pickle.dumps(context, 2)) == context


def test_052_every_request_has_a_time_limit_and_the_process_none():
    service = FakeRally()
    rally = connect(service)
    rally.getProjects()
    rally.getWorkspaces()
    rally.getSchemaInfo(None)
    assert len(service.seen) == 4
    for seen in service.seen:
        assert all(0 < seconds < 1000 for seconds in seen.options['timeout'])
    assert socket.getdefaulttimeout() is None


def test_052_the_time_limit_is_the_users():
    service = FakeRally()
    connect(service, timeout=(3, 7))
    assert service.seen[0].options['timeout'] == (3, 7)


# What is asked of connecting beyond the numbered statements

def test_errors_in_a_200_answer_are_told_as_422():
    error, _ = connect_to(result([], Errors=['first', 'second']))
    assert error.args == ('422 first',) and error.errors == ['first', 'second']


def test_an_answer_without_a_user_is_an_error_of_ours():
    error, _ = connect_to(result([]))
    assert isinstance(error, RallyRESTAPIError) and 'who is asking' in error.args[0]


def test_with_a_key_the_caller_is_asked_for_and_never_guessed_from_a_list():
    rally = FakeRally()

    def handler(seen):
        if seen.path.endswith('/user'):
            return result([{'UserName': 'a', 'ObjectID': 1}, {'UserName': 'b', 'ObjectID': 2}])
        return rally(seen)

    connected = connect(FakeHTTP(handler), apikey='_key12345')
    assert connected.contextHelper.user_oid == 7


def test_with_a_password_the_caller_is_found_in_a_list_by_name():
    def handler(seen):
        own = FakeRally()._user()
        return result([{'UserName': 'other', 'ObjectID': 1}, own])

    assert connect(FakeHTTP(handler), user='U@Test').contextHelper.user_oid == 7


def test_a_time_limit_while_connecting_names_the_server():
    error, http = connect_to(requests.exceptions.ConnectTimeout('x'))
    assert error.args == ('Request timed out on attempt to reach rally.test',)
    assert len(http.seen) == 1


def test_a_proxy_failure_keeps_its_text_whole():
    error, _ = connect_to(requests.exceptions.ProxyError('Cannot connect to proxy. Tunnel: 407'))
    assert error.args[0].endswith('Cannot connect to proxy. Tunnel: 407')


def test_a_server_with_a_path_is_refused_before_any_request():
    http = FakeHTTP(lambda seen: HTML_401)
    with pytest.raises(pyral.ConfigError) as caught:
        Rally('https://rally.test/slm', 'u', 'p', adapter=http)
    assert "'/slm'" in str(caught.value) and http.seen == []


def test_the_placeholders_of_rally_workset_are_never_sent():
    server, user, password, apikey, workspace, project = pyral.rallyWorkset([])
    http = FakeHTTP(lambda seen: HTML_401)
    with pytest.raises(RallyRESTAPIError):
        Rally(SERVER, user, password, apikey=apikey, workspace=workspace, project=project,
              adapter=http)
    assert 'Authorization' not in http.seen[0].headers


def test_a_gateway_that_recovers_while_connecting_is_waited_for():
    rally, replies = FakeRally(), [Reply(b'<html>', 503), Reply(b'', 502)]
    http = FakeHTTP(lambda seen: replies.pop() if replies else rally(seen))
    connected = connect(http, retry=RetryPolicy(sleep=lambda seconds: None))
    assert connected.requests_made == 3


def test_a_closed_default_project_is_not_taken():
    class WithClosed(FakeRally):
        def _project(self, oid):
            item = super(WithClosed, self)._project(oid)
            item['State'] = 'Closed' if oid == 1001 else 'Open'
            return item

    service = WithClosed(projects=((1001, 'P1', None, 101), (1002, 'P2', None, 101)))
    assert connect(service, warn=False).getProject().Name == 'P2'


@pytest.mark.parametrize('project', ['project/1002', 'https://rally.test/slm/webservice/v2.0/'
                                     'project/1002', 1002, {'_ref': '/project/1002'}])
def test_a_project_may_be_named_by_reference(project):
    rally = connect(two_workspaces(), workspace='workspace/102', project=project)
    assert (rally.getWorkspace().Name, rally.getProject().Name) == ('Beta WS', 'Zeta')


def test_a_reference_that_leads_nowhere_gets_the_stated_message():
    assert failure(FakeRally(), workspace='workspace/999').args == (
        "Specified workspace of 'workspace/999' either does not exist or the user does not have "
        "permission to access that workspace",)
    assert "'project/999'" in failure(FakeRally(), project='project/999').args[0]


def test_a_duplicated_project_name_is_taken_by_rule_and_said():
    with pytest.warns(UserWarning) as heard:
        rally = connect(FakeRally(projects=TREE, defaults=(101, 1)), project='Corral')
    assert rally.getProject().oid == 4
    assert 'project/2' in str(heard[0].message) and 'project/4' in str(heard[0].message)


def test_a_closed_default_workspace_is_not_taken():
    service = FakeRally(workspaces=((101, 'Alpha WS', 'Closed'), (102, 'Beta WS', 'Open')))
    assert "Specified workspace of 'Alpha WS'" in failure(service).args[0]
