"""Send a write and read its receipt: what the service did, refused, or left unknown."""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import dump_json, ensure_native, fill, quote, raise_from
from pyral.advice import note_written
from pyral.errors import RallyResponseError, RallyRESTAPIError, error_for
from pyral.http import envelope
from pyral.http.answer import Answer
from pyral.http.outcomes import SEE_OTHER, envelope_in
from pyral.http.questions import item_difference, question_of
from pyral.reading.response import RallyRESTResponse
from pyral.service_texts import UNKNOWN_OUTCOME
from pyral.writing import payload
from pyral.writing.dry_run import NotSent, planned_write

__all__ = ['must_be_reference', 'path_of', 'respond', 'send']


def path_of(type_def, oid=None, collection=None):
    """Return the path of a type, item or collection as write requests spell it."""
    parts = [ensure_native(type_def.TypePath).lower()]
    if oid is not None:
        parts.append(quote(ensure_native(str(oid))))
    if collection is not None:
        parts.append(ensure_native(collection))
    return '/'.join(parts)


def send(connection, method, path, body=None, params=None, refusal=None, accepts=None):
    """Send a write and return its `Receipt`; see `_answered`."""
    return _answered(connection, method, path, body, params, refusal, accepts)[1]


def respond(connection, method, path, body=None, params=None, refusal=None, context=None):
    """Send a write and return a `RallyRESTResponse`, for the calls that promise one."""
    answer, receipt = _answered(connection, method, path, body, params, refusal)
    if answer.status == SEE_OTHER:
        answer = Answer(200, answer.headers, dump_json({receipt.kind: {
            'Errors': receipt.errors, 'Warnings': receipt.warnings}}), answer.url, method)
    return RallyRESTResponse(connection.transport.session, context, answer.url, answer)


def _answered(connection, method, path, body=None, params=None, refusal=None, accepts=None):
    """Send a write and return the answer and its `Receipt`.

    :param refusal: makes the stated message of the errors and warnings of the answer.
    :param accepts: says of a receipt with errors that it is more than a refusal.
    :raises RallyRESTAPIError: the service did not do it.
    :raises NotSent: this is a dry run.
    """
    if connection.planned is not None:
        connection.planned.append(planned_write(connection.transport, method, path, params, body))
        raise NotSent()
    options = {} if method == 'DELETE' else {'body': body}
    answer = connection.transport.request(method, path, params, **options)
    try:
        receipt = _receipt(answer, path, method)
    except RallyResponseError as error:
        # It came as an answer to the write, yet does not say whether that was done.
        raise_from(error.with_unknown_outcome(
            method=method, url=answer.url, status_code=answer.status, payload=body,
            hint=UNKNOWN_OUTCOME), error.__cause__)
    is_done = answer.ok or answer.status == SEE_OTHER
    if is_done and receipt is not None and (
            not receipt.errors or accepts is not None and accepts(receipt)):
        note_written()
        return answer, receipt
    if body is not None and receipt is not None:
        connection.renew_schema()
    errors = answer.errors or ["the answer has no result"]
    warnings = receipt.warnings if receipt is not None else []
    message = refusal(errors, warnings) if refusal is not None else None
    error = error_for(answer.status, errors, message, warnings=warnings, method=method,
                      url=answer.url)
    if error.field is None:
        error.field = payload.attribute_with(body, errors[0])
    raise error


def _receipt(answer, path, method):
    if answer.status == SEE_OTHER and envelope_in(answer) is None:
        item = {'_ref': answer.location}
        is_it = refs.parse(item) is not None and item_difference(
            question_of(method, answer.url), item) is None
        return envelope.Receipt('OperationResult', item if is_it else None, [], [], [], None)
    if not answer.ok and not answer.is_json:
        return None
    found = envelope.read(answer, path)
    # A server may answer a write with the bare item, and refuse one in the form of a query.
    if isinstance(found, envelope.Receipt):
        return found
    if isinstance(found, envelope.Item):
        return envelope.Receipt('OperationResult', found.item, [], found.errors,
                                found.warnings, None)
    return envelope.Receipt('QueryResult', None, found.items, found.errors, found.warnings,
                            None)


def must_be_reference(value, role):
    """Return the reference text in `value`.

    :param role: what the value is for, named in the error.
    :raises RallyRESTAPIError: there is no reference in it.
    """
    ref = refs.reference_text(value)
    if ref is None:
        raise RallyRESTAPIError(
            fill("{0} must be an entity or a reference, not {1}", role, repr(value)),
            hint="Give an entity, its ref such as 'defect/12', or its _ref.")
    return ref
