"""Users and their profiles: one by ObjectID, some by name, or all of a workspace."""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import fill
from pyral.advice import remark
from pyral.context.scope import is_current
from pyral.entity.base import context_of, raw_item
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import NotFoundError, PyralError, RallyRESTAPIError
from pyral.query.nodes import quoted
from pyral.reading.queries import query

__all__ = ['all_users', 'caller', 'user_info']

USER_FETCH = ','.join((
    'UserName', 'DisplayName', 'FirstName', 'LastName', 'MiddleName', 'ShortDisplayName',
    'OnpremLdapUsername', 'CreationDate', 'EmailAddress', 'LastPasswordUpdateDate', 'Disabled',
    'Subscription', 'SubscriptionAdmin', 'Role', 'UserPermissions', 'TeamMemberships',
    'UserProfile', 'TimeZone', 'ObjectID', 'Name'))

#: The service leaves disabled users out unless both kinds are asked for.
EVERYONE = '((Disabled = true) OR (Disabled = false))'


def user_info(connection, oid=None, username=None, name=None):
    """Return one `User` by its ObjectID, or the list of those with a user or display name.

    :raises RallyRESTAPIError: nothing was specified, or there is no such ObjectID.
    """
    if oid:
        connection.local_ref(oid)
        number, message = refs.oid_of(oid), fill('404 Unreferenceable User OID: {0}', oid)
        if number is None:
            raise NotFoundError(message, status_code=404, hint="This is no ObjectID; ask by "
                                "username= or name=.")
        params = connection.scoped(project=None)[1]
        return connection.entity(connection.read_item('User/{0}'.format(number), params, message))
    for attribute, value in (('UserName', username), ('DisplayName', name)):
        if value:
            response = query(connection, connection.type_of('User', with_attributes=False), True,
                             fill(u'{0} = {1}', attribute, quoted(value)), {'project': None})
            users = list(response)
            if not users:
                remark(fill(u"getUserInfo: no enabled user has the {0} '{1}', compared whole; "
                            u"disabled users are found by oid, and by getAllUsers", attribute,
                            value))
            return users
    raise RallyRESTAPIError('No specification provided to obtain User information',
                            hint="Give oid=, username= or name=.")


def caller(connection):
    """Return the `User` whose credentials are in use, with what connecting told of it.

    What is not known yet loads with the first attribute that is missing.
    """
    account = connection.helper.account
    item = {'_ref': connection.transport.address('user/{0}'.format(account.oid)), '_type': 'User',
            '_refObjectName': account.display_name, 'ObjectID': account.oid,
            'UserName': account.user_name, 'DisplayName': account.display_name}
    return EntityHydrator(connection.helper.currentContext(), 'shell').hydrateInstance(
        dict((name, value) for name, value in item.items() if value is not None))


def all_users(connection, workspace=None):
    """Return every user of a workspace, the disabled ones included, with their profiles.

    Profiles of others are shown to subscription administrators only; for anybody else they load
    lazily, which the service refuses for all but the caller's own.

    :param workspace: name, reference or entity; the current one by default.
    """
    scope = {'project': None}
    if workspace is not None and not is_current(workspace):
        scope['workspace'] = _allowed(connection, workspace)
    response = query(connection, connection.type_of('User', with_attributes=False), USER_FETCH,
                     EVERYONE, scope, order='ObjectID')
    response.raise_for_errors()
    users = list(response)
    caller = connection.helper.user_oid
    is_admin = any(user.oid == caller and raw_item(user).get('SubscriptionAdmin') for user in users)
    if is_admin:
        _join_profiles(connection.silent(), users, scope)
    elif users:
        remark("getAllUsers: this account is no subscription administrator, so the service hides "
               "the UserProfile of other users")
    return users


def _allowed(connection, workspace):
    """Refuse another workspace in an isolated instance with the stated text."""
    helper = connection.helper
    if helper.isolated_workspace:
        known = helper.currentWorkspace()
        asked = refs.parse(workspace)
        same = refs.same(asked, known.ref) if asked is not None else workspace == known.name
        if not same:
            raise RallyRESTAPIError('No reset of of the Workspace is permitted when the '
                                    'isolated_workspace option is specified')
    return workspace


def _join_profiles(connection, users, scope):
    """Give each user a complete profile, for one more query in all."""
    response = query(connection, connection.type_of('UserProfile', with_attributes=False), True,
                     None, scope, order='ObjectID')
    try:
        response.raise_for_errors()
        profiles = dict((profile.oid, raw_item(profile)) for profile in response)
    except PyralError as error:
        remark(fill('Unable to retrieve UserProfile information for users: {0}',
                    error.args[0] if error.args else error))
        return
    for user in users:
        own = refs.parse(raw_item(user).get('UserProfile'))
        if own is not None and own.oid in profiles:
            user.UserProfile = EntityHydrator(context_of(user)).hydrateInstance(
                profiles[own.oid])
