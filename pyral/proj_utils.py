"""The project-tree functions under the name scripts import them by."""
from __future__ import absolute_import, division, print_function

from pyral.context.project_trees import flatten, projectAncestors, projectDescendants, projeny

__all__ = ['flatten', 'projectAncestors', 'projectDescendants', 'projeny']
