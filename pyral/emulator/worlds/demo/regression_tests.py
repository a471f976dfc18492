"""Nested test folders of the demo world: cases on every level, and their results of many nights.

What runs at night is one case in two; it fails with the build of that night, and the case that is
said to be unsteady fails now and then on its own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .calendar import Calendar
from .users_and_projects import TESTER

Item = dict[str, Any]
#: Nights whose results are kept.
NIGHTS = 10
#: One build in so many fails.
FAILING = 5
_UNSTEADY = 'Pay with a card that needs a code'


class _Folder(NamedTuple):
    """A test folder: its cases and the folders in it."""

    name: str
    cases: Sequence[str] = ()
    folders: Sequence[_Folder] = ()


#: Folders below that of a project.
_TREES: Mapping[str, Sequence[_Folder]] = {
    'shop': (
        _Folder(
            'Purchase',
            ('Buy with one click', 'Buy from the start page'),
            (
                _Folder(
                    'Basket',
                    ('Put ten items into the basket', 'Keep the basket for a week'),
                    (_Folder('Vouchers', ('Redeem a voucher', 'Refuse a voucher of last year')),),
                ),
                _Folder('Payment', ('Pay by invoice', _UNSTEADY)),
            ),
        ),
        _Folder(
            'Account',
            ('Close an account',),
            (_Folder('Addresses', ('Add an address abroad', 'Change the address of an order')),),
        ),
    ),
    'checkout': (
        _Folder(
            'Orders',
            ('Cancel an order',),
            (_Folder('Refunds', ('Refund a part of an order', 'Refund to a gift card')),),
        ),
    ),
    'platform': (_Folder('Nightly', (), (_Folder('Restart', ('Restart without loss',)),)),),
}


def build_of(night: int) -> str:
    """Return the number of the build of so many nights ago."""
    return str(200 - night)


def nested_folders(
    content: Mapping[str, Any], calendar: Calendar, rng: random.Random
) -> Iterator[Item]:
    """Yield the folders below those of the projects, with all that is in them."""
    for project, folders in _TREES.items():
        for folder in folders:
            made = _folder(folder, project, content, calendar, rng)
            yield {'type': 'TestFolder', 'Parent': '@folder-' + project, **made}


def _folder(
    folder: _Folder,
    project: str,
    content: Mapping[str, Any],
    calendar: Calendar,
    rng: random.Random,
) -> Item:
    return {
        'Name': folder.name,
        'Project': '@' + project,
        'CreationDate': calendar.at(calendar.ago(400), 10),
        'TestCases': [
            _case(name, project, index, content, calendar, rng)
            for index, name in enumerate(folder.cases)
        ],
        'Children': [_folder(one, project, content, calendar, rng) for one in folder.folders],
    }


def _case(
    name: str,
    project: str,
    index: int,
    content: Mapping[str, Any],
    calendar: Calendar,
    rng: random.Random,
) -> Item:
    automated = index % 2 == 1 or name.startswith('Restart')
    case: Item = {
        'Name': name,
        'Project': '@' + project,
        'Owner': '@' + TESTER,
        'Type': 'Regression',
        'Method': 'Automated' if automated else 'Manual',
        'Priority': rng.choice(('Useful', 'Important', 'Critical')),
        'CreationDate': calendar.at(calendar.ago(390), 10),
    }
    if automated:
        case['Results'] = [_result(name, night, calendar, rng) for night in range(NIGHTS, 0, -1)]
    else:
        steps = rng.sample(content['steps'], 2 + index)
        case['Steps'] = [{'Input': given, 'ExpectedResult': wanted} for given, wanted in steps]
    return case


def _result(name: str, night: int, calendar: Calendar, rng: random.Random) -> Item:
    failed = night % FAILING == 0 or (name == _UNSTEADY and night % 4 == 3)
    at = calendar.at(calendar.ago(night), 3, 45)
    return {
        'Build': build_of(night),
        'Date': at,
        'CreationDate': at,
        'Verdict': 'Fail' if failed else 'Pass',
        'Tester': '@' + TESTER,
        'Duration': rng.randint(1, 9),
        'Notes': 'The server did not answer in time.' if failed else '',
    }
