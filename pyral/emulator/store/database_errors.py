"""Database errors: the one name the rest of the emulator knows it by."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError as DatabaseError

__all__ = ['DatabaseError']
