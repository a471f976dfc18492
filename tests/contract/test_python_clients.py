"""Clients of others from PyPI, unchanged: a command line, two toolkits; each by its main calls.

Each is installed from the registry into an environment of its own and used by its public functions
and programs only. Where it cannot be installed its tests are skipped with what pip said.
"""

from __future__ import annotations

import json
import sys

import pytest
import requests

from pyral.emulator import Emulator
from tests.contract import foreign_programs
from tests.contract.foreign_programs import http_api, listening, shared_listening  # noqa: F401
from tests.threads import GUARD_S

COMMAND_LINE = 'rally-tui==1.2.0'
TOOLKIT = 'rally-cli==2.0.4'
#: The command line brings the upstream toolkit along, 1.6.0 or newer.
UPSTREAM = COMMAND_LINE
LOGIN = """
import json, os
from rallycli import RallyAPI
from rallycli.models import US, User, type_names
api = RallyAPI(key_based_auth=True, external_key=os.environ['KEY'], baseurl=os.environ['URL'] + '/',
               workspace=os.environ['WORKSPACE'])
project = os.environ['PROJECT']
"""
UPSTREAM_LOGIN = """
import json, os
from pyral import Rally
rally = Rally(server=os.environ['URL'], apikey=os.environ['KEY'], workspace=os.environ['WORKSPACE'],
              project=os.environ['PROJECT'])
"""


@pytest.fixture(scope='module')
def secure_demo():
    """The demo world over TLS, which the command line insists on."""
    with Emulator(tls=True) as emulator:
        yield emulator


def test_clients_of_every_language_are_told_whom_to_trust(secure_demo, listening):
    told = secure_demo.environment()
    names = ['REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE']
    assert {told[name] for name in names} == {secure_demo.certificate.trusted}
    assert not set(names) & set(listening.environment())


@pytest.fixture
def rally_cli(secure_demo):
    """Run the command line and return what it printed; JSON is read."""
    secure_demo.reset()
    server = secure_demo.url.partition('://')[2]
    where = ['--workspace', secure_demo.workspace, '--project', secure_demo.project]

    def run(*arguments):
        printed = foreign_programs.run_package(
            COMMAND_LINE,
            ['rally-cli', '--server', server, *where, *arguments],
            **{**secure_demo.environment(), 'RALLY_APIKEY': secure_demo.apikey},
        )
        return json.loads(printed)['data'] if 'json' in arguments else printed

    if sys.version_info < (3, 11):
        pytest.skip("{} needs Python 3.11".format(COMMAND_LINE))
    return run


@pytest.mark.fact('A.3', '3.3', '5.1')
def test_the_command_line_lists_and_shows(rally_cli):
    tickets = rally_cli('tickets', '--format', 'json')
    kinds = {ticket['ticket_type'] for ticket in tickets}
    assert {'UserStory', 'Defect', 'Task'} <= kinds
    shown = rally_cli('tickets', 'show', 'US10', '--format', 'json')
    assert shown['name'] == 'Remember separate billing addresses'
    features = rally_cli('features', '--format', 'json')
    first = rally_cli('features', 'show', 'F1', '--children', '--format', 'json')
    assert [f['story_count'] for f in features if f['formatted_id'] == 'F1'] == [
        len(first['children'])
    ]
    current = [one for one in rally_cli('iterations', '--format', 'json') if one['is_current']]
    assert len(current) == 1
    assert {one['state'] for one in rally_cli('releases', '--format', 'json')} >= {'Planning'}


@pytest.mark.fact('A.3', '4.3', '10')
def test_the_command_line_creates_and_discusses(rally_cli):
    printed = rally_cli('tickets', 'create', 'My story', '--description', 'short', '--points', '1')
    number = printed.splitlines()[2].split()[0]
    assert number.startswith('US')
    rally_cli('comment', number, "seen on the stand-up")
    said = rally_cli('discussions', number, '--format', 'json')
    assert [post['text'] for post in said['discussions']] == ["seen on the stand-up"]
    rally_cli('tickets', 'update', number, '--points', '3')
    assert rally_cli('tickets', 'show', number, '--format', 'json')['points'] == 3


@pytest.mark.fact('A.3', '7.2', '16')
def test_the_command_line_adds_a_tag_that_exists_once(rally_cli):
    for _ in range(2):
        assert 'fresh' in rally_cli('tags', 'create', 'fresh')
    assert [tag['name'] for tag in rally_cli('tags', '--format', 'json')].count('fresh') == 1
    rally_cli('tags', 'add', 'US10', 'fresh')
    assert 'fresh' in rally_cli('tags', 'remove', 'US10', 'fresh')


@pytest.mark.fact('A.3', '10')
def test_the_command_line_uploads_an_attachment(rally_cli, secure_demo, tmp_path):
    file = tmp_path / 'note.txt'
    file.write_bytes(b'\x00 not only text \xff')
    rally_cli('attachments', 'upload', 'US10', str(file))
    (listed,) = rally_cli('attachments', 'list', 'US10', '--format', 'json')['attachments']
    assert (listed['name'], listed['size']) == ('note.txt', 17)
    address = '{}/slm/attachment/{}/note.txt'.format(secure_demo.url, listed['object_id'])
    sent = requests.get(
        address,
        headers={'ZSESSIONID': secure_demo.apikey},
        verify=secure_demo.certificate.trusted,
        timeout=GUARD_S,
    )
    assert sent.content == file.read_bytes()


@pytest.fixture
def toolkit(listening, http_api):
    """Run steps with the toolkit `rally-cli` and return what they print as JSON."""
    if not (3, 9) <= sys.version_info[:2] < (3, 13):
        pytest.skip("{} needs Python 3.9 to 3.12".format(TOOLKIT))
    workspace = http_api.rows('/workspace', '(Name = "{}")'.format(listening.workspace))[0]

    def run(steps):
        printed = foreign_programs.run_package(
            TOOLKIT,
            ['python', '-c', LOGIN + steps],
            URL=listening.url,
            KEY=listening.apikey,
            WORKSPACE=workspace['_ref'],
            PROJECT=http_api.project['_ref'],
        )
        return json.loads(printed.splitlines()[-1])

    return run


@pytest.mark.fact('A.3', '5.3', '7.1')
def test_a_toolkit_reads_projects_timeboxes_and_people(toolkit, http_api):
    told = toolkit("""
found = api.project_api.get_project_by_ref(project)
print(json.dumps([
    found.Name, api.project_api.get_project_by_name('Team A').ref == found.ref,
    [one.Name for one in api.timebox_api.get_releases_for_project(project_ref=found.ref)],
    [one.Name for one in api.artifact_api.get_flowstates_for_project(found.ref)],
    api.user_api.get_this_user().UserName,
    sorted(one.UserName for one in api.query('( Disabled = false)', 'user', fetch='UserName',
                                             model_class=User, threads=4, pagesize=2))]))""")
    releases = http_api.rows('/release', '(Project.Name = "Team A")')
    users = http_api.rows('/user', '(Disabled = false)', fetch='UserName')
    assert told == [
        'Team A',
        True,
        [row['Name'] for row in releases],
        ['Defined', 'In-Progress', 'Completed', 'Accepted'],
        http_api.get('/user')['UserName'],
        sorted(row['UserName'] for row in users),
    ]


@pytest.mark.fact('A.3', '4.3', '4.4', '7.2')
def test_a_toolkit_writes_a_story(toolkit, http_api):
    tag = http_api.named('tag', 'legal')
    told = toolkit(
        """
story = US()
story.Name, story.Project, story.Owner = 'Made', project, api.user_api.get_this_user()
made = api.artifact_api.create_artifact(story, type_names.US)
tags = api.query('(Name = "legal")', 'tag')
api.artifact_api.add_tags_to_artifact(made, tags)
made.Name = 'Changed'
changed = api.artifact_api.update_artifact(made, type_names.US, ['Name'])
again = api.artifact_api.get_artifact_by_formattedid(made.FormattedID)
api.artifact_api.set_artifacts_schedulestate([again], 'In-Progress', 'HierarchicalRequirement')
print(json.dumps([made.FormattedID, changed.Name, again.Owner.refObjectName]))"""
    )
    (story,) = http_api.rows('/hierarchicalrequirement', '(FormattedID = {})'.format(told[0]))
    assert told[1:] == ['Changed', http_api.get('/user')['_refObjectName']]
    assert (story['Name'], story['ScheduleState']) == ('Changed', 'In-Progress')
    assert [row['_ref'] for row in http_api.members(story, 'Tags')] == [tag['_ref']]


@pytest.fixture
def upstream(secure_demo):
    """Run steps with the upstream toolkit and return what they print as JSON."""

    def run(steps):
        printed = foreign_programs.run_package(
            UPSTREAM,
            ['python', '-W', 'ignore', '-c', UPSTREAM_LOGIN + steps],
            **{
                **secure_demo.environment(),
                'URL': secure_demo.url.partition('://')[2],
                'KEY': secure_demo.apikey,
                'WORKSPACE': secure_demo.workspace,
                'PROJECT': secure_demo.project,
            },
        )
        return json.loads(printed.splitlines()[-1])

    secure_demo.reset()
    return run


@pytest.mark.fact('A.3', '4.3', '4.4', '4.5')
def test_the_upstream_toolkit_reads_and_writes(upstream, tmp_path):
    file = tmp_path / 'log.txt'
    file.write_bytes(b'a line of a log')
    told = upstream(
        """
story = rally.get('Story', fetch=True, query='FormattedID = US10', instance=True,
                  projectScopeDown=True)
names = [task.Name for task in story.Tasks]
defect = rally.put('Defect', {'Name': 'by the toolkit', 'Severity': 'Cosmetic'})
changed = rally.post('Defect', {'FormattedID': defect.FormattedID, 'State': 'Open'})
attached = rally.addAttachment(defect, %r)
again = rally.get('Defect', fetch=True, query='FormattedID = ' + defect.FormattedID, instance=True,
                  projectScopeDown=True)
[first] = rally.getAttachments(again)
gone = rally.delete('Defect', defect.FormattedID)
found = rally.get('Defect', query='Name = "by the toolkit"', projectScopeDown=True)
print(json.dumps([story.Name, len(names) > 0, changed.State, first.Name, gone, found.resultCount,
                  rally.getUserInfo(username='omar@example.com')[0].DisplayName,
                  rally.getAllowedValues('Defect', 'State')]))"""
        % str(file)
    )
    assert told[:-1] == [
        'Remember separate billing addresses',
        True,
        'Open',
        'log.txt',
        True,
        0,
        'Omar Haddad',
    ]
    assert {'Submitted', 'Open', 'Fixed', 'Closed'} <= set(told[-1])
