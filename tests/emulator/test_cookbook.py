"""The recipes of the cookbook: each runs as it stands, and takes the requests that it names."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import textwrap
import warnings

import pytest

from pyral.advice import RallyWarning
from tests.demo_of_today import DemoOfToday

PAGE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
    'doc',
    'source',
    'cookbook.rst',
)
CODE = r'\.\. code-block:: python\n\n(?P<code>(?:(?:   .*)?\n)+)'
RECIPE = re.compile(
    r'^(?P<title>\S.*)\n\^{3,}\n(?:(?!-{3,}|\^{3,}).*\n)*?'
    + CODE
    + r'(?P<most>At most )?(?P<count>\d+) requests?\. It prints::\n\n(?P<prints>(?:(?:   .*)?\n)+)',
    re.M,
)
LEAST = 35


def page():
    """Return the text of the page."""
    with open(PAGE, encoding='utf-8') as source:
        return source.read() + '\n'


def recipes():
    """Return the recipes of the page."""
    return list(RECIPE.finditer(page()))


CONNECTING = re.search(CODE, page()).group('code')


@pytest.fixture(scope='module')
def demo():
    """A demo Rally."""
    with DemoOfToday() as one:
        yield one


def test_every_section_with_code_is_a_recipe_and_there_are_enough():
    found = recipes()
    assert len(found) >= LEAST
    assert len(found) == page().count('.. code-block:: python') - 1  # the lines that connect


def test_the_list_at_the_top_names_every_section_in_order():
    listed = re.findall(r'`([^`<>]+)`_', ' '.join(page().split('.. code-block::')[0].split()))
    assert listed == re.findall(r'^(\S.*)\n(?:\^{3,}|-{3,})$', page(), re.M)


@pytest.mark.parametrize('recipe', recipes(), ids=lambda recipe: recipe.group('title'))
def test_a_recipe_runs_and_takes_the_requests_it_names(
    recipe, demo, tmp_path, tmp_path_factory, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv('RALLY_CONFIG', raising=False)
    kept = tmp_path_factory.getbasetemp() / 'cookbook-schema'
    monkeypatch.setenv('PYRAL_SCHEMA_CACHE', str(kept))
    monkeypatch.setattr('sys.argv', ['recipe.py'])

    def run(emulator):
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        run_recipe(recipe)

    demo.use(run)


def run_recipe(recipe):
    """Run a recipe with the settings of the environment; compare what it says of itself."""
    names, printed = {'__name__': 'recipe'}, io.StringIO()
    exec(textwrap.dedent(CONNECTING), names)
    rally = names['rally']
    rally.typedef('Defect')  # the schema is kept from now on
    before = rally.requests_made
    with contextlib.closing(rally), contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter('error', RallyWarning)
        exec(compile(textwrap.dedent(recipe.group('code')), PAGE, 'exec'), names)
    made = rally.requests_made - before
    wanted = textwrap.dedent(recipe.group('prints'))
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(wanted, printed.getvalue(), flags), (
        f'{made} requests, and printed:\n{printed.getvalue()}'
    )
    if recipe.group('most'):
        assert 1 <= made <= int(recipe.group('count'))
    else:
        assert made == int(recipe.group('count'))
