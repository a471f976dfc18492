"""Dry run: the requests that a write would send, collected in place of being sent.

A connection that plans notes every write where it would go out, and ends the call there. What a
call does before that it does as ever: names and ids are looked up, values are checked, so that a
dry run refuses what the real call would refuse without asking the service.
"""
from __future__ import absolute_import, division, print_function

import json
from collections import OrderedDict, namedtuple

from pyral._compat import Mapping, binary_type, ensure_native, ensure_text, fill, text_type
from pyral.http.bodies import encoded

__all__ = ['NotSent', 'WriteRequest', 'content_note', 'planned_write']


class NotSent(Exception):
    """Ends a call of a dry run at a write; one that would write more goes on to the next."""


class WriteRequest(namedtuple('WriteRequest', 'method url body')):
    """A request that a write would send: its method, its address, and its body or None.

        for request in rally.dry_run('update', 'Defect', 'DE1', {'State': 'Fixed'}):
            print(request.method, request.url, request.body)

    The body is what becomes JSON: dicts, lists, texts and numbers. Secrets are masked in it, and
    the security token that goes with writes of a password is not in the address.
    """

    __slots__ = ()

    def to_dict(self):
        """Return method, address and body as a dict, for JSON.

            print([each.to_dict() for each in rally.dry_run('delete', 'Defect', 'DE1')])

        No request.
        """
        return OrderedDict(zip(self._fields, self))

    def __str__(self):
        lines = ['{0} {1}'.format(self.method, self.url)]
        if self.body is not None:
            lines.append(json.dumps(self.body, indent=2, sort_keys=True))
        return ensure_native('\n'.join(lines))


def planned_write(transport, method, path, params, body):
    """Return the `WriteRequest` that a transport would send.

    :raises RallyRESTAPIError: a value has no form in JSON.
    """
    if body is not None:
        encoded(body)
    address = ensure_native(transport.redactor.text(transport.address(path, params)))
    return WriteRequest(method, address, _masked(body, transport.redactor))


def _masked(value, redactor):
    """Return a copy of what becomes JSON with the secrets in its texts masked."""
    if isinstance(value, Mapping):
        return dict((ensure_native(name), _masked(each, redactor)) for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return [_masked(each, redactor) for each in value]
    if isinstance(value, (text_type, binary_type)):
        return redactor.text(ensure_text(value))
    return value


def content_note(size):
    """Return what stands for the content of a file in the body of a planned write."""
    return fill(u'<{0} bytes, as base64>', size)
