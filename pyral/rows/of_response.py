"""What a response offers as rows: `response.rows(fields)` and the files and frames made of them."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_text, query_pairs
from pyral.entity.base import is_unread
from pyral.entity.named_members import named_members
from pyral.rows.columns import columns_of
from pyral.rows.table import ALL_OF_ITEMS, Rows

__all__ = ['WithRows', 'fetched_names']


class WithRows(object):
    """The part of a response that makes rows of its items.

    The fields are those of `rows`; by default all attributes that the page holds.
    """

    def rows(self, fields=None):
        """Return the `Rows` of the items: an iterator of dicts of plain values.

            response = rally.get('Defect', fetch='FormattedID,Owner,DisplayName')
            for row in response.rows('FormattedID,Owner.DisplayName'):
                print(row['Owner.DisplayName'])

        What was fetched is taken as it is. What was not is read by further requests, a page at a
        time, and a warning gives the fetch list that spares them.

        :param fields: names with commas between them, a list of names, or a dict of column name to
            field name; dots lead through references and collections. By default the attributes
            that the items of the page have, but for collections that would cost requests.
        :returns: one pass over the items, which are then used up, as by a loop.
        :raises RallyAttributeNameError: the type has no such attribute.
        """
        catalogue, type_def = self._types()
        if fields is None:
            fields = self._names_of_page()
        return Rows(self, columns_of(fields, type_def, catalogue), fetched_names(self.resource))

    def to_dicts(self, fields=None):
        """Return the rows as a list of dicts; see `rows`.

            rally.get('Defect', fetch='Name').to_dicts('Name')

        It costs what `rows` costs.
        """
        return self.rows(fields).to_dicts()

    def to_csv(self, path_or_file, fields=None, escape_formulas=True, encoding='utf-8'):
        """Write the rows as CSV and return how many there were; see `Rows.to_csv`.

            rally.get('Defect', fetch='FormattedID,Name').to_csv('defects.csv', 'FormattedID,Name')

        It costs what `rows` costs.
        """
        return self.rows(fields).to_csv(path_or_file, escape_formulas, encoding)

    def to_jsonl(self, path_or_file, fields=None):
        """Write the rows as JSON Lines and return how many there were; see `Rows.to_jsonl`.

            rally.get('Defect', fetch='Name').to_jsonl('defects.jsonl', 'Name')

        It costs what `rows` costs.
        """
        return self.rows(fields).to_jsonl(path_or_file)

    def to_dataframe(self, fields=None):
        """Return the rows as a pandas `DataFrame`; see `Rows.to_dataframe`.

            frame = rally.get('Defect', fetch='Name').to_dataframe('Name')

        It costs what `rows` costs.
        """
        return self.rows(fields).to_dataframe()

    def to_arrow(self, fields=None):
        """Return the rows as a pyarrow `Table`; see `Rows.to_arrow`.

            table = rally.get('Defect', fetch='Name').to_arrow('Name')

        It costs what `rows` costs.
        """
        return self.rows(fields).to_arrow()

    def to_parquet(self, path, fields=None):
        """Write the rows as a Parquet file and return how many there were; see `Rows.to_parquet`.

            rally.get('Defect', fetch='Name').to_parquet('defects.parquet', 'Name')

        :param path: a path, not an open file.
        """
        return self.rows(fields).to_parquet(path)

    def _types(self):
        """Return the catalogue of the workspace and the type of the items, as far as known."""
        loader = self.context.loader if self.context is not None else None
        if loader is None:
            return None, None
        catalogue = loader.catalogue(self.context)
        kinds = set(item.get('_type') for item in self._page) or set([self.target])
        return catalogue, catalogue.find(kinds.pop()) if len(kinds) == 1 else None

    def _names_of_page(self):
        """Return the attributes of the page, collections aside that would cost requests."""
        names, unread = [], set()
        for item in self._page:
            for name, value in item.items():
                if name[:1] != '_' and name not in names:
                    names.append(name)
                if is_unread(value) and named_members(value) is None:
                    unread.add(name)
        return [name for name in names if name not in unread] or ['Name']


def fetched_names(resource):
    """Return the names that a query asked for in lower case, `ALL_OF_ITEMS` for all.

    :param resource: the address of the query.
    """
    pairs = query_pairs((resource or '').partition('?')[2])
    found = [value for name, value in pairs if name == 'fetch']
    text = ensure_text(found[-1]).lower() if found else u'false'
    if text == u'true':
        return ALL_OF_ITEMS
    return frozenset(name.partition(u':')[0].strip() for name in text.split(u','))
