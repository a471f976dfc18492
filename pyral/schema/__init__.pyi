from pyral.schema.definitions import AllowedValue as AllowedValue
from pyral.schema.definitions import AttrDef as AttrDef
from pyral.schema.definitions import Catalogue as Catalogue
from pyral.schema.definitions import SchemaItem as SchemaItem
from pyral.schema.definitions import SchemaItemAttribute as SchemaItemAttribute
from pyral.schema.definitions import TypeDef as TypeDef

__all__ = [
    'AllowedValue',
    'AttrDef',
    'Catalogue',
    'SchemaItem',
    'SchemaItemAttribute',
    'TypeDef',
]
