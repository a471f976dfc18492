"""Whatever a body holds, a write is answered with an envelope, and a refusal changes nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyral.emulator.model import Model

TYPES = Model.load().types
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(['/user/1', '/tag/\ud800', 'x\x00', '2024-99-99', 'null', '/defect/-1']),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.just('_ref'), inner, max_size=3)
    ),
    max_leaves=6,
)
ATTRIBUTES = st.sampled_from(sorted(TYPES['Defect'].attributes)) | st.text(max_size=6)


def send(service, method, path, body):
    """Return the envelope's content; the answer must be an envelope of the service's own."""
    response = service.session.request(
        method, service.base + path, data=json.dumps(body).encode('utf-8', 'surrogatepass')
    )
    assert response.status_code == 200
    (content,) = response.json().values()
    assert not any('unexpected error' in text for text in content['Errors'])
    return content


@settings(max_examples=60)
@given(st.dictionaries(ATTRIBUTES, JSON, max_size=5))
def test_any_attributes_of_an_update_are_taken_or_refused(service, values):
    path = '/defect/{}'.format(service.oid('bug'))
    before = service.get(path)
    content = send(service, 'POST', path, {'Defect': values})
    if content['Errors']:
        assert service.get(path) == before
    else:
        assert json.loads(json.dumps(content['Object'], allow_nan=False)) == content['Object']


@settings(max_examples=60)
@given(JSON)
def test_any_body_is_answered(service, body):
    path = '/defect/{}'.format(service.oid('bug'))
    for method, place in (
        ('POST', path),
        ('POST', '/defect/create'),
        ('POST', '/batch'),
        ('POST', path + '/Tags/add'),
        ('POST', path + '/Tags/remove'),
    ):
        send(service, method, place, body)
        send(service, method, place, {'CollectionItems': body, 'Batch': body})


@pytest.mark.parametrize(
    'type_path', sorted(path for path, one in TYPES.items() if one.creatable and not one.abstract)
)
def test_every_type_that_can_be_created_answers_a_create(service, type_path):
    content = send(
        service,
        'PUT',
        '/{}/create'.format(type_path.lower()),
        {'x': {'Name': 'x', 'Project': '/project/{}'.format(service.oid('top'))}},
    )
    assert content['Errors'] or content['Object']['_type'] == type_path
