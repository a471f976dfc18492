"""What identifies an item of a type by a text: its natural keys, and where they are unique.

Tables and texts only: the attributes that name an item, the words that stand for one, and what the
attributes of the standard types refer to. Nothing here asks the service.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_binary, quote
from pyral.query import nodes

__all__ = ['CALLER', 'IN_PROJECT', 'LONGEST_QUERY', 'MOST_NAMES', 'STANDARD_TARGETS', 'TIMEBOXES',
           'WITHOUT_FORMATTED_IDS', 'WORDS', 'chunks', 'naming_attributes',
           'naming_condition', 'word_condition']

#: Types whose items belong to one project, and have their names there.
IN_PROJECT = frozenset(['Iteration', 'Release', 'FlowState'])
#: The first and last day of an iteration and a release.
TIMEBOXES = {'Iteration': ('StartDate', 'EndDate'), 'Release': ('ReleaseStartDate', 'ReleaseDate')}
WORDS = ('current', 'next', 'previous')
#: Types that are known not to have FormattedIDs, so that no schema is asked.
WITHOUT_FORMATTED_IDS = frozenset(['User', 'Project', 'Tag', 'State', 'PreliminaryEstimate',
                                   'Workspace', 'TypeDefinition', 'AllowedAttributeValue'])
#: The service's own word for the caller, which it takes in queries.
CALLER = 'currentuser'
#: What attributes refer to, for queries where no schema is at hand.
STANDARD_TARGETS = {
    'Owner': 'User', 'SubmittedBy': 'User', 'CreatedBy': 'User', 'Tester': 'User',
    'Project': 'Project', 'Iteration': 'Iteration', 'Release': 'Release', 'Tags': 'Tag',
    'Milestones': 'Milestone', 'Requirement': 'HierarchicalRequirement', 'TestCase': 'TestCase',
    'TestFolder': 'TestFolder', 'TestSet': 'TestSet', 'WorkProduct': 'Artifact',
}

#: So many names are asked for in one request, as far as they fit.
MOST_NAMES = 100
#: Characters of the query in a URL; with the rest it stays below what gateways take (8 KB).
LONGEST_QUERY = 7500

_LOGINS = ('UserName', 'EmailAddress')
_PERSONS = ('UserName', 'DisplayName')
#: Signs that no list of values can hold: the service separates them by commas, and no way to
#: write a quote in a value is documented.
_UNLISTABLE = frozenset(u',"\\')


def naming_attributes(type_path, text, place=None):
    """Return the attributes that may hold a text as the name of an item, the first one first.

    :param place: 0 or 1 to get that one alone, the last one where there are fewer.
    """
    found = ('Name',)
    if type_path == 'User':
        found = _LOGINS if u'@' in text else _PERSONS
    return found if place is None else found[:place + 1][-1:]


def naming_condition(type_path, texts, place=None):
    """Return the node that finds the items named by one of the texts, and maybe more items.

    :param place: see `naming_attributes`.
    """
    by_attribute = {}
    for text in texts:
        for attribute in naming_attributes(type_path, text, place):
            by_attribute.setdefault(attribute, []).append(text)
    parts = []
    for attribute in sorted(by_attribute):
        listable = [text for text in by_attribute[attribute] if not _UNLISTABLE & set(text)]
        others = [text for text in by_attribute[attribute] if _UNLISTABLE & set(text)]
        if len(listable) == 1:
            parts.append(nodes.Condition(attribute, '=', nodes.quoted(listable[0])))
        elif listable:
            parts.append(nodes.Condition(attribute, 'in', nodes.quoted(u','.join(listable))))
        parts.extend(_alone(attribute, text) for text in others)
    return nodes.nested(parts, ['OR'] * (len(parts) - 1))


def chunks(type_path, texts, place=None):
    """Return the texts in lists of which each fits into one request."""
    found, size = [], LONGEST_QUERY
    for text in texts:
        length = _length(type_path, text, place)
        if not found or size + length > LONGEST_QUERY or len(found[-1]) == MOST_NAMES:
            found.append([])
            size = _FIXED_LENGTH
        found[-1].append(text)
        size += length
    return found


def word_condition(type_path, word):
    """Return the node of the timeboxes a word may stand for, and their order.

    The service knows what day it is for the account, the client does not.
    """
    first, last = TIMEBOXES[type_path]
    if word == 'current':
        return nodes.Group(nodes.Condition(first, '<=', 'today'), 'AND',
                           nodes.Condition(last, '>=', 'today')), first
    if word == 'next':
        return nodes.Condition(first, '>', 'today'), first
    return nodes.Condition(last, '<', 'today'), last + ' DESC'


def _alone(attribute, text):
    if u'"' not in text and u'\\' not in text:
        return nodes.Condition(attribute, '=', nodes.quoted(text))
    # Ask for a part, and compare here.
    pieces = text.replace(u'\\', u'"').split(u'"')
    return nodes.Condition(attribute, 'contains', nodes.quoted(max(pieces, key=len)))


#: The conditions around the names: whether users are disabled, the projects.
_FIXED_LENGTH = 400


def _length(type_path, text, place):
    """Return how many characters of a URL a text takes at most."""
    each = len(quote(ensure_binary(text, errors='replace'), '/:')) + len('%2C')
    if _UNLISTABLE & set(text):
        each += len('%20OR%20%28%28DisplayName%20contains%20%22%22%29')
    return each * len(naming_attributes(type_path, text, place))
