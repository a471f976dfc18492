"""Raw download of an attachment: `/slm/attachment/<oid>/<filename>`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..access.scope import find_object
from ..envelope import Document
from ..errors import PathNotFound

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['download']

_MEDIA_TYPE = re.compile(r'[\w.+-]+/[\w.+-]+(?:\s*;\s*[\w-]+=[\w.-]+)*\Z')
PLAIN_BYTES = 'application/octet-stream'
#: What a browser may show at once; everything else is offered for saving.
SHOWN = ('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'text/plain', 'application/pdf')


def download(call: Call) -> Document:
    """Answer with the bytes of an attachment, in its own content type.

    :raises PathNotFound: when it is not there or the caller may not see what it belongs to.
    """
    found = find_object(call.tx, call.path['oid'])
    if found is None or found.type != 'Attachment' or not call.rights.sees(found):
        raise PathNotFound(f"There is no attachment {call.path['oid']}")
    content = call.tx.target(found.oid, 'Content')
    data = None if content is None else call.tx.get_blob(content)
    if data is None:
        raise PathNotFound(f"The attachment {found.oid} has no content")
    kind = str(found.doc.get('ContentType') or '')
    if not _MEDIA_TYPE.match(kind):
        kind = PLAIN_BYTES
    way = 'inline' if kind.split(';')[0].strip().lower() in SHOWN else 'attachment'
    name = f"{way}; filename*=UTF-8''{quote(found.name or 'attachment')}"
    return Document(
        data,
        kind,
        headers={'Content-Disposition': name},
        items=1,
    )
