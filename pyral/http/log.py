"""Logging of requests: events for listeners, and the file that `enableLogging` writes.

Listeners and log files get masked text only: no unmasked URL, header or body leaves this module.
The log writes through a `logging` handler of its own and closes only what it opened: a stream a
caller gave stays open.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
from collections import namedtuple

from pyral._compat import (
    ensure_native,
    ensure_text,
    fill,
    fspath,
    path_text,
    raise_from,
    string_types,
    text_of,
    unquote,
)
from pyral.config import timestamp
from pyral.errors import ConfigError
from pyral.refs import oid_of

__all__ = ['InteractionLog', 'WireEvent', 'WireLog']

LOG = logging.getLogger('pyral.transport')

#: One event on the wire. `kind` is request, answer or failure; `number` counts requests of one
#: connection; `url` and `body` are masked text; `answer` and `error` are set where they exist;
#: `purpose` is the word the caller gave (`token`, `lazy`, ...) or None.
WireEvent = namedtuple(
    'WireEvent', 'kind number method url body status elapsed_s answer error purpose')

_INDENT = ' ' * 27
_SHOWN_CHARACTERS = 56
_LONGEST_BODY, _SHOWN_OF_LONG_BODY = 200000, 1000
_BEGIN_OF_FILE = b'{"AttachmentContent"'
_NOT_WRITABLE = 'Logging dest arg cannot be written to, proceeding with logging disabled.'


class WireLog(object):
    """The listeners of one connection.

    :param redactor: masks what is told
    """

    def __init__(self, redactor):
        self._redactor = redactor
        self._listeners = ()

    def add(self, listener):
        """Call `listener` with a `WireEvent` for every event from now on."""
        self._listeners = self._listeners + (listener,)

    def remove(self, listener):
        """Call `listener` no more."""
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def asked(self, number, request, url):
        """A request is about to be sent, to a URL that is shown."""
        if self._listeners:
            self._tell(WireEvent(
                'request', number, request.method, url, self._body(request.body), None, None, None,
                None, request.options.purpose))

    def _body(self, body):
        """Return a body masked, but not what makes a log unreadable: the content of a file."""
        if not body:
            return body
        is_file = body[:len(_BEGIN_OF_FILE)] in (_BEGIN_OF_FILE, ensure_text(_BEGIN_OF_FILE))
        if len(body) <= (_SHOWN_OF_LONG_BODY if is_file else _LONGEST_BODY):
            return self._redactor.text(body)
        return fill(u'{0}... ({1} characters)', self._redactor.text(body, _SHOWN_OF_LONG_BODY),
                    len(body))

    def answered(self, number, request, answer):
        """An answer was read whole."""
        LOG.debug("%s %s: %s in %.3f s", answer.method, answer.url, answer.status,
                  answer.elapsed_s)
        if self._listeners:
            self._tell(WireEvent('answer', number, answer.method, answer.url, None, answer.status,
                                answer.elapsed_s, answer, None, request.options.purpose))

    def failed(self, number, request, error, elapsed_s):
        """No answer came."""
        LOG.debug("%s %s: %s in %.3f s", error.method, error.url, error.kind, elapsed_s)
        if self._listeners:
            self._tell(WireEvent('failure', number, error.method, error.url, None, None, elapsed_s,
                                None, error, request.options.purpose))

    def _tell(self, event):
        for listener in self._listeners:
            listener(event)


class _Lines(logging.Formatter):
    """`<timestamp> <text>`, with milliseconds and without a zone."""

    def format(self, record):
        return fill(u'{0} {1}', timestamp(), record.getMessage())


class InteractionLog(object):
    """What goes over the wire of one connection, written to one destination.

    :param transport: the transport to listen to.
    :param dest: a file name or path, or an object with `write`.
    :param user: the name shown in the first line.
    :param attrget: also write what attribute access reads.
    :param append: keep what the file holds.
    :raises ConfigError: the destination cannot be written to.
    """

    def __init__(self, transport, dest, user, attrget=False, append=False):
        self._transport = transport
        self._attrget = attrget
        self._handler = _handler(dest, append)
        self._handler.setFormatter(_Lines())
        self._logger = logging.Logger('pyral.interaction', logging.INFO)
        self._logger.addHandler(self._handler)
        self._write(fill(
            u'Following entries record Rally REST API interaction via {0} for user: {1}',
            transport.service_url, user))
        transport.wire_log.add(self._hear)

    def close(self):
        """Write no more; close the file if it was opened here."""
        self._transport.wire_log.remove(self._hear)
        self._handler.flush()
        self._handler.close()

    def _write(self, text):
        # What names and answers hold came from elsewhere.
        self._logger.info('%s', self._transport.redactor.text(text))

    def _hear(self, event):
        if event.purpose == 'lazy' and not self._attrget:
            return
        if event.kind == 'request':
            self._write(self._request_line(event))
        elif event.kind == 'failure':
            self._write(fill(u'404 {0}', _first_line(event.error)))
        else:
            self._write(_answer_line(event, self._resource(event.url)))

    def _resource(self, url):
        prefix = ensure_text(self._transport.service_url) + u'/'
        text = ensure_text(url)
        plain = unquote(text[len(prefix):] if text.startswith(prefix) else text)
        return u' '.join(plain.splitlines())  # nobody else writes lines of the log

    def _request_line(self, event):
        line = fill(u'{0} {1}', event.method, self._resource(event.url))
        if event.body:
            line += fill(u'\n{0} {1}', _INDENT, event.body)
        return line


def _answer_line(event, resource):
    answer = event.answer
    payload = answer.json() if answer.is_json else {}
    errors = [] if not answer.is_json else answer.errors
    body = payload.get('QueryResult') or {}
    if not answer.is_json:
        return fill(u'{0} {1} ...', answer.status,
                    answer.shown(answer.content, _SHOWN_CHARACTERS))
    if errors:
        return fill(u'{0} {1}', 422 if answer.ok else answer.status, errors[0])
    if 'TotalResultCount' in body:
        return fill(u'{0} {1} TotalResultCount {2}', answer.status, resource,
                    body['TotalResultCount'])
    created = (payload.get('CreateResult') or {}).get('Object')
    entity = resource.split(u'?')[0]
    if created:
        return fill(u'{0} created {1} OID: {2}', answer.status, created.get('_type') or entity,
                    created.get('ObjectID') or oid_of(created))
    if event.method == 'DELETE':
        return fill(u'{0} {1} deleted', answer.status, entity)
    return fill(u'{0} {1}', answer.status, resource)


def _first_line(error):
    return (text_of(error).splitlines() or [u''])[0]


def _handler(dest, append):
    if hasattr(dest, 'write'):
        return _StreamHandler(dest)
    dest = fspath(dest)
    if isinstance(dest, bytes) and not isinstance(dest, str):
        dest = os.fsdecode(dest)
    if not isinstance(dest, string_types):
        raise ConfigError(_NOT_WRITABLE, field='dest',
                          hint="Give a file name or an object with write().")
    try:
        return logging.FileHandler(dest, 'a' if append else 'w', encoding='utf-8')
    except (IOError, OSError) as error:
        raise_from(ConfigError(
            _NOT_WRITABLE, field='dest', cause=error, hint=fill(
                "{0}: {1}", path_text(os.path.abspath(dest)), error.strerror or error)), error)


class _StreamHandler(logging.StreamHandler):
    """Writes text to a stream of the caller's, encoded where the stream of 2.7 wants bytes."""

    def emit(self, record):
        line = self.format(record) + u'\n'
        try:
            self.stream.write(line)
        except (TypeError, UnicodeEncodeError):
            try:
                self.stream.write(ensure_native(line))
            except TypeError:
                self.stream.write(line.encode('utf-8'))
        flush = getattr(self.stream, 'flush', None)
        if flush is not None:
            flush()
