"""`Rally`, the client facade scripts work with, and the functions they import beside it.

The class is a table of contents: every method is a signature, a docstring and a call into the
package that does the work. Nothing here builds a request, keeps the state of a call, or shows a
password or key.
"""
from __future__ import absolute_import, division, print_function

import importlib
import os
import re
import sys
import weakref

from pyral import config, people, refs
from pyral._compat import (
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    format_as_text,
    string_types,
    text_type,
)
from pyral.advice import check_keywords, did_you_mean, remark
from pyral.config import warning
from pyral.connection import Connection, named_type, type_name
from pyral.context.helper import NOT_GIVEN, RallyContextHelper
from pyral.context.scope import is_current
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import (
    ConfigError,
    MissingAttributeError,
    PyralError,
    RallyAttributeNameError,
    RallyRESTAPIError,
    nearest,
)
from pyral.http.log import InteractionLog
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from pyral.lazy.loader import Loader
from pyral.query.builder import RallyUrlBuilder
from pyral.query.nodes import quoted
from pyral.reading import queries
from pyral.reading.response import RallyRESTResponse
from pyral.redact import Secret
from pyral.resolving.criteria import in_criteria, member_type
from pyral.resolving.memory import Memory
from pyral.resolving.whole_items import current_timebox, whole_items
from pyral.rows.columns import columns_of, fetch_of
from pyral.rows.of_response import fetched_names
from pyral.rows.table import Rows
from pyral.schema.cache import SchemaCache, folder_for
from pyral.schema.reader import Catalogues, SchemaReader
from pyral.schema.standard_types import standard_path
from pyral.writing import attachments, batch, collection_edits, lookup, ranking, single
from pyral.writing.attachments import MAX_ATTACHMENT_SIZE, add_many
from pyral.writing.dry_run import NotSent

__all__ = ['AgileCentral', 'Rally', 'RallyAttributeNameError', 'RallyRESTAPIError',
           'RallyUrlBuilder', 'getCollection', 'getResourceByOID', 'hydrateAnInstance', 'warning']

CONNECT_KEYWORDS = ('workspace', 'project', 'verify_ssl_cert', 'headers', 'debug', 'adapter',
                    'timeout', 'retry', 'lazy', 'strict', 'threads', 'schema_cache', 'resolve',
                    'deadline', 'max_answer')
_PARAMETERS = ('server', 'user', 'password', 'apikey', 'version', 'warn', 'server_ping',
               'isolated_workspace')
#: The methods that write.
_WRITES = ('addAttachment', 'addAttachments', 'addCollectionItems', 'addCollectionItemsMultiple',
           'copy', 'create', 'createMultiple', 'delete', 'deleteAttachment', 'deleteMultiple',
           'dropCollectionItems', 'dropCollectionItemsMultiple', 'post', 'put', 'rankAbove',
           'rankBelow', 'rankBottom', 'rankToBottom', 'rankToTop', 'rankTop', 'update',
           'updateMultiple')
#: Arguments that no frame shows.
_MAY_BE_SECRET = ('server', 'password', 'apikey', 'headers')
#: Where the attributes of a write go, for callers who give them as keywords.
_DATA = ('the data go', 'itemData')
_SCOPE_FLAGS = ('projectScopeUp', 'projectScopeDown', 'timeout', 'deadline', 'resolve')


class Rally(object):
    """A connection to one server with one account.

        rally = Rally('rally1.rallydev.com', apikey=apikey, workspace='Acme', project='Web')
        for story in rally.get('Story', fetch='FormattedID,Name', query='Owner = null'):
            print(story.FormattedID, story.Name)

    :param server: host, `host:port`, or with a scheme (`http://127.0.0.1:8010`).
    :param user: user name; with `password` it is sent by basic authentication.
    :param apikey: API key; wins over user and password.
    :param version: accepted; the version is always v2.0.
    :param warn: say on stderr when another default project is taken.
    :param server_ping: accepted, without effect.
    :param isolated_workspace: stay in one workspace.
    :param workspace: (keyword) name, reference or entity; the account's default otherwise.
    :param project: (keyword) name, path, reference or entity; likewise.
    :param verify_ssl_cert: (keyword) True, False, or the path of a certificate bundle.
    :param headers: (keyword) integration headers: `{'name': ..., 'vendor': ...}`.
    :param debug: (keyword) accepted, without effect.
    :param adapter: (keyword) a transport adapter of the HTTP library, mounted for the server.
    :param timeout: (keyword) seconds, or a pair for connecting and reading.
    :param deadline: (keyword) seconds for one sending and all of its answer.
    :param max_answer: (keyword) bytes of an answer, or a pair: as sent, decompressed.
    :param retry: (keyword) a `retry.RetryPolicy`.
    :param lazy: (keyword) what a missing attribute does: `batch`, `single` or `never`.
    :param strict: (keyword) True makes an unknown keyword a `TypeError`, not a warning, and raises
        what goes wrong with a read at once, not when its items are asked for.
    :param threads: (keyword) upper bound of parallel page requests.
    :param schema_cache: (keyword) folder where the schema is kept between processes, or False.
    :param resolve: (keyword) False sends names that are given for references as they are.
    :raises RallyRESTAPIError: the connection does not come about.
    """

    ARTIFACT_TYPE = {
        'S': 'Story', 'US': 'Story', 'DE': 'Defect', 'DS': 'DefectSuite', 'TA': 'Task',
        'TC': 'TestCase', 'TS': 'TestSet', 'PI': 'PortfolioItem',
    }
    FORMATTED_ID_PATTERN = re.compile(r'^[A-Z]{1,2}\d+$')
    MAX_ATTACHMENT_SIZE = MAX_ATTACHMENT_SIZE

    def __init__(self, server=config.SERVER, user=None, password=None, apikey=None,
                 version=config.WS_API_VERSION, warn=True, server_ping=None,
                 isolated_workspace=False, **kwargs):
        # From here on no frame holds what an error report would show with its names.
        password, apikey, server = Secret(password), Secret(apikey), Secret(server)
        given, kwargs = list(kwargs), dict(
            (name, Secret(kwargs[name]) if name == 'headers' else kwargs[name])
            for name in CONNECT_KEYWORDS if name in kwargs)
        self._strict = bool(kwargs.get('strict'))
        check_keywords('Rally', given, _PARAMETERS + CONNECT_KEYWORDS, self._strict)
        self.apikey = config.credential(apikey.reveal(), 'apikey')
        self.user, self.password = (None, None) if self.apikey else (
            config.credential(user, 'user'), config.credential(password.reveal(), 'password'))
        self.version = config.WS_API_VERSION
        self.hydration = 'full'
        self.isolated_workspace = bool(isolated_workspace)
        self._threads = kwargs.get('threads')
        self._log = None
        self._transport = Transport(
            server, Credentials(self.user, self.password, self.apikey), kwargs.get('headers'),
            kwargs.get('verify_ssl_cert', True), kwargs.get('timeout'),
            _policy(kwargs.get('retry')), kwargs.get('adapter'),
            deadline=kwargs.get('deadline'), max_answer=kwargs.get('max_answer'))
        self.server = self._transport.server
        self.service_url = self._transport.service_url
        self.schema_url = self._transport.schema_url
        self._schema_cache = kwargs.get('schema_cache')
        catalogues = Catalogues(SchemaReader(self._transport, SchemaCache(
            folder_for(self._schema_cache, os.environ), self._transport.base_url.url)))
        # A weak reference, because contexts and with them entities may outlive the connection.
        loader = Loader(self._transport, kwargs.get('lazy', 'batch'), catalogues,
                        weakref.ref(self))
        self.contextHelper = RallyContextHelper(
            self._transport, self.user, self.isolated_workspace, warn, loader, catalogues)
        self._connection = Connection(self._transport, self.contextHelper, Memory(),
                                      kwargs.get('resolve', True) is not False)
        self.contextHelper.connect(kwargs.get('workspace', NOT_GIVEN),
                                   kwargs.get('project', NOT_GIVEN))

    @classmethod
    def from_profile(cls, profile=None, **kwargs):
        """Connect with the settings of a profile, a section of the user's own config file.

            rally = Rally.from_profile('prod')
            rally = Rally.from_profile('prod', project='Web', timeout=30)

        What the profile leaves open comes from the environment and the files of the folder, as
        for `rallyWorkset` (:doc:`configuration`). It costs what `Rally` costs.

        :param profile: its name; None for the one that `RALLY_PROFILE` names, else the section
            `default` where nothing names a server or an account.
        :param kwargs: as for `Rally`; they win over the profile.
        :returns: a `Rally`.
        :raises ConfigError: there is no such profile, its helper fails, or a file cannot be read;
            with `strict=True` also where a line of the profile sets nothing.
        :raises RallyRESTAPIError: the connection does not come about.
        """
        kwargs = dict((name, Secret(value) if value and name in _MAY_BE_SECRET else value)
                      for name, value in kwargs.items())
        return cls(**config.connection_settings(profile, kwargs))

    @property
    def password(self):
        """The password, None with an API key; it is kept where no `repr` and no `vars` shows it.

            assert rally.password is None       # connected with an API key

        No request.
        """
        return self._password.reveal()

    @password.setter
    def password(self, password):
        self._password = Secret(password)

    @property
    def apikey(self):
        """The API key; it is kept where no `repr` and no `vars` shows it.

            twin = Rally(rally.server, apikey=rally.apikey)

        No request.
        """
        return self._apikey.reveal()

    @apikey.setter
    def apikey(self, apikey):
        self._apikey = Secret(apikey)

    @property
    def session(self):
        """The `requests.Session` all requests go through, from every thread.

        What is set on it (hooks, verify, cert, proxies, headers, adapters) holds from the next
        request on. Its requests to this server are signed, those elsewhere are not:

            rally.session.get(rally.service_url + '/defect', params={'pagesize': 1})

        Another session may be put in its place.
        """
        return self._transport.session

    @session.setter
    def session(self, session):
        self._transport.session = session

    @property
    def requests_made(self):
        """How many requests this connection has made so far.

            before = rally.requests_made
            list(rally.get('Defect'))
            print(rally.requests_made - before)

        Those that were repeated count each time.
        """
        return self._transport.request_count

    @property
    def retries_made(self):
        """How many of them were repeats of requests that failed in passing.

            print(rally.retries_made)

        No request.
        """
        return self._transport.retry_budget.taken

    def doctor(self, time_limit=20, tries_write=True, on_finding=None):
        """Check this connection, from the network to rights, and return `Findings`.

            findings = rally.doctor()
            print(findings)
            assert findings.exit_code == 0

        What it checks, and what each finding means: :doc:`connecting_trouble`. Where no `Rally`
        can be made, `examine` of the package `pyral.doctor`, which is to be imported, does the
        same. It raises for nothing that it finds, and changes nothing. It costs about eight
        requests, none of them sent again.

        :param time_limit: seconds for each check.
        :param tries_write: False leaves out the request that tells a read-only API key: an update
            of an item that cannot exist.
        :param on_finding: called with each `Finding` at once.
        """
        current = self.contextHelper
        values = {
            'server': self.server, 'user': self.user or config.USER_NAME,
            'password': Secret(self.password), 'apikey': Secret(self.apikey),
            'workspace': current.currentWorkspaceRef(), 'project': current.currentProjectRef()}
        # What few scripts use is not imported with pyral.
        examination = importlib.import_module('pyral.doctor.examination')
        return examination.examine_connection(self._transport, values, self._schema_cache,
                                              time_limit, tries_write, on_finding)

    def get(self, entity, fetch=False, query=None, order=None, **kwargs):
        """Query a type and return a `RallyRESTResponse`; iterating it gives the items.

            for defect in rally.get('Defect', fetch='FormattedID,Name', query='State = Open'):
                print(defect.FormattedID, defect.Name)

        :param entity: a type name: `Story`, `Defect`, `PortfolioItem/Feature`, `Feature`; or an
            entity class.
        :param fetch: True, False, names with commas between them, or a list of names.
        :param query: text, a list of conditions, or a dict; see `query_builder.build`.
        :param order: for example `'Name DESC,FormattedID'`.
        :param kwargs: `workspace`, `project` (None for all), `projectScopeUp`,
            `projectScopeDown`, `pagesize`, `start`, `limit`, `threads`, `timeout` (seconds or
            a pair, for this call), `on_progress` (a function that is called with how many items
            were read and how many there are), `resolve=False` to send names in conditions as they
            are, `strict=True` to raise at once what goes wrong, and
            `instance=True` to get the item itself where exactly one matches.
        :raises InvalidRallyTypeNameError: there is no such type; nothing was sent.
        :raises QuerySyntaxError: the query cannot be read; nothing was sent.
        :raises UnresolvedNameError: a name in a dict or list stands for no item, or for several.
        """
        kwargs.setdefault('threads', self._threads)
        return queries.get(self._within(kwargs), entity, fetch, query, order, kwargs, self._strict,
                           in_criteria)

    find = get

    def lint_query(self, entity, query, workspace='current', values=False):
        """Return what is wrong with a query, as a `QueryLint`, without asking the service for it.

            found = rally.lint_query('Defect', 'Sate == Open')
            print(found.is_refused, found.corrected)    # True (State = Open)
            print(found)                                # the conditions, and what is wrong

        Each condition is held against the schema: names, types, relations, values, references,
        dates. No request but those for the schema: where it was kept by an earlier process and
        something is found, it is made sure that it is the one of now.

        :param entity: a type, and `query`, as for `get`.
        :param values: True reads the lists of values that the schema does not hold, one request
            each; otherwise those that were read before count.
        :raises InvalidRallyTypeNameError: there is no such type.
        """
        context = self._context_in(workspace)
        catalogue = self.contextHelper.catalogue(context.workspace_ref)
        type_def = catalogue.resolve(type_name(entity))

        def values_of(attribute):
            try:
                return attribute.known_values(context, self._values_at if values else None)
            except PyralError:
                return []

        lint = importlib.import_module('pyral.query.query_lint').lint
        found = lint(query, type_def, catalogue, values_of)
        if found.findings and not catalogue.is_current:
            catalogue.renew()
            found = lint(query, type_def, catalogue, values_of)
        return found

    def rows(self, entity, fields, query=None, order=None, **kwargs):
        """Query a type and return its `Rows`: an iterator of dicts of plain values.

            for row in rally.rows('Defect', 'FormattedID,Owner.DisplayName,Tags,CreationDate'):
                print(row['FormattedID'], row['CreationDate'].date(), row['Tags'])

        Dots lead through references and collections. Times are aware datetimes, references the
        names of what they refer to, collections lists of names, and what is missing is None. It
        costs what the query costs; members of collections that an answer does not name are read
        a page at a time (:doc:`prices`).

        :param entity: as for `get`.
        :param fields: names with commas between them, a list of names, or a dict of column name to
            field name; the fetch list is made of them.
        :param kwargs: as for `get`, but for `fetch` and `instance`.
        :returns: `Rows`, which also has `to_csv`, `to_jsonl`, `to_dicts`, `to_dataframe`,
            `to_arrow` and `to_parquet`.
        :raises RallyAttributeNameError: the type has no such attribute; nothing was sent.
        """
        for name in ('fetch', 'instance'):
            if name in kwargs:
                raise TypeError("rows takes no '{0}': what is fetched follows from the "
                                "fields".format(name))
        check_keywords('rows', kwargs, queries.ROWS_KEYWORDS, self._strict, queries.CONDITIONS)
        context = self._context_in(kwargs.get('workspace'))
        catalogue = self.contextHelper.catalogue(context.workspace_ref)
        columns = columns_of(fields, catalogue.resolve(type_name(entity)), catalogue)
        response = self.get(entity, fetch_of(columns), query, order, **kwargs)
        return Rows(response, columns, fetched_names(response.resource))

    def to_dicts(self, entity, fields, query=None, order=None, **kwargs):
        """Query a type and return its rows as a list of dicts; see `rows`.

            rally.to_dicts('Defect', 'FormattedID,Name')

        It costs what `rows` costs.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_dicts()

    def to_csv(self, entity, fields, path_or_file, query=None, order=None, escape_formulas=True,
               encoding='utf-8', **kwargs):
        """Query a type, write its rows as CSV and return how many there were.

            rally.to_csv('Defect', 'FormattedID,Name,Tags', 'defects.csv', query='State = Open')

        :param escape_formulas: and `encoding`, as for `Rows.to_csv`.
        :param kwargs: as for `rows`.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_csv(
            path_or_file, escape_formulas, encoding)

    def to_jsonl(self, entity, fields, path_or_file, query=None, order=None, **kwargs):
        """Query a type, write its rows as JSON Lines and return how many there were.

            rally.to_jsonl('Defect', 'FormattedID,Name', 'defects.jsonl')

        It costs what `rows` costs.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_jsonl(path_or_file)

    def to_dataframe(self, entity, fields, query=None, order=None, **kwargs):
        """Query a type and return its rows as a pandas `DataFrame`; see `Rows.to_dataframe`.

            frame = rally.to_dataframe('Defect', 'FormattedID,CreationDate')

        It costs what `rows` costs.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_dataframe()

    def to_arrow(self, entity, fields, query=None, order=None, **kwargs):
        """Query a type and return its rows as a pyarrow `Table`; see `Rows.to_arrow`.

            table = rally.to_arrow('Defect', 'FormattedID,CreationDate')

        It costs what `rows` costs.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_arrow()

    def to_parquet(self, entity, fields, path, query=None, order=None, **kwargs):
        """Query a type, write its rows as a Parquet file and return how many there were.

            rally.to_parquet('Defect', 'FormattedID,Name', 'defects.parquet')

        It costs what `rows` costs.
        """
        return self.rows(entity, fields, query, order, **kwargs).to_parquet(path)

    def __getitem__(self, key):
        """Return an item by its FormattedID, or several of them in the order they are named.

            story = rally['US1']
            defect, story = rally['DE3', 'US1']

        They come with all attributes, from anywhere in the workspace, in one request a type.

        :param key: a FormattedID; the ObjectID of an artifact; a reference or entity, which is read
            anew; or a tuple or list of such.
        :raises NotFoundError: naming all that are not there.
        :raises RallyRESTAPIError: no type of the workspace has the prefix of a FormattedID.
        """
        if isinstance(key, (tuple, list, set, frozenset)):
            return whole_items(self._connection, list(key))
        return whole_items(self._connection, [key])[0]

    #: Reading all there is by one mistaken loop over the connection is not on offer.
    __iter__ = None

    def me(self):
        """Return the `User` whose credentials are in use; no request.

            rally.get('Task', query={'Owner': rally.me()})

        What connecting did not tell loads with the first attribute that is missing.
        """
        return people.caller(self._connection)

    def current(self, entity, project='current', workspace='current', fetch=True):
        """Return the iteration or release that today belongs to; one request.

            sprint = rally.current('Iteration', project=rally.getProject())

        :param entity: `Iteration` or `Release`.
        :param project: a name, path, reference or entity; the current one by default. Those of its
            parents and children do not count.
        :param fetch: as for `get`.
        :returns: None where today lies between two of them.
        :raises MultipleFoundError: several overlap today.
        :raises TypeError: another type, or no project.
        """
        return current_timebox(self._connection, entity, fetch, project, workspace)

    def put(self, entityName, itemData, workspace='current', project='current', **kwargs):
        """Create an item and return it as the service completed it.

            rally.create('Defect', {'Name': 'x', 'Owner': 'paula@example.com', 'Tags': ['legal']})

        :param itemData: a dict, or an instance with attributes; references may be entities or the
            names of items, dates may be dates, collections lists of them.
        :param kwargs: `projectScopeUp`, `projectScopeDown`, `timeout`, `resolve=False` to send
            names of items as they are, and `fetch`: the attributes the entity shall have, all by
            default.
        :raises RallyAttributeNameError: naming unknown attributes; nothing was sent.
        :raises UnresolvedNameError: a name stands for no item, or for several; nothing was written.
        :raises RallyRESTAPIError: the service refused.
        """
        fetch = kwargs.pop('fetch', None)
        return single.create(self._within(kwargs), entityName, itemData,
                             self._scope('create', workspace, project, kwargs, 'fetch'), fetch)

    create = put

    def post(self, entityName, itemData, *scope, **kwargs):
        """Update an item and return it as it is then.

            rally.update('Defect', {'FormattedID': 'DE3', 'State': 'Fixed'})
            rally.update('Defect', 'DE3', {'State': 'Fixed'})
            rally.update('Defect', defect)      # what was set on it since it was read

        :param itemData: a dict or instance with `ObjectID`, `FormattedID` or a reference in it; or
            an ObjectID, FormattedID, entity or reference, with the dict as the next argument; or
            an entity alone, which sends what was set on it (collections only by a dict).
        :param scope: workspace and project by position; better as `workspace=`, `project=`.
        :param kwargs: as for `create`.
        :raises UnresolvedNameError: a name stands for no item, or for several; nothing was written.
        :raises RallyRESTAPIError: the item is not there, or the service refused.
        """
        ident, values, kwargs = single.split_update(itemData, scope, kwargs)
        fetch = kwargs.pop('fetch', None)
        return single.update(
            self._within(kwargs), entityName, ident, values,
            self._scope('update', kwargs.pop('workspace', 'current'),
                        kwargs.pop('project', 'current'), kwargs, 'fetch'), fetch)

    update = post

    def copy(self, entityName, itemIdent, workspace='current', project='current', **kwargs):
        """Have the service copy an item, and return the copy.

            twin = rally.copy('Defect', 'DE1')
            print(twin.Name)                    # (Copy of) ...

        What goes along, such as tags and steps, the service decides; not every type can be
        copied. One request, and one more for a FormattedID.

        :param itemIdent: as for `delete`.
        :param kwargs: as for `create`.
        :raises RallyRESTAPIError: the item is not there, or the service refused.
        """
        fetch = kwargs.pop('fetch', None)
        return single.copy(self._within(kwargs), entityName, itemIdent,
                           self._scope('copy', workspace, project, kwargs, 'fetch'), fetch)

    def delete(self, entityName, itemIdent, workspace='current', project='current', **kwargs):
        """Delete an item and return True.

            rally.delete('Defect', 'DE2')

        :param itemIdent: ObjectID, FormattedID, entity or reference, or a dict or instance with
            one of them in it.
        :raises RallyRESTAPIError: the item is not there, or the service refused.
        """
        return single.delete(self._within(kwargs), entityName, itemIdent,
                             self._scope('delete', workspace, project, kwargs))

    def createMultiple(self, entityName, items, fields=None, workspace='current',
                       project='current', on_progress=None, **kwargs):
        """Create items of one type in few requests; returns a `multiop.BatchResult`.

            result = rally.createMultiple('Task', [
                {'Name': name, 'WorkProduct': 'DE1'} for name in ('Look', 'Mend')])
            for outcome in result.failed:
                print(outcome.item, outcome.errors)

        :param items: dicts, or instances with attributes; not mixed. See `create` for the values.
        :param fields: for instances, the names of the attributes to send.
        :param on_progress: called with how many items are done and how many there are.
        :raises UnresolvedNameError: a name stands for no item, or for several; nothing was written.
        :raises MultipleOperationError: the items cannot be sent, or the network failed.
        """
        kwargs['on_progress'] = on_progress
        return batch.create_many(self._within(kwargs), entityName, items, fields,
                                 self._scope('createMultiple', workspace, project, kwargs))

    def updateMultiple(self, entityName, items, fields=None, workspace='current',
                       project='current', on_progress=None, **kwargs):
        """Update items of one type in few requests; returns a `multiop.BatchResult`.

            rally.updateMultiple('Defect', [
                {'ObjectID': each.oid, 'Priority': 'Low'} for each in rally.get('Defect')])

        :param items: dicts or instances with an `ObjectID`, a reference or `FormattedID` each; not
            mixed.
        :param fields: names of the attributes to send; by default all that are given, and of
            entities what was set on them since they were read (collections only by `fields`).
        :param on_progress: called with how many items are done and how many there are.
        :raises UnresolvedNameError: a name or FormattedID stands for no item, or a name for
            several; nothing was written.
        :raises MultipleOperationError: the items cannot be sent, or the network failed.
        """
        kwargs['on_progress'] = on_progress
        return batch.update_many(self._within(kwargs), entityName, items, fields,
                                 self._scope('updateMultiple', workspace, project, kwargs))

    def deleteMultiple(self, entityName, items, workspace='current', project='current',
                       on_progress=None, **kwargs):
        """Delete items in few requests; returns a `multiop.BatchResult`.

            gone = rally.deleteMultiple('Defect', ['DE1', 'DE2'])
            print(len(gone), gone.errors)

        A request for each hundred, and one more for each 250 FormattedIDs. Of what was deleted,
        the rows tell the reference, and name and FormattedID where they were known before.

        :param entityName: their type, or one above them such as `Artifact`.
        :param items: what `delete` takes, and the items of `updateMultiple`; they may be mixed.
        :param on_progress: called with how many items are done and how many there are.
        :raises UnresolvedNameError: a FormattedID stands for no item; nothing was deleted.
        :raises MultipleOperationError: the items cannot be sent, or the network failed.
        """
        kwargs['on_progress'] = on_progress
        return batch.delete_many(self._within(kwargs), entityName, items,
                                 self._scope('deleteMultiple', workspace, project, kwargs))

    def addCollectionItems(self, target, collection_name=None, items=None, resolve=None):
        """Add items to a collection: `(target, items)` or `(target, collection_name, items)`.

            rally.addCollectionItems('US1', 'Tags', ['legal', 'usability'])

        :param target: an entity, a reference, a FormattedID, or the ObjectID of an artifact.
        :param items: entities, references, FormattedIDs, or names where the collection is named.
        :param resolve: False sends names as they are.
        :raises UnresolvedNameError: a name stands for no item, or for several; nothing was written.
        :returns: the names of the added items in the first form, the target read again in the
            second; None for no items.
        :raises RallyRESTAPIError: the items are of several types, or the service refused.
        """
        named, items = _edit_arguments(collection_name, items)
        return collection_edits.add_items(
            self._connection.within(resolve=resolve), target, named, items)

    def dropCollectionItems(self, target, collection_name=None, items=None, resolve=None):
        """Remove items from a collection; see `addCollectionItems`.

            rally.dropCollectionItems(defect, 'Tags', [tag])

        :returns: a `RallyRESTResponse`, or None for no items.
        """
        named, items = _edit_arguments(collection_name, items)
        return collection_edits.drop_items(
            self._connection.within(resolve=resolve), target, named, items)

    def addCollectionItemsMultiple(self, targets, collection_name=None, items=None,
                                   on_progress=None, **kwargs):
        """Add items to a collection of many targets; returns a `multiop.BatchResult` of these.

            rally.addCollectionItemsMultiple(['US1', 'DE1'], 'Tags', ['legal'])
            rally.addCollectionItemsMultiple({'US1': ['legal'], 'DE1': ['usability']}, 'Tags')

        The other members stay, where `updateMultiple` sets the whole collection. A request for
        each hundred targets, and one more for each type whose FormattedIDs are given.

        :param targets: a list of what `addCollectionItems` takes as target; or a dict of such, and
            of the items of each, in the place of `items`. Targets without items are left out.
        :param collection_name: and `items`, as for `addCollectionItems`; the same for all targets.
        :param on_progress: called with how many targets are done and how many there are.
        :param kwargs: `timeout`, `deadline`, and `resolve=False` to send names as they are.
        :raises NotFoundError: a target is not there; nothing was written.
        :raises UnresolvedNameError: a name stands for no item, or for several; nothing was written.
        :raises MultipleOperationError: the network failed; its `outcomes` tell of the targets.
        """
        return self._edit_many('addCollectionItemsMultiple', collection_edits.ADD, targets,
                               collection_name, items, on_progress, kwargs)

    def dropCollectionItemsMultiple(self, targets, collection_name=None, items=None,
                                    on_progress=None, **kwargs):
        """Remove items from a collection of many targets; see `addCollectionItemsMultiple`.

            rally.dropCollectionItemsMultiple(['US1', 'DE1'], 'Tags', ['legal'])

        It costs the same.
        """
        return self._edit_many('dropCollectionItemsMultiple', collection_edits.REMOVE, targets,
                               collection_name, items, on_progress, kwargs)

    def getCollection(self, collection_url, **kwargs):
        """Read a collection by its address and return a `RallyRESTResponse`.

            for tag in rally.getCollection(defect._ref + '/Tags', fetch='Name'):
                print(tag.Name)

        :param collection_url: for example the `_ref` of a collection; a query in it is kept.
        :param kwargs: `workspace`, `fetch`, `query`, `order`, `pagesize`, `start`, `limit`.
        """
        return queries.collection(self._within(kwargs), collection_url, kwargs,
                                  strict=self._strict, resolve=_in_members)

    def search(self, keywords, **kwargs):
        """Search for words in artifacts; the service has withdrawn this, and says so."""
        return queries.search(self._within(kwargs), keywords, kwargs, self._strict)

    def subscriptionName(self):
        """Return the name of the subscription.

            rally.subscriptionName()

        No request where the account was read when connecting.
        """
        return self.contextHelper.subscriptionName()

    def getWorkspace(self):
        """Return the current workspace as an unloaded `Workspace`; no request.

            rally.getWorkspace().Name

        :returns: a `Workspace`, whose first missing attribute loads it.
        """
        return self._connection.stub(self.contextHelper.currentWorkspace())

    def getWorkspaces(self):
        """Return the open workspaces as unloaded entities, sorted by name.

            [workspace.Name for workspace in rally.getWorkspaces()]

        In an isolated instance that is the one workspace.
        """
        return [self._connection.stub(place) for place in self.contextHelper.getWorkspaces()]

    def setWorkspace(self, workspaceName):
        """Make another workspace current, and in it the default project or else the first one.

            rally.setWorkspace(rally.getWorkspaces()[0])

        :param workspaceName: a name, reference or entity.
        :raises RallyRESTAPIError: it is unknown or closed, or the instance is isolated; then
            nothing has changed.
        """
        self.contextHelper.setWorkspace(workspaceName)

    def getProject(self, name=None):
        """Return a project of the current workspace as an unloaded `Project`.

            rally.getProject()                     # the current one
            rally.getProject('Web')                # None where nothing is called so

        :param name: a name, a path (`Base // Next`) or a reference; the current one by default.
        :returns: None for a plain name that is unknown.
        :raises RallyRESTAPIError: a path leads nowhere.
        """
        return self._connection.stub(self.contextHelper.getProject(name))

    def getProjects(self, workspace=None, closed=False):
        """Return the projects of a workspace as unloaded entities, sorted by name and reference.

            [project.Name for project in rally.getProjects()]

        :param workspace: a name, reference or entity; the current one by default. An unknown
            name gives an empty list.
        :param closed: True for the closed projects instead of the open ones.
        """
        places = self.contextHelper.getProjects(workspace, closed)
        return [self._connection.stub(place) for place in places]

    def setProject(self, projectName):
        """Make another project of the workspace current.

            rally.setProject(rally.getProjects()[0])

        :param projectName: a name, a path (`Base // Next`), a reference or an entity.
        :raises RallyRESTAPIError: it is unknown; then nothing has changed.
        """
        self.contextHelper.setProject(projectName)

    def getSchemaInfo(self, workspace=None, project=None):
        """Return the types of a workspace as the schema endpoint describes them: a list of dicts.

            [each['ElementName'] for each in rally.getSchemaInfo()]

        The service is always asked, and what it says counts for this connection from then on.

        :param workspace: a name, reference or entity; the current one by default.
        :param project: accepted as ever, without effect.
        """
        return self.contextHelper.schemaRows(self._workspace_ref(workspace))

    def typedef(self, target_type):
        """Return the `SchemaItem` of a type, its allowed values resolved, or None if unknown.

            rally.typedef('Feature').ref        # 'typedefinition/12345'

        :param target_type: the name of a type, or an entity class.
        :returns: None for an unknown one; a request where the schema is neither loaded nor was
            confirmed by the service within an hour.
        """
        target_type = named_type(target_type)
        type_def = self.contextHelper.getSchemaItem(target_type)
        if type_def is None:
            _note_unknown_type('typedef', self.contextHelper.catalogue(), target_type)
        elif not type_def.completed:
            try:
                type_def.complete(self.contextHelper.currentContext(), self._values_at)
            except RallyRESTAPIError as error:
                remark(fill("typedef: not all allowed values of {0} can be read: {1}",
                            type_def.TypePath, error.args[0] if error.args else error))
        return type_def

    def getAllowedValues(self, entityName, attributeName, **kwargs):
        """Return the allowed values of an attribute as text.

            rally.getAllowedValues('Defect', 'State')  # ['Submitted', 'Open', 'Fixed', 'Closed']

        :param attributeName: its name, with or without `c_`; letter case counts.
        :param workspace: a name, reference or entity; the current one by default.
        :returns: a list; `[True]` where any fitting object may be set; None for an unknown type
            or attribute. The answer is the same every time.
        """
        check_keywords('getAllowedValues', kwargs, ('workspace', 'project'), self._strict)
        if not isinstance(attributeName, (text_type, binary_type)):
            remark(fill("getAllowedValues: an attribute is named by text, not by {0}",
                        type(attributeName).__name__))
            return None
        attributeName = ensure_text(attributeName)
        context = self._context_in(kwargs.get('workspace'))
        catalogue = self.contextHelper.catalogue(context.workspace_ref, to_show=True)
        entityName = named_type(entityName)
        type_def = catalogue.find(entityName)
        if type_def is None:
            _note_unknown_type('getAllowedValues', catalogue, entityName)
            return None
        attribute = type_def.current_attribute(attributeName)
        if attribute is None or attribute.ElementName not in (attributeName,
                                                              u'c_' + attributeName):
            near = type_def.suggestions(attributeName) if attribute is None else (
                attribute.ElementName,)
            remark(fill(u"getAllowedValues: {0} has no attribute '{1}'{2}", type_def.TypePath,
                        attributeName, did_you_mean(near)))
            return None
        return attribute.allowed_values(context, self._values_at)

    def getState(self, entity, state_name):
        """Return the `State` of a portfolio type by its name; its `.ref` goes into data.

            rally.getState('Feature', 'Developing').ref

        :returns: the response instead where not exactly one state matches.
        """
        found = self.get('State', fetch=True, project=None, instance=True, query=[
            fill(u'TypeDef.Name = {0}', quoted(_bare(entity))),
            fill(u'Name = {0}', quoted(state_name))])
        if isinstance(found, RallyRESTResponse) and found and not found.resultCount:
            self._note_unknown_state(entity, state_name)
        return found

    def getStates(self, entity):
        """Return the states of a portfolio type in their order, each name once.

            [state.Name for state in rally.getStates('Feature')]

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

            rally.validateAttributeNames('Defect', {'schedule state': 'Accepted'})
            # {'ScheduleState': 'Accepted'}

        :raises RallyAttributeNameError: naming those the type does not have.
        :raises InvalidRallyTypeNameError: there is no such type.
        """
        return self._connection.type_of(entity_name).map_values(itemData)

    def getUserInfo(self, oid=None, username=None, name=None):
        """Return one `User` by `oid`, or the list of users with a user name or display name.

            for user in rally.getUserInfo(name='Ann Admin'):
                print(user.UserName)

        A user who is disabled is found by `oid` only; see `getAllUsers`.

        :raises RallyRESTAPIError: nothing was specified, or no user has the ObjectID.
        """
        return people.user_info(self._connection, oid, username, name)

    def getAllUsers(self, workspace=None, on_progress=None):
        """Return all users of a workspace, disabled ones included, their profiles with them.

            for user in rally.getAllUsers():
                print(user.UserName, user.Disabled)

        Only subscription administrators see the profiles of others; a warning says so.

        :param workspace: a name, reference or entity; the current one by default.
        :param on_progress: called with how many were read and how many there are.
        :returns: a list of `User`.
        """
        return people.all_users(self._within({'on_progress': on_progress}), workspace)

    def addAttachment(self, artifact, filename, mime_type='text/plain'):
        """Attach a local file to an artifact or test case result and return the `Attachment`.

            rally.addAttachment('DE1', 'log.txt')

        :param artifact: an entity, a reference, a FormattedID, or the ObjectID of an artifact.
        :param filename: path of the file, of at most 50,000,000 bytes and not empty.
        :param mime_type: None guesses it from the name.
        :returns: False for a FormattedID nobody has.
        :raises RallyRESTAPIError: there is no such file, it is too large, or it was refused.
        """
        return attachments.add(self._connection, artifact, filename, mime_type)

    def addAttachments(self, artifact, attachments, on_progress=None):
        """Attach several local files.

            rally.addAttachments(defect, [{'Name': 'log.txt', 'mime_type': 'text/plain'}])

        :param attachments: dicts with `Name` (path of the file) and one of `mime_type`,
            `MimeType`, `content_type`, `ContentType`; those without a type are passed over.
        :param on_progress: called with how many files are done and how many there are.
        :returns: True where every file with a type was attached.
        :raises RallyRESTAPIError: one of the files cannot be attached; nothing was sent.
        """
        return add_many(self._within({'on_progress': on_progress}), artifact, attachments)

    def getAttachment(self, artifact, filename):
        """Return an attachment with its decoded bytes as `Content`.

            attachment = rally.getAttachment('DE1', 'log.txt')
            if attachment:
                print(attachment.Content)

        The reference to the content stays beside it as `ContentRef`.

        :param filename: the name, or the attachment itself where names repeat.
        :returns: None for no such name; False for a FormattedID nobody has.
        """
        return attachments.get(self._connection, artifact, filename)

    def getAttachmentNames(self, artifact):
        """Return the names of the attachments of an item.

            rally.getAttachmentNames('DE1')        # ['log.txt', 'screen.png']

        :param artifact: an entity, a reference or a FormattedID.
        :returns: a list of texts; one request, and one more for a FormattedID.
        """
        return attachments.names(self._connection, artifact)

    def getAttachments(self, artifact, on_progress=None):
        """Return all attachments of an item, each with its decoded bytes as `Content`.

            for attachment in rally.getAttachments(defect):
                print(attachment.Name, len(attachment.Content))

        :param artifact: an entity, a reference or a FormattedID.
        :param on_progress: called with how many were read and how many there are.
        :returns: a list of `Attachment`; a request for the list, and one for each content.
        """
        return attachments.get_all(self._within({'on_progress': on_progress}), artifact)

    def deleteAttachment(self, artifact, filename):
        """Delete one attachment and return the item, read again.

            rally.deleteAttachment('DE1', 'log.txt')

        :param filename: the name, or the attachment itself where names repeat.
        :returns: False for no such name.
        """
        return attachments.delete(self._connection, artifact, filename)

    def saveAttachment(self, attachment, folder='.'):
        """Write an attachment to a file in a folder and return the path.

            for attachment in rally.getAttachments(defect):
                rally.saveAttachment(attachment, '.')

        The name comes from the service, made safe: it cannot lead out of the folder, and no
        existing file is overwritten. The content goes to the file as it arrives.

        :param attachment: an `Attachment` or a reference to one.
        :param folder: an existing folder.
        """
        return attachments.save(self._connection, attachment, folder)

    def saveAttachments(self, artifact, folder='.', on_progress=None):
        """Write all attachments of an item to files in a folder and return the paths.

            rally.saveAttachments('DE1', '.')      # ['./log.txt', './screen.png']

        An entity's own list of attachments counts: where it is loaded or empty, no request is made
        for it, and in a loop over the items of a page one request reads all their lists.

        :param artifact: an entity, a reference or a FormattedID.
        :param folder: an existing folder; see `saveAttachment`.
        :param on_progress: called with how many were saved and how many there are.
        """
        return attachments.save_all(self._within({'on_progress': on_progress}), artifact, folder)

    def rankAbove(self, reference_artifact, target_artifact):
        """Rank an artifact directly above another one.

            rally.rankAbove('US1', 'US2')       # US2 is then directly above US1

        :param reference_artifact: an entity, reference, FormattedID or ObjectID; so the other.
        :returns: a `RallyRESTResponse`.
        """
        return ranking.rank(self._connection, target_artifact, 'rankAbove', reference_artifact)

    def rankBelow(self, reference_artifact, target_artifact):
        """Rank an artifact directly below another one; see `rankAbove`.

            rally.rankBelow('DE1', 'DE3')          # DE3 comes after DE1

        Two requests at most for each FormattedID, and the write.
        """
        return ranking.rank(self._connection, target_artifact, 'rankBelow', reference_artifact)

    def rankToTop(self, target_artifact):
        """Rank an artifact before all others; see `rankAbove`.

            rally.rankToTop(defect)

        One request, and one more for a FormattedID.
        """
        return ranking.rank(self._connection, target_artifact, 'TOP')

    def rankToBottom(self, target_artifact):
        """Rank an artifact after all others, as `rankToTop` does before them.

            rally.rankToBottom('DE1')

        One request, and one more for a FormattedID.
        """
        return ranking.rank(self._connection, target_artifact, 'BOTTOM')

    rankTop = rankToTop
    rankBottom = rankToBottom

    def dry_run(self, write, *args, **kwargs):
        """Return the requests that a write would send, and send none of them.

            for request in rally.dry_run('update', 'Defect', 'DE1', {'State': 'Fixed'}):
                print(request)

        Values are checked, and names and ids are looked up, with requests that only read; what
        the service itself would refuse does not show.

        :param write: the name of the method that writes: `create`, `updateMultiple`, `delete` ...
        :param args: what the method takes, and so `kwargs`.
        :returns: a list of `WriteRequest`s, each with `method`, `url` and `body`.
        :raises TypeError: no method of that name writes.
        :raises PyralError: what the method raises before it sends anything.
        """
        if write not in _WRITES:
            raise TypeError(ensure_native(fill(
                u"dry_run takes the name of a method that writes, not {0}{1}", repr(write),
                did_you_mean(nearest(write, _WRITES) if isinstance(write, string_types) else ()))))
        planned = []
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, _connection=self._connection.planning(planned))
        try:
            getattr(twin, write)(*args, **kwargs)
        except NotSent:
            pass
        return planned

    def findWritten(self, error):
        """Return what the service holds of a write that got no answer.

            try:
                rally.create('Defect', {'Name': name})
            except RallyRESTAPIError as error:
                found = error.find(rally) if error.outcome_unknown else None

        :param error: what the write raised, with `outcome_unknown`.
        :returns: a list of entities, newest first; for a batch, one list for each entry. An item
            that was there before and has the same values is in it, too.
        :raises RallyRESTAPIError: the error is not about a write, or the look-up failed.
        """
        return lookup.find(self._connection, error)

    def enableLogging(self, dest=None, attrget=False, append=False):
        """Write a line for each request and answer; secrets are masked.

            rally.enableLogging('requests.log', append=True)

        :param dest: a file name or an object with `write`; standard output by default.
        :param attrget: also write what attribute access reads.
        :param append: keep what the file holds.
        :raises ConfigError: the destination cannot be written to.
        """
        self.disableLogging()
        self._log = InteractionLog(
            self._transport, sys.stdout if dest is None else dest,
            self.contextHelper.user, attrget, append)

    def disableLogging(self):
        """Stop writing; a file opened by `enableLogging` is closed, a stream stays open.

            rally.disableLogging()

        No request.
        """
        log, self._log = self._log, None
        if log is not None:
            log.close()

    def enableWarnings(self):
        """Say on stderr when another default project is taken.

            rally.enableWarnings()

        No request.
        """
        self.contextHelper.warn = True

    def disableWarnings(self):
        """Keep silent when another default project is taken.

            rally.disableWarnings()

        No request.
        """
        self.contextHelper.warn = False

    def warningsEnabled(self):
        """Return whether `enableWarnings` holds.

            if rally.warningsEnabled():
                rally.disableWarnings()

        No request.
        """
        return bool(self.contextHelper.warn)

    def obtainSecurityToken(self):
        """Return the security token of writes, or None with an API key.

            rally.obtainSecurityToken()

        One request where there is none yet.
        """
        return self._transport.token()

    def serviceURL(self):
        """Return the address of the service.

            rally.serviceURL()       # 'https://rally1.rallydev.com/slm/webservice/v2.0'

        No request.
        """
        return self.service_url

    def close(self):
        """Stop logging and close the connections; the next request opens them again.

            rally.close()        # or `with Rally(...) as rally:`

        No request.
        """
        self.disableLogging()
        self._transport.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def __getattr__(self, name):
        if name[:2] == '__':
            raise AttributeError(name)
        cls = type(self).__name__
        if '_transport' not in self.__dict__:
            raise MissingAttributeError(
                fill(u"{0}.__init__ has not called Rally.__init__, so there is no connection", cls),
                field=name, hint=fill(u"Begin it with super({0}, self).__init__(server, ...).",
                                      cls))
        raise MissingAttributeError(
            fill(u"'{0}' object has no attribute '{1}'", cls, name), field=name,
            suggestions=nearest(name, [each for each in dir(self) if each[:1] != '_']))

    __format__ = format_as_text

    def __repr__(self):
        if '_transport' not in self.__dict__:
            return '<{0}, not connected>'.format(type(self).__name__)
        try:
            context = self.contextHelper.currentContext()
        except AttributeError:  # connecting failed half-way, as the one who looks at it knows
            context = None
        if context is None:
            return '<{0} {1}, not connected>'.format(
                type(self).__name__, self._transport.base_url.url)
        return ensure_native(fill(
            u"<Rally {0} workspace '{1}' project '{2}'>", self._transport.base_url.url,
            context.workspace, context.project))

    def __reduce__(self):
        raise TypeError("a Rally holds credentials and connections and is not pickled; pickle its "
                        "entities, and give them a connection again by entity.attach(rally)")

    def _context_in(self, workspace):
        """Return the context of a workspace that a caller names, else the current one."""
        if workspace is None or is_current(workspace):
            return self.contextHelper.currentContext()
        return self.contextHelper.identifyContext(workspace=workspace, project=None)[0]

    def _within(self, kwargs):
        """Return the connection with what differs for one call, taken out of its keywords."""
        return self._connection.within(kwargs.pop('timeout', None), kwargs.pop('resolve', None),
                                       kwargs.pop('deadline', None),
                                       kwargs.pop('on_progress', None))

    def _edit_many(self, where, action, targets, collection_name, items, on_progress, kwargs):
        check_keywords(where, kwargs, ('timeout', 'deadline', 'resolve'), self._strict)
        named = collection_name
        if items is not None or not collection_edits.tells_members(targets):
            named, items = _edit_arguments(collection_name, items)
        kwargs['on_progress'] = on_progress
        return collection_edits.edit_many(self._within(kwargs), targets, named, items, action)

    def _scope(self, where, workspace, project, kwargs, *further):
        check_keywords(where, kwargs, _SCOPE_FLAGS + further, self._strict,
                       _DATA if where in ('create', 'update') else None)
        return queries.scope_in(dict(kwargs, workspace=workspace, project=project))

    def _note_unknown_state(self, entity, name):
        try:
            text = did_you_mean(nearest(name, [each.Name for each in self.getStates(entity)]))
        except PyralError as error:
            text = fill(u": {0}", error)
        remark(fill(u"getState: {0} has no state '{1}'{2}", entity, name, text))

    def _workspace_ref(self, workspace):
        if workspace is None or is_current(workspace):
            return self.contextHelper.currentWorkspaceRef()
        return self.contextHelper.identifyContext(workspace=workspace, project=None)[
            0].workspace_ref

    def _values_at(self, context, url):
        return queries.collection(self._connection, url, {}, context)

    def _wpCacheStatus(self):
        """Return how much of workspaces and projects is known."""
        return self.contextHelper.wpCacheStatus()

    def _itemQuery(self, entityName, oid, workspace=None, project=None):
        """Return one item by its ObjectID."""
        scope = dict((name, value) for name, value in
                     (('workspace', workspace), ('project', project)) if value is not None)
        context, params = self._connection.scoped(**scope)
        path = self._connection.type_of(entityName, with_attributes=False).TypePath
        return self._connection.entity(self._connection.read_item(
            '{0}/{1}'.format(path, self._oid_in(path, oid)), params,
            fill('404 Unreferenceable {0} OID: {1}', path, oid)), context)

    def _getResourceByOID(self, context, entity, oid, **kwargs):
        """Read an item by its ObjectID in the scope of a context; see `getResourceByOID`."""
        params = [('workspace', context.workspace_ref)] if context.workspace_ref else []
        path = '{0}/{1}'.format(standard_path(entity) or entity, self._oid_in(entity, oid))
        answer = self._transport.get(path, params)
        if not kwargs.get('unwrap'):
            return answer
        return RallyRESTResponse(self.session, context, answer.url, answer)

    def _oid_in(self, entity, value):
        """Return the ObjectID in a value of any form; of a FormattedID it is looked up.

        :raises TransportError: it is a reference of another server.
        """
        self._connection.local_ref(value)
        number = refs.oid_of(value)
        if number is None and isinstance(value, string_types) and single.FORMATTED_ID.match(value):
            number = single.find_oid(self._connection, self._connection.type_of(entity), value,
                                     {'project': None})[1]
        return value if number is None else number

    def _getRequestResponse(self, context, request_url, limit=0):
        """Return the response to a URL of this server."""
        return queries.collection(self._connection, request_url, {'limit': limit}, context)


#: The product's name from 2015 to 2018.
AgileCentral = Rally
AgileCentralRESTAPIError = RallyRESTAPIError
AgileCentralAttributeNameError = RallyAttributeNameError
AgileCentralUrlBuilder = RallyUrlBuilder


def getResourceByOID(context, entity, oid, **kwargs):
    """Read an item by its ObjectID in the scope of a context.

        context = rally.contextHelper.currentContext()
        response = getResourceByOID(context, 'Defect', defect.oid, unwrap=True)

    :param kwargs: `unwrap=True` returns a `RallyRESTResponse` in place of the HTTP answer.
    :raises RallyRESTAPIError: the context belongs to no living connection.
    """
    return _rally_of(context)._getResourceByOID(context, entity, oid, **kwargs)


def getCollection(context, collection_url, **kwargs):
    """Read a collection by its address in the scope of a context; see `Rally.getCollection`.

        for tag in getCollection(context, defect._ref + '/Tags', fetch='Name'):
            print(tag.Name)

    One request a page.
    """
    rally = _rally_of(context)
    return queries.collection(rally._connection, collection_url, kwargs, context, rally._strict)


def hydrateAnInstance(context, item, existingInstance=None):
    """Return an entity for a dict as the service sends it, or the existing one updated with it.

        >>> hydrateAnInstance(context, {'_type': 'Defect', '_ref': '/defect/7', 'Name': 'late'})
        <Defect 7 'late'>

    :returns: None where the context belongs to no living connection.
    """
    if _living_rally(context) is None:
        return None
    return EntityHydrator(context).hydrateInstance(item, existingInstance)


def _in_members(connection, url, criteria, scope):
    """Return the criteria for the members of a collection, with references in place of names."""
    return in_criteria(connection, member_type(connection, url), criteria, scope)


def _note_unknown_type(where, catalogue, name):
    remark(fill(u"{0}: the workspace has no type '{1}'{2}", where, name,
                did_you_mean(catalogue.suggestions(name))))


def _bare(entity):
    """Return a type's name without its path: states know `Feature`, not `PortfolioItem/Feature`."""
    return ensure_text(type_name(entity)).rpartition(u'/')[2]


def _policy(retry):
    if retry is None or isinstance(retry, RetryPolicy):
        return retry
    raise ConfigError(
        fill("retry takes a RetryPolicy, not {0}", type(retry).__name__), field='retry',
        hint="As in retry=pyral.RetryPolicy(attempts=2); attempts=1 never repeats one.")


def _living_rally(context):
    """Return the `Rally` that a context belongs to, None where there is none any more."""
    return context.loader.owner() if context.loader is not None else None


def _rally_of(context):
    rally = _living_rally(context)
    if rally is None:
        raise RallyRESTAPIError(fill('Unable to find Rally instance for context: {0}', context))
    return rally


def _edit_arguments(collection_name, items):
    """Return the name, or None, and the items of `(items)` or `(collection_name, items)`."""
    if items is None and (not isinstance(collection_name, string_types)
                          or refs.parse(collection_name) is not None):
        return None, collection_name
    if items is None:
        raise TypeError("the items are missing: (target, items) or (target, collection_name, "
                        "items) is expected; [] stands for none")
    return collection_name, items
