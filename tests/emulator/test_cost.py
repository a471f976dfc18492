"""Cost of a request: how many statements it runs, and how many steps the database takes for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from pyral.emulator.store import Obj, Store
from pyral.emulator.store.cache import Kept
from tests.emulator.service import Service, opened

STORY, DEFECT, TASK = 'hierarchicalrequirement', 'defect', 'task'
#: The most that an update may run.
UPDATE = 25
#: Hundreds of steps that two runs of one request may differ by.
SLACK = 15


@contextmanager
def statements(service: Service) -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile, those that begin and end transactions too."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, text: str, *_: object) -> None:
        found.append(' '.join(text.split())[:160])

    engine = service.app.store._database.engine
    event.listen(engine, 'before_cursor_execute', note)
    try:
        yield found
    finally:
        event.remove(engine, 'before_cursor_execute', note)


def listed(found: list[str]) -> str:
    return '\n'.join([f'{len(found)} statements:', *found])


def steps(service: Service, path: str, **params: object) -> int:
    """Return how many steps SQLite takes for a request, in hundreds; the model is known before."""
    service.get(path, **params)
    service.app.store._database.kept = Kept()
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    with service.app.store._database._raw() as raw:
        raw.set_progress_handler(tick, 100)
        try:
            service.get(path, **params)
        finally:
            raw.set_progress_handler(None, 0)
    return count


def made(service: Service, kind: str, **values: object) -> str:
    """Create an object, and return the path of its reference."""
    body = {kind: {'Name': kind, 'Project': f"/project/{service.oid('top')}", **values}}
    item = opened(service.send('POST', f'/{kind}/create', body))['Object']
    return f"/{kind}/{item['ObjectID']}"


@pytest.fixture
def scheduled(service: Service) -> dict[str, str]:
    """A story in a sprint, with a task, a test case and a defect."""
    place = f"/project/{service.oid('top')}"
    sprint = made(
        service, 'iteration', State='Planning', StartDate='2026-01-05', EndDate='2026-01-16'
    )
    story = made(service, STORY, Iteration=sprint, PlanEstimate=3)
    return {
        'story': story,
        'task': made(service, TASK, WorkProduct=story, Estimate=2, ToDo=2),
        'defect': made(service, DEFECT, Requirement=story, Iteration=sprint, Project=place),
        'testcase': made(service, 'testcase', WorkProduct=story),
        'bare': made(service, DEFECT),
    }


@pytest.mark.parametrize(
    ('which', 'values'),
    [
        ('bare', {'Name': "x"}),
        ('bare', {'Name': "x", 'Description': "<b>y</b>", 'State': 'Open', 'Priority': 'Normal'}),
        ('bare', {'PlanEstimate': 5}),
        ('bare', {'ScheduleState': 'In-Progress'}),
        ('bare', {'Owner': None}),
        ('bare', {'Blocked': True}),
        ('defect', {'Name': "x"}),
        ('defect', {'State': 'Closed'}),
        ('story', {'Name': "x", 'Notes': "y"}),
        ('story', {'ScheduleState': 'In-Progress'}),
        ('testcase', {'Method': 'Automated'}),
        ('task', {'Name': "x"}),
        ('task', {'Actuals': 1}),
    ],
    ids=str,
)
def test_an_update_runs_at_most_25_statements(
    service: Service, scheduled: dict[str, str], which: str, values: dict[str, object]
) -> None:
    path = scheduled[which]
    with statements(service) as found:
        result = opened(service.send('POST', path, {path.split('/')[1]: values}))
    assert result['Errors'] == []
    assert len(found) <= UPDATE, listed(found)


@pytest.mark.parametrize(
    ('values', 'most'),
    [
        # Sums of the sprint and of the story follow.
        ({'State': 'In-Progress', 'ToDo': 1}, 45),
        ({'Estimate': 3}, 30),
    ],
    ids=str,
)
def test_an_update_that_others_follow_costs_a_few_statements_for_each_of_them(
    service: Service, scheduled: dict[str, str], values: dict[str, object], most: int
) -> None:
    with statements(service) as found:
        assert opened(service.send('POST', scheduled['task'], {TASK: values}))['Errors'] == []
    assert len(found) <= most, listed(found)


@pytest.mark.parametrize(
    ('path', 'params', 'most'),
    [
        ('/defect', {'fetch': 'Name', 'pagesize': 1}, 8),
        ('/user', {}, 12),
        ('/hierarchicalrequirement', {'fetch': 'true', 'pagesize': 200}, 16),
    ],
    ids=str,
)
def test_a_read_runs_few_statements(
    service: Service, path: str, params: dict[str, object], most: int
) -> None:
    service.get(path, **params)
    with statements(service) as found:
        service.get(path, **params)
    assert len(found) <= most, listed(found)


def test_a_create_runs_at_most_25_statements(service: Service) -> None:
    made(service, DEFECT)
    with statements(service) as found:
        made(service, DEFECT)
    assert len(found) <= UPDATE, listed(found)


@pytest.mark.parametrize(
    ('path', 'params'),
    [
        ('/defect', {'fetch': 'Name'}),
        ('/user', {}),
        ('/user', {'fetch': 'UserName,UserPermissions'}),
        ('/user', {'query': '(UserName contains "v")', 'fetch': 'true'}),
        ('/project', {'fetch': 'Name'}),
    ],
    ids=str,
)
def test_a_request_costs_the_same_however_much_its_caller_has_written(
    service: Service, path: str, params: dict[str, object]
) -> None:
    tiny = service.tiny
    plain = service.other(headers={'ZSESSIONID': tiny.viewer_key})
    before = steps(plain, path, **params)
    with service.app.store.writing() as tx:
        every = [
            Obj(oid=tx.new_oid(), type=kind, workspace=tiny['east'])
            for kind in 2000 * ['Revision', 'Task']
        ]
        rows = [(one.oid, 'User', tiny['vera']) for one in every if one.type == 'Revision']
        rows += [(one.oid, 'CreatedBy', tiny['vera']) for one in every if one.type == 'Task']
        tx.insert_many(every, rows)
    assert steps(plain, path, **params) <= before + SLACK


PAIR = ('Defect', 'Task')


@pytest.mark.parametrize('types', [('Defect',), ('Revision',), PAIR], ids=' '.join)
def test_a_small_request_costs_the_same_in_a_larger_world_of_few_types(
    service: Service, types: tuple[str, ...]
) -> None:
    """Statistics of few types and names mislead the planner into reading a whole table first."""
    tiny, store = service.tiny, service.app.store
    story = f"/{STORY}/{tiny['story']}"
    small = [
        ('/subscription', {}),
        ('/user', {}),
        ('/user', {'query': '(UserName = x)', 'fetch': 'true'}),
        ('/workspace', {'fetch': 'true'}),
        ('/project', {'fetch': 'true'}),
        ('/tag', {'fetch': 'true'}),
        ('/milestone', {'query': '(Name = Beta)', 'order': 'Name', 'fetch': 'true'}),
        ('/iteration', {'project': f"/project/{tiny['mid']}"}),
        (f'/{STORY}', {'query': '(FormattedID = US1)', 'fetch': 'true'}),
        (f'/{STORY}', {'query': '(Parent = null)', 'project': f"/project/{tiny['top']}"}),
        (f'/{STORY}', {'query': '(Tags.Name = red)', 'fetch': 'Name,Owner,Tags,Parent'}),
        ('/task', {'query': f"(WorkProduct = \"{story}\")", 'fetch': 'true'}),
        ('/typedefinition', {'query': '(ElementName = Defect)', 'fetch': 'true'}),
        (story, {}),
        (story, {'fetch': 'Name'}),
        (story + '/Children', {'fetch': 'true'}),
        (story + '/Tags', {'fetch': 'true'}),
    ]

    def measured() -> list[int]:
        store.analyze()
        return [steps(service, path, **params) for path, params in small]

    def grow(count: int) -> None:
        with store.writing() as tx:
            every = [
                Obj(
                    oid=tx.new_oid(),
                    type=kind,
                    workspace=tiny['west'],
                    project=tiny['far'],
                    rank=f'P{number}',
                )
                for number in range(count)
                for kind in types
            ]
            tx.insert_many(every, [(one.oid, 'Owner', tiny['ada']) for one in every])

    grow(500)
    before = measured()
    grow(2500)
    for request, early, late in zip(small, before, measured()):
        assert late <= early + SLACK, request


def test_a_database_that_was_kept_is_planned_for_like_a_new_one(tmp_path: Path) -> None:
    url = f'sqlite:///{tmp_path}/kept.db'
    Store(url).close()
    with closing(sqlite3.connect(tmp_path / 'kept.db')) as raw:
        raw.execute('ANALYZE')
        raw.commit()
    store = Store(url)
    with store.reading() as tx:
        rows = tx.connection.exec_driver_sql("SELECT tbl, stat FROM sqlite_stat1").fetchall()
    known = {table: int(stat.split()[0]) for table, stat in rows}
    assert min(known['objects'], known['links']) >= 4_000_000
    store.close()


def test_references_set_into_a_collection_cost_no_statement_each(service: Service) -> None:
    milestone = f"/milestone/{service.tiny['m1']}"
    with service.app.store.writing() as tx:
        every = [
            Obj(oid=tx.new_oid(), type='Defect', workspace=service.tiny['east'], name='x')
            for _ in range(5000)
        ]
        tx.insert_many(every)
    references = [{'_ref': f'/defect/{one.oid}'} for one in every]
    with statements(service) as found:
        body = {'Milestone': {'Artifacts': references + references}}
        assert opened(service.send('POST', milestone, body))['Errors'] == []
    assert len(found) <= 45, listed(found)
    assert service.get(milestone + '/Artifacts', pagesize=1)['TotalResultCount'] == 5000
