"""Batch writing: create, update or delete many items over the batch endpoint, in chunks.

All items are checked before the first is sent; after that one item's failure never stops the
others, and nothing is lost silently: the result is the list of what succeeded, as ever, and it
carries an outcome for every item. Results belong to items by their place; what an answer does not
tell of, because it is short, in another order or of another shape, is unknown and never failed.
Values are natural Python values; collections are lists.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict, namedtuple

from pyral import refs
from pyral._compat import Mapping, ensure_native, ensure_text, fill, raise_from, text_type
from pyral.advice import keeps_result, pass_on, remark
from pyral.entity.base import raw_item
from pyral.errors import (
    MultipleOperationError,
    RallyResponseError,
    RallyRESTAPIError,
    TransportError,
    first_names,
)
from pyral.http.questions import item_difference, name_in, question_of, receipt_difference
from pyral.resolving.data import in_bodies
from pyral.resolving.items import projects_of, rows_of
from pyral.service_texts import texts
from pyral.writing.batch_items import (
    as_items,
    as_list,
    changed_items,
    given_values,
    identities,
    new_items,
    to_delete,
)
from pyral.writing.dry_run import NotSent
from pyral.writing.sending import path_of, send
from pyral.writing.single import checked_type

__all__ = ['BatchResult', 'MultipleOperationError', 'Outcome', 'createMultiple', 'create_many',
           'delete_many', 'entry', 'result_row', 'send_entries', 'updateMultiple', 'update_many']

#: Entries in one request: the service takes a request of five minutes, and a create takes time.
CHUNK = 100
_MOST_SHOWN = 10

#: What is answered without the item.
_WITHOUT_ITEM = frozenset(['delete', 'add', 'remove'])

_UNKNOWN = u"it is not known whether this was written: the answer does not tell"


class Outcome(namedtuple('Outcome', 'place item result errors warnings')):
    """What happened to one item: its place in the input, the input, the result dict or None.

        for place, item, result, errors, warnings in rally.createMultiple('Tag', items).outcomes:
            print(place, result and result['ObjectID'], errors)

    `errors` and `warnings` are lists of text.
    """

    __slots__ = ()
    __module__ = 'pyral.multiop'  # where scripts import it from, and pickles look for it

    @property
    def is_unknown(self):
        """Whether the item may have been written or not.

            for outcome in rally.createMultiple('Tag', [{'Name': 'urgent'}]).outcomes:
                print(outcome.place, outcome.is_unknown)

        No request. Where it is True of one, the call raises, and `outcomes` of the error tells.
        """
        return self.errors[:1] == [_UNKNOWN]


class BatchResult(list):
    """The result dicts of the items that succeeded, in order.

        made = rally.createMultiple('Tag', [{'Name': 'urgent'}, {'Name': 'late'}])
        print([tag['_ref'] for tag in made], made.complete)

    `outcomes` has one entry for every item, `errors` all error texts, and `complete` says
    whether every item succeeded.
    """

    __module__ = 'pyral.multiop'  # where scripts import it from, and pickles look for it

    def __init__(self, outcomes=()):
        self.outcomes = list(outcomes)
        super(BatchResult, self).__init__(
            outcome.result for outcome in self.outcomes if outcome.result is not None)

    @property
    def complete(self):
        """Whether every item succeeded.

            if not rally.createMultiple('Tag', [{'Name': 'urgent'}]).complete:
                print('something is missing')

        No request; what failed stands in `failed`.
        """
        return len(self) == len(self.outcomes)

    @property
    def failed(self):
        """The outcomes of the items that did not succeed.

            for outcome in rally.createMultiple('Tag', [{'Name': 'urgent'}]).failed:
                print(outcome.place, outcome.errors)

        No request; each tells its place, its item and the errors.
        """
        return [outcome for outcome in self.outcomes if outcome.result is None]

    @property
    def errors(self):
        """All error texts, in the order of the items.

            print(rally.createMultiple('Tag', [{'Name': 'urgent'}]).errors)

        No request.
        """
        return [error for outcome in self.outcomes for error in outcome.errors]


@keeps_result
def create_many(connection, type_name, items, fields, scope):
    """Create items of one type.

    :param items: dicts, or data-like instances (entities, dataclass or attrs instances).
    :param fields: names of the attributes that are sent; None sends all that are given.
    :returns: a `BatchResult`.
    :raises MultipleOperationError: before anything is sent, when the network failed, or when an
        answer does not tell of all items; its `outcomes` tell what is known by then.
    :raises KeyboardInterrupt: Ctrl-C; its `outcomes` tell of the items that were sent by then.
    """
    items, progress, connection = as_items(items), connection.progress, connection.silent()
    if not items:
        return BatchResult()
    type_def = connection.type_of(type_name)
    _check_server(connection, type_def, items, fields)
    bodies = new_items(type_def, items, fields)
    in_bodies(connection, type_def, bodies, scope)
    connection.forget_names(type_def.TypePath)
    entries = [entry('PUT', path_of(type_def) + '/create', _body(type_def, values))
               for values in bodies]
    return send_entries(connection, progress, items, entries, scope, 'createMultiple')


@keeps_result
def update_many(connection, type_name, items, fields, scope):
    """Update items of one type.

    :param items: dicts or data-like instances with an ObjectID, a reference or FormattedID each.
    :param fields: names of the attributes that are sent; None sends all that are given, of an
        entity what was set on it since it was read.
    :returns: a `BatchResult`.
    :raises MultipleOperationError: see `create_many`.
    """
    items, progress, connection = as_items(items), connection.progress, connection.silent()
    if not items:
        return BatchResult()
    type_def = connection.type_of(type_name)
    _check_server(connection, type_def, items, fields)
    idents = identities(type_def, items, connection.helper.catalogue())
    bodies = changed_items(type_def, items, fields)
    found = _located(connection, type_def, idents, scope)
    oids = [oid for oid, _ in found]
    in_bodies(connection, type_def, bodies, scope,
              lambda places: _projects(connection, type_def, items, found, places, scope))
    connection.forget_names(type_def.TypePath, set(oids), set().union(*bodies))
    entries = [entry('POST', path_of(type_def, oid), _body(type_def, values))
               for oid, values in zip(oids, bodies)]
    return send_entries(connection, progress, items, entries, scope, 'updateMultiple')


@keeps_result
def delete_many(connection, type_name, items, scope):
    """Delete items.

    :param type_name: their type, or one above the types of them.
    :param items: whatever `single.delete` takes, and what `update_many` takes.
    :returns: a `BatchResult`, whose rows tell of the items what was known before.
    :raises MultipleOperationError: see `create_many`.
    """
    items = as_list(items, "For one item: [item], or delete().")
    progress, connection = connection.progress, connection.silent()
    if not items:
        return BatchResult()
    type_def = connection.type_of(type_name)
    for item in items:
        connection.local_ref(item)
    idents = to_delete(type_def, items, connection.helper.catalogue())
    found = _rows_of(connection, type_def,
                     [each for each in idents if not isinstance(each, refs.Ref)], scope)
    types, oids, entries, rows = {}, {}, [], []
    for item, ident in zip(items, idents):
        ref = refs.parse(found.get(ident, ident))
        if ref.type_path not in types:
            types[ref.type_path] = checked_type(connection, type_def, ref)
        concrete = types[ref.type_path]
        oids.setdefault(concrete.TypePath, set()).add(ref.oid)
        path = path_of(concrete, ref.oid)
        entries.append(entry('DELETE', path))
        rows.append(result_row(connection, path, found.get(ident), item))
    for type_path, members in oids.items():
        connection.forget_names(type_path, members)
    return send_entries(connection, progress, items, entries, scope, 'deleteMultiple', rows)


def createMultiple(rally, entityName, items, fields=None, **scope):
    """Create items through a `Rally`; the form scripts import.

        tags = createMultiple(rally, 'Tag', [{'Name': 'urgent'}, {'Name': 'late'}])

    See `Rally.createMultiple`.
    """
    return rally.createMultiple(entityName, items, fields, **scope)


def updateMultiple(rally, entityName, items, fields=None, **scope):
    """Update items through a `Rally`; the form scripts import.

        updateMultiple(rally, 'Defect', [{'FormattedID': 'DE1', 'State': 'Open'}])

    See `Rally.updateMultiple`.
    """
    return rally.updateMultiple(entityName, items, fields, **scope)


def _rows_of(connection, type_def, texts, scope):
    """Return {FormattedID: raw item}; hundreds of them are asked for in one request."""
    texts = list(OrderedDict.fromkeys(texts))
    return rows_of(connection, type_def, texts, scope) if texts else {}


def _located(connection, type_def, idents, scope):
    """Return ObjectID and, where it became known, the project of each item."""
    oids = [refs.oid_of(each) for each in idents]
    texts = [ensure_text(each).strip() if oid is None else None for each, oid in zip(idents, oids)]
    found = _rows_of(connection, type_def, [each for each in texts if each is not None], scope)
    return [(oid, None) if text is None else
            (refs.parse(found[text]).oid, refs.parse(found[text].get('Project')))
            for oid, text in zip(oids, texts)]


def _projects(connection, type_def, items, located, places, scope):
    """Return the projects of the items at some places, asking for those that nothing tells."""
    found = dict((place, located[place][1] or refs.parse(
        (raw_item(items[place]) or {}).get('Project'))) for place in places)
    asked = [located[place][0] for place in places if found[place] is None]
    answer = projects_of(connection, type_def, asked, scope) if asked else {}
    return dict((place, found[place] or answer.get(located[place][0])) for place in places)


def _check_server(connection, type_def, items, fields):
    """Refuse items, and values in them, that belong to another server."""
    for item in items:
        connection.local_ref(item)
        connection.check_values(given_values(item, fields), type_def)


def entry(method, path, body=None):
    """Return an entry of a batch."""
    found = {'Path': '/' + path, 'Method': method}
    return {'Entry': found if body is None else dict(found, Body=body)}


def result_row(connection, path, *known):
    """Return the result dict of an item that the answer to its write does not show.

    :param known: where its name and FormattedID may stand: an entity, a dict or nothing.
    """
    said = [raw_item(each) or each for each in known]
    said = [each for each in said if isinstance(each, Mapping)]
    ref = ensure_native(connection.transport.address(path.lower()))
    return {
        '_ref': ref,
        'ObjectID': ensure_native(str(refs.oid_of(ref))),
        'FormattedID': _first(said, 'FormattedID'),
        'Name': _first(said, 'Name', '_refObjectName'),
    }


def _first(said, *names):
    return next((each[name] for each in said for name in names if each.get(name)), None)


def _body(type_def, values):
    sent = dict(values)
    for name, value in values.items():
        if isinstance(value, text_type) and value.lower() in (u'true', u'false'):
            attribute = type_def.attribute(name)
            if attribute is not None and attribute.AttributeType == 'BOOLEAN':
                sent[name] = value.lower() == u'true'
    return {path_of(type_def): sent}


def send_entries(connection, progress, items, entries, scope, what, rows=None):
    """Send entries in chunks and tell what became of each.

    :param rows: what is told of each item where the answer does not show it.
    """
    _, params = connection.scoped(True, **scope)
    # The batch endpoint takes references with a slash before them; ProjectScopeUp and
    # ProjectScopeDown go with reads.
    params = [(name, '/' + value.lstrip('/')) for name, value in params
              if name in ('workspace', 'project')]
    params.append(('fetch', 'FormattedID,Name'))
    outcomes, started, chunks = [], 0, _Chunks(connection, params)
    rows = [None] * len(items) if rows is None else rows
    try:
        while started < len(entries):
            start, chunk = started, entries[started:started + chunks.size]
            started += len(chunk)
            try:
                results = chunks.results(chunk)
            except NotSent:
                continue
            except (TransportError, RallyRESTAPIError, RallyResponseError) as error:
                raise_from(_interrupted(error, outcomes, start, len(chunk)), error.__cause__)
            started = start + len(results)
            for place, result in enumerate(results, start):
                outcomes.append(_outcome(place, items[place], result, what, rows[place]))
            if progress is not None:
                progress.tell(len(outcomes), len(entries))
            if any(outcome.is_unknown for outcome in outcomes[start:]):
                raise _left_open(connection, outcomes, entries, start)
    except KeyboardInterrupt as interrupt:
        vars(interrupt)['outcomes'] = outcomes + [
            Outcome(place, items[place], None, [_UNKNOWN], [])
            for place in range(len(outcomes), started)]
        raise
    result = BatchResult(outcomes)
    if not result.complete:
        connection.renew_schema()
        remark(fill('{0}: {1} of {2} items failed, the first with: {3}; see `outcomes` of the '
                    'result', what, len(result.failed), len(outcomes), result.errors[0]))
    return result


def _interrupted(error, outcomes, start, count):
    """Return the error for a chunk of which nobody knows what the service did."""
    if error.outcome_unknown:
        hint = fill("Items {0} to {1} may or may not have been written: "
                    "error.find(rally) returns what is there.", start, start + count - 1)
    else:
        hint = fill("Items {0} and later were not written.", start)
    failure = MultipleOperationError(
        error.args[0] if error.args else '', cause=error, hint=hint + " `outcomes` tells of "
        "those before them.", payload=error.payload, outcome_unknown=error.outcome_unknown,
        method=error.method, url=error.url)
    failure.outcomes = outcomes
    return failure


def _left_open(connection, outcomes, entries, start):
    """Return the error for a chunk whose answer does not tell of all its items.

    :param outcomes: those of all items so far.
    :param start: the place of the first item of the chunk.
    """
    connection.transport.close()  # it may have been the answer to another request
    places = [outcome.place for outcome in outcomes[start:] if outcome.is_unknown]
    unsent = fill(" Items {0} and later were not sent.", len(outcomes))
    failure = MultipleOperationError(
        fill("the answer to a batch does not tell what became of {0} of its {1} items",
             len(places), len(outcomes) - start),
        payload={'Batch': [entries[place] for place in places]}, outcome_unknown=True,
        method='POST', url=connection.transport.address('batch'), status_code=200, hint=fill(
            "Not known: {0}. error.find(rally) returns what is there of them; `outcomes` tells of "
            "the others.{1}", _listed(places), unsent if len(entries) > len(outcomes) else ''))
    failure.outcomes = outcomes
    return failure


def _listed(places):
    return ('item ' if len(places) == 1 else 'items ') + first_names(places, _MOST_SHOWN)


class _Chunks(object):
    """Sends the chunks of one call: a batch each, or each entry by itself where batches carry none.

    No recording shows an edit of a collection in a batch. A service that refuses all of the first
    batch, and takes the first of them by itself, gets the others so.
    """

    def __init__(self, connection, params):
        self._connection, self._params = connection, params
        self.size, self._is_first, self._is_alone = CHUNK, True, False

    def results(self, chunk):
        """Return a raw result for each entry, or for the first ones only: the others go next."""
        if self._is_alone:
            return [_result_alone(self._connection, chunk[0], self._params)]
        results = _results(self._connection, chunk, self._params)
        is_first, self._is_first = self._is_first, False
        if is_first and _is_edit(chunk[0]) and all(texts(each.get('Errors')) for each in results):
            result = _result_alone(self._connection, chunk[0], self._params)
            if not result['Errors']:
                self.size, self._is_alone = 1, True
                return [result]
        return results


def _is_edit(sent):
    return sent['Entry']['Path'].endswith(('/add', '/remove'))


def _result_alone(connection, sent, params):
    """Return the raw result of an entry that is sent by itself."""
    sent = sent['Entry']
    try:
        receipt = send(connection, sent['Method'], sent['Path'].lstrip('/'), sent['Body'], params)
    except RallyRESTAPIError as error:
        return _refusal(error)
    return {'Errors': [], 'Warnings': receipt.warnings}


def _results(connection, chunk, params):
    """Return one raw result for each entry; a refusal of the whole request counts for each."""
    try:
        receipt = send(connection, 'POST', 'batch', {'Batch': chunk}, params,
                       accepts=lambda receipt: bool(receipt.results))
    except RallyRESTAPIError as error:
        return [_refusal(error)] * len(chunk)
    return _paired(chunk, receipt)


def _refusal(error):
    """Return the raw result of a write that was refused.

    :raises RallyRESTAPIError: it is not known whether it was.
    """
    if isinstance(error, TransportError) or error.outcome_unknown:
        raise error
    return {'Errors': error.errors or [error.message]}


def _paired(chunk, receipt):
    """Return the result of each entry by its place, one that says nothing for what is unknown.

    Where one result shows that the answer is not as it should be, only those are believed that name
    their item.
    """
    results, unknown = receipt.results, {}
    told = [_names(sent['Entry'], raw) for sent, raw in zip(chunk, results)]
    is_sound = len(results) == len(chunk) and not receipt.errors and False not in told
    believed = [raw if names or (is_sound and names is None) else unknown
                for raw, names in zip(results, told)]
    return believed + [unknown] * (len(chunk) - len(believed))


def _names(sent, raw):
    """Say whether a result names the item of an entry; None where it names none at all."""
    question = question_of(sent['Method'], '/webservice/v2.0' + sent['Path'])
    errors = texts(raw.get('Errors'))
    if question.verb in _WITHOUT_ITEM:
        is_sound = errors or isinstance(raw.get('Errors'), list) and receipt_difference(
            question, raw, sent.get('Body')) is None
        return None if is_sound else False
    values, written = next(iter(sent['Body'].values())), raw.get('Object')
    if not isinstance(written, Mapping) or not written:
        return None if errors else False
    if item_difference(question, written, values, texts(raw.get('Warnings'))) is not None:
        return False
    if question.oid is not None:
        return refs.parse(written) is not None or None
    return 'Name' in values and name_in(written) is not None or None


def _outcome(place, item, raw, what, row):
    if not raw:
        return Outcome(place, item, None, [_UNKNOWN], [])
    errors, warnings = texts(raw.get('Errors')), texts(raw.get('Warnings'))
    pass_on(warnings, fill('{0}, item {1}', what, place))
    written = raw.get('Object')
    if errors or row is not None:
        return Outcome(place, item, None if errors else row, errors, warnings)
    return Outcome(place, item, {
        '_ref': written.get('_ref'),
        'ObjectID': ensure_native(str(refs.oid_of(written.get('_ref')))),
        'FormattedID': written.get('FormattedID'),
        'Name': written.get('Name', written.get('_refObjectName')),
    }, errors, warnings)
