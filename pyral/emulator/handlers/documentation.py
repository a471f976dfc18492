"""The page at `/slm/doc/webservice`: where the API is documented, and the requests it knows.

The service's own page stands behind its login. This one needs neither a login nor a network.
"""

from __future__ import annotations

from typing import Mapping

from ..envelope import Document
from .browser import HEADERS, HTML, TEMPLATES

__all__ = ['documentation']


def documentation(base: str, endpoints: Mapping[str, str]) -> Document:
    """Answer `GET /slm/doc/webservice` and all below it.

    :param base: the absolute address up to and with the version.
    :param endpoints: the methods of each path.
    """
    shown = TEMPLATES.get_template('documentation.html').render(base=base, endpoints=endpoints)
    return Document(shown.encode('utf-8', 'replace'), HTML, headers=dict(HEADERS))
