"""Pretty-printing: an entity as lines of text, which attributes, in which order, shown how.

It reads only what the entity has. It never loads anything, and it never fails on what is missing.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, text_type
from pyral.entity.base import own_values

_FIRST = ('oid', 'ref', 'ObjectID', 'ObjectUUID', '_ref', '_CreatedAt', '_hydrated', 'Name',
          'Subscription', 'Workspace', 'FormattedID')
_TECHNICAL = ('ref', 'ObjectID', 'ObjectUUID', '_ref', '_CreatedAt', '_hydrated')
_CONNECTION = ('ExternalId', 'ExternalID', 'ExternalFormattedId', 'Name', 'Description', 'Url',
               'Artifact')
_USER = ('UserName', 'DisplayName', 'EmailAddress', 'FirstName', 'MiddleName', 'LastName',
         'ShortDisplayName', 'SubscriptionAdmin', 'Role', 'UserPermissions')
_PROFILE = ('DefaultWorkspace', 'DefaultProject', 'TimeZone', 'DateFormat', 'DateTimeFormat',
            'SessionTimeoutSeconds', 'SessionTimeoutWarning', 'EmailNotificationEnabled',
            'WelcomePageHidden')

#: Type path -> the attributes shown; the other types show `_FIRST`, then all the rest.
_LISTED = {
    'User': _TECHNICAL + _USER,
    'UserProfile': _TECHNICAL + _PROFILE,
    'Connection': _TECHNICAL + _CONNECTION,
    'PullRequest': _TECHNICAL + _CONNECTION,
}


def details_of(entity):
    """Return the text: the type, the fixed attributes, an empty line, all others by name."""
    listed = _LISTED.get(entity._type)
    lines = [text_type(entity._type)]
    lines.extend(_line(name, entity, name) for name in listed or _FIRST if _has(entity, name))
    if listed is None:
        lines.append(u'')
        lines.extend(_others(entity))
    return u'\n'.join(lines)


def shown_pairs(entity):
    """Return (name, text) of what is known of an entity, the names of the wire aside."""
    names = [name for name in _FIRST if name in entity._item and name[:1] != '_']
    names += [name for name in entity.attributes()
              if name not in _FIRST and name[:1] != '_' and name not in ('Name', 'oid')]
    if 'Name' not in names and _known(entity, 'Name') is not None:
        names.append('Name')
    return [(name, _shown(entity, name)) for name in names if _known(entity, name) is not None]


def _others(entity):
    names = [name for name in entity.attributes()
             if name not in _FIRST and name not in ('_type', '_refObjectUUID')]
    shown = sorted((name[2:] if name[:2] == 'c_' else name, name) for name in names)
    return [_line(label, entity, name) for label, name in shown]


def _has(entity, name):
    return _known(entity, name) is not None


def _known(entity, name):
    """Return what the entity has under a name without loading, built or raw."""
    if name in own_values(entity):
        return own_values(entity)[name]
    if name in ('oid', 'ref', '_ref', '_hydrated', 'Name', 'ObjectID'):
        return getattr(entity, name, None)
    return entity._item.get(name)


def _line(label, entity, name):
    return fill(u'    {0:<24}  : {1}', label, _shown(entity, name))


def _shown(entity, name):
    value = _known(entity, name)
    if isinstance(value, dict):
        if 'Count' in value:
            return fill(u'{0} items', value['Count'])
        if value.get('_ref') and name != 'RevisionHistory':
            value = entity._reference(name, value)
        else:
            return fill(u'{0}', value.get('_refObjectName') or value.get('_ref') or _pairs(value))
    if isinstance(value, list):
        return u'[{0}]'.format(u', '.join(_target(each) for each in value))
    return _target(value)


def _target(value):
    """Return how an attribute's value looks: entities by class, reference, id and name."""
    if not hasattr(value, '_item'):
        return fill(u'{0}', value)
    if not value._ref:
        return _pairs(value._item)
    known = value._item
    if known.get('FormattedID'):
        middle = fill(u'FormattedID {0}', known['FormattedID'])
    elif known.get('UserName'):
        middle = fill(u'UserName {0} DisplayName {1}', known['UserName'],
                      known.get('DisplayName'))
    else:
        middle = fill(u'OID {0}', value.oid)
    return fill(u'{0}.ref ({1} Name {2})', type(value).__name__, middle, value.Name)


def _pairs(raw):
    return u', '.join(fill(u'{0}: {1}', key, raw[key]) for key in sorted(raw) if key[:1] != '_')


__all__ = ['details_of', 'shown_pairs']
