"""The private attributes of an entity are touched in `entity/` and `lazy/` only.

The others call functions such as `raw_item` and `context_of`. What an object keeps under such a
name for itself (`self._context`) is no touch.
"""

import ast

import pytest

from tests.meta.test_layers import modules

PRIVATE = {'_item', '_context', '_page_mates', '_hydrated'}
ALLOWED = ('entity.', 'lazy.')


def touches(source):
    """Return the (line, name) of each private attribute that a source touches on another object.

    Names in text count as well, because `getattr`, `setattr` and `vars` take them.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in PRIVATE:
            if not (isinstance(node.value, ast.Name) and node.value.id == 'self'):
                found.append((node.lineno, node.attr))
        elif isinstance(node, ast.Constant) and node.value in PRIVATE:
            found.append((node.lineno, node.value))
    return found


@pytest.mark.parametrize('dotted', sorted(modules()))
def test_only_entity_and_lazy_touch_private_attributes_of_an_entity(dotted):
    if dotted.startswith(ALLOWED):
        return
    with open(modules()[dotted], encoding='utf-8') as source:
        assert touches(source.read()) == []


def test_entity_and_lazy_do_touch_them():
    with open(modules()['entity.base'], encoding='utf-8') as source:
        assert {name for _, name in touches(source.read())} == PRIVATE


@pytest.mark.parametrize(
    'source',
    [
        'entity._item',
        'found[0]._item["Name"]',
        'entity._context = None',
        'entity.Owner._page_mates.lock',
        'del entity._hydrated',
        'getattr(entity, "_item", None)',
        'hasattr(value, "_item")',
        'setattr(entity, "_context", context)',
        'vars(entity)["_hydrated"]',
    ],
)
def test_a_touch_is_seen(source):
    assert len(touches(source)) == 1


@pytest.mark.parametrize('source', ['self._context', 'raw_item(entity)', '_item(name)', 'x.item'])
def test_what_is_no_touch_passes(source):
    assert touches(source) == []
