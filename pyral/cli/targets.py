"""Items that ids name, for the verbs that write: looked up together, a request for each type."""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict, namedtuple

from pyral import refs
from pyral._compat import ensure_native, ensure_text, fill
from pyral.cli.completion import propose, types
from pyral.cli.definitions import named_type
from pyral.cli.failures import UsageError
from pyral.cli.inputs import read_ids
from pyral.entity.base import raw_item
from pyral.entity.classes import class_for
from pyral.errors import first_names
from pyral.resolving.meanings import prefix_of

__all__ = ['Target', 'add_ids', 'add_items', 'by_type', 'given_ids', 'targets']

#: An item: what the user called it, its type, reference, FormattedID or None, and name.
Target = namedtuple('Target', 'label type_def ref formatted_id name')
#: So many ids go into one request.
_MOST = 200
_MOST_SHOWN = 5


def add_items(parser):
    """Add the arguments that name items, one by one or in other ways."""
    parser.add_argument('ids', metavar='ID', nargs='*', help=(
        "FormattedIDs, references, addresses of pages or ObjectIDs"))
    parser.collects = 'ids'
    add_ids(parser)


def add_ids(parser):
    """Add the options that name items in other ways than one by one."""
    group = parser.add_argument_group('which items')
    group.add_argument('-f', '--file', metavar='FILE', help=(
        "take ids from a file: one a line, JSON, or a table with a column of them, as 'pyral get' "
        "writes it; - for the standard input"))
    propose(group.add_argument('--type', metavar='TYPE', help=(
        "the type of the ids, for what has no FormattedID: then an ObjectID or a name will do")),
        types)


def given_ids(session, arguments):
    """Return the ids of the arguments and of the file, each once; at least one.

    :raises UsageError: there is none.
    """
    found = [ensure_text(each, errors='replace').strip() for each in arguments]
    if session.options.file is not None:
        found.extend(read_ids(session, session.options.file))
    found = [each for each in OrderedDict.fromkeys(found) if each]
    if not found:
        raise UsageError(u"no item is named", u"Give FormattedIDs, or -f FILE with one a line.")
    return found


def targets(session, ids):
    """Return the `Target`s of ids in their order, and the ids that name nothing.

    :raises UsageError: a text is no id; nothing was sent for it.
    """
    rally = session.rally
    catalogue = rally.contextHelper.catalogue()
    only = named_type(catalogue, session.options.type) if session.options.type else None
    asked = OrderedDict()
    for text in ids:
        for type_path, attribute, value in _ways(rally, catalogue, only, text):
            asked.setdefault((type_path, attribute), OrderedDict()).setdefault(
                value.lower(), []).append(text)
    found = {}
    for (type_path, attribute), texts in asked.items():
        values = list(texts)
        for start in range(0, len(values), _MOST):
            response = rally.get(
                ensure_native(type_path), fetch='FormattedID,Name,UserName,Project,' + attribute,
                query={attribute: values[start:start + _MOST]}, project=None, strict=True,
                resolve=False)
            for each in response:
                item = raw_item(each)
                value = fill(u'{0}', item.get(attribute) or u'').lower()
                for text in texts.get(value, ()):
                    found.setdefault(text, []).append(item)
    current = rally.contextHelper.currentProject()
    return _chosen(catalogue, ids, found, current.ref if current is not None else None)


def by_type(found):
    """Return the targets of each type as a list of lists, types in the order they come up."""
    groups = OrderedDict()
    for target in found:
        groups.setdefault(target.type_def.TypePath, []).append(target)
    return list(groups.values())


def _ways(rally, catalogue, only, text):
    """Return (type path, attribute, value) of the ways in which an item is asked for."""
    ref = refs.parse(text)
    if ref is not None:
        server = ensure_text(rally.service_url).partition(u'/slm/')[0].lower()
        if u'://' in text and not (text.lower() + u'/').startswith(server + u'/'):
            raise UsageError(fill(u"'{0}' is an item of another server than {1}", text, server))
        found = named_type(catalogue, class_for(ref.type_path)._type_path)
        return [(found.TypePath, 'ObjectID', fill(u'{0}', ref.oid))]
    if refs.is_oid(text):
        path = only.TypePath if only is not None else 'Artifact'
        return [(path, 'ObjectID', text)]
    prefix = prefix_of(text)
    if prefix is not None:
        types = [each for each in catalogue.formatted_id_types(prefix)
                 if only is None or each.TypePath == only.TypePath]
        if types:
            return [(each.TypePath, 'FormattedID', text) for each in types]
    if only is not None:
        return [(only.TypePath, 'UserName' if only.TypePath == 'User' else 'Name', text)]
    problem = catalogue.strange_formatted_id(text)
    raise UsageError(
        fill(u"'{0}' names no item", text) + (fill(u": {0}", problem) if problem else u''),
        u"Give a FormattedID, a reference or an ObjectID, or a name with --type TYPE.")


def _chosen(catalogue, ids, found, project):
    chosen, missing, seen = [], [], set()
    for text in ids:
        items = OrderedDict((refs.parse(each), each) for each in found.get(text, ()))
        if not items:
            missing.append(text)
            continue
        # Iterations and releases of one name are in many projects.
        here = [ref for ref, item in items.items()
                if project is not None and refs.same(item.get('Project'), project)]
        if len(items) > 1 and len(here) == 1:
            items = {here[0]: items[here[0]]}
        if len(items) > 1:
            raise UsageError(fill(u"'{0}' stands for {1} items", text, len(items)), fill(
                u"Give the one that is meant by its reference: {0}.",
                first_names([each.short for each in items], _MOST_SHOWN)))
        (ref, item), = items.items()
        if ref not in seen:
            seen.add(ref)
            type_def = catalogue.find(ensure_native(item.get('_type') or ref.type_path))
            chosen.append(Target(item.get('FormattedID') or text, type_def, ref.short,
                                 item.get('FormattedID'),
                                 item.get('Name') or item.get('_refObjectName')))
    return chosen, missing
