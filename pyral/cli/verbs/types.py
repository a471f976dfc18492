"""`pyral types`: the types of items that a workspace has, standard and custom."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.cli.failures import UsageError
from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output
from pyral.errors import nearest

__all__ = ['add', 'matching', 'run']

_COLUMNS = columns('Type', 'DisplayName', 'Prefix', 'Parent', 'Creatable:boolean')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('types', run, "List the types of the workspace.", examples=[
        ("types with 'test' in their names", "pyral types test")])
    parser.add_argument('text', metavar='TEXT', nargs='?', help="only names that contain it")
    parser.add_argument('--all', action='store_true', help="those as well that cannot be listed")
    add_output(parser)


def matching(text, definitions, names_of):
    """Return the definitions whose names contain a text, letter case aside; None is in all.

    :param names_of: returns the names of one.
    :raises UsageError: no name contains it.
    """
    found = [each for each in definitions if text is None or any(
        text.lower() in (name or u'').lower() for name in names_of(each))]
    if definitions and not found:
        raise UsageError(fill(u"no name contains '{0}'", text), suggestions=nearest(
            text, [names_of(each)[0] for each in definitions]))
    return found


def run(session):
    """Write the types."""
    options = session.options
    session.format()
    found = sorted(
        (each for each in session.rally.contextHelper.catalogue(to_show=True)
         if options.all or each.Queryable and not each.Abstract),
        key=lambda each: each.TypePath.lower())
    session.write_rows(PlainRows(_COLUMNS, [
        [each.TypePath, each.DisplayName, each.IDPrefix or None, each.Parent, each.Creatable]
        for each in matching(options.text, found, lambda each: (each.TypePath, each.DisplayName))]))
