"""Data frames: rows to pandas, Arrow tables and Parquet files, with the types of the schema.

pandas and pyarrow are imported when they are asked for; `pip install 'pyral[data]'` brings them.
"""
from __future__ import absolute_import, division, print_function

import importlib
import json

from pyral._compat import (
    escape_halves,
    fill,
    fspath,
    integer_types,
    raise_from,
    string_types,
    text_type,
)
from pyral._dates import time_of
from pyral.rows.cells import NO_VALUES, NameLists, kinds_of
from pyral.rows.columns import ANY, BOOLEAN, INTEGER, NUMBER, TEXT, TIME

__all__ = ['to_arrow', 'to_dataframe', 'write_parquet']

#: So many rows are in memory at once where a file is written.
_BATCH = 10000
_WHOLE = NO_VALUES | frozenset(integer_types)
#: What a column is for pandas; `object` columns hold lists.
_DTYPES = {TEXT: 'object', INTEGER: 'Int64', NUMBER: 'float64', BOOLEAN: 'boolean',
           TIME: 'datetime64[ms, UTC]', ANY: 'object'}


def to_dataframe(rows):
    """Return a pandas `DataFrame`; see `Rows.to_dataframe`."""
    pandas = _library('pandas')
    series = []
    for column, values in zip(rows.columns, _whole_columns(rows)):
        values = [_fitting(column, value) for value in values]
        if column.kind == TIME and not column.is_list:
            made = pandas.Series(pandas.to_datetime(values, utc=True)).astype(_DTYPES[TIME])
        else:
            made = pandas.Series(values, dtype='object' if column.is_list else _DTYPES[column.kind])
        series.append(made)
    frame = pandas.concat(series, axis=1) if series else pandas.DataFrame()
    frame.columns = [column.name for column in rows.columns]
    return frame


def to_arrow(rows):
    """Return a pyarrow `Table`; see `Rows.to_arrow`."""
    arrow = _library('pyarrow')
    schema = _arrow_schema(arrow, rows)
    tables = list(_batches(arrow, schema, rows))
    return arrow.concat_tables(tables) if tables else schema.empty_table()


def write_parquet(path, rows, count=None):
    """Write a Parquet file and return how many rows there were; see `Rows.to_parquet`.

    :param count: is called with how many rows were written just now.
    """
    arrow = _library('pyarrow')
    parquet = _library('pyarrow.parquet')
    schema = _arrow_schema(arrow, rows)
    rows.check()
    written = 0
    with parquet.ParquetWriter(fspath(path), schema) as writer:
        for batch in _batches(arrow, schema, rows):
            writer.write_table(batch)
            written += batch.num_rows
            if count is not None:
                count(batch.num_rows)
    return written


def _library(name):
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        raise_from(ImportError(fill(
            "{0} is needed for this and cannot be imported ({1}): pip install 'pyral[data]'",
            name.partition('.')[0], problem)), problem)


def _arrow_schema(arrow, rows):
    types = {TEXT: arrow.string(), INTEGER: arrow.int64(), NUMBER: arrow.float64(),
             BOOLEAN: arrow.bool_(), TIME: arrow.timestamp('ms', tz='UTC'), ANY: arrow.string()}
    return arrow.schema([
        (column.name, arrow.list_(types[column.kind]) if column.is_list else types[column.kind])
        for column in rows.columns])


def _whole_columns(rows):
    """Return the columns of all rows, with the texts of times."""
    found = [[] for _ in rows.columns]
    for columns in rows._columns_of_rows():
        for values, added in zip(found, columns):
            values.extend(added)
    return found


def _batches(arrow, schema, rows):
    """Yield tables of some thousand rows each; arrow reads the texts of times."""
    waiting, count = [], 0
    for columns in rows._columns_of_rows():
        made = arrow.record_batch(
            [_array(arrow, column, values, field.type)
             for column, values, field in zip(rows.columns, columns, schema)], schema=schema)
        waiting.append(made)
        count += made.num_rows
        if count >= _BATCH:
            yield arrow.Table.from_batches(waiting, schema)
            waiting, count = [], 0
    if waiting:
        yield arrow.Table.from_batches(waiting, schema)


def _array(arrow, column, values, kind):
    """Return an arrow array of the cells of a column."""
    try:
        if isinstance(values, NameLists):
            return _list_array(arrow, values, kind)
        if column.kind == TIME and not column.is_list:
            return arrow.array(values, arrow.string()).cast(kind)
        if column.kind == INTEGER and not kinds_of(values) <= _WHOLE:
            return arrow.array(values).cast(kind)  # told its type, arrow takes 1 for 1.5
        if column.kind != ANY:
            return arrow.array(values, kind)
    except (arrow.ArrowException, TypeError, ValueError):  # one is of another type: see which
        pass
    if column.kind == ANY:
        column = column._replace(kind=TEXT)
    return arrow.array([_fitting(column, value) for value in values], kind)


def _list_array(arrow, cells, kind):
    """Return an arrow array of lists of names."""
    ends, end = [0], 0
    for count in cells.counts:
        end += count
        ends.append(end)
    return arrow.ListArray.from_arrays(
        arrow.array(ends, arrow.int32()), arrow.array(cells.names, kind.value_type)).cast(kind)


def _fitting(column, value):
    """Return a cell as the type of its column.

    :raises ValueError: naming the column and the value that is of another type.
    """
    if value is None:
        return None
    if column.is_list:
        return [_fitting(column._replace(is_list=False), each) for each in value]
    convert = _CONVERSIONS.get(column.kind)
    try:
        return convert(value) if convert is not None else value
    except (TypeError, ValueError) as problem:
        raise_from(ValueError(fill("column {0} holds {1}s, and one of its values is {2}",
                                   column.name, column.kind, repr(value))), problem)


def _as_text(value):
    if value is None:
        return None
    if isinstance(value, string_types):
        return escape_halves(value)
    return json.dumps(value, default=text_type)


def _whole(value):
    found = int(value)
    if found != value:
        raise ValueError("no whole number")
    return found


#: Kind -> what makes a value one of it.
_CONVERSIONS = {TEXT: _as_text, INTEGER: _whole, NUMBER: float, BOOLEAN: bool, TIME: time_of}
