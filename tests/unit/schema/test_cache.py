# coding: utf-8
"""The schema on disk: what is kept comes back, and nothing else is ever taken for it."""
from __future__ import absolute_import, division, print_function

import os
import random
import stat
import threading
import time
from io import open

import pytest

from pyral.http.transport import Credentials, Transport
from pyral.schema import cache as module
from pyral.schema.cache import KeptType, SchemaCache, folder_for, version_in
from pyral.schema.definitions import Catalogue
from pyral.schema.reader import SchemaReader
from tests.fake_http import FakeHTTP, Reply, result

SERVER, PLACE = 'https://rally.test', 'workspace/101'
HASH, OTHER = '0123456789abcdef0123456789abcdef', 'f' * 32
TYPES = [
    {'TypePath': 'Defect', 'ElementName': 'Defect', 'Name': 'Defect',
     'Parent': {'_refObjectName': 'Artifact'},
     'Attributes': [{'ElementName': 'Severity', 'Name': u'Schwere \xe9',
                     'AttributeType': 'RATING'}]},
    {'TypePath': 'Task', 'ElementName': 'Task', 'Name': 'Task', 'Parent': None, 'Attributes': []},
]


@pytest.fixture
def cache(tmpdir):
    return SchemaCache(str(tmpdir.join('below', 'pyral')), SERVER)


def files(cache):
    return sorted(os.listdir(cache.folder))


def read(cache, name):
    with open(os.path.join(cache.folder, name), 'rb') as source:
        return source.read()


def write(cache, name, content):
    with open(os.path.join(cache.folder, name), 'wb') as target:
        target.write(content)


def test_what_was_kept_comes_back_as_it_was(cache):
    assert cache.load(PLACE, HASH) is None
    cache.save(PLACE, HASH, TYPES)
    assert [each.whole() for each in cache.load(PLACE, HASH)] == TYPES
    assert cache.load(PLACE, OTHER) is None
    assert cache.load('workspace/102', HASH) is None
    assert SchemaCache(cache.folder, 'https://other.test').load(PLACE, HASH) is None


def test_only_the_types_that_are_used_are_parsed(cache):
    cache.save(PLACE, HASH, TYPES)
    kept = cache.load(PLACE, HASH)
    catalogue = Catalogue(kept)
    assert catalogue.parent_of('Defect') == 'Artifact' and catalogue.find('Nope') is None
    assert [each.is_parsed for each in kept] == [False, False]
    assert catalogue.resolve('Defect').attribute('Severity').Name == u'Schwere \xe9'
    assert [each.is_parsed for each in kept] == [True, False]


def test_the_file_is_the_users_own_and_no_other_is_left_behind(cache):
    cache.save(PLACE, HASH, TYPES)
    assert len(files(cache)) == 1
    if os.name == 'posix':
        mode = os.stat(os.path.join(cache.folder, files(cache)[0])).st_mode
        assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize('damage', [
    lambda content: content[:-1], lambda content: b'', lambda content: b'\x00\xff' * 40,
    lambda content: content.replace(b'Severity', b'SeveritX'),
    lambda content: content.replace(b'"format": 3', b'"format": 9'),
    lambda content: b'[]\n' + content, lambda content: b'{}', lambda content: content + b'{}',
    lambda content: content.replace(b'"at"', b'"in"'),
    lambda content: content.replace(HASH.encode('ascii'), OTHER.encode('ascii')),
], ids=['cut', 'empty', 'binary', 'changed', 'format', 'list', 'no header', 'longer', 'no index',
        'other version'])
def test_a_damaged_or_foreign_file_is_not_there(cache, damage):
    cache.save(PLACE, HASH, TYPES)
    name = files(cache)[0]
    write(cache, name, damage(read(cache, name)))
    assert cache.load(PLACE, HASH) is None
    cache.save(PLACE, HASH, TYPES)
    assert [each.whole() for each in cache.load(PLACE, HASH)] == TYPES


def test_old_versions_go_and_those_of_other_places_stay(cache):
    cache.save('workspace/1011', HASH, TYPES)
    for number in range(4):
        cache.save(PLACE, '{0:032x}'.format(number + 10 ** 30), TYPES)
    assert len(files(cache)) == 3
    assert cache.load('workspace/1011', HASH) is not None
    assert cache.load(PLACE, '{0:032x}'.format(3 + 10 ** 30)) is not None


def test_a_folder_that_cannot_be_made_is_no_error(tmpdir):
    tmpdir.join('taken').write('a file')
    cache = SchemaCache(str(tmpdir.join('taken', 'pyral')), SERVER)
    cache.save(PLACE, HASH, TYPES)
    assert cache.load(PLACE, HASH) is None


LOOPBACK = ['http://127.0.0.1:8010', 'http://localhost:8011', 'https://127.0.0.1',
            'http://[::1]:8012', 'http://a.localhost:8013', 'http://127.9.9.9:8014']


def types_of(server):
    """Return the types as a server gives them: with its address."""
    return [dict(each, _ref=server + '/slm/webservice/v2.0/typedefinition/1', Parent={
        '_ref': server + '/slm/webservice/v2.0/typedefinition/2'}) for each in TYPES]


def test_servers_of_this_machine_share_one_file_for_a_schema(tmpdir):
    folder, sizes = str(tmpdir), []
    for server in LOOPBACK + ['http://127.0.0.1:{0}'.format(port) for port in range(9000, 9040)]:
        cache = SchemaCache(folder, server)
        assert cache.latest(PLACE) is None
        kept = cache.load(PLACE, HASH)
        assert (kept is None) == (server == LOOPBACK[0])
        if kept is None:
            cache.save(PLACE, HASH, types_of(server))
        else:
            cache.confirm(PLACE, HASH)
        for types in (cache.load(PLACE, HASH), cache.latest(PLACE).types):
            assert [each.get('Parent') for each in types] == [
                each['Parent'] for each in types_of(server)]
            assert [each.whole() for each in types] == types_of(server)
        sizes.append(sum(os.path.getsize(os.path.join(folder, name)) for name in files(cache)))
    assert sizes[-1] == sizes[0]


@pytest.mark.parametrize('server', ['https://rally.test', 'http://127.0.0.1.test:80',
                                    'http://localhost.test', 'http://10.0.0.1:8010'])
def test_other_servers_share_nothing(tmpdir, server):
    cache = SchemaCache(str(tmpdir), server)
    SchemaCache(str(tmpdir), LOOPBACK[0]).save(PLACE, HASH, TYPES)
    assert cache.load(PLACE, HASH) is None
    cache.save(PLACE, HASH, types_of(server))
    assert [each.whole() for each in cache.latest(PLACE).types] == types_of(server)
    assert SchemaCache(str(tmpdir), LOOPBACK[1]).load(PLACE, HASH) is not None


def test_size_number_and_age_of_all_files_have_a_bound(tmpdir, monkeypatch):
    monkeypatch.setattr(module, '_MOST_BYTES', 20000)
    monkeypatch.setattr(module, '_MOST_FILES', 12)
    folder, now = str(tmpdir), time.time()
    for number in range(60):
        cache = SchemaCache(folder, random.choice(LOOPBACK + ['https://{0}.test'.format(number)]))
        cache.save('workspace/{0}'.format(number), HASH, TYPES * random.randrange(1, 9))
        sizes = [os.path.getsize(os.path.join(folder, name)) for name in files(cache)]
        assert len(sizes) <= 12 and sum(sizes) <= 20000
    for name in files(cache):
        os.utime(os.path.join(folder, name), (now - 31 * 24 * 3600,) * 2)
    write(cache, 'schema-left.tmp', b'half')
    os.utime(os.path.join(folder, 'schema-left.tmp'), (now - 7200,) * 2)
    write(cache, 'of the user.txt', b'stays')
    cache = SchemaCache(folder, SERVER)
    cache.save(PLACE, HASH, TYPES)
    assert len(files(cache)) == 2 and cache.load(PLACE, HASH) is not None


@pytest.mark.skipif(os.name != 'posix', reason="this system has other rights")
def test_what_is_no_file_of_this_account_is_not_believed(cache, monkeypatch):
    for server in (SERVER, LOOPBACK[0]):
        cache = SchemaCache(cache.folder, server)
        cache.save(PLACE, HASH, TYPES)
        (path,) = [cache._path(PLACE, HASH)]
        content = read(cache, os.path.basename(path))
        monkeypatch.setattr(os, 'geteuid', lambda: 4711)
        assert cache.load(PLACE, HASH) is None and cache.latest(PLACE) is None
        monkeypatch.undo()
        for spoil in SPOILS:
            os.remove(path)
            spoil(path, content)
            assert cache.load(PLACE, HASH) is None and cache.latest(PLACE) is None
            cache.save(PLACE, HASH, TYPES)
            assert os.path.isdir(path) or cache.latest(PLACE) is not None
            if os.path.isdir(path):
                os.rmdir(path)
                cache.save(PLACE, HASH, TYPES)


def writable(path, content):
    """Make a file that others may have written."""
    with open(path, 'wb') as target:
        target.write(content)
    os.chmod(path, 0o666)


def linked(path, content):
    """Make a link to a file that holds what is right."""
    writable(path + '.other', content)
    os.chmod(path + '.other', 0o600)
    os.symlink(path + '.other', path)


def large(path, content):
    """Make a file that is larger than any schema."""
    with open(path, 'wb') as target:
        target.write(content)
        target.truncate(1 << 40)


SPOILS = [
    writable, linked, large, lambda path, content: os.mkfifo(path),
    lambda path, content: os.symlink('/dev/zero', path), lambda path, content: os.mkdir(path),
    lambda path, content: os.symlink(path, path),
]


@pytest.mark.parametrize('version', ['', '../../etc', 'a/b', 'abc', 'x' * 200])
def test_a_version_that_is_no_hash_is_never_a_path(cache, version):
    cache.save(PLACE, version, TYPES)
    assert not os.path.exists(cache.folder) and cache.load(PLACE, version) is None


def test_many_writers_and_readers_never_meet_half_a_file(cache):
    wrong = []

    def work():
        for _ in range(20):
            cache.save(PLACE, HASH, TYPES)
            kept = cache.load(PLACE, HASH)
            if kept is None or [each.whole() for each in kept] != TYPES:
                wrong.append(kept)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [] and len(files(cache)) == 1


@pytest.mark.parametrize('setting,environ,expected', [
    (False, {'PYRAL_SCHEMA_CACHE': '/elsewhere'}, None),
    ('/mine', {'PYRAL_SCHEMA_CACHE': 'off'}, '/mine'),
    (None, {'PYRAL_SCHEMA_CACHE': '/elsewhere', 'XDG_CACHE_HOME': '/x'}, '/elsewhere'),
    (None, {'PYRAL_SCHEMA_CACHE': 'OFF', 'XDG_CACHE_HOME': '/x'}, None),
    (None, {'PYRAL_SCHEMA_CACHE': '0'}, None),
    (True, {'XDG_CACHE_HOME': '/x'}, os.path.join('/x', 'pyral')),
    (None, {'XDG_CACHE_HOME': '/x'}, os.path.join('/x', 'pyral')),
    (None, {'XDG_CACHE_HOME': 'relative'}, None),
])
def test_where_the_cache_is(setting, environ, expected):
    assert folder_for(setting, environ) == expected


@pytest.mark.parametrize('address,expected', [
    ('https://r/slm/schema/v2.0/workspace/101/' + HASH, HASH),
    ('/slm/schema/v2.0/workspace/101/{0}?x=1'.format(HASH), HASH),
    ('https://r/slm/schema/v2.0/workspace/101', None), ('', None), ('https://r/login.sp', None),
])
def test_the_version_in_an_address(address, expected):
    assert version_in(address) == expected


class FakeSchema(object):
    """The schema endpoint: redirects to `current`, and gives TYPES there."""

    def __init__(self, redirects=True):
        self.current, self.redirects = HASH, redirects
        self.http = FakeHTTP(self)

    def __call__(self, seen):
        if self.redirects and not seen.path.endswith(self.current):
            return Reply(b'', 302, {'Location': '/slm/schema/v2.0/{0}/{1}'.format(
                PLACE, self.current)})
        return result(TYPES)

    def reader(self, folder):
        transport = Transport('rally.test', Credentials('u', 'p'), adapter=self.http)
        return SchemaReader(transport, SchemaCache(folder, transport.base_url.url))


def test_a_second_process_asks_one_small_request(tmpdir):
    service = FakeSchema()
    assert service.reader(str(tmpdir)).types(PLACE) == TYPES
    assert len(service.http.seen) == 2
    again = service.reader(str(tmpdir)).types(PLACE)
    assert len(service.http.seen) == 3 and all(isinstance(each, KeptType) for each in again)
    assert service.reader(str(tmpdir)).rows(PLACE) == TYPES


def test_a_changed_schema_is_read_anew(tmpdir):
    service = FakeSchema()
    service.reader(str(tmpdir)).types(PLACE)
    service.current = OTHER
    assert service.reader(str(tmpdir)).types(PLACE) == TYPES
    assert [seen.path.rpartition('/')[2] for seen in service.http.seen] == [
        '101', HASH, '101', OTHER]


def test_who_holds_the_current_version_is_told_so(tmpdir):
    service = FakeSchema()
    reader = service.reader(str(tmpdir))
    reader.types(PLACE)
    assert reader.types(PLACE, HASH) is None and len(service.http.seen) == 3
    service.current = OTHER
    assert reader.types(PLACE, HASH) == TYPES and len(service.http.seen) == 5


def test_a_service_that_does_not_redirect_costs_one_request_each_time(tmpdir):
    service = FakeSchema(redirects=False)
    for count in (1, 2):
        assert service.reader(str(tmpdir)).types(PLACE) == TYPES
        assert len(service.http.seen) == count
    assert os.listdir(str(tmpdir)) == []


def test_without_a_cache_nothing_is_written(tmpdir):
    service = FakeSchema()
    for _ in range(2):
        assert service.reader(None).rows(PLACE) == TYPES
    assert len(service.http.seen) == 4


def test_the_version_that_was_kept_last_is_the_latest(cache):
    for version, age in ((OTHER, 1000), (HASH, 2000)):
        cache.save(PLACE, version, TYPES[:1] if version == OTHER else TYPES)
        for name in files(cache):
            if version in name:
                os.utime(os.path.join(cache.folder, name), (age, age))
    found = cache.latest(PLACE)
    assert HASH < OTHER and (found.version, len(found.types)) == (HASH, len(TYPES))
    assert cache.latest('workspace/9') is None


def test_the_age_of_a_version_counts_from_its_last_confirmation(cache):
    cache.save(PLACE, HASH, TYPES)
    os.utime(os.path.join(cache.folder, files(cache)[0]), (1000, 1000))
    assert cache.latest(PLACE).age_s > 10 ** 9
    cache.confirm(PLACE, HASH)
    assert abs(cache.latest(PLACE).age_s) < 10 ** 6
    cache.confirm(PLACE, OTHER)
    assert len(files(cache)) == 1


@pytest.mark.skipif(os.name == 'nt', reason="folders there have no mode")
def test_the_folder_is_for_the_user_alone(cache):
    cache.save(PLACE, HASH, TYPES)
    assert stat.S_IMODE(os.stat(cache.folder).st_mode) == 0o700


def test_a_schema_that_cannot_be_written_leaves_nothing_behind(cache):
    cache.save(PLACE, HASH, [{'TypePath': object()}])
    assert files(cache) == [] and cache.load(PLACE, HASH) is None
