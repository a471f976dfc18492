"""Defaults: which workspace and project a connection starts in, and the errors on the way.

Rules over a `Directory` and an `Account`: nothing is current here, and nothing is remembered.
"""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import ensure_text, fill
from pyral.advice import remark
from pyral.config import warning
from pyral.context.directory import is_path
from pyral.context.scope import is_current
from pyral.errors import (
    NotFoundError,
    PyralError,
    RallyRESTAPIError,
    UnresolvedNameError,
    first_names,
)

WORKSPACES_HINT = "rally.getWorkspaces() lists the open workspaces your account may see."
PROJECTS_HINT = ("Names are compared letter by letter; projects that are closed or that your "
                 "account may not see do not count.")


class Defaults(object):
    """The workspaces and projects that one account starts in.

    :param directory: a `Directory`
    :param account: an `Account`
    """

    def __init__(self, directory, account):
        self._directory = directory
        self._account = account

    def initial_workspace(self, asked):
        """Return the workspace to start in.

        :param asked: a name, ref or entity; nothing, None or `default` for the account's own
        :raises RallyRESTAPIError: with the messages of the contract
        """
        if not asked or is_current(asked):
            default = self._account.default_workspace
            if default is None:
                seen = self._workspaces_seen()
                raise RallyRESTAPIError(
                    "No Workspace was specified and there is no DefaultWorkspace setting for the "
                    "user", hint=fill("Give workspace=<name>{0}.", seen and fill(
                        "; the account sees {0}", seen)))
            if not default.is_open:
                raise _no_such_workspace(default.name, "It is closed.")
            return default
        place = self._directory.place_of(asked, 'workspace')
        if place is not None:
            place = self._directory.confirmed(place)
            if place is None:
                raise _no_such_workspace(asked, WORKSPACES_HINT)
            return place
        found = self._directory.workspaces_named(ensure_text(asked))
        if not found:
            seen = self._workspaces_seen()
            raise _no_such_workspace(
                asked, fill("The account sees {0}.", seen) if seen else WORKSPACES_HINT,
                self._directory.names_like(ensure_text(asked)))
        if len(found) > 1:
            raise RallyRESTAPIError(
                fill("Multiple workspaces ({0}) found with the same name of '{1}'.  You must "
                     "specify a workspace with a unique name.", len(found), asked),
                hint="Or name it by its ref.", suggestions=[each.ref for each in found])
        return found[0]

    def _workspaces_seen(self):
        """Return the names to choose from, for the message of a failure; empty where none is known.

        It costs a request where they were not asked for before.
        """
        try:
            names = [ensure_text(each.name) for each in self._directory.workspaces()]
        except PyralError:
            names = []
        return first_names([fill(u"'{0}'", name) for name in names])

    def initial_project(self, workspace, asked, warn):
        """Return the project to start in.

        :param asked: a name, path, ref or entity; nothing or `default` for the account's own or
            else the first; None for the account's own and no other
        :param warn: True to say on stderr that the first one was taken
        :raises RallyRESTAPIError: with the messages of the contract
        """
        if asked and not is_current(asked):
            place = self._directory.place_of(asked, 'project')
            if place is not None:
                place = self._directory.confirmed(place)
                if place is None:
                    raise _no_such_project(workspace.name, asked)
                return place
            return self._project_to_connect(workspace, ensure_text(asked))
        if asked is not None:
            return self.fallback_project(workspace, warn)
        place = self._default_project_in(workspace)
        if place is None:
            raise NotFoundError(fill(
                "The current Workspace '{0}' does not contain a Project with the name of 'None'",
                workspace.name), hint="Give project=<name>, or leave project= out.")
        return place

    def _project_to_connect(self, workspace, name):
        if is_path(name):
            return self._directory.project_at(workspace, name)
        place = self.project_named(workspace, name)
        if place is None:
            raise _no_such_project(workspace.name, name,
                                   self._directory.names_like(name, workspace))
        return place

    def _default_project_in(self, workspace):
        """The account's default project, or its namesake, if this workspace has it."""
        default, around = self._account.default_project, self._account.default_workspace
        if default is None or not default.is_open:
            return None
        if refs.same(default.workspace or (around.ref if around else None), workspace.ref):
            return default
        return self.project_named(workspace, default.name)

    def fallback_project(self, workspace, warn):
        """Return the account's default project if it is here, else the first by name."""
        place = self._default_project_in(workspace)
        if place is not None:
            return place
        place = self._directory.first_project(workspace)
        if place is None:
            raise NotFoundError(fill("No accessible Projects found in the Workspace '{0}'",
                                     workspace.name))
        if warn:
            default = self._account.default_project
            warning(fill(
                "Default project changed to '{0}' ({1}).\n"
                "  Your normal default project: '{2}' is not valid for\n"
                "  the current workspace setting of: '{3}'",
                place.name, place.ref, default.name if default else 'None', workspace.name))
        return place

    def project_named(self, workspace, name, must_be_one=False):
        """Return the open project of this name, or None; of several the default, or the first.

        :raises UnresolvedNameError: several have it, none is the default, and it must be one.
        """
        default = self._account.default_project
        if default is not None and default.name == name and default.workspace == workspace.ref \
                and default.is_open:
            return default
        found = self._directory.projects_named(workspace, name)
        if len(found) > 1:
            found = sorted(found, key=lambda each: (each.parent is not None, each.oid))
            if must_be_one:
                raise UnresolvedNameError(
                    fill("{0} projects are named '{1}'", len(found), name), field='project',
                    suggestions=_located(found),
                    hint="Nothing was sent. Name the one that is meant by its path or reference.")
            warn_of_namesakes('projects', name, found)
        return found[0] if found else None


def _no_such_workspace(name, hint, suggestions=()):
    return NotFoundError(fill(
        "Specified workspace of '{0}' either does not exist or the user does not have permission "
        "to access that workspace", name), hint=hint, suggestions=suggestions)


def _no_such_project(workspace_name, name, suggestions=()):
    return NotFoundError(fill(
        "The current Workspace '{0}' does not contain an accessible Project with the name of "
        "'{1}'", workspace_name, name), hint=PROJECTS_HINT, suggestions=suggestions)


def warn_of_namesakes(kind, name, found):
    """Warn that a name stands for several places, and which one is taken."""
    listed = ', '.join(_located(found))
    remark(fill(
        "{0} {1} are named '{2}': {3}; taking {4}. Name one by its path or ref.", len(found), kind,
        name, listed, found[0].ref))


def _located(places):
    return ['{0}{1}'.format(each.ref, ' (below {0})'.format(each.parent) if each.parent else '')
            for each in places]


__all__ = ['Defaults', 'PROJECTS_HINT', 'WORKSPACES_HINT', 'warn_of_namesakes']
