"""Telling listeners what goes over the wire, with every secret masked before they see it.

`enableLogging` and tests listen here. It must never hand out an unmasked URL, header or body.
"""
from __future__ import absolute_import, division, print_function

import logging
from collections import namedtuple

LOG = logging.getLogger('pyral.http.transport')

#: One event on the wire. `event` is request, answer or failure; `number` counts requests of one
#: connection; `url` and `body` are masked text; `answer` and `error` are set where they exist;
#: `purpose` is the word the caller gave (`token`, `lazy`, ...) or None.
Exchange = namedtuple(
    'Exchange', 'event number method url body status elapsed_s answer error purpose')


class WireLog(object):
    """The listeners of one connection.

    :param redactor: masks what is told
    """

    def __init__(self, redactor):
        self._redactor = redactor
        self._listeners = ()

    def add(self, listener):
        """Call `listener` with an `Exchange` for every event from now on."""
        self._listeners = self._listeners + (listener,)

    def remove(self, listener):
        """Call `listener` no more."""
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def asked(self, number, call, method, url, body):
        """A request is about to be sent."""
        if self._listeners:
            self._tell(Exchange('request', number, method, self._redactor.text(url),
                                self._redactor.text(body), None, None, None, None, call.purpose))

    def answered(self, number, call, answer):
        """An answer was read whole."""
        LOG.debug("%s %s: %s in %.3f s", answer.method, answer.url, answer.status,
                  answer.elapsed_s)
        if self._listeners:
            self._tell(Exchange('answer', number, answer.method, answer.url, None, answer.status,
                                answer.elapsed_s, answer, None, call.purpose))

    def failed(self, number, call, error, elapsed_s):
        """No answer came."""
        LOG.debug("%s %s: %s in %.3f s", error.method, error.url, error.kind, elapsed_s)
        if self._listeners:
            self._tell(Exchange('failure', number, error.method, error.url, None, None, elapsed_s,
                                None, error, call.purpose))

    def _tell(self, exchange):
        for listener in self._listeners:
            listener(exchange)


__all__ = ['Exchange', 'WireLog']
