# -*- coding: utf-8 -*-
"""Statements 131 to 146: workspaces, users, the schema, attachments, logging."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import re

import pytest

from pyral import RallyRESTAPIError
from pyral.advice import RallyWarning

CLOSED = 'Specified workspace not valid for your credentials or is in a Closed state'
ISOLATED = ('No reset of of the Workspace is permitted when the isolated_workspace option is '
            'specified')


def other_workspace(rally):
    """Return the name of a workspace that is not current."""
    current = rally.getWorkspace().Name
    return [each.Name for each in rally.getWorkspaces() if each.Name != current][0]


def test_131_an_unknown_workspace_changes_nothing(rally):
    before = rally.getWorkspace().Name
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.setWorkspace('nope')
    assert caught.value.args[0] == CLOSED
    assert rally.getWorkspace().Name == before


def test_131b_another_workspace_becomes_current(rally):
    name = other_workspace(rally)
    assert rally.setWorkspace(name) is None
    assert rally.getWorkspace().Name == name


def test_132_an_isolated_instance_stays(emu, rally):
    isolated = emu.connect(isolated_workspace=True)
    name = other_workspace(rally)
    with pytest.raises(RallyRESTAPIError) as caught:
        isolated.setWorkspace(name)
    assert caught.value.args[0] == ISOLATED
    with pytest.raises(RallyRESTAPIError) as caught:
        isolated.getAllUsers(workspace=name)
    assert caught.value.args[0] == ISOLATED
    isolated.setWorkspace(isolated.getWorkspace().Name)
    assert [each.Name for each in isolated.getWorkspaces()] == [isolated.getWorkspace().Name]


def test_133_an_unknown_project_changes_nothing(rally):
    before = rally.getProject().Name
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.setProject('nope')
    assert caught.value.args[0] == (
        'Specified project not valid for your current workspace or credentials')
    assert rally.getProject().Name == before


def test_134_workspaces_are_open_sorted_and_cost_one_request(rally, wire):
    workspaces = rally.getWorkspaces()
    assert len(wire.lines) <= 1
    names = [each.Name for each in workspaces]
    assert names == sorted(names) and len(names) > 1
    assert all(each.oid and each.ref == each._ref for each in workspaces)
    wire.clear()
    rally.getWorkspaces()
    assert wire.lines == []


def test_134b_the_current_workspace_is_a_shell(rally, wire):
    workspace = rally.getWorkspace()
    assert isinstance(workspace.oid, int) and workspace.ObjectID == str(workspace.oid)
    assert workspace.ref == workspace._ref == 'workspace/{0}'.format(workspace.oid)
    assert workspace._type == 'Workspace' and wire.lines == []
    assert workspace.State == 'Open'
    assert len(wire.lines) == 1


def test_135_projects_are_sorted_and_namesakes_all_appear(rally):
    names = [each.Name for each in rally.getProjects()]
    assert names == sorted(names)
    assert names.count('Web') == 2
    assert rally.getProjects(workspace='nope') == []
    assert rally.getProjects(workspace=rally.getWorkspace().Name)


def test_136_an_unknown_project_is_none_and_a_path_leads_to_one_of_two(rally):
    assert rally.getProject('nope') is None
    project = rally.getProject('Company // Team B // Web')
    assert project.Name == 'Company // Team B // Web'
    assert project._ref.startswith('http') and project.ref == 'project/{0}'.format(project.oid)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.getProject('Company // Nowhere')
    assert caught.value.args[0] == "No such accessible Project found: 'Company // Nowhere'"


def test_137_users_are_found_by_oid_or_name(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.getUserInfo()
    assert caught.value.args[0] == 'No specification provided to obtain User information'
    found = rally.getUserInfo(username='ed@example.com')
    assert [user.UserName for user in found] == ['ed@example.com']
    assert rally.getUserInfo(name=found[0].DisplayName)[0].oid == found[0].oid
    assert rally.getUserInfo(oid=found[0].oid).UserName == 'ed@example.com'
    assert rally.getUserInfo(username='nobody "at" all') == []
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.getUserInfo(oid=123)
    assert caught.value.args[0] == '404 Unreferenceable User OID: 123'


def test_138_all_users_come_with_their_profiles_and_nothing_moves(rally, wire):
    before = rally.getWorkspace().ref, rally.getProject().ref
    users = rally.getAllUsers()
    assert len(wire.lines) == 2
    assert 'dora@example.com' in [user.UserName for user in users]
    assert [user for user in users if user.UserProfile is not None]
    zones = [user.UserProfile.TimeZone for user in users if user.UserProfile is not None]
    assert zones and len(wire.lines) == 2
    assert (rally.getWorkspace().ref, rally.getProject().ref) == before


def test_138b_hidden_profiles_are_said(emu):
    rally = emu.connect(apikey='_edKey0001')
    with pytest.warns(RallyWarning) as caught:
        users = rally.getAllUsers()
    assert users
    assert 'administrator' in str(caught[0].message)


def test_139_a_type_definition(rally):
    feature = rally.typedef('Feature')
    assert feature.TypePath == 'PortfolioItem/Feature'
    assert feature.ref.startswith('typedefinition/')
    assert rally.typedef('Nothing') is None
    assert rally.typedef('Defect').inheritanceChain()[-2:] == ['Artifact', 'Defect']
    assert 'Defect  DisplayName: Defect  IDPrefix: DE' in '{0}'.format(rally.typedef('Defect'))


def test_140_allowed_values_are_the_same_every_time(rally):
    for _ in range(2):
        values = rally.getAllowedValues('Defect', 'State')
        assert 'Open' in values and 'Closed' in values
    assert rally.getAllowedValues('Defect', 'Wibble') is None
    assert rally.getAllowedValues('Wibble', 'State') is None
    assert rally.getAllowedValues('Defect', 'state') is None


@pytest.mark.parametrize('name, expected', [
    ('Customer', ['Northwind', 'Contoso', 'Fabrikam']),
    ('c_Customer', ['Northwind', 'Contoso', 'Fabrikam']),
    ('Platforms', ['Linux', 'Windows', 'macOS']),
])
def test_140b_allowed_values_of_custom_fields(rally, name, expected):
    values = [value for value in rally.getAllowedValues('Defect', name) if value]
    assert values == expected


@pytest.mark.parametrize('name', ['Owner', 'Tags', 'Project', 'Iteration'])
def test_140c_what_may_be_any_fitting_object_is_open_ended(rally, name):
    assert rally.getAllowedValues('Defect', name) == [True]
    assert rally.getAllowedValues('Defect', name) == [True]


def test_141_states_come_in_order_each_once(rally):
    states = rally.getStates('Feature')
    assert states
    assert [state.OrderIndex for state in states] == sorted(state.OrderIndex for state in states)
    names = [state.Name for state in states]
    assert len(names) == len(set(names))
    one = rally.getState('Feature', names[0])
    assert one.ref == states[0].ref
    assert rally.getState('Feature', 'Nowhere').resultCount == 0


@pytest.fixture
def story(rally):
    """A story of our own."""
    return rally.create('Story', {'Name': 'A story with files'})


@pytest.fixture
def file(tmpdir):
    """A file with bytes of every kind."""
    path = tmpdir.join('every byte.bin')
    path.write_binary(bytes(bytearray(range(256))))
    return str(path)


def test_142_a_file_is_attached(rally, wire, story, file):
    wire.clear()
    attachment = rally.addAttachment(story, file, 'application/octet-stream')
    puts = [(url.split('?')[0], body) for method, url, body in wire.sent if method == 'PUT']
    assert [url for url, _ in puts] == ['attachmentcontent/create', 'attachment/create']
    assert puts[1][1]['Attachment']['Size'] == 256
    assert puts[1][1]['Attachment']['User'] == 'user/{0}'.format(rally.contextHelper.user_oid)
    assert attachment.Name == 'every byte.bin'
    assert rally.addAttachment(story.FormattedID, file).oid == attachment.oid


def test_142b_files_that_cannot_be_attached(rally, story, tmpdir):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addAttachment(story, 'no-such-file')
    assert caught.value.args[0] == 'Named attachment filename: no-such-file not found'
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addAttachment(story, str(tmpdir))
    assert caught.value.args[0] == (
        'Named attachment filename: {0} is not a regular file'.format(tmpdir))
    large = str(tmpdir.join('large'))
    with io.open(large, 'wb') as target:
        target.truncate(50000001)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addAttachment(story, large)
    assert caught.value.args[0] == (
        'Attachment file size too large, unable to attach to Rally Artifact')


def test_143_reading_twice_gives_the_same_bytes(rally, story, file):
    rally.addAttachment(story, file)
    for _ in range(2):
        attachment = rally.getAttachment(story, 'every byte.bin')
        assert attachment.Content == bytes(bytearray(range(256)))
        assert 'attachmentcontent/' in attachment.ContentRef
    assert rally.getAttachment(story, 'nothing') is None
    assert rally.getAttachment('US99999', 'every byte.bin') is False
    assert rally.getAttachmentNames(story) == ['every byte.bin']
    assert [each.Content for each in rally.getAttachments(story)] == [attachment.Content]


def test_144_one_attachment_is_deleted_and_the_others_stay(rally, story, file, tmpdir):
    other = tmpdir.join('other.txt')
    other.write('x')
    rally.addAttachment(story, file)
    rally.addAttachment(story, str(other))
    updated = rally.deleteAttachment(story, 'every byte.bin')
    assert updated.oid == story.oid
    assert rally.getAttachmentNames(story) == ['other.txt']
    assert rally.deleteAttachment(story, 'every byte.bin') is False


def test_145_the_log_has_a_line_for_each_request_and_no_secret(emu, tmpdir):
    rally = emu.sign_in()
    path = str(tmpdir.join('rally.log'))
    rally.enableLogging(path)
    rally.get('Tag', fetch='Name', query='Name = urgent')
    made = rally.create('Tag', {'Name': 'logged'})
    rally.delete('Tag', made)
    rally.disableLogging()
    rally.get('Tag')
    with io.open(path, encoding='utf-8') as source:
        text = source.read()
    lines = [line for line in text.splitlines() if not line.startswith(' ')]
    assert all(re.match(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ', line) for line in lines)
    assert ('Following entries record Rally REST API interaction via {0} for user: {1}'.format(
        rally.service_url, emu.user)) in lines[0]
    assert 'GET Tag?fetch=Name&query=(Name = urgent)' in lines[1]
    assert lines[2][24:].startswith('200 Tag?fetch=Name') and 'TotalResultCount' in lines[2]
    assert 'PUT tag/create' in text and '200 created Tag OID: {0}'.format(made.oid) in text
    assert 'DELETE tag/{0}'.format(made.oid) in text
    token = rally.obtainSecurityToken()
    for secret in (emu.password, emu.apikey, token):
        assert secret and secret not in text


def test_145b_what_attributes_read_is_logged_on_demand(rally, tmpdir):
    tags = list(rally.get('Tag', fetch=False))
    logs = []
    for attrget, name in ((False, 'without.log'), (True, 'with.log')):
        path = str(tmpdir.join(name))
        rally.enableLogging(path, attrget=attrget)
        assert tags.pop().CreationDate
        rally.disableLogging()
        with io.open(path, encoding='utf-8') as source:
            logs.append(source.read())
    assert 'GET tag/' not in logs[0] and 'GET tag/' in logs[1]


def test_146_a_stream_stays_open(rally):
    for stream in (io.StringIO(), io.BytesIO()):
        rally.enableLogging(stream)
        rally.get('Tag')
        rally.disableLogging()
        assert not stream.closed
        assert len(stream.getvalue()) > 100


def test_145c_a_log_that_cannot_be_written_is_an_error(rally, tmpdir):
    with pytest.raises(Exception) as caught:
        rally.enableLogging(str(tmpdir.join('no', 'such', 'folder.log')))
    assert 'Logging dest arg cannot be written to' in caught.value.args[0]
