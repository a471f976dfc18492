"""Every citation resolves: sections of the protocol reference, and numbered statements and defects.

Code, tests and pages cite "section 5.4", "sections 5.4 to 5.6", "appendix A", "statement 68" and
"W-31". Sections stand in `doc/source/protocol/`, statements and defects on the page about
compatibility.
"""

import json
import os
import re

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, 'doc', 'source')
CITING = ('.py', '.pyi', '.lark', '.rst')

#: A label, and the heading it stands before: both bear the number.
SECTION = re.compile(r'^\.\. _section-([\d-]+):\n\n([\d.]+) .*\n[-~]+\n', re.M)
APPENDIX = re.compile(r'^\.\. _appendix-([a-z](?:-\d)?):\n', re.M)
STATEMENT = re.compile(r'^   \* - \.\. _statement-(\d+):\n\n       \1\n', re.M)
DEFECT = re.compile(r'^   \* - (W-\d+)\n', re.M)

NUMBERS = r'(\d+(?:\.\d+)*(?:(?:,| and| to|, and) \d+(?:\.\d+)*)*)'
NUMBER = re.compile(r'\d+(?:\.\d+)*')
#: What is cited by numbers, several at a time.
NUMBERED = ('section', 'statement')
CITATIONS = (
    ('section', re.compile(r'\bsections? ' + NUMBERS, re.I)),
    ('statement', re.compile(r'\bstatements? ' + NUMBERS, re.I)),
    ('defect', re.compile(r'\b(W-\d+)\b')),
    ('appendix', re.compile(r'\bappendix ([a-d])\b', re.I)),
)


def read(path):
    """Return the text of a file."""
    with open(path, encoding='utf-8') as source:
        return source.read()


def pages():
    """Return the text of all pages of the protocol reference, and of the page that opens it."""
    folder = os.path.join(SOURCE, 'protocol')
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    return '\n'.join(read(path) for path in paths + [os.path.join(SOURCE, 'wsapi.rst')])


def known():
    """Return {kind: numbers that exist}."""
    compat = read(os.path.join(SOURCE, 'compat.rst'))
    return {
        'section': {number for _, number in SECTION.findall(pages())},
        'statement': set(STATEMENT.findall(compat)),
        'defect': set(DEFECT.findall(compat)),
        'appendix': {label.upper() for label in APPENDIX.findall(pages())},
    }


def citations_in(text):
    """Return (kind, number) of each citation in a text; a citation may go on in the next line."""
    flat = re.sub(r'\s*\n\s*(?:#:?|//)?\s*', ' ', text)
    return [
        (kind, number)
        for kind, form in CITATIONS
        for cited in form.findall(flat)
        for number in (NUMBER.findall(cited) if kind in NUMBERED else [cited.upper()])
    ]


def citing_files():
    """Return the files that may cite, below `pyral/`, `tests/` and `doc/source/`."""
    found = []
    for top in ('pyral', 'tests', os.path.join('doc', 'source')):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            found += [os.path.join(folder, name) for name in names if name.endswith(CITING)]
    return sorted(found)


def test_every_citation_resolves():
    exist = known()
    missing = [
        (os.path.relpath(path, ROOT), kind, number)
        for path in citing_files()
        for kind, number in citations_in(read(path))
        if number not in exist[kind]
    ]
    assert missing == []


def test_labels_and_headings_bear_the_same_number():
    labels = SECTION.findall(pages())
    assert len(labels) > 60
    assert [label for label, number in labels if label.replace('-', '.') != number] == []
    assert len(labels) == len({number for _, number in labels})


def test_every_fact_of_the_coverage_page_is_a_section_or_an_appendix():
    with open(os.path.join(ROOT, 'doc', 'coverage.json'), encoding='utf-8') as source:
        parts = json.load(source)['parts']
    facts = [fact for part in parts for fact, _ in part['facts'] if '/' not in fact]
    exist = known()['section'] | {
        label.upper().replace('-', '.') for label in APPENDIX.findall(pages())
    }
    assert [fact for fact in facts if fact not in exist] == []


@pytest.mark.parametrize(
    'text, numbers',
    [
        ('as it says (WSAPI reference, section\n    5.9).', ['5.9']),
        ('#: Sections 5.4 to\n#: 5.6, and 7', ['5.4', '5.6', '7']),
        ('Statements 53 to 67 and 83 to 86: get', ['53', '67', '83', '86']),
        ('// section 5.1. The rest', ['5.1']),
        ('see W-07 and W-121', ['W-07', 'W-121']),
        ('(Appendix b)', ['B']),
        ('a dissection 5, 7 sections', []),
    ],
)
def test_what_a_citation_is(text, numbers):
    assert [number for _, number in citations_in(text)] == numbers
