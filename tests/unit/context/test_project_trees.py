# -*- coding: utf-8 -*-
"""Trees of projects: ancestors, descendants, progeny."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral import proj_utils, search_utils


class Project(object):
    """A project as far as the tree functions look at it."""

    def __init__(self, oid, parent=None):
        self._ref = 'project/{0}'.format(oid)
        self.Parent = parent
        self.oid = oid


TOP = Project(1)
LEFT, RIGHT = Project(2, TOP), Project(3, TOP)
LEAF = Project(4, LEFT)
POOL = [TOP, LEFT, RIGHT, LEAF]


@pytest.mark.parametrize('module', [proj_utils, search_utils])
def test_the_tree_of_projects_is_followed_both_ways(module):
    assert module.projectAncestors(LEAF, POOL) == [LEFT, TOP]
    assert module.projectAncestors(LEAF, POOL, []) == [LEFT, TOP]
    assert module.projectDescendants(TOP, POOL) == [LEFT, LEAF, RIGHT]
    assert module.projeny(TOP, POOL) == [LEFT, [LEAF], RIGHT]
    assert module.projectDescendants(LEAF, POOL) == []
    assert module.flatten([1, [2, (3, [4])], 5]) == [1, 2, 3, 4, 5]
