"""Hydration under its historic path: the same objects as in `pyral.entity.hydrator`."""
from __future__ import absolute_import, division, print_function

from pyral.entity.hydrator import EntityHydrator

__all__ = ['EntityHydrator']
