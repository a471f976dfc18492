"""Every regular expression of the SDK is bounded or linear, counted in steps and not in seconds."""

import ast
import functools
import importlib
import os
import random
import re
import sys

import pytest

from pyral import redact, service_texts
from pyral.doctor import network_checks
from pyral.http import answer, certificates, network_failures
from pyral.http.answer import Answer
from pyral.query import parser as parser_of_lists
from tests.pattern_steps import Counted, TooManySteps, constants, parser

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'pyral')
#: What a name stands for where a module goes through a table of patterns.
TABLES = {
    ('service_texts', 'pattern'): [row[0] for row in service_texts._ROWS],
    ('http.certificates', 'pattern'): [row[1] for row in certificates._TEXTS],
    ('http.network_failures', 'pattern'): [row[2] for row in network_failures._FAILURES if row[2]],
    ('doctor.network_checks', 'pattern'): [row[0] for row in network_checks._BROKEN],
    ('redact', 'pattern'): [value.pattern for value in redact._VALUES],
}
#: Patterns that only see texts in which what would take long cannot be, and why.
EXEMPT = {
    parser_of_lists._LIST_PARTS.pattern: 'the tokens before it are whole, so no quote is open'
}
FUNCTIONS = {'compile', 'search', 'match', 'fullmatch', 'sub', 'split', 'findall', 'finditer'}
SEARCHING = FUNCTIONS - {'compile', 'match', 'fullmatch'}
SHORT, LONG = 160, 640
#: Steps for each character that are too few to ask for more.
FEW = 12
ATTACKS = 12


@functools.lru_cache(maxsize=None)
def sources():
    """Return the modules of the SDK and their sources, by dotted names below the package."""
    found = {}
    for folder, folders, files in os.walk(PACKAGE):
        folders[:] = [each for each in folders if each not in ('emulator', '__pycache__')]
        for file in files:
            if file.endswith('.py') and file != '__init__.py':
                path = os.path.join(folder, file)
                name = os.path.relpath(path, PACKAGE)[:-3].replace(os.sep, '.')
                with open(path, encoding='utf-8') as source:
                    found[name] = source.read()
    return found


@functools.lru_cache(maxsize=None)
def patterns():
    """Return the patterns of the SDK: (module, pattern, flags, is searched for)."""
    found = set()
    everything = '\n'.join(sources().values())
    for name, source in sources().items():
        module = importlib.import_module('pyral.' + name)
        tree = ast.parse(source)
        named = {
            id(node.value): node.targets[0].id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and getattr(node.func.value, 'id', None) == 're'
                and node.func.attr in FUNCTIONS
            ):
                continue
            is_searched = node.func.attr in SEARCHING
            if node.func.attr == 'compile':
                own = named.get(id(node), '')
                users = source if own.startswith('_') else everything
                uses = set(re.findall(rf'\b{own}\.(\w+)\(', users))
                is_searched = id(node) not in named or bool(uses & SEARCHING)
            for pattern, flags in values(module, name, node):
                found.add((name, pattern, flags, is_searched))
    return sorted(found, key=repr)


def values(module, name, node):
    """Return the patterns and flags that an argument stands for."""
    argument = node.args[0]
    if isinstance(argument, ast.Name) and (name, argument.id) in TABLES:
        return [(each, 0) for each in TABLES[name, argument.id]]
    names = vars(module)
    pattern = eval(compile(ast.Expression(argument), name, 'eval'), names)  # noqa: S307
    if isinstance(pattern, re.Pattern):
        return [(pattern.pattern, pattern.flags & ~re.UNICODE)]
    flags = 0
    if node.func.attr == 'compile' and len(node.args) > 1:
        flags = eval(compile(ast.Expression(node.args[1]), name, 'eval'), names)  # noqa: S307
    if name == 'query.tokens':
        flags = module._FLAGS
    return [(pattern.decode('latin-1') if isinstance(pattern, bytes) else pattern, int(flags))]


def pieces_of(pattern, flags):  # noqa: C901 - all that a pattern may be made of
    """Return pieces that a pattern speaks of: its texts, and characters of its classes."""
    pieces, run = {'a', ' ', '0', '\n', '"', '/'}, []

    def collect(nodes):
        for op, value in nodes:
            if op is constants.LITERAL:
                run.append(chr(value))
                continue
            if run:
                pieces.add(''.join(run))
                del run[:]
            if op is constants.IN:
                for kind, each in value:
                    if kind is constants.LITERAL:
                        pieces.add(chr(each))
                    elif kind is constants.RANGE:
                        pieces.add(chr(each[0]))
            for each in value if isinstance(value, (list, tuple)) else [value]:
                for part in each if isinstance(each, list) else [each]:
                    if isinstance(part, parser.SubPattern):
                        collect(list(part))
        if run:
            pieces.add(''.join(run))
            del run[:]

    collect(list(parser.parse(pattern, flags)))
    return sorted(pieces)


def steps(counted, text, is_searched):
    """Return how many steps a pattern takes for a text, in all the places it is looked for."""
    counted.steps = 0
    if not is_searched:
        counted.match_end(text)
        return counted.steps
    place = 0
    while place <= len(text):
        span = counted.search_span(text, place)
        if span is None:
            break
        place = span[1] + (span[1] == span[0])
    return counted.steps


def long_text(chance, pieces, length):
    """Return the parts of a text that a pattern may go back over: a beginning, a middle, an end."""
    middle = ''.join(chance.choice(pieces) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))
    begin = ''.join(chance.choice(pieces) for _ in range(chance.choice((0, 1, 1, 2))))
    end = chance.choice([*pieces, '\0', ''])
    return begin, middle, end


@pytest.mark.parametrize(
    'module, pattern, flags, is_searched',
    patterns(),
    ids=[f'{name}-{number}' for number, (name, _, _, _) in enumerate(patterns())],
)
def test_twice_the_text_is_at_most_twice_the_steps(module, pattern, flags, is_searched):
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    if pattern in EXEMPT:
        pytest.skip(EXEMPT[pattern])
    pieces = pieces_of(pattern, flags)
    counted = Counted(pattern, flags, most=400 * LONG)
    attacks = [('', each, '\0') for each in pieces if len(each) > 1]
    attacks += [long_text(chance, pieces, SHORT) for _ in range(ATTACKS)]
    for begin, middle, end in attacks:
        texts = [
            begin + middle * (length // len(middle)) + end for length in (SHORT, LONG, 2 * LONG)
        ]
        if steps(counted, texts[0], is_searched) <= FEW * len(texts[0]):
            continue
        try:
            counts = [steps(counted, text, is_searched) for text in texts[1:]]
        except TooManySteps:
            counts = [0, LONG]
        assert counts[1] <= 2.2 * counts[0] + 200, (module, pattern, begin, middle, end, seed)


def test_the_matcher_that_counts_finds_what_re_finds():
    chance = random.Random(17)
    for _, pattern, flags, _ in patterns():
        counted, pieces = Counted(pattern, flags), pieces_of(pattern, flags)
        for _ in range(20):
            text = ''.join(chance.choice(pieces) for _ in range(chance.randrange(8)))
            found = counted.real.search(text)
            assert counted.search_span(text) == (found.span() if found else None), (pattern, text)


def test_a_pattern_that_goes_back_is_found_out():
    for pattern, text in ((r'a*:', 'a'), (r'(?:a|b)*\d', 'ab'), (r'x\w+y', 'x')):
        counted = Counted(pattern)
        first, second = (steps(counted, text * length, True) for length in (100, 200))
        assert second > 2.5 * first


# What is made of the patterns: masking and shortening

#: Pieces of which texts are made that masking and shortening look at twice, or ten thousand times.
PIECES = [
    *('a', 'word-of-one-kind', '%41', '%25', '\\"', '\\\\', '\\u00e4', '&amp;', '&#65;', '&', '%'),
    *('://', 'http://a', 'http://a:', '//', '@', 'u:p@', 'http://u:p@h/', '[', 'a.', '0', 'A1-'),
    *('password', 'password=', '"password": "', "'cookie': ", 'cookie:', 'authorization: ', 'key='),
    *('&key=', 'authorization: digest ', ' ', '\n', '"', "'", '"\\', 'JSESSIONID', 'secret-of'),
    *('<', '<a', '<a>', '<!--', '-->', '<title', '<title>', '</title', '<script>', '<style', '</'),
    'secret-of-many-signs',
]


class Work:
    """Counts the steps of the patterns of redaction, what `find` looks at, and lines that run."""

    def __init__(self, monkeypatch):
        self._patterns, self.lines, self.found = [], 0, 0
        for name, value in list(vars(redact).items()):
            if isinstance(value, re.Pattern):
                monkeypatch.setattr(redact, name, self._counted(value))
        monkeypatch.setattr(redact, '_VALUES', tuple(map(self._counted, redact._VALUES)))
        monkeypatch.setattr(answer, 're', self)
        places_of = redact._places_of

        def counted_places(form, text):
            self.found += len(text)
            return places_of(form, text)

        monkeypatch.setattr(redact, '_places_of', counted_places)

    def _counted(self, pattern):
        counted = Counted(pattern.pattern, pattern.flags & ~re.UNICODE)
        self._patterns.append(counted)
        return counted

    # In place of `re`.

    def compile(self, pattern):
        return self._counted(re.compile(pattern))

    def search(self, pattern, text):
        return self.compile(pattern).search(text)

    def of(self, function, text):
        """Return the work of a function for a text."""
        self.lines = self.found = 0
        for pattern in self._patterns:
            pattern.steps = 0
        sys.settrace(self._trace)
        try:
            function(text)
        finally:
            sys.settrace(None)
        return self.lines + self.found + sum(pattern.steps for pattern in self._patterns)

    def _trace(self, frame, event, arg):
        if (frame.f_globals.get('__name__') or '').startswith('pyral.'):
            return self._count
        return None

    def _count(self, frame, event, arg):
        self.lines += 1
        return self._count


REDACTOR = redact.Redactor(['secret-of-many-signs', 'p\u00e4ss"w<o>r&d\'\\/+%41', 'aaaaaaaa'])
SHOWING = {
    'a text': REDACTOR.text,
    'a part of a text': lambda text: REDACTOR.text(text, 200),
    'an address': redact.mask_url,
    'a proxy': redact.mask_proxy,
    'a page': lambda text: Answer(
        502, {}, ('<html>' + text).encode(), 'https://h/', mask=REDACTOR.text
    ).problem(),
    'what is no page': lambda text: Answer(
        500, {}, ('{"a": "' + text).encode(), 'https://h/', mask=REDACTOR.text
    ).problem(),
    'headers': lambda text: Answer(302, {'Location': text}, b'', 'https://h/' + text),
}


@pytest.mark.parametrize('name', sorted(SHOWING))
def test_masking_and_shortening_twice_the_text_is_at_most_twice_the_work(name, monkeypatch):
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    work = Work(monkeypatch)
    texts = [('', piece, '') for piece in PIECES]
    texts += [long_text(chance, PIECES, SHORT) for _ in range(ATTACKS)]
    for begin, middle, end in chance.sample(texts, 6):
        counts = [
            work.of(SHOWING[name], begin + middle * (length // len(middle)) + end)
            for length in (600, 1200)
        ]
        assert counts[1] <= 2.2 * counts[0] + 200, (name, begin, middle, end, counts, seed)
