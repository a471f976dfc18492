# coding: utf-8
"""References in every form in which the service and people write them."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import refs
from pyral.refs import (
    Ref,
    base_url_of,
    is_reference,
    key_of,
    oid_of,
    parse,
    reference_text,
    same,
    short_of,
)

BASE = 'https://rally1.rallydev.com/slm/webservice/v2.0'
UUID = '3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11'


class Entity(object):
    """Stands for an entity: it has a `_ref`."""

    _ref = BASE + '/defect/12'


@pytest.mark.parametrize('value,short', [
    ('defect/12', 'defect/12'),
    ('/defect/12', 'defect/12'),
    (u'/defect/12', 'defect/12'),
    (b'/defect/12', 'defect/12'),
    ('  defect/12  ', 'defect/12'),
    ('defect/12.js', 'defect/12'),
    ('portfolioitem/feature/9', 'portfolioitem/feature/9'),
    (BASE + '/defect/12', 'defect/12'),
    (BASE + '/defect/12?fetch=true', 'defect/12'),
    (BASE + '/defect/12#top', 'defect/12'),
    (BASE + '/defect/12?fetch=Name#top?', 'defect/12'),
    (BASE + '/%64efect/12', 'defect/12'),
    ('/detail/defect/5', 'detail/defect/5'),
    (BASE + '/Defect/12/Tags', 'Defect/12/Tags'),
    (BASE + '/PortfolioItem/Feature/7/Milestones', 'PortfolioItem/Feature/7/Milestones'),
    ('http://127.0.0.1:8010/slm/webservice/v2.x/user/3', 'user/3'),
    ('/slm/webservice/v2.0/user/3', 'user/3'),
    ('attributedefinition/-12509/AllowedValues', 'attributedefinition/-12509/AllowedValues'),
    ('workspacepermission/12u34w1', 'workspacepermission/12u34w1'),
    ('defect/' + UUID, 'defect/' + UUID),
    ('https://rally1.rallydev.com/#/123d/detail/userstory/99?fdp=true',
     'hierarchicalrequirement/99'),
    ('https://rally1.rallydev.com/#/?detail=/x&y=/detail/defect/5', 'defect/5'),
    ({'_ref': BASE + '/defect/12', 'Name': 'x'}, 'defect/12'),
    (Entity(), 'defect/12'),
    (Ref('defect', 12), 'defect/12'),
])
def test_every_form_is_read(value, short):
    assert parse(value).short == short


@pytest.mark.parametrize('value', [
    None, '', 'null', {}, {'_ref': 'null'}, {'_ref': None}, 'defect', 'defect/', '12', 'DE12',
    'Omnibus // Copper // 12', 'My Project/12 months', 'https://example.com/defect/12', object(),
    'a/b/c/12', b'defect/12\xff', b'\xff',
])
def test_what_is_no_reference_gives_none(value):
    assert parse(value) is None


def test_the_oid_is_a_number_where_it_is_one():
    assert parse('defect/12').oid == 12
    assert parse('projectpermission/1u2p2').oid == '1u2p2'


@pytest.mark.parametrize('left,right,equal', [
    ('defect/12', BASE + '/Defect/12', True),
    ('feature/9', 'PortfolioItem/Feature/9', True),
    ('portfolioitem/feature/9', 'portfolioitem/theme/9', False),
    ('defect/12', 'defect/13', False),
    ('PortfolioItem/Feature/9', 'feature/9', True),
    ('portfolioitem/feature/9', 'other/feature/9', False),
    ('portfolioitem/feature/9', 'theme/9', False),
    ('defect/12', 'defect/12/Tags', False),
    ('defect/12/Tags', 'Defect/12/tags', True),
    ('defect/12/Tags', 'defect/12/Milestones', False),
    ('defect/12', None, False),
    (None, None, False),
])
def test_same_compares_what_is_meant(left, right, equal):
    assert same(left, right) is equal


def test_equal_refs_hash_alike_whatever_their_letter_case():
    assert parse('Defect/12') == parse('defect/12')
    assert len(set([parse('Defect/12'), parse('defect/12'), parse('defect/13')])) == 2
    assert parse('defect/12') != 'defect/12'
    assert parse('defect/12/Tags') == parse('Defect/12/tags')
    assert hash(parse('defect/12/Tags')) == hash(parse('Defect/12/tags'))


def test_refs_of_different_objects_and_collections_differ():
    every = [parse(text) for text in ('defect/12', 'defect/13', 'task/12', 'defect/12/Tags',
                                      'defect/12/Milestones')]
    assert len(set(every)) == len(set(hash(each) for each in every)) == 5


@pytest.mark.parametrize('value,oid', [
    (12, 12), ('12', 12), (u'-12', -12), ('defect/12', 12), (Entity(), 12),
    ('projectpermission/1u2p2', '1u2p2'), ('DE12', None), (None, None), (True, None),
    (b'\xff', None), (b' 12 ', 12), ('12.5', None),
])
def test_oid_of_reads_all_that_has_an_oid(value, oid):
    assert oid_of(value) == oid


@pytest.mark.parametrize('value,text', [
    ('defect/12', 'defect/12'), ('/defect/12', '/defect/12'), (b'/defect/12', '/defect/12'),
    ('/slm/webservice/v2.0/defect/12', '/slm/webservice/v2.0/defect/12'),
    (' defect/12 ', 'defect/12'), (b'defect/12?x=\xff', u'defect/12?x=\ufffd'),
    (BASE + '/defect/12', 'defect/12'),
    ('https://rally1.rallydev.com/#/123d/detail/userstory/99', 'hierarchicalrequirement/99'),
    (Entity(), 'defect/12'), ({'_ref': '/defect/12'}, 'defect/12'),
    (Ref('defect', 12), 'defect/12'),
    ('DE12', None), (None, None), ({}, None),
])
def test_a_reference_is_sent_in_the_form_it_was_given_but_never_with_a_server(value, text):
    assert reference_text(value) == text


def test_parse_of_what_was_printed_is_stable():
    for text in ('defect/12', 'Defect/12/Tags', 'portfolioitem/feature/-9', 'user/1u2w1'):
        assert parse(parse(text).short) == parse(text)


def test_all_is_sorted():
    assert refs.__all__ == sorted(refs.__all__)


@pytest.mark.parametrize('ref', [
    'defect/12', '/Defect/12', BASE + '/defect/12', BASE + '/Defect/12?fetch=true',
    BASE + '/defect/12.js', 'https://other.test/slm/webservice/v2.0/defect/12/', 'user/1u2p3',
])
def test_the_key_names_the_object_that_the_whole_reference_names(ref):
    assert parse(key_of(ref)) == parse(ref)


def test_the_key_of_a_type_with_a_path_is_its_last_two_steps():
    assert key_of(BASE + '/PortfolioItem/Feature/7') == key_of('feature/7') == 'feature/7'


@pytest.mark.parametrize('value', [None, '', 'defect', 12, {}])
def test_what_has_no_two_steps_has_no_key(value):
    assert key_of(value) is None


def test_the_base_url_is_told_by_full_addresses_only():
    assert base_url_of(BASE + '/defect/12') == 'https://rally1.rallydev.com'
    assert base_url_of('http://127.0.0.1:8010/slm') == 'http://127.0.0.1:8010'
    others = ('defect/12', '/defect/12', 'https://h', None)
    assert [base_url_of(ref) for ref in others] == [None] * 4


def test_the_short_form_keeps_what_is_written_in_the_last_two_steps():
    assert short_of(BASE + '/Defect/12?fetch=true') == 'Defect/12' and short_of(None) is None


def test_a_reference_points_to_one_object_and_a_collection_to_many():
    assert is_reference({'_ref': BASE + '/defect/12'})
    assert not is_reference({'_ref': BASE + '/defect/12/Tags', 'Count': 2})
    assert not any(is_reference(value) for value in ({}, {'_ref': None}, {'_ref': 12}, 'defect/12'))


@pytest.mark.parametrize('address, steps', [
    ('/defect/12', ['', 'defect', '12']), ('defect/12/', ['defect', '12']),
    ('https://h/slm/x/Defect/12?a=b/c', ['https://h/slm/x', 'Defect', '12']), ('12', ['12']),
])
def test_the_last_two_steps_of_an_address_are_its_type_and_id(address, steps):
    assert refs.last_steps(address) == steps


@pytest.mark.parametrize('ref, key', [
    ('Defect/12.js', 'defect/12'), ('/slm/webservice/v2.0/User/7?fetch=Name', 'user/7'),
    ('a/b/Task/3/', 'task/3'), ('/12', '/12'),
])
def test_a_key_is_the_type_in_lower_case_and_the_id(ref, key):
    assert key_of(ref) == key


def test_a_number_that_nobody_can_read_is_no_error():
    for text in ('defect/' + '9' * 9000, 'https://h/slm/webservice/v2.0/defect/' + '9' * 9000):
        assert refs.parse(text).type_path == 'defect' and refs.oid_of(text)
    assert refs.oid_of('9' * 9000) is None
