"""A table: an iterator of rows, each a dict of plain values, written to files and data frames.

Rows come as the pages of items come, so that a million of them need the memory of a few pages.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, ordered_dict
from pyral.advice import remark
from pyral.entity.base import context_of, raw_item
from pyral.rows import files, frames
from pyral.rows.cells import page_reader
from pyral.rows.columns import fetch_of
from pyral.rows.pages import pages_of

__all__ = ['Rows']

#: Stands for every attribute of the items themselves, and none of what they refer to.
ALL_OF_ITEMS = 'all'


class Rows(object):
    """Rows of a query, each an ordered dict; one pass over them, as over a response.

        for row in rally.rows('Defect', 'FormattedID,Name,Owner.DisplayName,CreationDate'):
            print(row['FormattedID'], row['CreationDate'].date())

    :param entities: an iterable of entities.
    :param columns: a list of `Column`.
    :param fetched: the names the query asked for in lower case, or `ALL_OF_ITEMS`.
    """

    def __init__(self, entities, columns, fetched=frozenset()):
        #: The columns, in order.
        self.columns = list(columns)
        self._entities = entities
        self._fetched = fetched
        self._has_warned = False
        self._completed = set()
        self._next = None

    def __iter__(self):
        return self

    def __next__(self):
        if self._next is None:
            names = [column.name for column in self.columns]
            cells = self.cells(parses_times=True)
            self._next = (ordered_dict(zip(names, row)) for row in cells)
        return next(self._next)

    next = __next__

    def __repr__(self):
        return '<Rows {0}>'.format(', '.join(column.name for column in self.columns))

    def cells(self, parses_times=True):
        """Iterate over the rows as lists of cells, in the order of the columns.

            for cells in rally.rows('Defect', 'FormattedID,Name').cells():
                print(cells)

        :param parses_times: False for the texts of the service in place of times.
        """
        for page, columns in self._parts(parses_times, self._take_none):
            row = page.taken
            for cells in zip(*columns):
                if page.taken > row:
                    break  # a loop over the response took the rest of the page
                self._take(page, 1)
                row += 1
                yield list(cells)

    def _columns_of_rows(self):
        """Iterate over parts of the table, each the columns of some rows, with the texts of times.

        A part is what could be read without a request, of one page at most. A column is a list of
        cells, or where it has lists what `zip` and `list` make a list of.
        """
        for _, columns in self._parts(False, self._take):
            yield columns

    def _parts(self, parses_times, take):
        """Yield page and columns of some rows at a time.

        :param take: is called with the page and how many rows of it are about to be read.
        """
        read = page_reader(self.columns, self._is_fetched, self._complete, parses_times)
        for page in self._pages():
            for columns in read(page, take):
                yield page, columns
                if self._completed:
                    self._completed.clear()

    def _pages(self):
        """Yield the pages that the entities come in."""
        source = self._started()
        next_page = getattr(source, '_next_page', None)
        if next_page is None:
            for page in pages_of(source):
                yield page
            return
        page = next_page()
        while page is not None:
            yield page
            page = None  # else two of them would be held at once
            page = next_page()

    def _take(self, page, count):
        """Note that rows of a page are handed out."""
        page.taken += count
        hand_out = getattr(self._entities, '_hand_out', None)
        if hand_out is not None:
            hand_out(count)

    @staticmethod
    def _take_none(page, count):
        """Leave it to who goes through the rows."""

    @property
    def total(self):
        """How many items match on the service, whatever `limit` says; no request after the first.

            rally.rows('Defect', 'Name', limit=3).total

        :returns: None for rows of items that no query gave.
        :raises RallyRESTAPIError: the read failed, so nobody knows.
        """
        return getattr(self._entities, 'total', None)

    def to_dicts(self):
        """Return all rows as a list of dicts.

            rally.rows('Defect', 'FormattedID,Name').to_dicts()

        It costs what `rows` costs.
        """
        return list(self)

    def to_csv(self, path_or_file, escape_formulas=True, encoding='utf-8'):
        """Write the rows as CSV, with a line of column names, and return how many there were.

            rally.rows('Defect', 'FormattedID,Name,Tags').to_csv('defects.csv')

        Times are ISO 8601 in UTC as the service writes them, lists have `, ` between their members,
        what is missing is empty.

        :param path_or_file: a path, or a file that is open for writing.
        :param escape_formulas: False to write text that a spreadsheet would run as a formula as it
            is; by default an apostrophe goes before it. Numbers and dates are never changed.
        :param encoding: of a file that is opened here or takes bytes; `utf-8-sig` for old
            spreadsheets.
        """
        return files.write_csv(path_or_file, self, escape_formulas, encoding)

    def to_jsonl(self, path_or_file):
        """Write the rows as JSON Lines, an object a line, and return how many there were.

            rally.rows('Defect', 'FormattedID,Name,Tags').to_jsonl('defects.jsonl')

        :param path_or_file: a path, or a file that is open for writing.
        """
        return files.write_jsonl(path_or_file, self)

    def to_dataframe(self):
        """Return a pandas `DataFrame` with typed columns, also where a column is empty.

            frame = rally.rows('Defect', 'FormattedID,CreationDate').to_dataframe()

        :raises ImportError: naming the extra, `pip install 'pyral[data]'`.
        """
        return frames.to_dataframe(self)

    def to_arrow(self):
        """Return a pyarrow `Table` with typed columns.

            table = rally.rows('Defect', 'FormattedID,CreationDate').to_arrow()

        :raises ImportError: naming the extra, `pip install 'pyral[data]'`.
        """
        return frames.to_arrow(self)

    def to_parquet(self, path):
        """Write the rows to a Parquet file, some thousands at a time; return how many there were.

            rally.rows('Defect', 'FormattedID,CreationDate').to_parquet('defects.parquet')

        :raises ImportError: naming the extra, `pip install 'pyral[data]'`.
        """
        return frames.write_parquet(path, self)

    def _started(self):
        """Return the entities, after a failed read has raised: nothing is written then."""
        check = getattr(self._entities, 'raise_for_errors', None)
        if check is not None:
            check()
        return self._entities

    def check(self):
        """Raise what the read of the items failed with; no request.

            rally.rows('Defect', 'Name').check()

        :raises RallyRESTAPIError: the service refused the query.
        """
        self._started()

    def _is_fetched(self, name, depth):
        if self._fetched == ALL_OF_ITEMS:
            return depth == 0
        return name.lower() in self._fetched

    def _complete(self, entity, name):
        """Read what an entity lacks, once a row; its page mates are read with it."""
        if id(entity) in self._completed:
            return
        self._completed.add(id(entity))
        if not self._has_warned:
            self._has_warned = True
            remark(fill("rows: {0} of {1} was not fetched and is read by further requests, a page "
                        "at a time; fetch='{2}' reads all with the query", name,
                        raw_item(entity).get('_type'), fetch_of(self.columns)))
        loader = context_of(entity).loader
        if loader is not None and raw_item(entity).get('_ref'):
            loader.complete(entity)
