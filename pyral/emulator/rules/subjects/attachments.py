"""Attachments: the limit of a content, and whether its size is what the client says.

Facts: WSAPI reference, section 10. The content is an object of its own, made first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..write.draft import Draft

__all__ = ['LIMIT', 'check', 'check_content']

#: Greatest content, in bytes before encoding.
LIMIT = 50_000_000
_TOO_BIG = "Validation error: {}.{} is greater than the maximum size of {} bytes"
_WRONG_SIZE = "Validation error: Attachment.Size is incorrect"


def check_content(draft: Draft) -> None:
    """Refuse content beyond the limit."""
    content = draft.value('Content')
    if isinstance(content, bytes) and len(content) > LIMIT:
        draft.refuse(_TOO_BIG.format('AttachmentContent', 'Content', LIMIT))


def check(draft: Draft) -> None:
    """Compare the size an attachment gives with its content's."""
    content = draft.link('Content')
    size = None if content is None else draft.size_of(content)
    if size is not None and draft.value('Size') != size:
        draft.refuse(_WRONG_SIZE)
