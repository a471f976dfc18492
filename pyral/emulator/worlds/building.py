"""A world while it is built: the state that all its objects share, and one object as a draft.

The steps that make objects read and fill these; nothing here decides what an object holds.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

from ..rules.write.recipes import Recipe
from ..store import Obj
from .entries import Entry
from .errors import Place, WorldError
from .names import Named, Names
from .references import Resolver
from .values import UTC, moment, wire_date

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..store import Tx

#: Types whose names other objects repeat.
_LABELLED = frozenset(('Workspace', 'Project', 'SCMRepository'))


class Draft:
    """One object while it is made: the row, the edges, and the entry it comes from."""

    def __init__(self, entry: Entry, recipe: Recipe, now: str) -> None:
        self.entry = entry
        self.recipe = recipe
        self.obj = Obj(
            oid=entry.oid,
            type=recipe.type_def.path,
            name=recipe.name,
            created=now,
            doc=dict(recipe.defaults),
        )
        #: Target by attribute name; an explicit null is kept as None.
        self.links: dict[str, int | None] = {}
        #: Further edges: source, name of the edge, target.
        self.edges: list[tuple[int, str, int]] = []
        #: Names of the attributes that the file gives.
        self.given: set[str] = set()

    def place(self, name: str) -> Place:
        """Return the place of an attribute in the document."""
        return (*self.entry.place, name)

    def link_default(self, name: str, target: int | None) -> None:
        """Set a reference where the file gives none and the type has it."""
        if target is not None and name not in self.links and name in self.recipe.attributes:
            self.links[name] = target

    def put_default(self, name: str, value: Any) -> None:
        """Set a scalar of the document where the file gives none and the type has it."""
        if value is not None and name not in self.given and name in self.recipe.attributes:
            self.obj.doc[name] = value

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """Yield all edges of the object."""
        attributes = self.recipe.attributes
        for name, target in self.links.items():
            relation = attributes[name].relation
            if target is not None:
                yield self.obj.oid, relation.attr if relation else name, target
        yield from self.edges


class Building:
    """What has been made since the last batch, and what later objects ask of earlier ones.

    :param tx: gives ObjectIDs and FormattedID numbers.
    :param names: what the first pass has learnt.
    :param now: the moment of the world.
    :param author: ObjectID of the user who did what nobody else is said to have done.
    :param folder: where the files of attachments are.
    """

    def __init__(
        self,
        tx: Tx,
        catalogue: Catalogue,
        names: Names,
        now: datetime.datetime,
        author: int,
        folder: Path | None = None,
    ) -> None:
        self.tx = tx
        self.folder = folder
        self.names = names
        self.now = now
        self.stamp = wire_date(now)
        self.author = author
        self.catalogue = catalogue
        self.resolver = Resolver(catalogue, names, self.new_tag)
        self.objs: list[Obj] = []
        self.edges: list[tuple[int, str, int]] = []
        self.blobs: list[tuple[int, bytes]] = []
        #: Project, iteration and release of what has been filled, for its parts.
        self.schedules: dict[int, tuple[int | None, ...]] = {}
        self.subscription = 0
        self.subscription_id: Any = None
        #: What time entries and permissions show of other objects.
        self.labels: dict[int, str] = {}
        self.place_states: dict[int, str] = {}
        #: Entries of the recycle bin by the objects that lie in it.
        self.binned: dict[int, Obj] = {}

    def zone_of(self, entry: Entry) -> datetime.tzinfo:
        """Return the time zone of the days of an entry."""
        return entry.setup.zone if entry.setup is not None else UTC

    def note_label(self, draft: Draft) -> None:
        """Remember how others show an object."""
        obj = draft.obj
        if obj.type in _LABELLED or (self.names.shows_work and obj.formatted_id):
            self.labels[obj.oid] = ': '.join(part for part in (obj.formatted_id, obj.name) if part)

    def new_tag(self, entry: Entry, name: str) -> int:
        """Make the tag of a name that no tag has yet, and return its ObjectID."""
        assert entry.setup is not None
        oid = self.tx.new_oid()
        self.objs.append(
            Obj(
                oid=oid,
                type='Tag',
                workspace=entry.setup.oid,
                name=name,
                created=self.stamp,
                doc={'Archived': False},
            )
        )
        self.names.add_plain(Named(oid, 'Tag', entry.setup.oid, name=name))
        return oid

    def date(self, raw: Any, place: Place, zone: datetime.tzinfo, bound: Any = None) -> str | None:
        """Return the stored form of a date of the file.

        :param bound: moves the date to the first or last second of its day.
        """
        if raw is None or raw == '':
            return None
        try:
            found = moment(str(raw), self.now, zone)
        except (ValueError, OverflowError):
            raise WorldError(
                f"'{raw}' is no date. Write now, now-2h, today-3, today+1 09:30, 2024-05-01 or "
                "2024-05-01T09:30:00Z.",
                place,
            ) from None
        if bound is not None:
            found = bound(found.astimezone(zone).date(), zone)
        return wire_date(found)
