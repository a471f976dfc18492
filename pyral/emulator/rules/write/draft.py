"""An object while it is being written: what it holds, and what is about to change.

Rules read `value` and `link`, which answer with the pending change where there is one, and change
things with `put` and `point`. Only `store_new` and `store_changes` touch the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from ...store import Obj

if TYPE_CHECKING:
    from ...model import AttrDef, TypeDef
    from .change import Change

__all__ = ['Draft', 'held']

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
