from pyral.writing.batch import BatchResult as BatchResult
from pyral.writing.batch import MultipleOperationError as MultipleOperationError
from pyral.writing.batch import Outcome as Outcome
from pyral.writing.batch import create_many as create_many
from pyral.writing.batch import createMultiple as createMultiple
from pyral.writing.batch import update_many as update_many
from pyral.writing.batch import updateMultiple as updateMultiple

__all__ = [
    'BatchResult',
    'MultipleOperationError',
    'Outcome',
    'createMultiple',
    'create_many',
    'updateMultiple',
    'update_many',
]
