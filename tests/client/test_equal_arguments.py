"""Equal entry points take equal things, held by tables over all public methods of `Rally`.

Each parameter of each public method is of a kind, and each kind has its table of forms; a new
method or parameter has to be given a kind here.
"""
from __future__ import absolute_import, division, print_function

import collections
import inspect
import io
import os
import re

import pytest

from pyral import Rally, RallyRESTAPIError, TransportError
from pyral.entity import classFor
from pyral.entity.base import raw_item
from pyral.restapi import CONNECT_KEYWORDS, getResourceByOID
from tests import emulated

#: What a parameter is, by its name; `oid` and the like of one method stand with the method.
SCOPE, ITEM, FILE, DATA, TYPE, OTHER = 'scope', 'item', 'file', 'data', 'type', 'other'
KINDS = {
    'workspace': SCOPE, 'project': SCOPE, 'workspaceName': SCOPE, 'projectName': SCOPE,
    'getProject.name': SCOPE, 'scope': SCOPE,
    'itemIdent': ITEM, 'target': ITEM, 'artifact': ITEM, 'target_artifact': ITEM,
    'reference_artifact': ITEM, 'attachment': ITEM, 'getUserInfo.oid': ITEM,
    'targets': ITEM, 'deleteMultiple.items': ITEM,
    'getAttachment.filename': ITEM, 'deleteAttachment.filename': ITEM,
    'filename': FILE, 'path_or_file': FILE, 'to_parquet.path': FILE, 'folder': FILE,
    'dest': FILE, 'attachments': FILE,
    'verify_ssl_cert': FILE, 'schema_cache': FILE,
    'itemData': DATA, 'items': DATA,
    'entity': TYPE, 'entityName': TYPE, 'entity_name': TYPE, 'target_type': TYPE,
}
#: Parameters that name no workspace, item or file.
OTHERS = frozenset([
    'fetch', 'query', 'order', 'kwargs', 'fields', 'collection_name',
    'collection_url', 'keywords', 'closed', 'attributeName', 'state_name', 'username',
    'mime_type', 'error', 'attrget', 'append', 'resolve',
    'getUserInfo.name', 'server', 'user', 'password', 'apikey', 'version', 'warn', 'server_ping',
    'isolated_workspace', 'headers', 'debug', 'adapter', 'timeout', 'retry', 'lazy', 'strict',
    'threads', 'first', 'names', 'key', 'type_name', 'name', 'deadline', 'max_answer',
    'on_progress', 'escape_formulas', 'encoding', 'write', 'args', 'profile', 'time_limit',
    'tries_write', 'on_finding', 'values',
])


def parameters():
    """Return `method.parameter` of all public methods, and `Rally.parameter` of connecting."""
    get = getattr(inspect, 'getfullargspec', None) or inspect.getargspec
    found = ['Rally.' + name for name in CONNECT_KEYWORDS]
    for name in dir(Rally):
        method = getattr(Rally, name)
        if callable(method) and not name.startswith('_'):
            spec = get(method)
            names = spec.args[1:] + [spec.varargs] + list(getattr(spec, 'kwonlyargs', ()))
            found.extend('{0}.{1}'.format(name, each) for each in names if each)
    return found


def test_each_parameter_of_a_public_method_is_of_a_kind():
    strange = [each for each in parameters() if each not in KINDS and each not in OTHERS
               and each.split('.')[1] not in set(KINDS) | OTHERS]
    assert strange == []


def test_each_method_that_takes_a_kind_is_in_its_table():
    for kind, table, further in (
            (SCOPE, SCOPED, set(['getProject', 'setProject', 'setWorkspace', 'Rally'])),
            (ITEM, ITEMS, set(['getUserInfo', 'saveAttachment'])),
            (TYPE, TYPES, FRAMES | set(['current'])),
            (FILE, FILES, FRAMES | set(['Rally'])), (DATA, WRITES, set([
                'addCollectionItems', 'addCollectionItemsMultiple', 'dropCollectionItems',
                'dropCollectionItemsMultiple', 'validateAttributeNames']))):
        taking = set(each.split('.')[0] for each in parameters()
                     if KINDS.get(each, KINDS.get(each.split('.')[1])) == kind)
        named = set(name for row in table for name in row[0].split())
        same = {'put': 'create', 'post': 'update', 'find': 'get', 'rankTop': 'rankToTop',
                'rankBottom': 'rankToBottom'}
        assert set(same.get(each, each) for each in taking) - named - further == set(), kind


#: What goes through `rows`, and needs a library to be called.
FRAMES = frozenset(['to_dataframe', 'to_arrow', 'to_parquet'])


# Workspaces and projects
#: method | a call with a scope | whether it takes a project
SCOPED = [
    ('get', lambda rally, **scope: rally.get('Defect', **scope).errors, True),
    ('create', lambda rally, **scope: rally.create('Defect', {'Name': 'x'}, **scope).Name, True),
    ('update', lambda rally, **scope: rally.update(
        'Defect', {'FormattedID': 'DE7', 'Notes': 'x'}, **scope).Name, True),
    ('delete', lambda rally, **scope: rally.delete(
        'Defect', rally.create('Defect', {'Name': 'x'}, **scope), **scope), True),
    ('createMultiple', lambda rally, **scope: rally.createMultiple(
        'Defect', [{'Name': 'x'}], **scope).errors, True),
    ('copy', lambda rally, **scope: rally.copy('Defect', 'DE7', **scope).Name, True),
    ('deleteMultiple', lambda rally, **scope: rally.deleteMultiple(
        'Defect', [rally.create('Defect', {'Name': 'x'}, **scope)], **scope).errors, True),
    ('updateMultiple', lambda rally, **scope: rally.updateMultiple(
        'Defect', [{'FormattedID': 'DE7', 'Notes': 'x'}], **scope).errors, True),
    ('getCollection', lambda rally, **scope: rally.getCollection(
        rally.getProject().ref + '/Iterations', **scope).errors, True),
    ('getProjects', lambda rally, **scope: len(rally.getProjects(**scope)), False),
    ('getAllUsers', lambda rally, **scope: len(rally.getAllUsers(**scope)), False),
    ('getSchemaInfo', lambda rally, **scope: len(rally.getSchemaInfo(**scope)), True),
    ('getAllowedValues', lambda rally, **scope: rally.getAllowedValues(
        'Defect', 'State', **scope), True),
    ('current', lambda rally, **scope: rally.current('Iteration', **scope).Name, True),
    ('lint_query', lambda rally, **scope: rally.lint_query(
        'Defect', 'State = Open', **scope).corrected, False),
]


#: Method, call with a type.
TYPES = [
    ('rows', lambda rally, kind: list(rally.rows(kind, 'Name'))),
    ('to_dicts', lambda rally, kind: rally.to_dicts(kind, 'Name')),
    ('to_csv', lambda rally, kind: rally.to_csv(kind, 'Name', io.StringIO())),
    ('to_jsonl', lambda rally, kind: rally.to_jsonl(kind, 'Name', io.StringIO())),
    ('get', lambda rally, kind: [each.Name for each in rally.get(kind, fetch='Name')]),
    ('create', lambda rally, kind: rally.create(kind, {'Name': 'x'})._type),
    ('update', lambda rally, kind: rally.update(kind, one_of(rally, kind), {'Name': 'y'}).Name),
    ('delete', lambda rally, kind: rally.delete(kind, one_of(rally, kind))),
    ('copy', lambda rally, kind: rally.copy(kind, one_of(rally, kind)).Name),
    ('deleteMultiple', lambda rally, kind: len(rally.deleteMultiple(kind, [one_of(rally, kind)]))),
    ('createMultiple', lambda rally, kind: [
        each['Name'] for each in rally.createMultiple(kind, [{'Name': 'x'}])]),
    ('updateMultiple', lambda rally, kind: [each['Name'] for each in rally.updateMultiple(
        kind, [{'ObjectID': one_of(rally, kind), 'Name': 'y'}])]),
    ('lint_query', lambda rally, kind: rally.lint_query(kind, 'Name = x').type_path),
    ('typedef', lambda rally, kind: rally.typedef(kind).TypePath),
    ('getAllowedValues', lambda rally, kind: rally.getAllowedValues(kind, 'State')),
    ('getStates', lambda rally, kind: [state.Name for state in rally.getStates(kind)]),
    ('getState', lambda rally, kind: rally.getState(kind, 'Developing').Name),
    ('validateAttributeNames', lambda rally, kind: rally.validateAttributeNames(kind, {'name': 1})),
]


def one_of(rally, kind):
    """Return the ObjectID of an item of a type."""
    return rally.get(kind, project=None, order='ObjectID', limit=1).first().oid


@pytest.mark.parametrize('name, call', TYPES, ids=[row[0] for row in TYPES])
def test_a_type_is_named_by_text_or_by_its_class(emu, name, call):
    results = []
    for kind in ('PortfolioItem/Feature', 'Feature', b'Feature', classFor['PortfolioItem/Feature']):
        emu.reset()
        rally = emu.connect()
        rally.create('Feature', {'Name': 'first'})
        results.append(call(rally, kind))
    assert results == results[:1] * 4


def test_a_timebox_is_named_by_text_or_by_its_class(rally):
    kinds = ('Iteration', b'Iteration', classFor['Iteration'])
    assert len(set(rally.current(kind).ref for kind in kinds)) == 1


def told(wire, call, **scope):
    """Return what a call returns and the scope parameters of its requests, ids left out."""
    wire.clear()
    result = call(**scope)
    pairs = [sorted(re.findall(r'[?&](workspace|project|projectScope\w+)=([^&]*)', line))
             for line in wire.lines]
    return result, pairs


@pytest.mark.parametrize('name, call, takes_project', SCOPED, ids=[row[0] for row in SCOPED])
def test_nothing_and_current_mean_the_current_one(rally, wire, name, call, takes_project):
    def with_scope(**scope):
        return call(rally, **scope)

    with_scope()  # the schema is read once
    plain = told(wire, with_scope)
    for given in ('', 'current', 'default'):
        assert told(wire, with_scope, workspace=given) == plain, given
        if takes_project:
            assert told(wire, with_scope, project=given) == plain, given
            assert told(wire, with_scope, workspace=given, project=given) == plain, given


@pytest.mark.parametrize('name, call, takes_project', SCOPED, ids=[row[0] for row in SCOPED])
def test_a_workspace_and_project_are_named_in_any_form(rally, wire, name, call, takes_project):
    def with_scope(**scope):
        return call(rally, **scope)

    with_scope()
    workspace, project = rally.getWorkspace(), rally.getProject()
    plain = told(wire, with_scope)
    for kind, place in (('workspace', workspace), ('project', project)):
        if kind == 'project' and not takes_project:
            continue
        for given in (place.Name, place.oid, place.ref, '/' + place.ref, place,
                      str(place.oid), rally.service_url + '/' + place.ref):
            assert told(wire, with_scope, **{kind: given}) == plain, given


def test_the_current_one_is_named_where_it_is_set_or_returned(emu, rally):
    project, workspace = rally.getProject(), rally.getWorkspace()
    for given in ('', 'current', 'default'):
        assert rally.getProject(given).ref == project.ref
        rally.setProject(given)
        rally.setWorkspace(given)
        assert (rally.getProject().ref, rally.getWorkspace().ref) == (project.ref, workspace.ref)
        other = emu.connect(workspace=given, project=given)
        assert (other.getProject().ref, other.getWorkspace().ref) == (project.ref, workspace.ref)
    for given in (project.Name, project.oid, project.ref, project, str(project.oid)):
        assert rally.getProject(given).ref == project.ref
        rally.setProject(given)
        assert rally.getProject().ref == project.ref
        assert emu.connect(project=given).getProject().ref == project.ref
    for given in (workspace.Name, workspace.oid, workspace.ref, workspace, str(workspace.oid)):
        rally.setWorkspace(given)
        assert emu.connect(workspace=given).getWorkspace().ref == workspace.ref


def test_an_isolated_instance_takes_the_same_words(emu):
    rally = emu.connect(isolated_workspace=True)
    for given in ('', 'current', rally.getWorkspace().ref):
        assert rally.getProjects(given) == rally.getProjects()
        assert rally.getAllUsers(given) == rally.getAllUsers()
        rally.setWorkspace(given)


def test_a_project_whose_name_are_digits_is_found_by_it(rally):
    made = rally.create('Project', {'Name': '2024', 'State': 'Open'})
    assert rally.getProject('2024').oid == made.oid
    assert rally.getProject(str(made.oid)).oid == made.oid


# Items
def forms(rally, item):
    """Return an item in all the forms that name one."""
    return [item, item.oid, str(item.oid), item.ref, item._ref, '/' + item.ref, {'_ref': item._ref},
            item.FormattedID, item.FormattedID.lower(), item.ref.encode('ascii')]


#: method | a call on a defect in any form; what it returns is the same each time
ITEMS = [
    ('update', lambda rally, item, made: rally.update('Defect', item, {'Notes': 'x'}).oid),
    ('delete', lambda rally, item, made: rally.delete('Defect', item)),
    ('deleteMultiple', lambda rally, item, made: rally.deleteMultiple('Defect', [item]).errors),
    ('copy', lambda rally, item, made: rally.copy('Defect', item).Name),
    ('addCollectionItemsMultiple', lambda rally, item, made: rally.addCollectionItemsMultiple(
        [item], 'Tags', ['urgent']).errors),
    ('dropCollectionItemsMultiple', lambda rally, item, made: rally.dropCollectionItemsMultiple(
        [item], 'Tags', ['urgent']).errors),
    ('addCollectionItems', lambda rally, item, made: rally.addCollectionItems(
        item, 'Tags', ['urgent']).oid),
    ('dropCollectionItems', lambda rally, item, made: rally.dropCollectionItems(
        item, 'Tags', ['urgent']).errors),
    ('rankAbove', lambda rally, item, made: rally.rankAbove('DE7', item).errors),
    ('rankAbove', lambda rally, item, made: rally.rankAbove(item, 'DE7').errors),
    ('rankBelow', lambda rally, item, made: rally.rankBelow('DE7', item).errors),
    ('rankToTop', lambda rally, item, made: rally.rankToTop(item).errors),
    ('rankToBottom', lambda rally, item, made: rally.rankToBottom(item).errors),
    ('addAttachment', lambda rally, item, made: rally.addAttachment(item, __file__).Name),
    ('addAttachments', lambda rally, item, made: rally.addAttachments(
        item, [{'Name': __file__, 'mime_type': 'text/plain'}])),
    ('getAttachment', lambda rally, item, made: rally.getAttachment(item, 'a.txt').Content),
    ('getAttachmentNames', lambda rally, item, made: rally.getAttachmentNames(item)),
    ('getAttachments', lambda rally, item, made: len(rally.getAttachments(item))),
    ('saveAttachments', lambda rally, item, made: len(rally.saveAttachments(item, str(made)))),
    ('deleteAttachment', lambda rally, item, made: rally.deleteAttachment(item, 'a.txt').oid),
    ('getResourceByOID', lambda rally, item, made: getResourceByOID(
        rally.contextHelper.currentContext(), 'Defect', item).status_code),
    ('_itemQuery', lambda rally, item, made: rally._itemQuery('Defect', item).oid),
]


def attached(rally, tmpdir):
    """Return a defect with a tag and a file."""
    made = rally.create('Defect', {'Name': 'x', 'Tags': ['urgent']})
    path = tmpdir.join('a.txt')
    path.write('text')
    rally.addAttachment(made, str(path))
    return made


@pytest.mark.parametrize('name, call', ITEMS, ids=['{0}-{1}'.format(place, row[0])
                                                   for place, row in enumerate(ITEMS)])
def test_an_item_is_named_in_any_form(rally, tmpdir, name, call):
    found = set()
    for place in range(len(forms(rally, rally.get('Defect', fetch='FormattedID').next()))):
        made = attached(rally, tmpdir)
        result = call(rally, forms(rally, made)[place], tmpdir)
        found.add(repr(result).replace(str(made.oid), '<oid>'))
    assert len(found) == 1, found


def test_an_item_of_another_server_is_refused_everywhere(rally, tmpdir):
    made = attached(rally, tmpdir)
    elsewhere = 'https://rally.invalid/slm/webservice/v2.0/{0}/{1}'
    calls = [(name, lambda call=call: call(rally, elsewhere.format('defect', made.oid), tmpdir))
             for name, call in ITEMS]
    calls.append(('getUserInfo', lambda: rally.getUserInfo(
        oid=elsewhere.format('user', rally.me().oid))))
    calls.append(('[]', lambda: rally[elsewhere.format('defect', made.oid)]))
    wire = emulated.Wire(rally)
    for name, call in calls:
        with pytest.raises(TransportError):
            call()
            pytest.fail(name)
    # Of the other item of a call something may be read, here; no more.
    assert [line for line in wire.lines if '://' in line or not line.startswith('GET ')] == []


def test_an_attachment_and_a_user_are_named_in_any_form(rally, tmpdir):
    made = attached(rally, tmpdir)
    kept = rally.getAttachments(made)[0]
    for given in (kept, kept.oid, kept.ref, kept._ref):
        assert rally.saveAttachment(given, str(tmpdir))
        assert rally.getAttachment(made, given).oid == kept.oid
    assert rally.deleteAttachment(made, kept.oid).oid == made.oid
    user = rally.getUserInfo(username='ed@example.com')[0]
    for given in (user, user.oid, str(user.oid), user.ref, user._ref):
        assert rally.getUserInfo(oid=given).oid == user.oid


def test_a_formatted_id_that_nobody_has_is_told_everywhere(rally):
    for call in (lambda: rally.update('Defect', 'DE999', {'Notes': 'x'}),
                 lambda: rally.delete('Defect', 'DE999'),
                 lambda: rally.updateMultiple('Defect', [{'FormattedID': 'DE999', 'Notes': 'x'}]),
                 lambda: rally.deleteMultiple('Defect', ['DE7', 'DE999']),
                 lambda: rally.copy('Defect', 'DE999'),
                 lambda: rally.addCollectionItems('DE999', 'Tags', ['urgent']),
                 lambda: rally.addCollectionItemsMultiple(['DE7', 'DE999'], 'Tags', ['urgent']),
                 lambda: rally.addCollectionItemsMultiple({'DE999': ['urgent']}, 'Tags'),
                 lambda: rally.addCollectionItems('DE7', 'Duplicates', ['DE999']),
                 lambda: rally.addCollectionItems('US101', ['DE999']),
                 lambda: rally.rankToTop('DE999'), lambda: rally.rankAbove('DE999', 'DE7'),
                 lambda: rally.saveAttachments('DE999', '.')):
        with pytest.raises(RallyRESTAPIError) as caught:
            call()
        assert 'DE999' in caught.value.args[0]
    assert rally.getAttachment('DE999', 'x') is False  # as ever


# Data
class Plain(object):
    """An instance with attributes."""

    def __init__(self, values):
        vars(self).update(values)


def as_named_tuple(values):
    """Return an instance of a class with declared attributes."""
    names = sorted(name for name in values if not name.startswith('_'))
    return collections.namedtuple('Row', names)(*[values[name] for name in names])


SHAPES = [('dict', dict), ('instance', Plain), ('named tuple', as_named_tuple)]
#: method | creates or updates with data of any shape, and returns the ObjectID
WRITES = [
    ('create', lambda rally, data: rally.create('Defect', data).oid),
    ('createMultiple', lambda rally, data: int(rally.createMultiple(
        'Defect', [data])[0]['ObjectID'])),
    ('update', lambda rally, data: rally.update('Defect', data).oid),
    ('updateMultiple', lambda rally, data: int(rally.updateMultiple(
        'Defect', [data])[0]['ObjectID'])),
]


@pytest.mark.parametrize('shape', [row[1] for row in SHAPES], ids=[row[0] for row in SHAPES])
@pytest.mark.parametrize('name, write', WRITES, ids=[row[0] for row in WRITES])
def test_what_names_an_item_is_its_identity_and_no_value(rally, wire, name, write, shape):
    other = rally.create('Defect', {'Name': 'there'})
    identities = [('oid', other.oid), ('oid', str(other.oid)), ('ref', other.ref),
                  ('_ref', other._ref)]
    if name.startswith('update'):
        identities += [('ObjectID', other.oid), ('FormattedID', other.FormattedID),
                       ('ObjectID', str(other.oid))]
    for key, value in identities:
        if shape is as_named_tuple and key == '_ref':
            continue
        wire.clear()
        oid = write(rally, shape({key: value, 'Name': 'written'}))
        assert (oid == other.oid) == name.startswith('update'), key
        sent = [body for _, _, body in wire.sent if body][0]
        if 'Batch' in sent:
            sent = sent['Batch'][0]['Entry']['Body']
        assert list(sent.values()) == [{'Name': 'written'}]


@pytest.mark.parametrize('name, write', WRITES, ids=[row[0] for row in WRITES])
def test_an_entity_is_data_too(rally, name, write):
    item = rally.get('Defect', fetch=True, query={'FormattedID': 'DE7'}).next()
    item.Notes = 'set'
    oid = write(rally, item)
    found = rally.get('Defect', fetch='Notes,Name', query={'ObjectID': oid}).next()
    assert (found.Notes, found.Name) == ('set', item.Name)
    assert (oid == item.oid) == name.startswith('update')


def test_an_attribute_of_that_name_is_a_value(rally):
    with pytest.raises(Exception) as caught:
        rally.create('Defect', {'Name': 'x', 'ref': 'T-77'})
    assert type(caught.value).__name__ == 'RallyAttributeNameError'


# Files and servers
class Path(object):
    """What `pathlib.Path` is to a function that takes paths, on any Python."""

    def __init__(self, path):
        self._path = str(path)

    def __fspath__(self):
        return self._path


#: method | a call with the path of a file or folder in a form
FILES = [
    ('addAttachment', lambda rally, file, folder: rally.addAttachment('DE7', file).Name),
    ('addAttachments', lambda rally, file, folder: rally.addAttachments(
        'DE7', [{'Name': file, 'mime_type': 'text/plain'}])),
    ('saveAttachment', lambda rally, file, folder: os.path.exists(
        rally.saveAttachment(rally.addAttachment('DE7', file), folder))),
    ('saveAttachments', lambda rally, file, folder: len(rally.saveAttachments('US101', folder))),
    ('to_csv', lambda rally, file, folder: rally.to_csv('Defect', 'Name', file)),
    ('to_jsonl', lambda rally, file, folder: rally.to_jsonl('Defect', 'Name', file)),
    ('enableLogging', lambda rally, file, folder: [rally.enableLogging(file),
                                                   rally.disableLogging()]),
]


@pytest.mark.parametrize('name, call', FILES, ids=[row[0] for row in FILES])
def test_a_file_is_named_by_text_or_path(rally, tmpdir, name, call):
    file, folder = tmpdir.join('notes.txt'), tmpdir.mkdir('folder')
    file.write('text')
    kinds = [str, Path]
    try:
        import pathlib
        kinds.append(lambda path: pathlib.Path(str(path)))
    except ImportError:  # 2.7
        pass
    assert len(set(repr(call(rally, kind(file), kind(folder))) for kind in kinds)) == 1


def test_a_connection_takes_paths_and_a_slash_after_the_server(emu, tmpdir):
    bundle = tmpdir.join('bundle.pem')
    bundle.write('')
    schema = tmpdir.mkdir('schema')
    for server in (emu.url, emu.url + '/', emu.url + '//'):
        rally = emu.connect(server=server, verify_ssl_cert=Path(bundle), schema_cache=Path(schema))
        assert rally.service_url.startswith(emu.url + '/slm')
        assert rally.session.verify == str(bundle)
        rally.contextHelper.catalogue()
    assert schema.listdir()


def test_identity_in_data_is_not_looked_up_where_it_need_not_be(rally):
    item = rally.get('Defect', fetch='FormattedID', query={'FormattedID': 'DE7'}).next()
    wire = emulated.Wire(rally)
    rally.updateMultiple('Defect', [dict(raw_item(item), Notes='x', CreationDate=None)],
                         fields=['Notes'])
    assert [path for path in wire.paths if 'schema' not in path] == ['POST batch']
