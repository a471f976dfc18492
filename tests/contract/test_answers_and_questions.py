"""What the SDK takes for an answer to a request is what the service answers with (1.3, 4.1)."""

from __future__ import annotations

import pytest

from pyral.emulator.model import Model
from pyral.http.questions import ENVELOPES, KINDS, MEMBERS, SUBTYPES, fits, question_of

TYPES = Model.load().types
BASE = 'https://rally.test/slm/webservice/v2.0/'


def below(path: str) -> set[str]:
    """Return the types of objects that stand below a type."""
    found = set()
    for each in TYPES.values():
        parent = each.parent
        while parent is not None and parent != path:
            parent = TYPES[parent].parent
        if parent == path and not each.abstract:
            found.add(each.path)
    return found


@pytest.mark.parametrize('path', sorted(TYPES))
def test_each_type_fits_what_it_stands_below_and_nothing_else(path: str) -> None:
    subtypes = below(path)
    if subtypes:
        assert path.lower() in SUBTYPES and path.lower() not in KINDS
    for said in subtypes | {path}:
        assert fits(path.lower(), said) and fits(path.lower(), said.rpartition('/')[2])
    if path.lower() in KINDS or SUBTYPES.get(path.lower()) is not None:
        projects = {'Project'} if path in ('AdministratableProject', 'WritableProject') else set()
        strangers = (
            {each.path for each in TYPES.values() if each.path.lower() in KINDS}
            - subtypes
            - projects
            - {path}
        )
        assert not [each for each in strangers if fits(path.lower(), each)]


def test_every_name_of_the_table_is_a_type_or_a_collection() -> None:
    known = {path.lower() for path in TYPES} | {path.lower().rpartition('/')[2] for path in TYPES}
    known |= {'persistable', 'strategy'}
    collections = {
        attr.name.lower()
        for each in TYPES.values()
        for attr in each.attributes.values()
        if attr.type == 'COLLECTION'
    }
    assert KINDS <= known and set(MEMBERS) <= collections
    assert set(SUBTYPES) <= known | set(MEMBERS)
    for found in SUBTYPES.values():
        assert found is None or found <= known


def test_the_members_of_each_collection_fit_it() -> None:
    for each in TYPES.values():
        for attr in each.attributes.values():
            kind = MEMBERS.get(attr.name.lower()) if attr.type == 'COLLECTION' else None
            for said in below(attr.target) | {attr.target} if kind and attr.target else ():
                if not TYPES[said].abstract:
                    assert fits(kind, said), (each.path, attr.name, said)


@pytest.mark.parametrize(
    ('path', 'envelope'),
    [
        ('user', 'User'),
        ('user?query=', 'QueryResult'),
        ('users', 'QueryResult'),
        ('user:current', 'User'),
        ('subscription', 'Subscription'),
        ('subscriptions', 'QueryResult'),
        ('project', 'QueryResult'),
        ('defect', 'QueryResult'),
        ('artifact', 'QueryResult'),
        ('portfolioitem', 'QueryResult'),
        ('portfolioitem/feature', 'QueryResult'),
        ('Tags', 'QueryResult'),
        ('defect?order=Nonsense', 'QueryResult'),
        ('defect/1', 'OperationResult'),
        ('nonsense', 'QueryResult'),
        ('security/authorize', 'OperationResult'),
    ],
)
def test_the_service_reads_in_the_envelopes_of_the_table(service, path: str, envelope: str) -> None:
    body = service.send('GET', '/' + path).json()
    assert list(body) == [envelope]
    verb = question_of('GET', BASE + path).verb
    refused = bool(body[envelope]['Errors'])
    name = envelope if envelope.endswith('Result') else 'item'
    assert name in ENVELOPES[verb][refused]
