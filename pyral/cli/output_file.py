"""Files that the command writes: under their own name only when they are whole."""
from __future__ import absolute_import, division, print_function

import io
import os
import shutil

from pyral._compat import fill, fspath, path_text
from pyral.cli.failures import UsageError
from pyral.cli.formats import FORMATS
from pyral.cli.streams import TextSink
from pyral.errors import nearest

__all__ = ['OutputFile', 'check_place', 'format_of_name']

_SUFFIXES = {'json': 'json', 'jsonl': 'jsonl', 'ndjson': 'jsonl', 'csv': 'csv', 'tsv': 'tsv',
             'tab': 'tsv', 'parquet': 'parquet', 'pq': 'parquet', 'txt': 'table'}
#: Formats whose first lines are of use without the last ones.
_OF_LINES = ('jsonl', 'csv', 'tsv', 'table')
#: Each time that the buffer is emptied, the writing waits for the threads that read.
_BUFFER = 1 << 17
# 2.7: os.rename is all there is; on Windows it does not replace.
_replace = getattr(os, 'replace', os.rename)


def format_of_name(name):
    """Return the format that the end of a file name stands for.

    :raises UsageError: for none.
    """
    if name.lower() in FORMATS:
        raise UsageError(fill(u"--output names a file, and '{0}' is a format", name),
                         fill(u"Write -o {0}, or ./{0}", name))
    suffix = os.path.splitext(name)[1][1:].lower()
    if suffix not in _SUFFIXES:
        raise UsageError(
            fill(u"no format is known by the name '{0}'", name),
            u"End it in .csv, .jsonl, .json, .tsv or .parquet, or say -o FORMAT.",
            nearest(suffix, _SUFFIXES) if suffix else ())
    return _SUFFIXES[suffix]


def check_place(name):
    """Refuse a file name that nothing can be written to, before a request is made.

    :raises UsageError: its folder is not there, or it is one itself.
    """
    path = fspath(name)
    folder = os.path.dirname(path) or os.curdir
    if os.path.isdir(path):
        raise UsageError(fill(u"'{0}' is a folder", name), u"Name a file in it.")
    if not os.path.isdir(folder):
        raise UsageError(fill(u"there is no folder '{0}'", path_text(folder)))
    target = path if os.path.exists(path) else folder
    if not os.access(target, os.W_OK):
        raise UsageError(fill(u"'{0}' cannot be written to", path_text(target)))


def _is_of_system(name):
    return os.path.abspath(name).startswith(('/dev/', '/proc/'))


def _copy_rights(source, target):
    try:
        shutil.copymode(source, target)
    except (IOError, OSError):  # a file system without them
        return


class OutputFile(object):
    """A file that is written beside its place and put there when it is whole.

        with OutputFile('defects.csv', 'csv') as sink:
            sink.write(u'...')

    What is no ordinary file, such as a pipe with a name, is written as it is. Of a link the file
    that it leads to is written, and a file that is there keeps who may read it.
    """

    def __init__(self, name, format_name):
        # /dev/stdout is a link to an ordinary file where the output goes to one.
        name = fspath(name)
        is_plain = not _is_of_system(name) and (not os.path.exists(name) or os.path.isfile(name))
        name = os.path.realpath(name) if is_plain and os.path.islink(name) else name
        self._name, self._format = name, format_name
        self._written_to = name + '.part' if is_plain else name
        self._file = None

    def __enter__(self):
        self._file = io.open(self._written_to, 'wb', _BUFFER)
        if self._written_to != self._name and os.path.exists(self._name):
            _copy_rights(self._name, self._written_to)
        return TextSink(self._file)

    def __exit__(self, kind, error, trace):
        self._file.close()
        if self._written_to == self._name:
            return
        if error is None:
            _replace(self._written_to, self._name)
        elif self._format not in _OF_LINES or not os.path.getsize(self._written_to):
            os.remove(self._written_to)

    @property
    def left(self):
        """The name of what a failure left, None for nothing."""
        is_there = self._written_to != self._name and os.path.exists(self._written_to)
        return path_text(self._written_to) if is_there else None
