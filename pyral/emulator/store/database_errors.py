"""Database errors: the one name the rest of the emulator knows them by, and their text in a line.

What goes wrong with a database is mostly outside of it: a full disk, a missing driver, a wrong URL.
It is told in one line, without the password of the URL and without SQL.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import Iterator
from urllib.parse import unquote

from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    TimeoutError,
)
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

__all__ = ['DatabaseError', 'DatabaseUnavailable', 'opening', 'shown_url', 'told', 'trouble']

#: What SQLite says when its file or its disk is the trouble; its other texts are about statements.
_OF_THE_FILE = (
    'disk is full',
    'disk i/o error',
    'readonly database',
    'unable to open',
    'is locked',
    'malformed',
    'is not a database',
    'no such table',
)
_LOGIN = re.compile(r'://.*@', re.DOTALL)
_SECRET = re.compile(r'(?i)([?&;](?:[a-z_]*pass[a-z_]*|[a-z_]*secret|[a-z_]*token|key)=)[^&;\s]*')
_PASSWORD = re.compile(r'://[^:@]*:(.*)@', re.DOTALL)
#: Shorter passwords stand in words that are none.
_SHORTEST = 3
_FILE = 'sqlite:///'


class DatabaseUnavailable(DatabaseError):
    """The database cannot be opened or used; the text says why in one line."""


def shown_url(url: str) -> str:
    """Return the URL of a database without its password, or the path of its file."""
    if url.startswith(_FILE):
        return url[len(_FILE) :]
    return _SECRET.sub(r'\1***', _LOGIN.sub(_without_password, url))


def _without_password(login: re.Match[str]) -> str:
    user, colon, _ = login.group()[3:-1].partition(':')
    return f'://{user}{":***" if colon else ""}@'


def trouble(error: BaseException) -> str:
    """Return what is wrong with the database in one line; empty when it is not the database."""
    known = isinstance(error, (OperationalError, InterfaceError, TimeoutError, sqlite3.Error))
    if not known:
        return ''
    reason = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text = ' '.join(str(reason).split())
    if isinstance(reason, sqlite3.Error) and not any(one in text.lower() for one in _OF_THE_FILE):
        return ''
    return text


@contextmanager
def opening(url: str) -> Iterator[None]:
    """Let what goes wrong with opening a database be said in one line.

    :param url: its URL; its password is in no text.
    :raises DatabaseUnavailable: in place of what SQLAlchemy and the driver raise.
    """
    try:
        with told(url):
            yield
    except ImportError as error:
        driver = error.name or str(error)
        raise _unavailable(url, f"the driver {driver} is not installed") from None
    except NoSuchModuleError:
        raise _unavailable(url, "there is no driver of this name") from None
    except (ArgumentError, ValueError):
        raise _unavailable(url, "this is neither a file nor the URL of a database") from None


@contextmanager
def told(url: str) -> Iterator[None]:
    """Let what goes wrong with a database be said in one line.

    :param url: its URL; its password is in no text.
    :raises DatabaseUnavailable: in place of what the database raises.
    """
    try:
        yield
    except (ArgumentError, DatabaseUnavailable):
        raise
    except (DatabaseError, sqlite3.Error) as error:
        reason = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
        raise _unavailable(url, str(reason)) from None


def _unavailable(url: str, reason: str) -> DatabaseUnavailable:
    text = ' '.join(reason.split()) or "it says nothing about why"
    password = _PASSWORD.search(url)
    if password is not None and len(password.group(1)) >= _SHORTEST:
        for form in (password.group(1), unquote(password.group(1))):
            text = text.replace(form, '***')
    return DatabaseUnavailable(f"cannot open the database {shown_url(url)}: {text}")
