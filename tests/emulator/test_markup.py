"""HTML in texts: which tags are seen, that none hides from it, and that it takes linear time."""

import html.parser
import random
import time
from contextlib import suppress
from functools import partial

import pytest

from pyral.emulator.errors import ServiceError
from pyral.emulator.markup import plain, tags, unescaped
from pyral.emulator.model import Model
from pyral.emulator.rules.write.coerce import scalar
from tests.processor_time import least_s

PIECES = (
    '<', '>', '</', '<a', '<a ', '<b', '<script', '</script', '<!--', '-->', '--!>', '<!', '<?',
    '<![CDATA[', ']]>', '"', "'", '=', ' x="', " y='", ' z=', '/', ' ', '\n', '&', '&#', '9', ';',
    '&#x', '&amp', 'text', '-', '--', '<!DOCTYPE', '<br>', 'onload=', '<a href="javascript:"',
)  # fmt: skip


def names(text):
    return [tag.name for tag in tags(text) if tag.name]


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', []),
        ('1 < 2 and 3 > 2', []),
        ('a <b', []),
        ('<B>x</b ><br/>', ['b', 'b', 'br']),
        ('<p class="a>b">x', ['p']),
        ("<p title='a>b' x>y</p>", ['p', 'p']),
        ('<p title="a>b</p><script>', ['p', 'p', 'script']),
        ('<!-- <script> -->', []),
        ('<!--><script>x</script>', ['script', 'script']),
        ('<!---><script>', ['script']),
        ('<!-- a --!><script>', ['script']),
        ('<!-- <script>', ['script']),
        ('<![CDATA[><script>]]>', ['script']),
        ('<!x><script>', ['script']),
        ('</ ><script>', ['script']),
        ('<!DOCTYPE html>', ['!']),
        ('<?php x?>', ['?']),
        ('<<script>', ['script']),
        ('<a <script>alert(1)</script>', ['a', 'script']),
        ('<scr<script>', ['scr<script']),
        ('<img src=x onerror=y>', ['img']),
    ],
)
def test_tags_are_seen_as_a_browser_sees_them(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (
            '<a href="x&amp;y" B=c d = \'e\' f>',
            (('href', 'x&y'), ('b', 'c'), ('d', 'e'), ('f', '')),
        ),
        ('<a/href=x/onclick=y>', (('href', 'x/onclick=y'),)),
        ('<a href="x"onclick=y>', (('href', 'x'), ('onclick', 'y'))),
        ('<a href="x>', (('href', '"x'),)),
        ('<a href=java&#115;cript:x>', (('href', 'javascript:x'),)),
    ],
)
def test_attributes_are_read_with_their_references(text, expected):
    (tag,) = tags(text)
    assert tag.attributes == expected


def test_a_text_without_its_tags():
    assert plain('<p>1 &lt; 2<br/>and <b>3</b><!-- no --></p>') == '\n1 < 2\nand 3'
    assert unescaped('&#' + '9' * 9000 + ';&#x' + 'f' * 9000 + ';&amp;') == '\ufffd\ufffd&'


class Judge(html.parser.HTMLParser):
    """The scanner of the standard library, which agrees where the markup is sound."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple((name, value or '') for name, value in attrs)))

    def handle_endtag(self, tag):
        self.found.append((tag, ()))


def test_sound_markup_is_read_as_by_the_standard_library():
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    for _ in range(300):
        parts = []
        for _ in range(dice.randrange(12)):
            name = dice.choice(['a', 'b', 'H1', 'x-y', 'p'])
            attributes = ''.join(
                dice.choice([' {0}="v>{1}"', " {0} = '{1}&lt;'", ' {0}={1}', ' {0}']).format(
                    dice.choice(['href', 'Title', 'on-x']), dice.randrange(99)
                )
                for _ in range(dice.randrange(3))
            )
            parts.append(
                dice.choice(['text ', f'<{name}{attributes}>', f'</{name}>', '<!-- c -->'])
            )
        text = ''.join(parts)
        seen = [(tag.name, tag.attributes) for tag in tags(text) if tag.name]
        assert seen == Judge(text).found, (seed, text)


def test_any_markup_is_read_in_linear_time():
    """Texts of one piece and of random ones, too long for a second reading of each part."""
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    texts = [piece * (20_000 // len(piece)) + end for piece in PIECES for end in ('', '>', '">')]
    for _ in range(40):
        some = [dice.choice(PIECES) for _ in range(dice.randrange(2, 5))]
        texts.append((''.join(some) * 20_000)[:20_000] + dice.choice(['', '>', '"', '-->']))

    def read(text):
        last = 0
        for tag in tags(text):
            assert last <= tag.start < tag.end <= len(text), seed
            last = tag.end
        plain(text)

    for text in texts:
        # A quadratic reading takes seconds.
        assert least_s(partial(read, text), 0.7) < 0.7, (seed, text[:60])


#: Texts that are read again and again by a pattern that may begin or end in several ways.
ENDLESS = [
    begin + piece * (60_000 // len(piece)) + end
    for begin in (
        '',
        '2026-01-01T00:00',
        '2026-01-01T00:00:00.',
        'today+',
        '-',
        'http://',
        '/defect/',
    )
    for piece in ('1', ' ', '.', '1.', 'e1', 'a', '-', '/', 'Z', '\t ')
    for end in ('', 'x')
]


@pytest.mark.parametrize(
    ('path', 'name'),
    [
        ('HierarchicalRequirement', 'PlanEstimate'),
        ('HierarchicalRequirement', 'ScheduleState'),
        ('HierarchicalRequirement', 'Description'),
        ('HierarchicalRequirement', 'Ready'),
        ('HierarchicalRequirement', 'Name'),
        ('Iteration', 'StartDate'),
        ('TestCaseStep', 'StepIndex'),
        ('Attachment', 'Size'),
    ],
)
def test_a_text_of_any_length_is_converted_or_refused_at_once(path, name):
    type_def = Model.load().types[path]

    def convert():
        for text in ENDLESS:
            with suppress(ServiceError):
                scalar(type_def, type_def.attributes[name], text)

    assert least_s(convert, 2) < 2


def test_a_query_with_texts_of_any_length_is_answered_at_once(service):
    begun = time.process_time()
    for text in ENDLESS[::7]:
        for name in ('PlanEstimate', 'CreationDate', 'FormattedID', 'Owner', 'ObjectID'):
            query = f'({name} = "{text[:20_000]}")'
            assert 'unexpected' not in service.send('GET', '/defect', query=query).text
    # A pattern that reads a text anew for each of its characters takes minutes.
    assert time.process_time() - begun < 120
