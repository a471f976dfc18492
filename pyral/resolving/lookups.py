"""The requests of name resolution: items by name, by FormattedID, and by words such as `current`.

Many texts of one type go into one request. What comes back is compared here, letter by letter,
because the service compares names without regard to letter case and FormattedIDs by their number.
A text that stands for no item, or for several, is an error that shows the candidates.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict, namedtuple

from pyral import refs
from pyral._compat import ensure_text, fill, raise_from
from pyral.context.directory import PROJECT_PATH_ELEMENT_SEPARATOR
from pyral.entity.base import raw_item
from pyral.errors import PyralError, UnresolvedNameError, first_names, nearest
from pyral.query import nodes
from pyral.reading.queries import query
from pyral.resolving import meanings
from pyral.resolving.targets import (
    IN_PROJECT,
    TIMEBOXES,
    WITHOUT_FORMATTED_IDS,
    chunks,
    naming_condition,
    word_condition,
)
from pyral.schema.definitions import TypeDef
from pyral.schema.standard_types import class_name

__all__ = ['Lookup', 'Wish']

#: What is looked for: the type path, the `TextMeaning` of the text, where (None for anywhere in the
#: workspace, else the ref of a project, or with a `State` the type it belongs to), and the name of
#: the attribute it is given for.
Wish = namedtuple('Wish', 'type_path meaning place field')

_FETCH = {
    'User': 'UserName,EmailAddress,DisplayName,Disabled',
    'Project': 'Name,Parent,State',
    'Iteration': 'Name,Project,StartDate,EndDate',
    'Release': 'Name,Project,ReleaseStartDate,ReleaseDate',
    'FlowState': 'Name,Project',
    'State': 'Name,TypeDef',
}
_EVERYONE = nodes.Group(nodes.Condition('Disabled', '=', 'true'), 'OR',
                        nodes.Condition('Disabled', '=', 'false'))
#: So many projects are named in one request; of more, the whole workspace is asked.
_MOST_PROJECTS = 20
_MOST_CANDIDATES = 8
#: So many names are read to find those that look like one that is not there.
_MOST_NEAR = 1000
_NUMBER = re.compile(u'(?<![0-9])[0-9]+$')


class Lookup(object):
    """Finds what the texts of one call stand for, in one workspace.

    :param connection: whose memory is used.
    :param scope: the caller's `workspace`, `project` and so on.
    """

    def __init__(self, connection, scope):
        self._connection = connection
        self._scope = scope
        self._context = None

    @property
    def context(self):
        """The context of the scope; a name in it may cost a request."""
        if self._context is None:
            self._context, _ = self._connection.scoped(**self._scope)
        return self._context

    @property
    def workspace(self):
        """The workspace to look in."""
        return self.context.workspace_ref or self._connection.helper.currentWorkspaceRef()

    @property
    def _everywhere(self):
        return {'workspace': self.workspace, 'project': None}

    def schema(self):
        """Return the types that data are made up by: those of the current workspace."""
        return self._connection.helper.catalogue()

    def catalogue(self):
        """Return the types of the workspace to look in."""
        return self._connection.helper.catalogue(self.workspace)

    def found(self, wishes):
        """Return {wish: [refs]}, each with one reference, with several only for the place `scope`.

        :raises UnresolvedNameError: naming the candidates, for the first that stands for no item
            or for several.
        """
        found, groups = {}, OrderedDict()
        for wish in wishes:
            kept = self._kept(wish)
            if kept is not None:
                found[wish] = kept
            elif wish not in found:
                kind = wish.meaning.kind
                word = wish.meaning.text if kind == meanings.WORD else None
                groups.setdefault((kind, wish.type_path, word, _is_scope(wish)), []).append(wish)
        for (kind, type_path, _, _), members in groups.items():
            answer = self._ANSWERS[kind](self, type_path, list(OrderedDict.fromkeys(members)))
            for wish, rows in answer.items():
                found[wish] = self._chosen(wish, rows)
        return found

    # What is asked
    def _by_name(self, type_path, wishes):
        if type_path == 'Project':
            return self._projects(wishes)
        condition, places = self._placed(wishes)
        rows, waiting = [], wishes
        # Many logins may be too long to ask for in two ways at once: then in one after the other.
        is_long = type_path == 'User' and len(chunks(type_path, _texts(wishes))) > 1
        for place in (0, 1) if is_long else (None,):
            for texts in chunks(type_path, _texts(waiting), place):
                node = naming_condition(type_path, texts, place)
                rows.extend(self._rows(type_path, _both(node, condition), places))
            waiting = [wish for wish in wishes
                       if not any(not row.get('Disabled') for row in _named(rows, wish))]
        return OrderedDict((wish, _named(rows, wish)) for wish in wishes)

    def _by_word(self, type_path, wishes):
        condition, places = self._placed(wishes)
        node, order = word_condition(type_path, wishes[0].meaning.text)
        rows = self._rows(type_path, _both(node, condition), places, order)
        return OrderedDict((wish, _nearest_in_time(rows, wish)) for wish in wishes)

    def _by_formatted_id(self, type_path, wishes):
        """Ask for FormattedIDs, by their own type; of several types, all artifacts at once."""
        types = OrderedDict()
        for wish in wishes:
            for each in self._types_of(wish):
                types[each.TypePath] = each
        asked = list(types.values())
        if len(asked) > 1 and all('Artifact' in each.inheritanceChain() for each in asked):
            asked = [TypeDef(None, 'Artifact')]
        rows = []
        for each in asked:
            for texts in chunks(each.TypePath, _texts(wishes)):
                node = nodes.one_of('FormattedID', [nodes.quoted(text) for text in texts])
                rows.extend(self._rows(each.TypePath, node, self._everywhere,
                                       fetch='Name,FormattedID'))
        return OrderedDict((wish, self._numbered(rows, wish)) for wish in wishes)

    def _unread(self, type_path, wishes):
        text = fill(u"'{0}' is the address of no item", wishes[0].meaning.text)
        raise self._error(wishes[0], text, hint="Copy the address of an item's own page, or give "
                          "its FormattedID or name.")

    _ANSWERS = {meanings.NAME: _by_name, meanings.WORD: _by_word,
                meanings.FORMATTED_ID: _by_formatted_id, meanings.ADDRESS: _unread}

    def _projects(self, wishes):
        """Return the open projects of names and paths; the current project costs no request."""
        helper = self._connection.helper
        found, names, paths = OrderedDict(), [], []
        for wish in wishes:
            current = helper.currentProject()
            here = self.workspace == helper.currentWorkspaceRef()
            if here and current is not None and wish.meaning.text == current.name:
                found[wish] = [{'_ref': current.ref, 'Name': current.name}]
            elif PROJECT_PATH_ELEMENT_SEPARATOR in wish.meaning.text:
                paths.append(wish)
            else:
                names.append(wish)
        rows = []
        for texts in chunks('Project', _texts(names)):
            rows.extend(self._rows('Project', naming_condition('Project', texts),
                                   self._everywhere))
        for wish in names:
            found[wish] = [row for row in _named(rows, wish) if row.get('State') != 'Closed']
        place = helper.placeOf(self.workspace)
        if len(paths) == 1:
            found[paths[0]] = self._at_path(place, paths[0])
        elif paths:  # One list of all projects costs less than a request for each path.
            listed = helper.directory.projects(place)
            for wish in paths:
                found[wish] = [{'_ref': each.ref, 'Name': each.name} for each in
                               _down_the_path(listed, wish.meaning.text)]
        return found

    def _at_path(self, place, wish):
        try:
            found = self._connection.helper.directory.project_at(place, wish.meaning.text)
        except PyralError as error:
            if not error.suggestions:
                return []
            raise_from(self._error(wish, error.args[0], error.suggestions, error.hint), None)
        return [{'_ref': found.ref, 'Name': found.name}]

    def _placed(self, wishes):
        """Return the condition that holds items to the projects or types meant, and the scope."""
        if _is_scope(wishes[0]):
            return None, self._scope
        places = list(OrderedDict.fromkeys(wish.place for wish in wishes))
        if None in places or len(places) > _MOST_PROJECTS:
            return None, self._everywhere
        if wishes[0].type_path == 'State':
            parts = [nodes.Condition('TypeDef.Name', '=', nodes.quoted(place)) for place in places]
        else:
            parts = [nodes.Condition('Project', '=', u'/' + ensure_text(place))
                     for place in places]
        return nodes.nested(parts, ['OR'] * (len(parts) - 1)), self._everywhere

    def _rows(self, type_path, node, scope, order=None, fetch=None, limit=None):
        if type_path == 'User':
            node = _both(node, _EVERYONE)
        fetch = fetch or _FETCH.get(type_path, 'Name,FormattedID')
        # The path is all that is needed: the type may be one of another workspace.
        response = query(self._connection, TypeDef(None, type_path), fetch, node, scope, order,
                         {'limit': limit} if limit else None)
        response.raise_for_errors()
        return [raw_item(each) for each in response]

    # What is meant
    def _types_of(self, wish):
        """Return the types an id of this prefix may be of: those that fit, or else all."""
        types = self.catalogue().formatted_id_types(meanings.prefix_of(wish.meaning.text))
        wanted = class_name(wish.type_path)
        return [each for each in types if wanted in each.inheritanceChain()] or types

    def _numbered(self, rows, wish):
        paths = set(each.TypePath for each in self._types_of(wish))
        number = _number_in(wish.meaning.text)
        return [row for row in rows if row.get('_type') in paths
                and _number_in(row.get('FormattedID') or wish.meaning.text) == number]

    def _chosen(self, wish, rows):
        """Return the references of the items a text stands for, which must be one."""
        by_ref = OrderedDict((refs.parse(row), row) for row in rows)
        if not by_ref:
            raise self._unknown(wish)
        if len(by_ref) > (len(set(_project_of(row) for row in rows)) if _is_scope(wish) else 1):
            raise self._error(
                wish, fill(u"'{0}' stands for {1} items of type {2}", wish.meaning.text,
                           len(by_ref), wish.type_path),
                [_label(ref, row) for ref, row in by_ref.items()][:_MOST_CANDIDATES],
                "Give the one that is meant by its reference.")
        found = list(by_ref)
        self._connection.known_names.keep(self._key(wish), found, _passes(wish))
        return found

    def _kept(self, wish):
        return self._connection.known_names.get(self._key(wish), _passes(wish))

    def _key(self, wish):
        place = wish.place
        if _is_scope(wish):
            place = (self.context.project_ref,) + tuple(
                str(self._scope.get(name)) for name in ('projectScopeUp', 'projectScopeDown'))
        return self.workspace, wish.type_path, wish.meaning, place

    # What goes wrong
    def _unknown(self, wish):
        text = fill(u"there is no {0} '{1}'", wish.type_path, wish.meaning.text)
        if wish.meaning.kind == meanings.FORMATTED_ID:
            return self._error(wish, text, hint="It was deleted, or cannot be seen, or never was.")
        rows = self._rows_near(wish)
        if wish.type_path in IN_PROJECT and wish.place and not _is_scope(wish):
            text += fill(u" in {0}", self._place_called(wish, rows))
        attributes = ('UserName', 'DisplayName') if wish.type_path == 'User' else ('Name',)
        names = [row[name] for row in rows for name in attributes if row.get(name)]
        near, hint = nearest(wish.meaning.text, names), None
        problem = None
        if wish.type_path not in WITHOUT_FORMATTED_IDS | IN_PROJECT:
            problem = self.catalogue().strange_formatted_id(wish.meaning.text)
        if problem is not None:
            hint = fill(u"It is no FormattedID: {0}.", problem)
        elif not near and names:
            hint = fill(u"There are {0}.", first_names(names))
        elif not names:
            hint = "Nothing of that type can be seen there."
        return self._error(wish, text, near, hint)

    def _rows_near(self, wish):
        """Return the items that might have been meant; for messages, so it never fails."""
        condition, scope = self._placed([wish])
        try:
            rows = self._rows(wish.type_path, condition, scope, limit=_MOST_NEAR)
        except PyralError:
            return []
        return [row for row in rows if row.get('State') != 'Closed' and not row.get('Disabled')]

    def _place_called(self, wish, rows):
        """Return the name of the project that a text was sought in; for messages too."""
        for row in rows[:1]:
            return (row.get('Project') or {}).get('_refObjectName') or wish.place
        number = nodes.Condition('ObjectID', '=', ensure_text(str(refs.oid_of(wish.place))))
        try:
            found = self._rows('Project', number, self._everywhere)
        except PyralError:
            found = []
        return found[0]['Name'] if found else wish.place

    @staticmethod
    def _error(wish, text, suggestions=(), hint=None):
        return UnresolvedNameError(text, field=wish.field, suggestions=suggestions, hint=hint)


def _is_scope(wish):
    return wish.place == 'scope'


def _passes(wish):
    return wish.meaning.kind == meanings.WORD


def _texts(wishes):
    return list(OrderedDict.fromkeys(wish.meaning.text for wish in wishes))


def _both(node, condition):
    if node is None or condition is None:
        return node or condition
    return nodes.Group(node, 'AND', condition)


def _number_in(text):
    return int(_NUMBER.search(ensure_text(text)).group()[:40])  # more digits have no number


def _project_of(row):
    return refs.parse(row.get('Project'))


def _named(rows, wish):
    """Return the rows that have the text as their name, of users the enabled ones first."""
    text = wish.meaning.text
    if wish.type_path != 'User':
        return [row for row in rows if row.get('Name') == text and _is_in_place(row, wish)]
    for is_disabled in (False, True):
        group = [row for row in rows if bool(row.get('Disabled')) == is_disabled]
        for attribute in ('UserName', 'EmailAddress', 'DisplayName'):
            found = [row for row in group if _is_name(attribute, row.get(attribute), text)]
            if found:
                return found
    return []


def _is_name(attribute, value, text):
    """Say whether a text is a name; logins and addresses have no letter case."""
    if value is None:
        return False
    return value == text if attribute == 'DisplayName' else value.lower() == text.lower()


def _is_in_place(row, wish):
    if wish.place is None or _is_scope(wish) or wish.type_path not in IN_PROJECT:
        return True
    return refs.same(row.get('Project'), wish.place)


def _nearest_in_time(rows, wish):
    """Return the timeboxes a word stands for; rows come with the nearest first.

    In a scope of several projects that is one for each; two of equal dates are both returned.
    """
    rows = [row for row in rows if _is_in_place(row, wish)]
    if wish.meaning.text == 'current':
        return rows
    first, last = TIMEBOXES[wish.type_path]
    date = first if wish.meaning.text == 'next' else last
    nearest_of = {}
    for row in rows:
        nearest_of.setdefault(_project_of(row) if _is_scope(wish) else None, row[date])
    return [row for row in rows
            if row[date] == nearest_of[_project_of(row) if _is_scope(wish) else None]]


def _down_the_path(places, path):
    """Return the places a path of names leads to; `places` are all open projects."""
    elements = [each.strip() for each in path.split(PROJECT_PATH_ELEMENT_SEPARATOR)]
    by_ref = dict((each.ref, each) for each in places)

    def fits(place):
        for element in reversed(elements):
            if place is None or place.name != element:
                return False
            place = by_ref.get(place.parent)
        return True

    return [each for each in places if fits(each)]


def _label(ref, row):
    """Return what tells one candidate from the others: its reference, and what is known of it."""
    said = [row.get('FormattedID'), row.get('DisplayName'), row.get('UserName')]
    for name in ('Project', 'Parent', 'TypeDef'):
        value = row.get(name)
        if isinstance(value, dict) and value.get('_refObjectName'):
            said.append(fill(u"in {0}", value['_refObjectName']))
    said.extend(row[name][:10] for name in ('StartDate', 'ReleaseStartDate') if row.get(name))
    said = u", ".join(ensure_text(each) for each in said if each)
    return fill(u"{0} ({1})", ref.short, said) if said else ensure_text(ref.short)
