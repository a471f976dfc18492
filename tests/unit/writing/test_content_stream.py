# -*- coding: utf-8 -*-
"""Content is taken out of an answer while it arrives, wherever the pieces are cut."""
from __future__ import absolute_import, division, print_function

import base64
import io
import json

import pytest

from pyral.writing.content_stream import ContentStream

DATA = bytes(bytearray(range(256))) * 3 + b'?'


def answer(content, blanks=False):
    """Return an answer of the service with this text as content."""
    item = {'AttachmentContent': {'_type': 'AttachmentContent', 'Content': content, 'Errors': []}}
    return json.dumps(item, separators=(' , ', ' : ') if blanks else None).encode('ascii')


def streamed(body, size):
    """Return what the stream keeps and writes when a body comes in pieces of a size."""
    sink = io.BytesIO()
    stream = ContentStream(sink)
    kept = stream.without_content(body[start:start + size] for start in range(0, len(body), size))
    return kept, sink.getvalue(), stream.problem


def text(data):
    """Return data as base64 text."""
    return base64.b64encode(data).decode('ascii')


@pytest.mark.parametrize('blanks', [False, True])
@pytest.mark.parametrize('size', [1, 2, 3, 5, 7, 64, 65, 1000, 10000])
def test_the_content_goes_to_the_file_and_the_rest_stays_good_json(size, blanks):
    body = answer(text(DATA), blanks)
    assert streamed(body, size) == (body.replace(text(DATA).encode('ascii'), b''), DATA, None)


@pytest.mark.parametrize('size', [1, 4, 6, 1000])
@pytest.mark.parametrize('before, after', [
    (u'/', u'\\/'), (u'+', u'\\u002b'), (u'A', u'A\\n'), (u'A', u'A\\r\\n'), (u'A', u'A ')])
def test_escapes_and_line_ends_within_the_content_are_read(size, before, after):
    body = answer(u'?').replace(b'?', text(DATA).replace(before, after).encode('ascii'))
    kept, written, problem = streamed(body, size)
    assert (written, problem) == (DATA, None)
    assert json.loads(kept.decode('ascii'))['AttachmentContent']['Content'] == ''


@pytest.mark.parametrize('body', [
    b'', b'{', b'<html>"Content"</html>', answer(None), answer(u''),
    b'{"OperationResult": {"Errors": ["\\"Content\\": \\"QUJD\\""]}}'])
def test_an_answer_without_content_passes_whole(body):
    for size in (1, 1000):
        assert streamed(body, size) == (body, b'', None)


def test_what_breaks_off_is_no_good_json_any_more():
    kept, written, _ = streamed(answer(text(DATA))[:600], 100)
    assert DATA.startswith(written)
    with pytest.raises(ValueError):
        json.loads(kept.decode('ascii'))


def test_what_is_no_base64_is_told_and_never_raised():
    kept, _, problem = streamed(answer(u'QUJDR'), 4)
    assert problem and kept == answer(u'')


def test_what_the_file_raises_is_kept_and_not_raised():
    class Full(io.BytesIO):
        written = 0

        def write(self, data):
            self.written += 1
            raise IOError(28, 'No space left on device')

    sink = Full()
    stream = ContentStream(sink)
    body = answer(text(DATA))
    kept = stream.without_content([body[:300], body[300:500], body[500:]])
    assert json.loads(kept.decode('ascii'))
    assert stream.error.errno == 28 and sink.written == 1 and stream.problem is None


def test_an_answer_that_comes_again_replaces_the_one_before():
    sink = io.BytesIO()
    stream = ContentStream(sink)
    stream.without_content([answer(text(DATA))[:600]])
    stream.without_content([answer(text(b'short'))])
    assert sink.getvalue() == b'short' and stream.problem is None
