"""Query lint: what is wrong with a query, what is read instead, and what the schema says of it.

A text that cannot be read is corrected as far as the correction can be known, and every condition
is held against the schema. Nothing here asks the network: definitions come in as arguments.
"""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral._compat import ensure_text, fill, python_2_str, text_type
from pyral.errors import QuerySyntaxError, first_names
from pyral.query import builder, nodes
from pyral.query.parser import read
from pyral.query.schema_check import ERROR, NOTE, WARNING, QueryFinding, check

__all__ = ['QueryFinding', 'QueryLint', 'lint']

#: So many values of a list are shown.
_MOST_SHOWN = 12
#: What is corrected anew after a correction: a name first, then what is compared with it.
_ROUNDS = 4


@python_2_str
class QueryLint(object):
    """What `Rally.lint_query` finds; as text it is what the command `pyral query` prints.

        found = rally.lint_query('Defect', 'State == Open')
        print(found.is_refused, found.corrected)

    `query` is what was given, `type_path` the type it is for, `sent` the text that goes to the
    service, None where it cannot be read. `corrected` is a text in which everything is mended that
    can be, in all its parentheses; None where a mistake stays that cannot. `findings` are
    `QueryFinding`s: `severity` (`error` where the query is refused, `warning` where it hardly means
    what it says, `note`), `text`, and `condition`, the text of the condition it is about, or None.
    """

    def __init__(self, query, type_path, sent, corrected, findings, tree=None, checked=()):
        self.query, self.type_path = query, type_path
        self.sent, self.corrected = sent, corrected
        self.findings = [QueryFinding(each.severity, each.text, _shown(each.condition))
                         for each in findings]
        self._tree = tree
        self._checked = dict((id(each.condition), each) for each in checked)

    @property
    def is_refused(self):
        """Whether the query is refused, by the library or by the service as far as is known.

            assert not rally.lint_query('Defect', 'State = Open').is_refused

        No request.
        """
        return any(each.severity == ERROR for each in self.findings)

    @property
    def is_fine(self):
        """Whether there is nothing to say of the query.

            assert rally.lint_query('Defect', 'State = Open').is_fine

        No request.
        """
        return not self.findings

    def rows(self):
        """Return the tree of conditions as a list of dicts, a line of it each.

            for row in rally.lint_query('Defect', 'State = Open AND Owner = null').rows():
                print('  ' * row['depth'] + (row['joint'] or row['condition']))

        `depth` says how deep a line stands; it is a `joint` (`AND`, `OR`) or a `condition`, and of
        that the `type` of the attribute, the type it refers to (`target`), its `values` as far as
        they are known, and the texts of its `findings`. No request.
        """
        found, waiting = [], [] if self._tree is None else [(0, self._tree)]
        while waiting:
            depth, node = waiting.pop()
            if isinstance(node, nodes.Group):
                found.append(_row(depth, joint=node.conjunction))
                waiting.extend((depth + 1, each) for each in reversed(_members(node)))
            else:
                found.append(self._row_of(depth, node))
        return found

    def to_dict(self):
        """Return all of it as a dict of plain values, for JSON.

            print(rally.lint_query('Defect', 'State = Open').to_dict()['sent'])

        No request.
        """
        return OrderedDict([
            ('query', self.query), ('type', self.type_path), ('refused', self.is_refused),
            ('sent', self.sent), ('corrected', self.corrected),
            ('findings', [OrderedDict(zip(each._fields, each)) for each in self.findings]),
            ('tree', self.rows())])

    def _row_of(self, depth, node):
        checked = self._checked.get(id(node))
        attribute = checked.attribute if checked is not None else None
        return _row(
            depth, condition=nodes.inner(node),
            type=attribute.AttributeType if attribute is not None else None,
            target=attribute.target if attribute is not None else None,
            values=list(checked.values) if checked is not None else [],
            findings=[each.text for each in checked.findings] if checked is not None else [])

    def __str__(self):
        lines = [fill(u'{0}: {1}', each.severity, _indented(each.text))
                 for each in self.findings if each.condition is None]
        rows = self.rows()
        severities = dict((each.text, each.severity) for each in self.findings)
        width = max([2 * row['depth'] + len(row['condition'] or u'') for row in rows] or [0])
        for row in rows:
            text = u'  ' * row['depth'] + (row['joint'] or row['condition'])
            said = _kind_shown(row)
            lines.append(text.ljust(min(width, 60)) + u'  ' + said if said else text)
            lines.extend(fill(u'{0}{1}: {2}', u'  ' * (row['depth'] + 1), severities[each], each)
                         for each in row['findings'])
        if self.sent is not None:
            lines.append(fill(u'sent:      {0}', self.sent))
        if self.corrected is not None and self.corrected != self.sent:
            lines.append(fill(u'corrected: {0}', self.corrected))
        return u'\n'.join(lines)

    def __repr__(self):
        return '<QueryLint {0}>'.format('refused' if self.is_refused else 'taken')


def lint(query, type_def, catalogue, values_of):
    """Return the `QueryLint` of a query.

    :param query: text, a list of conditions or a dict, as `Rally.get` takes them.
    :param type_def: the type that is asked for.
    :param catalogue: the types of the workspace.
    :param values_of: called with an attribute; returns the texts of its list, or nothing.
    """
    is_text = isinstance(query, (bytes, text_type))
    given = ensure_text(query, errors='replace') if is_text else query
    node, findings, sent = _read(given) if is_text else _built(given)
    if node is None:
        return QueryLint(given, type_def.TypePath, sent, None, findings)
    checked = [check(each, type_def, catalogue, values_of, by_name=not is_text)
               for each in nodes.conditions(node)]
    if isinstance(node, nodes.Condition) and node.typed and sent is not None:
        checked[0].findings.insert(0, QueryFinding(
            ERROR, u"the service wants blanks around a relation", node))
    for each in checked:
        findings.extend(each.findings)
    findings.extend(_of_collections(node, checked))
    others, is_mended = {}, True
    for each in checked:
        meant, is_right = _mended(each, type_def, catalogue, values_of, not is_text)
        others[id(each.condition)], is_mended = meant, is_mended and is_right
    corrected = nodes.expression(nodes.replaced(node, others)) if is_mended else None
    return QueryLint(given, type_def.TypePath, sent, corrected, _each_once(findings), node, checked)


def _read(text):
    """Return the node of a text as it is or as it is meant, the findings, and what is sent."""
    if not text.strip():
        return None, [], None
    findings, is_as_given = [], True
    while True:
        try:
            node, remarks = read(text)
            break
        except QuerySyntaxError as error:
            findings.append(QueryFinding(ERROR, _drawn(error), None))
            if error.corrected is None:
                return None, findings, None
            text, is_as_given = error.corrected, False
    findings.extend(QueryFinding(WARNING, each, None) for each in remarks)
    return node, findings, builder.build(node) if is_as_given else None


def _built(criteria):
    try:
        node = builder.tree(criteria)
    except QuerySyntaxError as error:
        return None, [QueryFinding(ERROR, _drawn(error), None)], None
    return node, [], builder.build(criteria)


def _mended(checked, type_def, catalogue, values_of, by_name):
    """Return the condition that is meant, and whether nothing of it is refused any more."""
    condition = checked.condition
    for _ in range(_ROUNDS):
        if checked.corrected is None:
            break
        condition = checked.corrected
        checked = check(condition, type_def, catalogue, values_of, by_name)
    return condition, not any(each.severity == ERROR for each in checked.findings)


def _of_collections(node, checked):
    """Return what is to say of conditions that are joined and look at one collection."""
    by_condition = dict((id(each.condition), each) for each in checked)
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        if not isinstance(current, nodes.Group):
            continue
        members, paths = _members(current), {}
        waiting.extend(reversed(members))
        for each in members if current.conjunction == 'AND' else ():
            own = by_condition.get(id(each))
            step, dot, rest = each.attribute.partition(u'.') if own is not None else (u'', u'', u'')
            if dot and own.attribute is not None:
                paths.setdefault(step, set()).add(rest)
        for step, names in sorted(paths.items()):
            if len(names) > 1 and step.endswith(u's'):
                found.append(QueryFinding(NOTE, fill(
                    u"each condition on {0} is met by any of its members, not all of them by the "
                    u"same one", step), None))
    return found


def _members(group):
    """Return the nodes that one conjunction joins, groups of the same one opened."""
    found, waiting = [], [group]
    while waiting:
        current = waiting.pop()
        if isinstance(current, nodes.Group) and current.conjunction == group.conjunction:
            waiting.extend([current.right, current.left])
        else:
            found.append(current)
    return found


def _each_once(findings):
    found = []
    for each in findings:
        if each not in found:
            found.append(each)
    return found


def _drawn(error):
    """Return what is wrong with a text, with the text and the spot below."""
    shown = ensure_text(error.query).replace(u'\n', u' ').replace(u'\t', u' ')
    lines = [ensure_text(error.reason or error.message), shown]
    if error.position is not None:
        lines.append(u' ' * error.position + u'^')
    return u'\n'.join(lines)


def _indented(text):
    return text.replace(u'\n', u'\n  ')


def _shown(condition):
    return None if condition is None else nodes.inner(condition)


def _row(depth, joint=None, condition=None, **facts):
    row = OrderedDict([('depth', depth), ('joint', joint), ('condition', condition), ('type', None),
                       ('target', None), ('values', []), ('findings', [])])
    row.update(facts)
    return row


def _kind_shown(row):
    if row['type'] is None:
        return u''
    if row['target']:
        return fill(u'{0}: {1}', row['type'], row['target'])
    values = first_names(row['values'], _MOST_SHOWN)
    return fill(u'{0}: {1}', row['type'], values) if values else row['type']
