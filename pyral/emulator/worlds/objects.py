"""Build the object of one entry: its row, its edges, and what belongs to it.

The filler checks every attribute against the object model and never guesses. What the service
fills in by itself (defaults, numbers, ranks, states, revisions) it fills in here; the sums over
many objects (roll-ups) are left to `rules.rollups`.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..rules.write.completion import complete
from ..rules.write.creation_rules import creation_rules_for
from ..rules.write.rank_keys import is_rank, spread
from ..store import Obj
from ..store.rank_column import LENGTH, stripped
from .build_state import Building, FileObject
from .entries import Entry, is_inline
from .errors import WorldError, near_miss
from .history_and_content import attach, relax
from .names import Names

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef
    from ..store import Tx

#: Columns that have rules of their own.
_HANDLED = frozenset(('oid', 'formatted_id', 'recycled'))
#: Types that a file may leave as empty as it likes.
_UNDEMANDING = frozenset(('Subscription', 'User', 'UserProfile'))


class Filler(Building):
    """Make objects of entries, one after the other, and hand them on in one batch."""

    def __init__(
        self,
        tx: Tx,
        catalogue: Catalogue,
        names: Names,
        now: datetime.datetime,
        author: int,
        folder: Path | None = None,
    ) -> None:
        super().__init__(tx, catalogue, names, now, author, folder)
        self._ranks: dict[int | None, str] = {}

    def waits_for(self, entry: Entry) -> bool:
        """Say whether a part must wait until the object it belongs to has been filled."""
        rules = creation_rules_for(self.resolver.catalogue_of(entry), entry.type_def.path)
        if rules.owned is None or entry.member is not None:
            return False
        reference = rules.owned.by[0]
        raw = entry.values.get(reference)
        if raw is None:
            return False
        attr = rules.attributes[reference]
        target = self.resolver.reference(entry, attr, raw, (*entry.place, attr.name))
        return target not in self.schedules

    def fill(self, entry: Entry) -> FileObject:
        """Make the object of an entry and everything that belongs to it."""
        rules = creation_rules_for(self.resolver.catalogue_of(entry), entry.type_def.path)
        draft = FileObject(self, entry, rules)
        self._take_member(draft)
        if entry.parent is not None and entry.parent.created:
            draft.obj.created = entry.parent.created
        for name, raw in entry.values.items():
            self._take(draft, name, raw)
        entry.created = draft.obj.created
        relax(self, draft)
        complete(draft)
        self._settle_place(draft)
        self._settle_numbers(draft)
        self._demand(draft)
        attach(self, draft)
        self.objs.append(draft.obj)
        self.edges.extend(draft.rows())
        return draft

    def take_batch(self) -> tuple[list[Obj], list[tuple[int, str, int]], list[tuple[int, bytes]]]:
        """Return what has been made since the last time."""
        batch = self.objs, self.edges, self.blobs
        self.objs, self.edges, self.blobs = [], [], []
        return batch

    # Attributes

    def _take_member(self, draft: FileObject) -> None:
        member = draft.entry.member
        if member is None:
            return
        relation = member.attr.relation
        if relation is None:
            raise WorldError(
                f"{member.attr.name} is worked out from other objects; say it there.",
                draft.entry.place[:-1],
            )
        if relation.forward:
            draft.edges.append((member.owner, relation.attr, draft.obj.oid))
        elif member.attr.inverse in draft.rules.attributes:
            draft.links[member.attr.inverse or ''] = member.owner
        else:
            draft.edges.append((draft.obj.oid, relation.attr, member.owner))

    def _take(self, draft: FileObject, name: str, raw: Any) -> None:
        attr = draft.rules.attributes.get(name)
        if attr is None:
            raise WorldError(
                f"{draft.rules.type_def.path} has no attribute"
                f" '{name}'.{near_miss(name, draft.rules.attributes)}",
                draft.place(name),
            )
        draft.named.add(name)
        if attr.slot in ('derived', 'constant') or attr.slot == 'blob':
            raise WorldError(
                f"{draft.rules.type_def.path}.{name} is worked out by the service and cannot be"
                " given.",
                draft.place(name),
            )
        if attr.type == 'OBJECT':
            draft.links[name] = self.resolver.reference(draft.entry, attr, raw, draft.place(name))
        elif attr.type == 'COLLECTION':
            self._take_members(draft, attr, raw)
        elif attr.column is not None:
            self._take_column(draft, attr, raw)
        else:
            draft.obj.doc[name] = self.value(draft, attr, raw)

    def _take_members(self, draft: FileObject, attr: AttrDef, raw: Any) -> None:
        place = draft.place(attr.name)
        if raw is None:
            return
        if not isinstance(raw, list):
            raise WorldError("a collection takes a list.", place)
        if attr.relation is None:
            raise WorldError(f"{attr.name} is worked out from other objects; say it there.", place)
        for index, item in enumerate(raw):
            if is_inline(item):
                continue
            target = self.resolver.reference(draft.entry, attr, item, (*place, index))
            if target is None:
                raise WorldError("a collection has no empty members.", (*place, index))
            edge = (
                (draft.obj.oid, attr.relation.attr, target)
                if attr.relation.forward
                else (target, attr.relation.attr, draft.obj.oid)
            )
            draft.edges.append(edge)

    def _take_column(self, draft: FileObject, attr: AttrDef, raw: Any) -> None:
        column = attr.column or ''
        if column == 'recycled':
            raise WorldError('say "deleted": true instead.', draft.place(attr.name))
        if column in _HANDLED:
            return
        value = raw
        if attr.type == 'DATE':
            value = self.value(draft, attr, raw)
        elif column == 'version':
            value = int(raw)
        elif column in ('name', 'rank', 'uuid', 'alt_id'):
            value = None if raw is None else self.value(draft, attr, str(raw))
        setattr(draft.obj, column, value)

    # What follows from where the entry stands

    def _settle_place(self, draft: FileObject) -> None:
        entry, rules, obj = draft.entry, draft.rules, draft.obj
        if rules.owned is not None and 'Project' in rules.owned.takes:
            # The owner is one whose project is not remembered; both stand in the same.
            draft.links.setdefault('Project', entry.project)
        obj.workspace = draft.links.get('Workspace') if rules.has_workspace else None
        obj.project = draft.links.get('Project') if rules.has_project else None
        if obj.project is not None and obj.type != 'Project':
            entry.project = obj.project

    def _settle_numbers(self, draft: FileObject) -> None:
        rules, obj = draft.rules, draft.obj
        if rules.has_number:
            self._number(draft)
        if rules.has_rank:
            self._settle_rank(draft)
        if rules.has_update and obj.updated is None:
            obj.updated = obj.created

    def _settle_rank(self, draft: FileObject) -> None:
        """Put an object below everything that stands before it in the file."""
        obj, last = draft.obj, self._ranks.get(draft.obj.workspace)
        if obj.rank is None:
            found = spread(1, last, None)
            if found is None:
                raise WorldError(
                    "there is no rank below the last one; give this object one too, or give that"
                    " one a smaller rank.",
                    draft.entry.place,
                )
            obj.rank = found[0]
        elif is_rank(obj.rank):
            obj.rank = stripped(obj.rank)
        else:
            raise WorldError(
                f"'{obj.rank}' is no rank: at most {LENGTH} characters from '!' to '~'.",
                draft.place('DragAndDropRank'),
            )
        self._ranks[obj.workspace] = max(obj.rank, last or '')

    def _number(self, draft: FileObject) -> None:
        obj, prefix = draft.obj, draft.rules.type_def.id_prefix or ''
        given = draft.entry.values.get('FormattedID')
        if given is None:
            obj.number = self.tx.next_number(obj.workspace, obj.type)
        else:
            digits = str(given)[len(prefix) :]
            if not str(given).startswith(prefix) or not digits.isdecimal():
                raise WorldError(
                    f"the FormattedID '{given}' does not fit: {obj.type} counts {prefix}1,"
                    f" {prefix}2 and so on in this workspace (see idPrefixes).",
                    draft.place('FormattedID'),
                )
            obj.number = int(digits)
        obj.formatted_id = f'{prefix}{obj.number}'

    def _demand(self, draft: FileObject) -> None:
        if draft.obj.type in _UNDEMANDING:
            return
        for attr in draft.rules.required:
            if attr.slot == 'blob':
                continue
            if attr.type == 'OBJECT':
                missing = draft.links.get(attr.name) is None
            else:
                held = (
                    getattr(draft.obj, attr.column) if attr.column else draft.obj.doc.get(attr.name)
                )
                missing = held is None or held == ''
            if missing:
                raise WorldError(
                    f"{draft.rules.type_def.path} needs the attribute '{attr.name}'.",
                    draft.entry.place,
                )
