"""Burn-down and burn-up: the numbers of the table, the drawing, and where they come from."""

import re
from datetime import datetime, timezone

import pytest
import requests

from pyral.emulator import Emulator
from pyral.emulator.clock import iso, parse_iso
from pyral.emulator.handlers.browser.burn_charts import step_of
from pyral.emulator.rules.derived import flow_data
from pyral.emulator.store import Obj
from pyral.emulator.store.reading import of_type
from tests.emulator.test_browser import Page
from tests.emulator.test_first_page import ask

#: A Wednesday; the sprint began on Monday the week before.
NOW = '2026-03-18T15:30:00.000Z'


@pytest.fixture(scope='module')
def emulator():
    with Emulator(world='empty', now=NOW, listen=False) as running:
        yield running


class World:
    """Makes objects by the API, each at a time of its own."""

    def __init__(self, emulator):
        self.emulator = emulator

    def at(self, day, hour=10):
        self.emulator.store.clock.set(datetime(2026, 3, day, hour, tzinfo=timezone.utc))

    def send(self, path, **values):
        session = requests.Session()
        session.mount('http://emulator.invalid', self.emulator.adapter())
        session.headers['ZSESSIONID'] = self.emulator.apikey
        kind = path.split('/')[0]
        answer = session.post(
            'http://emulator.invalid/slm/webservice/v2.0/' + path, json={kind: values}
        ).json()
        ((_, found),) = answer.items()
        assert found['Errors'] == [], found
        return found['Object']

    def page(self, kind, oid):
        text = ask(self.emulator, f'/browse/{kind}/{oid}', ZSESSIONID=self.emulator.apikey)[2]
        Page(text)
        return text


def table(text):
    """Return the rows of the table of numbers."""
    body = text.split('The numbers')[1].split('</table>')[0].split('<tbody>')[1]
    return [re.findall(r'<td[^>]*>([^<]*)', row) for row in body.split('<tr>')[1:]]


@pytest.fixture
def world(emulator):
    emulator.reset()
    yield World(emulator)
    emulator.store.clock.set(parse_iso(NOW))


def sprint(world):
    """Return an iteration of two weeks with a story of five points and tasks of ten hours."""
    world.at(9, 8)
    found = world.send(
        'iteration/create',
        Name='Sprint 1',
        StartDate='2026-03-09T00:00:00.000Z',
        EndDate='2026-03-20T23:59:59.000Z',
        State='Committed',
    )
    story = world.send(
        'hierarchicalrequirement/create', Name='A', Iteration=found['_ref'], PlanEstimate=5
    )
    tasks = [
        world.send('task/create', Name=name, WorkProduct=story['_ref'], Estimate=hours, ToDo=hours)
        for name, hours in (('one', 6), ('two', 4))
    ]
    return found, story, tasks


def path_of(made):
    return made['_ref'].split('/v2.0/')[1]


def test_without_flow_data_a_burn_down_comes_from_revisions(world):
    found, story, (one, two) = sprint(world)
    world.at(11)
    world.send(path_of(one), ToDo=2)
    world.at(13)
    world.send(path_of(one), ToDo=0)
    world.send(path_of(two), ToDo=1)
    world.at(16)
    world.send(path_of(two), ToDo=0)
    world.send(path_of(story), ScheduleState='Accepted')
    world.emulator.store.clock.set(parse_iso(NOW))
    collected = table(world.page('iteration', found['ObjectID']))
    forget_flow(world.emulator)
    text = world.page('iteration', found['ObjectID'])
    days = {row[0][8:]: row for row in table(text)}
    assert list(days) == ['09', '10', '11', '12', '13', '16', '17', '18', '19', '20']
    to_do = [days[day][1] for day in days]
    assert to_do == ['10', '10', '6', '6', '1', '0', '0', '0', '', '']
    assert [days[day][3] for day in days] == ['0'] * 5 + ['5', '5', '5', '', '']
    assert (days['09'][2], days['20'][2]) == ('10', '0')
    assert 'and their revisions' in text
    # What was collected at the ends of the days was the same; this one is not over.
    assert [row for row in collected if row[1]] == [days[day] for day in list(days)[:7]]


def forget_flow(emulator):
    """Take cumulative flow data away; what was collected once is not collected again."""
    for kind in ('iteration', 'release'):
        flow_data.collect(emulator.store, kind.title())
    with emulator.store.writing() as tx:
        for kind in ('IterationCumulativeFlowData', 'ReleaseCumulativeFlowData'):
            for row in of_type(tx, kind):
                tx.update(row.oid, recycled=True)


def add_flow(emulator, kind, key, oid, rows):
    """Put rows of (day, state, points, hours to do, hours estimated)."""
    with emulator.store.writing() as tx:
        workspace = tx.get(oid).workspace
        for day, state, points, to_do, estimated in rows:
            doc = {
                key: oid,
                'CardState': state,
                'CardCount': 1,
                'CardEstimateTotal': points,
                'CardToDoTotal': to_do,
                'TaskEstimateTotal': estimated,
            }
            created = iso(datetime(2026, 3, day, 22, tzinfo=timezone.utc))
            tx.insert(Obj(type=kind, workspace=workspace, created=created, doc=doc))


def test_flow_data_are_what_the_chart_shows_where_there_are_any(world):
    found, _, _ = sprint(world)
    world.emulator.store.clock.set(parse_iso(NOW))
    forget_flow(world.emulator)
    add_flow(
        world.emulator,
        'IterationCumulativeFlowData',
        'IterationObjectID',
        found['ObjectID'],
        [
            (9, 'Defined', 8, 20, 24),
            (9, 'Accepted', 0, 0, 0),
            (10, 'Defined', 5, 12, 24),
            (10, 'In-Progress', 2, 3.5, 2),
            (10, 'Accepted', 3, 0, 0),
        ],
    )
    text = world.page('iteration', found['ObjectID'])
    assert [row[1:] for row in table(text)[:3]] == [
        ['20', '24', '0'],
        ['15.5', '21.3', '3'],
        ['', '18.7', ''],
    ]
    assert 'From IterationCumulativeFlowData' in text
    drawing = text.split('<svg viewBox="0 0 640')[1].split('</svg>')[0]
    assert '<title id="chart-title">Burn-down</title>' in drawing
    assert '24 hours at the start; 15.5 hours to do on 2026-03-10.' in drawing
    (line,) = re.findall('class="line actual" points="([^"]*)"', drawing)
    heights = [float(point.split(',')[1]) for point in line.split()]
    assert len(heights) == 2 and heights[0] < heights[1]
    assert drawing.count('<rect class="bar"') == 1 and 'class="today"' in drawing


def test_a_release_has_a_burn_up(world):
    world.at(2)
    release = world.send(
        'release/create',
        Name='R1',
        ReleaseStartDate='2026-03-02T00:00:00.000Z',
        ReleaseDate='2026-03-27T23:59:59.000Z',
        State='Active',
    )
    world.at(3)
    first, second = (
        world.send('hierarchicalrequirement/create', Name=name, Release=ref, PlanEstimate=points)
        for name, ref, points in (('A', release['_ref'], 3), ('B', None, 5))
    )
    world.at(10)
    world.send(path_of(second), Release=release['_ref'])
    world.at(12)
    world.send(path_of(first), PlanEstimate=2, ScheduleState='Accepted')
    world.emulator.store.clock.set(parse_iso(NOW))
    forget_flow(world.emulator)
    text = world.page('release', release['ObjectID'])
    days = {row[0][8:]: row[1:] for row in table(text)}
    assert [days[day][:2] for day in ('02', '03', '09', '10', '11', '12', '18', '19')] == [
        ['0', '0'],
        ['3', '0'],
        ['3', '0'],
        ['8', '0'],
        ['8', '0'],
        ['7', '2'],
        ['7', '2'],
        ['', ''],
    ]
    assert (days['02'][2], days['27'][2]) == ('0', '7')
    add_flow(
        world.emulator,
        'ReleaseCumulativeFlowData',
        'ReleaseObjectID',
        release['ObjectID'],
        [(17, 'Defined', 6, 0, 0), (17, 'Accepted', 4, 0, 0)],
    )
    text = world.page('release', release['ObjectID'])
    assert {row[0][8:]: row[1:3] for row in table(text)}['17'] == ['10', '4']
    assert '<svg' in text and 'Burn-up' in text


@pytest.mark.parametrize(
    ('begin', 'end', 'days'),
    [(23, 27, 5), (9, 9, 1), (14, 15, 2)],
)
def test_a_timebox_without_work_has_an_empty_chart(world, begin, end, days):
    found = world.send(
        'iteration/create',
        Name='Empty',
        StartDate=f'2026-03-{begin:02d}T12:00:00.000Z',
        EndDate=f'2026-03-{end:02d}T20:00:00.000Z',
        State='Planning',
    )
    text = world.page('iteration', found['ObjectID'])
    assert len(table(text)) == days and 'Nothing is scheduled' in text


@pytest.mark.parametrize('values', [{'EndDate': '2026-03-01T00:00:00.000Z'}, {'StartDate': None}])
def test_a_timebox_without_days_has_no_chart(world, values):
    found, _, _ = sprint(world)
    with world.emulator.store.writing() as tx:
        row = tx.get(found['ObjectID'])
        tx.update(row.oid, doc={**row.doc, **values})
    text = ask(world.emulator, f'/browse/iteration/{row.oid}', ZSESSIONID=world.emulator.apikey)[2]
    assert '<figure' not in text and 'Sprint 1' in text


def test_other_objects_have_no_chart(world):
    made = world.send('defect/create', Name='x')
    assert '<figure' not in world.page('defect', made['ObjectID'])


@pytest.mark.parametrize(
    ('most', 'step'), [(0, 1), (1, 1), (4, 1), (5, 1), (6, 2), (11, 5), (93, 20), (501, 200)]
)
def test_axes_have_round_steps(most, step):
    assert step_of(most) == step
    assert most / step <= 5
