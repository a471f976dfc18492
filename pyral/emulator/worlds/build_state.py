"""A world while it is built: the state its objects share, and one of them before it is stored.

`FileObject` is what the rules of completion work on; nothing here decides what an object holds.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, Sequence

from ..errors import ServiceError
from ..rules.write.coerce import scalar
from ..rules.write.unfinished import FlowState
from ..store import Obj
from .entries import Entry
from .errors import JsonPath, WorldError, near_miss
from .names import Named, Names
from .references import Resolver
from .values import UTC, moment, wire_date

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef, TypeDef
    from ..rules.write.creation_rules import CreationRules
    from ..store import Tx

#: Types whose objects are asked for by others that are made later.
_ASKED_FOR = frozenset(
    ('Workspace', 'Project', 'SCMRepository', 'Subscription', 'WorkspaceConfiguration')
)
#: References that parts take from the object they belong to.
PASSED_ON = ('Project', 'Iteration', 'Release', 'WorkProduct')


class FileObject:
    """One object of a world file while it is made: the row, the edges, and its entry.

    What the file says stands; a rule sets nothing that is named there.
    """

    #: There is no object of the file in the store.
    creating = True

    def __init__(self, building: Building, entry: Entry, rules: CreationRules) -> None:
        self.building = building
        self.entry = entry
        self.rules = rules
        self.type_def: TypeDef = rules.type_def
        # The defaults are there from the start: `put` replaces them, and large worlds are many.
        doc = dict(rules.defaults)
        name = doc.pop('Name', None)
        self.obj = Obj(
            oid=entry.oid,
            type=rules.type_def.path,
            name=name,
            created=building.stamp,
            doc=doc,
        )
        #: Target by attribute name; an explicit null is kept as None.
        self.links: dict[str, int | None] = {}
        #: Further edges: source, name of the edge, target.
        self.edges: list[tuple[int, str, int]] = []
        #: Names of the attributes that the file gives.
        self.named: set[str] = set()

    def place(self, name: str) -> JsonPath:
        """Return the place of an attribute in the document."""
        return (*self.entry.place, name)

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """Yield all edges of the object."""
        attributes = self.rules.attributes
        for name, target in self.links.items():
            relation = attributes[name].relation
            if target is not None:
                yield self.obj.oid, relation.attr if relation else name, target
        yield from self.edges

    # What the rules of completion ask

    @property
    def oid(self) -> int:
        """Return the ObjectID."""
        return self.obj.oid

    @property
    def workspace(self) -> int | None:
        """Return the workspace the entry stands in."""
        return self.entry.setup.oid if self.entry.setup is not None else None

    @property
    def project(self) -> int | None:
        """Return the project the entry stands in."""
        return self.entry.project

    @property
    def author(self) -> int:
        """Return who made it: the first reviser, else the owner, else the author of the world."""
        for revision in (self.entry.extra.get('revisions') or ())[:1]:
            if revision.get('by') is not None:
                return self.building.person(self, revision['by'], 'revisions')
        return self.links.get('Owner') or self.building.author

    @property
    def stamp(self) -> str:
        """Return the date of the last update."""
        return self.obj.updated or self.obj.created

    @property
    def since(self) -> str:
        """Return the date of creation."""
        return self.obj.created

    @property
    def zone(self) -> datetime.tzinfo:
        """Return the time zone of the workspace."""
        return self.building.zone_of(self.entry)

    def has(self, name: str) -> bool:
        """Say whether the type has an attribute."""
        return name in self.rules.attributes

    def value(self, name: str) -> Any:
        """Return a scalar."""
        return self.obj.name if name == 'Name' else self.obj.doc.get(name)

    def link(self, name: str) -> int | None:
        """Return the target of a reference."""
        return self.links.get(name)

    def target(self, name: str) -> Obj | None:
        """Return the object a reference points to, of those that were made before."""
        return self.building.made(self.links.get(name))

    def link_of(self, oid: int, name: str) -> int | None:
        """Return where a reference of an object that was made before leads."""
        passed_on = self.building.schedules.get(oid)
        return passed_on[PASSED_ON.index(name)] if passed_on else None

    def given(self, name: str) -> bool:
        """Say whether the file names an attribute, or a reference is set already."""
        return name in self.named or name in self.links

    def lacks(self, name: str) -> bool:
        """Say whether the file leaves a scalar out."""
        return name not in self.named

    def turned(self, name: str) -> bool:
        """Say whether an attribute has a value."""
        return self.links.get(name) is not None or self.value(name) is not None

    def put(self, name: str, value: Any) -> None:
        """Set a scalar that the type has and the file does not name."""
        if name not in self.named:
            self.correct(name, value)

    def correct(self, name: str, value: Any) -> None:
        """Set a scalar that the type has."""
        if name == 'Name':
            self.obj.name = value
        elif value is None:
            self.obj.doc.pop(name, None)
        elif name in self.rules.attributes:
            self.obj.doc[name] = value

    def point(self, name: str, target: int | None) -> None:
        """Set a reference that the type has and the file does not name."""
        if target is not None and name not in self.named and name in self.rules.attributes:
            self.links[name] = target

    def take_defaults(self) -> None:
        """Do nothing: the object was made with the defaults of its rules."""

    def refuse(self, text: str) -> None:
        """Say that the file is wrong here.

        :raises WorldError: always.
        """
        raise WorldError(text, self.entry.place)

    def flow_states(self) -> Sequence[FlowState]:
        """Return the flow states of the project, in their order."""
        return self.building.names.flow_states(self.links.get('Project'))

    def configured(self, name: str) -> Any:
        """Return a value of the workspace's configuration."""
        setup = self.entry.setup
        found = None if setup is None else self.building.known.get(setup.configuration_oid)
        return None if found is None else found.doc.get(name)

    def subscription(self) -> Obj | None:
        """Return the one subscription, which is made first."""
        return self.building.known.get(self.building.subscription)

    def size_of(self, content: int) -> int | None:
        """Return how many bytes a content holds that was made before."""
        return self.building.sizes.get(content)

    def next_number(self, name: str, reference: str, first: int) -> int:
        """Return the number after the greatest among those with the same owner."""
        return self.building.siblings.get((self.links.get(reference), name), first)


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
        #: Project, iteration and release of what has been made, for its parts; many are equal.
        self.schedules: dict[int, tuple[int | None, ...]] = {}
        self._equal: dict[tuple[int | None, ...], tuple[int | None, ...]] = {}
        #: The numbers that come next: by owner and attribute.
        self.siblings: dict[tuple[int | None, str], int] = {}
        self.subscription = 0
        #: What very many later objects ask for.
        self.known: dict[int, Obj] = {}
        #: How many bytes each content holds.
        self.sizes: dict[int, int] = {}
        #: Entries of the recycle bin by the objects that lie in it.
        self.binned: dict[int, Obj] = {}
        #: Values of lists that have been looked up: attribute and text.
        self._listed: set[tuple[int, str] | None] = set()

    def zone_of(self, entry: Entry) -> datetime.tzinfo:
        """Return the time zone of the days of an entry."""
        return entry.setup.zone if entry.setup is not None else UTC

    def person(self, draft: FileObject, raw: Any, key: str) -> int:
        """Return the user that a key of the format names."""
        attr = self.catalogue.type('Revision').attributes['User']
        return self.resolver.reference(draft.entry, attr, raw, draft.place(key)) or self.author

    def remember(self, draft: FileObject) -> None:
        """Keep what later objects ask of this one."""
        obj = draft.obj
        if obj.type in _ASKED_FOR:
            self.known[obj.oid] = obj
        for name, reference, _ in draft.rules.sequences:
            key, held = (draft.links.get(reference), name), obj.doc.get(name)
            if held is not None:
                self.siblings[key] = max(self.siblings.get(key, 0), int(held) + 1)

    def keep_schedule(self, oid: int, schedule: tuple[int | None, ...]) -> None:
        """Keep what the parts of an object will take from it."""
        self.schedules[oid] = self._equal.setdefault(schedule, schedule)

    def made(self, oid: int | None) -> Obj | None:
        """Return an object that was made before, if it was."""
        if oid is None:
            return None
        return (
            self.known.get(oid)
            or self.tx.get(oid, recycled=True)
            or next((obj for obj in self.objs if obj.oid == oid), None)
        )

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

    def date(self, raw: Any, place: JsonPath, zone: datetime.tzinfo) -> str | None:
        """Return the stored form of a date of the file."""
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
        return wire_date(found)

    def value(
        self, draft: FileObject, attr: AttrDef, raw: Any, place: JsonPath | None = None
    ) -> Any:
        """Return the stored form of a scalar.

        :param place: where the file gives it; under the attribute's name when not given.
        :raises WorldError: the service would refuse the value.
        """
        zone = self.zone_of(draft.entry)
        type_def = draft.rules.type_def
        place = place or draft.place(attr.name)
        if attr.type == 'DATE':
            return self.date(raw, place, zone)
        key = (attr.oid, raw) if attr.allowed_values and isinstance(raw, str) else None
        if key in self._listed:
            return raw
        try:
            value = scalar(type_def, attr, raw, zone)
            if key is not None and value == raw:
                self._listed.add(key)
            return value
        except ServiceError as error:
            allowed = [str(value) for value in attr.allowed_values or () if value]
            raise WorldError(f'{error.messages[0]}{near_miss(str(raw), allowed)}', place) from None
