"""The model as one workspace sees it: system types, custom fields, portfolio levels of its own.

Read from the store and kept until the model changes. A catalogue is immutable and may be shared
by threads. Must never write; `custom_fields` and `levels` do that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..model import AttrDef, Model, TypeDef
from ..store.custom_definitions import CustomRows, custom_rows
from ..store.definition_documents import read_attribute
from .hidden_fields import hidden_in

if TYPE_CHECKING:
    from ..store import Obj, Tx

__all__ = ['Catalogue', 'catalogue_for', 'schema_version']

LEVELS = 'PortfolioItem/'


class Catalogue:
    """Hold all types that one workspace knows."""

    def __init__(self, workspace: int | None, types: Mapping[str, TypeDef], hash: str) -> None:
        self.workspace = workspace
        self.hash = hash
        #: What others have made of this model alone and want to find again.
        self.kept: dict[Any, Any] = {}
        self._types = MappingProxyType(dict(types))
        self._resolved = _names(self._types.values())
        self._below: dict[str, list[str]] = {}
        for one in self._types.values():
            if one.parent:
                self._below.setdefault(one.parent, []).append(one.path)
        #: The portfolio levels, the lowest first.
        self.portfolio_levels = tuple(
            sorted(
                (one for one in self._types.values() if one.path.startswith(LEVELS)),
                key=lambda one: one.ordinal,
            )
        )
        #: ObjectIDs of the TypeDefinitions to show: each path once.
        self.definition_oids = frozenset(one.oid for one in self._types.values())

    def resolve(self, text: str) -> TypeDef | None:
        """Find a type by TypePath or, where only one has it, by ElementName; in any case.

        The plural of a name means the same, where it is no name itself (section 1.1).
        """
        name = text.strip().strip('/').casefold()
        path = self._resolved.get(name)
        if path is None and name.endswith('ies'):
            path = self._resolved.get(name[:-3] + 'y')
        if path is None and name.endswith('s'):
            path = self._resolved.get(name[:-1])
        return None if path is None else self._types[path]

    def type(self, path: str) -> TypeDef:
        """Return the type with exactly this TypePath.

        :raises KeyError: there is none.
        """
        return self._types[path]

    def types(self) -> Iterable[TypeDef]:
        """Return all types."""
        return self._types.values()

    def family(self, path: str) -> tuple[str, ...]:
        """Return a TypePath with all that inherit from it: what `objects.type` may hold."""
        found = [path]
        for one in found:
            found.extend(self._below.get(one, ()))
        return tuple(found)

    def is_a(self, path: str, ancestor: str) -> bool:
        """Say whether a type is another one or inherits from it."""
        here: str | None = path
        while here is not None and here != ancestor:
            found = self._types.get(here)
            here = None if found is None else found.parent
        return here is not None

    def attr_for(self, paths: Iterable[str], name: str) -> list[AttrDef]:
        """Return the attribute of this name of each type that has it."""
        found = (self._types[path].attr(name) for path in paths if path in self._types)
        return [attr for attr in found if attr is not None]

    def __repr__(self) -> str:
        return f'Catalogue(workspace={self.workspace}, hash={self.hash})'


def catalogue_for(tx: Tx, workspace: int | None) -> Catalogue:
    """Return the model as a workspace sees it; `None` is the bare system model."""
    version = tx.model_version(workspace)
    kept = tx.database.model_cache.get(workspace)
    if kept is None or kept[0] != version:
        kept = (version, _read(tx, workspace))
        tx.database.model_cache[workspace] = kept
    catalogue: Catalogue = kept[1]
    return catalogue


def _read(tx: Tx, workspace: int | None) -> Catalogue:
    rows = custom_rows(tx, workspace)
    types = dict(Model.load().types)
    own = {row.doc['TypePath']: row for row in rows.types}
    levels = [path for path, row in own.items() if row.doc.get('_level')]
    if levels:
        for path in [path for path in types if path.startswith(LEVELS)]:
            del types[path]
        types.update((path, _level(own[path], types['PortfolioItem'])) for path in levels)
        _drop(types, 'HierarchicalRequirement', 'Feature')
    for path, row in own.items():
        if path in types and path not in levels:
            types[path] = _as_own(types[path], row)
    _set_values(types, rows)
    for row in rows.attributes:
        owner = rows.owners.get(row.oid)
        if owner in types:
            _add(types, str(owner), read_attribute(row, str(owner), rows.values.get(row.oid)))
    return Catalogue(workspace, types, _hash(workspace, rows))


def _names(types: Iterable[TypeDef]) -> dict[str, str]:
    """Return which TypePath a folded name means: paths first, then names that are unambiguous."""
    by_name: dict[str, list[str]] = {}
    for one in types:
        by_name.setdefault(one.name.casefold(), []).append(one.path)
    names = {name: paths[0] for name, paths in by_name.items() if len(paths) == 1}
    names.update((one.path.casefold(), one.path) for one in types)
    return names


def _as_own(system: TypeDef, row: Obj) -> TypeDef:
    doc = row.doc
    return replace(
        system,
        oid=row.oid,
        uuid=row.uuid,
        workspace=row.workspace,
        id_prefix=doc.get('IDPrefix'),
        display_name=doc['DisplayName'],
        type_name=row.name or system.type_name,
    )


def _level(row: Obj, base: TypeDef) -> TypeDef:
    """Return the type of a portfolio level; its own attributes follow from its definitions."""
    doc = row.doc
    return replace(
        base,
        path=doc['TypePath'],
        name=doc['ElementName'],
        type_name=row.name or doc['ElementName'],
        display_name=doc['DisplayName'],
        parent='PortfolioItem',
        abstract=False,
        creatable=True,
        queryable=True,
        copyable=True,
        id_prefix=doc.get('IDPrefix'),
        ordinal=doc['Ordinal'],
        oid=row.oid,
        uuid=row.uuid,
        workspace=row.workspace,
    )


def _below(types: Mapping[str, TypeDef], path: str) -> list[str]:
    found = [path]
    for one in found:
        found.extend(other.path for other in types.values() if other.parent == one)
    return found


def _add(types: dict[str, TypeDef], owner: str, attr: AttrDef) -> None:
    """Add an attribute to a type and to all that inherit from it."""
    for path in _below(types, owner):
        attributes = {**types[path].attributes, attr.name: attr}
        types[path] = replace(types[path], attributes=MappingProxyType(attributes))


def _drop(types: dict[str, TypeDef], path: str, name: str) -> None:
    attributes = {key: attr for key, attr in types[path].attributes.items() if key != name}
    types[path] = replace(types[path], attributes=MappingProxyType(attributes))


def _set_values(types: dict[str, TypeDef], rows: CustomRows) -> None:
    """Give system attributes the values that the workspace has of its own."""
    if not rows.values:
        return
    for path, one in types.items():
        changed = {
            name: replace(attr, allowed_values=tuple(rows.values[attr.oid]))
            for name, attr in one.attributes.items()
            if attr.oid in rows.values
        }
        if changed:
            attributes = MappingProxyType({**one.attributes, **changed})
            types[path] = replace(one, attributes=attributes)


def schema_version(tx: Tx, place: Obj) -> str:
    """Return the hash of the schema as a workspace or a project shows it."""
    workspace = place.oid if place.type == 'Workspace' else place.workspace
    model, hidden = catalogue_for(tx, workspace).hash, hidden_in(tx, place)
    text = f'{model} without {hidden.text()}'
    return hashlib.md5(text.encode('utf-8'), usedforsecurity=False).hexdigest() if hidden else model


def _hash(workspace: int | None, rows: CustomRows) -> str:
    """Return 32 hex digits that differ when anything a client can see of the model differs."""
    content: list[Any] = [Model.load().digest, workspace]
    content.extend(_content(rows.types) + _content(rows.attributes))
    content.extend(sorted(rows.owners.items()))
    content.extend(sorted(rows.values.items()))
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.md5(text.encode('utf-8'), usedforsecurity=False).hexdigest()


def _content(objs: Sequence[Obj]) -> list[Any]:
    return [[obj.oid, obj.name, obj.doc] for obj in objs]
