"""The way down to an object (breadcrumbs): subscription, workspace, project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...store.reading import of_type
from .page import link_to

if TYPE_CHECKING:
    from ...request import Call
    from ...store import Obj

__all__ = ['trail']


def trail(call: Call, obj: Obj) -> list[tuple[str, str]]:
    """Return names and pages of the places that an object lies in, as far as the caller sees."""
    places = of_type(call.tx, 'Subscription')[:1] if obj.type != 'Subscription' else []
    for oid in (obj.workspace, obj.project):
        place = None if oid is None or oid == obj.oid else call.tx.get(oid)
        if place is not None and call.rights.sees(place):
            places.append(place)
    return [link_to(place) for place in places]
