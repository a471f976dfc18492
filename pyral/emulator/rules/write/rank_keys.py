"""Fractional indexing of ranks: keys that sort as text and between any two of which another fits.

A rank reads as a number in base 63 whose digits are `!`, `0-9`, `A-Z` and `a-z`, which is also
their order as text. New items go a large step below the last one, so bottom and top never fill up;
in between the texts grow, and `spread` evens them out again when they have grown too long.
This module is pure arithmetic; it must never touch the store.
"""

from __future__ import annotations

__all__ = ['MAX_LENGTH', 'after', 'before', 'between', 'spread']

#: Longest rank the service has been seen to keep (WSAPI reference, section 8.5).
MAX_LENGTH = 64

_DIGITS = '!0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
_BASE = len(_DIGITS)
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
#: Digits of a rank that was never squeezed between two others.
_WIDTH = 12
#: Distance of two neighbours that were not squeezed either.
_STEP = _BASE**5
#: The first rank of a workspace; recorded ranks begin with `P!!!`.
_START = _VALUE['P'] * _BASE ** (_WIDTH - 1)


def spread(count: int) -> list[str]:
    """Return `count` ranks in ascending order with equal distance between them."""
    return [_text(_START + index * _STEP, _WIDTH) for index in range(count)]


def after(last: str | None) -> str:
    """Return a rank below the lowest one.

    :param last: the greatest rank in use, or None when there is none yet.
    """
    if not last:
        return _text(_START, _WIDTH)
    return _text(_number(last, _WIDTH) + _STEP, _WIDTH)


def before(first: str | None) -> str:
    """Return a rank above the highest one.

    :param first: the smallest rank in use, or None when there is none yet.
    """
    if not first:
        return _text(_START, _WIDTH)
    value = _number(first, _WIDTH) - _STEP
    if value > 0:
        return _text(value, _WIDTH)
    return between(None, first)


def between(upper: str | None, lower: str | None) -> str:
    """Return a rank that sorts after `upper` and before `lower`.

    :param upper: the smaller text, or None for "above everything".
    :param lower: the greater text, or None for "below everything".
    :raises ValueError: when `upper` does not sort before `lower`.
    """
    if lower is None:
        return after(upper)
    if upper is not None and upper >= lower:
        raise ValueError(f"no rank fits between {upper!r} and {lower!r}")
    width = max(_WIDTH, len(upper or ''), len(lower))
    low, high = _number(upper or '', width), _number(lower, width)
    while high - low < 2:
        width += 1
        low, high = low * _BASE, high * _BASE
    return _text((low + high) // 2, width)


def _number(text: str, width: int) -> int:
    """Read the first `width` digits of a rank; missing digits are zeros."""
    value = 0
    for position in range(width):
        digit = text[position] if position < len(text) else _DIGITS[0]
        value = value * _BASE + _VALUE.get(digit, 0)
    return value


def _text(value: int, width: int) -> str:
    digits = []
    for _ in range(width):
        value, digit = divmod(value, _BASE)
        digits.append(_DIGITS[digit])
    return ''.join(reversed(digits))
