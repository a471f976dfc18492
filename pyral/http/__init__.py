"""HTTP: one request and its answer; nothing in this package knows an entity."""
from __future__ import absolute_import, division, print_function
