# -*- coding: utf-8 -*-
"""Known defects of earlier versions (the W numbers of the compatibility page), mended.

Those that a numbered statement covers already are tested there; the page says which.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import gc
import io
import sys
import threading
import weakref

import pytest

import pyral
from pyral import InvalidRallyTypeNameError, Rally, RetryPolicy, rallyWorkset
from pyral.entity import classFor
from tests.emulated import Wire
from tests.fake_http import FakeHTTP, FakeRally, Reply, result

SERVER = 'rally.test'


@pytest.fixture
def story(rally):
    """A story of our own."""
    return rally.create('Story', {'Name': 'A story to work on'})


def connect(service, **options):
    """Return a `Rally` on a function that answers requests."""
    return Rally(SERVER, 'u@test', 'pass-word', adapter=FakeHTTP(service), **options)


def ref(path):
    """Return a full reference on the fake server."""
    return 'https://{0}/slm/webservice/v2.0/{1}'.format(SERVER, path)


def attached(rally, owner, folder, name, content):
    """Attach a file and return the attachment."""
    path = folder.join(name)
    path.write_binary(content)
    return rally.addAttachment(owner, str(path))


def test_w09_the_ping_setting_of_a_file_is_accepted(tmpdir):
    tmpdir.join('ours.cfg').write('RALLY_PING = True\nUSER = someone\n')
    assert rallyWorkset(['--cfg=' + str(tmpdir.join('ours'))])[1] == 'someone'


@pytest.mark.filterwarnings(str('ignore:certificates are not checked'))
@pytest.mark.parametrize('verify, expected', [(True, True), (False, False), ('bundle', 'bundle')])
def test_w19_certificates_are_checked_as_told(verify, expected, tmpdir, monkeypatch):
    for name in ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE'):
        monkeypatch.delenv(str(name), raising=False)
    bundle = tmpdir.join('bundle.pem')
    bundle.write('')
    seen = []
    service = FakeRally()

    def spy(request):
        seen.append(request.options['verify'])
        return service(request)

    connect(spy, verify_ssl_cert=str(bundle) if verify == 'bundle' else verify)
    assert set(seen) == {str(bundle) if expected == 'bundle' else expected}


def test_w22_every_spelling_of_a_header_counts():
    seen = []
    service = FakeRally()

    def spy(request):
        seen.append(request.headers)
        return service(request)

    connect(spy, headers={'name': 'N', 'X-RallyIntegrationVendor': 'V', 'X-Our-Own': 'O'})
    for name, value in (('X-RallyIntegrationName', 'N'), ('X-RallyIntegrationVendor', 'V'),
                        ('X-Our-Own', 'O')):
        assert seen[0][name] in (value, value.encode('ascii'))


def test_w27_field_lists_are_sent_plain(rally):
    wire = Wire(rally)
    rally.getProjects()
    assert 'fetch=Name' in wire.lines[0] and '"' not in wire.lines[0]
    assert '%22' not in wire.lines[0]


def test_w34_workspace_none_is_the_accounts_own(emu, recwarn):
    assert emu.connect(workspace=None).getWorkspace().Name == emu.workspace
    assert not recwarn.list


def test_w37_an_unknown_type_is_named_when_names_are_checked(rally):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        rally.validateAttributeNames('Defct', {'Name': 'x'})
    assert caught.value.args == ('Defct',)


def test_w52_a_query_in_the_address_of_a_collection_is_kept(rally, story):
    for name in ('first', 'second'):
        rally.create('Task', {'Name': name, 'WorkProduct': story})
    url = '{0}/{1}/Tasks?query=(Name = "second")&fetch=Name'.format(rally.service_url, story.ref)
    response = rally.getCollection(url, pagesize=20)
    assert [task.Name for task in response] == ['second']
    assert response.resource.count('?') == 1


def test_w57_a_path_is_resolved_once(rally):
    rally.setProject('Company // Team A // Web')
    wire = Wire(rally)
    for number in (1, 2):
        rally.create('Tag', {'Name': 'made in a path {0}'.format(number)})
    assert [path for path in wire.paths if path.lower().endswith('project')] == []


def test_w60_the_schema_of_another_workspace_is_asked_there(rally):
    other = [each for each in rally.getWorkspaces() if each.Name != rally.getWorkspace().Name][0]
    wire = Wire(rally)
    assert rally.getSchemaInfo(other.Name)
    assert any(other.ref in line for line in wire.lines)


def test_w62_a_file_is_attached_by_any_formatted_id(rally, tmpdir):
    feature = rally.create('PortfolioItem/Feature', {'Name': 'A feature'})
    made = attached(rally, feature.FormattedID, tmpdir, 'notes.txt', b'x')
    assert made.Artifact == feature


def test_w62b_the_item_of_a_file_may_be_in_any_project(rally, tmpdir):
    elsewhere = rally.create('Defect', {'Name': 'not here'}, project='Team B')
    assert attached(rally, elsewhere.FormattedID, tmpdir, 'notes.txt', b'x').Artifact == elsewhere


def test_w74_version_keys_are_not_needed():
    item = {'_ref': ref('defect/5001'), '_type': 'Defect', '_refObjectName': 'Bare'}
    service = FakeRally()
    rally = connect(lambda seen: Reply(result([item])) if seen.path.endswith('/Defect')
                    else service(seen))
    assert [each.Name for each in rally.get('Defect', fetch=True)] == ['Bare']


def test_w78_details_are_text_for_every_type(rally, story):
    made = rally.create('PullRequest', {
        'ExternalId': '12', 'ExternalFormattedId': 'PR12', 'Name': 'Mend it',
        'Url': 'https://git.example.com/12', 'Artifact': story}, project=None)
    text = made.details()
    assert text.splitlines()[0] == 'PullRequest' and 'Mend it' in text
    assert [line for line in text.splitlines() if 'ExternalI' in line and line.endswith(': 12')]


def test_w79_the_inheritance_chain_knows_sub_types_of_ones_own():
    rows = [{'_ref': ref('typedefinition/1'), 'Name': 'Saga', 'ElementName': 'Saga',
             'TypePath': 'PortfolioItem/Saga', 'Attributes': [],
             'Parent': {'_refObjectName': 'Portfolio Item'}}]
    catalogue = pyral.entity.processSchemaInfo('workspace/7', rows)
    chain = catalogue.resolve('Saga').inheritanceChain()
    assert chain[-2:] == ['PortfolioItem', 'PortfolioItem_Saga']


def test_w80_the_reference_of_an_attribute_is_one(rally):
    attribute = rally.typedef('Defect').Attributes[0]
    kind, _, oid = attribute.ref.partition('/')
    assert kind == 'attributedefinition' and oid


@pytest.mark.parametrize('spelling', ['ExternalID', 'ExternalId'])
def test_w81_pull_requests_go_by_the_schema_of_the_server(rally, story, spelling):
    made = rally.create('PullRequest', {
        spelling: '12', 'ExternalFormattedId': 'PR12', 'Name': 'Mend it',
        'Url': 'https://git.example.com/12', 'Artifact': story}, project=None)
    assert type(made).__name__ == 'PullRequest' and made.Artifact == story
    shell = rally.get('PullRequest', query={'ObjectID': made.oid}, project=None, instance=True)
    assert (made.ExternalId, made.ExternalID, getattr(shell, spelling)) == ('12', '12', '12')
    assert rally.delete('PullRequest', made.oid, project=None) is True


def test_w84_the_error_stream_is_looked_up_when_it_is_written_to(monkeypatch):
    # Written to as the interpreter would: native text.
    caught = io.StringIO() if sys.version_info[0] > 2 else io.BytesIO()
    monkeypatch.setattr(sys, 'stderr', caught)
    pyral.restapi.warning(str('look here'))
    assert caught.getvalue() == 'WARNING: look here\n'


def test_w86_looking_up_a_path_changes_nothing(rally):
    before = rally.contextHelper.currentContext()
    assert rally.getProject('Company // Team B // Web').Name == 'Company // Team B // Web'
    assert rally.contextHelper.currentContext() == before


def test_w88_schemas_belong_to_a_connection_and_a_workspace(emu):
    first, second = emu.connect(), emu.connect()
    assert first.typedef('Defect') is first.typedef('Defect')
    assert first.typedef('Defect') is not second.typedef('Defect')


def test_w89_there_is_one_class_for_a_type(emu):
    name = 'PortfolioItem/Feature'
    first, second = emu.connect(), emu.connect()
    made = first.create(name, {'Name': 'A feature'})
    read = next(second.get(name, query='Name = "A feature"', project=None))
    assert type(made) is type(read) is classFor[name]


def test_w90_a_connection_that_nobody_holds_is_collected(emu):
    rally = emu.connect()
    seen = weakref.ref(rally)
    del rally
    gc.collect()
    assert seen() is None


def test_w92_threads_share_a_connection_and_mix_up_nothing(rally):
    before = dict(rally.session.headers), len(rally.session.cookies)
    names = ['Tag', 'Story', 'Defect', 'Project', 'Iteration', 'Release'] * 4
    expected = dict((name, [each.ref for each in rally.get(name, order='ObjectID')])
                    for name in set(names))
    seen = []

    def read(name):
        seen.append((name, [each.ref for each in rally.get(name, order='ObjectID')]))

    threads = [threading.Thread(target=read, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(names)
    assert [name for name, refs in seen if refs != expected[name]] == []
    assert (dict(rally.session.headers), len(rally.session.cookies)) == before


def test_w93_current_works_in_reads_and_writes(rally):
    made = rally.create('Defect', {'Name': 'here'}, workspace='current', project='current')
    found = rally.get('Defect', query='Name = here', workspace='current', project='current')
    assert [each.oid for each in found] == [made.oid]


def test_w103_a_field_list_cannot_bring_parameters(rally):
    wire = Wire(rally)
    response = rally.get('Defect', fetch='Name&pagesize=1#')
    assert len(wire.sent) == 1 and response.resource.count('&pagesize=200&') == 1
    assert 'Name%26pagesize%3D1%23' in response.resource


def test_w104_a_failed_page_is_asked_for_again_by_itself():
    items = [{'_ref': ref('tag/{0}'.format(number)), '_type': 'Tag',
              '_refObjectName': 'tag {0}'.format(number)} for number in range(1, 61)]
    service, starts, waits = FakeRally(), [], []

    def answer(seen):
        if not seen.path.endswith('/Tag'):
            return service(seen)
        start = int(seen.params['start'])
        starts.append(start)
        if start == 21 and starts.count(21) < 3:
            return Reply('<html>busy</html>', 503)
        return Reply(result(items[start - 1:start + 19], TotalResultCount=60, StartIndex=start,
                            PageSize=20))

    rally = connect(answer, retry=RetryPolicy(sleep=waits.append))
    names = [tag.Name for tag in rally.get('Tag', fetch=True, pagesize=20, threads=1)]
    assert names == [item['_refObjectName'] for item in items]
    assert starts == [1, 21, 21, 21, 41] and len(waits) == 2


def test_w106_a_create_is_told_although_reading_it_again_fails(recwarn):
    service, made = FakeRally(), []

    def answer(seen):
        if seen.path.endswith('/create'):
            made.append(seen)
            return Reply({'CreateResult': {'Errors': [], 'Warnings': [], 'Object': {
                '_ref': ref('tag/77'), '_type': 'Tag', '_refObjectName': 'kept', 'Name': 'kept'}}})
        if seen.path.endswith('/authorize'):
            return Reply({'OperationResult': {'Errors': [], 'Warnings': [],
                                              'SecurityToken': 'token'}})
        if seen.path.lower().endswith('/tag/77'):
            return Reply('<html>gone for lunch</html>', 500)
        return service(seen)

    rally = connect(answer, retry=RetryPolicy(attempts=1))
    tag = rally.create('Tag', {'Name': 'kept'})
    assert (tag.oid, tag.Name, len(made)) == (77, 'kept', 1)


def test_w107_names_are_looked_up_in_tables_made_once(rally):
    defect = rally.contextHelper.catalogue().resolve('Defect')
    defect.attribute('Name')
    tables = defect._indexes()
    defect.map_values({'severity': 'x', 'c_customer': 'y', 'Effort Factor': 1})
    assert all(left is right for left, right in zip(defect._indexes(), tables))


def test_w108_a_write_reads_no_allowed_values(rally):
    wire = Wire(rally)
    rally.create('Defect', {'Name': 'x', 'Severity': 'Cosmetic'})
    assert [path for path in wire.paths if 'AllowedValues' in path] == []


def test_w109_fields_and_scope_of_a_batch_count(rally):
    wire = Wire(rally)
    made = rally.createMultiple(
        'Defect', [{'Name': 'x', 'Description': 'not sent'}], fields=['Name'],
        project='Team B')
    body = wire.sent[-1][2]['Batch'][0]['Entry']['Body']['defect']
    assert list(body) == ['Name']
    read = next(rally.get('Defect', fetch='Project', project='Team B',
                          query='ObjectID = {0}'.format(made[0]['ObjectID'])))
    assert read.Project.Name == 'Team B'


def test_w112_attachments_are_compared_on_their_item_and_by_content(rally, story, tmpdir):
    other = rally.create('Story', {'Name': 'another'})
    first = attached(rally, story, tmpdir, 'notes.txt', b'one')
    assert attached(rally, story, tmpdir, 'notes.txt', b'one') == first
    assert attached(rally, other, tmpdir, 'notes.txt', b'one') != first
    assert attached(rally, story, tmpdir, 'notes.txt', b'two') != first


def test_w113_namesakes_have_their_own_contents(rally, story, tmpdir):
    for content in (b'one', b'two'):
        attached(rally, story, tmpdir, 'notes.txt', content)
    assert [each.Content for each in rally.getAttachments(story)] == [b'one', b'two']


def test_w119_details_ask_nothing_of_the_service(rally, story):
    shell = next(rally.get('Story', query='ObjectID = {0}'.format(story.oid)))
    wire = Wire(rally)
    assert story.details() and shell.details() and story.Owner is None
    assert wire.sent == []


def test_w120_the_results_are_what_the_contract_says(rally):
    assert type(rallyWorkset([])) is list
    assert rally.getUserInfo(username='nobody@example.com') == []
    assert rally.getCollection(rally.service_url + '/tag').__class__ is pyral.RallyRESTResponse
