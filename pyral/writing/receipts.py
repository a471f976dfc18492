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

__all__ = ['entity', 'is_whole', 'oid_in', 'shown']

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
    :raises RallyRESTAPIError: the answer has nothing of the item, and it cannot be read.
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
    try:
        return connection.read_item('{0}/{1}'.format(type_def.TypePath, oid), params)
    except (RallyRESTAPIError, RallyResponseError, Warning) as error:
        if not written:
            raise_from(RallyRESTAPIError(
                fill("{0} {1} was written, but could not be read again: {2}", type_def.TypePath,
                     oid, error.args[0] if error.args else error),
                cause=error, method='GET', status_code=getattr(error, 'status_code', None),
                hint="The write is done; read the item, do not write it again."),
                getattr(error, '__cause__', None))
        LOG.warning("%s %s was written, but reading it again failed: %s", type_def.TypePath, oid,
                    error)
        return written
