"""Steps of a regular expression: a backtracking matcher that counts the characters it looks at.

It tries what `re` tries, in the same order and without its shortcuts, so that a pattern that goes
back over a text again and again is seen by its count and not by the clock.
"""

import re
import sys

try:
    from re import _constants as constants
    from re import _parser as parser
except ImportError:  # Python 3.10 and before
    import sre_constants as constants
    import sre_parse as parser

_CATEGORIES = {
    constants.CATEGORY_DIGIT: r'\d',
    constants.CATEGORY_NOT_DIGIT: r'\D',
    constants.CATEGORY_SPACE: r'\s',
    constants.CATEGORY_NOT_SPACE: r'\S',
    constants.CATEGORY_WORD: r'\w',
    constants.CATEGORY_NOT_WORD: r'\W',
}


class TooManySteps(Exception):
    """A count that nothing good comes of any more."""


class Counted:
    """A pattern with the methods of a compiled one that the SDK uses, and a count of its steps."""

    def __init__(self, pattern, flags=0, most=None):
        if not isinstance(pattern, str):
            pattern = pattern.decode('latin-1')
        self.real = re.compile(pattern, flags)
        parsed = parser.parse(pattern, flags)
        self._flags = parsed.state.flags
        self._start = self._sequence(list(parsed), self._flags)
        self.steps, self._most, self._text = 0, most, ''

    def match_end(self, text, place=0):
        """Return where a match at a place ends, None where there is none."""
        sys.setrecursionlimit(max(sys.getrecursionlimit(), 40000))
        self._text, self._groups = text, {}
        ends = []
        return ends[0] if self._start(place, lambda end: not ends.append(end)) else None

    def search_span(self, text, place=0):
        """Return the span of the first match at or after a place."""
        while place <= len(text):
            end = self.match_end(text, place)
            if end is not None:
                return place, end
            place += 1
        return None

    # What the SDK calls: found by counting, handed out by `re`.

    def search(self, text, place=0):
        self.search_span(text, place)
        return self.real.search(text, place)

    def match(self, text, place=0):
        self.match_end(text, place)
        return self.real.match(text, place)

    def finditer(self, text):
        place, found = 0, self.search(text, 0)
        while found is not None:
            yield found
            place = found.end() + (found.end() == found.start())
            found = self.search(text, place) if place <= len(text) else None

    def _step(self):
        self.steps += 1
        if self._most is not None and self.steps > self._most:
            raise TooManySteps(self.real.pattern)

    # Nodes: each is a function of a place and of what comes after.

    def _sequence(self, nodes, flags):
        steps = [self._node(op, value, flags) for op, value in nodes]

        def run(place, after, at=0):
            if at == len(steps):
                return after(place)
            return steps[at](place, lambda end: run(end, after, at + 1))

        return run

    def _node(self, op, value, flags):
        single = self._single(op, value, flags)
        if single is not None:

            def one(place, after):
                self._step()
                return place < len(self._text) and single(self._text[place]) and after(place + 1)

            return one
        name = str(op).lower()
        return getattr(self, '_' + name)(value, flags)

    def _single(self, op, value, flags):
        """Return the test of one character that a node is, None where it is no such node."""
        if op is constants.LITERAL:
            return self._among([(constants.LITERAL, value)], flags)
        if op is constants.NOT_LITERAL:
            return self._among([(constants.NEGATE, None), (constants.LITERAL, value)], flags)
        if op is constants.ANY:
            return lambda sign: bool(flags & re.DOTALL) or sign != '\n'
        if op is constants.IN:
            return self._among(value, flags)
        return None

    def _among(self, items, flags):
        negated = any(op is constants.NEGATE for op, _ in items)
        known = {}

        def is_one(sign):
            for op, value in items:
                if op is constants.LITERAL and ord(sign) == value:
                    return True
                if op is constants.RANGE and value[0] <= ord(sign) <= value[1]:
                    return True
                if op is constants.CATEGORY and re.match(
                    _CATEGORIES[value], sign, flags & (re.ASCII | re.UNICODE)
                ):
                    return True
            return False

        def test(sign):
            if sign not in known:
                signs = {sign, sign.lower(), sign.upper()} if flags & re.IGNORECASE else {sign}
                known[sign] = any(is_one(each) for each in signs if len(each) == 1) != negated
            return known[sign]

        return test

    def _branch(self, value, flags):
        branches = [self._sequence(list(each), flags) for each in value[1]]
        return lambda place, after: any(branch(place, after) for branch in branches)

    def _subpattern(self, value, flags):
        group, added, removed, nodes = value
        inner = self._sequence(list(nodes), (flags | added) & ~removed)

        def run(place, after):
            def closed(end):
                before = self._groups.get(group)
                self._groups[group] = self._text[place:end]
                if after(end):
                    return True
                self._groups[group] = before
                return False

            return inner(place, closed)

        return run

    def _max_repeat(self, value, flags):
        return self._repeat(value, flags, is_greedy=True)

    def _min_repeat(self, value, flags):
        return self._repeat(value, flags, is_greedy=False)

    def _repeat(self, value, flags, is_greedy):
        least, most, nodes = value
        most = float('inf') if most is constants.MAXREPEAT else most
        nodes = list(nodes)
        single = self._single(*nodes[0], flags) if len(nodes) == 1 else None
        if single is not None and is_greedy:
            return self._greedy_run(single, least, most)
        inner = self._sequence(nodes, flags)

        def run(place, after, count=0):
            def again():
                return count < most and inner(
                    place,
                    lambda end: (end > place or count < least) and run(end, after, count + 1),
                )

            if count < least:
                return again()
            return again() or after(place) if is_greedy else after(place) or again()

        return run

    def _greedy_run(self, single, least, most):
        def run(place, after):
            end = place
            while end < len(self._text) and end - place < most:
                self._step()
                if not single(self._text[end]):
                    break
                end += 1
            while end - place >= least:
                self._step()
                if after(end):
                    return True
                end -= 1
            return False

        return run

    def _at(self, value, flags):
        def is_there(place):
            text = self._text
            if value in (constants.AT_BEGINNING, constants.AT_BEGINNING_STRING):
                return (
                    place == 0
                    or value is constants.AT_BEGINNING
                    and flags & re.MULTILINE
                    and text[place - 1] == '\n'
                )
            if value in (constants.AT_END, constants.AT_END_STRING):
                return (
                    place == len(text)
                    or value is constants.AT_END
                    and text[place:] == '\n'
                    or bool(flags & re.MULTILINE)
                    and text[place] == '\n'
                )
            around = [
                bool(re.match(r'\w', each))
                for each in (text[place - 1 : place], text[place : place + 1])
            ]
            return (around[0] != around[1]) == (value is constants.AT_BOUNDARY)

        def run(place, after):
            self._step()
            return bool(is_there(place)) and after(place)

        return run

    def _assert(self, value, flags):
        return self._look(value, flags, True)

    def _assert_not(self, value, flags):
        return self._look(value, flags, False)

    def _look(self, value, flags, wanted):
        direction, nodes = value
        inner = self._sequence(list(nodes), flags)
        width = nodes.getwidth()[0] if direction < 0 else 0

        def run(place, after):
            found = place >= width and bool(inner(place - width, lambda end: True))
            return found == wanted and after(place)

        return run

    def _groupref(self, value, flags):
        def run(place, after):
            text = self._groups.get(value)
            if text is None:
                return False
            for _ in text:
                self._step()
            return self._text.startswith(text, place) and after(place + len(text))

        return run
