"""The schema cache on disk, so that a second process asks for one hash and parses one type.

One file holds one version of the schema of one place: a line that says what it is and where each
type stands, then the types. A file that is cut, foreign or older than its format is not there.
Writing goes to a file of its own that is renamed, so any number of processes may share a folder.
What cannot be read or written costs a request and is never an error. A file holds what the schema
endpoint answers and nothing else: no credential, no header, no address with a query. Files of other
accounts, pipes and devices are not believed, and what nobody used for long or is too much is
removed. Servers of this machine, whose ports pass, share one file for each schema.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
import re
import stat
import sys
import tempfile
import time
import zlib
from collections import namedtuple

from pyral._compat import Mapping, dump_json, ensure_binary, ensure_native, fspath
from pyral.http.json import load_json
from pyral.refs import last_steps

LOG = logging.getLogger('pyral')

#: The variable that names another folder, or turns the cache off.
CACHE_VARIABLE = 'PYRAL_SCHEMA_CACHE'
_OFF_WORDS = frozenset(['off', 'no', 'n', 'false', 'f', '0', 'none'])
#: Grows when the layout of the files changes.
_FORMAT = 3
#: So many versions of one place's schema are kept; several connections may be between two, and
#: several servers of this machine.
_KEPT_VERSIONS, _KEPT_OF_LOOPBACK = 2, 4
#: What is kept in all: seconds since it was confirmed, bytes, files.
_MOST_AGE_S, _MOST_BYTES, _MOST_FILES = 30 * 24 * 3600, 96 << 20, 200
_LARGEST_FILE = 48 << 20
#: Seconds after which a file that was not finished will not be.
_UNFINISHED_S = 3600
_LOOPBACK = re.compile(
    r'^https?://(?:localhost|[^/:]+\.localhost|127(?:\.[0-9]+){3}|\[::1\])(?::[0-9]+)?$')
#: What stands for the address of a server of this machine.
_SHARED = 'http://loopback.invalid'
#: Members of a type that are known without parsing it; a catalogue indexes by them.
_INDEXED = ('TypePath', 'ElementName', 'Parent', 'IDPrefix', 'Abstract', 'Queryable')
_UNSAFE = re.compile(r'[^A-Za-z0-9.]+')
#: Ends of the names of schemas, and of notes that a server of this machine has one.
_CONTENT, _NOTE = '.json', '.note'
_HASH = re.compile(r'^[0-9A-Za-z]{6,128}$')

# 2.7: os.rename is all there is; it replaces a file on POSIX, and elsewhere the older one stays.
_replace = getattr(os, 'replace', os.rename)


#: A kept schema: its hash, a list of `KeptType`, seconds since the service confirmed the hash.
KeptSchema = namedtuple('KeptSchema', 'version types age_s')


def folder_for(setting, environ):
    """Return the folder of the cache, or None where there shall be none.

    :param setting: False for no cache, a path, or None or True for what the environment says.
    :param environ: a mapping; `PYRAL_SCHEMA_CACHE` is a path or `off`, otherwise the folder is
        `pyral` in the user's cache folder.
    """
    if setting is False:
        return None
    if setting is not None and setting is not True:
        return os.path.expanduser(ensure_native(fspath(setting)))
    named = environ.get(CACHE_VARIABLE, '').strip()
    if named:
        return None if named.lower() in _OFF_WORDS else os.path.expanduser(named)
    base = environ.get('XDG_CACHE_HOME') or _system_folder(environ)
    return os.path.join(base, 'pyral') if base and os.path.isabs(base) else None


def _system_folder(environ):
    folder = environ.get('HOME') or os.path.expanduser('~')
    if sys.platform == 'darwin':
        return os.path.join(folder, 'Library', 'Caches')
    if os.name == 'nt':
        return environ.get('LOCALAPPDATA')
    return os.path.join(folder, '.cache')


class KeptType(object):
    """One type of a kept schema: its names are known, the rest is parsed when it is asked for."""

    __slots__ = ('_head', '_content', '_start', '_end', '_row', '_server')

    def __init__(self, entry, content, server=None):
        start, length = entry['at']
        self._head = dict((name, entry[name]) for name in _INDEXED)
        self._content, self._start, self._end = content, start, start + length
        self._row, self._server = None, server

    def get(self, name, default=None):
        """Return a member of the type, or the default."""
        if self._row is None and name in self._head:
            return self._head[name]
        return self.whole().get(name, default)

    def whole(self):
        """Return the type as the service sent it."""
        if self._row is None:
            self._row = load_json(_of_server(
                self._content[self._start:self._end], self._server))
        return self._row

    @property
    def is_parsed(self):
        """Whether anything but the names was needed so far."""
        return self._row is not None


def _make_folder(folder):
    """Make a folder that may be there already: another thread or process may be first."""
    try:
        os.makedirs(folder, 0o700)
    except OSError:
        if not os.path.isdir(folder):
            raise


class SchemaCache(object):
    """The kept schemas of one server.

    :param folder: where the files are; None keeps nothing.
    :param server: scheme, host and port.
    """

    def __init__(self, folder, server):
        self.folder = folder
        self._server = server
        self._is_loopback = _LOOPBACK.match(server) is not None

    def __repr__(self):
        return '<SchemaCache {0}>'.format(self.folder or 'off')

    def load(self, place, version):
        """Return the list of `KeptType` of a place, or None where it is not kept.

        :param place: `workspace/<oid>`.
        :param version: the hash the service names.
        """
        if self.folder is None or not _HASH.match(version):
            return None
        content = _own_content(self._path(place, version))
        if content is None:
            return None
        try:
            return self._understood(content, place, version)
        except (ValueError, TypeError, KeyError, AttributeError):
            LOG.info("the kept schema of %s is damaged or not ours; it is read anew", place)
            return None

    def latest(self, place):
        """Return the `KeptSchema` of the version that was confirmed last, or None."""
        stem, end = self._note_stem(place), _NOTE if self._is_loopback else _CONTENT
        try:
            names = [name for name in os.listdir(self.folder or '')
                     if name.startswith(stem) and name.endswith(end)]
        except OSError:
            return None
        paths = [os.path.join(self.folder, name) for name in names]
        for path in sorted(paths, key=_age, reverse=True):
            version = os.path.basename(path)[len(stem):-len(end)]
            types = self.load(place, version) if _is_own(path) else None
            if types is not None:
                return KeptSchema(version, types, time.time() - _age(path))
        return None

    def faults(self):
        """Return pairs of path and reason: the files of this server that are not believed."""
        stem = self._stem('')[:-1]
        try:
            names = sorted(name for name in os.listdir(self.folder or '')
                           if name.startswith(stem) and name.endswith(_CONTENT))
        except OSError:
            return []
        paths = [os.path.join(self.folder, name) for name in names]
        found = [(path, self._fault(_own_content(path))) for path in paths]
        return [(path, reason) for path, reason in found if reason]

    def _fault(self, content):
        """Return why the content of a file is not believed, or None."""
        if content is None:
            return 'it is no file of this account, or others can write it'
        try:
            head = load_json(_of_server(content.partition(b'\n')[0],
                                        self._server if self._is_loopback else None))
            if head['format'] != _FORMAT:
                return None  # of another version of this library, which may be in use besides
            if head['server'] != self._server:
                return 'it is of another server'
            self._understood(content, head['place'], head['version'])
        except (ValueError, TypeError, KeyError, AttributeError):
            return 'it is damaged'
        return None

    def workspaces(self):
        """Return the places whose schemas are kept, `workspace/<oid>` each, the newest first."""
        start = _stem_of(self._server, 'workspace/')[:-1]
        end = _NOTE if self._is_loopback else _CONTENT
        try:
            names = [name for name in os.listdir(self.folder or '')
                     if name.startswith(start) and name.endswith(end)]
        except OSError:
            return []
        names.sort(key=lambda name: _age(os.path.join(self.folder, name)), reverse=True)
        return ['workspace/' + name[len(start):].partition('-')[0] for name in names]

    def confirm(self, place, version):
        """Note that the service named this version just now."""
        if self.folder is None:
            return
        try:
            os.utime(self._path(place, version), None)
            self._note(place, version)
        except (IOError, OSError) as problem:
            LOG.debug("the kept schema of %s keeps its age: %s", place, problem)

    def save(self, place, version, rows):
        """Keep the types of a place; whatever prevents it is noted and of no consequence."""
        if self.folder is None or not _HASH.match(version):
            return
        path, unfinished = self._path(place, version), None
        try:
            _make_folder(self.folder)
            handle, unfinished = tempfile.mkstemp('.tmp', 'schema-', self.folder)
            with os.fdopen(handle, 'wb') as target:
                target.write(self._layout(place, version, rows))
            _replace(unfinished, path)
            unfinished = None
            self._note(place, version)
            self._prune(place)
        except (IOError, OSError, ValueError, TypeError, AttributeError) as problem:
            LOG.info("the schema of %s is not kept: %s", place, problem)
        finally:
            _remove(unfinished)

    def _stem(self, place):
        return _stem_of(_SHARED if self._is_loopback else self._server, place)

    def _note_stem(self, place):
        return _stem_of(self._server, place)

    def _path(self, place, version):
        return os.path.join(self.folder, ensure_native(self._stem(place) + version + _CONTENT))

    def _note(self, place, version):
        """Keep that a server of this machine named a version, whose file others may share."""
        if self._is_loopback:
            path = os.path.join(self.folder, ensure_native(
                self._note_stem(place) + version + _NOTE))
            handle, unfinished = tempfile.mkstemp('.tmp', 'schema-', self.folder)
            os.close(handle)
            _replace(unfinished, path)

    def _layout(self, place, version, rows):
        parts, entries, at = [], [], 0
        for row in rows:
            part = self._shared(dump_json(row))
            entry = dict((name, row.get(name)) for name in _INDEXED)
            entry['at'] = [at, len(part)]
            entries.append(entry)
            parts.append(part)
            at += len(part)
        body = b''.join(parts)
        head = self._shared(dump_json({
            'format': _FORMAT, 'server': self._server, 'place': place, 'version': version,
            'digest': _digest(body), 'types': entries}))
        return head + b'\n' + body

    def _shared(self, content):
        return content.replace(ensure_binary(self._server) + b'/', ensure_binary(_SHARED) + b'/') \
            .replace(ensure_binary(self._server) + b'"', ensure_binary(_SHARED) + b'"') \
            if self._is_loopback else content

    def _understood(self, content, place, version):
        line, _, body = content.partition(b'\n')
        server = self._server if self._is_loopback else None
        head = load_json(_of_server(line, server))
        if not isinstance(head, Mapping):
            raise ValueError("no header")
        said = [head.get(name) for name in ('format', 'server', 'place', 'version', 'digest')]
        if said != [_FORMAT, self._server, place, version, _digest(body)]:
            raise ValueError("another file")
        return [KeptType(entry, body, server) for entry in head['types']]

    def _prune(self, place):
        stem = self._stem(place)
        paths = [os.path.join(self.folder, name) for name in os.listdir(self.folder)
                 if name.startswith('schema-')]
        ours = [path for path in paths if os.path.basename(path).startswith(stem)]
        most = _KEPT_OF_LOOPBACK if self._is_loopback else _KEPT_VERSIONS
        for path in sorted(ours, key=_age, reverse=True)[most:]:
            _remove(path)
        files, size = 0, 0
        for path in sorted(paths, key=_age, reverse=True):
            age_s, bytes_of = time.time() - _age(path), _size(path)
            if path.endswith('.tmp'):
                is_needed = age_s < _UNFINISHED_S
            else:
                is_needed = (age_s < _MOST_AGE_S and size + bytes_of <= _MOST_BYTES
                             and files < _MOST_FILES)
                files, size = files + is_needed, size + bytes_of * is_needed
            if not is_needed:
                _remove(path)


def version_in(address):
    """Return the hash at the end of an address of the schema, or None where there is none."""
    last = last_steps(address)[-1]
    # An address without a hash ends in the ObjectID.
    return last if _HASH.match(last) and not last.isdigit() else None


def _stem_of(server, place):
    return 'schema-{0}-'.format(_UNSAFE.sub('_', server + '/' + place))


def _of_server(content, server):
    """Return content with the address of a server of this machine in it."""
    return content if server is None else content.replace(
        ensure_binary(_SHARED), ensure_binary(server))


def _own_content(path):
    """Return the bytes of a file, or None where it is none of this account's."""
    flags = sum(getattr(os, name, 0) for name in (
        'O_RDONLY', 'O_NONBLOCK', 'O_NOFOLLOW', 'O_CLOEXEC', 'O_BINARY', 'O_NOCTTY'))
    try:
        handle = os.open(path, flags)
    except (IOError, OSError):
        return None
    facts = os.fstat(handle)
    if not _is_ours(facts) or facts.st_size > _LARGEST_FILE:
        os.close(handle)
        LOG.info("%s is no file of this account, or too large; it is not believed", path)
        return None
    try:
        with os.fdopen(handle, 'rb') as source:
            return source.read(_LARGEST_FILE)
    except (IOError, OSError):
        return None


def _is_own(path):
    try:
        return _is_ours(os.lstat(path))
    except OSError:
        return False


def _is_ours(facts):
    """Say whether a file is an ordinary one that nobody but this account has written."""
    if not stat.S_ISREG(facts.st_mode):
        return False
    # Windows tells neither owner nor rights here.
    return not hasattr(os, 'geteuid') or (
        facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _digest(body):
    # Against damage, not against malice: who can write the file can write its digest.
    return zlib.crc32(body) & 0xffffffff


def _age(path):
    try:
        return os.path.getmtime(path)
    except OSError:  # another process removed it
        return 0.0


def _size(path):
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def _remove(path):
    try:
        if path is not None:
            os.remove(path)
    except OSError as problem:
        LOG.debug("%s stays: %s", path, problem)


__all__ = ['CACHE_VARIABLE', 'KeptSchema', 'KeptType', 'SchemaCache', 'folder_for', 'version_in']
