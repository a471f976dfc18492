"""Chunks: long lists in portions that one statement can take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

__all__ = ['CHUNK', 'chunks']

Item = TypeVar('Item')
#: Ids and rows in one statement, where they are literals or sent one by one.
CHUNK = 2000


def chunks(items: Sequence[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """Cut a list into portions."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
