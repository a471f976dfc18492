"""`pyral attach`: attach files to an item."""
from __future__ import absolute_import, division, print_function

import io
import os
import shutil
import tempfile

from pyral._compat import ensure_text, fill, fspath
from pyral.cli.failures import UsageError
from pyral.cli.formats import columns
from pyral.cli.items import named_item
from pyral.cli.options import add_item, add_output
from pyral.cli.writes import Writes, add_dry_run, show_plan
from pyral.writing.attachments import safe_name

__all__ = ['add', 'run']

_COLUMNS = columns('Name', 'Size:integer', 'ContentType', 'Item', 'Reference')
_PIECE = 1 << 20


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('attach', run, "Attach files to an item.", (
        "A file that is attached already, under the same name and with the same content, is not "
        "sent again."), examples=[
        ("two files", "pyral attach DE40 log.txt screen.png"),
        ("what another program writes", "make 2>&1 | pyral attach DE40 - --name build.log"),
    ])
    add_item(parser)
    parser.add_argument('files', metavar='FILE', nargs='+', help="- for the standard input")
    parser.add_argument('--name', metavar='NAME', help="what the standard input is called")
    parser.add_argument('--mime-type', metavar='TYPE', help=(
        "such as text/plain; by default that of the name"))
    add_dry_run(parser)
    add_output(parser)
    parser.collects = 'files'


def run(session):
    """Attach the files."""
    options = session.options
    session.format()
    names = list(options.files)
    if names.count('-') > 1:
        raise UsageError(u"the standard input is one file, so - is given once")
    if ('-' in names) != (options.name is not None):
        raise UsageError(u"--name says what the standard input is called, which is the file -",
                         u"As in: make | pyral attach DE40 - --name build.log")
    for name in names:
        path = fspath(name)
        if name != '-' and not os.path.isfile(path):
            raise UsageError(fill(u"{0} is a folder" if os.path.isdir(path) else
                                  u"there is no file {0}", name), u"Nothing was sent.")
    folder = None
    try:
        if '-' in names:
            folder = tempfile.mkdtemp(prefix='pyral-')
            names[names.index('-')] = _from_stdin(session, folder)
        return _attach_all(session, names)
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _from_stdin(session, folder):
    """Write the standard input to a file of the name it is to have, and return its path."""
    path = fspath(os.path.join(ensure_text(folder), safe_name(session.options.name)))
    source = session.input_bytes()
    with io.open(path, 'wb') as target:
        shutil.copyfileobj(source, target, _PIECE)
        if not target.tell():
            raise UsageError(u"the standard input is empty",
                             u"The service takes no attachment without content.")
    return path


def _attach_all(session, names):
    owner, rally = named_item(session, session.options.id), session.rally
    mime_type = session.options.mime_type
    if session.options.dry_run:
        show_plan(session, [request for name in names for request in rally.dry_run(
            'addAttachment', owner, name, mime_type)])
        return None
    writes = Writes(session)
    writes.write_rows(_COLUMNS, _attached(session, writes, owner, names, mime_type))
    return writes.exit_code


def _attached(session, writes, owner, names, mime_type):
    """Yield the row of each file that is attached."""
    for place, name in enumerate(names):
        session.on_progress(place, len(names))
        label = session.options.name if session.options.files[place] == '-' else name
        made = writes.one(label, lambda name=name: session.rally.addAttachment(
            owner, name, mime_type))
        if made:
            yield [made.Name, made.Size, made.ContentType, getattr(owner, 'FormattedID', None),
                   made.ref]
        if writes.is_interrupted:
            writes.tell_unsent(names[place + 1:])
            return
