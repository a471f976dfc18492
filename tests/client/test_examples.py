# -*- coding: utf-8 -*-
"""Every script in `examples/` runs as its readers run it, and says what it should."""
from __future__ import absolute_import, division, print_function

import doctest
import hashlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
import textwrap

import pytest

import pyral
from tests.client.example_cases import READING, WRONG
from tests.emulated import WORLD
from tests.peers import Serving

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, 'examples')
SCRIPTS = sorted(name for name in os.listdir(EXAMPLES)
                 if name.endswith('.py') and name not in ('common.py', 'quickstart.py'))


class Ran(object):
    """How a script ended and what it wrote."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def shows(self, wanted):
        """Fail unless it went well and wrote this; `...` stands for anything, blanks are alike."""
        assert (self.code, self.err) == (0, '')
        assert_shown(wanted, self.out)


def assert_shown(wanted, shown):
    """Compare the way doctest does."""
    wanted = textwrap.dedent(wanted).strip() + '\n'
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(wanted, shown.strip() + '\n', flags), shown


@pytest.fixture
def settings(emu, no_settings, monkeypatch, tmpdir):
    """Work in an empty folder, with the emulator's address and key in the environment."""
    monkeypatch.setenv('RALLY_SERVER', emu.url)
    monkeypatch.setenv('APIKEY', emu.apikey)
    monkeypatch.chdir(tmpdir)
    monkeypatch.syspath_prepend(EXAMPLES)
    return tmpdir


@pytest.fixture
def run(emu, settings, monkeypatch, capsys):
    """Return a function that runs a script in this process, as `__main__`."""
    connect, made = pyral.Rally, []

    def remembered(*args, **keywords):
        if emu.emulator is not None:
            keywords['adapter'] = emu.emulator.adapter()
        made.append(connect(*args, **keywords))
        return made[-1]

    monkeypatch.setattr(pyral, 'Rally', remembered)

    def run_script(name, *args):
        capsys.readouterr()
        monkeypatch.setattr(sys, 'argv', [name + '.py'] + list(args))
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(os.path.join(EXAMPLES, name + '.py'), run_name='__main__')
        return Ran(ended.value.code, *capsys.readouterr())

    yield run_script
    for rally in made:  # the end of a process would close its log
        rally.close()
    sys.modules.pop('common', None)


def ids(rows):
    """Name the cases of a table by the command line."""
    return [' '.join((row[0],) + tuple(row[1])) for row in rows]


@pytest.mark.parametrize('row', READING, ids=ids(READING))
def test_a_script_shows_what_there_is(run, row):
    name, args, wanted = row
    run(name, *args).shows(wanted)


@pytest.mark.parametrize('row', WRONG, ids=ids(WRONG))
def test_a_script_says_what_is_wrong(run, row):
    name, args, code, message = row
    ran = run(name, *args)
    assert ran.code == code
    assert message in ran.err + ran.out
    assert 'Traceback' not in ran.err
    assert ('usage: ' + name + '.py' in ran.err) == (code == 2)


@pytest.fixture
def no_server(monkeypatch):
    """Nothing listens where scripts would connect."""
    monkeypatch.setenv('RALLY_SERVER', 'http://127.0.0.1:9')


@pytest.mark.parametrize('name', SCRIPTS + ['quickstart.py'])
def test_a_script_helps_and_refuses_what_is_no_option(run, no_server, name):
    shown = [run(name[:-3], *args) for args in (['--help'], ['x', '-h'])]
    assert [(ran.code, ran.err, ran.out) for ran in shown] == [(0, '', shown[0].out)] * 2
    with io.open(os.path.join(EXAMPLES, name), encoding='utf-8') as source:
        assert shown[0].out.startswith(source.read().split('"""')[1])
    assert '\nusage: {0} [options]'.format(name) in shown[0].out
    assert '--apikey=KEY' in shown[0].out
    for wrong, said in ((['--prject=Secret'], "no option --prject; did you mean --project?"),
                        (['DE1', '--aardvark'], "no option --aardvark; -h shows all"),
                        (['-aardvark', 'DE1'], "no option -aardvark; -h shows all"),
                        (['-apikey=Secret'], "no option -apikey; did you mean --apikey?"),
                        (['--project', 'Shop'], "--project takes a value, as in --project=..."),
                        (['--', 'DE1'], "no option --; -h shows all")):
        ran = run(name[:-3], *wrong)
        assert (ran.code, ran.out) == (2, '') and 'ERROR: ' in ran.err and said in ran.err
        assert 'usage: ' + name in ran.err and 'Secret' not in ran.err


def test_an_option_of_a_script_is_not_mistaken(run, no_server):
    ran = run('delete_items', '--dryrun', 'Defect', 'Name = x')
    assert (ran.code, ran.out) == (2, '') and 'did you mean --dry-run?' in ran.err


@pytest.mark.parametrize('name', SCRIPTS + ['quickstart.py'])
def test_no_column_cuts_its_text(name):
    with io.open(os.path.join(EXAMPLES, name), encoding='utf-8') as source:
        assert re.findall(r'%-?\d*\.\d+s|:[<>^]?\d*\.\d+[}s]', source.read()) == []


def test_long_values_are_shown_whole(run, rally):
    user = rally.getUserInfo(username='ed@example.com')[0]
    name = 'Edward of the Northern Counties the Younger'
    rally.update('User', {'ObjectID': user.oid, 'Role': 'Technical Writer', 'DisplayName': name})
    shown = run('allusers').out
    assert 'Technical Writer' in shown and name in shown


def test_every_script_is_tried_and_listed():
    with io.open(os.path.join(ROOT, 'doc', 'source', 'examples.rst'), encoding='utf-8') as page:
        listed = re.findall(r'^   \* - ``(\w+\.py)', page.read(), re.M)
    assert sorted(set(listed)) == sorted(SCRIPTS + ['quickstart.py'])
    with io.open(__file__.replace('.pyc', '.py'), encoding='utf-8') as source:
        tried = re.findall(r"\brun\('(\w+)'", source.read()) + [row[0] for row in READING]
    assert sorted(set(tried)) == sorted(['quickstart'] + [name[:-3] for name in SCRIPTS])


def test_the_tour_goes_from_the_iteration_to_a_deleted_defect(run):
    run('quickstart').shows("""
        Connected to http...: workspace "Main", project "Team A".

        Iteration 2, begun on ...-...-...

          US101  Sign in with e-mail
                 In-Progress, Ed Editor
                 TA1  Completed  0.0 h to do  Build the form
                 ...
        created  DE10 ...
        updated  DE10 ...
        deleted  DE10

        All this took ... requests.
        """)


def test_defects_are_created_and_updated(run, rally):
    run('crdefect', 'Page is blank', 'Major Problem', 'Normal', 'Seen twice', 'Ed Editor').shows(
        'Defect created, ObjectID: ...  FormattedID: DE10')
    defect = rally.get('Defect', fetch=True, query='FormattedID = DE10', instance=True)
    assert (defect.Name, defect.Severity, defect.Priority, defect.Description, defect.State,
            defect.SubmittedBy.Name, defect.Project.Name) == (
        'Page is blank', 'Major Problem', 'Normal', 'Seen twice', 'Open', 'Ed Editor', 'Team A')
    run('updefect', 'DE10', 'Contoso', '2030-05-31T12:00:00Z', 'waiting', 'for', 'them').shows(
        'Defect DE10 updated')
    run('updefect', 'DE10', 'State', 'Fixed').shows('Defect DE10 updated')
    defect = rally.get('Defect', fetch=True, query='FormattedID = DE10', instance=True)
    assert (defect.c_Customer, defect.TargetDate[:10], defect.Notes, defect.State) == (
        'Contoso', '2030-05-31', 'waiting for them', 'Fixed')
    run('defrevs', 'DE10').shows("""
        DE10  Page is blank  (Fixed)
          0) ...  Ann Admin  Original revision
          1) ...  Ann Admin  ...CUSTOMER added [Contoso]...
          2) ...  Ann Admin  STATE changed from [Open] to [Fixed]
        """)


def test_a_defect_takes_several_values_in_a_custom_field(run, rally):
    run('crbug', 'Page is blank', 'Platforms', 'Windows', 'Linux').shows("""
        Defect created, ObjectID: ...  FormattedID: DE10
        Platforms: Linux, Windows
        """)


def test_a_story_is_updated(run, rally):
    run('updstory', 'US104', 'PlanEstimate', '13').shows(
        'Story US104 updated, PlanEstimate is now 13.0')
    assert rally.get('Story', fetch='PlanEstimate', query='FormattedID = US104',
                     instance=True).PlanEstimate == 13


def test_text_of_any_language_goes_in_and_out(run, rally):
    umlauts = u'Gr\xfc\xdfe'
    argument = umlauts.encode('utf-8') if sys.version_info < (3,) else umlauts
    run('updstory', 'US104', 'Description', argument).shows(
        u'Story US104 updated, Description is now Gr\xfc\xdfe')
    ran = run('getitemdesc', 'Story', 'US104')
    ran.shows(u'HierarchicalRequirement ... FormattedID  : US104 ... Gr\xfc\xdfe')
    assert ran.out.endswith(u'\n\nGr\xfc\xdfe\n')


def test_results_come_from_a_file_all_or_none(run, rally, settings):
    results = settings.join('results.csv')
    results.write('12,2030-05-30,Pass\n\n13, 2030-05-31T10:00:00Z, Fail\n')
    run('add_tcrs', 'TC1', 'results.csv').shows("""
        Created  TestCaseResult OID: ... TestCase: TC1 Build: 12 Date: 2030-05-30T... Verdict: Pass
        Created  TestCaseResult OID: ... TestCase: TC1 Build: 13 Date: 2030-05-31T... Verdict: Fail
        """)
    run('showtcrs').shows('... 13  Fail\n4 test case results')
    for line, message in (('14,2030-06-01', 'results.csv, line 2: build,date,verdict is expected'),
                          ('14,2030-06-01,Good', "'Good' is no verdict; it is one of Blocked, ")):
        results.write('13,2030-06-01,Pass\n' + line + '\n')
        ran = run('add_tcrs', 'TC1', 'results.csv')
        assert (ran.code, ran.out) == (1, '') and message in ran.err
    run('showtcrs').shows('... 13  Fail\n4 test case results')


def test_tags_are_put_on_taken_off_and_renamed(run, rally):
    run('addtags', 'US101', 'legal', '-urgent').shows("""
        Tags: legal, urgent
        Added: legal
        Taken off: urgent
        US101: legal
        """)
    run('updtag', 'legal', 'law').shows("""
            legal
            urgent
        Tag updated: law
        """)
    run('addtags', 'US101', 'urgent').shows("""
        Tags: law, urgent
        Added: urgent
        US101: law, urgent
        """)


def test_build_definitions_are_counted(run, rally):
    run('builddefs').shows('')
    definition = rally.create('BuildDefinition', {'Name': 'nightly', 'Project': rally.getProject()})
    for number, status in (('1', 'FAILURE'), ('2', 'SUCCESS')):
        rally.create('Build', {'BuildDefinition': definition, 'Number': number, 'Status': status,
                               'Start': '2024-05-0{0}T10:00:00Z'.format(number)}, project=None)
    table = """
        Main, Team A
        BuildDef OID CreateDate  Name     LastStatus  LastBuild         NumBuilds
        ...          ...-...-... nightly  SUCCESS     2024-05-02 10:00  2
        """
    run('builddefs').shows(table)
    run('builddefs', 'Main', 'Team A').shows(table)
    run('builddefs', 'Other').shows('')


def test_a_milestone_is_created(run):
    run('cr_milestone', 'Beta', '2030-05-31').shows('MI2  ...  Beta  2030-05-31T...')
    run('get_milestones').shows("""
        ... MI1  Launch  1 artifacts  ...
        ... MI2  Beta    0 artifacts  2030-05-31  -
            Team A
        """)


def test_a_repository_lives_with_its_changesets(run, rally):
    run('create_repository', 'web', 'git').shows('...  web  git  ...Z')
    run('create_repository', 'Other', 'lab', 'svn').shows('...  lab  svn  ...Z')
    run('get_repositories').shows('...  web  git  ...Z')
    run('get_repositories', 'Other').shows('...  lab  svn  ...Z')
    repository = rally.get('SCMRepository', query='Name = web', project=None).next()
    author = rally.getUserInfo(username='ed@example.com')[0]
    story = rally.get('Story', query='FormattedID = US101', project=None).next()
    for revision, date, more in (('a1', '2020-01-01', {}),
                                 ('b2', '2040-01-01', {'Author': author, 'Artifacts': [story]})):
        rally.create('Changeset', dict(more, SCMRepository=repository, Revision=revision,
                                       CommitTimestamp=date, Message='Commit ' + revision),
                     project=None)
    recent = """
        b2  2040-01-01T...  ed@example.com  ...
            Commit b2
            US101
        """
    run('repoitems', 'web', '30').shows(recent)
    run('repoitems', 'web').shows(recent + """
        a1  2020-01-01T...  -  ...
            Commit a1
        """)
    run('delete_repo', 'Other', 'lab').shows('Deleted  ...  lab  svn')
    run('get_repositories', 'Other').shows('')


def test_a_test_set_collects_test_cases_and_results(run):
    run('create_testset', 'Smoke', 'TC1').shows("""
        TestSet ... FormattedID  : TS1 ... TestCases  : 1 items ...
        """)
    run('show_testsets').shows("""
        TS1  Smoke  Defined
            TC1  A known user signs in
        1 test sets
        """)
    run('show_testcases').shows('TC1 ... Pass  TS1\n1 test cases')
    run('create_tcr', 'TC1', 'TS1', '4.2', 'Blocked', '2030-05-31').shows(
        '...  testcase/...  testset/...  4.2  2030-05-31T...  Blocked')
    run('create_tcr', 'TC1', 'TS1', '4.3', 'Error').shows(
        '...  testcase/...  testset/...  4.3  ...Z  Error')


def test_an_attachment_is_added_and_shown(run, settings):
    settings.join('notes.txt').write('Seen on Monday.\n')
    settings.join('dump.bin').write_binary(b'\xff\x00\xff')
    run('creattach', 'DE7', 'notes.txt').shows('created Attachment: notes.txt for DE7')
    run('creattach', 'DE7', 'dump.bin').shows('created Attachment: dump.bin for DE7')
    run('get_attachments', 'Defect', 'DE7').shows("""
        notes.txt  (text/plain, 16 bytes)
        Seen on Monday.

        dump.bin  (application/octet-stream, 3 bytes)
            not text
        """)


def test_a_task_is_created_and_completed(run, rally, settings):
    run('crtask', 'US101', 'Try it', '1.5').shows('Created  Task: TA4   OID: ...')
    run('crtask', 'US101').shows('Created  Task: TA5   OID: ...')
    run('uptask', 'TA4', 'State=In-Progress', 'ToDo=1').shows(
        'Task updated\nObjectID: ...  FormattedID: TA4  State: In-Progress  ToDo: 1.0')
    run('uptask', 'TA5').shows(
        'Task updated\nObjectID: ...  FormattedID: TA5  State: Completed  ToDo: 0...')
    assert 'PUT task/create' in settings.join('rally.hist.crtask').read()
    tasks = rally.get('Task', fetch='Name,Estimate', query='WorkProduct.FormattedID = US101',
                      order='FormattedID')
    assert [(task.Name, task.Estimate) for task in tasks][-2:] == [
        ('Try it', 1.5), ('Review: Sign in with e-mail', None)]


def test_items_are_deleted_after_a_rehearsal(run, rally):
    rally.createMultiple('Tag', [{'Name': 'spare {0}'.format(n)} for n in range(51)])
    run('delete_items', 'Tag', 'Name contains "spare 50"', '--dry-run').shows("""
        1 items meet the criterion.
            ...  spare 50
        """)
    run('delete_items', 'Tag', 'Name contains spare').shows("""
        51 items meet the criterion.
        50 deleted ...
        51 items deleted, 0 are left.
        """)
    assert sorted(tag.Name for tag in rally.get('Tag', fetch='Name')) == ['legal', 'urgent']


def test_a_release_is_compared_with_its_start(run, rally):
    rally.update('Story', 'US101', {'PlanEstimate': 8})
    run('release_start_items', 'Team A', 'Release 1').shows("""
        Release 1 began on ...-...-...
        US101  Sign in with e-mail  -  8.0  In-Progress
        planned at the start 0.0, now 8.0, variance +8.0
        """)
    release = rally.create('Release', {
        'Name': 'Release 2', 'State': 'Planning', 'Project': rally.getProject(),
        'ReleaseStartDate': '2040-01-01', 'ReleaseDate': '2040-03-01'})
    story = rally.create('Story', {'Name': 'Print', 'PlanEstimate': 3, 'Release': release})
    run('release_start_items', 'Team A', 'Release 2').shows("""
        Release 2 began on ...
        {0}  Print  3.0  3.0  Defined
        planned at the start 3.0, now 3.0, variance +0.0
        """.format(story.FormattedID))


@pytest.fixture
def receiver():
    """A server that takes what is posted: its address, and the list of requests it got."""
    got = []

    def take(method, path, head, body):
        got.append((head, json.loads(body.decode('utf-8'))))
        return '202 Accepted', [], b''

    with Serving(take) as server:
        yield server.url + '/used', got


def test_a_use_is_reported_without_name_or_credentials(run, emu, receiver):
    address, got = receiver
    run('gmr', address).shows('202 Accepted')
    (head, report), = got
    name = hashlib.sha256(emu.user.encode('utf-8')).hexdigest()
    assert report == {'user': name, 'workspace': 'Main'}
    assert emu.apikey not in head and emu.user not in head


def test_the_check_of_a_connection_leaves_a_log_without_secrets(run, emu, settings):
    run('rallyfire')
    log = settings.join('fire.log').read()
    assert 'GET Project?' in log and ' 200 Project?' in log
    assert emu.apikey not in log


def test_the_template_is_a_config_file(settings):
    path = os.path.join(EXAMPLES, 'template.cfg')
    assert pyral.rallyWorkset(['--config=' + path])[:3] == [
        'rally1.rallydev.com', 'you@example.com', 'your password']


@pytest.fixture
def process(emu, settings):
    """Return a function that runs a script as its readers do, in a process of its own."""
    emulator = None
    environment = dict(os.environ, PYTHONPATH=ROOT)
    if emu.emulator is not None:
        from pyral.emulator import Emulator
        emulator = Emulator(world=WORLD).start()
        environment.update(emulator.environment())

    def run_process(name, *args, **changes):
        ended = subprocess.Popen(
            [sys.executable, os.path.join(EXAMPLES, name + '.py')] + list(args),
            env=dict(environment, **changes), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = [text.decode('utf-8') for text in ended.communicate()]
        return Ran(ended.returncode, out, err)

    yield run_process
    if emulator is not None:
        emulator.stop()


def test_scripts_run_as_processes(process):
    process('gettc', 'TC1').shows('A known user signs in Acceptance NONE Pass')
    process('updstory', 'US104', 'Name', b'Gr\xc3\xbc\xc3\x9fe').shows(
        u'Story US104 updated, Name is now Gr\xfc\xdfe')
    process('updstory', 'US104', 'Name', b'Gr\xc3\xbc\xc3\x9fe', LC_ALL=str('C'),
            PYTHONUTF8=str('0'), PYTHONCOERCECLOCALE=str('0')).shows(
        u'Story US104 updated, Name is now Gr\xfc\xdfe')
    ran = process('getitem', 'Defect')
    assert (ran.code, ran.out) == (2, '') and 'usage: getitem.py' in ran.err
    ran = process('wksprj', APIKEY='_wrong')
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (1, '', 'ERROR: Invalid credentials')
