"""Properties of the classification of texts, and of the queries that names are asked for with."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import refs
from pyral.query import nodes
from pyral.query.parser import parse
from pyral.resolving import meanings, targets
from pyral.resolving.meanings import meaning_of, prefix_of

pytest.importorskip('hypothesis')
from hypothesis import given  # noqa: E402 - only where it is installed
from hypothesis import strategies as st  # noqa: E402

PREFIXES = ('US', 'DE', 'F')


@given(st.text())
def test_every_text_has_one_meaning_and_blanks_around_it_none(text):
    found = meaning_of(text, PREFIXES, targets.WORDS)
    assert found == meaning_of(u' ' + text + u'\n', PREFIXES, targets.WORDS)
    assert (found.kind == 'reference') == (refs.parse(text) is not None)
    assert found.text == found.text.strip()


@given(st.sampled_from(PREFIXES), st.integers(min_value=0, max_value=10 ** 9), st.booleans())
def test_every_formatted_id_is_one(prefix, number, is_lower):
    text = u'{0}{1}'.format(prefix.lower() if is_lower else prefix, number)
    assert meaning_of(text, PREFIXES).kind == meanings.FORMATTED_ID
    assert prefix_of(text) == prefix


@given(st.integers())
def test_every_number_is_an_object_id(number):
    assert meaning_of(u'{0}'.format(number), PREFIXES, targets.WORDS).kind == meanings.NUMBER


@given(st.text(st.characters(whitelist_categories=['Lu', 'Ll', 'Zs']), min_size=1))
def test_words_of_letters_are_names_unless_they_are_kept_for_something(text):
    found = meaning_of(text, PREFIXES, targets.WORDS)
    if text.strip().lower() not in targets.WORDS + ('null', ''):
        assert found == (meanings.NAME, text.strip())


NAMES = st.lists(st.text(min_size=1, max_size=80).filter(lambda text: text.strip() == text),
                 min_size=1, max_size=250, unique=True)


@given(st.sampled_from(['Tag', 'User', 'Iteration']), NAMES)
def test_names_are_asked_for_in_lists_that_fit_and_none_is_lost(type_path, names):
    chunks = targets.chunks(type_path, names)
    assert [name for chunk in chunks for name in chunk] == names
    for chunk in chunks:
        assert len(chunk) <= targets.MOST_NAMES
        text = nodes.expression(targets.naming_condition(type_path, chunk))
        length = len(targets.quote(text, '/:'))
        assert length <= targets.LONGEST_QUERY or len(chunk) == 1


@given(st.lists(st.text(st.characters(whitelist_categories=['Lu', 'Nd', 'Po', 'Zs'],
                                      blacklist_characters=u'\\"'), min_size=1),
                min_size=1, max_size=20, unique=True))
def test_the_condition_of_names_is_a_query_that_holds_every_name(names):
    names = [name for name in names if name.strip() == name] or [u'x']
    text = nodes.expression(targets.naming_condition('Tag', names))
    held = [nodes.content(each.value) for each in nodes.conditions(parse(text))]
    for name in names:
        assert any(name == value or name in value.split(u',') for value in held)
