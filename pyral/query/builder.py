"""Query builder: criteria to the query text of the service, and resources to URLs.

Criteria are text, a list or tuple of conditions (all must hold), or a dict of names and natural
Python values. The finished text is percent-encoded exactly once, by `urlencode_pairs`, when the
address of the request is made. This module must never ask the schema or the service anything, and
never drop a part of what the caller wrote.
"""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import (
    Mapping,
    ensure_text,
    fill,
    integer_types,
    is_decimal,
    quote,
    raise_from,
    string_types,
    text_type,
    urlencode_pairs,
)
from pyral._dates import DATE_TYPES, iso_text
from pyral._scalars import is_no_value, plain_scalar
from pyral.advice import remark
from pyral.errors import QuerySyntaxError
from pyral.query import nodes, parser
from pyral.query.tokens import WORDS

__all__ = ['AgileCentralQueryFormatter', 'AgileCentralUrlBuilder', 'RallyQueryFormatter',
           'RallyUrlBuilder', 'build', 'encode', 'literal', 'tree']


def build(criteria):
    """Turn criteria into the decoded query text, in its outer parentheses.

        >>> build(['State = Open', 'Name contains "R&D"'])
        '((State = Open) AND (Name contains "R&D"))'

    :param criteria: None, text, a list or tuple of criteria, or a dict.
    :returns: text, or None where the criteria say nothing (None, '', [], (), {}).
    :raises QuerySyntaxError: naming the spot, before anything is sent.
    :raises TypeError: for criteria of another type.
    """
    node = tree(criteria)
    if node is None:
        return None
    if isinstance(node, nodes.Condition) and node.typed:
        return ensure_text('({0})').format(node.typed)
    return nodes.expression(node)


def tree(criteria):
    """Turn criteria into nodes; see `build`. Nodes stay what they are."""
    if criteria is None or isinstance(criteria, (nodes.Condition, nodes.Group)):
        return criteria
    if isinstance(criteria, (bytes, text_type)):
        text = ensure_text(criteria)
        return parser.parse(text) if text.strip() else None
    if isinstance(criteria, dict):
        return _joined([_pair(name, value) for name, value in criteria.items()])
    if isinstance(criteria, (list, tuple)):
        return _joined([_element(part, place) for place, part in enumerate(criteria, 1)])
    raise TypeError(
        "a query is text, a list or tuple of conditions, or a dict, not {0}: {1!r}; write it as in "
        "'State = Open' or {{'State': 'Open'}}".format(type(criteria).__name__, criteria))


def encode(text):
    """Percent-encode a finished query for a URL; parentheses stay readable.

        >>> encode('(Name = "R&D")')
        '(Name%20%3D%20%22R%26D%22)'
    """
    return quote(ensure_text(text), safe='()')


def literal(value):
    """Print one Python value as the service reads it.

        >>> literal('R&D'), literal(None), literal(True)
        ('"R&D"', 'null', 'true')

    Text that already stands between double quotes is taken as quoted. Naive times are taken as
    UTC, which is what the service stores.

    :param value: None, bool, number, text, date, datetime, an entity, a reference or a dict
        with `_ref`.
    :raises TypeError: for a value that has no form in a query.
    """
    value = plain_scalar(value)
    if is_no_value(value):
        raise TypeError("{0!r} ({1}) has no form in a query; None asks for no value".format(
            value, type(value).__name__))
    for kinds, printer in _PRINTERS:
        if isinstance(value, kinds):
            return ensure_text(printer(value))
    if is_decimal(value):
        return ensure_text('{0:f}'.format(value))
    ref = refs.parse(value)
    if ref is None:
        raise TypeError(
            "{0!r} ({1}) has no form in a query; give text, a number, a bool, None, a date, an "
            "entity or a reference".format(value, type(value).__name__))
    return ensure_text('/') + ensure_text(ref.short)


def _joined(parts):
    return nodes.nested(parts, ['AND'] * (len(parts) - 1)) if parts else None


def _element(part, place):
    node = None
    if isinstance(part, (bytes, text_type, dict, list, tuple)):
        node = tree(part)
    elif part is not None:
        raise TypeError("condition {0} of the list is {1!r} ({2}); a condition is text, a list or "
                        "a dict".format(place, part, type(part).__name__))
    if node is None:
        raise _says_nothing(part, "condition {0} of the list says nothing; leave it out".format(
            place))
    return node


def _says_nothing(part, reason):
    return QuerySyntaxError("{0}{1!r}".format(parser.PREFIX, part), reason=reason)


def _pair(name, value):
    """Turn one item of a dict into a node; the name may carry a relation: `{'Estimate >': 3}`."""
    if not isinstance(name, (bytes, text_type)):
        raise TypeError("the names in a dict of criteria are text, not {0}: {1!r}".format(
            type(name).__name__, name))
    attribute, operator = _attribute_and_operator(ensure_text(name))
    _note_nulls(attribute, operator, value)
    if operator in ('between', '!between'):
        lesser, greater = _two(name, value)
        is_outside = operator == '!between'
        return nodes.within(attribute, literal(lesser), literal(greater), negated=is_outside)
    if operator in ('in', '!in') or (operator == '=' and _is_several(value)):
        return _membership(name, attribute, operator, value)
    return nodes.Condition(attribute, operator, literal(value))


def _note_nulls(attribute, operator, value):
    """Say of texts that the service takes for no value what they mean: people have such names."""
    for each in value if isinstance(value, (list, tuple, set, frozenset)) else (value,):
        text = ensure_text(each, errors='replace') if isinstance(each, (bytes, text_type)) else u''
        parts = text.split(u',') if operator in ('in', '!in') else [text]
        if any(part.strip(u' "').lower() == u'null' for part in parts):
            remark(fill(u"{0}: the service takes the text '{1}' for no value, in quotes too; write "
                        u"None where that is meant, and compare in Python where it is a name",
                        attribute, text))


def _is_several(value):
    """Say whether a value is many in any form: a list, a set, the keys of a dict, a generator."""
    one = (bytes, text_type, Mapping, refs.Ref)
    return hasattr(type(value), '__iter__') and not isinstance(value, one)


def _membership(name, attribute, operator, value):
    if isinstance(value, (bytes, text_type)):
        value = [part.strip() for part in ensure_text(value).split(',')]
    elif not _is_several(value):
        value = [value]
    literals = [literal(one) for one in value]
    if not literals:
        raise _says_nothing({name: value}, "a list of values to choose from may not be empty")
    build_node = nodes.none_of if operator == '!in' else nodes.one_of
    return build_node(attribute, literals)


def _attribute_and_operator(name):
    words = name.split()
    if len(words) == 1 and not set(name) & set('<>=!()"'):
        return name, '='
    value = ' 0 and 0' if words and 'between' in words[-1].lower() else ' 0'
    try:
        probe = parser.parse(name + value)
    except QuerySyntaxError as error:
        corrected = error.corrected or ''
        raise_from(parser.refuse(
            name, min(error.position or 0, len(name)), "a name in a dict is an attribute, with a "
            "relation after it unless that is =, as in {'Estimate >': 3}",
            corrected[:-len(value)] if corrected.endswith(value) else None), None)
    if isinstance(probe, nodes.Group):
        return words[0], words[-1].lower()
    if len(words) == 2 and words[1].lower() in WORDS:
        return probe.attribute, words[1].lower()
    return probe.attribute, probe.operator


def _two(name, value):
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise TypeError("{0} takes two values, as in {{'{0}': (1, 5)}}, not {1!r}".format(
            name, value))
    return value


def _text_literal(value):
    text = ensure_text(value)
    # Bytes on Python 3 are data from outside: always between quotes.
    if not isinstance(value, string_types):
        return nodes.quoted(text)
    if len(text) > 1 and text[0] == text[-1] == '"' and _is_one_string(text):
        return text
    return nodes.bare_or_quoted(text)


def _is_one_string(text):
    escaped = text[1:-1].replace('\\\\', '').replace('\\"', '')
    return '"' not in escaped and not escaped.endswith('\\')


#: Kinds of values and how they print; the first that fits wins, so bool stands before int.
_PRINTERS = (
    (type(None), lambda value: 'null'),
    (bool, lambda value: 'true' if value else 'false'),
    (integer_types, lambda value: '{0:d}'.format(value)),
    (float, repr),
    ((bytes, text_type), _text_literal),
    (DATE_TYPES, iso_text),
)


#: Parameter -> what the historic builder leaves as it is; all are readable by any server.
_KEPT = {'fetch': ',:', 'query': '()', 'order': ''}


class RallyUrlBuilder(object):
    """Builds the resource URL of a query, parameter by parameter in a fixed order.

        >>> builder = RallyUrlBuilder('defect')
        >>> builder.qualify('Name', 'State = Open', None, 20, 1)
        >>> builder.build()
        'defect?fetch=Name&query=(State%20%3D%20Open)&pagesize=20&start=1'
    """

    #: The names of the parameters, in the order in which they are written.
    parts = ['fetch', 'query', 'order', 'workspace', 'project', 'projectScopeUp',
             'projectScopeDown', 'pagesize', 'start', 'pretty']

    def __init__(self, entity):
        self.entity = entity

    def qualify(self, fetch, query, order, pagesize, startIndex):
        """Set what is asked and forget workspace, project, scoping and pretty.

            builder.qualify('FormattedID,Name', ['State = Open'], 'Rank', 200, 1)

        :param fetch: the value of `fetch`, commas included.
        :param query: criteria as `build` takes them.
        :param order: text such as `Name DESC,FormattedID`, or None.
        """
        self.fetch = fetch
        self.query = query
        self.order = order
        self.pagesize = pagesize
        self.startIndex = startIndex
        self.workspace = None
        self.project = None
        self.scopeUp = None
        self.scopeDown = None
        self.pretty = False

    def augmentWorkspace(self, augments, workspace_ref):
        """Take the first `workspace=` of the augments, else the given reference.

            >>> builder.augmentWorkspace([], 'workspace/11')
            >>> builder.workspace
            'workspace/11'
        """
        self.workspace = _augment(augments, 'workspace=', workspace_ref)

    def augmentProject(self, augments, project_ref):
        """Take the first `project=` of the augments, else the given reference.

            >>> builder.augmentProject(['project=project/7'], 'project/12')
            >>> builder.project
            'project/7'
        """
        self.project = _augment(augments, 'project=', project_ref)

    def augmentScoping(self, augments):
        """Take `projectScopeUp=` and `projectScopeDown=` from the augments that have them.

            >>> builder.augmentScoping(['projectScopeDown=true'])
            >>> builder.scopeDown
            'true'
        """
        self.scopeUp = _augment(augments, 'projectScopeUp=', self.scopeUp)
        self.scopeDown = _augment(augments, 'projectScopeDown=', self.scopeDown)

    def beautifyResponse(self):
        """Ask the service for an answer laid out for people.

            >>> builder.beautifyResponse()
            >>> builder.build().endswith('&pretty=true')
            True
        """
        self.pretty = True

    def build(self, pretty=None):
        """Return `<entity>?fetch=...&query=(...)&...`, everything in it encoded once.

            rally.session.get(rally.service_url + '/' + builder.build())

        :param pretty: True adds `pretty=true` to this and later builds.
        """
        if pretty:
            self.pretty = True
        values = [
            ('fetch', ensure_text('{0}').format(self.fetch)),
            ('query', build(self.query)),
            ('order', self.order or None),
            ('workspace', self.workspace),
            ('project', self.project),
            ('projectScopeUp', self.scopeUp),
            ('projectScopeDown', self.scopeDown),
            ('pagesize', self.pagesize),
            ('start', self.startIndex),
            ('pretty', True if self.pretty else None),
        ]
        return '{0}?{1}'.format(self.entity, urlencode_pairs(
            [pair for pair in values if pair[1] is not None], _KEPT))


def _augment(augments, prefix, default):
    for augment in augments or ():
        if augment.startswith(prefix):
            return augment[len(prefix):]
    return default


class RallyQueryFormatter(object):
    """The historic interface of the query builder; new code calls `build`.

        >>> RallyQueryFormatter.parenGroups(['State = Open'])
        'State%20%3D%20Open'
    """

    @staticmethod
    def parenGroups(criteria):
        """Return the percent-encoded query without its outer parentheses; None for no criteria.

            >>> RallyQueryFormatter.parenGroups(['State = Open'])
            'State%20%3D%20Open'
        """
        query = build(criteria)
        return None if query is None else encode(query[1:-1])

    @staticmethod
    def validatePartsSyntax(parts):
        """Return each condition in its normal form.

            >>> RallyQueryFormatter.validatePartsSyntax(['(State=Open)'])
            ['State = Open']

        :param parts: conditions; conjunctions between them are kept as they are.
        :raises QuerySyntaxError: naming the first part that is no condition.
        """
        return [part if part.strip().upper() in ('AND', 'OR') else nodes.inner(parser.parse(part))
                for part in parts]

    @staticmethod
    def constructSubsetExpression(field, relation, values):
        """Return the text of `field in values` or `field !in values`, without outer parentheses.

            >>> RallyQueryFormatter.constructSubsetExpression('State', 'in', 'Open,Fixed')
            'State in Open,Fixed'

        :param values: text with commas between the values, or a list.
        """
        return nodes.inner(tree({'{0} {1}'.format(field, relation.strip().lower()): values}))

    @staticmethod
    def constructRangefulExpression(attr_name, cond, lesser, greater):
        """Return the text of a range or of its negation, without outer parentheses.

            >>> RallyQueryFormatter.constructRangefulExpression('Estimate', 'between', 1, 5)
            '(Estimate >= 1) AND (Estimate <= 5)'
        """
        return nodes.inner(
            tree({'{0} {1}'.format(attr_name, cond.strip().lower()): (lesser, greater)}))


#: The names from 2015 to 2018.
AgileCentralUrlBuilder = RallyUrlBuilder
AgileCentralQueryFormatter = RallyQueryFormatter
