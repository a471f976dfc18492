"""Exceptions: every class of the package, and the one place where a status becomes a class.

    PyralError
      ConfigError                           bad or contradictory settings
      RallyAttributeNameError               an attribute name the type does not have
      InvalidRallyTypeNameError             a type name the workspace does not have
      QuerySyntaxError                      a query that cannot be read
      MultipleOperationError                a batch that cannot be sent
      MissingAttributeError                 an entity has no such attribute; the hint says why
      DetachedEntityError                   a load asked of an entity without a connection
      LazyLoadError                         a load asked while lazy loading is off
      RallyRESTAPIError                     the service was asked
        ServerNameError                     the server's name is malformed; also a ConfigError
        UnknownOutcomeError                 a write may have been carried out: see `outcome`
        TransportError                      no answer: see `kind` and `outcome_unknown`
          ConnectFailed                     no connection came about
          Timeout                           no connection, or no answer, in time
        AuthenticationError                 credentials missing, wrong or without the right
        NotFoundError                       no such item, type or address
          UnresolvedNameError               a name in data or a query stands for no item, or several
        MultipleFoundError                  several items where one was asked for
        ConflictError                       someone else changed the item
        RateLimitedError                    fewer requests, please
        ServerError                         the service or a gateway failed
          GatewayError                      an error page came instead of an answer
        UnreferenceableOIDError             a reference could not be followed
      RallyResponseError                    an answer that is not WSAPI
      UnrecognizedAllowedValuesReference    a malformed reference to allowed values

An error of any of these classes that leaves open what became of a write is an `UnknownOutcomeError`
besides, and thereby a `RallyRESTAPIError`.

`args[0]` is the message callers match on; what helps further stands in `hint`, `field` and
`suggestions` and is shown by `str()`. Messages and urls never hold a credential. All pickle.
`cause` is the error behind it, of ours or not; `__cause__` is the foreign one (of the HTTP library,
TLS or the system) and nothing else, so that a traceback shows one error of ours and what caused it.
"""
from __future__ import absolute_import, division, print_function

from pyral import service_texts
from pyral._compat import (
    PYTHON_2,
    binary_type,
    fill,
    format_as_text,
    format_exception,
    python_2_str,
    text_of,
    text_type,
)
from pyral.redact import Redactor, mask_url


@python_2_str
class PyralError(Exception):
    """The root: catch this to catch everything the package raises by itself.

        try:
            rally.create('Defect', {'Name': 'late', 'State': 'Lost'})
        except pyral.PyralError as error:
            print(error)

    :param args: the message
    :param details: any of the names in `_details`
    """

    #: Names an instance takes as keywords and offers as attributes, with their defaults.
    _details = (('cause', None), ('hint', None), ('field', None), ('suggestions', ()))

    def __init__(self, *args, **details):
        super(PyralError, self).__init__(*args)
        for name, default in self._details:
            setattr(self, name, details.pop(name, default))
        if details:
            raise TypeError("{0} takes no detail named {1}".format(
                type(self).__name__, ', '.join(sorted(details))))
        self.suggestions = tuple(self.suggestions or ())
        _chain(self)

    def find(self, rally):
        """Return what the service holds of a write whose outcome is unknown.

            try:
                rally.create('Defect', {'Name': name})
            except pyral.UnknownOutcomeError as error:
                found = error.find(rally)

        :param rally: the `Rally` that wrote, or another one that sees the same
        :returns: a list of entities, empty where there is nothing of the kind; for a batch one
            such list for each of its entries
        :raises RallyRESTAPIError: this error is not about a write, or the look-up failed
        """
        return rally.findWritten(self)

    @property
    def message(self):
        """The stated message, to the letter, without hints.

            >>> pyral.ConfigError('no such file', hint='Look again.').message
            'no such file'
        """
        return self.args[0] if self.args else ''

    def copy(self):
        """Return an equal error without a traceback, to be raised by another thread.

            >>> pyral.ConfigError('no such file').copy().message
            'no such file'
        """
        return _rebuild(type(self), self.args, dict(self.__dict__))

    __format__ = format_as_text

    def __str__(self):
        lines = [text_of(arg) for arg in self.args[:1]] or [u'']
        if self.field:
            lines.append(fill('  Field: {0}', self.field))
        asked = self._asked()
        if asked and asked not in lines[0]:
            lines.append(fill('  Request: {0}', asked))
        if self.suggestions:
            listed = u', '.join(text_of(name) for name in self.suggestions)
            lines.append(fill('  Did you mean: {0}?', listed))
        if self.hint:
            lines.append(fill('  {0}', text_of(self.hint)))
        return u'\n'.join(lines)

    def _asked(self):
        """Return `PUT defect/create` where the error is about a request, else None."""

    def __reduce__(self):
        state = dict(self.__dict__)
        cls = getattr(type(self), '_class_without_outcome', type(self))
        state.pop('__cause__', None)  # 2.7: an attribute like any other
        state['cause'] = _portable_cause(state.get('cause'))
        return (_rebuild, (cls, self.args, state))


class _RequestError(PyralError):
    """What all errors about a request tell of it; not a class to catch."""

    _details = PyralError._details + (
        ('status_code', None), ('errors', ()), ('warnings', ()), ('method', None), ('url', None),
        ('payload', None), ('outcome_unknown', False))

    def __new__(cls, *args, **details):
        made = _unknown_outcome(cls) if details.get('outcome_unknown') else cls
        return Exception.__new__(made, *args)

    def __init__(self, *args, **details):
        super(_RequestError, self).__init__(*args, **details)
        self.errors = [text_of(error) for error in self.errors or ()]
        self.warnings = [text_of(warning) for warning in self.warnings or ()]
        self.url = mask_url(self.url)

    @property
    def outcome(self):
        """`'unknown'` where a write may have been carried out nevertheless, else None."""
        return 'unknown' if self.outcome_unknown else None

    def with_unknown_outcome(self, **details):
        """Return this error as one that leaves open what became of a write.

        :param details: what else is to be changed
        """
        return _rebuild(type(self), self.args, dict(self.__dict__, outcome_unknown=True, **details))

    def _asked(self):
        if not self.method or not self.url:
            return None
        path = text_of(self.url).partition(u'?')[0].rpartition(u'/v2.0/')[2]
        return fill('{0} {1}', self.method, path)


class ConfigError(PyralError, ValueError):
    """A setting is missing, wrong, or contradicts another.

        try:
            settings = pyral.rallyWorkset(['--config=nowhere'])
        except pyral.ConfigError as error:
            print(error)

    It is a `ValueError` too.
    """


class RallyAttributeNameError(PyralError):
    """Attribute names the type does not have; the message is the names joined with `, `.

        try:
            rally.create('Defect', {'Nmae': 'late'})
        except pyral.RallyAttributeNameError as error:
            print(error.suggestions)

    `suggestions` holds names that look like the first of them.
    """


class InvalidRallyTypeNameError(PyralError):
    """A type name the workspace does not have; the message is exactly that name.

        try:
            rally.get('Defekt')
        except pyral.InvalidRallyTypeNameError as error:
            print(error.suggestions)

    `suggestions` holds names that look like it.
    """


class QuerySyntaxError(PyralError, ValueError):
    """A query that cannot be read; the message starts `Invalid query expression syntax in: `.

        try:
            rally.get('Defect', query='State =')
        except pyral.QuerySyntaxError as error:
            print(error.reason)

    `query` is the text, `position` the index of the spot, `reason` what is wrong there, and
    `corrected` a text that would be read, where one is known; the hint draws them.
    """

    _details = PyralError._details + (
        ('query', None), ('position', None), ('reason', None), ('corrected', None))

    def __init__(self, *args, **details):
        super(QuerySyntaxError, self).__init__(*args, **details)
        if self.hint is None and self.reason is not None:
            self.hint = _spot(self.query, self.position, self.reason)
        if self.corrected and not self.suggestions:
            self.suggestions = (self.corrected,)


class MultipleOperationError(_RequestError):
    """A batch of writes that cannot be sent as asked, or was interrupted.

        try:
            rally.updateMultiple('Defect', [{'Name': 'late'}])
        except pyral.MultipleOperationError as error:
            print(error, len(error.outcomes))

    `outcomes` holds what became of the items before the interruption.
    """

    _details = _RequestError._details + (('outcomes', ()),)


class MissingAttributeError(PyralError, AttributeError):
    """An entity has no such attribute: not fetched, or unknown to its type, as the hint says.

        try:
            print(defect.Nmae)
        except pyral.MissingAttributeError as error:
            print(error.hint)

    Also raised by a `Rally` that has no such method, or whose `__init__` was never called.
    """


class DetachedEntityError(PyralError, AttributeError):
    """An attribute was never loaded and the entity has no connection to load it with.

        try:
            pyral.entity.Defect(5001, 'late', 'defect/5001').State
        except pyral.DetachedEntityError as error:
            print(error)

    `entity.attach(rally)` gives it one.
    """


class LazyLoadError(PyralError):
    """An attribute would need a request while lazy loading is off (`lazy='never'`).

        rally = pyral.Rally(server, apikey=apikey, lazy='never')
        try:
            print(rally.getProject().Owner)
        except pyral.LazyLoadError as error:
            print(error)

    The request is not made.
    """


class RallyRESTAPIError(_RequestError):
    """The service was asked, and what was asked for did not happen.

        try:
            rally.create('Defect', {'Name': 'late', 'State': 'Lost'})
        except pyral.RallyRESTAPIError as error:
            print(error.status_code, error.errors)

    `outcome_unknown` is True where a write may have happened nevertheless; `payload` is what was
    sent then.
    """


class ServerNameError(ConfigError, RallyRESTAPIError):
    """The name of the server is malformed; the hint says how.

        try:
            pyral.Rally('rally1,rallydev.com', apikey=apikey)
        except pyral.ServerNameError as error:
            print(error.hint)

    Nothing was sent.
    """


class UnknownOutcomeError(RallyRESTAPIError):
    """A write may have been carried out or not: `outcome` is `'unknown'`.

        try:
            story = rally.create('Story', {'Name': name})
        except pyral.UnknownOutcomeError as error:
            found = error.find(rally)

    It is of the class that says what happened too, such as `Timeout`. `payload` is what was sent.
    """


class TransportError(RallyRESTAPIError):
    """No answer came; `kind` says why.

        try:
            rally['DE1']
        except pyral.TransportError as error:
            print(error.kind)

    It is one of dns, refused, tls, proxy, timeout, reset, size, foreign, redirect.
    """

    _details = RallyRESTAPIError._details + (('kind', None),)


class ConnectFailed(TransportError):
    """No connection came about: nothing reached the service.

        try:
            rally = pyral.Rally('http://localhost:1', apikey=apikey)
        except pyral.ConnectFailed as error:
            print(error)

    `kind` says why, as for every `TransportError`.
    """


class Timeout(TransportError):
    """No connection, or no answer, within the time allowed.

        try:
            defects = list(rally.get('Defect', timeout=30))
        except pyral.Timeout as error:
            print(error)

    `timeout=` of the connection or of a call sets it.
    """


class AuthenticationError(RallyRESTAPIError):
    """The service does not accept the credentials, or not for this.

        try:
            rally = pyral.Rally(server, apikey='_wrong')
        except pyral.AuthenticationError as error:
            print(error.hint)

    The hint says what to check.
    """


class NotFoundError(RallyRESTAPIError):
    """There is no such item, type or address, or the account may not see it.

        try:
            rally.delete('Defect', 'DE99')
        except pyral.NotFoundError as error:
            print(error)

    The hint says where to look.
    """


class UnresolvedNameError(NotFoundError):
    """What was given for a reference stands for no item, or for several: see `suggestions`.

        try:
            rally.update('Defect', {'FormattedID': 'DE1', 'Owner': 'nobody@example.com'})
        except pyral.UnresolvedNameError as error:
            print(error.field, error.suggestions)

    `field` is the attribute it was given for; nothing was written.
    """


class MultipleFoundError(RallyRESTAPIError):
    """Several items match where one was asked for.

        try:
            rally.get('Defect').one()
        except pyral.MultipleFoundError as error:
            print(error)

    The hint names some of them.
    """


class ConflictError(RallyRESTAPIError):
    """Someone else changed the item in between.

        try:
            rally.update('Defect', {'FormattedID': 'DE1', 'Name': 'late'})
        except pyral.ConflictError as error:
            print('read it again, then change it')

    The change was refused: nothing was written.
    """


class RateLimitedError(RallyRESTAPIError):
    """The service asks for fewer requests.

        try:
            rally.get('Defect').raise_for_errors()
        except pyral.RateLimitedError as error:
            print(error)

    The request was repeated before, as far as the `RetryPolicy` allows.
    """


class ServerError(RallyRESTAPIError):
    """The service, or a gateway before it, failed.

        try:
            rally.get('Defect').raise_for_errors()
        except pyral.ServerError as error:
            print(error.status_code)

    Reads were repeated before where the status says that the failure may pass.
    """


class UnreferenceableOIDError(RallyRESTAPIError, AttributeError):
    """A reference could not be followed; the message is `<Type> OID <oid>`.

        try:
            pyral.entity.Defect(7, 'gone', 'defect/7').attach(rally).State
        except pyral.UnreferenceableOIDError as error:
            print(error)

    It is an `AttributeError` too, so that `hasattr` and `getattr` with a default answer for
    items that are gone or hidden.
    """


class RallyResponseError(_RequestError):
    """An answer came that is not what WSAPI answers, or not all of it.

        try:
            defects = list(rally.get('Defect'))
        except pyral.RallyResponseError as error:
            print(error.resume_at)

    Where a read of many pages stopped, `resume_at` is the `start=` that goes on from there.
    """

    _details = _RequestError._details + (('resume_at', None),)


class GatewayError(ServerError, RallyResponseError):
    """An error page of a gateway or proxy came where the service should have answered.

        try:
            rally.get('Defect').raise_for_errors()
        except pyral.GatewayError as error:
            print(error.status_code)

    `errors` says what the page says.
    """


class UnrecognizedAllowedValuesReference(PyralError):
    """A reference to allowed values that does not have the known form.

        attribute = pyral.schema.AttrDef({'AllowedValues': {'_ref': '/defect/12'}})
        try:
            attribute.resolveAllowedValues(context, pyral.restapi.getCollection)
        except pyral.UnrecognizedAllowedValuesReference as error:
            print(error)

    The message is the reference.
    """


_LONGEST_NAME = 300
#: So many names of many are told.
_MOST_NAMES = 8

#: The class that stands for each kind of meaning in `service_texts`.
_CLASS_OF_KIND = {
    service_texts.NOT_AUTHENTICATED: AuthenticationError,
    service_texts.NOT_FOUND: NotFoundError,
    service_texts.CONFLICT: ConflictError,
    service_texts.THROTTLED: RateLimitedError,
    service_texts.SERVER: ServerError,
    service_texts.REFUSED: RallyRESTAPIError,
}


def error_for(status_code, errors, message=None, is_page=False, **details):
    """Return (not raise) the exception for an answer with this status and these errors.

    The class and the hint come from the table in `service_texts`; `message` is the stated text
    where the contract has one, else `<status> <first error>`, with 422 for errors in a 200 answer.

    :param status_code: the HTTP status
    :param errors: error texts of the envelope, or the text that came instead
    :param message: what becomes `args[0]`
    :param is_page: True where no envelope came but a page or other text
    :param details: further details of `RallyRESTAPIError`, for example `method` and `url`
    """
    if isinstance(errors, (text_type, binary_type)):
        errors = [errors]
    errors = [text_of(error) for error in errors or ()]
    meaning = service_texts.meaning_of(status_code, errors)
    if message is None:
        first = errors[0] if errors else u'no reason given'
        message = fill('{0} {1}', 422 if status_code == 200 else status_code, first)
    details.setdefault('hint', meaning.hint)
    details.setdefault('field', meaning.field)
    cls = _CLASS_OF_KIND[meaning.kind]
    if is_page and cls is ServerError:
        cls = GatewayError
    return cls(message, status_code=status_code, errors=errors, **details)


def nearest(name, candidates, limit=3):
    """Return the `candidates` that look like `name`, best first: for `suggestions`."""
    wanted = text_of(name).lower().replace(u' ', u'').replace(u'_', u'')
    scored = []
    for candidate in candidates:
        text = text_of(candidate).lower().replace(u' ', u'').replace(u'_', u'')
        longest = max(len(wanted), len(text))
        allowed = max(1, (longest + 1) // 3)
        # What is so long is no name, and comparing takes the product of the lengths.
        if longest > _LONGEST_NAME or abs(len(wanted) - len(text)) > allowed:
            continue
        distance = _distance(wanted, text)
        if distance <= allowed:
            is_other_word = text_of(candidate).lower() != text_of(name).lower()
            scored.append((distance, is_other_word, text_of(candidate)))
    return tuple(candidate for _, _, candidate in sorted(set(scored))[:limit])


def first_names(names, most=_MOST_NAMES):
    """Return names with commas between them; of many the first, and how many more there are."""
    names = list(names)
    shown = u', '.join(text_of(name) for name in names[:most])
    left = len(names) - most
    return fill(u'{0} and {1} more', shown, left) if left > 0 else shown


def _distance(left, right):
    """Edits (insert, drop, change, swap of neighbours) that make `left` into `right`."""
    before, row = None, list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if last and i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, last[j - 2] + 1)
            row.append(best)
    return row[-1]


def _spot(query, position, reason):
    """Draw a caret under a place in a text, with the reason beside it."""
    if query is None or position is None:
        return text_of(reason)
    shown = u''.join(u' ' if sign.isspace() else sign for sign in text_of(query))
    return fill('{0}\n  {1}^ {2}', shown, u' ' * position, text_of(reason))


def _chain(error):
    """Set `__cause__` to the foreign error in `cause`, or in the causes of that."""
    cause = error.cause
    while isinstance(cause, PyralError):
        cause = cause.cause
    if cause is not None or PYTHON_2:  # 3: even None would hide what a caller was handling
        error.__cause__ = cause


def _portable_cause(cause):
    # The errors of the HTTP library carry the request with its Authorization header.
    if cause is None or isinstance(cause, PyralError):
        return cause
    return PyralError(Redactor().text(format_exception(cause)))


#: Class -> the class of its errors that leave open what became of a write.
_UNKNOWN_OUTCOMES = {RallyRESTAPIError: UnknownOutcomeError}


def _unknown_outcome(cls):
    if issubclass(cls, UnknownOutcomeError):
        return cls
    if cls not in _UNKNOWN_OUTCOMES:
        _UNKNOWN_OUTCOMES[cls] = type(cls)('UnknownOutcomeError', (cls, UnknownOutcomeError), {
            '__doc__': cls.__doc__, '__module__': cls.__module__, '_class_without_outcome': cls})
    return _UNKNOWN_OUTCOMES[cls]


def _rebuild(cls, args, state):
    if state.get('outcome_unknown'):
        cls = _unknown_outcome(cls)
    error = cls.__new__(cls)
    Exception.__init__(error, *args)
    error.__dict__.update(state)
    _chain(error)
    return error


__all__ = [
    'AuthenticationError', 'ConfigError', 'ConflictError', 'ConnectFailed', 'DetachedEntityError',
    'GatewayError', 'InvalidRallyTypeNameError', 'LazyLoadError', 'MissingAttributeError',
    'MultipleFoundError', 'MultipleOperationError', 'NotFoundError',
    'PyralError', 'QuerySyntaxError', 'RallyAttributeNameError', 'RallyRESTAPIError',
    'RallyResponseError', 'RateLimitedError', 'ServerError', 'ServerNameError', 'Timeout',
    'TransportError', 'UnknownOutcomeError', 'UnrecognizedAllowedValuesReference',
    'UnreferenceableOIDError', 'UnresolvedNameError', 'error_for', 'first_names', 'nearest',
]
