"""Batches under their historic path: the same objects as in `pyral.writing.batch`."""
from __future__ import absolute_import, division, print_function

from pyral.writing.batch import (
    BatchResult,
    MultipleOperationError,
    Outcome,
    create_many,
    createMultiple,
    update_many,
    updateMultiple,
)

__all__ = [
    'BatchResult',
    'MultipleOperationError',
    'Outcome',
    'createMultiple',
    'create_many',
    'updateMultiple',
    'update_many',
]
