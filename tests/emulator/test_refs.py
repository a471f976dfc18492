"""Tests of references: every form requests may use, and the forms that are sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyral.emulator import refs
from pyral.emulator.refs import Ref

UUID = '3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11'
BASE = 'https://rally1.rallydev.com/slm/webservice/v2.0'


@pytest.mark.fact('8.1')
@pytest.mark.parametrize(
    'text',
    [
        BASE + '/defect/1',
        'http://127.0.0.1:8010/slm/webservice/v2.x/defect/1',
        'HTTPS://other.example/slm/webservice/1.43/defect/1.js',
        '/slm/webservice/v2.0/defect/1',
        '/defect/1',
        'defect/1',
        ' defect/1 ',
        'defect/1/',
        'defect/1.js?fetch=Name',
        'defect/1#top',
    ],
)
def test_an_object_is_named_in_every_form(text):
    assert refs.parse(text) == Ref('defect', '1')


@pytest.mark.parametrize(
    ('text', 'ref'),
    [
        ('/portfolioitem/feature/9', Ref('portfolioitem/feature', '9')),
        ('PortfolioItem/Feature/9/Milestones', Ref('PortfolioItem/Feature', '9', 'Milestones')),
        (BASE + '/Defect/1001/Tags', Ref('Defect', '1001', 'Tags')),
        ('/typedefinition/-51025', Ref('typedefinition', '-51025')),
        ('/typedefinition/-51025/Attributes', Ref('typedefinition', '-51025', 'Attributes')),
        (
            '/attributedefinition/-12513/AllowedValues.js',
            Ref('attributedefinition', '-12513', 'AllowedValues'),
        ),
        ('/defect/' + UUID, Ref('defect', UUID)),
        ('/defect/' + UUID.upper(), Ref('defect', UUID)),
        ('/defect/' + UUID.replace('-', ''), Ref('defect', UUID)),
        ('/projectpermission/12u34p2', Ref('projectpermission', '12u34p2')),
        ('/workspacepermission/12U34W1', Ref('workspacepermission', '12u34w1')),
    ],
)
def test_type_identifier_and_collection_are_distinguished(text, ref):
    assert refs.parse(text) == ref


@pytest.mark.parametrize(
    'value',
    [
        None,
        12,
        1.5,
        True,
        [],
        {'_ref': '/defect/1'},
        '',
        'null',
        '12',
        '/',
        '//',
        'xyz',
        'defect',
        '/defect/',
        '/defect/x1',
        'defect/1/2/3',
        '/a/b/c/1',
        '/de fect/1',
        '/defect/1;drop table',
        'https://rally1.rallydev.com',
        BASE,
        '/defect/12345678901234567890',
        '/defect/1/Tags/add',
        '/defect/' + UUID + '0',
        'javascript:alert(1)',
    ],
)
def test_what_is_no_reference_is_refused(value):
    assert refs.parse(value) is None


def test_an_identifier_is_told_by_its_kind():
    assert (Ref('defect', '-5').oid, Ref('defect', '-5').uuid) == (-5, None)
    assert (Ref('defect', UUID).oid, Ref('defect', UUID).uuid) == (None, UUID)
    assert Ref('projectpermission', '1u2p3').alt_id == '1u2p3'
    assert Ref('projectpermission', '1u2p3').oid is None


@pytest.mark.fact('4.8')
def test_objects_are_printed_in_lower_case_and_collections_in_official_case():
    assert refs.object_ref(BASE, 'PortfolioItem/Feature', 7) == BASE + '/portfolioitem/feature/7'
    assert refs.collection_ref(BASE, 'PortfolioItem/Feature', 7, 'Milestones') == (
        BASE + '/PortfolioItem/Feature/7/Milestones'
    )


types = st.sampled_from(['Defect', 'HierarchicalRequirement', 'PortfolioItem/Feature', 'User'])
oids = st.integers(min_value=-(10**9), max_value=2**63 - 1)


@given(types, oids)
def test_a_printed_reference_is_read_again(path, oid):
    ref = refs.parse(refs.object_ref(BASE, path, oid))
    assert ref is not None
    assert (ref.type, ref.oid, ref.collection) == (path.lower(), oid, None)


@given(types, oids, st.from_regex(r'\A[A-Z][A-Za-z]{0,20}\Z'))
def test_a_printed_collection_is_read_again(path, oid, name):
    ref = refs.parse(refs.collection_ref(BASE, path, oid, name))
    assert ref == Ref(path, str(oid), name)


@given(st.text())
def test_any_text_is_read_or_refused_but_never_fails(text):
    ref = refs.parse(text)
    assert ref is None or refs.parse('/{}/{}'.format(ref.type, ref.id)) is not None
