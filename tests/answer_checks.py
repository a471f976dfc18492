"""Checks of an answer of the emulator, whatever the request: it is sound, and changed no data.

Shared by the tests of bad input and the fuzzer. `complaint` says what is wrong with an answer;
`fingerprint` says whether data changed.
"""

from __future__ import annotations

import hashlib
import json
import logging

from sqlalchemy import select

from pyral.emulator.store.tables import blobs, links, objects

#: What only a mistake of ours would send.
TRACES = ('Traceback', 'unexpected error', 'sqlalchemy', 'sqlite3', 'File "')
#: Refusals that are a page and no envelope (WSAPI reference, section 16).
PAGES = (400, 401, 404, 405, 408, 411, 413, 414, 431, 501, 505)
ENVELOPE = {'Errors', 'Warnings'}


def fingerprint(store):
    """Return a digest of all objects that are not the system's, their links and contents."""
    digest = hashlib.sha256()
    with store.reading() as tx:
        for statement in (
            select(objects).where(objects.c.oid > 0).order_by(objects.c.oid),
            select(links)
            .where(links.c.source > 0)
            .order_by(links.c.source, links.c.attr, links.c.target),
            select(blobs).order_by(blobs.c.oid),
        ):
            for row in tx.rows(statement):
                digest.update(repr(tuple(row)).encode('utf-8', 'surrogatepass'))
    return digest.hexdigest()


def complaint(status, content_type, body, method=''):
    """Return what is wrong with an answer, or None.

    :param body: its bytes, not compressed.
    :param method: of the request; an answer to HEAD has no body.
    """
    text = body.decode('utf-8', 'replace')
    if status >= 500 and status not in PAGES:
        return "status {}".format(status)
    found = [trace for trace in TRACES if trace in text]
    if found:
        return "the answer shows {!r}".format(found[0])
    if status == 200 and content_type.startswith('application/json') and method != 'HEAD':
        return _broken_envelope(text)
    if status != 200 and status not in PAGES and status not in (204, 302):
        return "status {} is none the service answers".format(status)
    return None


def _broken_envelope(text):
    """Return what is wrong with an envelope, or None."""
    try:
        document = json.loads(text, parse_constant=_not_json)
    except ValueError as error:
        return "no JSON: {}".format(error)
    if len(document) != 1:
        return "{} keys instead of one".format(len(document))
    inner = next(iter(document.values()))
    for key in ENVELOPE:
        texts = inner.get(key)
        if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
            return "{} is {!r}".format(key, texts)
    return None


def _not_json(name):
    raise ValueError("{} is not JSON".format(name))


def refused(status, body):
    """Say whether an answer states that nothing was done, in any part of a batch either."""
    if status != 200:
        return True
    try:
        document = json.loads(body.decode('utf-8'))
    except ValueError:
        return False
    key, inner = next(iter(document.items()))
    if key == 'BatchResult' and not inner['Errors']:
        return bool(inner['Results']) and all(one['Errors'] for one in inner['Results'])
    return bool(inner['Errors'])


class Alarm(logging.Handler):
    """Collects what the emulator logs as an error: each is a mistake of ours."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.heard = []

    def emit(self, record):
        """Keep the text with its traceback."""
        self.heard.append(logging.Formatter().format(record))

    def __enter__(self):
        logging.getLogger('pyral.emulator').addHandler(self)
        return self

    def __exit__(self, kind, error, trace):
        logging.getLogger('pyral.emulator').removeHandler(self)
