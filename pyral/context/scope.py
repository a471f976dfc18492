"""The scope of requests and entities: server, user, subscription, workspace, project.

A `RallyContext` is immutable and holds no secret. Entities keep the one they were made in, so
that a later change of workspace does not move them; its loader is their way to the service.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral._compat import ensure_native, ensure_text, format_as_text, string_types

#: What stands for the current workspace or project wherever one may be named.
CURRENT = ('current', 'default', '')
_TRUE_FLAGS = (1, True, 'true', 'True')
#: Where scripts import these classes from, and pickles look for them.
_PACKAGE = 'pyral.context'


class _NotGiven(object):
    """What an argument is that nobody gave; None means something else."""

    __module__ = _PACKAGE

    __format__ = format_as_text

    def __repr__(self):
        return '<not given>'

    def __bool__(self):
        return False

    __nonzero__ = __bool__

    def __reduce__(self):
        return 'NOT_GIVEN'


NOT_GIVEN = _NotGiven()


class Location(namedtuple('Location', 'base_url workspace_ref project_ref loader')):
    """Where a scope is, for programs: the server, the references, the way to what is missing.

    :param base_url: scheme, host and port as a URL: which server it is
    :param workspace_ref: `workspace/<oid>` or None
    :param project_ref: `project/<oid>` or None
    :param loader: what reads missing attributes of the entities of this scope
    """

    __slots__ = ()
    __module__ = _PACKAGE

    def __new__(cls, base_url=None, workspace_ref=None, project_ref=None, loader=None):
        return super(Location, cls).__new__(cls, base_url, workspace_ref, project_ref, loader)


#: A scope that came with names only.
NOWHERE = Location()


class RallyContext(object):
    """A scope: server, user, subscription, workspace, project. Immutable, without secrets.

        context = rally.contextHelper.currentContext()
        print(context.workspace, context.project, context.user)

    :param server: the server as the user gave it
    :param user: the user name
    :param password: accepted for the old signature, and forgotten
    :param service_url: the address of the service
    :param subscription: the subscription's name
    :param workspace: the workspace's name
    :param project: the project's name or path
    :param location: a `Location`; its values are attributes of the context
    """

    __slots__ = ('server', 'user', 'service_url', 'subscription_name', 'workspace', 'project',
                 'workspace_ref', 'project_ref', 'loader', 'base_url', '__weakref__')
    __module__ = _PACKAGE

    def __init__(self, server, user, password, service_url, subscription=None, workspace=None,
                 project=None, location=NOWHERE):
        values = {
            'server': server, 'user': user, 'service_url': service_url,
            'subscription_name': subscription, 'workspace': workspace, 'project': project,
        }
        values.update(location._asdict())
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name, value):
        raise AttributeError("a RallyContext does not change; identifyContext(...) makes another")

    def __delattr__(self, name):
        self.__setattr__(name, None)

    def asDict(self):
        """Return the scope as a dict; a workspace or project that is not set is left out.

            print(context.asDict()['project'])

        No request.
        """
        found = {'server': self.server, 'user': self.user, 'service_url': self.service_url}
        for name, value in (('subscription', self.subscription_name),
                            ('workspace', self.workspace), ('project', self.project)):
            if value is not None:
                found[name] = value
        return found

    def subscription(self):
        """Return the subscription's name.

            print(context.subscription())

        No request.
        """
        return self.subscription_name

    def serviceURL(self):
        """Return the address of the service.

            >>> context.serviceURL() == rally.service_url
            True
        """
        return self.service_url

    def identity(self):
        """Return one line that tells this scope from others.

            print(context.identity())

        No request.
        """
        return ensure_native(u' | '.join(
            ensure_text(part) if part else u'None' for part in self._parts()))

    __format__ = format_as_text

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
            self.workspace, self.project,
            Location(self.base_url, self.workspace_ref, self.project_ref)))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def _parts(self):
        return (self.server, self.user, self.subscription_name, self.workspace, self.project)

    def _key(self):
        return (self.base_url, self.service_url, self.user, self.workspace_ref or self.workspace,
                self.project_ref or self.project)


def is_current(value):
    """Say whether a workspace or project is named by one of the words for the current one."""
    return isinstance(value, string_types) and value in CURRENT


def flag(value):
    """Return `true` for 1, True, 'true' and 'True', else `false`: what scope parameters take."""
    return 'true' if any(value == each for each in _TRUE_FLAGS) else 'false'


__all__ = ['Location', 'NOT_GIVEN', 'RallyContext', 'flag', 'is_current']
