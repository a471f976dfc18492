from typing import (
    Any,
    Dict,
    Iterable,
    Literal,
    Mapping,
    Optional,
    Pattern,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from pyral.config import warning as warning
from pyral.context.helper import RallyContextHelper
from pyral.context.scope import RallyContext
from pyral.entity.classes import Persistable
from pyral.errors import RallyAttributeNameError as RallyAttributeNameError
from pyral.errors import RallyRESTAPIError as RallyRESTAPIError
from pyral.facade_features import FeatureMethods
from pyral.facade_places import PlaceMethods
from pyral.query.builder import RallyUrlBuilder as RallyUrlBuilder
from pyral.reading.response import RallyRESTResponse
from pyral.writing.batch import BatchResult

_R = TypeVar('_R', bound='Rally')
_TypeName = Union[str, bytes, Type[Persistable]]
CONNECT_KEYWORDS: Tuple[str, ...]

class Rally(PlaceMethods, FeatureMethods):
    ARTIFACT_TYPE: Dict[str, str]
    FORMATTED_ID_PATTERN: Pattern[str]
    MAX_ATTACHMENT_SIZE: int
    server: str
    user: Optional[str]
    password: Optional[str]
    apikey: Optional[str]
    version: str
    hydration: str
    isolated_workspace: bool
    service_url: str
    schema_url: str
    contextHelper: RallyContextHelper
    def __init__(
        self, server: str = ..., user: Optional[str] = ..., password: Optional[str] = ...,
        apikey: Optional[str] = ..., version: str = ..., warn: bool = ...,
        server_ping: Optional[bool] = ..., isolated_workspace: bool = ..., **kwargs: Any,
    ) -> None: ...
    @property
    def session(self) -> Any: ...
    @property
    def requests_made(self) -> int: ...
    @property
    def retries_made(self) -> int: ...
    @overload
    def get(
        self, entity: _TypeName, fetch: Any = ..., query: Any = ..., order: Any = ...,
        *, instance: Literal[False] = ..., **kwargs: Any,
    ) -> RallyRESTResponse: ...
    @overload
    def get(
        self, entity: _TypeName, fetch: Any = ..., query: Any = ..., order: Any = ...,
        *, instance: Any, **kwargs: Any,
    ) -> Any: ...
    @overload
    def find(
        self, entity: _TypeName, fetch: Any = ..., query: Any = ..., order: Any = ...,
        *, instance: Literal[False] = ..., **kwargs: Any,
    ) -> RallyRESTResponse: ...
    @overload
    def find(
        self, entity: _TypeName, fetch: Any = ..., query: Any = ..., order: Any = ...,
        *, instance: Any, **kwargs: Any,
    ) -> Any: ...
    def put(
        self, entityName: str, itemData: Any, workspace: Any = ..., project: Any = ...,
        **kwargs: Any,
    ) -> Persistable: ...
    def create(
        self, entityName: str, itemData: Any, workspace: Any = ..., project: Any = ...,
        **kwargs: Any,
    ) -> Persistable: ...
    def post(
        self, entityName: str, itemData: Any, *scope: Any, **kwargs: Any
    ) -> Persistable: ...
    def update(
        self, entityName: str, itemData: Any, *scope: Any, **kwargs: Any
    ) -> Persistable: ...
    def delete(
        self, entityName: str, itemIdent: Any, workspace: Any = ..., project: Any = ...,
        **kwargs: Any,
    ) -> bool: ...
    def createMultiple(
        self, entityName: str, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
        workspace: Any = ..., project: Any = ..., **kwargs: Any,
    ) -> BatchResult: ...
    def updateMultiple(
        self, entityName: str, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
        workspace: Any = ..., project: Any = ..., **kwargs: Any,
    ) -> BatchResult: ...
    def addCollectionItems(
        self, target: Any, collection_name: Any = ..., items: Any = ...
    ) -> Any: ...
    def dropCollectionItems(
        self, target: Any, collection_name: Any = ..., items: Any = ...
    ) -> Optional[RallyRESTResponse]: ...
    def getCollection(self, collection_url: str, **kwargs: Any) -> RallyRESTResponse: ...
    def search(self, keywords: Union[str, Iterable[str]], **kwargs: Any) -> RallyRESTResponse: ...
    def obtainSecurityToken(self) -> Optional[str]: ...
    def serviceURL(self) -> str: ...
    def close(self) -> None: ...
    def __enter__(self: _R) -> _R: ...
    def __exit__(self, *exc_info: Any) -> None: ...
    def __reduce__(self) -> Any: ...

AgileCentral = Rally
AgileCentralRESTAPIError = RallyRESTAPIError
AgileCentralAttributeNameError = RallyAttributeNameError
AgileCentralUrlBuilder = RallyUrlBuilder

def getResourceByOID(context: RallyContext, entity: str, oid: Any, **kwargs: Any) -> Any: ...
def getCollection(
    context: RallyContext, collection_url: str, **kwargs: Any
) -> RallyRESTResponse: ...
def hydrateAnInstance(
    context: RallyContext, item: Mapping[str, Any], existingInstance: Any = ...
) -> Any: ...

__all__ = [
    'AgileCentral', 'Rally', 'RallyAttributeNameError', 'RallyRESTAPIError', 'RallyUrlBuilder',
    'getCollection', 'getResourceByOID', 'hydrateAnInstance', 'warning',
]
