"""A watch over the whole run: no secret a test used may stand in anything that was written.

Every transport tells its redactor what is secret: passwords, keys, tokens, the Authorization value;
the watch listens there, and to the cookie jars. What each test wrote - output, log records at every
level, warnings, the texts of errors and of their causes, pickles, output of processes it started,
the emulator's log of requests, files of its cache and temporary folders - is searched for the
secrets in use. A test that showed one fails, wherever it runs, under xdist as well.
"""
from __future__ import absolute_import, division, print_function

import hashlib
import io
import logging
import os
import subprocess
import sys
import warnings
import weakref
from collections import OrderedDict

import pytest

from pyral import errors
from pyral._compat import binary_type, ensure_text, text_type
from pyral._locks import ProcessLock
from pyral.http import session
from pyral.redact import Redactor, revealed

#: Shorter ones occur by chance, and tests call their passwords so.
SHORTEST = 8
#: Words that tests use as passwords and that stand in messages for their own sake.
PLAIN_WORDS = frozenset(['password', 'no-password-given', 'passw0rd'])
#: So many secrets are searched for at a time, those used last.
MOST_SECRETS = 60
#: What the emulator's command says when it is ready, for whoever started it.
ANNOUNCEMENT = u'"apikey":'
#: Files that tests write credentials to because users do; a kept database holds its world's login.
USERS_FILES = ('.db', 'netrc', '.cfg', '.conf', '.ini', '.env', '.json', '.py', '.pyc', '.pem',
               '.key', 'config')
LARGEST_FILE = 8 * 1024 * 1024
#: Characters of output that are held before they are searched.
MOST_HELD = 1 << 20


class SecretWatch(object):
    """Collects what one test wrote, and judges it at the end of the test."""

    def __init__(self):
        #: Tests write from many threads, and their children write too.
        self._lock = ProcessLock()
        self.secrets = OrderedDict()
        self.written, self.folders, self._hits = [], [], set()
        #: Folders that only the package writes to, and the digests of what was found there.
        self.caches, self._digests = [], set()
        #: Files that have several names; each is read once.
        self._linked = set()
        self._held = 0
        #: Request logs of emulators, and the last entry of each that was read.
        self._request_logs = weakref.WeakKeyDictionary()
        self._used, self._hooked_request_log = [], False

    # What is secret, and what is written

    def learn(self, secret):
        """Take a secret, as the one used last."""
        text = ensure_text(secret, errors='replace') if secret else u''
        # One sign over and over is what tests of large texts and of cookies are filled with.
        if len(text) < SHORTEST or len(set(text)) < 3 or text.lower() in PLAIN_WORDS:
            return
        with self._lock:
            self.secrets.pop(text, None)
            self.secrets[text] = True
            while len(self.secrets) > MOST_SECRETS:
                self.secrets.popitem(last=False)

    def write(self, where, text):
        """Take something that was written."""
        if text:
            text = _as_text(text)
            with self._lock:
                self.written.append((where, text))
                self._held += len(text)
                if self._held > MOST_HELD:
                    self._search()

    def found(self):
        """Return where a secret stands in what was written; forget what was written."""
        used, self._used = self._used, []
        for log in used:
            self._read_request_log(log)
        folders, self.folders = self.folders, []
        caches, self.caches = self.caches, []
        for folder in folders + caches:
            for name, path in _files_of(folder):
                if folder in caches or not name.endswith(USERS_FILES):
                    self._read_file(name, path)
        self._search()
        hits, self._hits = self._hits, set()
        return sorted(hits)

    def _read_file(self, name, path):
        facts = os.stat(path)
        linked = (facts.st_dev, facts.st_ino, facts.st_size)
        if linked in self._linked:
            return
        if facts.st_nlink > 1:  # the schema of the session, which nobody writes into
            self._linked.add(linked)
        with io.open(path, 'rb') as source:
            content = source.read()
        digest = hashlib.md5(content).digest()
        if digest not in self._digests:  # most caches of a run are the same
            self._digests.add(digest)
            self.write('the file ' + name, content.decode('latin-1'))

    def _search(self):
        with self._lock:
            written, self.written, self._held = self.written, [], 0
            self._hits.update(
                u'{0}: ...{1}...'.format(where, _around(text, secret))
                for where, text in written for secret in self.secrets if secret in text)

    def _read_request_log(self, log):
        last = self._request_logs.get(log, 0)
        for entry in log.entries():
            if entry.number > last:
                self.write("the emulator's log of requests", repr(entry))
                self._request_logs[log] = entry.number

    # Where the watch listens

    def listen(self):
        """Hook into everything that writes; for the whole process."""
        self._listen_to_secrets()
        handler = _Records(self)
        for name in ('pyral', 'urllib3', 'requests'):
            logging.getLogger(name).addHandler(handler)
            logging.getLogger(name).setLevel(logging.DEBUG)
        _after(errors.PyralError, '__init__', lambda error, *args, **details: self.write(
            'an error', _told(error)))
        _after(subprocess.Popen, 'communicate', lambda process, *args, **options: None,
               self._hear_process)
        self._listen_to_warnings()

    def _listen_to_secrets(self):
        _after(Redactor, 'learn', lambda redactor, secret, **options: self.learn(
            revealed(secret)))
        _after(session.Cookies, 'set_cookie', lambda cookies, cookie, *args, **options: self.learn(
            cookie.value))

    def _hear_process(self, process, result):
        # A browser or curl shows the credentials that its test gave it; ours never do.
        if _is_python(getattr(process, 'args', sys.executable)):
            for text in result:
                self.write('a process', _without_announcement(text))

    def _listen_to_warnings(self):
        warn = warnings.warn

        def warned(message, category=UserWarning, stacklevel=1, *args, **options):
            self.write('a warning', text_type(message))
            return warn(message, category, stacklevel + 1, *args, **options)

        warnings.warn = warned

    def _listen_to_emulators(self):
        module = sys.modules.get('pyral.emulator.web.request_log')
        if module is not None and not self._hooked_request_log:
            self._hooked_request_log = True
            clear = module.RequestLog.clear

            def read_and_clear(log):
                self._read_request_log(log)
                self._search()
                self._request_logs[log] = 0
                clear(log)

            module.RequestLog.clear = read_and_clear
            _after(module.RequestLog, 'open', self._use)

    def _use(self, log, *args):
        if log not in self._used:
            self._used.append(log)

    # Hooks of pytest

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        """Judge a test when the last of its phases has ended."""
        outcome = yield
        self._listen_to_emulators()
        if call.when != 'teardown':
            return
        report = outcome.get_result()
        for name, content in report.sections:
            self.write(name, content)
        self.folders += [str(item.funcargs[name]) for name in ('tmpdir', 'tmp_path')
                         if name in getattr(item, 'funcargs', {})]
        found = self.found()
        if found and report.outcome == 'passed':
            report.outcome, report.sections = 'failed', []
            report.longrepr = u'{0} shows secrets:\n{1}'.format(item.nodeid, u'\n'.join(found))


class _Records(logging.Handler):
    """Passes what every log record says to a watch."""

    def __init__(self, watch):
        logging.Handler.__init__(self, logging.DEBUG)
        self._watch = watch
        self._formatter = logging.Formatter()

    def emit(self, record):
        try:
            text = self._formatter.format(record)
        except Exception:  # a record that cannot be formatted is a matter of its own test
            text = repr((record.msg, record.args))
        self._watch.write('the log', text)


def _after(owner, name, heed, heed_result=None):
    """Have `heed` called with the arguments of a method after each call."""
    method = getattr(owner, name)
    method = getattr(method, '__func__', method)

    def heeding(*args, **options):
        result = method(*args, **options)
        heed(*args, **options)
        if heed_result is not None:
            heed_result(args[0], result)
        return result

    heeding.__name__, heeding.__doc__ = name, method.__doc__
    setattr(owner, name, heeding)


def _told(error):
    """Return all an error can tell: its text, its details, its cause."""
    try:
        return u'\n'.join([_as_text(str(error)), _as_text(repr(error.args)),
                           _as_text(repr(error.__dict__))])
    except Exception:  # half an error: a test makes such a one
        return u''


def _is_python(command):
    program = command.split()[0] if isinstance(command, (binary_type, text_type)) else command[0]
    return u'python' in os.path.basename(ensure_text(str(program)))


def _without_announcement(text):
    return u'\n'.join(line for line in _as_text(text or u'').splitlines()
                      if ANNOUNCEMENT not in line)


def _files_of(folder):
    """Yield the name and the path of every file that is not too large to be ours."""
    for place, folders, names in os.walk(folder):
        if 'pyvenv.cfg' in names:  # a virtual environment: code, ours with its demo accounts
            del folders[:]
            continue
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path) and os.path.getsize(path) <= LARGEST_FILE:
                yield name, path


def _around(text, secret):
    """Return what surrounds a secret, and of itself only the beginning."""
    at = text.index(secret)
    return u'{0}{1}[...]'.format(text[max(0, at - 60):at], secret[:2]).replace(u'\n', u' ')


def _as_text(value):
    if isinstance(value, binary_type):
        return value.decode('utf-8', 'replace')
    return value if isinstance(value, text_type) else text_type(value)
