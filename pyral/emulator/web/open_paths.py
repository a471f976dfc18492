"""Paths that need no login: files, the documentation page, redirects, versions that are not served.

They are looked at before the routes, because a client must be told of a wrong address whatever it
can prove.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from ..answers.serialize import HTML_TYPE
from ..envelope import Answer, Document, Result, query_result
from ..errors import MethodNotAllowed, ServiceError
from ..handlers.documentation import documentation
from .folders import Folders
from .routes import find_route, known_paths

__all__ = ['OpenPaths']

#: A prefix that a client put twice (section 1.1).
DOUBLED = re.compile(r'/slm(?:/+slm)+(?=/|\Z)', re.IGNORECASE)
DOCUMENTATION = re.compile(r'/slm/doc/webservice(?:/.*)?\Z', re.IGNORECASE | re.DOTALL)
#: What people type who look for the service; a client of the API finds nothing there.
ABOVE_TYPES = re.compile(r'/slm(?:/webservice(?:/v2\.[0x])?)?/*\Z', re.IGNORECASE)
#: A version that the service has and the emulator has not (section 1.4).
LATER = re.compile(r'/slm/(webservice|schema)/(v3(?:\.\w{1,8})?)(?=/|\Z)', re.IGNORECASE)
NOT_SERVED = (
    "Version {} of the API is not served here. Use v2.0: replace /{} by /v2.0 in the address"
)


class OpenPaths:
    """Answers what needs no login.

    :param folders: the files that are served.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def answer(
        self, method: str, path: str, query: str, origin: str, for_browser: bool = False
    ) -> Answer | None:
        """Return the answer to a request that needs no login; None when it needs one.

        :param path: decoded, without its query string.
        :param query: the query string as it was sent.
        :param origin: the origin the client used.
        :param for_browser: whether a browser asks for a page.
        :raises PathNotFound: for a file that is not there.
        :raises MethodNotAllowed: for a method that the path does not know.
        """
        found: Answer | None = self._folders.answer(method, path)
        if found is not None:
            return found
        if DOUBLED.match(path):
            return redirect(origin, DOUBLED.sub('/slm', path, count=1), query)
        if for_browser and ABOVE_TYPES.match(path):
            return redirect(origin, '/', '')
        if DOCUMENTATION.match(path):
            if method != 'GET':
                raise MethodNotAllowed("The documentation is only read; try GET", ('GET', 'HEAD'))
            return documentation(f'{origin}/slm/webservice/v2.0', known_paths())
        later = LATER.match(path)
        return None if later is None else not_served(method, path, later)


def redirect(origin: str, path: str, query: str) -> Document:
    """Return a redirect within the emulator."""
    location = origin + quote(path) + ('?' + query if query else '')
    return Document(b'', HTML_TYPE, 302, {'Location': location})


def not_served(method: str, path: str, later: re.Match[str]) -> Result:
    """Return the refusal of a version, in the envelope that the same request of v2.0 has."""
    version = later.group(2)
    try:
        action, _ = find_route(path[: later.start(2)] + 'v2.0' + path[later.end(2) :], method)
        envelope = action.envelope
    except ServiceError:
        envelope = 'OperationResult'
    answer = query_result(0, 0, 0, []) if envelope == 'QueryResult' else Result(envelope)
    answer.errors.append(NOT_SERVED.format(version, version))
    return answer
