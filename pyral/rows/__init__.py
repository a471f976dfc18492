"""Rows: items as flat dicts of plain values, and what writes them to files and data frames."""
from __future__ import absolute_import, division, print_function

from pyral.rows.columns import Column
from pyral.rows.table import Rows

__all__ = ['Column', 'Rows']
