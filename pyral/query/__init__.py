"""The query language: conditions to the service's grammar and back, and a lint of their names."""
from __future__ import absolute_import, division, print_function
