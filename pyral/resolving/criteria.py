"""References by name in queries: the conditions of a dict or list of criteria.

A condition whose attribute refers to items is put as the service takes it, by reference; of
iterations and releases, that are all of that name in the scope of the query, one a project. A query
that is one text goes to the service as it is. Where no schema is at hand, only the attributes of
the standard types are looked at, so that no query costs a request for being looked at; what the
service refuses as a reference is then looked at with the schema.
"""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import binary_type, ensure_text, fill, text_type
from pyral.entity.classes import class_for
from pyral.query import nodes
from pyral.query.builder import tree
from pyral.resolving import meanings
from pyral.resolving.choice import meaning_for, target_of
from pyral.resolving.listed import LISTED_TYPES, reference_of
from pyral.resolving.lookups import Lookup, Wish
from pyral.resolving.targets import IN_PROJECT, STANDARD_TARGETS

__all__ = ['in_criteria', 'member_type']

_OPERATORS = frozenset(['=', '!=', 'in', 'contains', '!contains'])
#: How the service refuses a text that is no reference.
_REFUSAL = u'Cannot parse object reference'


def in_criteria(connection, type_def, criteria, scope, refusal=None):
    """Return criteria with references in the place of what people call items.

    :param criteria: text, which stays; a list or dict; or nodes.
    :param scope: the scope of the query.
    :param refusal: the errors of the service, where the query was sent already; then the schema
        is asked.
    :returns: nodes, or what was given where there is nothing to do.
    :raises UnresolvedNameError: a text stands for no item, or for several in one project.
    """
    if not connection.resolves or criteria is None or isinstance(criteria, (text_type,
                                                                            binary_type)):
        return criteria
    if refusal is not None and not any(each.startswith(_REFUSAL) for each in refusal):
        return criteria
    node = tree(criteria)
    if node is None:
        return criteria
    targets = _Targets(connection, type_def, must_know=refusal is not None)
    lookup, wanted = Lookup(connection, scope), []
    for condition in nodes.conditions(node):
        found = _wishes(condition, targets, connection, lookup)
        if found:
            wanted.append((condition, found))
    if not wanted:
        return criteria
    answers = lookup.found([wish for _, found in wanted for _, wish in found if wish is not None])
    return nodes.replaced(node, dict(
        (id(condition), _by_reference(condition, found, answers)) for condition, found in wanted))


def member_type(connection, url):
    """Return the type of the members of a collection as far as it costs no request.

    :param url: the address of the collection.
    """
    ref, helper = refs.parse(url), connection.helper
    catalogue = helper.knownCatalogue(helper.currentContext())
    owner = catalogue.find(class_for(ref.type_path)._type_path) if catalogue and ref else None
    attribute = owner.attribute(ref.collection or u'') if owner is not None else None
    found = catalogue.find((attribute.target or u'').replace(u' ', u'')) if attribute else None
    return found or connection.type_of('Artifact', with_attributes=False)


class _Targets(object):
    """What the attributes in a query refer to, as far as it is known.

    :param must_know: True to read the schema where it is not at hand.
    """

    def __init__(self, connection, type_def, must_know):
        self._type_def = type_def
        #: The name by which states know the type.
        self.owner_name = type_def.ElementName
        helper = connection.helper
        self.catalogue = helper.catalogue() if must_know else helper.knownCatalogue(
            helper.currentContext())

    def of(self, path):
        """Return the type path of what an attribute path ends at, or None; and the attribute."""
        names = path.split(u'.')
        if self.catalogue is None:
            return STANDARD_TARGETS.get(names[-1]), None
        owner = self.catalogue.find(self._type_def.TypePath)
        for depth, name in enumerate(names, 1):
            attribute = owner.attribute(name) if owner is not None else None
            if attribute is None:
                # Items of an abstract type have attributes that it does not name.
                return STANDARD_TARGETS.get(name) if depth == len(names) else None, None
            if depth < len(names):
                owner = self.catalogue.find((attribute.target or u'').replace(u' ', u''))
        target = target_of(attribute, self.catalogue)
        return target.TypePath if target is not None else None, attribute


def _wishes(condition, targets, connection, lookup):
    """Return (text, wish) for each value of a condition, a wish None where the text stays.

    An empty list stands for a condition with nothing to look for.
    """
    type_path, attribute = targets.of(condition.attribute)
    if type_path is None or condition.operator not in _OPERATORS:
        return []
    content = nodes.content(condition.value)
    texts = content.split(u',') if condition.operator == 'in' else [content]
    found, is_new = [], False
    for text in texts:
        meaning = meaning_for(type_path, text, lookup.catalogue)
        wish, text = None, text.strip()
        if type_path in LISTED_TYPES and meaning is not None and meaning.kind == meanings.NAME:
            text, is_new = u'/' + ensure_text(reference_of(
                connection, lookup.context, type_path, attribute, text)), True
        elif meaning is not None and meaning.kind != meanings.REFERENCE:
            place = 'scope' if type_path in IN_PROJECT else None
            if type_path == 'State':
                place = targets.owner_name
            wish, is_new = Wish(type_path, meaning, place, condition.attribute), True
        elif meaning is not None:
            # An address of another server names another item here.
            ref = connection.local_ref(text)
            is_new = is_new or u'://' in text
            text = u'/' + ensure_text(ref.short) if u'://' in text else text
        found.append((text, wish))
    return found if is_new else []


def _by_reference(condition, values, answers):
    literals = []
    for text, wish in values:
        if wish is None:
            literals.append(nodes.bare_or_quoted(text))
        else:
            literals.extend(fill(u'/{0}', ref.short) for ref in answers[wish])
    is_negation = condition.operator in ('!=', '!contains')
    operator = '=' if condition.operator == 'in' else condition.operator
    parts = [nodes.Condition(condition.attribute, operator, each) for each in literals]
    return nodes.nested(parts, ['AND' if is_negation else 'OR'] * (len(parts) - 1))
