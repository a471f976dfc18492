"""File permissions of config files: who besides the user can read one, or write to one.

Only where the system keeps them as modes and owners; elsewhere nothing is known and nothing said.
"""
from __future__ import absolute_import, division, print_function

import os
import stat
import sys

from pyral._compat import fill
from pyral.advice import remark

__all__ = ['reason_not_to_trust', 'warn_of_readers']

_HAS_MODES = os.name == 'posix' and sys.platform != 'cygwin'


def warn_of_readers(path, status):
    """Warn of a file with a secret that others can read.

    A group counts where the file is the user's own: what belongs to another account is shared
    with a group on purpose.

    :param status: what `os.fstat` says of the file that was read
    """
    if not _HAS_MODES:
        return
    is_ours = status.st_uid == os.geteuid()
    if status.st_mode & stat.S_IROTH or (is_ours and status.st_mode & stat.S_IRGRP):
        remark(fill("config file '{0}' holds a password or key, and others can read it; "
                    "chmod 600 keeps it to you", path))


def reason_not_to_trust(path, status):
    """Return why a file may say what another user wants, None where only its user writes to it.

    :param path: where it is, symbolic links included
    :param status: what `os.fstat` says of the file that was read
    """
    if not _HAS_MODES:
        return None
    reason = _reason(path, status)
    for each in _on_the_way(path):
        if reason is not None:
            break
        try:
            reason = _reason(each, os.lstat(each))
            if reason is None and os.path.isdir(each):
                reason = _reason(each, os.stat(each))
        except OSError as error:
            reason = fill("'{0}' cannot be looked at: {1}", each, error.strerror)
    return reason


def _on_the_way(path):
    """Return the paths that lead to a file: the folders above it, and those its links name."""
    found, waiting = [], [os.path.abspath(path), os.path.realpath(path)]
    while waiting:
        each = waiting.pop()
        while each not in found:
            found.append(each)
            if os.path.islink(each):
                waiting.append(os.path.abspath(
                    os.path.join(os.path.dirname(each), os.readlink(each))))
            each = os.path.dirname(each)
    return found


def _reason(path, status):
    if status.st_uid not in (0, os.geteuid()):
        return fill("'{0}' belongs to another user", path)
    # The mode of a link says nothing. With the sticky bit, only owners rename or remove an entry.
    if stat.S_ISLNK(status.st_mode) or (
            stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX):
        return None
    if status.st_mode & stat.S_IWOTH:
        return fill("everyone can write to '{0}'; chmod go-w ends that", path)
    if status.st_mode & stat.S_IWGRP:
        return fill("a group can write to '{0}'; chmod go-w ends that", path)
    return None
