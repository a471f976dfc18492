"""Trouble with a database: one clear line without secrets, exit code 2, and nothing half done."""

import os
import random
import sqlite3
import stat

import pytest
import requests
from sqlalchemy.exc import OperationalError

from pyral.emulator import Emulator
from pyral.emulator.__main__ import main
from pyral.emulator.store import database
from pyral.emulator.store.database import Database
from pyral.emulator.store.database_errors import DatabaseUnavailable, opening, shown_url, trouble
from pyral.emulator.web.tls import make_certificate
from tests.answer_checks import Alarm

SECRET = 's3cr3t'


def start(db, capsys):
    """Return exit code and error output of a start with a database."""
    code = main(['--world', 'empty', '--port', '0', '--db', str(db), '--', 'true'])
    return code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ('url', 'said'),
    [
        ('{folder}/missing/x.db', 'unable to open database file'),
        ('{folder}', 'unable to open database file'),
        ('{text}', 'file is not a database'),
        ('sqlite:///{text}', 'file is not a database'),
        ('mysql+asyncmy2://ann:{secret}@127.0.0.1/x', 'there is no driver of this name'),
        ('nosuch://ann:{secret}@127.0.0.1/x', 'there is no driver of this name'),
        ('nosuch://ann:{secret}@127.0.0.1/x?password={secret}', 'there is no driver'),
        ('nosuch://ann:a/b@{secret}@127.0.0.1/x', 'there is no driver'),
        ('mssql+pymssql://ann:{secret}@127.0.0.1/x', 'the driver pymssql is not installed'),
        ('://ann:{secret}@127.0.0.1/x', 'neither a file nor the URL of a database'),
        ('postgresql://ann:{secret}@127.0.0.1:{secret}/x', 'neither a file nor the URL'),
        ('postgresql://:{secret}@127.0.0.1:port/x', 'neither a file nor the URL'),
    ],
)
def test_a_wrong_database_is_said_in_one_line_without_its_password(tmp_path, capsys, url, said):
    text = tmp_path / 'text'
    text.write_text("no database at all\n" * 100)
    url = url.format(folder=tmp_path, text=text, secret=SECRET)
    code, lines = start(url, capsys)
    assert code == 2 and len(lines) == 1
    (line,) = lines
    assert line.startswith('pyral.emulator: cannot open the database ') and said in line
    assert line.count(SECRET) == url.count(f':{SECRET}/'), "a port is no secret, a password is"
    assert text.read_text() == "no database at all\n" * 100


@pytest.mark.parametrize('form', [SECRET, 'p%40ss%2Fword', 'a:b'])
def test_what_a_server_says_loses_the_password_too(form):
    plain = form.replace('%40', '@').replace('%2F', '/')
    refusal = OperationalError('SELECT 1', {}, Exception(f'no login\nwith {plain} or {form}'))
    with pytest.raises(DatabaseUnavailable) as caught, opening(f'postgresql://ann:{form}@h/x'):
        raise refusal
    assert plain not in str(caught.value) and form not in str(caught.value)
    assert 'no login with *** or ***' in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_urls_are_shown_without_what_is_secret():
    for url, expected in (
        ('postgresql://ann@h/x', 'postgresql://ann@h/x'),
        (
            'postgresql://ann:a@h/x?sslpassword=b&c=d',
            'postgresql://ann:***@h/x?sslpassword=***&c=d',
        ),
        ('sqlite:////a/b@c:d.db', '/a/b@c:d.db'),
        ('sqlite://', 'sqlite://'),
    ):
        assert shown_url(url) == expected


def test_only_what_lies_outside_is_trouble_with_the_database():
    def error(text):
        return OperationalError('SELECT 1', {}, sqlite3.OperationalError(text))

    assert trouble(error('database or disk is full')) == 'database or disk is full'
    assert trouble(sqlite3.OperationalError('disk I/O error')) == 'disk I/O error'
    assert (
        trouble(OperationalError('SELECT 1', {}, Exception('server is gone'))) == 'server is gone'
    )
    assert trouble(error('near "SELEC": syntax error')) == trouble(ValueError('x')) == ''


@pytest.fixture
def small_disk(monkeypatch):
    """Let every database have so many pages at most."""
    most = {'pages': 10**6}
    prepare = Database._prepare

    def limited(self, raw, record):
        prepare(self, raw, record)
        if not self.in_memory:
            raw.execute('PRAGMA max_page_count = {}'.format(most['pages']))

    monkeypatch.setattr(Database, '_prepare', limited)
    return most


def test_a_full_disk_ends_the_start_with_one_line(tmp_path, capsys, small_disk):
    for pages in (1, 5, random.randrange(6, 60)):
        small_disk['pages'] = pages
        code, lines = start(tmp_path / f'{pages}.db', capsys)
        assert code == 2, pages
        assert [line.rpartition(': ')[2] for line in lines] == ['database or disk is full'], pages


def test_a_full_disk_while_serving_is_told_and_nothing_is_half_done(tmp_path, small_disk):
    path = tmp_path / 'kept.db'
    with Emulator(world='empty', db=path, listen=False) as emulator:
        session = requests.Session()
        session.mount(emulator.url, emulator.adapter())
        session.headers['ZSESSIONID'] = emulator.apikey
        address = emulator.url + '/slm/webservice/v2.0/hierarchicalrequirement'

        def create():
            story = {'Name': 'x', 'Description': 'y' * 30000}
            answer = session.put(address + '/create', json={'HierarchicalRequirement': story})
            return answer.json()['CreateResult']['Errors']

        assert create() == []
        emulator.store._database.engine.dispose()
        with sqlite3.connect(str(path)) as raw:
            small_disk['pages'] = raw.execute('PRAGMA page_count').fetchone()[0]
        raw.close()
        with Alarm() as alarm:
            (error,) = create()
        assert error.endswith('database or disk is full') and 'was not done' in error
        assert len(alarm.heard) == 1 and 'Traceback' not in alarm.heard[0]
        found = session.get(address).json()['QueryResult']
        assert (found['Errors'], found['TotalResultCount']) == ([], 1)
        small_disk['pages'] = 10**6
        emulator.store._database.engine.dispose()
        assert create() == []
        assert session.get(address).json()['QueryResult']['TotalResultCount'] == 2


@pytest.mark.parametrize('way', ['path', 'url', 'uri'])
def test_a_new_database_is_for_its_owner_alone(tmp_path, way):
    path = tmp_path / 'kept.db'
    db = {'path': path, 'url': f'sqlite:///{path}', 'uri': f'sqlite:///file:{path}?uri=true'}[way]
    old = os.umask(0)
    try:
        with Emulator(world='empty', db=db, listen=False) as emulator:
            emulator.let_in(emulator.user, password='another-Secret1')
            files = list(tmp_path.iterdir())
            assert path in files and len(files) >= 2
            for file in files:
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name
    finally:
        os.umask(old)


def test_a_database_that_is_there_keeps_its_mode(tmp_path):
    path = tmp_path / 'shared.db'
    path.touch()
    path.chmod(0o660)
    database.make_private(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_the_key_of_a_certificate_made_on_the_spot_is_for_its_owner_alone():
    old = os.umask(0)
    try:
        made = make_certificate('127.0.0.1')
        try:
            assert stat.S_IMODE(os.stat(made.key).st_mode) == 0o600
            assert stat.S_IMODE(os.stat(os.path.dirname(made.key)).st_mode) == 0o700
            made.context()
        finally:
            made.discard()
    finally:
        os.umask(old)
