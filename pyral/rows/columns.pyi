from typing import List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from pyral.errors import RallyAttributeNameError
from pyral.schema.definitions import AttrDef, Catalogue, TypeDef

__all__ = ['ANY', 'BOOLEAN', 'Column', 'INTEGER', 'NUMBER', 'TEXT', 'TIME', 'columns_of',
           'fetch_of', 'nothing_below']

TEXT: str
INTEGER: str
NUMBER: str
BOOLEAN: str
TIME: str
ANY: str
_Fields = Union[str, bytes, Sequence[Union[str, bytes]], Mapping[str, Union[str, bytes]]]

class Column(NamedTuple):
    name: str
    steps: Tuple[str, ...]
    kind: str
    is_list: bool

def columns_of(
    fields: _Fields, type_def: Optional[TypeDef], catalogue: Optional[Catalogue]
) -> List[Column]: ...
def fetch_of(columns: Sequence[Column]) -> str: ...
def nothing_below(attribute: AttrDef, path: str, step: str) -> RallyAttributeNameError: ...
