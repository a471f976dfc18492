"""Standard streams of the command: UTF-8 in a pipe, the terminal's encoding on a terminal.

What the locale says counts only on a terminal, so that a pipe holds the same bytes under LANG=C,
on 2.7 and in a job at night.
"""
from __future__ import absolute_import, division, print_function

import errno
import importlib
import io
import os
import struct
import sys

from pyral._compat import (
    PYTHON_2,
    ensure_binary,
    ensure_text,
    escape_halves,
    monotonic,
    path_text,
    raise_from,
)
from pyral.cli.failures import PipeClosed
from pyral.rows.files import write_whole

__all__ = ['TextSink', 'argument_text', 'discard_rest', 'is_terminal', 'take_closed_numbers']

_DEFAULT_WIDTH = 80
#: What was written is seen after so many seconds at the latest, where more keeps coming.
_UNSEEN_S = 0.3
#: What the system says where nobody reads a pipe; Windows has the second.
_CLOSED = (errno.EPIPE, errno.EINVAL)


def is_terminal(stream):
    """Say whether a stream is a terminal."""
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no file, or closed
        return False


class _Closed(io.TextIOBase):
    """A standard stream that the process was started without."""

    def write(self, text):
        raise IOError(errno.EBADF, 'the standard output is closed')


def take_closed_numbers():
    """Take the numbers of standard streams that the process was started without: `>&-`.

    The next file or connection would get the number, and 2.7 would write the output into it.
    """
    for number, name in enumerate(('stdin', 'stdout', 'stderr')):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one
            setattr(sys, name, None)


def argument_text(argument):
    """Return an argument of the command line as it was typed, under a bare locale too.

    What is no text stays as it is, for it may name a file: see `parser.check_texts`.
    """
    # 3.6 takes the bytes of a letter for signs of their own; 2.7 leaves arguments bytes.
    text = argument if PYTHON_2 else path_text(argument)
    return argument if u'\ufffd' in ensure_text(text, errors='replace') else text


class TextSink(object):
    """Where text is written to.

    :param stream: a stream as `sys.stdout` is, text or binary.
    """

    def __init__(self, stream):
        #: Whether the process was started without the stream.
        self.is_closed = stream is None
        stream = _Closed() if stream is None else stream
        self._stream = stream
        self.is_terminal = is_terminal(stream)
        self._binary = None if self.is_terminal else _binary_of(stream)
        self._encoding = getattr(stream, 'encoding', None) or 'utf-8'
        self._seen_at = monotonic()

    def write(self, text):
        """Write text; a file-like method, so that the library writes rows to it.

        :raises PipeClosed: nobody reads it any more.
        """
        try:
            if PYTHON_2:
                text = escape_halves(ensure_text(text, errors='replace'))
            if self._binary is not None:
                # Text of the service may hold half a letter, which is written as JSON escapes it.
                write_whole(self._binary, ensure_binary(text, errors='backslashreplace'))
            elif PYTHON_2 and not isinstance(self._stream, io.TextIOBase):
                self._stream.write(ensure_text(text).encode(self._encoding, 'replace'))
            else:
                self._stream.write(self._showable(ensure_text(text)))
            if monotonic() - self._seen_at > _UNSEEN_S:
                self.flush()
        except (IOError, OSError, ValueError) as problem:
            raise_from(_seen(problem), None)

    def write_bytes(self, data):
        """Write bytes to what is no terminal."""
        try:
            write_whole(self._binary, data)
        except (IOError, OSError, ValueError) as problem:
            raise_from(_seen(problem), None)

    def flush(self):
        """Write what is held back."""
        self._seen_at = monotonic()
        try:
            (self._stream if self._binary is None else self._binary).flush()
        except (IOError, OSError, ValueError) as problem:
            raise_from(_seen(problem), None)

    def can_show(self, text):
        """Say whether the encoding has the signs of a text."""
        if not self.is_terminal:
            return True
        return self._showable(text) == text

    @property
    def takes_bytes(self):
        """Whether `write_bytes` works."""
        return self._binary is not None

    @property
    def width(self):
        """How many columns the terminal has."""
        try:
            named = int(os.environ['COLUMNS'])
        except (KeyError, ValueError):
            named = 0
        return named if named > 0 else _width_of(self._stream) or _DEFAULT_WIDTH

    def _showable(self, text):
        try:
            return text.encode(self._encoding, 'replace').decode(self._encoding)
        except LookupError:
            return text.encode('ascii', 'replace').decode('ascii')


def discard_rest(stream):
    """Let what is still held back for a stream go nowhere, as the interpreter writes it at its end.

    Without it Python would complain of a pipe that nobody reads.
    """
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (AttributeError, ValueError, IOError, OSError):  # no file of the system
        return


def _binary_of(stream):
    """Return what takes the bytes of a stream, None where it takes text alone."""
    buffer = getattr(stream, 'buffer', None)
    if buffer is not None:
        stream.flush()
        return buffer
    if isinstance(stream, io.TextIOBase):
        return None
    if PYTHON_2 and stream is sys.stdout:
        try:  # its own file objects leave half a line where a signal comes
            stream.flush()
            return io.open(stream.fileno(), 'wb', closefd=False)
        except (AttributeError, ValueError, IOError, OSError):
            return stream
    return stream


def _seen(problem):
    """Return what to raise for an error of writing."""
    is_closed = getattr(problem, 'errno', None) in _CLOSED
    return PipeClosed() if is_closed else problem


def _width_of(stream):
    try:
        number = stream.fileno()
        if hasattr(os, 'get_terminal_size'):
            return os.get_terminal_size(number).columns
        return _width_by_system(number)
    except (AttributeError, ValueError, IOError, OSError):
        return None


def _width_by_system(number):
    """2.7: `os.get_terminal_size` replaces it."""
    try:
        fcntl, termios = (importlib.import_module(name) for name in ('fcntl', 'termios'))
    except ImportError:  # Windows
        return None
    found = fcntl.ioctl(number, termios.TIOCGWINSZ, struct.pack('HHHH', 0, 0, 0, 0))
    return struct.unpack('HHHH', found)[1]
