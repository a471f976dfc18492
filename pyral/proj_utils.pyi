from pyral.context.project_trees import flatten as flatten
from pyral.context.project_trees import projectAncestors as projectAncestors
from pyral.context.project_trees import projectDescendants as projectDescendants
from pyral.context.project_trees import projeny as projeny

__all__ = [
    'flatten', 'projectAncestors', 'projectDescendants', 'projeny',
]
