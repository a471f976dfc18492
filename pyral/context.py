"""Who is connected, and where: the account, the current workspace and project, the schema.

`RallyContext` is an immutable scope with a handle to the loader; entities keep the one they were
made in, so that a later change of workspace does not move them. `RallyContextHelper` makes them:
it resolves names, paths, references and entities, and swaps the current one under a lock. Neither
holds a password or key. Lists of workspaces and projects, and the schema, load on first need.
"""
from __future__ import absolute_import, division, print_function

import threading
import warnings

from pyral import envelope, refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    integer_types,
    text_type,
)
from pyral.config import warning
from pyral.errors import NotFoundError, RallyRESTAPIError
from pyral.places import (
    PROJECT_PATH_ELEMENT_SEPARATOR,
    Directory,
    Place,
    checked,
    is_path,
    not_accessible,
)
from pyral.schema import Catalogue


class _NotGiven(object):
    """What an argument is that nobody gave; None means something else."""

    def __repr__(self):
        return '<not given>'

    def __bool__(self):
        return False

    __nonzero__ = __bool__

    def __reduce__(self):
        return 'NOT_GIVEN'


NOT_GIVEN = _NotGiven()

_TRUE_FLAGS = (1, True, 'true', 'True')


class RallyContext(object):
    """A scope: server, user, subscription, workspace, project. Immutable, without secrets.

    :param server: the server as the user gave it
    :param user: the user name
    :param password: accepted for the old signature, and forgotten
    :param service_url: the address of the service
    :param subscription: the subscription's name
    :param workspace: the workspace's name
    :param project: the project's name or path
    :param workspace_ref: `workspace/<oid>` or None
    :param project_ref: `project/<oid>` or None
    :param loader: what reads missing attributes of the entities of this scope
    :param origin: scheme, host and port as a URL: what tells servers apart
    """

    __slots__ = ('server', 'user', 'service_url', 'subscription_name', 'workspace', 'project',
                 'workspace_ref', 'project_ref', 'loader', 'origin', '__weakref__')

    def __init__(self, server, user, password, service_url, subscription=None, workspace=None,
                 project=None, workspace_ref=None, project_ref=None, loader=None, origin=None):
        values = {
            'server': server, 'user': user, 'service_url': service_url,
            'subscription_name': subscription, 'workspace': workspace, 'project': project,
            'workspace_ref': workspace_ref, 'project_ref': project_ref, 'loader': loader,
            'origin': origin,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        raise AttributeError("a RallyContext does not change; identifyContext(...) makes another")

    __delattr__ = lambda self, name: self.__setattr__(name, None)  # noqa: E731

    def asDict(self):
        """Return the scope as a dict; a workspace or project that is not set is left out."""
        found = {'server': self.server, 'user': self.user, 'service_url': self.service_url}
        for name, value in (('subscription', self.subscription_name),
                            ('workspace', self.workspace), ('project', self.project)):
            if value is not None:
                found[name] = value
        return found

    def subscription(self):
        """Return the subscription's name."""
        return self.subscription_name

    def serviceURL(self):
        """Return the address of the service."""
        return self.service_url

    def identity(self):
        """Return one line that tells this scope from others."""
        return ensure_native(u' | '.join(
            ensure_text(part) if part else u'None' for part in self._parts()))

    def __repr__(self):
        return self.identity()

    def __eq__(self, other):
        if not isinstance(other, RallyContext):
            return NotImplemented
        return self._key() == other._key()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._key())

    def __reduce__(self):
        # The loader leads to connections and credentials; a copy elsewhere has none.
        return (RallyContext, (
            self.server, self.user, None, self.service_url, self.subscription_name,
            self.workspace, self.project, self.workspace_ref, self.project_ref, None,
            self.origin))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def _parts(self):
        return (self.server, self.user, self.subscription_name, self.workspace, self.project)

    def _key(self):
        return (self.origin, self.service_url, self.user, self.workspace_ref or self.workspace,
                self.project_ref or self.project)


class RallyContextHelper(object):
    """Knows the account and the current scope, and resolves what callers name.

    :param transport: a `Transport`
    :param user: the user name, None with an API key
    :param isolated_workspace: True to stay in one workspace
    :param warn: True to say on stderr that another default project was taken
    :param loader: goes into every context; may be set before `connect`
    """

    def __init__(self, transport, user=None, isolated_workspace=False, warn=True, loader=None):
        self.transport = transport
        self.directory = Directory(transport)
        self.user = user
        self.isolated_workspace = bool(isolated_workspace)
        self.warn = warn
        self.loader = loader
        self.account = None
        self._lock = threading.RLock()
        self._workspace = None
        self._project = None
        self._current = None
        self._catalogues = {}
        self._schema_rows = {}

    def __repr__(self):
        return '<RallyContextHelper {0!r}>'.format(self._current)

    # Connecting
    def connect(self, workspace=NOT_GIVEN, project=NOT_GIVEN):
        """Find out who is asking, and settle on a workspace and a project.

        One request where the account's defaults are taken, one more for each that is named.

        :param workspace: a name, ref or entity; nothing, None or `default` for the account's own
        :param project: a name, path, ref or entity; nothing or `default` for the account's own
        :returns: the `RallyContext`
        :raises RallyRESTAPIError: with the messages of the contract
        """
        self.account = self.directory.account(self.user)
        self.user = self.user or self.account.user_name
        place = self._initial_workspace(workspace)
        return self._make_current(place, self._initial_project(place, project))

    def _initial_workspace(self, asked):
        if not asked or asked == 'default':
            default = self.account.default_workspace
            if default is None:
                raise RallyRESTAPIError(
                    "No Workspace was specified and there is no DefaultWorkspace setting for the "
                    "user", hint="Give workspace=<name>.")
            if not default.is_open:
                raise _no_such_workspace(default.name, "It is closed.")
            return default
        place = self._place(asked, 'workspace')
        if place is not None:
            return place
        found = self.directory.workspaces_named(ensure_text(asked))
        if not found:
            raise _no_such_workspace(asked, self._names_hint())
        if len(found) > 1:
            raise RallyRESTAPIError(
                fill("Multiple workspaces ({0}) found with the same name of '{1}'.  You must "
                     "specify a workspace with a unique name.", len(found), asked),
                hint="Or name it by its ref.", suggestions=[each.ref for each in found])
        return found[0]

    def _initial_project(self, workspace, asked):
        if asked and asked != 'default':
            place = self._place(asked, 'project')
            return place or self._project_to_connect(workspace, ensure_text(asked))
        if asked is not None:
            return self._fallback_project(workspace, warn=self.warn)
        place = self._default_project_in(workspace)
        if place is None:
            raise NotFoundError(fill(
                "The current Workspace '{0}' does not contain a Project with the name of 'None'",
                workspace.name), hint="Give project=<name>, or leave project= out.")
        return place

    def _project_to_connect(self, workspace, name):
        if is_path(name):
            return self.directory.project_at(workspace, name)
        place = self._project_named(workspace, name)
        if place is None:
            raise NotFoundError(fill(
                "The current Workspace '{0}' does not contain an accessible Project with the name "
                "of '{1}'", workspace.name, name),
                hint="Names are compared letter by letter; projects that are closed or that your "
                     "account may not see do not count.")
        return place

    def _default_project_in(self, workspace):
        """The account's default project, or its namesake, if this workspace has it."""
        default, home = self.account.default_project, self.account.default_workspace
        if default is None or not default.is_open:
            return None
        home_ref = default.workspace or (home.ref if home else None)
        if refs.same(home_ref, workspace.ref):
            return default
        return self._project_named(workspace, default.name)

    def _fallback_project(self, workspace, warn):
        place = self._default_project_in(workspace)
        if place is not None:
            return place
        place = self.directory.first_project(workspace)
        if place is None:
            raise NotFoundError(fill("No accessible Projects found in the Workspace '{0}'",
                                     workspace.name))
        if warn:
            default = self.account.default_project
            warning(fill(
                "Default project changed to '{0}' ({1}).\n"
                "  Your normal default project: '{2}' is not valid for\n"
                "  the current workspace setting of: '{3}'",
                place.name, place.ref, default.name if default else 'None', workspace.name))
        return place
