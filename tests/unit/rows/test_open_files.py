# coding: utf-8
"""Rows go whole into any open file of text or of bytes, and it stays open."""
from __future__ import absolute_import, division, print_function

import codecs
import errno
import gzip
import io
import sys
import tempfile

import pytest

from pyral._compat import PYTHON_2, ensure_text
from pyral.cli.formats import PlainRows
from pyral.cli.streams import TextSink
from pyral.rows.columns import TEXT, Column
from pyral.rows.files import write_csv, write_jsonl

NAMES = [u'é', u'\u20ac' * 3000, u'plain', u'a, "b"\r\n', u'\U0001f600'] * 3


class Slow(io.RawIOBase):
    """A file without a buffer that takes so many bytes at a time, and then none."""

    def __init__(self, most, full_at=None):
        super(Slow, self).__init__()
        self.most, self.full_at, self.taken = most, full_at, b''

    def writable(self):
        return True

    def write(self, data):
        if self.full_at is not None and len(self.taken) >= self.full_at:
            return None
        part = bytes(memoryview(data).tobytes())[:self.most]
        self.taken += part
        return len(part)


class Nothing(object):
    """What has `write` alone, as the output of another library may."""

    def __init__(self):
        self.taken = []

    def write(self, part):
        self.taken.append(ensure_text(part))


def read_back(file):
    file.seek(0)
    return ensure_text(file.read())


def of_path(opened):
    """Return what makes a file of a path, and what reads it back."""

    def made(path):
        def read(file):
            file.flush()
            with io.open(path, 'rb') as source:
                return source.read().decode('utf-8')

        return opened(path), read

    return made


def of_itself(made, read=read_back):
    return lambda path: (made(), read)


FILES = {
    'text': of_path(lambda path: io.open(path, 'w', encoding='utf-8', newline='')),
    'bytes': of_path(lambda path: io.open(path, 'wb')),
    'unbuffered': of_path(lambda path: io.open(path, 'wb', 0)),
    'binary': of_path(lambda path: open(path, 'wb')),
    'codecs': of_path(lambda path: codecs.open(path, 'w', 'utf-8')),
    'codecs, reading too': of_path(lambda path: codecs.open(path, 'w+', 'utf-8')),
    'writer of codecs': of_path(lambda path: codecs.getwriter('utf-8')(io.open(path, 'wb'))),
    'StringIO': of_itself(io.StringIO), 'BytesIO': of_itself(io.BytesIO),
    'temporary': of_itself(tempfile.NamedTemporaryFile),
    'temporary without a name': of_itself(tempfile.TemporaryFile),
    'temporary in memory': of_itself(tempfile.SpooledTemporaryFile),
    'short writes': of_itself(lambda: Slow(7), lambda file: file.taken.decode('utf-8')),
    'write alone': of_itself(Nothing, lambda file: u''.join(file.taken)),
}
if not PYTHON_2:
    FILES['temporary text'] = of_itself(lambda: tempfile.NamedTemporaryFile(
        'w+', encoding='utf-8', newline=''))


def rows():
    return PlainRows([Column('Name', ('Name',), TEXT, False)], [[each] for each in NAMES])


@pytest.mark.filterwarnings('ignore:codecs.open')
@pytest.mark.parametrize('write', [write_jsonl, lambda file, rows: write_csv(
    file, rows, True, 'utf-8')], ids=['jsonl', 'csv'])
@pytest.mark.parametrize('kind', sorted(FILES))
def test_each_open_file_holds_the_same(tmpdir, kind, write):
    whole = io.StringIO()
    assert write(whole, rows()) == len(NAMES)
    file, content = FILES[kind](str(tmpdir.join('rows')))
    assert write(file, rows()) == len(NAMES)
    assert content(file) == whole.getvalue()
    assert not getattr(file, 'closed', False)
    if hasattr(file, 'close'):
        file.close()


def test_a_compressed_file_holds_the_same(tmpdir):
    whole = io.StringIO()
    write_jsonl(whole, rows())
    with gzip.open(str(tmpdir.join('rows.gz')), 'wb') as file:
        write_jsonl(file, rows())
    with gzip.open(str(tmpdir.join('rows.gz'))) as file:
        assert file.read().decode('utf-8') == whole.getvalue()


@pytest.mark.parametrize('full_at', [0, 5, 5000])
def test_a_file_that_takes_no_more_is_an_error_and_no_end(full_at):
    with pytest.raises((IOError, OSError)) as caught:
        write_jsonl(Slow(1000, full_at), rows())
    assert caught.value.errno == errno.EAGAIN


def test_an_encoding_is_that_of_files_of_bytes():
    file = io.BytesIO()
    write_csv(file, rows(), True, 'utf-16')
    assert file.getvalue().decode('utf-16').startswith(u'Name\r\né\r\n')


@pytest.mark.parametrize('most', [1, 7, sys.maxsize])
def test_an_output_without_a_buffer_takes_all(most):
    raw = Slow(most)
    sink = TextSink(raw)
    sink.write(u'é' * 50)
    sink.write_bytes(b'12345678')
    assert raw.taken.decode('utf-8') == u'é' * 50 + u'12345678'
