"""Totals that contradict their page: what comes is whole, or is said not to be."""

from __future__ import absolute_import, division, print_function

import copy
import random
import warnings

import pytest

from pyral.advice import RallyWarning
from pyral.context.directory import Directory
from pyral.errors import MultipleFoundError, RallyResponseError
from pyral.reading.response import RallyRESTResponse, ReadOptions, respond
from tests.unit.fakes import FakeTransport, answer, page, row

COUNT = 47
#: What a total may be that is none; `gone` leaves it out.
NO_TOTALS = [
    'gone',
    None,
    'many',
    '',
    float('nan'),
    float('inf'),
    -1,
    -47,
    [],
    {},
    True,
    False,
    46.5,
]
#: Totals that are numbers, and smaller than the rows that came.
TOO_SMALL = [0, 1, '5', 19, 19.0]


def told(body, name, value):
    """Return a body of a page with one of its numbers changed."""
    body = copy.deepcopy(body)
    if value == 'gone':
        del body['QueryResult'][name]
    else:
        body['QueryResult'][name] = value
    return body


class Service(object):
    """Serves rows, and says of their number what it likes.

    :param damage: takes the body of a page and its start index, returns the body to send.
    """

    def __init__(self, damage, count=COUNT):
        self.rows = [row(number, Name='d%d' % number) for number in range(1, count + 1)]
        self.damage, self.sent = damage, []
        self.transport = FakeTransport(self)

    def __call__(self, path, params):
        start, size = int(params['start']), int(params['pagesize'])
        body = page(self.rows[start - 1:start - 1 + size], len(self.rows), start, size)
        self.sent.append(self.damage(body, start))
        return self.sent[-1]


def read(service, pagesize=20, **options):
    """Return a response of a query."""
    return respond(
        service.transport,
        'Defect',
        [('fetch', 'true'), ('pagesize', pagesize)],
        None,
        'full',
        ReadOptions(**options),
    )


def everything(response):
    """Return the ObjectIDs of a response, and the texts of our warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        found = [each.oid for each in response]
        assert not (response.complete and response.served > response.total), dict(vars(response))
    return found, [str(each.message) for each in caught if each.category is RallyWarning]


@pytest.mark.parametrize('wrong', NO_TOTALS + TOO_SMALL, ids=repr)
@pytest.mark.parametrize('pages', ['all', 'the first', 'the others'])
def test_a_full_page_without_a_total_is_followed_by_another_question(wrong, pages):
    def damage(body, start):
        hit = pages == 'all' or (start == 1) == (pages == 'the first')
        return told(body, 'TotalResultCount', wrong) if hit else body

    service = Service(damage)
    response = read(service)
    found, _ = everything(response)
    assert found == list(range(1, COUNT + 1))
    assert service.transport.starts == [1, 21, 41]
    is_denied = pages == 'all' and any(wrong is each for each in TOO_SMALL)
    assert response.complete is not is_denied and bool(response.warnings) is is_denied
    assert response.total == COUNT


@pytest.mark.parametrize('wrong', ['gone', 0], ids=repr)
@pytest.mark.parametrize('count', [40, 15, 1])
def test_it_ends_where_nothing_follows(wrong, count):
    service = Service(lambda body, start: told(body, 'TotalResultCount', wrong), count)
    response = read(service)
    assert everything(response)[0] == list(range(1, count + 1))
    assert service.transport.starts == list(range(1, count + 2, 20))
    assert response.complete is (wrong == 'gone')


def test_a_short_page_without_a_total_is_whole_at_once_and_costs_one_request():
    service = Service(
        lambda body, start: told(told(body, 'TotalResultCount', 'gone'), 'PageSize', 'gone'), 3
    )
    response = read(service)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert (response.resultCount, response.total, response.complete) == (3, 3, False)
        assert len(list(response)) == 3 and response.complete
    assert service.transport.starts == [1]


@pytest.mark.parametrize('wrong', ['gone', 0, 'many'], ids=repr)
@pytest.mark.parametrize('size', ['gone', None, 0, 2, 20, 2000, 'x', -1], ids=repr)
def test_the_size_that_was_asked_for_counts_where_that_of_the_page_is_wrong_too(wrong, size):
    service = Service(
        lambda body, start: told(told(body, 'TotalResultCount', wrong), 'PageSize', size)
    )
    response = read(service)
    assert everything(response)[0] == list(range(1, COUNT + 1))


@pytest.mark.parametrize('wrong', ['gone', 0], ids=repr)
def test_a_service_that_gives_the_same_page_for_ever_is_not_complete(wrong):
    service = Service(None)
    first = page(service.rows[:20], 20, 1, 20)
    service.damage = lambda body, start: told(first, 'TotalResultCount', wrong)
    response = read(service)
    assert everything(response)[0] == list(range(1, 21))
    assert not response.complete and 'does not say how many' in response.warnings[0]


def test_numbers_that_are_not_known_are_said_to_be_that():
    service = Service(lambda body, start: told(body, 'TotalResultCount', 'gone'))
    for ask in (lambda response: response.resultCount, lambda response: response.total):
        response = read(service, 1, limit=1)
        with pytest.warns(RallyWarning, match='does not say how many'):
            assert ask(response) == 1
    with pytest.raises(RallyResponseError):
        read(service, 1, limit=1).one()
    with pytest.raises((RallyResponseError, MultipleFoundError)):
        read(service, 20).one()
    response = read(service, 20, limit=20)
    assert len(list(response)) == 20
    assert not response.complete and 'does not say how many' in response.warnings[0]


def test_a_copy_goes_on_without_a_total_too():
    response = read(Service(lambda body, start: told(body, 'TotalResultCount', 'gone')))
    taken = [next(response).oid for _ in range(20)]
    twin = copy.copy(response)
    assert taken + [each.oid for each in twin] == list(range(1, COUNT + 1)) and twin.complete


def test_a_response_made_by_hand_asks_nobody():
    for body, is_whole in (
        (page([row(1), row(2)], page_size=5), True),
        (page([row(1), row(2)], page_size=2), False),
        (told(page([row(1), row(2)]), 'PageSize', 'gone'), False),
    ):
        response = RallyRESTResponse(
            None, None, None, answer(told(body, 'TotalResultCount', 'gone'))
        )
        assert everything(response)[0] == [1, 2]
        assert response.complete is is_whole


def test_a_refusal_without_numbers_is_a_refusal():
    response = RallyRESTResponse(
        None, None, None, answer({'QueryResult': {'Errors': ['no'], 'Warnings': []}})
    )
    with pytest.warns(RallyWarning):
        assert response.resultCount == 0
    response.resultCount = 5
    assert response.resultCount == 5


def test_reading_in_parts_does_without_totals():
    class Slow(Service):
        def __call__(self, path, params):
            if int(params['pagesize']) > 50:
                return answer(b'', 504)
            return Service.__call__(self, path, params)

    service = Slow(lambda body, start: told(body, 'TotalResultCount', 'gone'), 333)
    assert everything(read(service, 100))[0] == list(range(1, 334))


@pytest.mark.parametrize('wrong', NO_TOTALS + TOO_SMALL, ids=repr)
def test_projects_are_all_found(wrong):
    rows = [
        row(number, 'project', 'P%d' % number, Name='P%d' % number, State='Open', ObjectID=number)
        for number in range(1, 12)
    ]

    def handle(path, params):
        start, size = int(params['start']), int(params['pagesize'])
        body = page(rows[start - 1:start - 1 + size], len(rows), start, size)
        return told(body, 'TotalResultCount', wrong)

    transport = FakeTransport(handle)
    transport.server = 'rally.test'
    found = Directory(transport)._rows('project', 'project', [], page_size=6)
    assert [each.name for each in found] == ['P%d' % number for number in range(1, 12)]


def test_random_numbers_never_make_a_part_look_whole():
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    values = NO_TOTALS + TOO_SMALL + list(range(0, 2 * COUNT, 7)) + [COUNT, 1 << 40, '47']
    for _ in range(300):
        count, size = dice.randrange(0, 60), dice.choice([1, 7, 20, 50])
        chance = dice.random()

        def damage(body, start, chance=chance):
            for name in ('TotalResultCount', 'PageSize'):
                if dice.random() < chance:
                    body = told(body, name, dice.choice(values))
            return body

        service = Service(damage, count)
        response = None
        try:
            response = read(service, size, limit=dice.choice([None, None, 30]))
            found, _ = everything(response)
        except RallyResponseError:
            continue
        # A wrong total that is exactly the number of the rows that came, nobody can see.
        by_chance = response.total == len(found) and any(
            str(each['QueryResult'].get('TotalResultCount')) in (
                str(len(found)), str(float(len(found)))) for each in service.sent)
        assert found == list(range(1, count + 1)) or not response.complete or by_chance, (
            seed,
            size,
            count,
            found,
        )
