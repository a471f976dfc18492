"""Users and projects of the demo world: users with their rights, project trees, custom fields."""

from __future__ import annotations

import datetime
from typing import Any

from .calendar import Calendar
from .empty import LOGIN

#: Everybody's password, so that a visitor can look at the world with other eyes.
_PASSWORD = LOGIN['password']
#: Who works in which project; the first one leads.
TEAMS: dict[str, tuple[str, ...]] = {
    'shop': ('tom', 'mei', 'lena', 'omar'),
    'checkout': ('tom', 'omar', 'lena', 'carl'),
    'payments': ('omar', 'mei', 'tom'),
    'checkout-mobile': ('lena', 'kofi'),
    'catalog': ('mei', 'jonas', 'aisha'),
    'search': ('jonas', 'mei'),
    'catalog-mobile': ('kofi', 'aisha'),
    'customer-care': ('aisha', 'lena'),
    'platform': ('jonas', 'tom', 'omar'),
    'identity': ('omar', 'jonas'),
    'infrastructure': ('jonas', 'kofi'),
}
TESTER = 'sofia'
#: How long before its begin a sprint is planned.
_PLANNED = datetime.timedelta(days=14)
_TREE: tuple[tuple[str, str, str | None, str], ...] = (
    ('shop', 'Shop', None, 'Everything a customer of the online shop can see.'),
    ('checkout', 'Checkout', 'shop', 'From the basket to the order confirmation.'),
    ('payments', 'Payments', 'checkout', 'Cards, wallets, invoices and refunds.'),
    ('checkout-mobile', 'Mobile', 'checkout', 'Checkout in the phone apps.'),
    ('catalog', 'Catalog', 'shop', 'Finding and choosing products.'),
    ('search', 'Search', 'catalog', 'Search and filters.'),
    ('catalog-mobile', 'Mobile', 'catalog', 'Browsing in the phone apps.'),
    ('customer-care', 'Customer Care', 'shop', 'Account, returns and help.'),
    ('platform', 'Platform', None, 'What all teams build on.'),
    ('identity', 'Identity', 'platform', 'Accounts and sign-in.'),
    ('infrastructure', 'Infrastructure', 'platform', 'Environments and releases.'),
)
#: user: first name, last name, role, department
_STAFF: tuple[tuple[str, str, str, str], ...] = (
    ('tom', 'Tom', 'Baker', 'Developer'),
    ('mei', 'Mei', 'Lin', 'Developer'),
    ('omar', 'Omar', 'Haddad', 'Developer'),
    ('lena', 'Lena', 'Vogel', 'Developer'),
    ('kofi', 'Kofi', 'Mensah', 'Developer'),
    ('jonas', 'Jonas', 'Eriksen', 'Architect'),
    ('aisha', 'Aisha', 'Khan', 'User Experience'),
    ('sofia', 'Sofia', 'Rossi', 'Tester'),
)


def users(calendar: Calendar) -> list[dict[str, Any]]:
    """Return the users, each of whom joined on a day of their own."""
    return [
        {
            'CreationDate': calendar.at(calendar.ago(max(1980 - 120 * number, 20 + number)), 9),
            **user,
        }
        for number, user in enumerate(_everybody())
    ]


def _everybody() -> list[dict[str, Any]]:
    """Return the users: administrators of every kind, editors, viewers, and the special cases."""
    staff = [
        _user(
            login,
            first,
            last,
            role,
            'shop',
            [
                {'on': '@engineering', 'role': 'User'},
                {'projectsOf': '@engineering', 'role': 'Editor'},
            ],
        )
        for login, first, last, role in _STAFF
    ]
    return [
        {
            **LOGIN,
            'Role': 'Product Owner',
            'profile': _profile('shop'),
            'Department': 'None',
            'c_Location': 'Denver',
            'permissions': [
                {'on': '@engineering', 'role': 'Admin'},
                {'on': '@consulting', 'role': 'Admin'},
            ],
        },
        _user(
            'greg',
            'Greg',
            'Palmer',
            'Scrum Master',
            'shop',
            [
                {'on': '@engineering', 'role': 'Admin'},
                {'on': '@consulting', 'role': 'User'},
                {'projectsOf': '@consulting', 'role': 'Editor'},
            ],
        ),
        *staff,
        _user(
            'helen',
            'Helen',
            'Stone',
            'None',
            'shop',
            [
                {'on': '@engineering', 'role': 'User'},
                {'projectsOf': '@engineering', 'role': 'Viewer'},
            ],
        ),
        _user(
            'carl',
            'Carl',
            'Nowak',
            'Developer',
            'checkout',
            [
                {'on': '@engineering', 'role': 'User'},
                {'on': '@checkout', 'role': 'Editor'},
                {'on': '@shop', 'role': 'Viewer'},
            ],
        ),
        {
            **_user(
                'nora',
                'Nora',
                'Quist',
                'None',
                None,
                [{'on': '@consulting', 'role': 'User'}, {'on': '@delivery', 'role': 'Viewer'}],
            )
        },
        {
            **_user(
                'dan',
                'Dan',
                'Moore',
                'Developer',
                'shop',
                [{'on': '@engineering', 'role': 'User'}, {'on': '@platform', 'role': 'Editor'}],
            ),
            'Disabled': True,
        },
        {
            'id': 'build-robot',
            'UserName': 'build-robot@example.com',
            'FirstName': 'Build',
            'LastName': 'Robot',
            'apiKey': {'key': '_demoReadOnly7c52e1b09ademoReadOnly7c52e1b0', 'readOnly': True},
            'profile': _profile('shop'),
            'permissions': [
                {'on': '@engineering', 'role': 'User'},
                {'projectsOf': '@engineering', 'role': 'Viewer'},
            ],
        },
        _user(
            'petra',
            'Petra',
            'Sommer',
            'Scrum Master',
            'shop',
            [
                {'on': '@engineering', 'role': 'User'},
                {'on': '@shop', 'role': 'Admin', 'below': True},
            ],
        ),
        {
            **_user(
                'juergen',
                'Jürgen',
                'Müßig',
                'Developer',
                'search',
                [
                    {'on': '@engineering', 'role': 'User'},
                    {'on': '@shop', 'role': 'Viewer', 'below': True},
                    {'on': '@search', 'role': 'Editor'},
                ],
            ),
            'MiddleName': 'Björn',
            'DisplayName': 'Jürgen Björn Müßig',
            'apiKey': '_demoSearchOnly3e8f07b2c6demoSearchOnly3e8f',
            'profile': {**_profile('search'), 'TimeZone': 'Europe/Berlin'},
        },
        _user('nils', 'Nils', 'Holm', 'None', None, []),
    ]


def project_tree(calendar: Calendar) -> list[dict[str, Any]]:
    """Return the projects of the first workspace with their sprints and releases."""
    made: dict[str, dict[str, Any]] = {}
    roots: list[dict[str, Any]] = []
    for name, label, above, text in _TREE:
        team = TEAMS[name]
        made[name] = {
            'id': name,
            'Name': label,
            'Description': text,
            'Owner': '@' + team[0],
            'TeamMembers': ['@' + one for one in dict.fromkeys((*team, TESTER))],
            'CreationDate': calendar.at(calendar.ago(700), 9),
            'Children': [],
            'Releases': releases(name, calendar),
            'Iterations': iterations(name, calendar),
        }
        (made[above]['Children'] if above else roots).append(made[name])
    roots.append(
        {
            'id': 'legacy',
            'Name': 'Legacy Store',
            'State': 'Closed',
            'Owner': '@jonas',
            'Description': 'The old store; closed after the move.',
            'CreationDate': calendar.at(calendar.ago(1900), 9),
        }
    )
    return roots


def iterations(project: str, calendar: Calendar) -> list[dict[str, Any]]:
    """Return the sprints of a project."""
    states = {True: 'Accepted', False: 'Planning'}
    return [
        {
            'id': f'sprint-{project}-{offset}',
            'Name': sprint.name,
            'StartDate': sprint.start.isoformat(),
            'EndDate': sprint.end.isoformat(),
            'State': 'Committed' if offset == 0 else states[offset < 0],
            'PlannedVelocity': 18 + len(TEAMS.get(project, ())) * 4,
            'CreationDate': calendar.at(min(sprint.start, calendar.today) - _PLANNED, 8),
            'Theme': 'Finish before we start' if offset == 0 else None,
        }
        for offset, sprint in calendar.sprints.items()
    ]


def releases(project: str, calendar: Calendar) -> list[dict[str, Any]]:
    """Return the releases of a project: one a quarter."""
    states = {-1: 'Accepted', 0: 'Active', 1: 'Planning'}
    return [
        {
            'id': f'release-{project}-{offset}',
            'Name': release.name,
            'ReleaseStartDate': release.start.isoformat(),
            'ReleaseDate': release.end.isoformat(),
            'State': states[offset],
            'PlannedVelocity': 120,
            'GrossEstimateConversionRatio': 1,
            'Version': release.name.replace('Q', ''),
            'CreationDate': calendar.at(min(release.start, calendar.ago(5)), 8),
        }
        for offset, release in calendar.releases.items()
    ]


def custom_fields() -> list[dict[str, Any]]:
    """Return a custom field of every kind."""
    artifacts = ['HierarchicalRequirement', 'Defect', 'PortfolioItem']
    return [
        {
            'on': 'Artifact',
            'name': 'Customer',
            'kind': 'DROP_DOWN',
            'values': ['Northwind', 'Contoso', 'Fabrikam', 'Tailspin', 'All'],
        },
        {
            'on': artifacts,
            'name': 'Burnt Offerings Index',
            'kind': 'DECIMAL',
            'note': 'How much went up in smoke because this is missing.',
        },
        {
            'on': ['HierarchicalRequirement', 'Defect'],
            'name': 'Release Note',
            'kind': 'WEB_LINK',
            'elementName': 'c_ReleaseNoteLink',
            'url': 'https://notes.example.com/${id}',
        },
        {
            'on': artifacts,
            'name': 'Markets',
            'kind': 'MULTI_VALUE',
            'values': ['Germany', 'France', 'Spain', 'Nordics', 'United States'],
        },
        {'on': artifacts, 'name': 'Business Approver', 'kind': 'USER'},
        {'on': ['HierarchicalRequirement', 'PortfolioItem'], 'name': 'Go Live', 'kind': 'DATE'},
        {'on': artifacts, 'name': 'Privacy Relevant', 'kind': 'BOOLEAN'},
        {'on': ['HierarchicalRequirement', 'Defect'], 'name': 'Support Calls', 'kind': 'INTEGER'},
        {'on': 'Artifact', 'name': 'External Key', 'kind': 'STRING', 'maxLength': 64},
        {'on': 'HierarchicalRequirement', 'name': 'Acceptance Criteria', 'kind': 'TEXT'},
        {
            'on': 'Defect',
            'name': 'Regression Risk',
            'kind': 'RATING',
            'values': ['None', 'Low', 'Medium', 'High'],
        },
        {'on': 'Task', 'name': 'Hand-over Hours', 'kind': 'QUANTITY'},
        {'on': 'User', 'name': 'Location', 'kind': 'STRING'},
    ]


def _user(
    login: str,
    first: str,
    last: str,
    role: str,
    project: str | None,
    permissions: list[dict[str, Any]],
) -> dict[str, Any]:
    user = {
        'id': login,
        'UserName': login + '@example.com',
        'FirstName': first,
        'LastName': last,
        'DisplayName': f'{first} {last}',
        'Role': role,
        'password': _PASSWORD,
        'permissions': permissions,
    }
    if project is not None:
        user['profile'] = _profile(project)
    return user


def _profile(project: str) -> dict[str, Any]:
    return {
        'DefaultWorkspace': '@engineering',
        'DefaultProject': '@' + project,
        'TimeZone': 'America/Denver',
    }
