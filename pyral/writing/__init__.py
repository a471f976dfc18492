"""Writing: create, update, delete, batches, rank and attachments."""
from __future__ import absolute_import, division, print_function
