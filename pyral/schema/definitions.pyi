from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Tuple,
)

from pyral.schema.standard_types import STANDARD_PARENTS as STANDARD_PARENTS
from pyral.schema.standard_types import STANDARD_SUB_TYPES as STANDARD_SUB_TYPES

OPEN_ENDED: FrozenSet[str]

class AllowedValue:
    Name: str
    StringValue: Any
    LocalizedStringValue: Any
    value: Any
    ObjectID: Any
    def __init__(self, raw: Any) -> None: ...

class AttrDef:
    ref: Optional[str]
    ObjectName: Optional[str]
    ElementName: str
    Name: str
    AttributeType: str
    Subscription: Any
    Workspace: Any
    Custom: bool
    Required: bool
    ReadOnly: bool
    Filterable: bool
    Sortable: bool
    Hidden: bool
    SchemaType: Optional[str]
    Constrained: bool
    AllowedValueType: Any
    AllowedValues: Any
    MaxLength: int
    MaxFractionalDigits: int
    def __init__(self, raw: Dict[str, Any]) -> None: ...
    @property
    def target(self) -> Optional[str]: ...
    @property
    def is_plain(self) -> bool: ...
    @property
    def is_open_ended(self) -> bool: ...
    def resolveAllowedValues(
        self, context: Any, getCollection: Callable[[Any, str], Iterable[Any]]
    ) -> bool: ...
    def known_values(
        self, context: Any, getCollection: Optional[Callable[..., Any]] = ...
    ) -> List[Any]: ...
    def allowed_values(
        self, context: Any, getCollection: Callable[[Any, str], Iterable[Any]]
    ) -> List[Any]: ...
    def __lt__(self, other: 'AttrDef') -> bool: ...

class TypeDef:
    is_listed: bool
    ref: Optional[str]
    ObjectName: Optional[str]
    ElementName: str
    Name: str
    DisplayName: str
    TypePath: str
    IDPrefix: Optional[str]
    Abstract: bool
    Parent: Optional[str]
    Creatable: bool
    Queryable: bool
    ReadOnly: bool
    Deletable: bool
    Restorable: bool
    Ordinal: int
    RevisionHistory: Optional[str]
    Attributes: List[AttrDef]
    completed: bool
    _index: Optional[Tuple[Dict[str, AttrDef], Dict[str, AttrDef], Dict[str, AttrDef]]]
    def __init__(
        self, raw: Optional[Dict[str, Any]], path: Optional[str] = ...,
        catalogue: Optional[Catalogue] = ...,
    ) -> None: ...
    def attribute(self, name: str) -> Optional[AttrDef]: ...
    def current_attribute(self, name: str) -> Optional[AttrDef]: ...
    def map_names(self, names: Iterable[str]) -> List[str]: ...
    def map_fetched(self, names: Iterable[str]) -> List[str]: ...
    def map_values(self, values: Dict[str, Any]) -> Dict[str, Any]: ...
    def is_whole(self, item: Mapping[str, Any]) -> bool: ...
    def suggestions(self, name: str) -> Tuple[str, ...]: ...
    def inheritanceChain(self) -> List[str]: ...
    def complete(
        self, context: Any, getCollection: Callable[[Any, str], Iterable[Any]]
    ) -> bool: ...

class Catalogue:
    _paths: Dict[str, Any]
    _elements: Dict[str, str]
    def __init__(
        self, types: Iterable[Any], newer: Optional[Callable[[], Optional[Iterable[Any]]]] = ...,
    ) -> None: ...
    @property
    def is_current(self) -> bool: ...
    def renew(self) -> None: ...
    def replace(self, types: Iterable[Any]) -> None: ...
    def __iter__(self) -> Iterator[TypeDef]: ...
    def __len__(self) -> int: ...
    def resolve(self, name: str) -> TypeDef: ...
    def find(self, name: Any) -> Optional[TypeDef]: ...
    def family(self, name: str) -> List[TypeDef]: ...
    def attribute(self, type_name: str, name: str) -> Optional[AttrDef]: ...
    def suggestions(self, name: str) -> Tuple[str, ...]: ...
    def formatted_id_types(self, prefix: Optional[str] = ...) -> Any: ...
    def strange_formatted_id(self, text: str) -> Optional[str]: ...
    def parent_of(self, type_path: str) -> Optional[str]: ...


SchemaItem = TypeDef
SchemaItemAttribute = AttrDef

__all__ = [
    'AllowedValue', 'AttrDef', 'Catalogue', 'OPEN_ENDED', 'STANDARD_PARENTS',
    'STANDARD_SUB_TYPES', 'SchemaItem', 'SchemaItemAttribute', 'TypeDef',
]
