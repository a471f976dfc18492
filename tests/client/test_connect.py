"""Connecting to an emulated Rally: what it costs, where it leads, and what goes wrong."""
from __future__ import absolute_import, division, print_function

import pytest

import pyral
from pyral import Rally, RallyRESTAPIError
from pyral.errors import NotFoundError


def test_connecting_takes_one_request_and_lands_in_the_accounts_defaults(emu):
    for rally in (emu.connect(), emu.sign_in()):
        assert rally.requests_made == 1
        assert rally.getWorkspace().Name == emu.workspace
        assert rally.getProject().Name == emu.project


def test_naming_workspace_and_project_takes_three_requests_at_most(emu):
    rally = emu.connect(workspace=emu.workspace, project=emu.project)
    assert rally.requests_made <= 3
    assert rally.getProject().Name == emu.project
    other = emu.connect(workspace=emu.workspace, project='Company')
    assert other.requests_made == 3 and other.getProject().Name == 'Company'


def test_password_and_key_lead_to_the_same_account(emu):
    assert emu.connect().contextHelper.user_oid == emu.sign_in().contextHelper.user_oid


def test_a_path_leads_to_one_of_two_projects_of_the_same_name(emu):
    rally = emu.connect(project='Company // Team A // Web')
    assert rally.getProject().Name == 'Company // Team A // Web'
    assert rally.requests_made == 2
    twins = [each for each in rally.getProjects() if each.Name == 'Web']
    assert len(twins) == 2 and rally.getProject().ref in [each.ref for each in twins]


def test_lists_load_on_first_need_and_once(rally, request_budget):
    with request_budget(rally, 2):
        names = [each.Name for each in rally.getWorkspaces()]
        assert names == sorted(names) and len(names) > 1
        rally.getWorkspaces()
        assert [each.Name for each in rally.getProjects()]
        rally.getProjects()


def test_a_path_that_breaks_off_is_named_where_it_breaks_off(emu):
    with pytest.raises(RallyRESTAPIError) as caught:
        emu.connect(project='Company // Nope // Web')
    assert caught.value.args == ("No such accessible Project found: 'Company // Nope'",)


def test_a_user_without_defaults_must_name_a_workspace(emu):
    with pytest.raises(RallyRESTAPIError) as caught:
        emu.connect(user='nina@example.com', password='nina-Secret1')
    assert caught.value.args == (
        "No Workspace was specified and there is no DefaultWorkspace setting for the user",)
    assert caught.value.hint == "Give workspace=<name>; the account sees 'Main', 'Other'."
    rally = emu.connect(user='nina@example.com', password='nina-Secret1', workspace='Main',
                        warn=False)
    assert rally.getProject().Name == 'Team A'


@pytest.mark.parametrize('options', [
    {'user': 'ann@example.com', 'password': 'wrong'}, {'user': '', 'password': 'x'},
    {'user': 'dora@example.com', 'password': 'dora-Secret1'}, {'apikey': '_noSuchKey'},
])
def test_refused_credentials_are_told_in_one_line(emu, options):
    with pytest.raises(pyral.AuthenticationError) as caught:
        emu.connect(**options)
    assert caught.value.args == ('Invalid credentials',)
    assert caught.value.status_code == 401 and caught.value.hint


def test_an_unknown_workspace_and_project_are_named(emu):
    with pytest.raises(RallyRESTAPIError) as caught:
        emu.connect(workspace='Nope')
    assert "'Nope'" in caught.value.args[0]
    with pytest.raises(RallyRESTAPIError) as caught:
        emu.connect(project='Nope')
    assert "'{0}'".format(emu.workspace) in caught.value.args[0]


@pytest.mark.parametrize('name', [u'\xb2', u'\u0662', u'1\xb2', u'\u2460'])
def test_names_of_signs_that_are_digits_elsewhere_are_names(emu, name):
    rally = emu.connect()
    for call in (lambda: emu.connect(workspace=name), lambda: emu.connect(project=name),
                 lambda: rally.setProject(name), lambda: rally.setWorkspace(name)):
        with pytest.raises(NotFoundError) as caught:
            call()
        assert caught.value.status_code is None


def test_switching_the_workspace_moves_what_follows_and_back(emu):
    rally = emu.connect()
    other = [each.Name for each in rally.getWorkspaces() if each.Name != emu.workspace][0]
    rally.setWorkspace(other)
    assert rally.getWorkspace().Name == other
    assert rally.getProject().ref in [each.ref for each in rally.getProjects()]
    rally.setWorkspace(emu.workspace)
    assert rally.getProject().Name == emu.project


def test_an_unknown_keyword_warns_with_the_nearest_name(emu):
    with pytest.warns(UserWarning) as heard:
        emu.connect(verify_ssl_certs=True)
    assert any('verify_ssl_cert' in str(each.message) for each in heard)


def test_several_connections_stay_apart(emu):
    first, second = emu.connect(), emu.sign_in()
    other = [each.Name for each in first.getWorkspaces() if each.Name != emu.workspace][0]
    first.setWorkspace(other)
    assert second.getWorkspace().Name == emu.workspace


def test_a_server_nobody_listens_at_is_told_at_once():
    with pytest.raises(pyral.ConnectFailed) as caught:
        Rally('http://127.0.0.1:9', 'u', 'p')
    assert caught.value.kind == 'refused'
    assert caught.value.args == (
        "Target Rally host: 'http://127.0.0.1:9' non-existent or unreachable",)


def test_the_schema_is_read_as_the_service_gives_it(rally):
    types = rally.getSchemaInfo(rally.getWorkspace())
    assert 'Defect' in [each['ElementName'] for each in types]
    assert isinstance(types, list)


def test_the_old_switches_answer(rally):
    assert rally.warningsEnabled() is True
    assert rally.disableWarnings() is None and rally.warningsEnabled() is False
    assert rally.enableWarnings() is None and rally.warningsEnabled() is True
    assert rally.serviceURL() == rally.service_url
    assert rally.subscriptionName() == 'Small Company'
    assert rally._wpCacheStatus() in (False, 'minimal', 'narrow', 'wide')
    assert rally.version == 'v2.0' and rally.schema_url.endswith('/slm/schema/v2.0')


def test_a_connection_is_a_context_manager(emu):
    with emu.connect() as rally:
        assert rally.get('Tag').resultCount
        assert rally.requests_made == 2
