"""Files of settings that a test writes."""
from __future__ import absolute_import, division, print_function

__all__ = ['write']


def write(path, text, mode=0o600):
    """Write a file, with a mode, and return its path."""
    path.write_binary(text if isinstance(text, bytes) else text.encode('utf-8'), ensure=True)
    path.chmod(mode)
    return str(path)
