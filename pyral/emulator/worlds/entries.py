"""Read a world document and yield an entry for every object it speaks of, one after the other.

There are two passes: once to give out ObjectIDs and learn names, once to make the objects. Both
must yield the same entries in the same order, so nothing here may depend on what has been
built, except the project of a parent, which only the second pass knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import JsonPath, WorldError, near_miss
from .values import fill, may_move

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef, TypeDef
    from .setup import Setup

#: Keys of the format; every other key of an entry is an attribute.
FORMAT_KEYS = frozenset(
    ('type', 'id', 'comment', 'repeat', 'content', 'revisions', 'deleted', 'flowStates', 'objects')
)
#: Attributes that the first pass looks at.
_LEARNT = frozenset(
    (
        'Name',
        'UserName',
        'ObjectID',
        'FormattedID',
        'TypeDef',
        'Project',
        'OrderIndex',
        'ScheduleStateMapping',
    )
)


class Oid(int):
    """An ObjectID that is known already, in place of a reference."""


@dataclass(frozen=True)
class Member:
    """The collection a nested entry stands in: whose, and along which edge."""

    owner: int
    attr: AttrDef


@dataclass
class Entry:
    """One object of the world, as the document has it.

    :ivar setup: the workspace it is in; None outside of all workspaces.
    :ivar project: ObjectID of the project it is in, where it names none.
    :ivar values: attributes by name, placeholders filled in.
    :ivar extra: the keys of the format, such as `content` and `revisions`.
    :ivar member: the collection it stands in, for a nested entry.
    :ivar parent: the entry it stands in; it was made at the same time unless it says otherwise.
    :ivar created: when the object was made; known once it has been filled.
    """

    type_def: TypeDef
    setup: Setup | None
    project: int | None
    values: dict[str, Any]
    place: JsonPath
    extra: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    member: Member | None = None
    parent: Entry | None = None
    oid: int = 0
    created: str = ''
    #: A project's flow states, which the projects below have too.
    flows: Sequence[Any] = ()

    @property
    def local_name(self) -> str | None:
        """The name by which other entries refer to this one."""
        return self.extra.get('id')

    @property
    def inside(self) -> int | None:
        """The project in which nested entries are."""
        return self.oid if self.type_def.path == 'Project' else self.project

    def with_value(self, name: str, value: Any) -> Entry:
        """Set an attribute where the document gives none."""
        self.values.setdefault(name, value)
        return self


@dataclass(frozen=True)
class Template:
    """An entry of the document taken apart once, however often it is repeated.

    :ivar values: its attributes.
    :ivar moving: those with placeholders or cycles in them.
    :ivar extra: the keys of the format.
    :ivar holds: whether further entries may stand inside.
    """

    values: Mapping[str, Any]
    moving: tuple[tuple[str, Any], ...]
    extra: Mapping[str, Any]
    holds: bool

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> Template:
        """Take an entry apart."""
        values = {
            name: value
            for name, value in spec.items()
            if name not in FORMAT_KEYS and not _all_inline(value)
        }
        moving = tuple((name, value) for name, value in values.items() if may_move(value))
        extra = {name: value for name, value in spec.items() if name in FORMAT_KEYS}
        holds = 'objects' in spec or any(
            isinstance(value, list) and any(map(is_inline, value)) for value in spec.values()
        )
        return cls(values, moving, extra, holds)


class EntryReader:
    """Turn parts of a document into entries, with repeats and nested entries unrolled.

    :param catalogue: the object model outside of workspaces.
    :param scale: the factor of repeats that say `scaled`.
    :param give_oid: gives the ObjectID of the next entry; it gets the explicit one, if any.
    :param learning: this is the first pass, which needs no values but names.
    """

    def __init__(
        self, catalogue: Catalogue, scale: int, give_oid: Any, learning: bool = False
    ) -> None:
        self._learning = learning
        self._catalogue = catalogue
        self._scale = scale
        self._give_oid = give_oid

    def entries(
        self,
        specs: Iterable[Mapping[str, Any]],
        place: JsonPath,
        setup: Setup | None,
        project: int | None = None,
        counts: Mapping[str, int] | None = None,
        type_path: str | None = None,
    ) -> Iterator[Entry]:
        """Yield the entries of a list of objects, nested ones after those that hold them.

        :param type_path: the type of entries that name none.
        """
        for index, spec in enumerate(specs):
            at = (*place, index)
            yield from self.entry(spec, at, setup, project, counts or {}, type_path)

    def entry(
        self,
        spec: Mapping[str, Any],
        place: JsonPath,
        setup: Setup | None,
        project: int | None,
        counts: Mapping[str, int],
        type_path: str | None = None,
        parent: Entry | None = None,
        attr: AttrDef | None = None,
    ) -> Iterator[Entry]:
        """Yield the entries of one object: its repeats, and what is nested in each."""
        type_def = self.type_def(spec.get('type') or type_path or '', place, setup)
        template = Template.of(spec)
        for more in self._repeats(spec.get('repeat'), counts):
            where = parent.inside if parent is not None else project
            found = self._one(template, type_def, place, setup, where, more)
            if parent is not None and attr is not None:
                found.member = Member(parent.oid, attr)
                found.parent = parent
            yield found
            if template.holds or type_def.path == 'Project':
                yield from self.nested(spec, found)

    def nested(self, spec: Mapping[str, Any], entry: Entry) -> Iterator[Entry]:
        """Yield what stands inside an entry: flow states, members of collections, objects."""
        if entry.type_def.path == 'Project' and entry.setup is not None:
            yield from self._flow_states(spec, entry)
        for name, value in spec.items():
            if name in FORMAT_KEYS or not isinstance(value, list):
                continue
            attr = entry.type_def.attr(name)
            if attr is None or attr.type != 'COLLECTION':
                continue
            for index, item in enumerate(value):
                if is_inline(item):
                    yield from self.entry(
                        item,
                        (*entry.place, name, index),
                        entry.setup,
                        None,
                        entry.counts,
                        attr.target,
                        entry,
                        attr,
                    )
        yield from self.entries(
            spec.get('objects', ()),
            (*entry.place, 'objects'),
            entry.setup,
            entry.inside,
            entry.counts,
        )

    def type_def(self, path: str, place: JsonPath, setup: Setup | None) -> TypeDef:
        """Return the type of a path.

        :raises WorldError: there is no such type in this workspace.
        """
        catalogue = setup.catalogue if setup is not None else self._catalogue
        found = catalogue.resolve(path)
        if found is None:
            names = {one.path for one in catalogue.types()} | {
                one.name for one in catalogue.types()
            }
            raise WorldError(
                f"there is no type '{path}'.{near_miss(path, names)}", (*place, 'type')
            )
        if found.abstract:
            raise WorldError(
                f"the type '{found.path}' is abstract; name one of its kinds.", (*place, 'type')
            )
        return found

    def _one(
        self,
        template: Template,
        type_def: TypeDef,
        place: JsonPath,
        setup: Setup | None,
        project: int | None,
        counts: Mapping[str, int],
    ) -> Entry:
        values = dict(template.values)
        if counts:
            for name, value in template.moving:
                if not self._learning or name in _LEARNT:
                    values[name] = fill(value, counts)
        extra = template.extra
        if counts and 'id' in extra:
            extra = {**extra, 'id': fill(extra['id'], counts)}
        entry = Entry(type_def, setup, project, values, place, extra, counts)
        entry.oid = self._give_oid(values.get('ObjectID'), place)
        return entry

    def _flow_states(self, spec: Mapping[str, Any], entry: Entry) -> Iterator[Entry]:
        assert entry.setup is not None
        own = spec.get('flowStates')
        above = entry.parent.flows if entry.parent is not None else ()
        entry.flows = own or above or entry.setup.flow_states
        for index, state in enumerate(entry.flows):
            values = {'Name': state} if isinstance(state, str) else dict(state)
            if not own:
                # A local name means the flow state of the project that gives it.
                values.pop('id', None)
            place = (*entry.place, 'flowStates', index)
            for found in self.entry(
                values, place, entry.setup, entry.oid, entry.counts, 'FlowState'
            ):
                found.parent = entry
                found.with_value('Project', Oid(entry.oid))
                found.with_value('OrderIndex', index + 1)
                found.with_value('ScheduleStateMapping', found.values['Name'])
                yield found

    def _repeats(self, repeat: Any, counts: Mapping[str, int]) -> Iterator[Mapping[str, int]]:
        if repeat is None:
            yield counts
            return
        rule = repeat if isinstance(repeat, dict) else {'count': repeat}
        first = rule.get('from', 1)
        times = rule['count'] * (self._scale if rule.get('scaled') else 1)
        name = rule.get('as', 'n')
        outer = {key: value for key, value in counts.items() if key != name}
        for number in range(first, first + times):
            yield {**outer, name: number}


def _all_inline(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_inline, value))


def is_inline(item: Any) -> bool:
    """Say whether a member of a collection is an object written in place, not a reference."""
    return isinstance(item, dict) and '@' not in item and 'cycle' not in item
