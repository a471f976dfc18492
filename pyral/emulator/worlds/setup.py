"""A workspace of a world while it is built: `Setup`, its identity, model and time zone."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping

from ..catalogue.catalogue import Catalogue
from ..rules.write.states import SCHEDULE_STATES
from ..store.custom_definitions import custom_values
from .errors import JsonPath

if TYPE_CHECKING:
    from ..model import AttrDef
    from ..store import Tx


@dataclass
class Setup:
    """A workspace while the world is built: its identity, model, and time zone."""

    spec: Mapping[str, Any]
    place: JsonPath
    oid: int
    configuration_oid: int
    zone: datetime.tzinfo
    catalogue: Catalogue
    flow_states: Sequence[Any] = SCHEDULE_STATES
    schedule_states: Sequence[Any] = SCHEDULE_STATES
    #: State objects by TypePath and name.
    states: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Custom fields that have a local name: its AttributeDefinition.
    field_names: dict[str, int] = field(default_factory=dict)
    #: Custom fields that some projects do not show: AttributeDefinition, project, place.
    hidden: list[tuple[int, str, JsonPath]] = field(default_factory=list)
    _values: dict[int, dict[str, int]] = field(default_factory=dict)

    def keep_values(self, tx: Tx, attribute: int) -> None:
        """Remember the value objects of a custom field, for references to them."""
        self._values[attribute] = {
            str(obj.doc['StringValue']): obj.oid for obj in custom_values(tx, attribute, self.oid)
        }

    def value_oid(self, attr: AttrDef, text: str) -> int | None:
        """Return the AllowedAttributeValue of a custom field with this text."""
        return self._values.get(attr.oid, {}).get(text)

    def value_names(self, attr: AttrDef) -> list[str]:
        """Return the values a custom field has."""
        return list(self._values.get(attr.oid, {}))
