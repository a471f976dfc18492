"""The one exception of world files, and how it names the place.

A wrong world file gets one clear error: which file, which line where it can be known, which
JSON path, what is wrong and the nearest right word.  It must never show a password or a key.
"""

from __future__ import annotations

import difflib
from typing import Iterable, Sequence, Union

#: One step into a JSON document: a key of an object or an index of a list.
Step = Union[str, int]
#: Steps from the root of the document to the value that is meant.
JsonPath = Sequence[Step]


class WorldError(ValueError):
    """Say what is wrong in a world file, and where.

    :param problem: the fault, as a sentence without the place.
    :param place: steps from the root of the document to the faulty value.
    :param source: the name of the file, when the world comes from one.
    :param line: the line in that file, when it is known.
    """

    def __init__(
        self, problem: str, place: JsonPath = (), source: str | None = None, line: int | None = None
    ) -> None:
        self.problem = problem
        self.place = tuple(place)
        self.source = source
        self.line = line
        super().__init__(self._text())

    def located(self, source: str | None, line: int | None) -> WorldError:
        """Return the same error with the file and the line filled in."""
        return WorldError(self.problem, self.place, source, line)

    def _text(self) -> str:
        where = []
        if self.source:
            where.append(self.source)
        if self.line:
            where.append(f'line {self.line}')
        if self.place:
            where.append(path_text(self.place))
        return f"{', '.join(where)}: {self.problem}" if where else self.problem


def path_text(place: JsonPath) -> str:
    """Print steps as a JSON path: ``workspaces[0].objects[3].Owner``."""
    text = ''
    for step in place:
        if isinstance(step, int):
            text += f'[{step}]'
        else:
            text += f'.{step}' if text else step
    return text


def near_miss(word: str, options: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the option most like a word, or an empty text."""
    by_fold = {option.casefold(): option for option in options}
    close = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return f" Did you mean '{by_fold[close[0]]}'?" if close else ''
