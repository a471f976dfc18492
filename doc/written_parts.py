"""Written parts of a page: those between `.. written: name` and `.. end`, which a script makes."""

from __future__ import annotations

import re
import textwrap

#: A part that a script writes: from its comment to the next comment `.. end`.
PART = re.compile(r'^\.\. written: (?P<name>[a-z ]+)\n.*?^\.\. end$', re.M | re.S)


def page(text: str, written: dict[str, str]) -> str:
    """Return the page with its written parts replaced."""
    names = {part.group('name') for part in PART.finditer(text)}
    if names != set(written):
        raise ValueError(f'parts that the page and the script do not share: {names ^ set(written)}')
    return PART.sub(
        lambda part: f".. written: {part.group('name')}\n\n{written[part.group('name')]}\n\n.. end",
        text,
    )


def wrapped(text: str, width: int, first: str = '', others: str | None = None) -> list[str]:
    """Return the lines of a paragraph; no word is broken, because it may be code.

    :param first: what the first line begins with.
    :param others: what the others begin with; by default the same.
    """
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=first if others is None else others,
        break_long_words=False,
        break_on_hyphens=False,
    )
