"""The timestamp of log lines, and warnings on the error stream."""
from __future__ import absolute_import, division, print_function

from datetime import datetime

from pyral._compat import ensure_native, fill, stderr

__all__ = ['timestamp', 'warning']


def timestamp():
    """Return local time as `YYYY-MM-DD HH:MM:SS.mmm`.

        >>> timestamp()
        '20...:...'
    """
    now = datetime.now()
    return '{0:%Y-%m-%d %H:%M:%S}.{1:03d}'.format(now, now.microsecond // 1000)


def warning(message):
    """Write `WARNING: <message>` to the error stream of this moment."""
    stderr().write(ensure_native(fill('WARNING: {0}\n', message), errors='replace'))
