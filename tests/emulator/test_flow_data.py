"""Cumulative flow data: what revisions tell of each state at the end of each work day."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest
import requests

from pyral import Rally
from pyral.emulator import Emulator, worlds
from pyral.emulator.clock import frozen, parse_iso
from pyral.emulator.settings import Settings
from pyral.emulator.store import Store
from pyral.emulator.web.adapter import InProcessAdapter
from pyral.emulator.web.app import App
from tests.emulator.service import ORIGIN

#: A phrase of a revision, as the service writes it.
PHRASE = re.compile(
    r'([A-Z ]+) (?:changed from \[(.*?)\] to \[(.*?)\]|added \[(.*?)\]|removed \[(.*?)\])(?:, |$)'
)
NOON = '2024-05-08T12:00:00.000Z'
STATES = ('Defined', 'In-Progress', 'Completed', 'Accepted')


def told(text):
    """Return {label: (old, new)} of the text of a revision."""
    return {
        label: (old or removed, new or added)
        for label, old, new, added, removed in PHRASE.findall(text)
    }


def at_moment(item, moment, **present):
    """Return what an item was at a moment: its revisions since are taken back, the last first."""
    values = {label.replace('_', ' '): value for label, value in present.items()}
    revisions = sorted(item.RevisionHistory.Revisions, key=lambda one: -int(one.RevisionNumber))
    for revision in revisions:
        if revision.CreationDate <= moment:
            break
        for label, (old, new) in told(revision.Description).items():
            if label in values:
                assert values[label] == new, (item.FormattedID, revision.Description)
                values[label] = old
    return values


def number(value):
    return '' if value is None else str(float(value))


def burned_down(cards, timebox, moment):
    """Return the sums of the cards at a moment by schedule state, from their revisions alone."""
    sums = defaultdict(lambda: [0, 0.0, 0.0, 0.0])
    for card in cards:
        if card.CreationDate > moment:
            continue
        was = at_moment(
            card,
            moment,
            SCHEDULE_STATE=card.ScheduleState,
            PLAN_ESTIMATE=number(card.PlanEstimate),
            **{timebox._type.upper(): timebox.Name},
        )
        if was[timebox._type.upper()] != timebox.Name:
            continue
        one = sums[was['SCHEDULE STATE']]
        one[0] += 1
        one[1] += float(was['PLAN ESTIMATE'] or 0)
        for task in card.Tasks if card._type != 'TestSet' else ():
            hours = at_moment(
                task, moment, TO_DO=number(task.ToDo), TASK_ESTIMATE=number(task.Estimate)
            )
            one[2] += float(hours['TO DO'] or 0)
            one[3] += float(hours['TASK ESTIMATE'] or 0)
    return {state: tuple(one) for state, one in sums.items()}


#: A Wednesday, a Sunday, the middle of a quarter; seeds; the timebox and its first and last day.
WORLDS = [
    ('2024-05-15T18:00:00Z', 0, 'Iteration', 'StartDate', 'EndDate'),
    ('2024-06-02T18:00:00Z', 3, 'Iteration', 'StartDate', 'EndDate'),
    ('2026-11-14T18:00:00Z', 7, 'Release', 'ReleaseStartDate', 'ReleaseDate'),
]


@pytest.mark.parametrize('now, seed, kind, begin, end', WORLDS)
def test_a_chart_of_revisions_is_that_of_the_flow_data(now, seed, kind, begin, end):
    emulator = Emulator(world='demo', now=now, seed=seed, listen=False)
    try:
        rally = Rally(emulator.url, apikey=emulator.apikey, adapter=emulator.adapter())
        timebox = rally.get(
            kind,
            fetch=True,
            query=['{0} <= "{1}"'.format(begin, now), '{0} >= "{1}"'.format(end, now)],
            projectScopeDown=False,
            instance=True,
        )
        rows = list(
            rally.get(
                kind + 'CumulativeFlowData',
                fetch=True,
                query='{0}ObjectID = {1}'.format(kind, timebox.ObjectID),
                order='CreationDate',
            )
        )
        cards = list(rally.get('SchedulableArtifact', fetch=True, query={kind: timebox}, limit=500))
        by_moment = defaultdict(dict)
        for row in rows:
            by_moment[row.CreationDate][row.CardState] = (
                row.CardCount,
                row.CardEstimateTotal,
                row.CardToDoTotal,
                row.TaskEstimateTotal,
            )
        assert len(by_moment) >= 3
        to_do, accepted = [], []
        for moment, by_state in by_moment.items():
            assert list(by_state) == list(STATES)
            found = burned_down(cards, timebox, moment)
            assert {state: found.get(state, (0, 0.0, 0.0, 0.0)) for state in STATES} == by_state
            to_do.append(sum(one[2] for one in by_state.values()))
            accepted.append(by_state['Accepted'][1])
        assert to_do[-1] == timebox.TaskRemainingTotal < max(to_do)
        assert accepted[0] < accepted[-1]
    finally:
        emulator.stop()


def world(*objects, **project):
    """Return a world with one sprint, from Thursday to Wednesday, in Berlin."""
    return {
        'users': [
            {
                'id': 'ann',
                'UserName': 'ann@example.com',
                'DisplayName': 'Ann',
                'apiKey': '_ann',
                'SubscriptionAdmin': True,
                'profile': {'DefaultWorkspace': '@main', 'DefaultProject': '@team'},
            },
            {
                'id': 'bob',
                'UserName': 'bob@example.com',
                'apiKey': '_bob',
                'permissions': [
                    {'on': '@main', 'role': 'User'},
                    {'on': '@other', 'role': 'Viewer'},
                ],
            },
        ],
        'workspaces': [
            {
                'id': 'main',
                'Name': 'Main',
                'timeZone': 'Europe/Berlin',
                'projects': [
                    {
                        'id': 'team',
                        'Name': 'Team',
                        'CreationDate': '2024-01-01',
                        'Iterations': [
                            {
                                'id': 'sprint',
                                'Name': 'Sprint',
                                'StartDate': '2024-05-02',
                                'EndDate': '2024-05-08',
                                'State': 'Committed',
                                'CreationDate': '2024-04-01',
                            }
                        ],
                        'objects': list(objects),
                        **project,
                    },
                    {'id': 'other', 'Name': 'Other'},
                ],
            }
        ],
    }


STORY = {
    'type': 'HierarchicalRequirement',
    'id': 'story',
    'Name': 'Story',
    'Iteration': '@sprint',
    'PlanEstimate': 3,
    'ScheduleState': 'In-Progress',
    'CreationDate': '2024-04-02',
    'revisions': [{'at': '2024-05-03 12:00', 'was': {'ScheduleState': 'Defined'}}],
    'Tasks': [
        {
            'Name': 'Task',
            'Estimate': 8,
            'State': 'In-Progress',
            'ToDo': 2,
            'CreationDate': '2024-04-02',
            'revisions': [
                {'at': '2024-05-03T12:00:00+02:00', 'was': {'State': 'Defined', 'ToDo': 8}}
            ],
        }
    ],
}


class Served:
    """A world in process, with a clock that the test moves."""

    def __init__(self, document, now):
        self.store = Store(clock=frozen(now))
        worlds.build(worlds.of_document(document, now=now), self.store)
        self.app = App(self.store, Settings())
        self.session = requests.Session()
        self.session.mount(ORIGIN, InProcessAdapter(self.app))

    def send(self, method, path, body=None, key='_ann', **params):
        answer = self.session.request(
            method,
            ORIGIN + '/slm/webservice/v2.0/' + path,
            json=body,
            params=params,
            headers={'ZSESSIONID': key},
        )
        (found,) = answer.json().values()
        assert not found.get('Errors'), found
        return found

    def rows(self, path, **params):
        return self.send('GET', path, fetch='true', pagesize=2000, **params)['Results']

    def one(self, path):
        return self.rows(path)[0]

    def items(self):
        """Return the items of UPDATES in their order."""
        kinds = dict.fromkeys(kind for kind, _, _ in UPDATES)
        rows = [row for kind in kinds for row in self.rows(kind.lower(), order='ObjectID')]
        return sorted(rows, key=lambda row: row['ObjectID'])

    def text(self, item):
        """Return what the one revision after the first says of an item."""
        history = item['RevisionHistory']['_ref'].rpartition('/')[2]
        query = f'((RevisionHistory.ObjectID = {history}) AND (RevisionNumber > 0))'
        (row,) = self.rows('revision', query=query)
        return row['Description'], row['CreationDate'], row['RevisionNumber']

    def flow(self, **params):
        """Return {day: {state: (count, points, to do, estimated)}} of the states with cards."""
        found = {}
        for row in self.rows('iterationcumulativeflowdata', order='CreationDate', **params):
            numbers = tuple(
                row[name]
                for name in ('CardCount', 'CardEstimateTotal', 'CardToDoTotal', 'TaskEstimateTotal')
            )
            day = found.setdefault(row['CreationDate'], {})
            if row['CardCount']:
                day[row['CardState']] = numbers
        return found


THURSDAY, FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (
    '2024-05-{0:02}T21:59:59.000Z'.format(day) for day in (2, 3, 6, 7, 8)
)


def test_every_night_of_a_work_day_makes_rows_that_stay():
    served = Served(world(STORY), '2024-05-03T21:59:58Z')
    begun = {'Defined': (1, 3.0, 8.0, 8.0)}
    assert served.flow() == {THURSDAY: begun}
    served.store.clock.set(parse_iso('2024-05-05T10:00:00Z'))
    on_friday = {'In-Progress': (1, 3.0, 2.0, 8.0)}
    assert served.flow() == {THURSDAY: begun, FRIDAY: on_friday}
    # On Sunday: what counts is what there is at the end of Monday.
    task, story = served.one('task'), served.one('hierarchicalrequirement')
    served.send('POST', f'task/{task["ObjectID"]}', {'Task': {'ToDo': 5, 'Estimate': 9}})
    served.store.clock.set(parse_iso('2024-05-07T10:00:00Z'))
    # Nobody asked on Monday; the past is worked out of the revisions.
    served.send('POST', f'task/{task["ObjectID"]}', {'Task': {'State': 'Completed'}})
    edit = {'HierarchicalRequirement': {'ScheduleState': 'Accepted', 'PlanEstimate': 5}}
    served.send('POST', f'hierarchicalrequirement/{story["ObjectID"]}', edit)
    served.store.clock.set(parse_iso('2024-05-08T10:00:00Z'))
    served.send('DELETE', f'hierarchicalrequirement/{story["ObjectID"]}')
    served.store.clock.set(parse_iso('2024-06-01T10:00:00Z'))
    all_days = {
        THURSDAY: begun,
        FRIDAY: on_friday,
        MONDAY: {'In-Progress': (1, 3.0, 5.0, 9.0)},
        TUESDAY: {'Accepted': (1, 5.0, 0.0, 9.0)},
    }
    assert served.flow() == all_days
    (entry,) = served.rows('recyclebinentry')
    served.send('DELETE', f'recyclebinentry/{entry["ObjectID"]}')
    served.store.clock.set(parse_iso('2024-06-04T10:00:00Z'))
    assert served.flow() == all_days


def test_a_card_counts_where_it_was_scheduled_and_an_empty_day_has_no_rows():
    late = {**STORY, 'revisions': [{'at': '2024-05-06 09:00', 'was': {'Iteration': None}}]}
    served = Served(world(late), '2024-05-08T10:00:00Z')
    assert list(served.flow()) == [MONDAY, TUESDAY]
    story = served.one('hierarchicalrequirement')
    edit = {'HierarchicalRequirement': {'Iteration': None}}
    served.send('POST', f'hierarchicalrequirement/{story["ObjectID"]}', edit)
    served.store.clock.set(parse_iso('2024-05-09T10:00:00Z'))
    assert list(served.flow()) == [MONDAY, TUESDAY]


def test_work_days_are_those_of_the_workspace_and_every_state_has_a_row():
    document = world(STORY)
    document['workspaces'][0].update(
        configuration={'WorkDays': 'Sunday,Monday'}, scheduleStates=['Idea', *STATES]
    )
    served = Served(document, '2024-05-08T10:00:00Z')
    rows = served.rows('iterationcumulativeflowdata', order='CreationDate')
    assert [(row['CreationDate'], row['CardState'], row['CardCount']) for row in rows] == [
        (day, state, int(state == 'In-Progress'))
        for day in ('2024-05-05T21:59:59.000Z', MONDAY)
        for state in ('Idea', *STATES)
    ]
    sprint = served.one('iteration')
    assert {row['IterationObjectID'] for row in rows} == {sprint['ObjectID']}


def test_flow_data_is_for_those_who_may_read_the_timebox():
    served = Served(world(STORY), '2024-05-08T10:00:00Z')
    workspace = served.one('workspace')['_ref']
    assert served.flow(key='_bob', workspace=workspace) == {}
    assert len(served.flow(workspace=workspace)) == 4


def test_a_world_may_give_rows_itself():
    row = {
        'type': 'IterationCumulativeFlowData',
        'CreationDate': MONDAY,
        'CardState': 'Defined',
        'CardCount': 7,
        'CardEstimateTotal': 1,
        'CardToDoTotal': 2,
        'TaskEstimateTotal': 3,
        'IterationObjectID': 777,
    }
    document = world(STORY, row)
    document['workspaces'][0]['projects'][0]['Iterations'][0]['ObjectID'] = 777
    flow = Served(document, '2024-05-08T10:00:00Z').flow()
    assert flow[MONDAY] == {'Defined': (7, 1.0, 2.0, 3.0)}
    assert sorted(flow) == [THURSDAY, FRIDAY, MONDAY, TUESDAY]


#: Type, values at first, values that an update sends.
UPDATES = [
    ('HierarchicalRequirement', {}, {'ScheduleState': 'In-Progress'}),
    ('HierarchicalRequirement', {}, {'ScheduleState': 'Accepted', 'PlanEstimate': 2.5}),
    ('HierarchicalRequirement', {}, {'Iteration': '@sprint', 'Owner': '@ann', 'Name': 'New'}),
    ('HierarchicalRequirement', {'Iteration': '@sprint'}, {'Iteration': None}),
    ('HierarchicalRequirement', {'ScheduleState': 'Accepted'}, {'ScheduleState': 'Defined'}),
    ('HierarchicalRequirement', {}, {'Blocked': True, 'BlockedReason': 'x', 'Ready': True}),
    ('Defect', {'State': 'Submitted'}, {'State': 'Closed', 'Priority': 'Low'}),
    ('Defect', {'State': 'Open'}, {'State': 'Fixed', 'Resolution': 'Code Change'}),
    ('TestCase', {'Method': 'Manual'}, {'Method': 'Automated', 'Notes': '<b>n</b>'}),
    ('PortfolioItem/Feature', {'State': 'Discovering'}, {'State': 'Done'}),
]


def test_revisions_of_a_world_have_the_words_of_updates():
    base = {'Name': 'Old', 'CreationDate': '2024-04-02'}
    old = [{'type': kind, **base, **before} for kind, before, _ in UPDATES]
    sent = Served(world(*old), NOON)
    refs = {'@sprint': sent.one('iteration')['_ref'], '@ann': sent.send('GET', 'user')['_ref']}
    for state in sent.rows('state', query='(TypeDef.Name = "Feature")'):
        refs[state['Name']] = state['_ref']
    new = []
    for (kind, before, after), item in zip(UPDATES, sent.items()):
        body = {name: refs.get(value, value) for name, value in after.items()}
        sent.send('POST', item['_ref'].partition('v2.0/')[2], {kind.split('/')[-1]: body})
        was = {name: before.get(name, base.get(name, item.get(name))) for name in after}
        made = {**base, **before, **after, 'revisions': [{'at': NOON, 'was': was}]}
        new.append({'type': kind, **made})
    told = Served(world(*new), NOON)
    for update, one, other in zip(UPDATES, sent.items(), told.items()):
        assert [told.text(other)] == [sent.text(one)], update
        assert one['FormattedID'] == other['FormattedID']
        for name in ('InProgressDate', 'AcceptedDate', 'OpenedDate', 'ClosedDate', 'VersionId'):
            assert one.get(name) == other.get(name), (update, name)
