"""Who the account is, and which workspaces and projects it may see: the questions and their cost.

Every function here is one request where the service allows it. Nothing is current here; the
context says what is. Rows are compared by reference, never by name alone, because names repeat.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict, namedtuple

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_text,
    fill,
    integer_types,
    text_type,
)
from pyral._locks import ProcessLock
from pyral.errors import (
    NotFoundError,
    PyralError,
    RallyRESTAPIError,
    nearest,
)
from pyral.http import envelope
from pyral.http.answer import checked
from pyral.http.results import item_of, page_of, pages_from

#: What stands between the elements of a project path.
PROJECT_PATH_ELEMENT_SEPARATOR = ' // '

_PAGE_SIZE = 2000
_USER_FETCH = ('ObjectID,UserName,DisplayName,FirstName,LastName,Disabled,UserProfile,'
               'DefaultWorkspace,DefaultProject,Workspace,Subscription,Name,State')
_PROJECT_FETCH = 'Name,ObjectID,State,Parent'
#: What the service reads as a number; `isdigit` takes other signs for digits, too.
_DIGITS = re.compile(r'[0-9]+$')

#: The account: `subscription` is a `Place`, the defaults are `Place`s or None.
Account = namedtuple('Account', 'oid user_name display_name subscription default_workspace '
                                'default_project')


class Place(namedtuple('Place', 'kind oid name state parent workspace')):
    """A subscription, workspace or project: `kind/oid`, its name, and what it hangs on.

    `parent` and `workspace` are short refs or None. For a project found by a path, `name` is
    that path.
    """

    __slots__ = ()
    __module__ = 'pyral.context'  # where scripts import it from, and pickles look for it

    @property
    def ref(self):
        """`workspace/101`."""
        return '{0}/{1}'.format(self.kind, self.oid)

    @property
    def is_open(self):
        """False where the service says that it is closed."""
        return self.state != u'Closed'


def place_from(item, kind):
    """Return the `Place` a raw item or reference dict denotes, or None."""
    ref = refs.parse(item)
    if ref is None:
        return None
    parent, workspace = refs.parse(item.get('Parent')), refs.parse(item.get('Workspace'))
    return Place(kind, ref.oid, item.get('Name') or item.get('_refObjectName'), item.get('State'),
                 parent.short if parent else None, workspace.short if workspace else None)


def refuse_foreign(transport, value):
    """Refuse a reference, or an entity, of another server: its ids mean other items here.

    :raises TransportError: naming both servers; nothing was sent
    """
    written = value.get('_ref') if isinstance(value, Mapping) else getattr(value, '_ref', value)
    if not isinstance(written, (text_type, binary_type)):
        return
    written = ensure_text(written, errors='replace')
    # Of other URLs, only those that would be read as a reference matter: text may hold any.
    if u'://' in written and (u'/webservice/' in written or refs.parse(written) is not None):
        transport.address(written)
    else:
        base_url = getattr(value, '_base_url', None)  # an entity knows where it came from
        if base_url is not None and base_url() not in (None, transport.base_url.url):
            transport.address(fill('{0}/{1}', base_url(), written))


def place_of(value, kind):
    """Return the `Place` a ref, URL, ObjectID or entity denotes; None for names.

    :raises TypeError: the value is none of these and no text
    """
    if isinstance(value, Place):
        return value
    if isinstance(value, integer_types) and not isinstance(value, bool):
        return Place(kind, value, None, None, None, None)
    ref = refs.parse(value)
    is_other = ref is None or ref.type_path.lower() != kind
    if is_other and value and not isinstance(value, (text_type, binary_type)):
        raise TypeError("a {0} is named by text, ObjectID, ref or entity, not by {1}: {2!r}".format(
            kind, type(value).__name__, value))
    if is_other:
        return None
    return Place(kind, ref.oid, _name_of(value), None, None, None)


def is_path(name):
    """Say whether a project is named by a path such as `Omnibus // Copper`."""
    return PROJECT_PATH_ELEMENT_SEPARATOR in name


class Directory(object):
    """Looks up the account, workspaces and projects, and remembers whole lists.

    :param transport: a `Transport`
    """

    def __init__(self, transport):
        self._transport = transport
        self._lock = ProcessLock()
        self._workspaces = None
        self._projects = {}
        #: What single names were found to stand for.
        self._named = {}
        self._subscription = None

    def account(self, user=None):
        """Return the `Account` whose credentials are in use: one request, two at most three.

        :param user: the user name, to find the caller where a list comes back
        """
        item = self._caller(user)
        profile = item.get('UserProfile')
        if isinstance(profile, Mapping) and 'DefaultWorkspace' not in profile:
            profile = self._read(profile['_ref'], {
                'fetch': 'DefaultWorkspace,DefaultProject,Name,State,Workspace'})
        profile = profile or {}
        subscription = item.get('Subscription')
        with self._lock:
            self._subscription = place_from(subscription, 'subscription') if subscription else None
        return Account(
            refs.oid_of(item.get('ObjectID') or item), item.get('UserName'),
            item.get('DisplayName') or item.get('_refObjectName'), self._subscription,
            place_from(profile.get('DefaultWorkspace') or {}, 'workspace'),
            place_from(profile.get('DefaultProject') or {}, 'project'))

    def subscription(self):
        """Return the subscription as a `Place`; asks where the account did not say its name."""
        with self._lock:
            if self._subscription is None or not self._subscription.name:
                item = self._read('subscription', {'fetch': 'Name,ObjectID,State'})
                self._subscription = place_from(item, 'subscription')
            return self._subscription

    def place_of(self, value, kind):
        """Return `place_of` for a value that is not of another server."""
        refuse_foreign(self._transport, value)
        return place_of(value, kind)

    def workspaces_named(self, name):
        """Return the open workspaces of exactly this name, or of this ObjectID in digits."""
        with self._lock:
            known = self._workspaces or self._named.get(('workspace', name))
        if known is None:
            condition = fill('({0} AND (State = "Open"))', _name_or_oid(name))
            known = self._workspace_rows(condition)
        return self._kept(('workspace', name), _of_name(known, name))

    def workspaces(self):
        """Return all open workspaces, sorted by name; one request the first time."""
        with self._lock:
            if self._workspaces is None:
                self._workspaces = sorted(
                    self._workspace_rows('(State = "Open")'), key=_by_name)
            return self._workspaces

    @property
    def knows_all_workspaces(self):
        """True once the list of workspaces is loaded."""
        return self._workspaces is not None

    @property
    def loaded_projects(self):
        """The refs of the workspaces whose projects are loaded."""
        return [workspace for workspace, _ in self._projects]

    def projects(self, workspace, closed=False):
        """Return the projects of a workspace sorted by name, ref; one request the first time.

        :param workspace: a `Place`
        :param closed: True for the closed ones instead of the open ones
        """
        key = (workspace.ref, bool(closed))
        with self._lock:
            if key not in self._projects:
                params = [('query', '(State = "Closed")')] if closed else []
                rows = self._project_rows(workspace, params + [('order', 'Name,ObjectID')])
                wanted = [each for each in rows if each.is_open != bool(closed)]
                self._projects[key] = sorted(wanted, key=_by_name)
            return self._projects[key]

    def projects_named(self, workspace, name):
        """Return the open projects of exactly this name, or of this ObjectID in digits."""
        key = (workspace.ref, name)
        with self._lock:
            known = self._projects.get((workspace.ref, False)) or self._named.get(key)
        if known is None:
            known = self._project_rows(workspace, [('query', _name_or_oid(name))])
        return self._kept(key, [each for each in _of_name(known, name) if each.is_open])

    def forget_names(self):
        """Ask again what single names stand for."""
        with self._lock:
            self._named.clear()

    def _kept(self, key, found):
        """Keep what a name was found to stand for; what is not there may come."""
        if found:
            with self._lock:
                self._named[key] = found
        return list(found)

    def names_like(self, name, workspace=None):
        """Return names of open projects, or without a workspace of workspaces, that look like one.

        For the messages of failures: it costs a request where the list is not known, and fails
        never.
        """
        try:
            if workspace is None:
                rows = self.workspaces()
            else:
                rows = self._projects.get((workspace.ref, False)) or self._project_rows(
                    workspace, [('order', 'Name,ObjectID')], only_first=True)
        except PyralError:
            return ()
        return nearest(name, [each.name for each in rows if each.name and each.is_open])

    def first_project(self, workspace):
        """Return the alphabetically first open project of a workspace, or None."""
        rows = self._project_rows(workspace, [('order', 'Name,ObjectID')], page_size=20,
                                  only_first=True)
        rows = [each for each in rows if each.is_open]
        return min(rows, key=_by_name) if rows else None

    def project_at(self, workspace, path):
        """Return the one project a path leads to; one request where all goes well.

        :raises NotFoundError: naming the element that is not there, or not the only one
        """
        elements = [element.strip() for element in path.split(PROJECT_PATH_ELEMENT_SEPARATOR)]
        steps, condition = 'Name', None
        for element in reversed(elements):
            each = _name_condition(steps, element)
            condition = each if condition is None else fill('({0} AND {1})', condition, each)
            steps = 'Parent.' + steps
        try:
            rows = self._project_rows(workspace, [('query', condition)])
        except RallyRESTAPIError:
            rows = []  # a service that does not follow Parent.Parent.Name; ask step by step
        rows = [each for each in rows if each.name == elements[-1] and each.is_open]
        found = rows[0] if len(rows) == 1 else self._followed(workspace, elements)
        return found._replace(name=path)

    def confirmed(self, place):
        """Return a place with its name and state, or None where the service does not show it."""
        if place.name and place.state:
            return place
        try:
            item = self._read(place.ref, {'fetch': _PROJECT_FETCH + ',Workspace'})
        except NotFoundError:
            return None
        found = place_from(item, place.kind)
        return found if found is not None and found.is_open else None

    def _followed(self, workspace, elements):
        found = self.projects_named(workspace, elements[0])
        if not found:
            raise NotFoundError(not_accessible(elements[0], workspace.name))
        for depth, element in enumerate(elements[1:], 2):
            parents = set(each.ref for each in found)
            found = [each for each in self.projects_named(workspace, element)
                     if each.parent in parents]
            if not found:
                so_far = PROJECT_PATH_ELEMENT_SEPARATOR.join(elements[:depth])
                raise NotFoundError(fill("No such accessible Project found: '{0}'", so_far))
        if len(found) > 1:
            raise NotFoundError(
                fill("No such accessible Project found: '{0}'",
                     PROJECT_PATH_ELEMENT_SEPARATOR.join(elements)),
                hint=fill("{0} projects are at the end of this path: name one by its ref.",
                          len(found)),
                suggestions=[each.ref for each in found])
        return found[0]

    def _caller(self, user):
        answer = self._transport.get('user', [('fetch', _USER_FETCH)])
        found = envelope.read(checked(answer, self._transport.server), 'user')
        if isinstance(found, envelope.Item):
            return found.item
        users = found.items if isinstance(found, envelope.Page) else []
        if user:
            named = [each for each in users
                     if ensure_text(each.get('UserName') or '').lower() == user.lower()]
            users = named or users
        if len(users) == 1:
            return users[0]
        if users:
            return self._read('user:current', {'fetch': _USER_FETCH})
        raise RallyRESTAPIError(
            "the service does not say who is asking: its answer to /user holds no user",
            status_code=answer.status, method='GET', url=answer.url)

    def _read(self, path, params):
        answer = self._transport.get(path, params)
        return item_of(checked(answer, self._transport.server), path).item

    def _workspace_rows(self, condition):
        path = 'workspace'
        if self._subscription is not None:
            path = self._subscription.ref + '/Workspaces'
        params = [('fetch', 'Name,ObjectID,State'), ('query', condition)]
        return [each for each in self._rows('workspace', path, params) if each.is_open]

    def _project_rows(self, workspace, params, page_size=_PAGE_SIZE, only_first=False):
        params = [('fetch', _PROJECT_FETCH)] + params + [('workspace', workspace.ref)]
        return [each._replace(workspace=workspace.ref) for each in
                self._rows('project', 'project', params, page_size, only_first)]

    def _rows(self, kind, path, params, page_size=_PAGE_SIZE, only_first=False):
        """Read all pages; totals of these lists may promise more than there is to see."""
        def read_page(start):
            answer = self._transport.get(
                path, params + [('pagesize', page_size), ('start', start)])
            return page_of(checked(answer, self._transport.server), path)

        found = OrderedDict()
        for start, page in pages_from(1, read_page):
            before = len(found)
            for place in [place_from(item, kind) for item in page.items]:
                if place is not None:
                    found.setdefault(place.ref, place)
            is_last = start + len(page.items) > page.total if envelope.counts(page, start) \
                else len(page.items) < page_size
            if only_first or len(found) == before or is_last:
                break
        return list(found.values())


def not_accessible(project, workspace):
    """Return the stated message for a project that is not there."""
    return fill('Project specified: "{0}" (in workspace: "{1}") not accessible with current '
                'credentials', project, workspace)


def _name_of(value):
    if isinstance(value, Mapping):
        return value.get('Name') or value.get('_refObjectName')
    if isinstance(value, (text_type, binary_type, refs.Ref)):
        return None
    return getattr(value, 'Name', None)


def _name_condition(attribute, name):
    # No way to write a quote in a value is documented: ask for a part, and compare here.
    pieces = re.split(u'["\\\\]', ensure_text(name))
    if len(pieces) == 1:
        return fill('({0} = "{1}")', attribute, name)
    return fill('({0} contains "{1}")', attribute, max(pieces, key=len))


def _name_or_oid(name):
    condition = _name_condition('Name', name)
    return fill('((ObjectID = {0}) OR {1})', name, condition) if _DIGITS.match(name) else condition


def _of_name(places, name):
    """Return the place of an ObjectID in digits, else those of a name."""
    return [each for each in places if text_type(each.oid) == name] or [
        each for each in places if each.name == name]


def _by_name(place):
    return (place.name or u'', place.ref)


__all__ = ['Account', 'Directory', 'PROJECT_PATH_ELEMENT_SEPARATOR', 'Place', 'is_path',
           'not_accessible', 'place_from', 'place_of', 'refuse_foreign']
