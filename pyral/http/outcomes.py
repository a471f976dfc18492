"""HTTP status codes of writes: was it done, refused, or does the answer leave that open?

    status                                        success    errors     anything else
    200 to 299                                    done       refused    unknown
    303 that leads to this server                 unknown    refused    done
    307, 308 that lead to this server             it is sent there, once
    307, 308 that lead elsewhere                  refused    refused    refused
    other 300 to 399                              unknown    refused    unknown
    400, 401, 404, 405, 407, 409 to 415, 417,
    421 to 426, 428, 429, 431                     unknown    refused    refused
    100 to 199, 502 to 504, 520 to 524, 530       unknown    unknown    unknown
    all others, from 600 on too                   unknown    refused    unknown

`success` is an envelope without errors, `errors` one with errors: there the service speaks for
itself. Statuses of the third group are given before a request is looked at; others may come from a
filter that looks at the answer, when all is done. Pure: it sends nothing and raises nothing.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import Mapping
from pyral.http.retry_policy import UNAVAILABLE, condition_of_status
from pyral.service_texts import texts

__all__ = ['DONE', 'REFUSED', 'SEE_OTHER', 'UNKNOWN', 'envelope_in', 'outcome_of']

DONE, REFUSED, UNKNOWN = 'done', 'refused', 'unknown'

#: What was asked for is done, and what came of it stands elsewhere.
SEE_OTHER = 303
_WRAPPERS = ('OperationResult', 'CreateResult', 'UpdateResult', 'DeleteResult', 'BatchResult')
_BEFORE_THE_DEED = frozenset(
    [400, 401, 404, 405, 407, 417, 428, 429, 431] + list(range(409, 416)) + list(range(421, 427)))


def outcome_of(answer):
    """Return what an answer says of a write: one of `DONE`, `REFUSED` and `UNKNOWN`.

    :param answer: an `Answer`, whose redirects were followed as far as they may be.
    """
    if answer.status < 200 or condition_of_status(answer.status) == UNAVAILABLE:
        return UNKNOWN
    body = envelope_in(answer)
    if body is not None and texts(body.get('Errors')):
        return REFUSED
    if body is not None:
        return DONE if answer.ok else UNKNOWN
    if answer.ok:
        return UNKNOWN
    if answer.status == SEE_OTHER and answer.location:
        return DONE
    return REFUSED if answer.status in _BEFORE_THE_DEED else UNKNOWN


def envelope_in(answer):
    """Return the body of an envelope, None where the answer has none."""
    payload = answer.json() if answer.is_json else {}
    if payload.get('_ref') and '_CreatedAt' in payload:
        return payload  # a new object by itself
    if len(payload) != 1:
        return None
    (name, body), = payload.items()
    is_envelope = isinstance(body, Mapping) and ('Errors' in body or name in _WRAPPERS)
    return body if is_envelope else None
