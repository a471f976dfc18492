"""The backlog of the demo world: stories with tasks, tests and discussion, and the defects.

States follow from the sprint an item is in: what lies in the past is accepted, the current sprint
is half done, the rest waits. All choices come from the random generator that is handed in.
"""

from __future__ import annotations

import base64
import random
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...rules.derived.state_rollup import from_children
from ...rules.write.states import SCHEDULE_STATES
from .calendar import Calendar
from .past import DEFECT_STATE, Past
from .users_and_projects import TEAMS, TESTER

Item = dict[str, Any]
#: Sprint of the items of a project, in turn; None is the backlog without a sprint.
_SLOTS: tuple[int | None, ...] = (0, -1, -2, 0, -3, None, 1, -4, -1, 0, -5, None, -6, 2)
#: States of the items of the current sprint, in turn.
_NOW = ('In-Progress', 'Completed', 'In-Progress', 'Defined', 'Accepted')
_POINTS = (1, 2, 3, 5, 8)
TAGS = (
    'accessibility',
    'customer request',
    'legal',
    'performance',
    'quick win',
    'security',
    'spike',
    'tech debt',
    'usability',
    'campaign',
)
#: Places for the copies of the backlog that `scale` asks for.
_MARKETS = (
    'Germany',
    'France',
    'Spain',
    'Italy',
    'Sweden',
    'Norway',
    'Poland',
    'Austria',
    'Canada',
    'Ireland',
    'Portugal',
    'Japan',
)


class Backlog:
    """Make the items of one copy of the backlog.

    :param content: the texts (`backlog.json`).
    :param past: tells how the items came to be what they are.
    :param copy: 0 for the backlog itself; further ones are for other markets.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        calendar: Calendar,
        rng: random.Random,
        past: Past,
        copy: int = 0,
    ) -> None:
        self.content = content
        self.calendar = calendar
        self.rng = rng
        self.past = past
        self.copy = copy
        self._turns: dict[str, int] = {}
        self._made = 0

    def items(self) -> Iterator[Item]:
        """Yield all stories and defects; tasks, tests and discussion are inside them."""
        number = 0
        for theme in self.content['themes']:
            for initiative in theme['initiatives']:
                for feature in initiative['features']:
                    number += 1
                    yield from self._feature(feature, f'@feature-{number}')
        for project in TEAMS:
            for name in self.content['maintenance']:
                yield self.story(f"{name} of {project.replace('-', ' ')}", project, None)

    def _feature(self, feature: Mapping[str, Any], ref: str) -> Iterator[Item]:
        project = feature['project']
        names: list[str] = []
        for entry in feature['stories']:
            if isinstance(entry, str):
                item = self.story(entry, project, ref)
                if len(names) % 3 == 2:
                    item['Predecessors'] = names[-1:]
                names.append('@' + item['id'])
                yield item
            else:
                for name, children in entry.items():
                    yield self._epic(name, children, project, ref)
        for index, name in enumerate(feature['defects']):
            yield self.defect(name, project, names[index % len(names)], ref)

    def _epic(self, name: str, children: Sequence[str], project: str, ref: str) -> Item:
        parts = [self.story(child, project, ref) for child in children]
        for part in parts:
            del part['type'], part['PortfolioItem']
        state = from_children(SCHEDULE_STATES, [part['ScheduleState'] for part in parts])
        epic = self._base(name, project, 'HierarchicalRequirement')
        epic.update(
            PortfolioItem=ref, ScheduleState=state, Children=parts, Owner='@' + TEAMS[project][0]
        )
        started = [part['InProgressDate'] for part in parts if 'InProgressDate' in part]
        accepted = [part['AcceptedDate'] for part in parts if 'AcceptedDate' in part]
        epic['CreationDate'] = min(part['CreationDate'] for part in parts)
        epic['LastUpdateDate'] = max(part['LastUpdateDate'] for part in parts)
        if state != 'Defined' and started:
            epic['InProgressDate'] = min(started)
        if state == 'Accepted':
            epic['AcceptedDate'] = max(accepted)
        self.past.tell_epic(epic, parts)
        return epic

    def story(self, name: str, project: str, ref: str | None) -> Item:
        """Return one story with everything in it."""
        rng = self.rng
        item = self._base(name, project, 'HierarchicalRequirement')
        if ref is not None:
            item['PortfolioItem'] = ref
        self._schedule(item, project)
        planned = 'Iteration' in item
        if planned or rng.random() < 0.4:
            item['PlanEstimate'] = rng.choice(_POINTS)
        item['Description'] = f"<p>{rng.choice(self.content['descriptions'])}</p>"
        if planned and (item['_slot'] <= 0 or rng.random() < 0.6):
            item['Tasks'] = self._tasks(item, project, self.content['tasks']['build'])
        if planned and rng.random() < 0.5:
            item['TestCases'] = [self._test_case(item, project)]
        self._fields(item)
        self._talk(item, project)
        if item['ScheduleState'] == 'In-Progress' and rng.random() < 0.2:
            item.update(Blocked=True, BlockedReason=rng.choice(self.content['blocked']))
        item['Ready'] = item['ScheduleState'] == 'Completed' and rng.random() < 0.5
        self.past.tell(item, project)
        return item

    def defect(self, name: str, project: str, story: str, ref: str) -> Item:
        """Return one defect of a story."""
        rng = self.rng
        item = self._base(name, project, 'Defect')
        self._schedule(item, project)
        item.update(
            State=DEFECT_STATE[item['ScheduleState']],
            Requirement=story,
            Severity=rng.choice(
                ('Crash/Data Loss', 'Major Problem', 'Minor Problem', 'Minor Problem', 'Cosmetic')
            ),
            Priority=rng.choice(('Resolve Immediately', 'High Attention', 'Normal', 'Low')),
            Environment=rng.choice(('Test', 'Staging', 'Production')),
            SubmittedBy='@' + rng.choice((TESTER, 'paula', 'aisha')),
            FoundInBuild=f'4.{rng.randint(1, 9)}.{rng.randint(0, 20)}',
            c_RegressionRisk=rng.choice(('None', 'Low', 'Medium', 'High')),
        )
        if item['State'] in ('Fixed', 'Closed'):
            item.update(Resolution='Code Change', FixedInBuild=f'5.0.{rng.randint(0, 9)}')
            item['PlanEstimate'] = rng.choice(_POINTS[:3])
        if item['State'] != 'Submitted':
            item['OpenedDate'] = item.get('InProgressDate', item['CreationDate'])
            item['Tasks'] = self._tasks(item, project, self.content['tasks']['fix'])
        if item['State'] == 'Closed':
            item['ClosedDate'] = item['LastUpdateDate']
        self._fields(item)
        self._talk(item, project)
        self.past.tell(item, project)
        return item

    def _base(self, name: str, project: str, kind: str) -> Item:
        self._made += 1
        if self.copy:
            wave, market = divmod(self.copy - 1, len(_MARKETS))
            name = f"{name} ({_MARKETS[market]}{(f', wave {wave + 1}' if wave else '')})"
        return {
            'type': kind,
            'id': f'item-{self.copy}-{self._made}',
            'Name': name,
            'Project': '@' + project,
        }

    def _schedule(self, item: Item, project: str) -> None:
        """Give an item its sprint, state, owner and dates."""
        rng, calendar = self.rng, self.calendar
        turn = self._turns[project] = self._turns.get(project, -1) + 1
        slot = _SLOTS[(turn + self.copy) % len(_SLOTS)]
        item['_slot'] = 99 if slot is None else slot
        if slot is None:
            created = calendar.at(
                calendar.ago(rng.randint(5, 160)), rng.randint(8, 16), rng.randint(0, 59)
            )
            item.update(ScheduleState='Defined', CreationDate=created, LastUpdateDate=created)
            if rng.random() < 0.4:
                item['Owner'] = '@' + rng.choice(TEAMS[project])
            return
        sprint = calendar.sprints[slot]
        state = 'Accepted' if slot < 0 else 'Defined'
        if slot == 0:
            state = _NOW[(turn // 3 + self.copy) % len(_NOW)]
        begun = calendar.worked(sprint.day(rng.randint(0, 5)), 2)
        ended = calendar.worked(sprint.day(rng.randint(6, 12)), 1)
        earliest = min(sprint.start, calendar.today)
        created_on = earliest - (calendar.today - calendar.ago(rng.randint(6, 70)))
        item.update(
            Iteration=f'@sprint-{project}-{slot}',
            ScheduleState=state,
            Release=f'@release-{project}-{calendar.release_of(sprint.start)}',
            Owner='@' + rng.choice(TEAMS[project]),
            CreationDate=calendar.at(created_on, rng.randint(8, 16), rng.randint(0, 59)),
        )
        item['LastUpdateDate'] = item['CreationDate']
        if state != 'Defined':
            item['InProgressDate'] = calendar.at(begun, rng.randint(8, 11), rng.randint(0, 59))
            item['LastUpdateDate'] = item['InProgressDate']
        if state in ('Completed', 'Accepted'):
            item['LastUpdateDate'] = calendar.at(ended, rng.randint(13, 17), rng.randint(0, 59))
        if state == 'Accepted':
            item['AcceptedDate'] = item['LastUpdateDate']
        if state != 'Defined':
            item['_days'] = (begun, ended)
            item['_direct'] = rng.random() > 0.35

    def _tasks(self, item: Item, project: str, names: Sequence[str]) -> list[Item]:
        rng = self.rng
        chosen = rng.sample(list(names), min(len(names), rng.randint(2, 4)))
        done = {'Defined': 0, 'In-Progress': max(1, len(chosen) // 2)}.get(
            item['ScheduleState'], len(chosen)
        )
        tasks = []
        for index, name in enumerate(chosen):
            estimate = rng.randint(2, 8)
            task: Item = {
                'Name': name,
                'Owner': '@' + rng.choice(TEAMS[project]),
                'Estimate': estimate,
                'State': 'Defined',
                'ToDo': estimate,
                'CreationDate': item['CreationDate'],
            }
            if index < done:
                task.update(State='Completed', ToDo=0, Actuals=estimate + rng.randint(-1, 2))
            elif index == done and item['ScheduleState'] == 'In-Progress':
                task.update(
                    State='In-Progress', ToDo=max(1, estimate - rng.randint(1, 4)), Actuals=1
                )
            if rng.random() < 0.1:
                task['c_HandoverHours'] = 0.5
            tasks.append(task)
        return tasks

    def _test_case(self, item: Item, project: str) -> Item:
        rng = self.rng
        name = item['Name']
        verdicts = {
            'Accepted': ('Fail', 'Pass'),
            'Completed': ('Pass',),
            'In-Progress': ('Fail',),
        }.get(item['ScheduleState'], ())
        moments = [item['LastUpdateDate']]
        if len(verdicts) > 1:
            moments.insert(0, self.calendar.at(item['_days'][0], 12, 59))
        results = [
            {
                'Build': f'4.9.{20 + number}',
                'Date': moments[number],
                'CreationDate': moments[number],
                'Verdict': verdict,
                'Tester': '@' + TESTER,
                'Duration': rng.randint(2, 20),
                'Notes': '' if verdict == 'Pass' else 'Wrong on the phone, right on the desktop.',
            }
            for number, verdict in enumerate(verdicts)
        ]
        steps = rng.sample(self.content['steps'], 3)
        return {
            'id': item['id'] + '-test',
            'Name': 'Check: ' + name[:1].lower() + name[1:],
            'Project': '@' + project,
            'Owner': '@' + TESTER,
            'TestFolder': '@folder-' + project,
            'Method': rng.choice(('Manual', 'Manual', 'Automated')),
            'Type': rng.choice(('Acceptance', 'Functional', 'Regression', 'Usability')),
            'Priority': rng.choice(('Useful', 'Important', 'Critical')),
            'Risk': rng.choice(('Low', 'Medium', 'High')),
            'CreationDate': item['CreationDate'],
            'LastUpdateDate': item['LastUpdateDate'],
            'Steps': [{'Input': given, 'ExpectedResult': wanted} for given, wanted in steps],
            'Results': results,
        }

    def _fields(self, item: Item) -> None:
        rng = self.rng
        if rng.random() < 0.5:
            item['c_Customer'] = rng.choice(('Northwind', 'Contoso', 'Fabrikam', 'All'))
        if rng.random() < 0.3:
            item['Tags'] = [
                '@tag-' + tag.replace(' ', '-') for tag in rng.sample(TAGS, rng.randint(1, 2))
            ]
        if rng.random() < 0.3:
            item['c_Markets'] = rng.sample(('Germany', 'France', 'Spain', 'Nordics'), 2)
        if rng.random() < 0.25:
            item.update(
                c_BurntOfferingsIndex=rng.randint(1, 400) / 8, c_SupportCalls=rng.randint(1, 60)
            )
        if rng.random() < 0.2:
            item.update(
                c_PrivacyRelevant=True,
                c_BusinessApprover='@helen',
                c_ExternalKey=f'SHOP-{rng.randint(1000, 9999)}',
            )
        if item['ScheduleState'] == 'Accepted' and rng.random() < 0.3:
            number = rng.randint(100, 999)
            item['c_ReleaseNoteLink'] = {'LinkID': str(number), 'DisplayString': f'Note {number}'}
        if item['type'] == 'HierarchicalRequirement' and rng.random() < 0.25:
            item['c_AcceptanceCriteria'] = (
                '<ul><li>Works by keyboard alone</li><li>Works in German and French</li></ul>'
            )

    def _talk(self, item: Item, project: str) -> None:
        rng = self.rng
        people = [*TEAMS[project], TESTER, 'paula']
        if rng.random() < 0.25:
            texts = rng.sample(self.content['comments'], rng.randint(1, 3))
            item['Discussion'] = [
                {
                    'Text': text,
                    'User': '@' + rng.choice(people),
                    'CreationDate': item['LastUpdateDate'],
                }
                for text in texts
            ]
        if rng.random() < 0.08:
            item['Attachments'] = [
                {
                    'Name': 'mock-up.png',
                    'ContentType': 'image/png',
                    'User': '@aisha',
                    'Description': 'How it could look',
                    'CreationDate': item['LastUpdateDate'],
                    'content': {'base64': picture(rng.randrange(256))},
                },
                {
                    'Name': 'notes.txt',
                    'ContentType': 'text/plain',
                    'User': '@paula',
                    'CreationDate': item['LastUpdateDate'],
                    'content': {'text': rng.choice(self.content['descriptions']) + '\n'},
                },
            ]


def picture(shade: int, size: int = 24) -> str:
    """Return a small PNG picture in base64: a coloured square with a frame."""
    rows = []
    for row in range(size):
        rows.append(
            b'\0'
            + b''.join(
                bytes((40, 40, 60))
                if 0 in (row, column) or size - 1 in (row, column)
                else bytes((shade, 255 - shade, 160))
                for column in range(size)
            )
        )
    # Stored without compression: the same bytes with every version of zlib.
    parts = (
        (b'IHDR', struct.pack('>IIBBBBB', size, size, 8, 2, 0, 0, 0)),
        (b'IDAT', zlib.compress(b''.join(rows), 0)),
        (b'IEND', b''),
    )
    chunks = b''.join(
        struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
        for kind, data in parts
    )
    return base64.b64encode(b'\x89PNG\r\n\x1a\n' + chunks).decode('ascii')
