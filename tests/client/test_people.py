# -*- coding: utf-8 -*-
"""Users and their profiles."""
from __future__ import absolute_import, division, print_function, unicode_literals

from tests.emulated import Wire


def test_users_are_read_page_by_page(rally, monkeypatch):
    from pyral.reading import queries
    monkeypatch.setattr(queries, 'KILO_PAGESIZE', 2)
    users = rally.getAllUsers()
    names = [user.UserName for user in users]
    assert len(names) == len(set(names)) >= 6
    assert 'dora@example.com' in names


def test_a_profile_that_came_along_is_complete(rally):
    user = [each for each in rally.getAllUsers() if each.UserName == 'ed@example.com'][0]
    wire = Wire(rally)
    assert user.UserProfile._hydrated is True
    assert user.UserProfile.DefaultWorkspace.Name == 'Main'
    assert wire.lines == []


def test_users_of_another_workspace_do_not_move_the_connection(rally):
    other = [each for each in rally.getWorkspaces()
             if each.Name != rally.getWorkspace().Name][0]
    before = rally.getProject().ref
    assert rally.getAllUsers(workspace=other.Name)
    assert rally.getAllUsers(workspace=other)
    assert rally.getProject().ref == before


def test_a_name_with_a_quote_finds_nobody_else(rally):
    assert rally.getUserInfo(name='x" OR (UserName != "') == []
