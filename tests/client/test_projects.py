# -*- coding: utf-8 -*-
"""Projects as a connection lists and scopes by them."""
from __future__ import absolute_import, division, print_function, unicode_literals


def test_closed_projects_come_on_request_and_may_be_a_scope(rally):
    closed = rally.getProjects(closed=True)
    assert [(each.Name, each.State) for each in closed] == [('Old Team', 'Closed')]
    assert 'Old Team' not in [each.Name for each in rally.getProjects()]
    assert rally.get('Defect', project=closed[0]).errors == []
    assert rally.getProject('Old Team') is None
