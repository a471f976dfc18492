"""Turn the references of a world file into ObjectIDs.

Stands between the names that the first pass has learnt and the filler: it knows which types an
attribute may lead to, and the objects that stand for plain words (states, values of custom
fields, tags). What means nothing, or not one thing, is an error with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from .entries import Entry, Oid
from .errors import JsonPath, WorldError, near_miss
from .names import Names

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef


class Resolver:
    """Answer what a reference means.

    :param catalogue: the object model outside of workspaces.
    :param new_tag: makes the tag of a name that no tag has yet.
    """

    def __init__(
        self, catalogue: Catalogue, names: Names, new_tag: Callable[[Entry, str], int]
    ) -> None:
        self.catalogue = catalogue
        self.names = names
        self._new_tag = new_tag
        self._kinds: dict[tuple[int, str], tuple[str, ...]] = {}

    def catalogue_of(self, entry: Entry) -> Catalogue:
        """Return the object model that holds for an entry."""
        return entry.setup.catalogue if entry.setup is not None else self.catalogue

    def reference(self, entry: Entry, attr: AttrDef, raw: Any, place: JsonPath) -> int | None:
        """Return the ObjectID that a reference of the file means.

        :raises WorldError: it means nothing, or not an object of the right type.
        """
        if raw is None or raw == '':
            return None
        if isinstance(raw, Oid):
            return int(raw)
        if isinstance(raw, dict) and set(raw) == {'@'}:
            raw = f"@{raw['@']}"
        if not isinstance(raw, str):
            raise WorldError(f'a reference is written "@name", not {type(raw).__name__}.', place)
        if raw.startswith('@'):
            return self._local(entry, attr, raw[1:], place)
        return self._plain(entry, attr, raw, place)

    def _local(self, entry: Entry, attr: AttrDef, text: str, place: JsonPath) -> int:
        named = self.names.local(text, place)
        if attr.target and named.type not in self.kinds(entry, attr.target):
            raise WorldError(
                f"'@{text}' is a {named.type}, but {attr.name} refers to a {attr.target}.", place
            )
        return named.oid

    def _plain(self, entry: Entry, attr: AttrDef, text: str, place: JsonPath) -> int:
        kinds = self.kinds(entry, attr.target or '')
        found = self._word(entry, attr, text)
        if found is None:
            named = self.names.plain(text, kinds, entry, attr)
            found = None if named is None else named.oid
        if found is not None:
            return found
        if attr.target == 'Tag' and entry.setup is not None:
            return self._new_tag(entry, text)
        options = self.names.labels(kinds, entry)
        if entry.setup is not None and attr.custom:
            options = options | set(entry.setup.value_names(attr))
        raise WorldError(
            f"there is no {attr.target or 'object'} named '{text}' here."
            f"{near_miss(text, options)} Local names are written \"@name\".",
            place,
        )

    def _word(self, entry: Entry, attr: AttrDef, text: str) -> int | None:
        """Return the object that a word stands for: a type, a field's value, a state."""
        if attr.target == 'TypeDefinition':
            found = self.catalogue_of(entry).resolve(text)
            return None if found is None else found.oid
        if entry.setup is None:
            return None
        if attr.name == 'State' and attr.target == 'State':
            return entry.setup.states.get((entry.type_def.path, text))
        return entry.setup.value_oid(attr, text)

    def kinds(self, entry: Entry, target: str) -> tuple[str, ...]:
        """Return the types of objects that a reference may lead to."""
        catalogue = self.catalogue_of(entry)
        key = (id(catalogue), target)
        if key not in self._kinds:
            found = catalogue.resolve(target)
            self._kinds[key] = catalogue.family(found.path if found else target)
        return self._kinds[key]
