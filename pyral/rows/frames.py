"""Data frames: rows to pandas, Arrow tables and Parquet files, with the types of the schema.

pandas and pyarrow are imported when they are asked for; `pip install 'pyral[data]'` brings them.
"""
from __future__ import absolute_import, division, print_function

import importlib
import itertools
import json

from pyral._compat import fill, fspath, raise_from, string_types, text_type
from pyral._dates import time_of
from pyral.rows.columns import ANY, BOOLEAN, INTEGER, NUMBER, TEXT, TIME

__all__ = ['to_arrow', 'to_dataframe', 'write_parquet']

#: So many rows are in memory at once where a file is written.
_BATCH, _AT_ONCE = 10000, 500
#: What a column is for pandas; `object` columns hold lists.
_DTYPES = {TEXT: 'object', INTEGER: 'Int64', NUMBER: 'float64', BOOLEAN: 'boolean',
           TIME: 'datetime64[ms, UTC]', ANY: 'object'}


def to_dataframe(rows):
    """Return a pandas `DataFrame`; see `Rows.to_dataframe`."""
    pandas = _library('pandas')
    cells = [[_fitting(column, value) for column, value in zip(rows.columns, each)]
             for each in rows.cells()]
    series = []
    for place, column in enumerate(rows.columns):
        values = [each[place] for each in cells]
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
    return arrow.Table.from_batches(list(_batches(arrow, schema, rows)), schema)


def write_parquet(path, rows):
    """Write a Parquet file and return how many rows there were; see `Rows.to_parquet`."""
    arrow = _library('pyarrow')
    parquet = _library('pyarrow.parquet')
    schema = _arrow_schema(arrow, rows)
    rows.check()
    count = 0
    with parquet.ParquetWriter(fspath(path), schema) as writer:
        for batch in _batches(arrow, schema, rows):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


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


def _batches(arrow, schema, rows):
    """Yield record batches of some thousand rows each; arrow reads the texts of times."""
    cells = rows.cells(parses_times=False)
    while True:
        taken = [[] for _ in rows.columns]
        while len(taken[0]) < _BATCH:
            # Rows become columns a few at a time: the collector of garbage looks at fewer lists.
            part = list(itertools.islice(cells, _AT_ONCE))
            if not part:
                break
            for values, added in zip(taken, zip(*part)):
                values.extend(added)
        if not taken[0]:
            return
        yield arrow.record_batch(
            [_array(arrow, column, values, field.type)
             for column, values, field in zip(rows.columns, taken, schema)], schema=schema)


def _array(arrow, column, values, kind):
    """Return an arrow array of the cells of a column."""
    try:
        if column.kind == TIME and not column.is_list:
            return arrow.array(values, arrow.string()).cast(kind)
        if column.kind == INTEGER:  # told its type, arrow takes 1 for 1.5
            return arrow.array(values).cast(kind)
        if column.kind != ANY:
            return arrow.array(values, kind)
    except (arrow.ArrowException, TypeError, ValueError):  # one is of another type: see which
        pass
    if column.kind == ANY:
        column = column._replace(kind=TEXT)
    return arrow.array([_fitting(column, value) for value in values], kind)


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
    if value is None or isinstance(value, string_types):
        return value
    return json.dumps(value, default=text_type)


def _whole(value):
    found = int(value)
    if found != value:
        raise ValueError("no whole number")
    return found


#: Kind -> what makes a value one of it.
_CONVERSIONS = {TEXT: _as_text, INTEGER: _whole, NUMBER: float, BOOLEAN: bool, TIME: time_of}
