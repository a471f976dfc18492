"""Unknown names in a condition or an order, found before the query is sent."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_text, fill
from pyral.cli.definitions import unknown_attribute
from pyral.cli.failures import UsageError
from pyral.query import nodes
from pyral.query.builder import tree
from pyral.query.remarks import unknown_step
from pyral.rows.columns import nothing_below
from pyral.schema.definitions import AttrDef

__all__ = ['check_names', 'parsed_query']

_DIRECTIONS = ('ASC', 'DESC')


def parsed_query(text):
    """Return the tree of a condition, and the condition as the service wants it; None for none.

    The service refuses `State=Open`, which is what people type in a shell.

    :raises QuerySyntaxError: it cannot be read.
    """
    if text is None or not text.strip():
        return None, None
    node = tree(text)
    return node, nodes.expression(node)


def check_names(node, order, type_def, catalogue):
    """Refuse names that the type does not have.

    :param node: the tree that `parsed_query` returned.
    :param order: as for `Rally.get`, None for none.
    :raises RallyAttributeNameError: naming the first of them.
    :raises UsageError: the order has a direction that is none, which the service would pass over.
    """
    paths = [each.attribute for each in nodes.conditions(node)] if node is not None else []
    paths += _ordered_by(order)
    for path in paths:
        found = unknown_step(path, type_def, catalogue)
        if found is not None and not catalogue.is_current:  # the name may be new
            catalogue.renew()
            found = unknown_step(path, type_def, catalogue)
        if found is not None:
            owner, name = found
            if isinstance(owner, AttrDef):
                raise nothing_below(owner, path, name)
            raise unknown_attribute(path, owner, name)


def _ordered_by(order):
    """Return the names in an order."""
    found = []
    for words in [each.split() for each in ensure_text(order or u'').split(u',')]:
        if len(words) > 2:
            raise UsageError(fill(u"'{0}' is no field with a direction", u" ".join(words)),
                             u"Commas stand between fields, as in --order 'Priority DESC,Rank'.")
        if len(words) > 1 and words[1].upper() not in _DIRECTIONS:
            raise UsageError(fill(u"unknown direction '{0}'", words[1]), u"It is ASC or DESC.")
        found.extend(words[:1])
    return found
