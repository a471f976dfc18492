"""Attachments, files on artifacts and test case results: upload, download, save, delete.

Attachments are identified by ObjectID, so that equal names do no harm; every question about them
goes to the service, but what is saved are those an entity holds. Sizes are checked before a file is
read, content is bytes, a failure leaves nothing half attached, and a name that came from the
service never leads out of the folder a file is saved in.
"""
from __future__ import absolute_import, division, print_function

import base64
import io
import logging
import mimetypes
import os
import tempfile

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    fspath,
    integer_types,
    path_text,
    text_type,
)
from pyral._progress import told
from pyral.advice import did_you_mean, keeps_result, remark
from pyral.entity.base import context_of, forget_members, held_members, raw_item
from pyral.errors import (
    LazyLoadError,
    NotFoundError,
    PyralError,
    RallyResponseError,
    RallyRESTAPIError,
    nearest,
)
from pyral.reading.queries import collection
from pyral.resolving.items import item_of
from pyral.writing import single
from pyral.writing.content_stream import ContentStream
from pyral.writing.dry_run import NotSent, content_note
from pyral.writing.receipts import read_again
from pyral.writing.sending import must_be_reference, send

__all__ = ['MAX_ATTACHMENT_SIZE', 'add', 'add_many', 'delete', 'get', 'get_all', 'names',
           'safe_name', 'save', 'save_all']

LOG = logging.getLogger('pyral')

#: Bytes a file may have, as the service states it.
MAX_ATTACHMENT_SIZE = 50000000
_TYPE_KEYS = ('mime_type', 'MimeType', 'content_type', 'ContentType')
_EVERYWHERE = {'project': None}

#: Signs that mean something to a file system, and names that some systems keep for devices.
_UNSAFE = dict.fromkeys(
    [ord(sign) for sign in u'<>:"/\\|?*\x7f']
    + list(range(0x20)) + list(range(0x202a, 0x202f)) + list(range(0x2066, 0x206a)), u'_')
_DEVICES = frozenset(
    ['con', 'prn', 'aux', 'nul']
    + [stem + digit for stem in ('com', 'lpt') for digit in '0123456789'])
_LONGEST_NAME = 200
_NO_CONTENT = "It was attached without any, or its content was deleted; attach the file again."
#: What a dry run shows for the reference that the first of two requests would be answered with.
_CONTENT_TO_COME = refs.Ref('attachmentcontent', '<ObjectID>')
_DAMAGED = ("It was damaged when it was attached or on the way here: read it again; where it stays "
            "so, attach the file again.")


@keeps_result
def add(connection, owner, filename, mime_type='text/plain'):
    """Attach a local file and return the `Attachment`; False where the owner is unknown.

    A file that is attached already, with the same name and the same content, is not sent again.

    :param mime_type: None guesses it from the name.
    :raises RallyRESTAPIError: the file is missing, no file, empty, too large, or was refused.
    """
    path, size = _checked(filename)
    owner = _owner(connection, owner)
    if owner is None:
        return False
    name = os.path.basename(path_text(path))
    content = _read(path)
    for present in _listed(connection, owner):
        known = raw_item(present)
        if known.get('Name') == name and known.get('Size') == size and (
                _has_content(connection, present, content)):
            return present
    mime_type = mime_type or mimetypes.guess_type(name)[0] or 'application/octet-stream'
    encoded = ensure_native(base64.b64encode(content))
    del content  # it may be large, and is sent encoded
    return _attach(connection, owner, {
        'Name': name, 'ContentType': mime_type, 'Size': size}, encoded)


@keeps_result
def add_many(connection, owner, entries):
    """Attach several local files; see `Rally.addAttachments`.

    All files are looked at before the first is sent.

    :param entries: dicts with `Name`, the path of the file, and its type under one of four keys.
    :returns: True where each file that has a type was attached.
    """
    typed = []
    for entry in [entries] if isinstance(entries, (Mapping, text_type, binary_type)) else entries:
        if not isinstance(entry, Mapping):
            raise TypeError("an entry is a dict such as {{'Name': <path>, 'mime_type': "
                            "'text/plain'}}, not {0!r}".format(entry))
        if not entry.get('Name'):
            continue
        mime_type = next((entry[key] for key in _TYPE_KEYS if entry.get(key)), None)
        if mime_type is None:
            remark(fill('Bypassing attachment for {0}, no mime_type/ContentType setting...',
                        entry['Name']))
            continue
        _checked(entry['Name'])
        typed.append((entry['Name'], mime_type))
    # Every one is tried, also after one that was not attached.
    return all([_is_added(connection.silent(), owner, name, mime_type)
                for name, mime_type in told(typed, connection.progress)])


def _is_added(connection, owner, filename, mime_type):
    try:
        return bool(add(connection, owner, filename, mime_type))
    except NotSent:  # of a dry run
        return True


def names(connection, owner):
    """Return the names of the attachments of an item, as often as each occurs."""
    found = _owner(connection, owner)
    return [each.Name for each in _listed(connection, found)] if found is not None else []


def get(connection, owner, filename):
    """Return one attachment with its content as bytes.

    :param filename: the name, or the attachment itself as entity or reference.
    :returns: the `Attachment`; None for no such name; False where the owner is unknown.
    """
    owner = _owner(connection, owner)
    if owner is None:
        return False
    listed = _listed(connection, owner)
    found = _chosen(listed, filename)
    if found is None:
        return None
    _with_content(connection, found)
    _fill_held(owner, listed, [found])
    return found


def get_all(connection, owner):
    """Return all attachments of an item, each with its content as bytes."""
    progress, connection = connection.progress, connection.silent()
    owner = _owner(connection, owner)
    if owner is None:
        return []
    listed = _listed(connection, owner)
    filled = [_with_content(connection, each) for each in told(listed, progress)]
    _fill_held(owner, listed, filled)
    return filled


@keeps_result
def delete(connection, owner, filename):
    """Delete one attachment and return the item, read again; False for an unknown name.

    :param filename: the name, or the attachment itself as entity or reference.
    :raises RallyRESTAPIError: the service refused.
    """
    owner = _owner(connection, owner)
    found = _chosen(_listed(connection, owner), filename) if owner is not None else None
    if found is None:
        return False
    content = refs.parse(raw_item(found).get('Content'))
    try:
        single.delete(connection, 'Attachment', found, _scope_of(connection, owner))
    except NotSent:
        if content is not None:
            _discard(connection, content)
        raise
    _forget_held(owner)
    if content is not None:
        _discard(connection, content)
    type_path = getattr(owner, '_type_path', None) or refs.parse(owner).type_path
    return connection.entity(read_again(
        connection, '{0}/{1}'.format(type_path, refs.oid_of(owner)), method='DELETE',
        written='attachment/{0}'.format(refs.oid_of(found))))


def save(connection, attachment, folder):
    """Write the content of an attachment to a file in a folder and return its path.

    :param attachment: an `Attachment` entity, a reference to one or its ObjectID.
    :param folder: an existing folder; a name that is taken gets a number.
    :raises RallyRESTAPIError: there is no such folder, or the content cannot be read.
    """
    folder = _folder(folder)
    if raw_item(attachment) is None:
        oid = refs.oid_of(attachment)
        ref = refs.reference_text(attachment) or (
            'attachment/{0}'.format(oid) if oid is not None else None)
        ref = must_be_reference(ref or attachment, "the attachment to save")
        attachment = connection.entity(connection.read_item(ref))
    handle, partial = tempfile.mkstemp(prefix='.attachment-', dir=folder)
    try:
        with io.open(handle, 'w+b') as target:
            _write_content(connection, attachment, target)
        return _placed(partial, folder, safe_name(raw_item(attachment).get('Name')))
    except BaseException:
        os.unlink(partial)
        raise


def save_all(connection, owner, folder):
    """Save every attachment of an item; returns the paths in the order of the attachments."""
    progress, connection = connection.progress, connection.silent()
    found = _owner(connection, owner)
    if found is None:
        raise NotFoundError(fill("{0} could not be located", repr(owner)))
    folder = _folder(folder)
    return [save(connection, each, folder) for each in told(_held(connection, found), progress)]


def safe_name(name):
    """Return a file name made from a name the service gave: no folder, no device, not hidden."""
    text = ensure_text(name or u'').translate(_UNSAFE).strip(u' .')
    if text.partition(u'.')[0].lower() in _DEVICES:
        text = u'_' + text
    root, dot, ending = text.rpartition(u'.')
    if len(text) > _LONGEST_NAME:
        kept = dot + ending if root and len(ending) < 20 else u''
        text = text[:_LONGEST_NAME - len(kept)] + kept
    return text or u'attachment'


def _placed(partial, folder, name):
    """Give a finished file its name without ever replacing another one."""
    root, dot, ending = name.rpartition(u'.')
    if not root:
        root, dot, ending = name, u'', u''
    number = 1
    while True:
        tried = name if number == 1 else fill(u'{0} ({1}){2}{3}', root, number, dot, ending)
        path = fspath(os.path.join(ensure_text(folder), tried))
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except OSError:
            if not os.path.lexists(path):
                raise
            number += 1
            continue
        # The temporary file was for nobody else to read; the file itself is as any other.
        os.chmod(partial, os.stat(path).st_mode & 0o777)
        if os.name == 'nt':  # There, renaming does not replace what has the name already.
            os.unlink(path)
        os.rename(partial, path)
        return path


def _folder(folder):
    folder = fspath(folder)
    if not os.path.isdir(folder):
        raise RallyRESTAPIError(fill("There is no folder {0} to save attachments in",
                                     path_text(folder)),
                                hint="Make it first.")
    return folder


def _checked(filename):
    """Return path and size of a file that can be attached, without reading it."""
    if filename is None or isinstance(filename, (bool, int)):
        raise TypeError("the file to attach is named by its path, not {0!r}".format(filename))
    path = fspath(filename)
    name = path_text(path)
    if not os.path.exists(path):
        raise RallyRESTAPIError(fill('Named attachment filename: {0} not found', name))
    if not os.path.isfile(path):
        raise RallyRESTAPIError(fill(
            'Named attachment filename: {0} is not a regular file', name))
    size = os.path.getsize(path)
    if size > MAX_ATTACHMENT_SIZE:
        raise RallyRESTAPIError(
            'Attachment file size too large, unable to attach to Rally Artifact',
            hint=fill("{0} has {1} bytes, the service takes {2}.", name, size,
                      MAX_ATTACHMENT_SIZE))
    if not size:
        raise RallyRESTAPIError(
            fill('Named attachment filename: {0} is empty', name),
            hint="The service takes no attachment without content.")
    return path, size


def _read(path):
    with io.open(path, 'rb') as source:
        return source.read(MAX_ATTACHMENT_SIZE + 1)


def _owner(connection, owner):
    """Return the item as an entity, reference or None for a FormattedID nobody has."""
    if owner is None:
        raise TypeError("the artifact is None; give an entity, a FormattedID or a reference")
    found = item_of(connection, owner, "the artifact")
    if found is None:
        remark(fill(u"no item that can be seen has the FormattedID {0}", ensure_text(owner)))
    return found


def _scope_of(connection, owner):
    """Return the scope of what is written for an item: its workspace, which may be another one."""
    item = raw_item(owner)
    if item is None:
        return _EVERYWHERE
    place = refs.parse(item.get('Workspace'))
    workspace = place.short if place is not None else context_of(owner).workspace_ref
    if workspace is None or refs.same(workspace, connection.helper.currentWorkspaceRef()):
        return _EVERYWHERE
    return dict(_EVERYWHERE, workspace=workspace)


def _listed(connection, owner):
    """Return the attachments the service knows of, oldest first."""
    ref = refs.parse(owner)
    type_path = getattr(owner, '_type_path', None) or ref.type_path
    response = collection(
        connection, '{0}/{1}/Attachments'.format(type_path, ref.oid),
        {'fetch': 'ObjectID,Name,Size,ContentType,Content,Description,User,CreationDate,'
                  'Artifact,TestCaseResult', 'order': 'ObjectID'})
    response.raise_for_errors()
    found = list(response)
    place = 'TestCaseResult' if type_path.lower() == 'testcaseresult' else 'Artifact'
    for each in found:
        told = refs.parse(raw_item(each).get(place))
        if told is not None and told.oid != ref.oid and isinstance(
                ref.oid, integer_types):
            raise RallyResponseError(
                fill("the answer belongs to another request: {0} is attached to {1}", repr(each),
                     told.short), method='GET', url=response.resource, status_code=200)
    return found


def _held(connection, owner):
    """Return the attachments an entity holds, or shall hold from now on, oldest first.

    So a loop over the items of a page asks for all their attachments at once.
    """
    if raw_item(owner) is not None:
        try:
            return sorted(owner.Attachments or (), key=lambda each: int(refs.oid_of(each)))
        except (LazyLoadError, AttributeError):  # none can be loaded: it is asked for by address
            LOG.debug("the attachments of %r are not loaded", owner)
    return _listed(connection, owner)


def _fill_held(owner, listed, filled):
    """Give the contents that were read to the attachments that an entity holds, too."""
    if raw_item(owner) is None:
        return
    contents = dict((refs.oid_of(each), each) for each in filled)
    held = held_members(owner, 'Attachments', list(listed))
    for each in held if isinstance(held, list) else ():
        twin = contents.get(refs.oid_of(each), each)
        if twin is not each:
            each.Content, each.ContentRef = twin.Content, twin.ContentRef


def _forget_held(owner, added=0):
    if raw_item(owner) is not None:
        forget_members(owner, 'Attachments', added)


def _chosen(listed, filename):
    if isinstance(filename, (text_type, binary_type)) and refs.parse(filename) is None:
        named = [raw_item(each).get('Name') or u'' for each in listed]
        found = [each for each, name in zip(listed, named) if name == ensure_text(filename)]
        if not found:
            remark(fill(u"no attachment is named '{0}'{1}", ensure_text(filename),
                        did_you_mean(nearest(filename, named))))
        if len(found) > 1:
            remark(fill("{0} attachments are named '{1}'; the first is taken. Give the "
                        "attachment itself to choose another.", len(found), filename))
    else:
        found = [each for each in listed if refs.oid_of(each) == refs.oid_of(filename)]
    return found[0] if found else None


def _with_content(connection, attachment):
    """Put the bytes at `Content`; the reference stays beside it as `ContentRef`."""
    data = _content_of(connection, attachment)
    content = raw_item(attachment).get('Content')
    attachment.ContentRef = content.get('_ref') if isinstance(content, Mapping) else None
    attachment.Content = data
    return attachment


def _content_of(connection, attachment):
    target = io.BytesIO()
    _write_content(connection, attachment, target)
    return target.getvalue()


def _write_content(connection, attachment, target):
    """Write the decoded content of an attachment to an open file, piece by piece as it comes.

    :raises RallyRESTAPIError: there is none, or it is not what the service says it is.
    """
    problem, hint = _streamed(connection, attachment, target)
    if problem is not None:
        raise RallyRESTAPIError(fill(problem, repr(attachment)), hint=hint)


def _has_content(connection, attachment, content):
    """Say whether an attachment has just this content; one that is damaged has not."""
    target = io.BytesIO()
    problem, _ = _streamed(connection, attachment, target)
    return problem is None and target.getvalue() == content


def _streamed(connection, attachment, target):
    """Write the content of an attachment to an open file.

    :returns: what is wrong with the content, with a place for the attachment, and what to do about
        it; two Nones where nothing is.
    """
    item = raw_item(attachment)
    content, own = connection.local_ref(item.get('Content')), connection.local_ref(attachment)
    if content is None and own is not None:
        item = connection.read_item(own.short)
        content = connection.local_ref(item.get('Content'))
    if content is None:
        return u"{0} has no content", _NO_CONTENT
    size = _size_in(item)
    stream = ContentStream(target, max(size or 0, MAX_ATTACHMENT_SIZE))
    rest = connection.read_item(content.short, content_stream=stream).get('Content')
    if stream.error is not None:
        raise stream.error
    if stream.length is None and rest is None:
        return u"{0} has no content", _NO_CONTENT
    # What was taken out leaves an empty text in its place.
    if stream.length is None or rest != u'':
        return u"the content of {0} is no text", _DAMAGED
    if stream.problem is not None:
        return fill(u"the content of {{0}} is no base64: {0}", stream.problem), _DAMAGED
    if size is not None and size != stream.length:
        return fill(u"the content of {{0}} has {0} bytes, and its Size is {1}", stream.length,
                    size), _DAMAGED
    return None, None


def _size_in(item):
    """Return the bytes that an attachment has, None where it does not say."""
    size = item.get('Size')
    if isinstance(size, float) and size == int(size):
        size = int(size)
    is_number = isinstance(size, integer_types) and not isinstance(size, bool)
    return size if is_number and size >= 0 else None


def _attach(connection, owner, values, encoded):
    """Create content and attachment; take the content back where the attachment is refused."""
    ref, scope = refs.parse(owner), _scope_of(connection, owner)
    if connection.planned is not None:
        encoded = content_note(values['Size'])
    try:
        content = _content_sent(connection, encoded, scope)
    except NotSent:
        content = _CONTENT_TO_COME
    is_result = ref.type_path.lower() == 'testcaseresult'
    values = dict(values, Content=content.short, User=_user(connection))
    values['TestCaseResult' if is_result else 'Artifact'] = ref.short
    try:
        made = single.create(connection, 'Attachment', values, scope)
        _forget_held(owner, 1)
        return made
    except NotSent:
        raise
    except BaseException as error:
        # Where nobody knows whether the attachment was made, its content must stay.
        if not getattr(error, 'outcome_unknown', False):
            _discard(connection, content)
        raise


def _content_sent(connection, encoded, scope):
    """Create the content of an attachment and return its `Ref`."""
    receipt = send(
        connection, 'PUT', 'attachmentcontent/create', {'AttachmentContent': {'Content': encoded}},
        connection.scoped(**scope)[1] + [('fetch', 'ObjectID')])
    content = refs.parse(receipt.item)
    if content is None:
        raise RallyRESTAPIError(
            "the service took the content of the attachment without naming it",
            method='PUT', url=connection.transport.address('attachmentcontent/create'),
            hint="Nothing is attached; attach the file again.")
    return content


def _user(connection):
    return 'user/{0}'.format(connection.helper.user_oid)


def _discard(connection, content):
    """Delete an attachment's content as far as the service lets us."""
    try:
        send(connection, 'DELETE', content.short)
    except PyralError as error:
        LOG.info("%s stays behind: %s", content.short, error.args[0] if error.args else error)
