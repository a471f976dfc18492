"""A draft, an object while the API writes it: what it holds, and what is about to change.

Rules read `value` and `link`, which answer with the pending change where there is one, and change
things with `put` and `point`. Only `store_new` and `store_changes` touch the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from ...catalogue.configuration import configuration_of
from ...store import Obj, bulk
from ...store.reading import of_type
from .creation_rules import creation_rules_for
from .unfinished import FlowState

if TYPE_CHECKING:
    from datetime import tzinfo

    from ...model import AttrDef, TypeDef
    from .change import Change
    from .creation_rules import CreationRules

__all__ = ['WORLDWIDE', 'Draft', 'held']

#: Types whose objects belong to no workspace unless they say so.
WORLDWIDE = frozenset(('Preference', 'ProfileImage', 'User', 'UserProfile', 'Workspace'))


def held(obj: Obj, attr: AttrDef) -> Any:
    """Return the stored value of a scalar attribute."""
    if attr.column is not None:
        return getattr(obj, attr.column)
    return obj.doc.get(attr.name)


class Draft:
    """Stand between a stored object (or none yet) and its next version.

    :param obj: the stored object; None while one is created.
    """

    def __init__(self, change: Change, type_def: TypeDef, obj: Obj | None = None) -> None:
        self.change = change
        self.tx = change.tx
        self.type_def = type_def
        self.obj = obj
        #: Pending scalars and references by attribute name, in official case.
        self.values: dict[str, Any] = {}
        self.links: dict[str, int | None] = {}
        #: Pending whole collections by attribute name.
        self.members: dict[str, list[int]] = {}
        #: Attributes whose value was refused already.
        self.refused: set[str] = set()

    @property
    def creating(self) -> bool:
        """Say whether the object is not stored yet."""
        return self.obj is None

    @property
    def rules(self) -> CreationRules:
        """Return what every object of the type gets."""
        return creation_rules_for(self.change.catalogue, self.type_def.path)

    @property
    def oid(self) -> int | None:
        """Return the ObjectID of the stored object."""
        return None if self.obj is None else self.obj.oid

    @property
    def workspace(self) -> int | None:
        """Return the workspace of a new object that names none."""
        return None if self.type_def.path in WORLDWIDE else self.change.workspace

    @property
    def project(self) -> int | None:
        """Return the project of a new object that names none."""
        return self.change.project

    @property
    def author(self) -> int:
        """Return the caller."""
        return self.change.user.oid

    @property
    def stamp(self) -> str:
        """Return the time of the write."""
        return self.change.stamp

    @property
    def since(self) -> str:
        """Return the time of the write: a state that it sets is reached now."""
        return self.change.stamp

    @property
    def zone(self) -> tzinfo:
        """Return the time zone of the workspace."""
        return self.change.zone

    def has(self, name: str) -> bool:
        """Say whether the type has this attribute."""
        return name in self.type_def.attributes

    def value(self, name: str) -> Any:
        """Return a scalar as it will be."""
        return self.values[name] if name in self.values else self.stored(name)

    def stored(self, name: str) -> Any:
        """Return a scalar as it is stored; None while creating."""
        attr = self.type_def.attributes.get(name)
        return None if self.obj is None or attr is None else held(self.obj, attr)

    def link(self, name: str) -> int | None:
        """Return the target of a reference as it will be."""
        return self.links[name] if name in self.links else self.stored_link(name)

    def stored_link(self, name: str) -> int | None:
        """Return the target of a reference as it is stored; None while creating."""
        attr = self.type_def.attributes.get(name)
        if self.obj is None or attr is None or attr.relation is None:
            return None
        return self.tx.target(self.obj.oid, attr.relation.attr)

    def target(self, name: str) -> Obj | None:
        """Return the object a reference will point to, if it is live."""
        oid = self.link(name)
        return None if oid is None else self.tx.get(oid)

    def put(self, name: str, value: Any) -> None:
        """Set a scalar, if the type has it."""
        if self.has(name):
            self.values[name] = value

    def point(self, name: str, target: int | None) -> None:
        """Set a reference, if the type has it."""
        if self.has(name):
            self.links[name] = target

    def given(self, name: str) -> bool:
        """Say whether this write sets the attribute."""
        return name in self.values or name in self.links

    def turned(self, name: str) -> bool:
        """Say whether a scalar or a reference will differ from what is stored."""
        if name in self.links:
            return self.links[name] != self.stored_link(name)
        return name in self.values and self.values[name] != self.stored(name)

    def lacks(self, name: str) -> bool:
        """Say whether a scalar has no value; null in a body is none."""
        return self.value(name) is None

    def correct(self, name: str, value: Any) -> None:
        """Set a scalar that the body gave in another form."""
        self.put(name, value)

    def refuse(self, text: str) -> None:
        """Remember a refusal of the write."""
        self.change.refuse(text)

    def take_defaults(self) -> None:
        """Hold the default values where the body says nothing."""
        rules = self.rules
        for name, value in rules.defaults.items():
            if name not in self.values or (name in rules.always and self.values[name] is None):
                self.values[name] = value

    def link_of(self, oid: int, name: str) -> int | None:
        """Return where a reference of a live object leads."""
        return None if self.tx.get(oid) is None else self.tx.target(oid, name)

    def flow_states(self) -> list[FlowState]:
        """Return the flow states of the project, in their order."""
        project = self.link('Project')
        if project is None:
            return []
        found = [
            FlowState(
                one.oid, one.doc.get('ScheduleStateMapping'), int(one.doc.get('OrderIndex') or 0)
            )
            for one in bulk.in_project(self.tx, 'FlowState', project)
        ]
        return sorted(found, key=lambda one: (one.order, one.oid))

    def configured(self, name: str) -> Any:
        """Return a value of the workspace's configuration."""
        configuration = configuration_of(self.tx, self.change.workspace)
        return None if configuration is None else configuration.doc.get(name)

    def subscription(self) -> Obj | None:
        """Return the one subscription."""
        found = of_type(self.tx, 'Subscription')
        return found[0] if found else None

    def size_of(self, content: int) -> int | None:
        """Return how many bytes a stored content holds."""
        data = self.tx.get_blob(content)
        return None if data is None else len(data)

    def next_number(self, name: str, reference: str, first: int) -> int:
        """Return the number after the greatest among those with the same owner."""
        owner = self.link(reference)
        if owner is None:
            return first
        siblings = self.tx.get_many(self.tx.sources(owner, reference)).values()
        numbers = [one.doc.get(name) for one in siblings if one.type == self.type_def.path]
        return max((int(number) for number in numbers if number is not None), default=first - 1) + 1

    def changed_values(self) -> dict[str, Any]:
        """Return the scalars that will differ."""
        return {name: value for name, value in self.values.items() if value != self.stored(name)}

    def changed_links(self) -> dict[str, int | None]:
        """Return the references that will differ."""
        return {
            name: target for name, target in self.links.items() if target != self.stored_link(name)
        }

    def store_new(self, rank: str | None, number: int | None, formatted_id: str | None) -> Obj:
        """Insert the object with its references; collections are left to the caller."""
        now = self.change.stamp
        has_update = any(attr.column == 'updated' for attr in self.type_def.attributes.values())
        obj = Obj(
            oid=self.tx.new_oid(),
            uuid=self.tx.new_uuid(),
            type=self.type_def.path,
            workspace=None if self.type_def.path in WORLDWIDE else self.change.workspace,
            project=self.links.get('Project'),
            name=None,
            number=number,
            formatted_id=formatted_id,
            created=now,
            updated=now if has_update else None,
            version=1,
            rank=rank,
            recycled=False,
            alt_id=None,
            doc={},
        )
        blobs = self._fill(obj, self.values)
        edges = {
            self._edge(name): target for name, target in self.links.items() if target is not None
        }
        self.obj = self.tx.insert(obj, edges)
        for content in blobs:
            self.tx.put_blob(obj.oid, content)
        self.values, self.links = {}, {}
        return self.obj

    def store_changes(self) -> Obj:
        """Write what differs and count the version up."""
        assert self.obj is not None
        obj = self.obj
        columns: dict[str, Any] = {'version': obj.version + 1}
        if any(attr.column == 'updated' for attr in self.type_def.attributes.values()):
            columns['updated'] = self.change.stamp
        links = self.changed_links()
        for content in self._fill(obj, self.changed_values(), columns):
            self.tx.put_blob(obj.oid, content)
        for name, target in links.items():
            self.tx.set_link(obj.oid, self._edge(name), target)
        self.tx.update(obj.oid, **columns)
        found = self.tx.get(obj.oid, recycled=True)
        assert found is not None
        self.obj, self.values, self.links = found, {}, {}
        return found

    def _edge(self, name: str) -> str:
        relation = self.type_def.attributes[name].relation
        return name if relation is None else relation.attr

    def _fill(
        self, obj: Obj, values: Mapping[str, Any], columns: dict[str, Any] | None = None
    ) -> list[bytes]:
        """Put scalars into the row: columns, document; return what belongs into a blob."""
        doc, blobs = dict(obj.doc), []
        for name, value in values.items():
            attr = self.type_def.attributes[name]
            if attr.slot == 'blob':
                blobs.append(value or b'')
            elif attr.column is None:
                if value is None:
                    doc.pop(name, None)
                else:
                    doc[name] = value
            elif columns is None:
                setattr(obj, attr.column, value)
            else:
                columns[attr.column] = value
        if columns is None:
            obj.doc = doc
        elif doc != obj.doc:
            columns['doc'] = doc
        return blobs
