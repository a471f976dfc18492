"""Columns of a table from field names: dotted paths, checked and typed by the schema.

`Owner.DisplayName` goes through a reference, `Tasks.Estimate` through a collection, which makes a
list of each cell. Nothing here reads an item.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral._compat import Mapping, binary_type, ensure_native, ensure_text, fill, text_type
from pyral.errors import RallyAttributeNameError

__all__ = ['ANY', 'BOOLEAN', 'Column', 'INTEGER', 'NUMBER', 'TEXT', 'TIME', 'columns_of',
           'fetch_of', 'nothing_below']

TEXT, INTEGER, NUMBER, BOOLEAN, TIME, ANY = 'text', 'integer', 'number', 'boolean', 'time', 'any'
#: AttributeType -> what a cell holds; a reference and a member of a collection show their names.
_KINDS = {
    'STRING': TEXT, 'TEXT': TEXT, 'RATING': TEXT, 'STATE': TEXT, 'OBJECT': TEXT, 'WEB_LINK': TEXT,
    'COLLECTION': TEXT, 'INTEGER': INTEGER, 'QUANTITY': NUMBER, 'DECIMAL': NUMBER,
    'BOOLEAN': BOOLEAN, 'DATE': TIME,
}
#: What every item has beside the attributes of its type, and what is fetched for it.
_OF_ALL = {'oid': (INTEGER, 'ObjectID'), 'ref': (TEXT, None), 'ObjectID': (INTEGER, 'ObjectID')}


class Column(namedtuple('Column', 'name steps kind is_list')):
    """One column: its name, the attributes that lead to its value, and what a cell holds.

        >>> [column.kind for column in rally.rows('Defect', 'FormattedID,CreationDate').columns]
        ['text', 'time']

    `kind` is `text`, `integer`, `number`, `boolean`, `time`, or `any` where the schema does not
    say; with `is_list` a cell is a list of such.
    """

    __slots__ = ()


def columns_of(fields, type_def, catalogue):
    """Return the `Column`s for field names.

    :param fields: names with commas between them, a list of names, or a dict of column name to
        field name.
    :param type_def: the type of the items, None where it is not known.
    :param catalogue: the `Catalogue` of the workspace, None where there is none.
    :raises RallyAttributeNameError: a type has no such attribute.
    :raises TypeError: `fields` is none of these.
    """
    return [_column(name, path, type_def, catalogue) for name, path in _named(fields)]


def fetch_of(columns):
    """Return the fetch list that brings what the columns show, sub-collections aside."""
    names = []
    for column in columns:
        for step in column.steps:
            step = _OF_ALL[step][1] if step in _OF_ALL else step
            if step and step[:1] != '_' and step not in names:
                names.append(step)
    # Without a name the service would show all attributes.
    return ','.join(names or ['ObjectID'])


def _named(fields):
    """Return (column name, path) of each field."""
    if isinstance(fields, (text_type, binary_type)):
        fields = ensure_text(fields).split(u',')
    if isinstance(fields, Mapping):
        pairs = list(fields.items())
    elif isinstance(fields, (list, tuple)):
        pairs = [(each, each) for each in fields]
    else:
        raise TypeError("fields are names with commas between them, a list of names or a dict of "
                        "column name to field name, not {0}: {1!r}".format(
                            type(fields).__name__, fields))
    found = []
    for name, path in pairs:
        for each in (name, path):
            if not isinstance(each, (text_type, binary_type)):
                raise TypeError("fields are named by text, not by {0}: {1!r}".format(
                    type(each).__name__, each))
        if ensure_text(path).strip():
            found.append((ensure_native(ensure_text(name).strip()),
                          ensure_native(ensure_text(path).strip())))
    if not found:
        raise TypeError("no field is named: give such as 'FormattedID,Name,Owner.DisplayName'")
    return found


def _column(name, path, type_def, catalogue):
    steps, kind, is_list = [], ANY, False
    above = None
    for step in path.split('.'):
        owner, type_def = type_def, None
        if above is not None and above.is_plain:
            raise nothing_below(above, path, step)
        above = None
        if step in _OF_ALL or step[:1] == '_':
            kind = _OF_ALL[step][0] if step in _OF_ALL else TEXT
        else:
            attribute = above = _attribute(owner, step, path, catalogue)
            kind = ANY
            if attribute is not None:
                step = ensure_native(attribute.ElementName)
                kind = _KINDS.get(attribute.AttributeType, ANY)
                is_list = is_list or attribute.AttributeType == 'COLLECTION'
                type_def = _target(attribute, catalogue)
        steps.append(step)
    return Column(name, tuple(steps), kind, is_list)


def nothing_below(attribute, path, step):
    """Return the error for a step of a path that follows a plain value.

    :param attribute: the `AttrDef` of the value.
    """
    return RallyAttributeNameError(path, field=step, hint=fill(
        u"{0} holds a value of the kind {1}: nothing is below it.", attribute.ElementName,
        attribute.AttributeType))


def _attribute(owner, step, path, catalogue):
    """Return the attribute of a step, None where nobody knows the type it belongs to.

    Items of an abstract type have attributes that it does not name; what the types below it say
    holds where they agree.
    """
    if owner is None or not owner.is_listed:
        return None
    found = owner.attribute(step) if owner.Abstract else owner.current_attribute(step)
    if found is None and owner.Abstract:
        below = catalogue.family(owner.TypePath) if catalogue is not None else ()
        alike = [each for each in (one.attribute(step) for one in below) if each is not None]
        if len(set((each.AttributeType, each.target) for each in alike)) == 1:
            return alike[0]
    elif found is None:
        hint = fill(u"The type {0} of this workspace has no such attribute.", owner.TypePath)
        before = path.rpartition('.')[0]
        if step == 'Name' and before:  # of users, whom queries know by another name than entities
            hint += fill(u" '{0}' alone shows what such items are called.", before)
        raise RallyAttributeNameError(
            path, field=step, suggestions=owner.suggestions(step), hint=hint)
    return found


def _target(attribute, catalogue):
    if catalogue is None or attribute.target is None:
        return None
    return catalogue.find(attribute.target.replace(u' ', u''))
