"""The `empty` world: a subscription with one workspace, one project and its administrator."""

from __future__ import annotations

import datetime
from typing import Any

#: The login of the worlds that ship; it is shown when the emulator starts and opens nothing else.
LOGIN = {
    'id': 'paula',
    'UserName': 'paula@example.com',
    'password': 'demo-Secret1',
    'apiKey': '_demo4f1c9a2e7b6d5803demo4f1c9a2e7b6d5803aa',
    'FirstName': 'Paula',
    'LastName': 'Rivera',
    'DisplayName': 'Paula Rivera',
    'SubscriptionAdmin': True,
    'SubscriptionPermission': 'Subscription Admin',
}


def document(seed: int, scale: int, now: datetime.datetime) -> dict[str, Any]:
    """Return the document of the empty world; seed, scale and time make no difference to it."""
    return {
        'format': 1,
        'login': 'paula',
        'subscription': {'Name': 'Acme'},
        'users': [
            {
                **LOGIN,
                'Role': 'Product Owner',
                'profile': {'DefaultWorkspace': '@workspace', 'DefaultProject': '@project'},
                'permissions': [
                    {'on': '@workspace', 'role': 'Admin'},
                    {'on': '@project', 'role': 'Admin'},
                ],
            }
        ],
        'workspaces': [
            {
                'id': 'workspace',
                'Name': 'Acme Engineering',
                'Owner': '@paula',
                'projects': [{'id': 'project', 'Name': 'Shop', 'Owner': '@paula'}],
            }
        ],
    }
