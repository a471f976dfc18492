"""The `demo` world: a company with an online shop, in the middle of a sprint.

Everything comes from a seed and from the moment that is "now"; the texts are those of
`backlog.json`.  Objects are made while they are read, so that a large scale needs little
memory; reading them twice gives the same objects.
"""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from .calendar import Calendar
from .past import Past
from .portfolio_and_tests import consulting, frame, surroundings
from .regression_tests import nested_folders
from .stories import Backlog
from .users_and_projects import custom_fields, project_tree, users

_CONTENT = Path(__file__).with_name('backlog.json')


class Stream:
    """Objects that are made anew each time they are read.

    :param make: returns an iterator over the objects, always the same ones.
    """

    def __init__(self, make: Callable[[], Iterator[dict[str, Any]]]) -> None:
        self._make = make

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._make()


def document(seed: int, scale: int, now: datetime.datetime) -> dict[str, Any]:
    """Return the document of the demo world.

    :param seed: decides sizes, owners and who says what.
    :param scale: how many copies of the backlog there are.
    :param now: the moment that sprints and releases lie around.
    """
    calendar = Calendar(now)
    return {
        'format': 1,
        'login': 'paula',
        'subscription': {
            'Name': 'Acme',
            'SubscriptionID': 1200,
            'CORSAllowedDomains': '*',
            'CreationDate': calendar.at(calendar.ago(2000), 9),
        },
        'users': users(calendar),
        'workspaces': [
            {
                'id': 'engineering',
                'Name': 'Acme Engineering',
                'Owner': '@paula',
                'Description': 'The teams that build the shop.',
                'timeZone': 'America/Denver',
                'CreationDate': calendar.at(calendar.ago(1990), 9),
                'customFields': custom_fields(),
                'projects': project_tree(calendar),
                'objects': Stream(lambda: _engineering(calendar, seed, scale)),
            },
            {
                'id': 'consulting',
                'Name': 'Acme Consulting',
                'Owner': '@greg',
                'Description': 'Projects for customers.',
                'timeZone': 'Europe/Berlin',
                'CreationDate': calendar.at(calendar.ago(800), 9),
                'configuration': {'HierarchicalRequirementPrefix': 'S', 'DateFormat': 'dd/MM/yyyy'},
                'scheduleStates': [
                    'Idea',
                    'Defined',
                    'In-Progress',
                    'Completed',
                    'Accepted',
                    'Released',
                ],
                'portfolioLevels': [
                    {
                        'name': 'Capability',
                        'prefix': 'CA',
                        'states': ['Asked', 'Building', 'Delivered'],
                    },
                    {'name': 'Outcome', 'prefix': 'OC', 'states': ['Wished', 'Committed']},
                ],
                'projects': [
                    {
                        'id': 'delivery',
                        'Name': 'Delivery',
                        'Owner': '@greg',
                        'CreationDate': calendar.at(calendar.ago(799), 9),
                        'Children': [
                            {'id': 'northwind', 'Name': 'Northwind Rollout'},
                            {'id': 'contoso', 'Name': 'Contoso Portal'},
                        ],
                    }
                ],
                'objects': Stream(
                    lambda: dated(
                        consulting(_content(), calendar, random.Random(f'{seed}/consulting')),
                        calendar.at(calendar.ago(30), 10),
                    )
                ),
            },
        ],
    }


def dated(items: Iterator[dict[str, Any]], created: str) -> Iterator[dict[str, Any]]:
    """Yield items, each of which has a date of creation: its own, or this one."""
    for item in items:
        yield {'CreationDate': created, **item}


def _engineering(calendar: Calendar, seed: int, scale: int) -> Iterator[dict[str, Any]]:
    content = _content()
    yield from dated(frame(content, calendar), calendar.at(calendar.ago(420), 9))
    for copy in range(scale):
        rng = random.Random(f'{seed}/backlog/{copy}')
        past = Past(calendar, random.Random(f'{seed}/past/{copy}'))
        yield from Backlog(content, calendar, rng, past, copy).items()
    works = surroundings(content, calendar, random.Random(f'{seed}/works'))
    yield from dated(works, calendar.at(calendar.ago(6), 10))
    yield from nested_folders(content, calendar, random.Random(f'{seed}/tests'))


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_CONTENT.read_text(encoding='utf-8'))
    return content
