"""The corrected text of a refused query: what it seems to mean, nothing where that is unsure."""

import random

import pytest

from pyral.emulator.catalogue.catalogue import Catalogue
from pyral.emulator.clock import parse_iso
from pyral.emulator.errors import ServiceError
from pyral.emulator.language import (
    QueryContext,
    check,
    corrected,
    corrected_order,
    order_by,
    parse,
)
from pyral.emulator.model import Model

MODEL = Catalogue(None, Model.load().types, '')
DEFECT = [MODEL.type('Defect')]
CONTEXT = QueryContext(1, parse_iso('2026-03-18T12:00:00Z'))

#: What was written, and what it means.
MEANT = [
    ('State = Open', '(State = Open)'),
    ('State=Open', '(State = Open)'),
    ('State == "Open"', '(State = "Open")'),
    ("State = 'Open'", '(State = "Open")'),
    ('state = opn', '(State = Open)'),
    ('(State = Open', '(State = Open)'),
    ('State = Open)', '(State = Open)'),
    ('(State = Open) OR ', '(State = Open)'),
    ('State = Open AND Owner = null', '((State = Open) AND (Owner = null))'),
    ('State = Open && Owner <> None', '((State = Open) AND (Owner != null))'),
    ('(State = Open) (Owner = null)', '((State = Open) AND (Owner = null))'),
    ('State = Open, Owner = null', '((State = Open) AND (Owner = null))'),
    (
        'Owner = null AND State = Open OR State = Closed',
        '(((Owner = null) AND (State = Open)) OR (State = Closed))',
    ),
    (
        '(State = Open) OR (Owner = null) AND (Ready = true)',
        '((State = Open) OR ((Owner = null) AND (Ready = true)))',
    ),
    ('NOT State = Open', '(State != Open)'),
    ('not (State = Open)', None),
    ('Owner is null', '(Owner = null)'),
    ('Owner is not null', '(Owner != null)'),
    ('State in (Closed, Fixed)', '(State in Closed,Fixed)'),
    ('State not in (Closed, Fixed)', '((State != Closed) AND (State != Fixed))'),
    ('Name contains login page', '(Name contains "login page")'),
    ('Name like %login%', '(Name contains login)'),
    ('Name not contains login', '(Name !contains login)'),
    ('Name = Rock and Roll', '(Name = "Rock and Roll")'),
    ('Name = foo (bar)', '(Name = "foo (bar)")'),
    ('Name contains "x', '(Name contains "x")'),
    ('Schedule State = Accepted', '(ScheduleState = Accepted)'),
    ('Sate = Open', '(State = Open)'),
    ('Owner.Emailadress = x@y', '(Owner.EmailAddress = x@y)'),
    ('Owner = "Mei Lin"', '(Owner.DisplayName = "Mei Lin")'),
    ('Owner = mei@example.com', '(Owner.UserName = mei@example.com)'),
    ('Iteration = "Sprint 154"', '(Iteration.Name = "Sprint 154")'),
    ('(Tags = "spike")', '(Tags.Name = "spike")'),
    ('Requirement = US12', '(Requirement.FormattedID = US12)'),
    ('CreationDate > 11/01/2026', '(CreationDate > 2026-11-01)'),
    ('CreationDate > 30.11.2026', '(CreationDate > 2026-11-30)'),
    ('Blocked = yes', '(Blocked = true)'),
    ('(State = Open)', None),
    ('(Bogus = 1)', None),
    ('hello', None),
    ('', None),
    ('((((', None),
    ('State', None),
    ('= Open', None),
    ('State =', None),
    ('x' * 100_000, None),
    ('(' * 3000 + 'State = Open' + ')' * 3000, None),
    ('State = Open AND ' * 300 + 'State = Open', None),
]


@pytest.mark.parametrize(('written', 'meant'), MEANT)
def test_what_a_refused_text_means(written, meant):
    assert corrected(written, MODEL, DEFECT, CONTEXT) == meant
    if meant is not None:
        check(parse(meant), MODEL, DEFECT, CONTEXT)


@pytest.mark.parametrize(
    ('written', 'meant'),
    [
        ('Nmae', 'Name'),
        ('plan estimate desc', 'PlanEstimate DESC'),
        ('Schedule State, Nam descending', 'ScheduleState, Name DESC'),
        ('Name', None),
        ('Owner DESC', None),
        ('xyzzy', None),
        ('Tags', None),
        ('', None),
    ],
)
def test_what_a_refused_order_means(written, meant):
    assert corrected_order(written, MODEL, DEFECT) == meant
    if meant is not None:
        order_by(meant, MODEL, DEFECT)


def test_whatever_is_written_the_proposal_is_one_that_is_taken():
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    pieces = [
        '(',
        ')',
        ' and ',
        'OR',
        ' = ',
        '!=',
        'contains',
        'in',
        'not',
        '"',
        "'",
        ',',
        ' ',
        '\\',
    ]
    pieces += [
        'State',
        'Owner',
        'Tags',
        'Name',
        'Open',
        'null',
        '\0',
        '\ud800',
        '&&',
        'é',
        '3',
        '.',
    ]
    for _ in range(400):
        text = ''.join(
            dice.choice(pieces) + dice.choice(['', ' ']) for _ in range(dice.randrange(14))
        )
        found = corrected(text, MODEL, DEFECT, CONTEXT)
        if found is None:
            continue
        try:
            check(parse(found), MODEL, DEFECT, CONTEXT)
        except ServiceError as error:
            pytest.fail('{}: {!r} -> {!r}: {}'.format(seed, text, found, error))
