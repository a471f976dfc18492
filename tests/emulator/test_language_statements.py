"""Conditions as SQL: the way a path is looked up, and chains longer than the database takes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pyral.emulator.language.compile import compile_query
from pyral.emulator.store.tables import objects
from tests.emulator.service import Service
from tests.emulator.test_language_check import STORY, checked


def statement(text: str, *types: str) -> str:
    """Return the SQL of the objects that match a query."""
    return str(select(objects.c.oid).where(compile_query(checked(text, *types))))


@pytest.mark.parametrize(
    ('text', 'types', 'way'),
    [
        # An identity picks one object: its owners are found once.
        ('(Requirement.ObjectID = 1)', (), 'objects.oid IN (SELECT'),
        ('(Requirement.ObjectUUID = x)', (), 'objects.oid IN (SELECT'),
        ('(Requirement.FormattedID = 1)', (), 'objects.oid IN (SELECT'),
        ('(Requirement = "/hierarchicalrequirement/1")', (), 'objects.oid IN (SELECT'),
        ('(Tasks.ObjectID = 1)', (), 'objects.oid IN (SELECT'),
        ('(Tasks contains "/task/1")', (), 'objects.oid IN (SELECT'),
        # There are few users, projects and the like.
        ('(Owner.UserName = x)', (), 'objects.oid IN (SELECT'),
        ('(Owner.UserName != x)', (), 'objects.oid IN (SELECT'),
        ('(Iteration.Name contains x)', (), 'objects.oid IN (SELECT'),
        # Among artifacts each object looks along its own links.
        ('(Requirement.Name = x)', (), 'EXISTS (SELECT'),
        ('(Requirement.ObjectID != 1)', (), 'EXISTS (SELECT'),
        ('(Requirement.ObjectID > 1)', (), 'EXISTS (SELECT'),
        ('(Tasks.Name = x)', (), 'EXISTS (SELECT'),
        ('(Tasks !contains "/task/1")', (), 'EXISTS (SELECT'),
        ('(Tasks.Owner.UserName = x)', (STORY,), 'objects.oid IN (SELECT'),
        ('(Tasks != null)', (), 'EXISTS (SELECT'),
    ],
)
def test_few_objects_are_looked_up_once_and_many_along_their_links(
    text: str, types: tuple[str, ...], way: str
) -> None:
    sql = statement(text, *types)
    other = ({'objects.oid IN (SELECT', 'EXISTS (SELECT'} - {way}).pop()
    assert way in sql and other not in sql


def test_a_condition_of_the_object_itself_needs_no_other_table() -> None:
    assert statement('((Name = x) AND (ObjectID > 3))').count('FROM') == 1


@pytest.mark.parametrize('count', [1, 99, 100, 101, 250])
def test_a_chain_of_any_length_holds_each_of_its_conditions(service: Service, count: int) -> None:
    found = service.names('/hierarchicalrequirement')
    assert 'Log in' in found
    for place in (0, count // 2, count - 1):
        needles = [f'zz{number}' for number in range(count)]
        needles[place] = 'og i'
        assert [one for one in found if one in matching(service, needles, 'contains', 'OR')] == [
            'Log in'
        ]
        kept = matching(service, needles, '!contains', 'AND')
        assert 'Log in' not in kept and set(kept) == set(found) - {'Log in'}


def matching(service: Service, needles: list[str], operator: str, junction: str) -> list[str]:
    """Return the names of the stories that meet a chain of conditions."""
    query = f'(Name {operator} "{needles[0]}")'
    for needle in needles[1:]:
        query = f'({query} {junction} (Name {operator} "{needle}"))'
    return service.names('/hierarchicalrequirement', query=query)


def test_an_alias_is_asked_in_place_of_the_table() -> None:
    alias = objects.alias('them')
    for text in ('(Name = x)', '((Name = x) OR (Owner.UserName = y))', '(Tasks.Name = x)'):
        sql = str(select(alias.c.oid).where(compile_query(checked(text), alias)))
        assert 'FROM objects AS them' in sql.replace('"', '') and 'objects.' not in sql
