"""The page at `/slm/doc/webservice`: where the API is documented, and the requests it knows.

The service's own page stands behind its login. This one needs neither a login nor a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from .browser import plain_page

if TYPE_CHECKING:
    from ..envelope import Document

__all__ = ['documentation']


def documentation(base: str, endpoints: Mapping[str, str]) -> Document:
    """Answer `GET /slm/doc/webservice` and all below it.

    :param base: the absolute address up to and with the version.
    :param endpoints: the methods of each path.
    """
    return plain_page(
        'documentation.html',
        '/slm/doc/webservice',
        title="Web Services API",
        local=False,
        base=base,
        endpoints=endpoints,
    )
