"""`pyral projects`: the project tree of the workspace."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_text, fill
from pyral.cli.failures import near_miss
from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output

__all__ = ['add', 'run']

_READ = 'ObjectID,Name,State,Owner,Parent.ObjectID'
_COLUMNS = columns('Name', 'Path', 'Parent', 'State', 'Owner', 'ObjectID:integer')
_TREE = columns('Project', 'State', 'Owner', 'ObjectID:integer')
_SEPARATOR = u' // '


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('projects', run, "Show the tree of projects.", examples=[
        ("the projects below one", "pyral projects Shop"),
        ("every project, the closed ones too, for a program", "pyral projects --closed -o json")])
    parser.add_argument('name', metavar='NAME', nargs='?', help="only this project and those below")
    parser.add_argument('--closed', action='store_true', help="the closed projects as well")
    add_output(parser)


def run(session):
    """Write the projects, each before those below it."""
    options = session.options
    is_tree = session.format() == 'table'
    closed = u'((State = Open) OR (State = Closed))' if options.closed else None
    found = list(session.rally.rows(
        'Project', _READ, closed, 'Name,ObjectID', project=None,
        on_progress=session.on_progress).cells())
    if not options.closed:
        found = [each for each in found if each[2] != u'Closed']
    ordered = _in_order(found)
    if options.name is not None:
        ordered = _below(ordered, ensure_text(options.name, errors='replace'))
    top = ordered[0][1].count(_SEPARATOR) if ordered else 0
    rows = []
    for project, path in ordered:
        oid, name, state, owner = project[:4]
        depth = path.count(_SEPARATOR) - top
        above = path.rpartition(_SEPARATOR)[0].rpartition(_SEPARATOR)[2] or None
        rows.append([u'  ' * depth + name, state, owner, oid] if is_tree else
                    [name, path, above, state, owner, oid])
    session.write_rows(PlainRows(_TREE if is_tree else _COLUMNS, rows))


def _in_order(projects):
    """Return (project, path) of each, those below a project after it."""
    known = set(each[0] for each in projects)
    below, found = {}, []
    for each in projects:
        # Who may not see a project may see one below it.
        below.setdefault(each[4] if each[4] in known else None, []).append(each)
    waiting = [(each, each[1]) for each in reversed(below.get(None, []))]
    while waiting:
        project, path = waiting.pop()
        found.append((project, path))
        waiting.extend((each, path + _SEPARATOR + each[1])
                       for each in reversed(below.get(project[0], [])))
    return found


def _below(ordered, name):
    """Return the projects of a name or path, and those below them."""
    tops = [path for project, path in ordered
            if name in (project[1], path, fill(u'{0}', project[0]))]
    if not tops:
        raise near_miss('project', name, [project[1] for project, _ in ordered])
    return [(project, path) for project, path in ordered
            if any(path == top or path.startswith(top + _SEPARATOR) for top in tops)]
