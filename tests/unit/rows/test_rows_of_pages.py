# coding: utf-8
"""Rows come a page at a time, make no entity they do not need, and are whole whatever ends them."""
from __future__ import absolute_import, division, print_function

import copy
import io

import pytest

from pyral.cli import formats
from pyral.cli.streams import TextSink
from pyral.errors import DetachedEntityError
from pyral.reading.response import ReadOptions, respond
from pyral.rows import Column, Rows, files
from tests.unit.fakes import BASE, FakeTransport, paged, row
from tests.unit.rows.pages import Pages

TAGS = {'_ref': BASE + 'Defect/1/Tags', '_type': 'Tag', 'Count': 2, '_tagsNameArray': [
    {'Name': u'urgent', '_ref': u'/tag/1'}, {'Name': u'legal', '_ref': u'/tag/2'}]}
COLUMNS = [Column(name, tuple(name.split('.')), 'text', name == 'Tags')
           for name in ('Name', 'Owner.DisplayName', 'Owner', 'Tags', 'State', 'Estimate')]
FETCHED = frozenset(['name', 'owner', 'displayname', 'tags', 'state', 'estimate'])
#: A cell that nothing but a request would tell.
UNREAD = {'_ref': BASE + 'Defect/1/Tags', '_type': 'Tag', 'Count': 2}


def items(count, first=1, **others):
    """Return raw items that show all cells."""
    return [row(number, Name=u'd%d' % number, Tags=TAGS, State=u'Open', Estimate=1.5,
                Owner=dict(row(7, 'user', u'Ed'), DisplayName=u'E. Ed') if number % 2 else None,
                **others) for number in range(first, first + count)]


def without_state(number):
    """Return an item of a type that has not all of the fields."""
    item, = items(1, number)
    del item['State']
    return item


@pytest.mark.parametrize('pages', [
    [items(3)], [items(3), items(2, 4)], [items(2) + [without_state(3)]],
    [[dict(each, Tags=dict(TAGS, Count=0)) for each in items(2)] + items(1, 3)]])
@pytest.mark.parametrize('write', [Rows.to_csv, Rows.to_jsonl])
def test_items_that_show_their_cells_become_no_entities(pages, write):
    source, target = Pages(pages), io.StringIO()
    count = write(Rows(source, COLUMNS, FETCHED), target)
    assert count == source.served == sum(map(len, pages)) and source.made == 0
    source = Pages(pages)
    assert len(Rows(source, COLUMNS, FETCHED).to_dicts()) == source.served == count
    assert source.made == 0


def test_an_item_that_does_not_show_its_cells_ends_no_row_before_it():
    page = items(3) + [dict(items(1, 4)[0], Tags=UNREAD)] + items(2, 5)
    source, target = Pages([page]), io.StringIO()
    with pytest.raises(DetachedEntityError):
        Rows(source, COLUMNS, FETCHED).to_csv(target)
    assert target.getvalue().count(u'\r\n') == 1 + 3
    assert source.made == 3  # itself and those behind it: what is written needs none


class Ending(io.StringIO):
    """A file in which the writing is ended.

    :param at: which piece is written no more.
    """

    def __init__(self, at, problem):
        super(Ending, self).__init__(newline='')
        self.at, self.problem, self.pieces = at, problem, []

    def write(self, text):
        if len(self.pieces) == self.at:
            raise self.problem
        self.pieces.append(text)
        return super(Ending, self).write(text)


def as_csv(target, told):
    """Write two pages as CSV."""
    files.write_csv(target, Rows(Pages(target.pages), COLUMNS, FETCHED), True, 'utf-8', told.append)


def as_json_lines(target, told):
    """Write two pages as JSON Lines."""
    files.write_jsonl(target, Rows(Pages(target.pages), COLUMNS, FETCHED), told.append)


@pytest.mark.parametrize('at', [0, 1, 2, 7, 30, 5000])
@pytest.mark.parametrize('name', [u'd', u'\xe9' * 40, u'long ' * 1000])
@pytest.mark.parametrize('write, head, end', [(as_csv, 1, u'\r\n'), (as_json_lines, 0, u'}\n')])
def test_what_was_written_is_whole_rows_wherever_the_writing_ends(write, head, end, at, name):
    page = [dict(each, Name=name) for each in items(600)]
    target, told = Ending(at, KeyboardInterrupt()), []
    target.pages = [page, page]
    try:
        write(target, told)
    except KeyboardInterrupt:
        assert at < 5000
    for piece in target.pieces:
        # More than a buffer of a file takes would go out in parts.
        assert piece.endswith(end)
        assert len(piece.encode('utf-8')) <= 4096 or piece.count(end) == 1
    written = target.getvalue()
    assert sum(told) == max(0, written.count(end) - head) and (at < 5000 or sum(told) == 1200)
    complete = Ending(-1, None)
    complete.pages = [page, page]
    write(complete, [])
    assert complete.getvalue().startswith(written)


@pytest.mark.parametrize('write', [Rows.to_csv, Rows.to_jsonl])
@pytest.mark.parametrize('first', COLUMNS + [Column('Tags.Name', ('Tags', 'Name'), 'text', True)],
                         ids=lambda column: column.name)
@pytest.mark.parametrize('pages', [[items(1)], [items(20), items(3, 21)]])
def test_any_column_may_be_the_first_one_of_a_file(tmpdir, write, first, pages):
    path, target, source = tmpdir.join('rows'), io.StringIO(newline=''), Pages(pages)
    columns = [first] + COLUMNS[:1]
    assert write(Rows(source, columns, FETCHED), str(path)) == sum(map(len, pages))
    assert write(Rows(Pages(pages), columns, FETCHED), target) == source.served
    assert path.read_binary().decode('utf-8') == target.getvalue() and source.made == 0


@pytest.mark.parametrize('write, head', [(Rows.to_csv, 1), (Rows.to_jsonl, 0)])
@pytest.mark.parametrize('problem', [KeyboardInterrupt(), DetachedEntityError('no')])
def test_when_the_reading_stops_all_pages_before_are_written(tmpdir, write, head, problem):
    path = tmpdir.join('rows')
    with pytest.raises(type(problem)):
        write(Rows(Pages([items(200), items(100, 201), problem]), COLUMNS, FETCHED), str(path))
    assert len(path.read_binary().splitlines()) == head + 300


def test_a_text_that_the_encoding_has_no_sign_for_loses_no_row_before_it(tmpdir):
    page = items(50)
    page[40]['Name'] = u'\u2603'
    path = tmpdir.join('rows')
    with pytest.raises(UnicodeError):
        Rows(Pages([page]), COLUMNS, FETCHED).to_csv(str(path), encoding='latin-1')
    assert len(path.read_binary().splitlines()) == 1 + 40


@pytest.mark.parametrize('write, head', [(Rows.to_csv, 1), (Rows.to_jsonl, 0)])
def test_a_file_holds_a_page_before_the_next_one_is_asked_for(tmpdir, write, head):
    path, seen = tmpdir.join('rows'), []

    def pages():
        for first in (1, 21, 41):
            yield items(20, first)
            seen.append(len(path.read_binary().splitlines()) - head)
    write(Rows(Pages(pages()), COLUMNS, FETCHED), str(path))
    assert seen == [20, 40, 60]


@pytest.mark.parametrize('format_name, head', [('csv', 1), ('jsonl', 0)])
def test_the_command_shows_a_page_before_the_next_one_is_asked_for(tmpdir, format_name, head):
    path, seen, told = tmpdir.join('rows'), [], []
    stream = io.open(str(path), 'w')
    sink = TextSink(stream)

    def pages():
        for first in (1, 21, 41):
            yield items(20, first)
            seen.append((len(path.read_binary().splitlines()) - head, sum(told)))
    # The tags come first: their column is no list.
    formats.write(Rows(Pages(pages()), COLUMNS[::-1][2:], FETCHED), format_name, sink, told.append)
    stream.close()
    assert seen == [(20, 20), (40, 40), (60, 60)]


def response_of(count, pagesize=10, **options):
    """Return a response of as many items."""
    return respond(FakeTransport(paged(items(count))), 'Defect', [
        ('fetch', 'Name,State'), ('pagesize', pagesize)], None, 'full', ReadOptions(**options))


@pytest.mark.parametrize('before', [0, 1, 3, 10, 12])
@pytest.mark.parametrize('rows_taken', [0, 1, 4, 10, 13])
def test_rows_and_loops_over_a_response_share_its_items(before, rows_taken):
    response = response_of(32)
    rows = Rows(response, COLUMNS[:1], FETCHED)
    names = [next(response).Name for _ in range(before)]
    names += [next(rows)['Name'] for _ in range(rows_taken)]
    assert response.served == len(names)
    names.append(next(response).Name)
    names.append(next(rows)['Name'] if rows_taken else next(response).Name)
    names += [each.Name for each in response]
    assert names == [u'd%d' % number for number in range(1, 33)]
    assert response.complete and list(rows) == []


@pytest.mark.parametrize('taken', [0, 1, 10, 11])
def test_a_copy_of_a_response_goes_on_where_rows_are(taken):
    response = response_of(25)
    rows = Rows(response, COLUMNS[:1], FETCHED)
    names = [next(rows)['Name'] for _ in range(taken)]
    twin = copy.copy(response)
    assert [each.Name for each in twin] == [u'd%d' % each for each in range(taken + 1, 26)]
    names += [each['Name'] for each in rows]
    assert names == [u'd%d' % number for number in range(1, 26)]


def test_rows_end_where_the_response_is_closed():
    response = response_of(25)
    rows = Rows(response, COLUMNS[:1], FETCHED)
    assert next(rows)['Name'] == 'd1'
    response.close()
    assert list(rows) == []


def test_the_first_item_that_was_looked_at_is_a_row_too():
    response = response_of(25)
    assert response.first().Name == 'd1'
    rows = Rows(response, COLUMNS[:1], FETCHED)
    assert rows.to_csv(io.StringIO()) == 25 and response.complete
    assert response.first().Name == 'd1'


@pytest.mark.parametrize('limit', [1, 10, 14])
def test_a_limit_holds_for_rows(limit):
    response = response_of(25, limit=limit)
    assert Rows(response, COLUMNS, FETCHED).to_jsonl(io.StringIO()) == limit == response.served
