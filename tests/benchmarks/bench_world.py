"""The world of the benchmarks and budgets: defects with an owner and two tasks each."""
from __future__ import absolute_import, division, print_function

PEOPLE = 20


def world(defects):
    """Return a world with defects that have two tasks and an owner each."""
    names = ['p{}'.format(number) for number in range(PEOPLE)]
    users = [{'id': 'ann', 'UserName': 'ann@example.com', 'password': 'ann-Secret1',
              'apiKey': '_annKey0001', 'SubscriptionAdmin': True,
              'profile': {'DefaultWorkspace': '@main', 'DefaultProject': '@team'}}]
    users += [{'id': name, 'UserName': name + '@example.com', 'permissions': [
        {'on': '@main', 'role': 'User'}, {'on': '@team', 'role': 'Editor'}]} for name in names]
    return {'users': users, 'workspaces': [{
        'id': 'main', 'Name': 'Main', 'projects': [{'id': 'team', 'Name': 'Team A'}], 'objects': [{
            'type': 'Defect', 'repeat': defects, 'Name': 'Finding {n}', 'Project': '@team',
            'Owner': {'cycle': ['@' + name for name in names]},
            'Tasks': [{'Name': 'Look', 'Estimate': 1}, {'Name': 'Mend', 'Estimate': 2}]}]}]}
