"""Fractional indexing of ranks: keys that sort as text and between any two of which another fits.

A rank reads as a number of 64 digits in base 94, whose digits are the printable characters of
ASCII from `!` to `~`; that is also their order byte by byte. `!` is zero, and a rank is kept
without those at its end (see `store.rank_column`). This module is pure arithmetic; it must never
touch the store.
"""

from __future__ import annotations

from ...store.rank_column import FILL, LENGTH

__all__ = ['DISTANCE', 'is_rank', 'spread']

_DIGITS = ''.join(map(chr, range(ord(FILL), ord('~') + 1)))
_BASE = len(_DIGITS)
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
#: Digits of a rank that was never squeezed between two others.
_HEAD = 12
_TAIL = _BASE ** (LENGTH - _HEAD)
#: Distance of two neighbours that were not squeezed either.
_STEP = _TAIL * _BASE**4
#: The first rank of a workspace; recorded ranks begin with `P!!!`, so do millions above and below.
_START = _VALUE['P'] * (_BASE ** (LENGTH - 1) + _BASE ** (LENGTH - 5))
_END = _BASE**LENGTH
#: The distance that neighbours have at least after they were respaced.
DISTANCE = _BASE**20


def is_rank(text: str) -> bool:
    """Say whether a text can be a rank."""
    return bool(text.strip(FILL)) and len(text) <= LENGTH and all(one in _VALUE for one in text)


def spread(count: int, upper: str | None, lower: str | None, least: int = 1) -> list[str] | None:
    """Return ranks in ascending order between two others; None when none are left there.

    :param upper: the rank above them, the smaller text; None for "nothing is above".
    :param lower: the rank below them; None for "nothing is below".
    :param least: the distance that neighbours must have.
    """
    if not all(is_rank(bound) for bound in (upper, lower) if bound is not None):
        return None
    low = 0 if upper is None else _number(upper)
    high = _END if lower is None else _number(lower)
    step = (high - low) // (count + 1)
    if upper is None or lower is None:
        step = min(step, _STEP)
    if step < least:
        return None
    if upper is None:
        low = _START if lower is None else high - step * (count + 1)
    first = low if upper is None and lower is None else low + step
    return [_text(first + step * index) for index in range(count)]


def _number(rank: str) -> int:
    head = rank.rstrip(FILL)
    value = 0
    for digit in head:
        value = value * _BASE + _VALUE[digit]
    return int(value * _BASE ** (LENGTH - len(head)))


def _text(value: int) -> str:
    """Return the text of a number, without the zeros at its end."""
    width = LENGTH
    head, tail = divmod(value, _TAIL)
    if not tail:
        value, width = head, _HEAD
    digits = []
    for _ in range(width):
        value, digit = divmod(value, _BASE)
        digits.append(_DIGITS[digit])
    return ''.join(reversed(digits)).rstrip(FILL)
