"""The store: every object of the emulated service, in one database.

`Store.reading()` and `Store.writing()` give a `Tx`. Only this package and the query compiler know
SQLAlchemy. Must never know a rule of the service.
"""
from __future__ import annotations
