"""Unknown names in a condition or an order, found before the query is sent."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.errors import RallyAttributeNameError
from pyral.query import nodes
from pyral.query.builder import tree
from pyral.query.lint import unknown_step

__all__ = ['check_names', 'parsed_query']


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
    """
    paths = [each.attribute for each in nodes.conditions(node)] if node is not None else []
    paths += [each.split()[0] for each in (order or u'').split(u',') if each.strip()]
    for path in paths:
        found = unknown_step(path, type_def, catalogue)
        if found is not None and not catalogue.is_current:  # the name may be new
            catalogue.renew()
            found = unknown_step(path, type_def, catalogue)
        if found is not None:
            owner, name = found
            raise RallyAttributeNameError(
                path, suggestions=owner.suggestions(name),
                hint=fill(u"'pyral fields {0}' lists them.", owner.TypePath))
