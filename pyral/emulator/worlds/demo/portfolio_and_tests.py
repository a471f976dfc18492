"""What surrounds the backlog of the demo world: portfolio, tests, source code, builds, hours."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator, Mapping
from typing import Any

from .calendar import Calendar
from .regression_tests import FAILING, build_of
from .stories import TAGS
from .users_and_projects import TEAMS, TESTER

Item = dict[str, Any]
_STATE_BY_TURN = ('Developing', 'Developing', 'Measuring', 'Discovering')
_SIZES = ('S', 'M', 'L', 'XL')


def frame(content: Mapping[str, Any], calendar: Calendar) -> Iterator[Item]:
    """Yield what the backlog refers to: tags, milestones, test folders, portfolio items."""
    for tag in TAGS:
        yield {'type': 'Tag', 'id': 'tag-' + tag.replace(' ', '-'), 'Name': tag}
    for name, key, days in (
        ('Autumn campaign', 'campaign', 45),
        ('Audit passed', 'audit', 20),
        ('Beta with 500 customers', 'beta', -25),
    ):
        target = calendar.today + datetime.timedelta(days=days)
        yield {
            'type': 'Milestone',
            'id': 'milestone-' + key,
            'Name': name,
            'TargetDate': calendar.at(target, 12) if days < 0 else target.isoformat(),
            'DisplayColor': '#107c1e',
            'Projects': ['@shop', '@platform'],
            'Artifacts': ['@feature-1', '@feature-3'],
        }
    for project in TEAMS:
        yield {
            'type': 'TestFolder',
            'id': 'folder-' + project,
            'Name': f"Regression of {project.replace('-', ' ')}",
            'Project': '@' + project,
        }
    yield from _portfolio(content, calendar)


def _portfolio(content: Mapping[str, Any], calendar: Calendar) -> Iterator[Item]:
    turn = 0
    for number, theme in enumerate(content['themes'], 1):
        yield _level(
            'Theme', theme['name'], f'theme-{number}', 'shop', 'Developing', calendar, None
        )
        for index, initiative in enumerate(theme['initiatives'], 1):
            name = f'initiative-{number}-{index}'
            yield {
                **_level(
                    'Initiative',
                    initiative['name'],
                    name,
                    'shop',
                    'Developing',
                    calendar,
                    f'theme-{number}',
                ),
                'InvestmentCategory': 'Strategic Growth',
            }
            for feature in initiative['features']:
                turn += 1
                item = _level(
                    'Feature',
                    feature['name'],
                    f'feature-{turn}',
                    feature['project'],
                    _STATE_BY_TURN[turn % 4],
                    calendar,
                    name,
                )
                item.update(
                    {
                        'Release': f"@release-{feature['project']}-0",
                        'PreliminaryEstimate': _SIZES[turn % 4],
                        'RefinedEstimate': 20 + turn * 3,
                        'ValueScore': 20 + turn * 5,
                        'RiskScore': 60 - turn * 3,
                        'JobSize': turn,
                        'c_Markets': ['Germany', 'France'],
                        'c_BusinessApprover': '@helen',
                        'c_GoLive': calendar.at(calendar.ago(20), 9)
                        if turn % 4 == 2
                        else (calendar.today + datetime.timedelta(days=20 + turn)).isoformat(),
                    }
                )
                item['revisions'] = _progress(item, calendar)
                if turn > 1:
                    item['Predecessors'] = [f'@feature-{turn - 1}'] if turn % 3 == 0 else []
                yield item


def _progress(feature: Item, calendar: Calendar) -> list[Item]:
    """Return the revisions that led a feature to its state."""
    steps = {'Discovering': (), 'Developing': (60,), 'Measuring': (90, 12)}[feature['State']]
    return [
        {
            'at': calendar.at(calendar.ago(days), 15),
            'by': feature['Owner'],
            'was': {'State': before},
        }
        for days, before in zip(steps, ('Discovering', 'Developing'))
    ]


def _level(
    kind: str, name: str, key: str, project: str, state: str, calendar: Calendar, above: str | None
) -> Item:
    start, end = calendar.ago(100), calendar.today + datetime.timedelta(days=60)
    return {
        'type': 'PortfolioItem/' + kind,
        'id': key,
        'Name': name,
        'Project': '@' + project,
        'Parent': None if above is None else '@' + above,
        'State': state,
        'Owner': '@paula' if kind != 'Feature' else '@' + TEAMS[project][0],
        'PlannedStartDate': start.isoformat(),
        'PlannedEndDate': end.isoformat(),
        'CreationDate': calendar.at(calendar.ago(190), 10),
        'LastUpdateDate': calendar.at(calendar.ago(12), 15),
    }


def surroundings(
    content: Mapping[str, Any], calendar: Calendar, rng: random.Random
) -> Iterator[Item]:
    """Yield what refers to the backlog: test sets, deleted items, code, builds, hours."""
    yield from _tests(calendar)
    yield from _deleted(calendar)
    yield from _builds(calendar, rng)
    yield from _code(content, calendar, rng)
    yield from _hours(calendar, rng)
    yield from _preferences()


def _tests(calendar: Calendar) -> Iterator[Item]:
    for project in ('shop', 'checkout', 'catalog'):
        yield {
            'type': 'TestSet',
            'Name': f'Sprint regression of {project}',
            'Project': '@' + project,
            'Owner': '@' + TESTER,
            'ScheduleState': 'In-Progress',
            'Iteration': f'@sprint-{project}-0',
            'PlanEstimate': 2,
            'TestCases': [
                {
                    'type': 'TestCase',
                    'Name': name,
                    'Project': '@' + project,
                    'TestFolder': '@folder-' + project,
                    'Owner': '@' + TESTER,
                    'Type': 'Regression',
                    'Method': 'Automated',
                }
                for name in (
                    'Buy one item with a card',
                    'Buy as a guest',
                    'Change the language and buy',
                )
            ],
        }
    yield {
        'type': 'DefectSuite',
        'Name': 'Safari troubles',
        'Project': '@shop',
        'Owner': '@tom',
        'ScheduleState': 'In-Progress',
        'Defects': [
            {
                'type': 'Defect',
                'id': f'voucher-defect-{index}',
                'Name': name,
                'Project': '@shop',
                'State': 'Open',
                'Severity': 'Minor Problem',
                'Priority': 'Normal',
                'ScheduleState': 'In-Progress',
                'SubmittedBy': '@sofia',
                'Owner': '@tom',
                'CreationDate': calendar.at(calendar.ago(9 - index), 11),
            }
            for index, name in enumerate(
                ('Voucher field loses its focus', 'Date fields are one day early')
            )
        ],
    }
    yield {
        'type': 'Risk',
        'Name': 'Payment provider raises its fees',
        'Project': '@payments',
        'Impact': '4',
        'Probability': '3 - Medium',
        'State': 'Open',
        'Response': 'Owned',
        'Owner': '@paula',
        'SubmittedBy': '@greg',
    }


def _deleted(calendar: Calendar) -> Iterator[Item]:
    items = (
        ('HierarchicalRequirement', 'Print the basket as a fax', 'shop', 'paula', 30),
        ('HierarchicalRequirement', 'Show weather beside the basket', 'catalog', 'mei', 14),
        ('Defect', 'Duplicate: order mail in UTC', 'shop', 'sofia', 6),
        ('TestCase', 'Old sign-in with security question', 'identity', 'sofia', 3),
    )
    for kind, name, project, who, days in items:
        yield {
            'type': kind,
            'Name': name,
            'Project': '@' + project,
            'Owner': '@' + who,
            'CreationDate': calendar.at(calendar.ago(days + 40), 9),
            'deleted': {'by': '@' + who, 'at': calendar.at(calendar.ago(days), 16)},
        }
    yield {
        'type': 'HierarchicalRequirement',
        'Name': 'Send the receipt as a postcard',
        'Project': '@shop',
        'Owner': '@tom',
        'PlanEstimate': 5,
        'CreationDate': calendar.at(calendar.ago(80), 9),
        'Tasks': [
            {'Name': name, 'Owner': '@tom', 'Estimate': 4, 'ToDo': 4}
            for name in ('Choose a printer', 'Print one')
        ],
        'Discussion': [{'Text': 'Nobody asked for it.', 'User': '@paula'}],
        'deleted': {'by': '@paula', 'at': calendar.at(calendar.ago(1), 15)},
    }
    yield {
        **_level(
            'Feature', 'Shop by fax', 'deleted-feature', 'shop', 'Discovering', calendar, None
        ),
        'deleted': {'by': '@greg', 'at': calendar.at(calendar.ago(11), 10)},
    }
    yield {
        'type': 'Task',
        'WorkProduct': '@voucher-defect-0',
        'Name': 'Ask the browser makers',
        'Estimate': 1,
        'ToDo': 1,
        'CreationDate': calendar.at(calendar.ago(60), 9),
        'deleted': {'by': '@mei', 'at': calendar.at(calendar.ago(2), 9)},
    }
    yield {
        'type': 'Risk',
        'Name': 'The fax standard is withdrawn',
        'Project': '@shop',
        'Impact': '2',
        'Probability': '1 - Low',
        'State': 'Closed',
        'Response': 'Accepted',
        'SubmittedBy': '@greg',
        'deleted': {'by': '@greg', 'at': calendar.at(calendar.ago(20), 10)},
    }


def _builds(calendar: Calendar, rng: random.Random) -> Iterator[Item]:
    for project in ('shop', 'platform'):
        builds = []
        for number in range(12, 0, -1):
            builds.append(
                {
                    'id': f'build-{project}-{number}',
                    'Number': build_of(number),
                    'Status': 'FAILURE' if number % FAILING == 0 else 'SUCCESS',
                    'Start': calendar.at(calendar.ago(number), 3, 15),
                    'CreationDate': calendar.at(calendar.ago(number), 3, 40),
                    'Duration': 600 + rng.randint(0, 900),
                    'Message': 'nightly',
                    'Uri': f'https://builds.example.com/{project}/{build_of(number)}',
                }
            )
        yield {
            'type': 'BuildDefinition',
            'Name': f'{project.title()} nightly',
            'Project': '@' + project,
            'Uri': 'https://builds.example.com/' + project,
            'Builds': builds,
        }


def _code(content: Mapping[str, Any], calendar: Calendar, rng: random.Random) -> Iterator[Item]:
    yield {
        'type': 'SCMRepository',
        'id': 'repository',
        'Name': 'shop',
        'SCMType': 'git',
        'Description': 'The shop and its services',
        'Uri': 'https://git.example.com/acme/shop',
        'Projects': ['@shop', '@platform'],
    }
    people = sorted({one for team in TEAMS.values() for one in team})
    for number in range(40):
        revision = f'{rng.getrandbits(160):040x}'
        day = number * 40 // 40
        files = rng.sample(content['files'], rng.randint(1, 3))
        item = f'@item-0-{1 + number * 3}'
        yield {
            'type': 'Changeset',
            'SCMRepository': '@repository',
            'Revision': revision,
            'Author': '@' + rng.choice(people),
            'Message': rng.choice(content['messages']),
            'CommitTimestamp': calendar.at(calendar.ago(40 - day), rng.randint(8, 17)),
            'CreationDate': calendar.at(calendar.ago(40 - day), 18),
            'Uri': 'https://git.example.com/acme/shop/commit/' + revision,
            'Artifacts': [item],
            'Builds': [f'@build-shop-{1 + number % 12}'],
            'Changes': [
                {
                    'PathAndFilename': path,
                    'Action': rng.choice('AMMMD'),
                    'Extension': path.rsplit('.', 1)[-1],
                }
                for path in files
            ],
        }
        if number % 8 == 0:
            yield {
                'type': 'PullRequest',
                'Name': rng.choice(content['messages']),
                'ExternalID': str(9000 + number),
                'ExternalFormattedId': str(300 + number),
                'Url': f'https://git.example.com/acme/shop/pull/{300 + number}',
                'Artifact': item,
            }


def _hours(calendar: Calendar, rng: random.Random) -> Iterator[Item]:
    monday = calendar.today - datetime.timedelta(days=calendar.today.weekday())
    sunday = monday - datetime.timedelta(days=1)
    for index, who in enumerate(TEAMS['shop']):
        yield {
            'type': 'TimeEntryItem',
            'User': '@' + who,
            'Project': '@shop',
            'WeekStartDate': sunday.isoformat() + 'T00:00:00Z',
            'WorkProduct': f'@item-0-{10 + index}',
            'Values': [
                {
                    'DateVal': (monday + datetime.timedelta(days=day)).isoformat() + 'T00:00:00Z',
                    'Hours': rng.randint(1, 7),
                }
                for day in range(min(calendar.today.weekday() + 1, 5))
            ],
        }
        yield {
            'type': 'UserIterationCapacity',
            'User': '@' + who,
            'Project': '@shop',
            'Iteration': '@sprint-shop-0',
            'Capacity': 40 + 5 * index,
        }


def _preferences() -> Iterator[Item]:
    yield {
        'type': 'Preference',
        'Name': 'board.columns',
        'User': '@paula',
        'Value': '["Defined","In-Progress","Completed","Accepted"]',
    }
    yield {
        'type': 'Preference',
        'Name': 'shop.banner',
        'Project': '@shop',
        'Workspace': '@engineering',
        'Value': '{"text":"Demo on Thursday"}',
    }


def consulting(
    content: Mapping[str, Any], calendar: Calendar, rng: random.Random
) -> Iterator[Item]:
    """Yield the objects of the second workspace, which has portfolio levels of its own."""
    texts = content['consulting']
    for number, name in enumerate(texts['outcomes'], 1):
        yield {
            'type': 'PortfolioItem/Outcome',
            'id': f'outcome-{number}',
            'Name': name,
            'Project': '@delivery',
            'Owner': '@greg',
            'State': 'Committed',
            'CreationDate': calendar.at(calendar.ago(150), 9),
        }
    for number, name in enumerate(texts['capabilities'], 1):
        yield {
            'type': 'PortfolioItem/Capability',
            'id': f'capability-{number}',
            'Name': name,
            'Project': '@northwind' if number < 3 else '@contoso',
            'Parent': f'@outcome-{1 if number < 3 else 2}',
            'Owner': '@greg',
            'State': 'Building',
            'CreationDate': calendar.at(calendar.ago(140), 9),
        }
    for index, name in enumerate(texts['stories']):
        project = 'northwind' if index < 8 else 'contoso'
        item: Item = {
            'type': 'HierarchicalRequirement',
            'Name': name,
            'Project': '@' + project,
            'PortfolioItem': f'@capability-{index // 4 + 1}',
            'Owner': '@greg',
            'ScheduleState': ('Released', 'Accepted', 'In-Progress', 'Idea')[index % 4],
            'CreationDate': calendar.at(calendar.ago(90 - index), 10),
            'revisions': [
                {
                    'at': calendar.at(calendar.worked(calendar.ago(days - index)), 10),
                    'by': '@greg',
                    'was': {'ScheduleState': before},
                }
                for days, before in ((70, 'Idea'), (45, 'In-Progress'), (20, 'Accepted'))[
                    : 3 - index % 4
                ]
            ],
        }
        if index % 4 != 3:
            item['PlanEstimate'] = rng.choice((1, 2, 3, 5))
        yield item
    for name in texts['defects']:
        yield {
            'type': 'Defect',
            'Name': name,
            'Project': '@northwind',
            'State': 'Open',
            'Severity': 'Major Problem',
            'Priority': 'Normal',
            'SubmittedBy': '@nora',
        }
