"""Required attributes: a write is refused for each that is still without a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ... import texts

if TYPE_CHECKING:
    from .draft import Draft

__all__ = ['demand']


def demand(draft: Draft) -> None:
    """Refuse the write for every required attribute without a value.

    Of an existing object only the attributes of this write are looked at.
    """
    for attr in draft.rules.required:
        name = attr.name
        if name in draft.refused or not (draft.creating or draft.given(name)):
            continue
        held = draft.link(name) if attr.type == 'OBJECT' else draft.value(name)
        if held is None or (isinstance(held, str) and not held.strip()) or held == b'':
            draft.refuse(texts.required(draft.type_def.name, attr.label))
