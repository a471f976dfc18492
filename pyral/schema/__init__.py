"""The schema of a workspace: its types and attributes, read once and cached."""
from __future__ import absolute_import, division, print_function

from pyral.schema.definitions import (
    AllowedValue,
    AttrDef,
    Catalogue,
    SchemaItem,
    SchemaItemAttribute,
    TypeDef,
)

__all__ = ['AllowedValue', 'AttrDef', 'Catalogue', 'SchemaItem', 'SchemaItemAttribute', 'TypeDef']
