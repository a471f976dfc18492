# coding: utf-8
"""What a text that is given for a reference means, in the order that is promised."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import refs
from pyral.resolving import targets
from pyral.resolving.meanings import meaning_of

PREFIXES = ('US', 'DE', 'F')
BASE = 'https://rally1.rallydev.com'


@pytest.mark.parametrize('text, kind', [
    ('', 'nothing'), ('  ', 'nothing'), ('null', 'nothing'), ('Null', 'nothing'),
    ('defect/12', 'reference'), ('/defect/12', 'reference'),
    (BASE + '/slm/webservice/v2.0/defect/12', 'reference'),
    (BASE + '/#/12d/detail/userstory/34', 'reference'),
    (BASE + '/#/?detail=/userstory/34&fdp=true', 'reference'),
    (BASE + '/#/?detail=%2Fuserstory%2F34', 'reference'),
    (BASE + '/#/1234ud/dashboard', 'reference'), (BASE + '/slm/detail/ar/34', 'reference'),
    (BASE + '/somewhere', 'address'), ('https://wiki.example.com/US12', 'address'),
    ('12', 'number'), ('-12', 'number'), (' 12 ', 'number'),
    ('US12', 'FormattedID'), ('us12', 'FormattedID'), (' F1', 'FormattedID'),
    ('XY12', 'name'), ('US', 'name'), ('US12a', 'name'), ('US-12', 'name'),
    ('current', 'word'), ('Current', 'word'), ('next', 'word'), ('previous', 'word'),
    ('currently', 'name'), ('mei@example.com', 'name'), (u'Müller, Jan', 'name'),
    ('A // B', 'name'), ('12 monkeys', 'name'),
])
def test_the_order_of_meaning(text, kind):
    assert meaning_of(text, PREFIXES, targets.WORDS).kind == kind


def test_words_and_formatted_ids_are_names_where_items_have_none():
    assert meaning_of('current').kind == 'name'
    assert meaning_of('US12').kind == 'name'


@pytest.mark.parametrize('url, ref', [
    (BASE + '/#/12d/detail/userstory/34?fdp=true', 'hierarchicalrequirement/34'),
    (BASE + '/#/?detail=/userstory/34&fdp=true', 'hierarchicalrequirement/34'),
    (BASE + '/#/12/custom/5?detail=%2Fportfolioitem%2Ffeature%2F34', 'portfolioitem/feature/34'),
    (BASE + '/slm/rally.sp#/12u/detail/defect/34', 'defect/34'),
    (BASE + '/slm/detail/ar/34', 'artifact/34'),
    (BASE + '/slm/detail/us/34/', 'hierarchicalrequirement/34'),
    (BASE + '/#/12/iterationstatus', 'project/12'), (BASE + '/#/12ud/dashboard', 'project/12'),
    (BASE + '/#/12', 'project/12'), (BASE + '/#/12?x=1', 'project/12'),
])
def test_addresses_of_the_browser_are_references(url, ref):
    assert refs.parse(url).short == ref


@pytest.mark.parametrize('url', [BASE, BASE + '/#/search?keywords=12', BASE + '/#/x12/y',
                                 BASE + '/#/12abc', 'https://example.com/12/34'])
def test_other_addresses_are_none(url):
    assert refs.parse(url) is None


def test_a_hundred_names_of_a_usual_length_go_into_one_request():
    for type_path, place, form in (('User', 0, u'firstname.surname{0:03d}@example.com'),
                                   ('User', None, u'person{0:03d}@example.com'),
                                   ('User', None, u'Firstname Surname {0:03d}'),
                                   ('Tag', None, u'a tag of the usual kind {0:03d}')):
        assert len(targets.chunks(type_path, [form.format(n) for n in range(100)], place)) == 1
        assert len(targets.chunks(type_path, [form.format(n) for n in range(101)], place)) == 2
