# coding: utf-8
"""Rows: flat dicts of plain values out of a query, written as CSV, JSON Lines and data frames."""
from __future__ import absolute_import, division, print_function

import csv
import datetime
import io
import json
import sys
import warnings

import pytest

from pyral import RallyAttributeNameError, RallyRESTAPIError, RallyRESTResponse
from pyral._compat import PYTHON_2
from pyral._dates import UTC
from pyral.cli import formats
from pyral.cli.streams import TextSink
from pyral.entity.hydrator import EntityHydrator
from pyral.rows import Rows

EVERYWHERE = {'project': None, 'order': 'ObjectID'}


@pytest.fixture
def tagged(rally):
    """A defect with an owner, two tags and two tasks; its FormattedID."""
    made = rally.create('Defect', {
        'Name': u'=1+1 \xe9', 'Owner': 'ed@example.com', 'Tags': ['urgent', 'legal'],
        'PlanEstimate': 3, 'Iteration': 'current'})
    rally.createMultiple('Task', [
        {'Name': name, 'WorkProduct': made.ref, 'Estimate': hours}
        for name, hours in (('one', 1), ('two', 2.5))])
    return rally.get('Defect', fetch=True, query={'ObjectID': made.oid}, instance=True)


#: Field | what a cell of the defect is, in terms of the entity.
CELLS = [
    ('FormattedID', lambda item: item.FormattedID),
    ('ObjectID', lambda item: item.oid), ('oid', lambda item: item.oid),
    ('ref', lambda item: item.ref), ('_ref', lambda item: item._ref),
    ('name', lambda item: item.Name), ('Owner', lambda item: item.Owner.Name),
    ('Owner.UserName', lambda item: 'ed@example.com'), ('Owner.oid', lambda item: item.Owner.oid),
    ('Iteration.StartDate', lambda item: item.Iteration.when('StartDate')),
    ('Iteration.Project.Name', lambda item: item.Iteration.Project.Name),
    ('CreationDate', lambda item: item.when('CreationDate')),
    ('PlanEstimate', lambda item: item.PlanEstimate), ('Blocked', lambda item: False),
    ('Tags', lambda item: ['legal', 'urgent']), ('Tags.Name', lambda item: ['legal', 'urgent']),
    ('Tasks.Name', lambda item: ['one', 'two']), ('Tasks.Estimate', lambda item: [1, 2.5]),
    ('Tasks.Owner.UserName', lambda item: [None, None]),
    ('Release', lambda item: None), ('Release.Name', lambda item: None),
    ('Duplicates', lambda item: []), ('Duplicates.Name', lambda item: []),
    ('Requirement.Iteration.Name', lambda item: None),
]


def sorted_lists(values):
    return [sorted(each, key=str) if isinstance(each, list) else each for each in values]


def test_a_cell_is_the_plain_value_at_the_end_of_a_path(rally, tagged):
    fields = [field for field, _ in CELLS]
    expected = sorted_lists([expect(tagged) for _, expect in CELLS])
    query = {'ObjectID': tagged.oid}
    row, = rally.rows('Defect', fields, query, project=None)
    assert list(row) == fields and sorted_lists(row.values()) == expected
    # The same out of a response that fetched everything, and out of one that fetched little.
    for fetch in (True, 'Name'):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            row, = rally.get('Defect', fetch=fetch, query=query, project=None).rows(fields)
        assert sorted_lists(row.values()) == expected
        assert len([each for each in caught if 'was not fetched' in str(each.message)]) == 1


@pytest.mark.parametrize('fields', [
    'FormattedID, Owner.UserName ,', ['FormattedID', 'Owner.UserName'],
    ('formattedid', b'owner.username'), {'Id': 'FormattedID', 'Who': 'Owner.UserName'}])
def test_fields_are_named_by_text_list_or_dict(rally, tagged, fields):
    row, = rally.rows('Defect', fields, {'ObjectID': tagged.oid}, project=None)
    assert sorted(row.values()) == [tagged.FormattedID, 'ed@example.com']
    assert isinstance(fields, dict) is (sorted(row) == ['Id', 'Who'])


@pytest.mark.parametrize('fields, expected', [
    ('Onwer', 'Owner'), ('Owner.DispName', 'DisplayName'), ('Tags.Nmae', 'Name'),
    ('Iteration.Project.Onwer', 'Owner')])
def test_an_unknown_field_is_told_before_anything_is_sent(rally, wire, fields, expected):
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.rows('Defect', fields)
    assert expected in caught.value.suggestions and caught.value.args[0] == fields
    assert [line for line in wire.lines if '/schema/' not in line] == []


@pytest.mark.parametrize('fields', ['', ' , ', [], None, 5, [5], {'a': 5}])
def test_fields_that_are_none_are_an_error(rally, fields):
    with pytest.raises(TypeError):
        rally.rows('Defect', fields)


@pytest.mark.parametrize('keyword', ['fetch', 'instance'])
def test_what_is_fetched_follows_from_the_fields(rally, keyword):
    with pytest.raises(TypeError) as caught:
        rally.rows('Defect', 'Name', **{keyword: True})
    assert keyword in str(caught.value)


def test_rows_cost_what_the_query_costs(rally, request_budget):
    fields = 'FormattedID,Name,Owner.DisplayName,Iteration.Name,Tags,Milestones,CreationDate'
    rally.contextHelper.catalogue()
    with request_budget(rally, 1):
        rows = rally.rows('Defect', fields, **EVERYWHERE).to_dicts()
    assert len(rows) == 2
    with request_budget(rally, 1):  # Stories have no Severity: nothing is read for them
        list(rally.rows('Artifact', 'FormattedID,Severity,Owner.UserName', **EVERYWHERE))


def test_what_was_not_fetched_is_read_a_page_at_a_time(rally, request_budget):
    rally.createMultiple('Defect', [{'Name': 'many', 'Owner': 'ed@example.com'}] * 30)
    response = rally.get('Defect', fetch='FormattedID', query='Name = many')
    with request_budget(rally, 2), pytest.warns(UserWarning) as caught:
        rows = response.to_dicts('FormattedID,State,Owner.UserName')
    assert set(row['Owner.UserName'] for row in rows) == set(['ed@example.com'])
    said = [str(each.message) for each in caught if 'not fetched' in str(each.message)]
    assert len(said) == 1 and "fetch='FormattedID,State,Owner,UserName'" in said[0]


def test_a_failed_read_raises_and_leaves_the_file_alone(rally, tmpdir):
    path = tmpdir.join('kept.csv')
    path.write('before')
    for write in (Rows.to_csv, Rows.to_jsonl):
        with pytest.raises(RallyRESTAPIError):
            write(rally.rows('Defect', 'Name', 'Nonsense = 1'), str(path))
    with pytest.raises(RallyRESTAPIError):
        list(rally.rows('Defect', 'Name', 'Nonsense = 1'))
    assert path.read() == 'before'


class PathLike(object):
    """What `pathlib.Path` is, also where that is not to be had."""

    def __init__(self, path):
        self.path = str(path)

    def __fspath__(self):
        return self.path


def targets(folder):
    """Return (what to write to, what reads it afterwards) of every form."""
    path = str(folder.join('out'))
    text, data = io.StringIO(), io.BytesIO()

    def written():
        with io.open(path, encoding='utf-8', newline='') as source:
            return source.read()

    return [(path, written), (PathLike(path), written),
            (text, text.getvalue), (data, lambda: data.getvalue().decode('utf-8'))]


FIELDS = 'FormattedID,Name,Owner,Tags,CreationDate,PlanEstimate,Blocked,Release'


def test_csv_goes_to_paths_and_files_and_runs_as_no_formula(rally, tagged, tmpdir):
    query = {'ObjectID': tagged.oid}
    for target, content in targets(tmpdir):
        assert rally.to_csv('Defect', FIELDS, target, query, project=None) == 1
        text = content()
        assert text.startswith(FIELDS + '\r\n') and text.endswith('\r\n')
        if not PYTHON_2:
            row, = csv.DictReader(io.StringIO(text))
            assert row == {
                'FormattedID': tagged.FormattedID, 'Name': "'" + tagged.Name, 'Owner': 'Ed Editor',
                'Tags': ', '.join(tag.Name for tag in tagged.Tags), 'Release': '',
                'CreationDate': tagged.CreationDate, 'PlanEstimate': '3.0', 'Blocked': 'false'}
    response = rally.get('Defect', fetch='Name', query=query, project=None)
    plain = io.StringIO()
    response.to_csv(plain, 'Name', escape_formulas=False)
    assert plain.getvalue() == u'Name\r\n{0}\r\n'.format(tagged.Name)


@pytest.mark.parametrize('name, cell', [
    (u'=1+1', u"'=1+1"), (u'+1', u"'+1"), (u'-1', u"'-1"), (u'@SUM(A1)', u"'@SUM(A1)"),
    (u'a=1', u'a=1'), (u'\uff1d1', u"'\uff1d1"), (u"'x", u"'x"), (u'1-1', u'1-1')])
def test_texts_that_a_spreadsheet_would_run_are_escaped(rally, name, cell):
    rally.create('Tag', {'Name': name})
    target = io.StringIO()
    rally.to_csv('Tag', 'Name', target, {'Name': name})
    assert target.getvalue() == u'Name\r\n{0}\r\n'.format(cell)


def test_numbers_and_dates_are_never_escaped(rally, tagged):
    rally.update('Defect', tagged, {'PlanEstimate': -2})
    target = io.StringIO()
    rally.to_csv('Defect', 'PlanEstimate', target, {'ObjectID': tagged.oid}, project=None)
    assert target.getvalue() == u'PlanEstimate\r\n-2.0\r\n'


def test_json_lines_keep_types_and_order(rally, tagged, tmpdir):
    for target, content in targets(tmpdir):
        assert rally.to_jsonl('Defect', FIELDS, target, {'ObjectID': tagged.oid}, project=None) == 1
        text = content()
        assert text.count('\n') == 1 and text.startswith('{"FormattedID": "')
        row = json.loads(text)
        assert (row['Name'], row['PlanEstimate'], row['Blocked'], row['Release']) == (
            tagged.Name, 3, False, None)
        assert sorted(row['Tags']) == ['legal', 'urgent']
        assert row['CreationDate'] == tagged.CreationDate


def test_what_is_no_target_is_an_error(rally):
    for write in (Rows.to_csv, Rows.to_jsonl):
        with pytest.raises(TypeError) as caught:
            write(rally.rows('Defect', 'Name'), 5)
        assert 'int' in str(caught.value)


def test_the_rows_that_were_written_are_whole_when_the_reading_stops(rally, tmpdir):
    def items():
        for place, item in enumerate(list(rally.get('Tag', fetch='Name', **EVERYWHERE))):
            if place == 2:
                raise KeyboardInterrupt()
            yield item

    path = str(tmpdir.join('part.csv'))
    rally.createMultiple('Tag', [{'Name': name} for name in 'abc'])
    columns = rally.rows('Tag', 'Name').columns
    with pytest.raises(KeyboardInterrupt):
        Rows(items(), columns).to_csv(path)
    with io.open(path, newline='') as source:
        assert source.read().count('\r\n') == 3


@pytest.mark.parametrize('type_name, field, expected', [
    ('Artifact', 'accepteddate', ('AcceptedDate', 'time', False)),
    ('SchedulableArtifact', 'TaskEstimateTotal', ('TaskEstimateTotal', 'number', False)),
    ('Artifact', 'Severity', ('Severity', 'text', False)),
    ('Artifact', 'Tasks', ('Tasks', 'text', True)),
    ('Artifact', 'Iteration.StartDate', ('Iteration.StartDate', 'time', False)),
    ('Artifact', 'Nonsense', ('Nonsense', 'any', False)),  # a type of tomorrow may have it
], ids=lambda each: str(each).replace(' ', ''))
def test_an_abstract_type_has_what_the_types_below_it_agree_on(rally, type_name, field, expected):
    column, = rally.rows(type_name, field).columns
    assert ('.'.join(column.steps), column.kind, column.is_list) == expected


def test_columns_are_typed_by_the_schema_and_empty_ones_too(rally):
    columns = rally.rows('Defect', 'Name,oid,PlanEstimate,Blocked,ClosedDate,Tags,Tasks.Estimate,'
                         'Owner.CreationDate,State,TaskActualTotal', 'Name = "nothing"').columns
    assert [(each.kind, each.is_list) for each in columns] == [
        ('text', False), ('integer', False), ('number', False), ('boolean', False),
        ('time', False), ('text', True), ('number', True), ('time', False), ('text', False),
        ('number', False)]


def test_a_notebook_shows_tables_without_a_request(rally, tagged, request_budget):
    rally.createMultiple('Defect', [{'Name': '1 < 2 & 3'}] * 25)
    item = tagged
    item.Name = '<b onclick="x">\'&'
    response = rally.get('Defect', fetch='FormattedID,Name,Owner,Tasks', project=None)
    shell = rally.get('Defect', project=None)
    with request_budget(rally, 0):
        for shown in (item._repr_html_(), response._repr_html_()):
            assert '<b onclick' not in shown and '1 < 2' not in shown
            assert shown.startswith('<table>')
        assert '&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;' in item._repr_html_()
        assert response._repr_html_().count('<tr>') == 1 + 20
        assert 'Defect' in shell._repr_html_()
    assert response.first() is not None
    failed = rally.get('Defect', query='Nonsense = 1')
    assert 'Nonsense' in failed._repr_html_()


def test_a_response_without_fields_gives_what_its_page_has(rally, tagged, request_budget):
    response = rally.get('Defect', fetch='FormattedID,Name,Owner,Tags,Tasks',
                         query={'ObjectID': tagged.oid}, project=None)
    with request_budget(rally, 0):
        row, = response.rows()
    assert sorted(row) == ['FormattedID', 'Name', 'Owner', 'Tags']
    assert list(rally.get('Defect', query='Name = nothing').rows()) == []


def test_rows_of_a_response_that_was_made_by_hand(rally, tagged):
    url = '{0}/defect?fetch=Name,Owner,UserName&query=(ObjectID = {1})'.format(
        rally.service_url, tagged.oid)
    response = RallyRESTResponse(rally.session, rally.contextHelper.currentContext(), url,
                                 rally.session.get(url))
    assert response.to_dicts('Owner.UserName') == [{'Owner.UserName': 'ed@example.com'}]


def test_a_value_that_was_set_is_the_value(rally, tagged):
    tagged.Name = u'set'
    tagged.Owner = None
    columns = rally.rows('Defect', 'Name,Owner.UserName').columns
    assert Rows([tagged], columns).to_dicts() == [{'Name': 'set', 'Owner.UserName': None}]


# Data frames
def test_without_its_library_a_frame_names_the_extra(rally, monkeypatch):
    import importlib

    def refuse(name):
        raise ImportError('No module named ' + name)

    rows = [rally.rows('Defect', 'Name') for _ in range(3)]
    monkeypatch.setattr(importlib, 'import_module', refuse)
    for call in (rows[0].to_dataframe, rows[1].to_arrow, lambda: rows[2].to_parquet('x')):
        with pytest.raises(ImportError) as caught:
            call()
        assert "pip install 'pyral[data]'" in str(caught.value)


TYPED = 'Name,oid,PlanEstimate,Blocked,CreationDate,ClosedDate,Tags,Tasks.Estimate,Release.Name'


@pytest.mark.parametrize('query', [None, 'Name = "nothing has this name"'])
def test_a_data_frame_has_typed_columns(rally, tagged, query):
    pandas = pytest.importorskip('pandas')
    frame = rally.to_dataframe('Defect', TYPED, query or {'ObjectID': tagged.oid}, project=None)
    kinds = [str(each) for each in frame.dtypes]
    assert kinds == ['object', 'Int64', 'float64', 'boolean', 'datetime64[ms, UTC]',
                     'datetime64[ms, UTC]', 'object', 'object', 'object']
    assert list(frame.columns) == TYPED.split(',') and len(frame) == (0 if query else 1)
    if not query:
        assert frame['CreationDate'][0] == pandas.Timestamp(tagged.when('CreationDate'))
        assert frame['ClosedDate'].isna()[0] and frame['Tasks.Estimate'][0] == [1, 2.5]


@pytest.mark.parametrize('query', [None, 'Name = "nothing has this name"'])
def test_an_arrow_table_and_a_parquet_file_have_typed_columns(rally, tagged, tmpdir, query):
    parquet = pytest.importorskip('pyarrow.parquet')
    query = query or {'ObjectID': tagged.oid}
    table = rally.to_arrow('Defect', TYPED, query, project=None)
    assert [str(each) for each in table.schema.types] == [
        'string', 'int64', 'double', 'bool', 'timestamp[ms, tz=UTC]', 'timestamp[ms, tz=UTC]',
        'list<item: string>', 'list<item: double>', 'string']
    path = tmpdir.join('x.parquet')
    count = rally.to_parquet('Defect', TYPED, PathLike(path), query, project=None)
    again = parquet.read_table(str(path))
    assert again.equals(table.cast(again.schema)) and again.num_rows == count
    if count:
        row, = again.to_pylist()
        assert row['oid'] == tagged.oid and row['Tasks.Estimate'] == [1, 2.5]
        assert row['CreationDate'] == tagged.when('CreationDate')


def test_a_value_of_another_type_is_told_with_its_column(rally, tagged):
    pytest.importorskip('pyarrow')
    columns = rally.rows('Defect', 'PlanEstimate').columns
    tagged.PlanEstimate = u'three'
    with pytest.raises(ValueError) as caught:
        Rows([tagged], columns).to_arrow()
    assert "column PlanEstimate holds numbers, and one of its values is" in str(caught.value)
    assert Rows([tagged], columns).to_dicts() == [{'PlanEstimate': 'three'}]


def test_times_are_aware_and_of_utc(rally, tagged):
    row, = rally.rows('Defect', 'CreationDate', {'ObjectID': tagged.oid}, project=None)
    assert isinstance(row['CreationDate'], datetime.datetime)
    assert row['CreationDate'].tzinfo is UTC


#: The service cuts texts where they become too long, in the middle of a letter too.
HALVES = [[1, u'before'], [2, u'=half \ud83d'], [3, u'after']]


class WithHalves(Rows):
    """Rows of texts, one of which ends in half a letter."""

    def __init__(self, rally):
        items = [
            {'_type': 'Defect', '_ref': '/defect/{0}'.format(oid), 'ObjectID': oid, 'Name': name,
             'Tags': {'Count': 1, '_type': 'Tag',
                      '_ref': '{0}/defect/{1}/Tags'.format(rally.service_url, oid),
                      '_tagsNameArray': [{'Name': name, '_ref': '/tag/9'}]}}
            for oid, name in HALVES]
        plain = rally.rows('Defect', 'ObjectID,Name,Tags')
        super(WithHalves, self).__init__(EntityHydrator(None).page(items), plain.columns,
                                         frozenset(['objectid', 'name', 'tags']))


def test_half_a_letter_is_written_as_json_escapes_it_and_ends_nothing(rally, tmpdir):
    path = str(tmpdir.join('rows'))
    assert WithHalves(rally).to_csv(path) == 3
    with io.open(path, encoding='utf-8') as source:
        lines = source.read().splitlines()
    assert lines[2:] == ["2,'=half \\ud83d,'=half \\ud83d", '3,after,after']
    assert WithHalves(rally).to_jsonl(path) == 3
    with io.open(path, encoding='utf-8') as source:
        assert [json.loads(line)['Name'] for line in source] == [name for _, name in HALVES]
    for name in formats.FORMATS:
        binary = io.BytesIO()
        if name != 'parquet':
            formats.write(WithHalves(rally), name, TextSink(binary), lambda *count: None)
            text = binary.getvalue().decode('utf-8')
            assert 'half \\ud83d' in text and 'after' in text, name
    if sys.version_info >= (3, 9):
        pytest.importorskip('pyarrow')
        table = WithHalves(rally).to_arrow()
        assert table.column('Name').to_pylist() == ['before', '=half \\ud83d', 'after']
        assert WithHalves(rally).to_parquet(path) == 3


@pytest.mark.parametrize('path, before', [('Owner.Name', 'Owner'), ('Project.Owner.Name',
                                                                    'Project.Owner')])
def test_the_name_of_a_user_is_shown_by_the_reference_alone(rally, path, before):
    with pytest.raises(RallyAttributeNameError) as refused:
        rally.rows('Defect', path)
    assert "'{0}' alone shows".format(before) in refused.value.hint
    shown = [row[before] for row in rally.rows('Defect', before, project=None)]
    assert any(shown)
