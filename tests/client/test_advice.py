"""Advice on queries against a Rally: when it is given, what it costs, and that it is no refusal."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import RallyRESTAPIError
from pyral.advice import RallyWarning
from pyral.schema.reader import SchemaReader


def remarks_of(caught):
    """Return the texts of our own warnings."""
    return [str(each.message) for each in caught if each.category is RallyWarning]


@pytest.mark.parametrize('query, expected', [
    ('State = Opne', "get Defect: State = Opne: State has no value 'Opne'; did you mean Open?"),
    ('Priority = "High Atention"',
     "get Defect: Priority = \"High Atention\": Priority has no value 'High Atention'; did you "
     "mean High Attention?"),
    ('Stat = Open',
     "get Defect: Stat = Open: Defect has no attribute 'Stat'; did you mean State?"),
    ('FormattedID = US1',
     "get Defect: FormattedID = US1: the ids of Defect begin with DE, and the service compares "
     "nothing but the number of 'US1'"),
    ('Project.Name = %22Team%20A%22',
     "get Defect: Project.Name = %22Team%20A%22: %22 is compared as it is written; conditions are "
     "encoded when they are sent, so write the name itself"),
])
def test_a_doubtful_query_is_sent_and_remarked_upon(rally, recwarn, query, expected):
    response = rally.get('Defect', query=query, project=None)
    assert remarks_of(recwarn) == [expected]
    assert response.warnings == []


@pytest.mark.parametrize('query', [
    'Name = "nothing has this name"', 'FormattedID = DE99999', {'Owner': None}, 'State = Open',
    'Owner.UserName = "nobody@example.com"', 'CreationDate > 2099-01-01',
])
def test_a_query_without_doubt_costs_one_request_and_no_word(rally, request_budget, recwarn, query):
    with request_budget(rally, 1):
        rally.get('Defect', query=query)
    assert remarks_of(recwarn) == []


def test_what_is_at_hand_is_said_even_where_items_are_found(rally, request_budget, recwarn):
    rally.getSchemaInfo()
    rally.typedef('Defect')
    with request_budget(rally, 1):
        assert rally.get('Defect', query='State != Opne', project=None).resultCount
    assert remarks_of(recwarn) == [
        "get Defect: State != Opne: State has no value 'Opne'; did you mean Open?"]


@pytest.mark.parametrize('query', ['oid > 0', 'Owner.oid > 0', 'Name contains 50%20'])
def test_what_the_service_takes_though_no_type_has_it_is_no_mistake(rally, recwarn, query):
    rally.typedef('Defect')
    assert rally.get('Defect', query=query, project=None).errors == []
    assert remarks_of(recwarn) == []


def test_advice_that_cannot_be_had_is_no_error(rally, recwarn, monkeypatch):
    monkeypatch.setattr(SchemaReader, 'types', _refuse)
    assert list(rally.get('Defect', query='State = Opne')) == []
    assert remarks_of(recwarn) == []


def _refuse(reader, place, held=None):
    raise RallyRESTAPIError('no schema today')
