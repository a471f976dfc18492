"""`make test-postgres`: the tests of store and contract over a PostgreSQL of our own.

A server is made in a temporary folder, listens on a socket there and on no port, and is gone
afterwards; no server that already runs is touched. Where PostgreSQL or its driver is missing, this
says so and leaves it at that. Arguments go to pytest.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Where distributions put the programs that are not on the path.
FOLDERS = (
    '/usr/lib/postgresql/*/bin',
    '/usr/pgsql-*/bin',
    '/usr/local/pgsql/bin',
    '/opt/homebrew/opt/postgresql*/bin',
)
#: Users a server may run as: it refuses to run as root.
OTHER_USERS = ('postgres', 'nobody')
SUITES = (
    'tests/emulator/test_store.py',
    'tests/emulator/test_kept_databases.py',
    'tests/emulator/test_many_clients.py',
    'tests/contract',
)
#: Variable of a suite that wants an empty database of its own -> name of the database.
DATABASES = {
    'PYRAL_TEST_DATABASE': 'contract',
    'PYRAL_TEST_DATABASE_SMALL': 'small',
    'PYRAL_TEST_DATABASE_URL': 'store',
}
#: What another database decides: the other backends run in every suite.
ONLY = ('-k', 'database')
#: Texts are not compared byte by byte, so that what needs that order has to ask for it.
LANGUAGE = ('--locale-provider=icu', '--icu-locale=en')
SETTINGS = ('-c', 'listen_addresses=', '-c', 'fsync=off')


def program(name):
    """Return the path of a program of PostgreSQL, or None."""
    folders = [found for pattern in FOLDERS for found in sorted(glob.glob(pattern), reverse=True)]
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


def as_other_user(folder):
    """Return what makes `subprocess` run as a user that is not root; gives it the folder."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in OTHER_USERS:
        if name in known:
            entry = known[name]
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            return {'user': entry.pw_uid, 'group': entry.pw_gid, 'extra_groups': []}
    return None


class Server:
    """A PostgreSQL in a folder.

    :param folder: an empty folder that the user of the server may write.
    :param programs: path by name of the programs.
    :param user: what makes `subprocess` run as that user.
    """

    def __init__(self, folder, programs, user):
        self._folder, self._programs = folder, programs
        self._rows = os.path.join(folder, 'data')
        self._how = dict(user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        self._make()
        log = os.path.join(self._folder, 'log')
        try:
            self._control('start', '-l', log, '-o', ' '.join((*SETTINGS, '-k', self._folder)))
        except BaseException:
            # It may be under way still, only too slow.
            self._control('stop', '-m', 'immediate', check=False)
            if os.path.exists(log):
                with open(log, encoding='utf-8', errors='replace') as source:
                    print("test-postgres: the server did not start:\n" + source.read())
            raise
        return self

    def _make(self):
        command = [self._programs['initdb'], '-D', self._rows, '-U', 'tester', '-A', 'trust']
        command += ['-E', 'UTF8', '--no-sync', '--locale=C']
        made = subprocess.run([*command, *LANGUAGE], **dict(self._how, check=False))
        if made.returncode:
            print("test-postgres: this PostgreSQL has no ICU; texts are compared byte by byte")
            subprocess.run(command, **self._how)

    def __exit__(self, *error):
        self._control('stop', '-m', 'immediate')

    def _control(self, what, *options, check=True):
        subprocess.run(
            [self._programs['pg_ctl'], what, '-w', '-D', self._rows, *options],
            **dict(self._how, check=check),
        )

    def database(self, name):
        """Make an empty database and return its SQLAlchemy URL."""
        subprocess.run(
            [self._programs['createdb'], '-h', self._folder, '-U', 'tester', name], **self._how
        )
        return 'postgresql+psycopg://tester@/{}?host={}'.format(name, self._folder)


def main(arguments):
    """Run the suites; return pytest's exit code, or 0 when there is nothing to run them on."""
    programs = {name: program(name) for name in ('initdb', 'pg_ctl', 'createdb')}
    missing = sorted(name for name, path in programs.items() if path is None)
    if missing or importlib.util.find_spec('psycopg') is None:
        print(
            "test-postgres: skipped; it needs PostgreSQL (missing: {}) and "
            "pip install 'pyral[postgres]'".format(', '.join(missing) or 'only psycopg')
        )
        return 0
    # Ended from outside, the server must end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = tempfile.mkdtemp(prefix='pyral-pg-')
    try:
        user = as_other_user(folder)
        if user is None:
            print(
                "test-postgres: skipped; PostgreSQL does not run as root, and there is no user "
                "called {}".format(' or '.join(OTHER_USERS))
            )
            return 0
        with Server(folder, programs, user) as server:
            environ = dict(
                os.environ,
                **{variable: server.database(name) for variable, name in DATABASES.items()},
            )
            return subprocess.call(
                [sys.executable, '-m', 'pytest', '-q', *(arguments or [*SUITES, *ONLY])],
                cwd=ROOT,
                env=environ,
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
