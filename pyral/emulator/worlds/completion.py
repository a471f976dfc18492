"""What belongs to an object beyond its attributes: states in step, history, content, the bin.

Steps of the filler, apart from it because each knows something of one kind of type only. They
fill gaps and never change what the file says.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from ..rules.delete import KEPT, PARTS
from ..rules.write.revisions import FIRST
from ..store import Obj
from .errors import WorldError, near_miss

if TYPE_CHECKING:
    from .building import Building, Draft

#: References that parts take from the object they belong to.
PASSED_ON = ('Project', 'Iteration', 'Release', 'WorkProduct')
IN_PROGRESS, ACCEPTED = 'In-Progress', 'Accepted'
_PREFIXES = {IN_PROGRESS: 'P'}


def settle(building: Building, draft: Draft) -> None:
    """Fill in what follows from the type and the attributes given."""
    recipe = draft.recipe
    if recipe.is_schedulable:
        _schedule(building, draft)
    if recipe.is_portfolio:
        _portfolio(building, draft)
    if recipe.is_artifact:
        draft.link_default('CreatedBy', _author(building, draft))
    special = _SPECIAL.get(recipe.type_def.path)
    if special is not None:
        special(building, draft)
    if draft.obj.doc.get('Blocked') is True and 'Blocker' in recipe.attributes:
        _block(building, draft)
    if recipe.is_schedulable or recipe.type_def.path in ('TestCase', 'Iteration'):
        building.schedules[draft.obj.oid] = tuple(map(draft.links.get, PASSED_ON))


def attach(building: Building, draft: Draft) -> None:
    """Add history, attachment content and the entry of the recycle bin."""
    if draft.recipe.has_history:
        _history(building, draft)
    elif 'revisions' in draft.entry.extra:
        raise WorldError(
            f"{draft.recipe.type_def.path} has no revisions.", draft.place('revisions')
        )
    if 'content' in draft.entry.extra and draft.recipe.type_def.path not in (
        'Attachment',
        'AttachmentContent',
        'ProfileImage',
    ):
        raise WorldError("only an Attachment has content.", draft.place('content'))
    _bin(building, draft)


def _author(building: Building, draft: Draft) -> int:
    """Return who did it: the first reviser, else the owner, else the author of the world."""
    revisions = draft.entry.extra.get('revisions') or [{}]
    if revisions[0].get('by') is not None:
        return _person(building, draft, revisions[0]['by'], 'revisions')
    return draft.links.get('Owner') or building.author


def _person(building: Building, draft: Draft, raw: Any, key: str) -> int:
    attr = building.catalogue.type('Revision').attributes['User']
    return building.resolver.reference(draft.entry, attr, raw, draft.place(key)) or building.author


def _schedule(building: Building, draft: Draft) -> None:
    """Keep ScheduleState and FlowState in step, and stamp what passing them means."""
    doc, setup = draft.obj.doc, draft.entry.setup
    flow = draft.links.get('FlowState')
    if flow is not None and 'ScheduleState' not in draft.given:
        found = [
            one for one in building.names.flows.get(draft.obj.project or 0, ()) if one.oid == flow
        ]
        if found:
            doc['ScheduleState'] = found[0].mapping
    state = doc.get('ScheduleState')
    draft.link_default('FlowState', building.names.flow_for(draft.obj.project, state))
    draft.put_default('ScheduleStatePrefix', _PREFIXES.get(str(state)) or str(state or '')[:1])
    names = [
        one if isinstance(one, str) else one['Name']
        for one in (setup.schedule_states if setup is not None else ())
    ]
    when = draft.obj.updated or draft.obj.created
    draft.put_default('FlowStateChangedDate', when)
    for name, reached in (('InProgressDate', IN_PROGRESS), ('AcceptedDate', ACCEPTED)):
        if state in names and reached in names and names.index(state) >= names.index(reached):
            draft.put_default(name, when)


def _defect(building: Building, draft: Draft) -> None:
    doc = draft.obj.doc
    states = draft.recipe.attributes['State'].allowed_values or ()
    when = draft.obj.updated or draft.obj.created
    if (
        doc.get('State') in states
        and 'Open' in states
        and states.index(doc['State']) >= states.index('Open')
    ):
        draft.put_default('OpenedDate', draft.obj.created)
    if doc.get('State') == 'Closed':
        draft.put_default('ClosedDate', when)
    draft.link_default('SubmittedBy', draft.links.get('CreatedBy'))


def _portfolio(building: Building, draft: Draft) -> None:
    draft.link_default('PortfolioItemType', draft.recipe.type_def.oid)
    draft.put_default('PortfolioItemTypeName', draft.recipe.type_def.name)
    if draft.links.get('State') is not None:
        draft.put_default('StateChangedDate', draft.obj.updated or draft.obj.created)


def _block(building: Building, draft: Draft) -> None:
    """Say who blocked the object: whoever works on it."""
    if draft.links.get('Blocker') is not None:
        return
    blocker = Obj(
        oid=building.tx.new_oid(),
        type='Blocker',
        workspace=draft.obj.workspace,
        created=draft.obj.updated or draft.obj.created,
    )
    building.objs.append(blocker)
    building.edges.append((blocker.oid, 'BlockedBy', _author(building, draft)))
    building.edges.append((blocker.oid, 'WorkProduct', draft.obj.oid))
    draft.links['Blocker'] = blocker.oid


def _pull_request(building: Building, draft: Draft) -> None:
    draft.link_default('TypeDefinition', draft.recipe.type_def.oid)


def _subscription(building: Building, draft: Draft) -> None:
    building.subscription = draft.obj.oid
    building.subscription_id = draft.obj.doc.get('SubscriptionID')


def _user(building: Building, draft: Draft) -> None:
    doc = draft.obj.doc
    name = str(doc.get('UserName'))
    draft.put_default('EmailAddress', name if '@' in name else None)
    full = ' '.join(part for part in (doc.get('FirstName'), doc.get('LastName')) if part)
    draft.put_default('DisplayName', full or name)
    draft.obj.name = str(doc.get('DisplayName') or name)
    draft.put_default('subscriptionOid', building.subscription)
    draft.put_default('SubscriptionID', building.subscription_id)
    draft.put_default('ShortDisplayName', str(doc.get('FirstName') or name)[:8])
    draft.put_default('LastPasswordUpdateDate', draft.obj.created)
    doc.update(draft.entry.extra.get('_secrets', {}))


def _attachment(building: Building, draft: Draft) -> None:
    obj, doc = draft.obj, draft.obj.doc
    draft.link_default('User', draft.links.get('Owner') or building.author)
    draft.put_default(
        'ContentType', mimetypes.guess_type(obj.name or '')[0] or 'application/octet-stream'
    )
    if 'content' not in draft.entry.extra:
        return
    data = _bytes(building, draft)
    oid = building.tx.new_oid()
    building.objs.append(
        Obj(oid=oid, type='AttachmentContent', workspace=obj.workspace, created=obj.created)
    )
    building.blobs.append((oid, data))
    draft.links['Content'] = oid
    draft.put_default('Size', len(data))
    if doc.get('Size') != len(data):
        raise WorldError(
            "the Size is {}, but the content has {} bytes.".format(doc.get('Size'), len(data)),
            draft.place('Size'),
        )


def _content(building: Building, draft: Draft) -> None:
    if 'content' in draft.entry.extra:
        building.blobs.append((draft.obj.oid, _bytes(building, draft)))


def _bytes(building: Building, draft: Draft) -> bytes:
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
            "cannot read the file '{}' beside the world: {}.{}".format(
                content['file'], error.strerror, near_miss(path.name, others)
            ),
            (*place, 'file'),
        ) from None


def _post(building: Building, draft: Draft) -> None:
    draft.link_default('User', building.author)


def _changeset(building: Building, draft: Draft) -> None:
    if draft.obj.name is None:
        label = building.labels.get(draft.links.get('SCMRepository') or 0, '')
        draft.obj.name = f"{label}:{draft.obj.doc.get('Revision')}"


def _time_entry(building: Building, draft: Draft) -> None:
    for name in ('Project', 'Task', 'WorkProduct'):
        draft.put_default(name + 'DisplayString', building.labels.get(draft.links.get(name) or 0))


def _permission(building: Building, draft: Draft) -> None:
    is_project = draft.obj.type == 'ProjectPermission'
    scope = draft.links.get('Project' if is_project else 'Workspace')
    role = str(draft.obj.doc.get('Role'))
    if draft.obj.alt_id is None:
        draft.obj.alt_id = f"{draft.links.get('User')}u{scope}{'p2' if is_project else 'w1'}"
    if draft.obj.name is None:
        label = building.labels.get(scope or 0, '')
        draft.obj.name = f'{label} {role}'.strip()
    if is_project:
        draft.put_default('ProjectState', building.place_states.get(scope or 0, 'Open'))


def _place(building: Building, draft: Draft) -> None:
    building.place_states[draft.obj.oid] = str(draft.obj.doc.get('State', 'Open'))


_SPECIAL: Mapping[str, Callable[[Building, Draft], None]] = {
    'Attachment': _attachment,
    'AttachmentContent': _content,
    'ProfileImage': _content,
    'Changeset': _changeset,
    'ConversationPost': _post,
    'Defect': _defect,
    'Project': _place,
    'ProjectPermission': _permission,
    'PullRequest': _pull_request,
    'Subscription': _subscription,
    'TimeEntryItem': _time_entry,
    'User': _user,
    'WorkspacePermission': _permission,
}


def _history(building: Building, draft: Draft) -> None:
    """Write the revisions; their number is the version, the last one's date the last update."""
    obj, entry = draft.obj, draft.entry
    zone = building.zone_of(entry)
    given = entry.extra.get('revisions') or ()
    author = _author(building, draft)
    if draft.links.get('RevisionHistory') is not None:
        return
    history = Obj(
        oid=building.tx.new_oid(),
        type='RevisionHistory',
        workspace=obj.workspace,
        created=obj.created,
    )
    building.objs.append(history)
    draft.links['RevisionHistory'] = history.oid
    steps: list[tuple[str, str, int]] = [(FIRST, obj.created, author)]
    for index, revision in enumerate(given):
        at = building.date(
            revision.get('at', 'now'), (*entry.place, 'revisions', index, 'at'), zone
        )
        by = _person(building, draft, revision['by'], 'revisions') if 'by' in revision else author
        steps.append((revision['text'], at or building.stamp, by))
    for number, (text, at, by) in enumerate(steps):
        oid = building.tx.new_oid()
        building.objs.append(
            Obj(
                oid=oid,
                type='Revision',
                workspace=obj.workspace,
                created=at,
                doc={'RevisionNumber': number, 'Description': text},
            )
        )
        building.edges.append((oid, 'RevisionHistory', history.oid))
        building.edges.append((oid, 'User', by))
    if 'VersionId' not in draft.given:
        obj.version = len(steps)
    if given and 'LastUpdateDate' not in draft.given and draft.recipe.has_update:
        obj.updated = max(step[1] for step in steps)


def _bin(building: Building, draft: Draft) -> None:
    """Put an object into the recycle bin, and with it the parts of one that is there."""
    obj, entry = draft.obj, draft.entry
    building.note_label(draft)
    for reference in PARTS.get(obj.type, ()):
        owner = draft.links.get(reference)
        if owner is not None and owner in building.binned:
            obj.recycled = True
            building.binned[owner].doc[KEPT].append(obj.oid)
            building.binned[obj.oid] = building.binned[owner]
    deleted = entry.extra.get('deleted')
    if not deleted:
        return
    if not draft.recipe.type_def.restorable:
        raise WorldError(
            f"{obj.type} objects do not go to the recycle bin; leave it out.",
            draft.place('deleted'),
        )
    rule = deleted if isinstance(deleted, dict) else {}
    at = building.date(rule.get('at', 'now'), draft.place('deleted'), building.zone_of(entry))
    by = _person(building, draft, rule['by'], 'deleted') if 'by' in rule else building.author
    obj.recycled = True
    bin_entry = Obj(
        oid=building.tx.new_oid(),
        type='RecycleBinEntry',
        workspace=obj.workspace,
        name=obj.name,
        created=at or building.stamp,
        doc={
            'ID': obj.formatted_id or str(obj.oid),
            'DeletionDate': at,
            'ItemOID': obj.oid,
            KEPT: [],
        },
    )
    building.binned[obj.oid] = bin_entry
    building.edges.append((bin_entry.oid, 'DeletedBy', by))
    building.edges.append((bin_entry.oid, 'Type', draft.recipe.type_def.oid))
