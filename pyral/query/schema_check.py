"""Check of one condition of a query against the schema: names, relations, values of each kind.

What the service refuses is told from what it takes and what hardly means what it says. Where the
condition that is meant can be known, it is made. Nothing here asks the network: definitions come in
as arguments.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral import refs
from pyral._compat import ensure_text, fill
from pyral.advice import did_you_mean
from pyral.errors import first_names, nearest
from pyral.query import nodes
from pyral.query.remarks import LISTED_KINDS, of_value

__all__ = ['Checked', 'ERROR', 'NOTE', 'QueryFinding', 'WARNING', 'check']

#: The service refuses it; the service takes it, and it hardly means this; good to know.
ERROR, WARNING, NOTE = 'error', 'warning', 'note'

#: What is said of a query: how grave it is, what it is, and the condition it is about or None.
QueryFinding = namedtuple('QueryFinding', 'severity text condition')
#: A condition with what the schema says of it: the `AttrDef` or None, its values as far as they are
#: known, the findings, and the condition that is meant where it is another one.
Checked = namedtuple('Checked', 'condition attribute values findings corrected')

_EQUAL = ('=', '!=')
_ORDERED = ('=', '!=', '<', '>', '<=', '>=')
_SUBSTRING = ('contains', '!contains')
_LISTED = _ORDERED + ('in',) + _SUBSTRING
#: Relations that each type of attribute takes.
_RELATIONS = {
    'STRING': _LISTED, 'STATE': _LISTED, 'RATING': _LISTED, 'TEXT': _EQUAL + _SUBSTRING,
    'INTEGER': _ORDERED + ('in',), 'DECIMAL': _ORDERED + ('in',), 'QUANTITY': _ORDERED + ('in',),
    'DATE': _ORDERED, 'BOOLEAN': _EQUAL, 'OBJECT': _EQUAL, 'COLLECTION': _EQUAL + _SUBSTRING,
    'WEB_LINK': _EQUAL, 'MAP': _EQUAL, 'RAW': _EQUAL,
}
#: Second names, which no type defines, and those of users.
_ALIASES = {'rank': 'DragAndDropRank', 'oid': 'ObjectID', 'typedefoid': 'ObjectID'}
_USER_ALIASES = {'name': 'UserName'}
_LINK_PARTS = frozenset(['linkid', 'displaystring'])
#: What the schema calls no matter for queries, and the service answers all the same.
_ANSWERED = frozenset([('AllowedAttributeValue', 'StringValue'), ('RecycleBinEntry', 'ID'),
                       ('RecycleBinEntry', 'Name')])
#: What other languages write for no value, and for the one who asks.
_NO_VALUE = frozenset(['empty', 'none', 'nil', 'undefined', 'blank'])
_ME = frozenset(['me', 'myself', '@me', 'currentuser()', 'currentuser'])
_TRUTHS = {'yes': 'true', 'y': 'true', '1': 'true', 'on': 'true',
           'no': 'false', 'n': 'false', '0': 'false', 'off': 'false'}
_NUMBER = re.compile(r'\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,4})?\s*$', re.I)
_FORMATTED = re.compile(r'\s*(?:[A-Za-z]*\d+)\s*$')
_DATE = re.compile(
    r'\s*\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d\d(:\d\d([.,]\d{1,9})?)?\s*(Z|[+-]\d\d(:?\d\d)?)?)?\s*$',
    re.I)
_DATE_WORDS = re.compile(
    r'(?:yesterday|tomorrow|(?:last|next)(?:week|month|quarter|year)|today(?:[+-]\d{1,7})?)$')
#: A date in another form -> how it is written.
_OTHER_DATES = [
    (re.compile(r'(\d{4})[/.](\d{1,2})[/.](\d{1,2})$'), u'{0}-{1:0>2}-{2:0>2}'),
    (re.compile(r'(\d{4}-\d{2}-\d{2})\s+(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z?)$'), u'{0}T{1}Z'),
    (re.compile(r'(?:now|today)\(\)$|now$', re.I), u'today'),
    (re.compile(r'-(\d+)d$', re.I), u'today-{0}'),
    (re.compile(r'(1[3-9]|2\d|3[01])[./](\d{1,2})[./](\d{4})$'), u'{2}-{1:0>2}-{0:0>2}'),
    (re.compile(r'(\d{1,2})/(1[3-9]|2\d|3[01])/(\d{4})$'), u'{2}-{0:0>2}-{1:0>2}'),
]
_LOGIN = re.compile(r'[^@\s]+@[^@\s]+$')
#: What stands at both ends of a text where other languages look for any text.
_WILDCARDS = u'*%'
_ORDERING = re.compile(r'(?i)\sorder\s+by\s+\S')


def check(condition, type_def, catalogue, values_of, by_name=False):
    """Return the `Checked` of one condition.

    :param condition: a `nodes.Condition`.
    :param type_def: the type that is asked for.
    :param values_of: called with an attribute; returns the texts of its list, or nothing.
    :param by_name: True where names of items are looked up before the query is sent.
    """
    attribute, owner, problem, meant = _followed(condition.attribute, type_def, catalogue)
    findings, values = [], []
    current = condition
    if problem is not None:
        severity, text = problem
        findings.append(QueryFinding(severity, text, condition))
    if meant is not None and meant != condition.attribute:
        current = nodes.Condition(meant, condition.operator, condition.value)
        attribute, owner, _, _ = _followed(meant, type_def, catalogue)
    if attribute is not None:
        if attribute.AttributeType in LISTED_KINDS:
            values = [text for text in values_of(attribute) or () if text]
        told = _Told(condition, current, attribute, owner, catalogue, values, by_name)
        told.judge()
        findings.extend(told.findings)
        current = told.current
    return Checked(condition, attribute, values, findings,
                   None if current is condition and condition.typed is None else nodes.Condition(
                       current.attribute, current.operator, current.value))


def _followed(path, type_def, catalogue):
    """Return what a path leads to: the attribute, its owner, a problem or None, the path meant."""
    names, owner, attribute, meant = path.split(u'.'), type_def, None, []
    for depth, name in enumerate(names):
        if attribute is not None and attribute.AttributeType == 'WEB_LINK':
            if name.lower() in _LINK_PARTS and depth == len(names) - 1:
                return None, owner, None, None
        if owner is None or not owner.is_listed:
            return None, None, None, None
        attribute, having = _attribute(owner, name, catalogue, is_first=depth == 0)
        if attribute is None:
            return (None, owner) + _unknown(owner, name, names, depth, meant, having)
        if not attribute.Filterable and (owner.TypePath, attribute.ElementName) not in _ANSWERED:
            return None, owner, (ERROR, fill(
                u"{0}.{1} is no matter for queries: the service does not search by it",
                owner.TypePath, attribute.ElementName)), None
        spelled = (name.lower(), u'c_' + name.lower())
        is_label = attribute.ElementName.lower() not in spelled and _alias(owner, name) is None
        meant.append(attribute.ElementName if is_label else name)
        if depth < len(names) - 1:
            owner = catalogue.find((attribute.target or u'').replace(u' ', u''))
            if owner is None and attribute.AttributeType != 'WEB_LINK':
                return None, None, (ERROR, fill(
                    u"{0} is no reference, so nothing comes after it", attribute.ElementName)), None
    path_meant = u'.'.join(meant)
    if path_meant != path:
        return attribute, owner, (ERROR, fill(u"the attribute is called {0} in queries",
                                              path_meant)), path_meant
    return attribute, owner, None, None


def _alias(owner, name):
    if owner.TypePath == 'User' and name.lower() in _USER_ALIASES:
        return _USER_ALIASES[name.lower()]
    return _ALIASES.get(name.lower())


def _attribute(owner, name, catalogue, is_first):
    """Return the attribute of a name or None, and the types that have it where not all do."""
    name = _alias(owner, name) or name
    found = owner.attribute(name)
    if found is not None:
        return found, []
    below = [each for each in catalogue.family(owner.TypePath)[1:] if not each.Abstract]
    if below and owner.Creatable and not owner.Abstract:
        below.append(owner)
    having = [each for each in below if each.attribute(name) is not None]
    if not having or is_first and len(having) < len(below):
        return None, having
    return having[0].attribute(name), []


def _unknown(owner, name, names, depth, meant, having):
    if having:
        return (ERROR, fill(
            u"not every type of {0} has '{1}', so the service reads nothing; query one that has: "
            u"{2}", owner.TypePath, name,
            first_names(each.TypePath for each in having))), None
    near = owner.suggestions(name)
    path = None
    if near:
        path = u'.'.join(meant + [near[0]] + names[depth + 1:])
    return (ERROR, fill(u"{0} has no attribute '{1}'{2}", owner.TypePath, name,
                        did_you_mean(near))), path


class _Told(object):
    """Judges relation and value of a condition whose attribute is known, a step at a time."""

    def __init__(self, condition, current, attribute, owner, catalogue, values, by_name):
        self._condition, self._attribute, self._owner = condition, attribute, owner
        self._catalogue, self._values, self._by_name = catalogue, values, by_name
        self.current, self.findings = current, []
        self.kind = attribute.AttributeType

    def judge(self):
        """Add the findings, and put the condition that is meant in the place of the current."""
        if self._is_of_no_value() or not self._relation_fits():
            return
        name = self._attribute.ElementName
        if name == 'FormattedID':
            return self._formatted_id()
        judge = {'DATE': self._date, 'BOOLEAN': self._boolean, 'OBJECT': self._reference,
                 'COLLECTION': self._reference, 'STRING': self._text, 'TEXT': self._text,
                 'STATE': self._text, 'RATING': self._text, 'INTEGER': self._number,
                 'DECIMAL': self._number, 'QUANTITY': self._number}.get(self.kind)
        if judge is not None:
            return judge()
        self._say(ERROR, fill(u"{0} is compared with null alone", name))

    @property
    def _content(self):
        return nodes.content(self.current.value)

    def _say(self, severity, text, value=None, attribute=None, operator=None):
        """Add a finding; what is given of a condition makes the one that is meant."""
        self.findings.append(QueryFinding(severity, text, self._condition))
        if value is not None or attribute is not None or operator is not None:
            self.current = nodes.Condition(
                attribute or self.current.attribute, operator or self.current.operator,
                self.current.value if value is None else nodes.bare_or_quoted(value))

    def _is_of_no_value(self):
        """Say whether the condition is about no value; words of other languages are told."""
        text = self._content.strip().lower()
        may_be_text = self.kind in ('STRING', 'TEXT', 'STATE', 'RATING')
        if text in _NO_VALUE and not may_be_text and self.current.operator in _EQUAL:
            self._say(ERROR, fill(u"no value is written null, not {0}", self._content), u'null')
            return True
        if text != u'null' or self.current.operator in _SUBSTRING + ('in',):
            return False
        if self.current.operator not in _EQUAL:
            self._say(ERROR, u"null is compared by = and != alone")
        return True

    def _relation_fits(self):
        known = _RELATIONS.get(self.kind, _LISTED)
        if self.current.operator in known:
            return True
        target = self._target()
        if self.current.operator in _SUBSTRING and target is not None:
            self._say(ERROR, fill(
                u"{0} is a reference ({1}), which has no text to look into; its {2} has",
                self._attribute.ElementName, target.TypePath, self._name_of(target)),
                attribute=self.current.attribute + u'.' + self._name_of(target))
            return False
        if self.current.operator == 'in' and self.kind in ('OBJECT', 'COLLECTION', 'BOOLEAN',
                                                           'DATE'):
            self._say(ERROR, fill(u"{0} takes no list; write A = x OR A = y",
                                  self._attribute.ElementName))
            return False
        self._say(ERROR, fill(u"{0}, of type {1}, takes no {2}; it takes {3}",
                              self._attribute.ElementName, self.kind, self.current.operator,
                              u" ".join(known)))
        return False

    def _number(self):
        for part in nodes.values(self.current):
            if not _NUMBER.match(part) and part.lower() != u'null':
                return self._say(ERROR, fill(u"{0} is a number, and '{1}' is none{2}",
                                             self._attribute.ElementName, part, self._other(part)))

    def _boolean(self):
        text = self._content.strip().lower()
        if text not in ('true', 'false'):
            self._say(ERROR, fill(u"{0} is true or false, not '{1}'",
                                  self._attribute.ElementName, self._content), _TRUTHS.get(text))

    def _date(self):
        text = self._content.strip()
        if _DATE.match(text) or _DATE_WORDS.match(u''.join(text.split()).lower()):
            return
        meant = None
        for form, written in _OTHER_DATES:
            found = form.match(text)
            if found is not None:
                meant = written.format(*found.groups())
                break
        self._say(ERROR, fill(
            u"{0} is a date, and '{1}' is none{2}; dates are written 2026-01-31 or "
            u"2026-01-31T10:00:00Z, or today, today-7, yesterday, lastweek",
            self._attribute.ElementName, text, self._other(text)), meant)

    def _other(self, text):
        """Return what ends a finding about a value that is the name of an attribute."""
        is_name = self._owner is not None and self._owner.attribute(text) is not None
        return u" (an attribute is never compared with another one)" if is_name else u""

    def _target(self):
        found = self._catalogue.find((self._attribute.target or u'').replace(u' ', u''))
        return found if found is not None and found.is_listed else None

    @staticmethod
    def _name_of(target, text=u''):
        """Return the attribute of a type that has the text people know its items by."""
        if target.TypePath == 'User':
            return u'UserName' if _LOGIN.match(text) else u'DisplayName'
        if _FORMATTED.match(text) and not text.strip().isdigit() \
                and target.attribute('FormattedID') is not None:
            return u'FormattedID'
        named = target.attribute('Name')
        return u'Name' if named is not None else u'ObjectID'

    def _reference(self):
        text, target = self._content.strip(), self._target()
        if refs.parse(text) is not None or refs.is_oid(text):
            return
        is_user = target is not None and target.TypePath == 'User'
        if is_user and text.lower() in _ME:
            if text.lower() != u'currentuser':
                self._say(ERROR, u"who asks is written currentuser", u'currentuser')
            return
        if self._by_name:
            return self._say(NOTE, fill(u"'{0}' is looked up, which takes a request", text))
        if target is None:
            return self._say(ERROR, fill(u"{0} takes a reference or null here, not '{1}'",
                                         self._attribute.ElementName, text))
        name = self._name_of(target, text)
        kept = {'contains': 'contains', '!contains': '!contains'} if self.kind == 'COLLECTION' \
            and name != u'FormattedID' else {}
        operator = kept.get(self.current.operator, '!=' if self.current.operator in (
            '!=', '!contains') else '=')
        self._say(ERROR, fill(
            u"{0} is a reference ({1}), so it is compared with a reference or null, not with "
            u"'{2}'; compare {0}.{3}", self._attribute.ElementName, target.TypePath, text, name),
            attribute=self.current.attribute + u'.' + name, operator=operator)

    def _formatted_id(self):
        if self.current.operator in _SUBSTRING:
            return
        for part in nodes.values(self.current):
            if part.lower() == u'null':
                continue
            problem = self._catalogue.strange_formatted_id(part)
            if not _FORMATTED.match(part) and not _NUMBER.match(part):
                written = re.sub(r'[-_ #.]', u'', part).upper()
                is_one = len(nodes.values(self.current)) == 1 and _FORMATTED.match(written)
                return self._say(ERROR, fill(
                    u"a FormattedID is letters and a number; '{0}' is none", part)
                    if problem is None else problem, written if is_one else None)
        self._pass_on()

    def _text(self):
        text = self._content
        if _ORDERING.search(text):
            return self._say(
                WARNING, u"what the items are ordered by is no condition: it goes into order",
                _ORDERING.split(text)[0].strip())
        inner = text.strip(_WILDCARDS)
        if inner and inner != text and self.current.operator in _EQUAL + _SUBSTRING:
            turned = {'=': 'contains', '!=': '!contains'}
            return self._say(WARNING, fill(
                u"there are no wildcards: '{0}' is compared as it is; contains looks for a part",
                text), inner, operator=turned.get(self.current.operator, self.current.operator))
        self._pass_on()
        if self._values and self.current.operator in _ORDERED:
            known = set(each.lower() for each in self._values)
            near = nearest(text, self._values)
            if text.lower() not in known and text.lower() not in ('', 'none') and len(near) == 1:
                self.current = nodes.Condition(
                    self.current.attribute, self.current.operator, nodes.bare_or_quoted(near[0]))

    def _pass_on(self):
        """Add what is remarked on values that no item may have."""
        for text in of_value(self.current, self._attribute, self._owner, self._catalogue,
                             lambda attribute: self._values):
            self.findings.append(QueryFinding(WARNING, ensure_text(text), self._condition))
