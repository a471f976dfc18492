"""The current scope of a connection: the account, the workspace and project, the schema.

`RallyContextHelper` makes every `RallyContext`: it resolves names, paths, references and entities,
and swaps the current one under a lock. It holds no password or key. Lists of workspaces and
projects, and the schema, load on first need.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import binary_type, ensure_text, fill, text_type
from pyral._locks import ProcessLock
from pyral.advice import did_you_mean, remark
from pyral.context.defaults import PROJECTS_HINT, WORKSPACES_HINT, Defaults, warn_of_namesakes
from pyral.context.directory import (
    PROJECT_PATH_ELEMENT_SEPARATOR,
    Directory,
    Place,
    is_path,
    not_accessible,
)
from pyral.context.scope import NOT_GIVEN, Location, RallyContext, flag, is_current
from pyral.errors import NotFoundError, RallyRESTAPIError
from pyral.schema.reader import Catalogues, SchemaReader


class RallyContextHelper(object):
    """Knows the account and the current scope, and resolves what callers name.

        helper = rally.contextHelper
        print(helper.currentWorkspace().name, helper.currentProject().name)

    :param transport: a `Transport`
    :param user: the user name, None with an API key
    :param isolated_workspace: True to stay in one workspace
    :param warn: True to say on stderr that another default project was taken
    :param loader: goes into every context
    :param catalogues: the `Catalogues` of the server; by default no schema is kept on disk
    """

    def __init__(self, transport, user=None, isolated_workspace=False, warn=True, loader=None,
                 catalogues=None):
        self.transport = transport
        self.directory = Directory(transport)
        self.user = user
        self.isolated_workspace = bool(isolated_workspace)
        self.warn = warn
        self._loader = loader
        self.account = None
        self._defaults = None
        self._lock = ProcessLock()
        #: Current workspace, project and context; one tuple, so that readers need no lock.
        self._current = (None, None, None)
        self._catalogues = catalogues
        if catalogues is None:
            self._catalogues = Catalogues(SchemaReader(transport))

    def __repr__(self):
        return '<RallyContextHelper {0!r}>'.format(self._current[2])

    # Connecting
    def connect(self, workspace=NOT_GIVEN, project=NOT_GIVEN):
        """Find out who is asking, and settle on a workspace and a project.

            context = rally.contextHelper.connect()

        One request where the account's defaults are taken, one more for each that is named.

        :param workspace: a name, ref or entity; nothing, None or `default` for the account's own
        :param project: a name, path, ref or entity; nothing or `default` for the account's own
        :returns: the `RallyContext`
        :raises RallyRESTAPIError: with the messages of the contract
        """
        self.account = self.directory.account(self.user)
        self.user = self.user or self.account.user_name
        self._defaults = Defaults(self.directory, self.account)
        place = self._defaults.initial_workspace(workspace)
        return self._make_current(
            place, self._defaults.initial_project(place, project, self.warn))

    # The current scope
    def currentContext(self):
        """Return the `RallyContext` of this moment.

            print(rally.contextHelper.currentContext())

        No request.
        """
        return self._current[2]

    def currentWorkspace(self):
        """Return the current workspace as a `Place`.

            print(rally.contextHelper.currentWorkspace().name)

        No request.
        """
        return self._workspace

    def currentProject(self):
        """Return the current project as a `Place`; by a path, its name is that path.

            print(rally.contextHelper.currentProject().name)

        No request.
        """
        return self._project

    def currentWorkspaceRef(self):
        """Return `workspace/<oid>`.

            print(rally.contextHelper.currentWorkspaceRef())

        No request.
        """
        return self._workspace.ref

    def currentProjectRef(self):
        """Return `project/<oid>`.

            print(rally.contextHelper.currentProjectRef())

        No request.
        """
        return self._project.ref

    @property
    def user_oid(self):
        """The ObjectID of the account.

            >>> rally.contextHelper.user_oid == rally.me().oid
            True
        """
        return self.account.oid

    def subscriptionName(self):
        """Return the subscription's name.

            print(rally.contextHelper.subscriptionName())

        No request where connecting told it.
        """
        return self.directory.subscription().name

    def setWorkspace(self, workspace):
        """Make another workspace current, and in it the default or else the first project.

            rally.contextHelper.setWorkspace('Acme Engineering')

        :param workspace: a name, ref or entity
        :raises RallyRESTAPIError: it is unknown or closed, or the instance is isolated
        """
        if is_current(workspace):
            return
        asked = self._place(workspace, 'workspace')
        with self._lock:
            current = self._workspace
            if workspace == current.name or (asked and asked.ref == current.ref):
                return
            if self.isolated_workspace:
                raise RallyRESTAPIError("No reset of of the Workspace is permitted when the "
                                        "isolated_workspace option is specified")
            if asked is not None:
                place = self.directory.confirmed(asked)
            else:
                place = self._workspace_named(ensure_text(workspace or ''))
            if place is None:
                raise NotFoundError(
                    "Specified workspace not valid for your credentials or is in a Closed state",
                    hint=WORKSPACES_HINT, suggestions=self._like(workspace))
            self._make_current(place, self._defaults.fallback_project(place, warn=False))

    def setProject(self, project):
        """Make another project of the current workspace current.

            rally.contextHelper.setProject('Shop')

        :param project: a name, path, ref or entity
        :raises RallyRESTAPIError: it is unknown
        """
        if is_current(project):
            return
        with self._lock:
            asked = self._place(project, 'project')
            if asked is not None:
                place = self.directory.confirmed(asked)
            else:
                place = self._project_called(ensure_text(project or ''))
            if place is None:
                raise NotFoundError(
                    "Specified project not valid for your current workspace or credentials",
                    hint=PROJECTS_HINT, suggestions=self._like(project, self._workspace))
            self._make_current(self._workspace, place)

    @property
    def _workspace(self):
        return self._current[0]

    @property
    def _project(self):
        return self._current[1]

    def _make_current(self, workspace, project):
        context = self._context(workspace, project)
        self._current = (workspace, project, context)
        return context

    def _context(self, workspace, project):
        subscription = self.account.subscription
        return RallyContext(
            self.transport.server, self.user, None, self.transport.service_url,
            subscription.name if subscription else None,
            workspace.name if workspace else None, project.name if project else None,
            Location(self.transport.base_url.url, workspace.ref if workspace else None,
                     project.ref if project else None, self._loader))

    # Lists
    def getWorkspaces(self):
        """Return the open workspaces as `Place`s sorted by name; isolated, only the current.

            print([place.name for place in rally.contextHelper.getWorkspaces()])

        They are read once and kept.
        """
        if self.isolated_workspace:
            return [self._workspace]
        return list(self.directory.workspaces())

    def getProjects(self, workspace=None, closed=False):
        """Return the projects of a workspace as `Place`s sorted by name and ref.

            print([place.ref for place in rally.contextHelper.getProjects()])

        :param workspace: a name, ref or entity; the current one by default
        :param closed: True for the closed projects instead
        :returns: a list, empty where the workspace is unknown
        """
        place = self._workspace
        if workspace is not None and not is_current(workspace):
            place = self._workspace_for(workspace)
        if place is None:
            remark(fill(u"getProjects: there is no open workspace '{0}'{1}", workspace,
                        did_you_mean(self._like(workspace))))
        return list(self.directory.projects(place, closed)) if place else []

    def getProject(self, name=None):
        """Return a project of the current workspace as a `Place`, the current one by default.

            print(rally.contextHelper.getProject('Shop').ref)

        :param name: a name (None is returned where it is unknown), or a path or ref
        :raises RallyRESTAPIError: a path leads nowhere
        """
        if name is None or is_current(name):
            return self._project
        place = self._place(name, 'project')
        if place is not None:
            return place
        name = ensure_text(name)
        place = self._project_called(name)
        if place is None:
            remark(fill(u"getProject: there is no open project '{0}' in workspace '{1}'{2}", name,
                        self._workspace.name, did_you_mean(self._like(name, self._workspace))))
        return place

    def _project_called(self, name):
        if is_path(name):
            return self.directory.project_at(self._workspace, name)
        return self._project_named(self._workspace, name)

    def wpCacheStatus(self):
        """Return how much of workspaces and projects is known: False, minimal, narrow, wide.

            >>> rally.contextHelper.wpCacheStatus()
            'minimal'
        """
        if self._workspace is None:
            return False
        if self.directory.knows_all_workspaces:
            return 'wide'
        default = self.account.default_workspace
        loaded = set([self._workspace.ref] + self.directory.loaded_projects)
        return 'minimal' if default and loaded == set([default.ref]) else 'narrow'

    # The scope of one call
    def identifyContext(self, workspace=NOT_GIVEN, project=NOT_GIVEN, projectScopeUp=None,
                        projectScopeDown=None, is_write=False, **others):
        """Return the context of one call and its URL parameters.

            context, augments = rally.contextHelper.identifyContext(project='Shop')

        :param workspace: name, ref, URL, ObjectID or entity; `current` or nothing for the current
            one, None for no scope at all
        :param project: the same, or a path; None for the whole workspace
        :param projectScopeUp: 1, True, 'true' or 'True' to include the projects above
        :param projectScopeDown: likewise, the projects below
        :param is_write: True where several projects of the name given are an error
        :param others: what else the call was given, of no meaning here
        :returns: `(RallyContext, ['workspace=workspace/1', 'project=project/2', ...])`
        :raises RallyRESTAPIError: a name is not accessible
        """
        current_workspace, current_project, _ = self._current
        if workspace is None:
            return self._context(None, None), []
        named = workspace is not NOT_GIVEN and not is_current(workspace)
        place = current_workspace
        if named:
            place = self._workspace_for(workspace)
            if place is None:
                raise NotFoundError(fill('Workspace specified: "{0}" not accessible with current '
                                         'credentials', workspace), hint=WORKSPACES_HINT,
                                    suggestions=self._like(workspace))
        augments = ['workspace=' + place.ref]
        if project is None:
            return self._context(place, None), augments
        if project is NOT_GIVEN or is_current(project):
            target = self._project_kept(place, current_workspace, current_project)
        else:
            target = self._project_for(place, project, place.name if named else None, is_write)
        return self._context(place, target), augments + [
            'project=' + target.ref, 'projectScopeUp=' + flag(projectScopeUp),
            'projectScopeDown=' + flag(projectScopeDown)]

    def _project_kept(self, workspace, current_workspace, current_project):
        if workspace.ref == current_workspace.ref:
            return current_project
        name = current_project.name.split(PROJECT_PATH_ELEMENT_SEPARATOR)[-1]
        found = self._project_named(workspace, name)
        if found is None:
            raise NotFoundError(
                fill("the current Workspace |{0}| does not contain a Project that matches the "
                     "current setting of the Project: {1}", workspace.name, current_project.name),
                hint="Give project=<name>, or project=None for the whole workspace.")
        return found

    def _project_for(self, workspace, project, named_workspace, must_be_one):
        place = self._place(project, 'project')
        if place is not None:
            return place
        name = ensure_text(project)
        if is_path(name):
            here, current, _ = self._current
            if name == current.name and workspace.ref == here.ref:
                return current
            return self.directory.project_at(workspace, name)
        place = self._project_named(workspace, name, must_be_one)
        if place is None:
            raise NotFoundError(not_accessible(name, named_workspace),
                                hint=fill("Looked in workspace '{0}'. {1}", workspace.name,
                                          PROJECTS_HINT),
                                suggestions=self._like(name, workspace))
        return place

    def _workspace_for(self, value):
        """Return the workspace a value of any form names, or None."""
        place = self._place(value, 'workspace') or self._workspace_named(ensure_text(value))
        if place is not None and self.isolated_workspace and place.ref != self._workspace.ref:
            return None
        return place

    def _workspace_named(self, name):
        if _is_named(self._workspace, name):
            return self._workspace
        if self.isolated_workspace:
            return None
        found = self.directory.workspaces_named(name)
        if len(found) > 1:
            warn_of_namesakes('workspaces', name, found)
        return found[0] if found else None

    def _project_named(self, workspace, name, must_be_one=False):
        here, current, _ = self._current
        if _is_named(current, name) and workspace.ref == here.ref:
            return current
        return self._defaults.project_named(workspace, name, must_be_one)

    def _like(self, name, workspace=None):
        if not isinstance(name, (text_type, binary_type)) or self.isolated_workspace:
            return ()
        return self.directory.names_like(ensure_text(name), workspace)

    def _place(self, value, kind):
        place = self.directory.place_of(value, kind)
        return self._known(place) if place is not None else None

    def _known(self, place):
        for known in self._current[:2]:
            if known is not None and known.ref == place.ref:
                return known
        return place

    def placeOf(self, workspace_ref):
        """Return a workspace as a `Place`, with its name where that is known.

            print(rally.contextHelper.placeOf(context.workspace_ref).name)

        No request.
        """
        return self._place(workspace_ref, 'workspace')

    # The schema
    def catalogue(self, workspace=None, to_show=False):
        """Return the types of a workspace, reading the schema on first need.

            print(rally.contextHelper.catalogue().find('Story').DisplayName)

        :param workspace: `workspace/<oid>`; the current one by default
        :param to_show: True where a caller asked for the schema itself, which is to be current
        """
        return self._catalogues.of(workspace or self._workspace.ref, to_show)

    def loadedCatalogue(self, context):
        """Return the types of a context's workspace if they are loaded, else None.

            catalogue = rally.contextHelper.loadedCatalogue(context)

        No request.
        """
        return self._catalogues.loaded(context.workspace_ref)

    def knownCatalogue(self, context):
        """Return the types of a context's workspace as far as no request is needed, else None.

            catalogue = rally.contextHelper.knownCatalogue(context)

        A schema that is kept on disk is read.
        """
        return self._catalogues.known(context.workspace_ref)

    def schemaRows(self, workspace=None):
        """Return the schema of a workspace as the service gives it: a list of dicts.

            print([row['TypePath'] for row in rally.contextHelper.schemaRows()])

        :param workspace: `workspace/<oid>`; the current one by default
        """
        return self._catalogues.rows(workspace or self._workspace.ref)

    def getSchemaItem(self, name):
        """Return the definition of a type of the current workspace, or None.

            >>> rally.contextHelper.getSchemaItem('Story')
            <TypeDef HierarchicalRequirement>
        """
        return self.catalogue(to_show=True).find(name)


def _is_named(place, name):
    """Say whether a text is the name of a place, or its ObjectID in digits."""
    return name in (place.name, text_type(place.oid))


#: The names from 2015 to 2018.
AgileCentralContext = RallyContext
AgileCentralContextHelper = RallyContextHelper

__all__ = ['AgileCentralContext', 'AgileCentralContextHelper', 'NOT_GIVEN',
           'PROJECT_PATH_ELEMENT_SEPARATOR', 'Place', 'RallyContext', 'RallyContextHelper',
           'RallyRESTAPIError']
