"""Reading lists: queries, pagination, and the response that iterates over pages."""
from __future__ import absolute_import, division, print_function
