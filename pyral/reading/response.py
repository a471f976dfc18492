"""The response of a read: its numbers and errors, and an iterator over its entities.

A read that failed is a value here, not an exception: its `errors` and `status_code` say what
happened, and it is false. Iterating it raises, so that a failure never looks like an empty
result, and so does asking for its `total`. A response is one pass over its items, for one thread;
its entities may be shared. `first` and `one` look at it without using it up.
"""
from __future__ import absolute_import, division, print_function

import copy
from collections import deque
from functools import partial

from pyral._compat import ensure_native, ensure_text, fill, format_as_text, query_pairs
from pyral.advice import remark
from pyral.entity.html import items_table
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import (
    MultipleFoundError,
    NotFoundError,
    RallyResponseError,
    TransportError,
    error_for,
)
from pyral.http.bodies import answer_to
from pyral.http.envelope import Item, Page, Receipt, counts, read
from pyral.reading.pages import LaterPages, PageReader, PageStream
from pyral.rows.of_response import WithRows
from pyral.rows.pages import EntityPage, ItemPage

#: Receipt kind -> what `request_type` calls it.
_REQUEST_TYPES = {
    'CreateResult': 'Create', 'UpdateResult': 'Update', 'DeleteResult': 'Delete',
    'OperationResult': 'Operation', 'BatchResult': 'Operation',
}
_MOST_SHOWN = 3


class ErrorResponse(object):
    """Stands in for the answer where none came.

        >>> ErrorResponse(404, 'nobody answered').errors
        ['nobody answered']

    :param status_code: 404 for a network failure, as scripts expect.
    :param errors: a text or a list of texts.
    :param cause: the exception that tells what happened.
    """

    def __init__(self, status_code, errors, url=None, cause=None):
        self.status = self.status_code = status_code
        self.errors = [errors] if not isinstance(errors, (list, tuple)) else list(errors)
        self.headers = {'placeholder': True}
        self.url = url
        self.ok = False
        self.is_json = False
        self.cause = cause


class RallyRESTResponse(WithRows):
    """The answer to one request.

        response = RallyRESTResponse(rally.session, context, url, rally.session.get(url))

    :param session: the session it was read by, kept for scripts that look at it.
    :param context: the context its entities belong to.
    :param resource: the URL that was asked for.
    :param answer: the answer: a `transport` answer, a response of the HTTP library, or an
        :class:`ErrorResponse`.
    :param hydration: `full` or `shell`, see `hydrate`.
    :param limit: serve at most so many items; 0 and None serve all.
    :param fetch_page: reads the page at a start index; by default through the connection that the
        context belongs to.
    :param start: index of the first item; by default what the answer says.
    :param threads: see `paging.width_for`.
    :param target: what was asked for; by default the path of the resource.
    :param is_tolerant: see `paging.PageStream`.
    """

    def __init__(self, session, context, resource, answer, hydration='full', limit=None,
                 fetch_page=None, start=None, threads=None, target=None, is_tolerant=False):
        answer = answer_to(answer)
        self.resource = resource if resource is not None else answer.url
        self.session, self.context, self.debug = session, context, False
        self.threads = threads
        self.status_code = answer.status
        self.headers = answer.headers
        self.target = target if target is not None else _target_of(self.resource)
        self.hydrator = EntityHydrator(context, hydration)
        self.max_threads = 1
        self.first_page = True
        self.data = self.content = None
        #: How many items were handed out so far.
        self.served = 0
        self._entities, self._stream, self._failure = deque(), None, None
        #: The page that rows are read from, whose items have no entities yet; none or one.
        self._unmade = []  # type: list
        self._progress = None
        #: The raw item that was served first, in a list of its own.
        self._first = []  # type: list
        self._has_ended = self._is_closed = False
        #: Who takes so many items takes them all: then the next pages are asked for.
        self._ahead_from = None
        page, self.request_type = _page_in(answer, self.target)
        self._start = start = max(1, page.start if start is None else start)
        if answer.ok or answer.is_json:
            self.content = answer.json()
            self.data = next(iter(self.content.values())) if len(self.content) == 1 \
                else self.content
        self._result_count, self._is_doubted = page.total, False
        #: Whether the first page told how many items there are.
        self._is_counted = bool(page.errors) or not answer.ok or counts(page, start)
        self.startIndex, self.pageSize = page.start, page.page_size
        self.errors, self.warnings = list(page.errors), list(page.warnings)
        #: The raw items of the current page.
        self._page = page.items
        self._limit = limit
        #: Makes the stream of all items from a place on, up to a limit.
        self._stream_from = partial(_stream_from, fetch_page or _only_page, threads, is_tolerant,
                                    self.target)
        if self.errors or not answer.ok:
            self.status_code = 422 if answer.ok else answer.status
            self.errors = self.errors or list(answer.errors)
            self._failure = self._failure_of(answer)
        else:
            fetch_page = fetch_page or _reader_in(context, self.resource) or _only_page
            self._stream = PageStream(fetch_page, page, start, limit or None, threads,
                                      is_tolerant, self.target)
            self.max_threads = self._stream.width
            self._ahead_from = max(2, len(page.items) // 2)

    def __class_getitem__(cls, item):
        """Let annotations say of what class the items are: `RallyRESTResponse[Defect]`."""
        return cls

    def _failure_of(self, answer):
        """Return the error that a failed read stands for."""
        if isinstance(answer, ErrorResponse) and answer.cause is not None:
            return answer.cause
        return error_for(answer.status, self.errors, method='GET', url=self.resource,
                         warnings=self.warnings, is_page=not answer.is_json)

    @property
    def resultCount(self):
        """How many items match on the service by its first page; 0 of a failed read, and warned of.

            rally.get('Defect', limit=1).resultCount

        Scripts look at it in any case; `total` raises what went wrong.
        """
        if self._failure is not None and not self._is_doubted:
            self._is_doubted = True
            remark(fill(u"resultCount is 0 because the read of {0} failed, not because nothing "
                        u"matches: {1}; look at errors first, or ask for total, which raises",
                        self.target, u'; '.join(ensure_text(each) for each in self.errors)))
        return self._result_count if self._is_counted else self._known_so_far()

    @resultCount.setter
    def resultCount(self, count):
        self._result_count, self._is_counted = count, True

    @property
    def total(self):
        """How many items match on the service, whatever `limit` and `start` say.

            if rally.get('Defect', query='State = Open', limit=1).total > 100:
                ...

        Where later pages say otherwise than the first, this is what they say; `resultCount`
        stays what the first said. Where none says it, or says less than what came, it is the number
        of items seen so far, and a `RallyWarning` says so.

        :raises RallyRESTAPIError: the read failed, so nobody knows.
        """
        self.raise_for_errors()
        return self._result_count if self._stream is None else self._known_so_far()

    def _known_so_far(self):
        """Return the number of items on the service; where it does not say, of those seen."""
        if not (self._stream.is_sure or self._is_doubted):
            self._is_doubted = True
            remark(self._doubt())
        return self._stream.total

    def _doubt(self):
        if self.served > self._stream.announced:
            return fill(u"the service sent {0} of {1}, and says that there are {2}", self.served,
                        self.target, self._stream.announced)
        return fill(u"the service does not say how many of {0} there are, or says what cannot be "
                    u"true: {1} are known so far", self.target, self._stream.total)

    @property
    def complete(self):
        """Whether everything that matches, from `start` on, has been handed out.

            response = rally.get('Defect', limit=2)
            names = [item.Name for item in response]
            if not response.complete:
                print('there are more than', len(names))

        False while items are still to come, after a limit held some back, when the service
        delivered fewer than it announced, or does not say how many there are where more may
        follow (a warning says so), and for a failed read.
        """
        if self._failure is not None or self._stream is None:
            return False
        stream = self._stream
        return self.served == stream.announced and stream.is_sure and not stream.missing

    def raise_for_errors(self):
        """Raise what a failed read holds as errors; return the response itself otherwise.

            rally.get('Defect').raise_for_errors()

        :raises RallyRESTAPIError: of the class that fits status and errors.
        """
        if self._failure is not None:
            raise self._failure
        return self

    def first(self):
        """Return the first item, or None where nothing matches; iterating still begins with it.

            defect = rally.get('Defect', query='State = Open', order='Rank', limit=1).first()

        No request beside that of the response: `limit=1` keeps that small.

        :raises RallyRESTAPIError: the read failed.
        """
        self.raise_for_errors()
        if not self._first and not self._has_ended:
            try:
                self._turn_page()
            except StopIteration:
                pass
        if not self._first:
            return None
        return self._entities[0] if self.served == 0 and self._entities else \
            self.hydrator.page(self._first)[0]

    def one(self):
        """Return the item where exactly one matches; iterating still begins with it.

            defect = rally.get('Defect', fetch=True, query='FormattedID = DE1').one()

        What counts is what matches on the service, whatever `limit` says. No request beside that
        of the response.

        :raises NotFoundError: none matches; naming type, query and scope.
        :raises MultipleFoundError: several do.
        :raises RallyRESTAPIError: the read failed.
        """
        found = self.first()
        if found is None:
            raise NotFoundError(fill(u"there is no {0}", self._asked()), method='GET',
                                url=self.resource)
        if not self._stream.is_sure and self.pageSize <= len(self._page):
            raise RallyResponseError(self._doubt(), method='GET', url=self.resource,
                                     status_code=self.status_code)
        count = self._stream.announced
        if count > 1:
            shown = [u' '.join(ensure_text(row[name]) for name in ('FormattedID', '_refObjectName')
                               if row.get(name)) for row in self._page[:_MOST_SHOWN]]
            raise MultipleFoundError(
                fill(u"there are {0} of {1}", count, self._asked()), method='GET',
                url=self.resource, hint=fill(
                    u"Among them {0}. Narrow the query, or take the first() in some order.",
                    u', '.join(shown)))
        return found

    def _asked(self):
        """Return type, query and scope in words: `Defect with (State = Open) in workspace 'A'`."""
        asked = dict(query_pairs((self.resource or '').partition('?')[2]))
        context, said = self.context, [ensure_text(self.target)]
        if asked.get('query'):
            said.append(fill(u"with {0}", asked['query']))
        if getattr(context, 'workspace', None):
            said.append(fill(u"in workspace '{0}',", context.workspace))
        if 'project' not in asked or not getattr(context, 'project', None):
            said.append(u"all projects")
        else:
            said.append(fill(u"project '{0}'", context.project))
            around = [where for name, where in (('projectScopeUp', u'above'),
                                                ('projectScopeDown', u'below'))
                      if asked.get(name) == 'true']
            said.append(fill(u"and those {0}", u' and '.join(around)) if around else u"alone")
        return u' '.join(said)

    def __iter__(self):
        if self._has_ended and self.served or self._is_closed:
            what = u'was closed' if self._is_closed else fill(
                u'was read to its end ({0} items)', self.served)
            remark(fill(u"this response of {0} {1}: a further loop over it yields nothing; keep "
                        u"list(response) where the items are needed twice", self.target, what))
        return self

    def __next__(self):
        if not self._entities:
            self.raise_for_errors()
            self._turn_page()
        entity = self._entities.popleft()
        self.served += 1
        if self.served == self._ahead_from:
            self._stream.read_ahead()
        return entity

    next = __next__

    def _next_page(self):
        """Return what is left of this page, else the next page, for rows; None at the end.

        :raises RallyRESTAPIError: the read failed.
        """
        self.raise_for_errors()
        if not self._made():
            try:
                self._unmade = [ItemPage(self._next_items(), self.hydrator.page)]
            except StopIteration:
                return None
        else:
            self._unmade, self._entities = [EntityPage(list(self._entities))], deque()
        return self._unmade[0]

    def _hand_out(self, count):
        """Note that rows were read of so many items of the page that `_next_page` gave."""
        before = self.served
        self.served += count
        if self._ahead_from is not None and before < self._ahead_from <= self.served:
            self._stream.read_ahead()

    def _made(self):
        """Return the entities of the page that were not handed out, made where rows left them."""
        while self._unmade:
            self._entities.extend(self._unmade.pop().rest())
        return self._entities

    def _turn_page(self):
        """Hydrate the next page that has items, or what rows left of this one.

        StopIteration when there is none.
        """
        if not self._made():
            items = self._next_items()
            self._entities.extend(self.hydrator.page(items))

    def _next_items(self):
        """Return the raw items of the next page that has some; StopIteration when there is none."""
        while self._stream is not None:
            try:
                items = next(self._stream)
            except StopIteration:
                self._note_missing()
                self._has_ended = True
                self._tell(0, self.served)
                raise
            if items:
                self._first = self._first or items[:1]
                self.first_page = self.served == 0
                if not self.first_page:
                    self.startIndex = self._start + self.served
                self._page = items
                self._tell(len(items), self._result_count - self._start + 1
                           if self._is_counted else 0)
                return items
        raise StopIteration

    def _tell(self, held, total):
        """Tell how many items were read by now, and how many there will be.

        :param held: how many of them are not handed out.
        """
        if self._progress is not None:
            done = self.served + held
            self._progress.tell(done, max(done, min(total, self._limit or total)))

    def _note_missing(self):
        missing, text = self._stream.missing, None
        if not self._stream.is_sure:
            text = self._doubt()
        elif missing:
            text = fill("{0} of the {1} items announced for {2} were not delivered; they may be "
                        "deleted, or hidden from this account", missing, self._result_count,
                        self.target)
        if text is not None and text not in self.warnings:
            self.warnings.append(text)

    def close(self):
        """Stop reading ahead; the response ends here.

            response = rally.get('Defect')
            first = next(response, None)
            response.close()

        No request.
        """
        self._is_closed = True
        self._made()
        self._entities.clear()
        if self._stream is not None:
            self._stream.close()

    def __bool__(self):
        return 200 <= self.status_code < 300

    __nonzero__ = __bool__

    def __copy__(self):
        return self._twin(list(self._made()))

    def __deepcopy__(self, memo):
        return self._twin(copy.deepcopy(list(self._made()), memo))

    def __reduce_ex__(self, protocol):
        raise TypeError("a response holds the connection that reads its pages and is not pickled; "
                        "pickle its entities: list(response)")

    def _twin(self, entities):
        """Return a response that goes on from here by itself; later pages are read once more."""
        twin = type(self).__new__(type(self))
        vars(twin).update(vars(self))
        twin.errors, twin.warnings = list(self.errors), list(self.warnings)
        twin._entities = deque(entities)
        if self._stream is not None:
            taken = self.served + len(entities)
            limit = None if self._limit is None else max(0, self._limit - taken)
            twin._stream = LaterPages(self._stream, self._start + taken, limit, self._stream_from)
        return twin

    __format__ = format_as_text

    def __dir__(self):
        names = set(dir(type(self))) | set(vars(self))
        # Nobody knows the total of a read that failed: asking for it raises.
        return sorted(names - set(['total']) if self._failure is not None else names)

    def _repr_html_(self):
        """What a notebook shows: the first items of the page that is held; no request."""
        return items_table(repr(self), self._page)

    def __repr__(self):
        if not hasattr(self, '_page'):
            return '<{0} that could not be read>'.format(type(self).__name__)
        if self._failure is not None:
            first = self.errors[0] if self.errors else ''
            return ensure_native(fill('{0} {1}', self.status_code, first))
        if not self._page:
            return '{0} {1} TotalResultCount: {2}  Results: []'.format(
                self.status_code, 'QueryResult', self._result_count)
        kind = self._page[0].get('_type') or self.target
        return ensure_native(fill(
            '{0} result set, totalResultSetSize: {1}, startIndex: {2}  pageSize: {3}  '
            'current Index: {4}', kind, self._result_count, self.startIndex, self.pageSize,
            self.served))


def _stream_from(fetch_page, threads, is_tolerant, target, start, limit):
    return PageStream(fetch_page, None, start, limit, threads, is_tolerant, target)


class ReadOptions(object):
    """How much of a list is read, and how.

    :param start: index of the first item.
    :param limit: serve at most so many items.
    :param threads: see `pages.width_for`.
    :param target: what is asked for, for messages.
    :param is_tolerant: see `pages.PageStream`.
    :param is_open: True where the caller gave no page size.
    :param progress: the `Progress` that is told how many items were read, or None.
    """

    __slots__ = ('start', 'limit', 'threads', 'target', 'is_tolerant', 'is_open', 'progress')

    def __init__(self, start=1, limit=None, threads=None, target=None, is_tolerant=False,
                 is_open=False, progress=None):
        self.start = start
        self.limit = limit
        self.threads = threads
        self.target = target
        self.is_tolerant = is_tolerant
        self.is_open = is_open
        self.progress = progress


#: All items from the first on.
ALL = ReadOptions()


def respond(transport, path, params, context, hydration='full', options=ALL):
    """Read and return a response; what fails on the way is in its errors.

    :param path: a path below the service or a URL on this server.
    :param params: pairs, without `start`.
    :param options: `ReadOptions`.
    :raises RallyResponseError: the answer came with status 200 but is no WSAPI.
    """
    fetch_page = PageReader(transport, path, params, options.target, is_open=options.is_open)
    try:
        answer = fetch_page.answer(options.start)
    except TransportError as error:
        answer = ErrorResponse(404, [ensure_text(error.message)], cause=error)
    response = RallyRESTResponse(
        transport.session, context, fetch_page.address(options.start), answer, hydration,
        options.limit, fetch_page, options.start, options.threads, options.target,
        options.is_tolerant)
    response._progress = options.progress
    return response


def _page_in(answer, target):
    """Return what an answer holds as a page, empty where it is a refusal; and the request type.

    :raises RallyResponseError: the service says that all is well, in a body that is no WSAPI.
    """
    if not (answer.ok or answer.is_json):
        return Page(0, 0, 0, [], [ensure_text(error) for error in answer.errors], []), 'Query'
    try:
        body = read(answer, target)
    except RallyResponseError:
        if answer.ok:
            raise
        body = Page(0, 1, 0, [], answer.errors, [])
    if isinstance(body, Receipt):
        rows = [item for item in body.results if isinstance(item, dict)]
        return (Page(len(rows), 0, len(rows), rows, body.errors, body.warnings),
                _REQUEST_TYPES.get(body.kind, 'Operation'))
    if isinstance(body, Item):
        items = [] if body.errors else [body.item]
        body = Page(len(items), 1, len(items), items, body.errors, body.warnings)
    return body, 'Query' if 'QueryResult' in answer.json() else 'ImpliedQuery'


def _target_of(resource):
    path = (resource or '').partition('?')[0].rstrip('/')
    return path.rpartition('/v2.0/')[2] or path


def _reader_in(context, resource):
    """Return what reads further pages of a resource, None without a living connection."""
    transport = getattr(getattr(context, 'loader', None), 'transport', None)
    return PageReader(transport, resource, []) if transport is not None and resource else None


def _only_page(start):
    raise RallyResponseError(fill('there is no page at index {0}: the answer had one page', start))


#: The names from 2015 to 2018.
AgileCentralRESTResponse = RallyRESTResponse
AgileCentralResponseError = RallyResponseError

__all__ = ['AgileCentralRESTResponse', 'AgileCentralResponseError', 'ErrorResponse',
           'RallyRESTResponse', 'ReadOptions', 'respond']
