"""Tables in colour on a terminal, where rich is installed: `pip install 'pyral[cli]'`."""
from __future__ import absolute_import, division, print_function

import importlib
import io
import os

from pyral.cli.tables import PlainTable

__all__ = ['RichTable', 'rich_or_none']

#: Columns that name the item.
_IDS = ('FormattedID', 'UserName', 'Type', 'Field')
#: What its tables draw below the names of columns.
_LINE = u'\u2500'


def rich_or_none(sink):
    """Return the library if a terminal shows what it writes, else None."""
    if not sink.is_terminal or os.environ.get('TERM') == 'dumb' or os.environ.get('NO_COLOR'):
        return None
    if not sink.can_show(_LINE):
        return None
    if os.name == 'nt' and 'WT_SESSION' not in os.environ:  # the old console shows codes as text
        return None
    try:
        return importlib.import_module('rich')
    except ImportError:
        return None


class RichTable(PlainTable):
    """A table with the widths of `PlainTable`, whose names and ids stand out."""

    _started = False

    def text_of(self, rows):
        """Return the lines of rows of texts, with the codes of the terminal."""
        text_of, table_of, console_of, box = (
            getattr(importlib.import_module('rich.' + module), name) for module, name in (
                ('text', 'Text'), ('table', 'Table'), ('console', 'Console'),
                ('box', 'SIMPLE_HEAD')))
        is_first, self._started = not self._started, True
        names = self.measure(rows) if is_first else [column.name for column in self._columns]
        table = table_of(box=box, show_header=is_first, show_edge=False, padding=(0, 1, 0, 0),
                         pad_edge=False, header_style='bold')
        for column, name, width in zip(self._columns, self.fitted(names), self._widths):
            table.add_column(text_of(name), width=width, no_wrap=True,
                             style='cyan' if column.name in _IDS else None)
        for row in rows:
            table.add_row(*[text_of(cell) for cell in self.fitted(row)])
        target = io.StringIO()
        console = console_of(file=target, force_terminal=True, width=self._total,
                             legacy_windows=False, highlight=False)
        console.print(table)
        return u''.join(line.rstrip() + u'\n' for line in target.getvalue().splitlines())
