"""Lazy loading: what is read when a missing attribute is touched, in batches (no N+1 queries)."""
from __future__ import absolute_import, division, print_function
