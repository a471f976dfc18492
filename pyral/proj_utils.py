"""The project hierarchy from a flat list: ancestors, descendants; plain functions, no requests.

Projects are compared by reference, because names repeat. A parent that is not in the list ends
the search.
"""
from __future__ import absolute_import, division, print_function

from pyral.refs import parse

__all__ = ['flatten', 'projectAncestors', 'projectDescendants', 'projeny']


def projectAncestors(target_project, project_pool, ancestors=None):
    """Return the projects above one, nearest first.

        projects = list(rally.getProjects())
        print([each.Name for each in projectAncestors(projects[0], projects)])

    :param project_pool: the projects to look among.
    """
    by_ref = dict((parse(project), project) for project in project_pool)
    found = list(ancestors or [])
    known = set([parse(target_project)])
    parent = _parent_of(target_project, by_ref)
    while parent is not None and parse(parent) not in known:
        known.add(parse(parent))
        found.append(parent)
        parent = _parent_of(parent, by_ref)
    return found


def projectDescendants(target_project, project_pool):
    """Return the projects below one, each before those below it.

        projects = list(rally.getProjects())
        print([each.Name for each in projectDescendants(projects[0], projects)])

    No request.
    """
    return flatten(projeny(target_project, project_pool))


def projeny(target_project, project_pool):
    """Return the projects below one as nested lists: `[child, [grandchild, ...], child, ...]`.

        projects = list(rally.getProjects())
        print(projeny(projects[0], projects))

    No request.
    """
    children = {}
    for project in project_pool:
        parent = _parent_of(project, {})
        if parent is not None:
            children.setdefault(parse(parent), []).append(project)
    return _below(target_project, children, frozenset())


def flatten(nested):
    """Return the members of nested lists and tuples as one list, in order.

        >>> flatten(['a', ['b', ['c']], 'd'])
        ['a', 'b', 'c', 'd']
    """
    found, waiting = [], [iter(nested)]
    while waiting:
        for each in waiting[-1]:
            if isinstance(each, (list, tuple)):
                waiting.append(iter(each))
                break
            found.append(each)
        else:
            waiting.pop()
    return found


def _below(project, children, above):
    ref = parse(project)
    if ref in above:
        return []
    found = []
    for child in children.get(ref, ()):
        found.append(child)
        below = _below(child, children, above | set([ref]))
        if below:
            found.append(below)
    return found


def _parent_of(project, by_ref):
    parent = getattr(project, 'Parent', None)
    ref = parse(parent) if parent is not None else None
    if ref is None:
        return None
    return by_ref.get(ref, None if by_ref else parent)
