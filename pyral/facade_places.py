"""The methods of `Rally` about workspaces, projects, the schema and its values."""
from __future__ import absolute_import, division, print_function

from pyral._compat import binary_type, ensure_text, fill, text_type
from pyral.advice import check_keywords, remark
from pyral.errors import RallyRESTAPIError
from pyral.query.nodes import quoted
from pyral.reading import queries

__all__ = ['PlaceMethods']


class PlaceMethods(object):
    """Where the connection is, and what can be there."""

    def subscriptionName(self):
        """Return the name of the subscription."""
        return self.contextHelper.subscriptionName()

    def getWorkspace(self):
        """Return the current workspace as an unloaded `Workspace`; no request."""
        return self._connection.shell(self.contextHelper.currentWorkspace())

    def getWorkspaces(self):
        """Return the open workspaces as unloaded entities, sorted by name.

        In an isolated instance that is the one workspace.
        """
        return [self._connection.shell(place) for place in self.contextHelper.getWorkspaces()]

    def setWorkspace(self, workspaceName):
        """Make another workspace current, and in it the default project or else the first one.

        :param workspaceName: a name, reference or entity.
        :raises RallyRESTAPIError: it is unknown or closed, or the instance is isolated; then
            nothing has changed.
        """
        self.contextHelper.setWorkspace(workspaceName)

    def getProject(self, name=None):
        """Return a project of the current workspace as an unloaded `Project`.

        :param name: a name, a path (`Base // Next`) or a reference; the current one by default.
        :returns: None for a plain name that is unknown.
        :raises RallyRESTAPIError: a path leads nowhere.
        """
        return self._connection.shell(self.contextHelper.getProject(name))

    def getProjects(self, workspace=None, closed=False):
        """Return the projects of a workspace as unloaded entities, sorted by name and reference.

        :param workspace: a name, reference or entity; the current one by default. An unknown
            name gives an empty list.
        :param closed: True for the closed projects instead of the open ones.
        """
        places = self.contextHelper.getProjects(workspace, closed)
        return [self._connection.shell(place) for place in places]

    def setProject(self, projectName):
        """Make another project of the workspace current.

        :param projectName: a name, a path (`Base // Next`), a reference or an entity.
        :raises RallyRESTAPIError: it is unknown; then nothing has changed.
        """
        self.contextHelper.setProject(projectName)

    def getSchemaInfo(self, workspace=None, project=None):
        """Return the types of a workspace as the schema endpoint describes them: a list of dicts.

        :param workspace: a name, reference or entity; the current one by default.
        :param project: accepted as ever, without effect.
        """
        return self.contextHelper.schemaRows(self._workspace_ref(workspace))

    def typedef(self, target_type):
        """Return the `SchemaItem` of a type, its allowed values resolved, or None if unknown.

            rally.typedef('Feature').ref        # 'typedefinition/12345'
        """
        type_def = self.contextHelper.getSchemaItem(target_type)
        if type_def is not None and not type_def.completed:
            try:
                type_def.complete(self.contextHelper.currentContext(), self._values_at)
            except RallyRESTAPIError as error:
                remark(fill("typedef: not all allowed values of {0} can be read: {1}",
                            type_def.TypePath, error.args[0] if error.args else error))
        return type_def

    def getAllowedValues(self, entityName, attributeName, **kwargs):
        """Return the allowed values of an attribute as text.

        :param attributeName: its name, with or without `c_`; letter case counts.
        :param workspace: a name, reference or entity; the current one by default.
        :returns: a list; `[True]` where any fitting object may be set; None for an unknown type
            or attribute. The answer is the same every time.
        """
        check_keywords('getAllowedValues', kwargs, ('workspace', 'project'), self._strict)
        if not isinstance(attributeName, (text_type, binary_type)):
            return None
        attributeName = ensure_text(attributeName)
        workspace = kwargs.get('workspace')
        context = self.contextHelper.currentContext()
        if workspace not in (None, 'current'):
            context = self.contextHelper.identifyContext(workspace=workspace, project=None)[0]
        type_def = self.contextHelper.catalogue(context.workspace_ref).find(entityName)
        attribute = type_def.attribute(attributeName) if type_def is not None else None
        if attribute is None or attribute.ElementName not in (attributeName,
                                                              u'c_' + attributeName):
            return None
        return attribute.allowed_values(context, self._values_at)

    def getState(self, entity, state_name):
        """Return the `State` of a portfolio type by its name; its `.ref` goes into data.

        :returns: the response instead where not exactly one state matches.
        """
        return self.get('State', fetch=True, project=None, instance=True, query=[
            fill(u'TypeDef.Name = {0}', quoted(_bare(entity))),
            fill(u'Name = {0}', quoted(state_name))])

    def getStates(self, entity):
        """Return the states of a portfolio type in their order, each name once.

        :raises InvalidRallyTypeNameError: there is no such type.
        :raises RallyRESTAPIError: the service refused the query.
        """
        response = self.get('State', fetch=True, project=None, order='OrderIndex,ObjectID',
                            query=fill(u'TypeDef.Name = {0}', quoted(_bare(entity))))
        latest = {}
        for state in response:  # A state that was made anew has the higher ObjectID.
            latest[(state.OrderIndex, state.Name)] = state
        if not latest:
            self._connection.type_of(entity, with_attributes=False)  # or is the type unknown?
        return [latest[key] for key in sorted(latest)]

    def validateAttributeNames(self, entity_name, itemData):
        """Return the data with the names as the service spells them.

        :raises RallyAttributeNameError: naming those the type does not have.
        :raises InvalidRallyTypeNameError: there is no such type.
        """
        return self._connection.type_of(entity_name).map_values(itemData)

    def _workspace_ref(self, workspace):
        if workspace in (None, 'current'):
            return self.contextHelper.currentWorkspaceRef()
        return self.contextHelper.identifyContext(workspace=workspace, project=None)[
            0].workspace_ref

    def _values_at(self, context, url):
        return queries.collection(self._connection, url, {}, context)


def _bare(entity):
    """Return a type's name without its path: states know `Feature`, not `PortfolioItem/Feature`."""
    return ensure_text(entity).rpartition(u'/')[2]
