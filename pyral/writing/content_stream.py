"""Streaming download: the content of an attachment, taken out of an answer while it arrives.

The service sends content as base64 within a JSON object, and it may be large. This decodes it
piece by piece into a file and hands on the rest of the answer, which stays good JSON with an empty
text in that place; so nothing of the size of the content is ever held in memory. Base64 is taken
strictly: what a decoder would pass over is damage. It knows nothing of HTTP, and must never fail
while it is fed, or a full disk would pass for a broken connection: what was wrong stands in
`problem` or `error` afterwards.
"""
from __future__ import absolute_import, division, print_function

import binascii
import json
import re

from pyral._compat import ensure_binary, ensure_text

__all__ = ['ContentStream']

_BEGIN = re.compile(b'"Content"\\s*:\\s*"')
#: More than `"Content" : "` has, so that a beginning cut in two is found.
_LONGEST_BEGIN = 64
#: What JSON may break within a text: `\n`, `\/`, `\u002b`.
_LONGEST_ESCAPE = 6
_BLANKS = b' \t\r\n'
_ALPHABET = b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'


class ContentStream(object):
    """Writes the decoded `Content` of one answer to a file.

    :param sink: an open binary file that can be rewound, because an answer may come again.
    :param size: bytes of the content, as far as they are known; twice as many may come.

    After an answer, `problem` says why the content is no base64, and `error` is the exception the
    file raised; both are None otherwise. `length` is the number of bytes that were decoded, None
    where the answer has no text for content.
    """

    def __init__(self, sink, size=0):
        self._sink = sink
        self.size = size
        self.error = None
        self._restart()

    def without_content(self, pieces):
        """Return the bytes of `pieces` without the content, which goes to the file.

        :param pieces: the body of an answer in order.
        """
        self._restart()
        kept = [self._keep(piece) for piece in pieces]
        kept.append(self._waiting)
        return b''.join(kept)

    def _restart(self):
        self._to_sink(self._rewind)
        self._keep = self._before
        self._waiting, self._undecoded, self.problem = b'', b'', None
        self.length, self._is_padded = None, False

    def _before(self, piece):
        text = self._waiting + piece
        found = _BEGIN.search(text)
        if found is None:
            self._waiting = text[-_LONGEST_BEGIN:]
            return text[:-_LONGEST_BEGIN]
        self._waiting, self._keep, self.length = b'', self._within, 0
        return text[:found.end()] + self._within(text[found.end():])

    def _within(self, piece):
        text = self._waiting + piece
        end = text.find(b'"')
        if end >= 0:
            self._waiting, self._keep = b'', self._behind
            self._decode(text[:end], is_last=True)
            return text[end:]
        cut = text.find(b'\\', max(0, len(text) - _LONGEST_ESCAPE))
        cut = len(text) if cut < 0 else cut
        self._waiting = text[cut:]
        self._decode(text[:cut], is_last=False)
        return b''

    @staticmethod
    def _behind(piece):
        return piece

    def _decode(self, text, is_last):
        if b'\\' in text:
            text = _unescaped(text)
        text = self._undecoded + text.translate(None, _BLANKS)
        whole = len(text) if is_last else len(text) // 4 * 4
        self._undecoded = text[whole:]
        if self.problem is None and whole:
            data = self._decoded(text[:whole])
            if self.problem is None:
                self.length += len(data)
                self._to_sink(self._sink.write, data)

    def _decoded(self, text):
        """Return the bytes that base64 text stands for; `problem` says what is wrong with it."""
        rest = text.translate(None, _ALPHABET)
        is_padding = rest in (b'', b'=', b'==') and text.endswith(rest)
        if self._is_padded or not is_padding:
            self.problem = 'there are signs in it that base64 does not have'
            return b''
        self._is_padded = bool(rest)
        try:
            data = binascii.a2b_base64(text)
        except binascii.Error as error:
            self.problem = str(error)
            return b''
        last = data[-(len(data) % 3 or 3):]
        if rest and binascii.b2a_base64(last).strip() != text[-4:]:
            self.problem = 'its end is not what an encoder writes'
        return data

    def _rewind(self):
        self._sink.seek(0)
        self._sink.truncate()

    def _to_sink(self, action, *arguments):
        if self.error is None:
            try:
                action(*arguments)
            except (EnvironmentError, ValueError) as error:  # ValueError: it was closed
                self.error = error


def _unescaped(text):
    try:
        return ensure_binary(json.loads(u'"' + ensure_text(text, 'ascii') + u'"', strict=False))
    except ValueError:
        return text  # no JSON either: what it breaks is told by the one who reads the answer
