"""Revisions, content and recycle bin of the objects of a world file: what is no attribute.

The keys of the format that are no attributes (`content`, `revisions`, `deleted`, passwords), and
what a file may leave out although a client of the service may not.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from ..rules.subjects.users import described
from ..rules.write.companions import (
    FIRST_REVISION,
    KEPT,
    bin_entry,
    blocker,
    history,
    revision,
)
from ..rules.write.completion import display_name
from ..store import Obj
from ..store.ownership import OWNED
from .build_state import PASSED_ON
from .errors import WorldError, near_miss
from .told_history import Told, revisions_of

if TYPE_CHECKING:
    from .build_state import Building, FileObject

#: Types whose parts take something from them.
_GIVERS = frozenset(
    ('Defect', 'DefectSuite', 'HierarchicalRequirement', 'Iteration', 'Risk', 'TestCase', 'TestSet')
)


def relax(building: Building, draft: FileObject) -> None:
    """Fill in what a file may leave out although a client must say it.

    :raises WorldError: the type has no content.
    """
    if 'content' in draft.entry.extra:
        _content(building, draft)
    rule = _RELAXED.get(draft.obj.type)
    if rule is not None:
        rule(building, draft)


def attach(building: Building, draft: FileObject) -> None:
    """Add blocker, history and the entry of the recycle bin."""
    obj = draft.obj
    rule = _NAMED.get(obj.type)
    if rule is not None:
        rule(building, draft)
    if obj.doc.get('Blocked') is True and draft.has('Blocker'):
        _block(building, draft)
    if obj.type in _GIVERS:
        building.keep_schedule(obj.oid, tuple(map(draft.links.get, PASSED_ON)))
    if draft.rules.has_history:
        _history(building, draft)
    elif 'revisions' in draft.entry.extra:
        raise WorldError(f"{obj.type} has no revisions.", draft.place('revisions'))
    _bin(building, draft)
    building.remember(draft)


def _content(building: Building, draft: FileObject) -> None:
    """Keep the bytes: of an attachment in a content of its own, else in the object itself."""
    obj = draft.obj
    holds_bytes = any(attr.slot == 'blob' for attr in draft.rules.attributes.values())
    if not holds_bytes and obj.type != 'Attachment':
        raise WorldError("only an Attachment has content.", draft.place('content'))
    data = _bytes(building, draft)
    oid = obj.oid
    if not holds_bytes:
        oid = building.tx.new_oid()
        building.objs.append(
            Obj(oid=oid, type='AttachmentContent', workspace=draft.workspace, created=obj.created)
        )
        draft.links['Content'] = oid
    building.blobs.append((oid, data))
    building.sizes[oid] = len(data)


def _bytes(building: Building, draft: FileObject) -> bytes:
    content = draft.entry.extra['content']
    place = draft.place('content')
    if 'text' in content:
        return str(content['text']).encode('utf-8')
    if 'base64' in content:
        try:
            return base64.b64decode(content['base64'], validate=True)
        except (ValueError, binascii.Error):
            raise WorldError("this is not base64.", (*place, 'base64')) from None
    path: Path = (building.folder or Path()) / content['file']
    try:
        return path.read_bytes()
    except OSError as error:
        others = [one.name for one in path.parent.glob('*')] if path.parent.is_dir() else []
        raise WorldError(
            f"cannot read the file '{content['file']}' beside the world:"
            f" {error.strerror}.{near_miss(path.name, others)}",
            (*place, 'file'),
        ) from None


def _attachment(building: Building, draft: FileObject) -> None:
    draft.point('User', draft.links.get('Owner') or building.author)
    kind = mimetypes.guess_type(draft.obj.name or '')[0]
    draft.put('ContentType', kind or 'application/octet-stream')


def _user(building: Building, draft: FileObject) -> None:
    name = str(draft.value('UserName'))
    draft.put('EmailAddress', name if '@' in name else None)


_RELAXED: Mapping[str, Callable[[Building, FileObject], None]] = {
    'Attachment': _attachment,
    'User': _user,
}


def _attached(building: Building, draft: FileObject) -> None:
    size = building.sizes.get(draft.links.get('Content') or 0)
    if size is not None and draft.value('Size') != size:
        raise WorldError(
            f"the Size is {draft.value('Size')}, but the content has {size} bytes.",
            draft.place('Size'),
        )


def _subscription(building: Building, draft: FileObject) -> None:
    building.subscription = draft.obj.oid


def _named_user(building: Building, draft: FileObject) -> None:
    draft.obj.name = display_name(draft.obj.doc)
    draft.obj.doc.update(draft.entry.extra.get('_secrets', {}))


def _permission(building: Building, draft: FileObject) -> None:
    obj = draft.obj
    place = draft.links.get('Project' if obj.type == 'ProjectPermission' else 'Workspace') or 0
    user = draft.links.get('User') or 0
    facts = described(obj.type, user, place, building.known.get(place), draft.value('Role'))
    obj.alt_id = obj.alt_id or facts['alt_id']
    obj.name = obj.name or facts['name']
    for name, value in facts['doc'].items():
        draft.put(name, value)


_NAMED: Mapping[str, Callable[[Building, FileObject], None]] = {
    'Attachment': _attached,
    'ProjectPermission': _permission,
    'Subscription': _subscription,
    'User': _named_user,
    'WorkspacePermission': _permission,
}


def _block(building: Building, draft: FileObject) -> None:
    """Say who blocked the object: whoever works on it."""
    if draft.links.get('Blocker') is not None:
        return
    made = blocker(draft.obj, draft.stamp)
    made.oid = building.tx.new_oid()
    building.objs.append(made)
    building.edges.append((made.oid, 'BlockedBy', draft.author))
    building.edges.append((made.oid, 'WorkProduct', draft.obj.oid))
    draft.links['Blocker'] = made.oid


def _history(building: Building, draft: FileObject) -> None:
    """Write the revisions; their number is the version, the last one's date the last update."""
    obj = draft.obj
    if draft.links.get('RevisionHistory') is not None:
        return
    kept = history(obj.workspace, obj.created)
    kept.oid = building.tx.new_oid()
    building.objs.append(kept)
    draft.links['RevisionHistory'] = kept.oid
    later = revisions_of(building, draft) if 'revisions' in draft.entry.extra else []
    told = [Told(FIRST_REVISION, obj.created, draft.author), *later]
    for number, step in enumerate(told):
        one = revision(obj.workspace, step.at, number, step.text, step.was)
        one.oid = building.tx.new_oid()
        building.objs.append(one)
        building.edges.append((one.oid, 'RevisionHistory', kept.oid))
        building.edges.append((one.oid, 'User', step.by))
    if 'VersionId' not in draft.named:
        obj.version = len(told)
    if later and 'LastUpdateDate' not in draft.named and draft.rules.has_update:
        obj.updated = max(step.at for step in told)


def _bin(building: Building, draft: FileObject) -> None:
    """Put an object into the recycle bin, and with it the parts of one that is there."""
    obj, entry = draft.obj, draft.entry
    owned = OWNED.get(obj.type)
    for reference in owned.by if owned is not None and owned.goes_along else ():
        owner = draft.links.get(reference)
        if owner is not None and owner in building.binned:
            obj.recycled = True
            building.binned[owner].doc[KEPT].append(obj.oid)
            building.binned[obj.oid] = building.binned[owner]
    deleted = entry.extra.get('deleted')
    if not deleted:
        return
    if not draft.rules.type_def.restorable:
        raise WorldError(
            f"{obj.type} objects do not go to the recycle bin; leave it out.",
            draft.place('deleted'),
        )
    rule = deleted if isinstance(deleted, dict) else {}
    at = building.date(rule.get('at', 'now'), draft.place('deleted'), building.zone_of(entry))
    by = building.person(draft, rule['by'], 'deleted') if 'by' in rule else building.author
    obj.recycled = True
    binned = bin_entry(obj, at or building.stamp)
    binned.oid = building.tx.new_oid()
    building.binned[obj.oid] = binned
    building.edges.append((binned.oid, 'DeletedBy', by))
    building.edges.append((binned.oid, 'Type', draft.rules.type_def.oid))
