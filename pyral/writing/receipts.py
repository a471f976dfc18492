"""The entity of a create or an update: the answer to the write, which mostly is the whole item.

Where the answer lacks an attribute that a full object shows, the item is read again. If only that
reading fails, the entity is made from what the answer has, because raising then would make callers
write twice.
"""
from __future__ import absolute_import, division, print_function

import logging
import re

from pyral import refs
from pyral._compat import fill, raise_from
from pyral.errors import RallyResponseError, RallyRESTAPIError
from pyral.reading.queries import fetch_of

__all__ = ['entity', 'is_whole', 'oid_in', 'read_again', 'shown']

LOG = logging.getLogger('pyral')

#: What stands behind a name in a fetch: a path, or a summary.
_BEHIND_NAME = re.compile(r'[:.].*')
_BRACKETS = re.compile(r'\[[^\[\]]*\]')


def shown(type_def, fetch):
    """Return the URL parameter that asks for some attributes in the answer to a write: a list.

    :param fetch: as for reading; None, True and False ask for all, which needs no parameter.
    """
    text, _ = fetch_of(fetch, type_def)
    return [] if text in ('true', 'false') else [('fetch', text)]


def oid_in(item):
    """Return the ObjectID in the answer to a create, None where it names nothing."""
    ref = refs.parse(item)
    return ref.oid if ref is not None else refs.oid_of((item or {}).get('ObjectID'))


def entity(connection, type_def, receipt, context, params, asked, oid=None):
    """Return the entity of what was written; no request where the answer has all of it.

    :param params: the scope of the write.
    :param asked: what `shown` returned.
    :param oid: the ObjectID where the caller named the item.
    :raises RallyRESTAPIError: the answer has nothing of the item, and it cannot be read; see
        `read_again`.
    """
    written = receipt.item or {}
    if not is_whole(written, type_def, asked):
        written = _read_again(connection, type_def, written, params + asked,
                              oid if oid is not None else oid_in(written))
    item = dict(written)
    item.setdefault('_type', type_def.TypePath)
    return connection.entity(item, context)


def is_whole(item, type_def, asked):
    """Return whether an item has all that was asked for."""
    if refs.parse(item) is None:
        return False
    if not asked:
        return type_def.is_whole(item)
    names = [_BEHIND_NAME.sub('', name).strip().lower()
             for name in _without_brackets(asked[0][1]).split(',')]
    present = set(name.lower() for name in item)
    return all(name in present for name in names if name)


def _without_brackets(text):
    """Return a fetch without the further names in brackets, which belong to the name before."""
    shorter = _BRACKETS.sub('', text)
    return text if shorter == text else _without_brackets(shorter)


def _read_again(connection, type_def, written, params, oid):
    path = '{0}/{1}'.format(type_def.TypePath, oid)
    if not written:
        return read_again(connection, path, params)
    try:
        return connection.read_item(path, params)
    except (RallyRESTAPIError, RallyResponseError, Warning) as error:
        LOG.warning("%s %s was written, but reading it again failed: %s", type_def.TypePath, oid,
                    error)
        return written


def read_again(connection, path, params=None, method='POST', written=None):
    """Read the item of a write that is done.

    :param method: that of the write.
    :param written: where it went, by default to the item.
    :raises RallyRESTAPIError: it cannot be read. Nobody shall take that for a write that failed:
        the error is one of unknown outcome, and its `find` reads the item.
    """
    try:
        return connection.read_item(path, params)
    except (RallyRESTAPIError, RallyResponseError, Warning) as error:
        raise_from(RallyRESTAPIError(
            fill("{0} was written, but could not be read again: {1}", path,
                 error.args[0] if error.args else error),
            cause=error, method=method, url=connection.transport.address(written or path),
            status_code=getattr(error, 'status_code', None), outcome_unknown=True,
            hint="The write is done, do not write it again: error.find(rally) reads the item."),
            getattr(error, '__cause__', None))
