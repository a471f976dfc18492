"""Create or update many items of one type over the batch endpoint, in chunks.

All items are checked before the first is sent; after that one item's failure never stops the
others, and nothing is lost silently: the result is the list of what succeeded, as ever, and it
carries an outcome for every item. Values are natural Python values; collections are lists.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral import payload, refs
from pyral._compat import (
    LazyPattern,
    Mapping,
    ensure_native,
    ensure_text,
    fill,
    integer_types,
    text_type,
)
from pyral.advice import pass_on, remark
from pyral.connection import path_of
from pyral.errors import (
    MultipleOperationError,
    RallyResponseError,
    RallyRESTAPIError,
    TransportError,
)
from pyral.messages import texts

__all__ = ['BatchResult', 'MultipleOperationError', 'Outcome', 'createMultiple', 'create_many',
           'updateMultiple', 'update_many']

#: Entries in one request: the service takes a request of five minutes, and a create takes time.
CHUNK = 100

#: What happened to one item: its place in the input, the input, the result dict or None.
Outcome = namedtuple('Outcome', 'place item result errors warnings')

#: Required attributes that the service fills by itself, by name and by kind.
_DEFAULTED = frozenset(['FlowState', 'ScheduleState', 'Project', 'Workspace', 'Subscription'])
_DEFAULTED_KINDS = frozenset(['RATING', 'STATE', 'BOOLEAN', 'INTEGER', 'COLLECTION'])
_IDS = frozenset(['ObjectID', 'FormattedID'])

_NUMBER = LazyPattern(r'[+-]?\d+(\.\d*)?$')
_DATE = LazyPattern(r'\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$')


class BatchResult(list):
    """The result dicts of the items that succeeded, in order.

    `outcomes` has one entry for every item, `errors` all error texts, and `complete` says
    whether every item succeeded.
    """

    def __init__(self, outcomes=()):
        self.outcomes = list(outcomes)
        super(BatchResult, self).__init__(
            outcome.result for outcome in self.outcomes if outcome.result is not None)

    @property
    def complete(self):
        """Whether every item succeeded."""
        return len(self) == len(self.outcomes)

    @property
    def failed(self):
        """The outcomes of the items that did not succeed."""
        return [outcome for outcome in self.outcomes if outcome.result is None]

    @property
    def errors(self):
        """All error texts, in the order of the items."""
        return [error for outcome in self.outcomes for error in outcome.errors]


def create_many(connection, type_name, items, fields, scope):
    """Create items of one type.

    :param items: dicts, or data-like instances (entities, dataclass or attrs instances).
    :param fields: names of the attributes that are sent; None sends all that are given.
    :returns: a `BatchResult`.
    :raises MultipleOperationError: before anything is sent, or when the network failed; its
        `outcomes` tell what had been done by then.
    """
    items = list(items)
    if not items:
        return BatchResult()
    type_def = connection.type_of(type_name)
    _check_home(connection, items, fields)
    prepared = [payload.item_values(type_def, _kept(values, fields), without=_IDS)
                for values in _alike(items, fields)]
    _refuse(_creating_problems(type_def, prepared))
    entries = [_entry('PUT', path_of(type_def) + '/create', type_def, values)
               for values in prepared]
    return _send(connection, type_def, items, entries, scope, 'createMultiple')


def update_many(connection, type_name, items, fields, scope):
    """Update items of one type.

    :param items: dicts or data-like instances with an ObjectID each.
    :param fields: names of the attributes that are sent; None sends all that are given.
    :returns: a `BatchResult`.
    :raises MultipleOperationError: see `create_many`.
    """
    items = list(items)
    if not items:
        return BatchResult()
    type_def = connection.type_of(type_name)
    _check_home(connection, items, fields)
    prepared = [_changes(type_def, values, item, fields)
                for values, item in zip(_alike(items, fields), items)]
    _refuse(_updating_problems(type_def, [values for _, values in prepared]))
    entries = [_entry('POST', path_of(type_def, oid), type_def, values)
               for oid, values in prepared]
    return _send(connection, type_def, items, entries, scope, 'updateMultiple')


def createMultiple(rally, entityName, items, fields=None, **scope):
    """Create items through a `Rally`; the form scripts import."""
    return rally.createMultiple(entityName, items, fields, **scope)


def updateMultiple(rally, entityName, items, fields=None, **scope):
    """Update items through a `Rally`; the form scripts import."""
    return rally.updateMultiple(entityName, items, fields, **scope)


def _check_home(connection, items, fields):
    for item in items:
        connection.home_ref(item)
    for values in _alike(items, fields):
        connection.check_values(_kept(values, fields))


def _alike(items, fields):
    """Return the items as mappings; all must be dicts or all data-like instances."""
    if len(set(isinstance(item, Mapping) for item in items)) > 1:
        raise MultipleOperationError(
            'All items must be consistent, ie., all dicts or all data-like instances')
    return [item if isinstance(item, Mapping) else _instance_values(item, fields)
            for item in items]


def _instance_values(item, fields):
    if fields is not None:
        wanted = list(fields) + [name for name in ('ObjectID', '_ref') if name not in fields]
        return dict((name, getattr(item, name)) for name in wanted if hasattr(item, name))
    declared = getattr(item, '__dataclass_fields__', None) or getattr(item, '_fields', None)
    if declared:
        return dict((name, getattr(item, name)) for name in declared)
    if hasattr(item, '_item'):
        return dict(item._item)
    if hasattr(item, '__dict__'):
        return dict(vars(item))
    raise MultipleOperationError(
        "an item is a dict or an instance with attributes, not {0}".format(type(item).__name__))


def _kept(values, fields):
    return dict((name, value) for name, value in values.items()
                if fields is None or name in fields)


def _changes(type_def, values, item, fields):
    oid = refs.oid_of(values.get('ObjectID') or values.get('_ref'))
    if oid is None:
        raise MultipleOperationError(
            fill("every item to update needs its ObjectID; there is none in {0}", repr(values)),
            field='ObjectID')
    whole_entity = fields is None and hasattr(item, '_item')
    kept = _kept(values, fields)
    if whole_entity:  # What was read is mostly read-only; only what can be written goes back.
        kept = dict((name, value) for name, value in kept.items() if _writable(type_def, name))
    return oid, payload.item_values(type_def, kept, without=_IDS)


def _writable(type_def, name):
    attribute = type_def.attribute(name)
    return attribute is not None and not attribute.ReadOnly and (
        attribute.AttributeType != 'COLLECTION')


def _creating_problems(type_def, prepared):
    read_only = [name for values in prepared for name in values
                 if _is_read_only(type_def, name)]
    required = [each.ElementName for each in type_def.Attributes if _must_be_given(each)]
    missing = [name for values in prepared for name in required if values.get(name) is None]
    return (('INVALIDS', _once(read_only)), ('MISSING', _once(missing)),
            ('MISTYPED', _mistyped(type_def, prepared)))


def _updating_problems(type_def, prepared):
    read_only = [name for values in prepared for name in values
                 if _is_read_only(type_def, name)]
    return (('READ_ONLY', _once(read_only)), ('MISTYPED', _mistyped(type_def, prepared)))


def _refuse(problems):
    for status, found in problems:
        if found:
            raise MultipleOperationError(fill(
                'Invalid or insufficient attributes for data items: {0} ==> {1}', status,
                repr(found)))


def _is_read_only(type_def, name):
    attribute = type_def.attribute(name)
    return attribute is not None and bool(attribute.ReadOnly)


def _must_be_given(attribute):
    return (attribute.Required and not attribute.ReadOnly and not attribute.AllowedValues
            and attribute.ElementName not in _DEFAULTED
            and attribute.AttributeType not in _DEFAULTED_KINDS)


def _mistyped(type_def, prepared):
    found = []
    for values in prepared:
        for name, value in values.items():
            attribute = type_def.attribute(name)
            fits = _FITS.get(attribute.AttributeType) if attribute is not None else None
            if value is not None and fits is not None and not fits(value):
                found.append((ensure_native(name), value))
    return found


def _is_number(value):
    if isinstance(value, text_type):
        return bool(_NUMBER.match(value.strip()))
    return not isinstance(value, (bool, list, Mapping))


def _is_boolean(value):
    return isinstance(value, bool) or ensure_text(str(value)).lower() in ('true', 'false')


def _is_date(value):
    return isinstance(value, text_type) and bool(_DATE.match(value))


def _is_text(value):
    return isinstance(value, (float, text_type) + integer_types) and not isinstance(value, bool)


#: What plainly cannot be a value of a kind; the service judges the rest.
_FITS = {
    'INTEGER': _is_number, 'QUANTITY': _is_number, 'DECIMAL': _is_number,
    'BOOLEAN': _is_boolean, 'DATE': _is_date, 'STRING': _is_text, 'TEXT': _is_text,
    'COLLECTION': lambda value: isinstance(value, list),
}


def _once(names):
    return sorted(set(ensure_native(name) for name in names))


def _entry(method, path, type_def, values):
    booleans = dict((name, value == u'true' or value == u'True')
                    for name, value in values.items()
                    if isinstance(value, text_type) and value.lower() in (u'true', u'false')
                    and type_def.attribute(name) is not None
                    and type_def.attribute(name).AttributeType == 'BOOLEAN')
    return {'Entry': {'Path': '/' + path, 'Method': method,
                      'Body': {path_of(type_def): dict(values, **booleans)}}}


def _send(connection, type_def, items, entries, scope, what):
    """Send the entries in chunks and tell what became of each."""
    _, params = connection.scoped(**scope)
    # The batch endpoint takes the references with a slash before them, and no project scoping.
    params = [(name, '/' + value.lstrip('/')) for name, value in params
              if name in ('workspace', 'project')]
    params.append(('fetch', 'FormattedID,Name'))
    outcomes = []
    for start in range(0, len(entries), CHUNK):
        chunk = entries[start:start + CHUNK]
        try:
            results = _results(connection, chunk, params)
        except (TransportError, RallyRESTAPIError, RallyResponseError) as error:
            raise _interrupted(error, outcomes, start, len(chunk))
        for place, (item, result) in enumerate(zip(items[start:], results), start):
            outcomes.append(_outcome(type_def, place, item, result, what))
    result = BatchResult(outcomes)
    if not result.complete:
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


def _results(connection, chunk, params):
    """Return one raw result for each entry; a refusal of the whole request counts for each."""
    try:
        receipt = connection.send('POST', 'batch', {'Batch': chunk}, params)
    except RallyRESTAPIError as error:
        if isinstance(error, TransportError) or error.outcome_unknown:
            raise
        return [{'Errors': error.errors or [error.message]}] * len(chunk)
    results = list(receipt.results)
    absent = {'Errors': ["the service gave no result for this item"]}
    return (results + [absent] * len(chunk))[:len(chunk)]


def _outcome(type_def, place, item, raw, what):
    errors, warnings = texts(raw.get('Errors')), texts(raw.get('Warnings'))
    pass_on(warnings, fill('{0}, item {1}', what, place))
    written = raw.get('Object')
    if errors or not isinstance(written, Mapping):
        return Outcome(place, item, None, errors or ["the service gave no object"], warnings)
    return Outcome(place, item, {
        '_ref': written.get('_ref'),
        'ObjectID': ensure_native(str(refs.oid_of(written.get('_ref')))),
        'FormattedID': written.get('FormattedID'),
        'Name': written.get('Name', written.get('_refObjectName')),
    }, errors, warnings)
