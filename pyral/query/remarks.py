"""Remarks on a query that is well formed, by the schema: unknown names, values outside a list, a
FormattedID with the prefix of another type.

It is advice: the service judges, and may know more than the schema. Nothing here asks the network
or refuses anything; definitions come in as arguments, and texts go out.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import fill
from pyral.advice import did_you_mean
from pyral.errors import first_names, nearest
from pyral.query import nodes
from pyral.schema.standard_types import STANDARD_SUB_TYPES

__all__ = ['LISTED_KINDS', 'escaped_values', 'has_other_prefix', 'may_name_a_value', 'of_value',
           'remarks', 'strange_ids', 'unknown_step']

#: Prefixes of the standard types; a workspace may have others, which the schema tells.
_STANDARD_PREFIXES = {
    'HierarchicalRequirement': ('US', 'S'), 'Defect': ('DE',), 'DefectSuite': ('DS',),
    'Task': ('TA',), 'TestCase': ('TC',), 'TestSet': ('TS',), 'TestFolder': ('TF',),
    'PortfolioItem/Feature': ('F',), 'PortfolioItem/Initiative': ('I',),
    'PortfolioItem/Theme': ('T',), 'PortfolioItem/Strategy': ('S',),
}
#: Prefixes of the types below the abstract ones.
_PREFIXES_BELOW = {
    'Artifact': tuple(sorted(each for own in _STANDARD_PREFIXES.values() for each in own)),
    'PortfolioItem': ('F', 'I', 'T', 'S'),
}
#: Types with types below them, though the schema does not call them abstract.
_STEMS = frozenset(path.partition('/')[0] for path in STANDARD_SUB_TYPES.values())
#: Names the service takes in queries though no type defines them.
_SPECIAL_NAMES = frozenset(['oid', 'rank'])
#: What is known by its own text or number, so that no list of values is behind it.
_FREE_NAMES = frozenset([
    'name', 'objectid', 'objectuuid', 'formattedid', 'description', 'notes', 'username',
    'displayname', 'emailaddress', 'firstname', 'lastname', 'creationdate', 'lastupdatedate',
    'owner', 'submittedby', 'project', 'workspace', 'iteration', 'release', 'parent',
    'workproduct', 'requirement', 'testcase', 'tags', 'milestones', 'disabled', 'blocked', 'ready',
])
#: Kinds of attributes whose values are texts of a list, if there is a list.
LISTED_KINDS = frozenset(['STRING', 'STATE', 'RATING'])
_COMPARISONS = frozenset(['=', '!=', '<', '>', '<=', '>=', 'in'])
_FORMATTED_ID = re.compile(r'^([A-Za-z]+)\d+$')
#: What addresses write for blanks, quotes and other signs that names have.
_ESCAPE = re.compile(r'%(?:2[0-9A-Fa-f]|3[A-Fa-f]|5[BDbd])')
_SHOWN_LENGTH = 80
_NO_LISTED_VALUE = r'(?i)^(?:|null|true|false|none|[-+.\d].*|/?\w+/-?\d+|.*://.*)$'


def remarks(node, type_def, catalogue, values_of):
    """Return texts about the conditions that hardly mean what they say, each once.

    :param node: the tree of the query.
    :param type_def: the definition of the type that is asked for.
    :param catalogue: the types of the workspace, for attributes with a path.
    :param values_of: called with an attribute; returns the texts of its list, or nothing.
    """
    found = []
    for condition in nodes.conditions(node):
        for text in _of_condition(condition, type_def, catalogue, values_of):
            if text not in found:
                found.append(text)
    return found


def unknown_step(path, owner, catalogue):
    """Return (what, name) of the first name of a path that cannot be, else None.

    :param owner: the definition of the type that the path starts from.
    :returns: as `what` the definition of the type that lacks the name, or that of the attribute
        with a plain value which the name follows.
    """
    attribute = None
    for name in path.split('.'):
        if attribute is not None and attribute.is_plain:
            return attribute, name
        if owner is None or not owner.is_listed or name.lower() in _SPECIAL_NAMES:
            return None
        attribute = owner.attribute(name)
        if attribute is None:
            return None if _is_of_many_types(owner) else (owner, name)
        # Of a name that is none a kept schema would be read again.
        owner = catalogue.find(attribute.target.replace(' ', '')) if attribute.target else None
    return None


def may_name_a_value(node):
    """Say whether a condition compares with a text that a list of values could lack."""
    return any(
        condition.operator in _COMPARISONS and '.' not in condition.attribute
        and condition.attribute.lower() not in _FREE_NAMES
        and not all(re.match(_NO_LISTED_VALUE, value) for value in nodes.values(condition))
        for condition in nodes.conditions(node))


def has_other_prefix(node, type_path):
    """Say whether a FormattedID does not look like one of a standard type."""
    prefixes = _STANDARD_PREFIXES.get(type_path) or _PREFIXES_BELOW.get(type_path)
    return prefixes is not None and any(
        condition.attribute.lower() == 'formattedid' and _strangers(condition, prefixes)
        for condition in nodes.conditions(node))


def _of_condition(condition, owner, catalogue, values_of):
    names = condition.attribute.split('.')
    for depth, name in enumerate(names, 1):
        if owner is None or not owner.is_listed:
            return []
        attribute = owner.attribute(name)
        if attribute is None:
            return _unknown_name(condition, owner, name)
        if depth < len(names):
            owner = catalogue.find((attribute.target or '').replace(' ', ''))
    return _about(condition, of_value(condition, attribute, owner, catalogue, values_of))


def of_value(condition, attribute, owner, catalogue, values_of):
    """Return texts about the values of a condition that no item may have.

    :param attribute: what the path of the condition ends at, and `owner`, the type that has it.
    """
    if condition.operator not in _COMPARISONS:
        return []
    if attribute.ElementName == 'FormattedID':
        return _other_prefix(condition, owner, catalogue)
    if attribute.AttributeType in LISTED_KINDS:
        return _other_values(condition, attribute, values_of(attribute))
    return []


def _about(condition, texts):
    return [fill(u"{0}: {1}", _shown(condition), text) for text in texts]


def _is_of_many_types(owner):
    """Say whether items of a type are of types below it, which have more attributes than it."""
    return owner.Abstract or owner.TypePath in _STEMS


def _unknown_name(condition, owner, name):
    if name.lower() in _SPECIAL_NAMES or _is_of_many_types(owner):
        return []
    return _about(condition, [fill(u"{0} has no attribute '{1}'{2}", owner.TypePath, name,
                                   did_you_mean(owner.suggestions(name)))])


def _other_prefix(condition, owner, catalogue):
    strange = _strange_ids(condition, catalogue)
    if strange:
        return strange
    if not owner.IDPrefix or _is_of_many_types(owner):
        return []
    own = [owner.IDPrefix.upper()]
    if owner.TypePath == 'HierarchicalRequirement':
        own.extend(_STANDARD_PREFIXES[owner.TypePath])
    strangers = _strangers(condition, own)
    if not strangers:
        return []
    return [fill(u"the ids of {0} begin with {1}, and the service compares nothing but the number "
                 u"of {2}", owner.TypePath, own[0], _some(strangers))]


def strange_ids(node, catalogue):
    """Return texts about what looks like a FormattedID and is that of no type."""
    return [text for condition in nodes.conditions(node)
            if condition.attribute.lower().rpartition('.')[2] == 'formattedid'
            for text in _about(condition, _strange_ids(condition, catalogue))]


def escaped_values(node):
    """Return texts about values that were encoded for an address, as few names are."""
    found = [(condition, _ESCAPE.search(nodes.content(condition.value)))
             for condition in nodes.conditions(node) if condition.operator in _COMPARISONS]
    return [fill(u"{0}: {1} is compared as it is written; conditions are encoded when they are "
                 u"sent, so write the name itself", _shown(condition), escape.group())
            for condition, escape in found if escape]


def _strange_ids(condition, catalogue):
    for value in nodes.values(condition):
        problem = catalogue.strange_formatted_id(value)
        if problem is not None:
            return [fill(u"{0}, and the service compares nothing but the number", problem)]
    return []


def _strangers(condition, prefixes):
    """Return the FormattedIDs of a condition whose letters are none of these."""
    matches = [_FORMATTED_ID.match(value) for value in nodes.values(condition)]
    return [found.group() for found in matches if found and found.group(1).upper() not in prefixes]


def _other_values(condition, attribute, allowed):
    known = set(text.lower() for text in allowed or () if text is not None)
    if not known:
        return []
    others = [value for value in nodes.values(condition)
              if value.lower() not in known and value.lower() not in ('', 'null', 'none')]
    if not others:
        return []
    listed = [text for text in allowed if text]
    remedy = did_you_mean(nearest(others[0], listed)) or u"; it has " + _some(listed, 12, u"{0}")
    return [fill(u"{0} has no value {1}{2}", attribute.ElementName, _some(others), remedy)]


def _shown(condition):
    text = nodes.inner(condition)
    return text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH - 3] + u'...'


def _some(texts, most=3, form=u"'{0}'"):
    return first_names([fill(form, text) for text in texts], most)
