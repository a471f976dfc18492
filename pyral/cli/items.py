"""One item for `show`, `open` and their like: its fields, its heading, its web address."""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import ensure_native, ensure_text, fill
from pyral.cli.default_fields import named_fields
from pyral.cli.definitions import type_of
from pyral.cli.failures import UsageError
from pyral.cli.pages import page_of, plain_text
from pyral.cli.tables import cell_text
from pyral.entity.base import is_unread, raw_item
from pyral.entity.named_members import named_members
from pyral.refs import oid_of, parse
from pyral.resolving.meanings import prefix_of
from pyral.rows.columns import columns_of
from pyral.rows.table import ALL_OF_ITEMS, Rows

__all__ = ['columns_and_cells', 'item_page', 'named_item', 'web_address']

#: What stands in the heading, or interests programs only.
_LEFT_OUT = frozenset([
    'FormattedID', 'Name', 'Subscription', 'Workspace', 'ObjectUUID', 'VersionId', 'ObjectID',
    'RevisionHistory', 'DragAndDropRank', 'DirectChildrenCount', 'ScheduleStatePrefix',
])
#: What people look for first.
_FIRST = ('FormattedID', 'Name', 'State', 'ScheduleState', 'FlowState', 'Priority', 'Severity',
          'Owner', 'Project', 'Iteration', 'Release', 'Parent', 'WorkProduct', 'Requirement',
          'Tags')
_RICH_TEXT = 'TEXT'
#: Type in references -> type in the addresses of pages.
_PAGES = {'hierarchicalrequirement': 'userstory'}
_LOOPBACK = re.compile(r'^https?://(?:localhost|127(?:\.[0-9]+){3}|\[::1\])(?::[0-9]+)?$')


def named_item(session, ident):
    """Return the item that a FormattedID, reference, address of a page or ObjectID names.

    :raises UsageError: the text is none of these; nothing was sent.
    :raises NotFoundError: there is none.
    """
    ident = ident.strip()
    if parse(ident) is None and oid_of(ident) is None and prefix_of(ident) is None:
        raise UsageError(
            fill(u"'{0}' is no FormattedID, reference or ObjectID", ident),
            u"What has a name is found by: pyral get TYPE -q 'Name = \"...\"'")
    return session.rally[ensure_native(ident)]


def columns_and_cells(session, entity, fields=None):
    """Return the columns of an item and its cells.

    :param fields: names with commas between them, which cost a request; by default all that the
        item shows, but for collections that it does not name the members of.
    """
    catalogue, type_def = type_of(session, entity)
    item, asked = raw_item(entity), fields
    if fields is None:
        fields = sorted((ensure_native(name) for name, value in item.items()
                         if name[:1] != '_' and _is_shown(value)), key=_place)
    elif type_def is not None:
        fields = named_fields(type_def, fields)
    if asked is not None and type_def is not None and type_def.Queryable:
        rows = session.rally.rows(type_def.TypePath, fields, {'ObjectID': entity.oid}, project=None)
        found = list(rows.cells(parses_times=False))
        if len(found) == 1:  # a query shows no disabled user, for one
            return rows.columns, found[0]
    columns = columns_of(fields, type_def, catalogue)
    return columns, next(Rows([entity], columns, ALL_OF_ITEMS).cells(parses_times=False))


def item_page(session, entity, columns, cells, is_all, width):
    """Return the page of an item.

    :param is_all: True to show what is empty or technical as well.
    """
    type_def = type_of(session, entity)[1]
    item, pairs, texts = raw_item(entity), [], []
    for column, value in zip(columns, cells):
        if not is_all and (column.name in _LEFT_OUT or value in (None, u'', 0, [], False)):
            continue
        attribute = type_def.attribute(column.name) if type_def is not None else None
        if attribute is not None and attribute.AttributeType == _RICH_TEXT:
            texts.append((column.name, plain_text(ensure_text(value or u''))))
        else:
            pairs.append((column.name, cell_text(column, value)))
    shown = set(column.name for column in columns)
    pairs.extend((name, fill(u"{0}", value['Count'])) for name, value in item.items()
                 if name not in shown and name[:1] != '_' and isinstance(value, dict)
                 and value.get('Count'))
    pairs.sort(key=lambda pair: _place(pair[0]))
    heading = u'  '.join(item[name] for name in ('FormattedID', 'Name') if item.get(name)) or fill(
        u"{0} {1}", item.get('_type'), item.get('ObjectID'))
    below = fill(u"{0}, {1}", type_def.DisplayName if type_def is not None else item.get('_type'),
                 web_address(session, entity))
    return page_of([heading, below], pairs, texts, width)


def web_address(session, entity):
    """Return the address of the page that shows an item in a browser."""
    rally, reference = session.rally, entity.ref
    server = ensure_native(rally.service_url.partition('/slm/')[0])
    if _LOOPBACK.match(server):  # an emulator, whose pages are at the references
        return rally.service_url + '/' + reference
    kind, _, oid = reference.rpartition('/')
    return '{0}/#/detail/{1}/{2}'.format(server, _PAGES.get(kind.lower(), kind.lower()), oid)


def _is_shown(value):
    """Say whether the value of an item tells what a cell of it shows, without a request."""
    if is_unread(value):
        return named_members(value) is not None
    return not isinstance(value, dict) or '_ref' not in value or '_refObjectName' in value


def _place(name):
    """Return what orders fields: what people look for first, the rest by name."""
    return (_FIRST.index(name), u'') if name in _FIRST else (len(_FIRST), name.lower())
