"""Static files: folders of this machine, such as an App SDK build, served below paths of their own.

A browser loads an app's scripts without logging in, so these answers ask for no credentials. Only
files inside the folder are ever read: a path that leaves it, by dots or by a link, is not found.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Iterable, Mapping, Union
from urllib.parse import quote

from ..envelope import Document
from ..errors import MethodNotAllowed, PathNotFound

__all__ = ['Folders', 'Served', 'folders_of']

Folder = Union[str, 'os.PathLike[str]']
#: `DIR=/PREFIX`, or folder and prefix.
Entry = Union[Folder, 'tuple[Folder, str]']
#: What `Emulator(serve=...)` takes: one entry, several, or a mapping from folder to prefix.
Served = Union[Entry, Iterable[Entry], Mapping[Folder, str], None]

#: Prefixes whose paths the emulator answers itself.
TAKEN = ('slm', 'emulator', 'browse')
SEGMENT = re.compile(r'[A-Za-z0-9_][A-Za-z0-9._-]*')
INDEX = 'index.html'
PLAIN_BYTES = 'application/octet-stream'
#: Not the table of the machine, which differs from one to the next.
CONTENT_TYPES: Mapping[str, str] = {
    '.css': 'text/css; charset=utf-8',
    '.csv': 'text/csv; charset=utf-8',
    '.eot': 'application/vnd.ms-fontobject',
    '.gif': 'image/gif',
    '.htm': 'text/html; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.ico': 'image/x-icon',
    '.jpeg': 'image/jpeg',
    '.jpg': 'image/jpeg',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json; charset=utf-8',
    '.map': 'application/json; charset=utf-8',
    '.md': 'text/markdown; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.otf': 'font/otf',
    '.pdf': 'application/pdf',
    '.png': 'image/png',
    '.svg': 'image/svg+xml',
    '.ttf': 'font/ttf',
    '.txt': 'text/plain; charset=utf-8',
    '.wasm': 'application/wasm',
    '.webp': 'image/webp',
    '.woff': 'font/woff',
    '.woff2': 'font/woff2',
    '.xml': 'application/xml; charset=utf-8',
    '.zip': 'application/zip',
}


def folders_of(serve: Served) -> dict[str, Path]:
    """Return the folder behind each prefix.

    :param serve: `DIR=/PREFIX`, several of them, pairs of folder and prefix, or a mapping of them.
    :raises ValueError: for a missing folder, a prefix that is none, or one that is taken.
    """
    found: dict[str, Path] = {}
    for folder, prefix in map(_pair, _entries(serve)):
        path, clean = _folder(folder), _prefix(prefix)
        if clean in found:
            raise ValueError(f"cannot serve {path} at {clean}: {found[clean]} is served there")
        found[clean] = path
    return found


def _entries(serve: Any) -> Iterable[Any]:
    if serve is None:
        return ()
    if isinstance(serve, Mapping):
        return serve.items()
    one = isinstance(serve, (str, os.PathLike)) or (
        isinstance(serve, tuple) and len(serve) == 2 and '=' not in str(serve[1])
    )
    entries: Iterable[Any] = (serve,) if one else serve
    return entries


def _pair(entry: Any) -> tuple[Folder, str]:
    if isinstance(entry, tuple) and len(entry) == 2:
        return entry[0], str(entry[1])
    folder, _, prefix = os.fspath(entry).rpartition('=')
    if not folder:
        raise ValueError(
            f"cannot serve {str(entry)!r}: expected DIR=/PREFIX, such as sdk=/apps/2.1"
        )
    return folder, prefix


def _folder(folder: Folder) -> Path:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise ValueError(f"cannot serve {path}: there is no such folder")
    return path.resolve()


def _prefix(prefix: str) -> str:
    segments = prefix.strip('/').split('/')
    if not prefix.startswith('/') or not all(SEGMENT.fullmatch(one) for one in segments):
        raise ValueError(
            f"cannot serve a folder at {prefix!r}: a prefix is a path such as /apps/2.1"
        )
    if segments[0].lower() in TAKEN:
        raise ValueError(f"cannot serve a folder at {prefix}: the emulator answers there itself")
    return '/' + '/'.join(segments)


class Folders:
    """Answers requests for files.

    :param folders: the folder behind each prefix.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        #: Of nested prefixes the longer one wins.
        self._folders = sorted(folders.items(), key=lambda one: -len(one[0]))

    def answer(self, method: str, path: str) -> Document | None:
        """Return the file a path names; None when the path lies below no prefix.

        :param path: decoded, without its query string.
        :raises PathNotFound: when there is no such file inside the folder.
        :raises MethodNotAllowed: for anything but a read.
        """
        for prefix, folder in self._folders:
            if path == prefix or path.startswith(prefix + '/'):
                if method != 'GET':
                    raise MethodNotAllowed("Files are only read here; try GET", ('GET', 'HEAD'))
                return self._read(folder, path, path[len(prefix) :])
        return None

    def _read(self, folder: Path, path: str, below: str) -> Document:
        missing = PathNotFound(f"There is nothing at {path[:200]}")
        segments = [one for one in below.split('/') if one]
        if any(one.startswith('.') or '\\' in one or '\0' in one or ':' in one for one in segments):
            # Also files that say "not for everybody" by their name, such as `.git` and `.env`.
            raise missing
        try:
            found = folder.joinpath(*segments).resolve()
            found.relative_to(folder)
            if found.is_dir():
                if not path.endswith('/'):
                    # So that what the page names relatively is looked for inside the folder.
                    return Document(b'', PLAIN_BYTES, 302, {'Location': quote(path + '/')})
                found = (found / INDEX).resolve()
                found.relative_to(folder)
            elif path.endswith('/'):
                raise missing
            content = found.read_bytes()
        except (OSError, ValueError, RuntimeError):
            raise missing from None
        return Document(content, CONTENT_TYPES.get(found.suffix.lower(), PLAIN_BYTES), items=1)
