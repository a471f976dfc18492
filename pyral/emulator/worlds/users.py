"""Users of a world: their logins, profiles and permissions as entries.

Passwords are kept as salted hashes, keys under names that no attribute has; nothing here shows
either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..access.auth import FURTHER, access, digest_of, hash_password
from ..rules.subjects.users import KINDS
from .entries import Entry, EntryReader, Oid
from .errors import JsonPath, WorldError
from .names import Names

if TYPE_CHECKING:
    from .names import Named
    from .setup import Setup

_USER_KEYS = ('id', 'comment', 'repeat')
_OWN_KEYS = ('password', 'apiKey', 'permissions', 'profile')


def api_keys(spec: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """Return the API keys of a user, each with whether it may only read."""
    given = spec.get('apiKey', [])
    return [
        (one, False) if isinstance(one, str) else (one['key'], one.get('readOnly', False))
        for one in (given if isinstance(given, list) else [given])
    ]


def secrets_of(spec: Mapping[str, Any], user_name: str) -> dict[str, Any]:
    """Return what a user's document keeps of password and API keys."""
    secrets: dict[str, Any] = {}
    if 'password' in spec:
        secrets['_password'] = hash_password(spec['password'])
    keys = api_keys(spec)
    for key, read_only in keys[:1]:
        secrets.update(_apikey=key, _apikey_readonly=read_only)
    if keys[1:]:
        secrets[FURTHER] = {digest_of(key): access(read_only) for key, read_only in keys[1:]}
    return secrets


def user_entries(
    reader: EntryReader, specs: Sequence[Mapping[str, Any]], setup: Setup | None
) -> Iterator[Entry]:
    """Yield each user, followed by the user's profile.

    :param setup: the workspace whose custom fields users have, if any has.
    """
    for index, spec in enumerate(specs):
        place: JsonPath = ('users', index)
        plain = {key: value for key, value in spec.items() if key not in _OWN_KEYS}
        for user in reader.entry(plain, place, setup, None, {}, 'User'):
            if user.type_def.path != 'User':
                yield user
                continue
            user.extra = {**user.extra, '_secrets': secrets_of(spec, str(user.values['UserName']))}
            profiles = list(_profile(reader, spec, user, place))
            yield user
            yield from profiles


def permission_entries(
    reader: EntryReader,
    specs: Sequence[Mapping[str, Any]],
    names: Names,
    users: Mapping[int, Sequence[int]],
    projects: Projects,
) -> Iterator[Entry]:
    """Yield the permissions of all users; the strongest of several on one place counts.

    :param users: ObjectIDs of the users by their index in the document.
    """
    for index, spec in enumerate(specs):
        for user in users.get(index, ()):
            roles: dict[tuple[str, int], tuple[str, JsonPath]] = {}
            for number, rule in enumerate(spec.get('permissions', ())):
                at: JsonPath = ('users', index, 'permissions', number)
                for key in _places(rule, names, projects, at):
                    held = roles.get(key)
                    if held is None or _strength(held[0]) < _strength(rule['role']):
                        roles[key] = (rule['role'], at)
            for (kind, where), (role, place) in roles.items():
                yield from reader.entry(
                    {
                        'Role': role,
                        'User': Oid(user),
                        kind: Oid(where),
                        **_age(spec),
                        **(
                            {'Workspace': Oid(projects.workspace_of[where])}
                            if kind == 'Project'
                            else {}
                        ),
                    },
                    place,
                    None,
                    None,
                    {},
                    kind + 'Permission',
                )


class Projects:
    """The project trees of a world, for permissions on whole branches."""

    def __init__(self) -> None:
        self.workspace_of: dict[int, int] = {}
        self._children: dict[int, list[int]] = {}

    def add(self, entry: Entry) -> None:
        """Remember a project of the first pass."""
        assert entry.setup is not None
        self.workspace_of[entry.oid] = entry.setup.oid
        above = entry.member.owner if entry.member is not None else entry.setup.oid
        self._children.setdefault(above, []).append(entry.oid)

    def below(self, oid: int) -> Iterator[int]:
        """Yield all projects below a project or in a workspace."""
        for child in self._children.get(oid, ()):
            yield child
            yield from self.below(child)


def _age(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the date that what belongs to a user shares with the user, if one is given."""
    return {name: spec[name] for name in ('CreationDate',) if name in spec}


def _profile(
    reader: EntryReader, spec: Mapping[str, Any], user: Entry, place: JsonPath
) -> Iterator[Entry]:
    profile = {**_age(spec), **spec.get('profile', {})}
    for entry in reader.entry(profile, (*place, 'profile'), None, None, user.counts, 'UserProfile'):
        entry.values['User'] = Oid(user.oid)
        user.values['UserProfile'] = Oid(entry.oid)
        if 'DefaultProject' in entry.values:
            user.with_value('DefaultProject', entry.values['DefaultProject'])
        yield entry


def _places(
    rule: Mapping[str, Any], names: Names, projects: Projects, place: JsonPath
) -> Iterator[tuple[str, int]]:
    key = 'on' if 'on' in rule else 'projectsOf'
    named = _named(rule[key], names, (*place, key))
    if key == 'projectsOf':
        if named.type != 'Workspace':
            raise WorldError(f"'projectsOf' takes a workspace, not a {named.type}.", (*place, key))
        _demand_role(rule['role'], KINDS['ProjectPermission'].roles, 'projects', place)
        yield from (('Project', oid) for oid in projects.below(named.oid))
        return
    if named.type == 'Workspace':
        _demand_role(rule['role'], KINDS['WorkspacePermission'].roles, 'a workspace', place)
        if rule.get('below'):
            raise WorldError(
                "'below' is for projects; use 'projectsOf' for all projects of a workspace.",
                (*place, 'below'),
            )
        yield 'Workspace', named.oid
        return
    _demand_role(rule['role'], KINDS['ProjectPermission'].roles, 'a project', place)
    yield 'Project', named.oid
    if rule.get('below'):
        yield from (('Project', oid) for oid in projects.below(named.oid))


def _named(raw: Any, names: Names, place: JsonPath) -> Named:
    text = raw['@'] if isinstance(raw, dict) else raw
    named = names.local(text.lstrip('@'), place)
    if named.type not in ('Workspace', 'Project'):
        raise WorldError(
            f"'{text}' is a {named.type}; permissions are on workspaces and projects.", place
        )
    return named


def _demand_role(role: str, allowed: Sequence[str], what: str, place: JsonPath) -> None:
    if role not in allowed:
        raise WorldError(
            f"the role '{role}' is not one for {what}; there are {', '.join(allowed)}.",
            (*place, 'role'),
        )


def _strength(role: str) -> int:
    return ('Viewer', 'User', 'Editor', 'Admin').index(role)
