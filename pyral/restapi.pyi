import os
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Literal,
    Mapping,
    Optional,
    Pattern,
    Set,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from pyral.config import warning as warning
from pyral.context.helper import RallyContextHelper
from pyral.context.scope import RallyContext
from pyral.doctor.finding import Finding, Findings
from pyral.entity.classes import (
    Attachment,
    Iteration,
    Persistable,
    Project,
    Release,
    SearchObject,
    State,
    User,
    Workspace,
)
from pyral.errors import RallyAttributeNameError as RallyAttributeNameError
from pyral.errors import RallyRESTAPIError as RallyRESTAPIError
from pyral.http.log import InteractionLog
from pyral.http.retry_policy import RetryPolicy
from pyral.query.builder import RallyUrlBuilder as RallyUrlBuilder
from pyral.query.query_lint import QueryLint
from pyral.reading.response import RallyRESTResponse
from pyral.rows.columns import _Fields
from pyral.rows.table import Rows
from pyral.schema.definitions import TypeDef
from pyral.writing.batch import BatchResult
from pyral.writing.dry_run import WriteRequest

_R = TypeVar('_R', bound='Rally')
_E = TypeVar('_E', bound=Persistable)
_TypeName = Union[str, bytes, Type[Persistable]]
_Flag = Union[bool, str]
_Path = Union[str, bytes, 'os.PathLike[str]']
_Fetch = Union[bool, str, Iterable[str]]
_Progress = Optional[Callable[[int, int], Any]]
_Timeout = Union[None, float, Tuple[Optional[float], Optional[float]]]
CONNECT_KEYWORDS: Tuple[str, ...]

class Rally:
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
    _log: Optional[InteractionLog]
    def __init__(
        self, server: str = ..., user: Optional[str] = ..., password: Optional[str] = ...,
        apikey: Optional[str] = ..., version: str = ..., warn: bool = ...,
        server_ping: Optional[bool] = ..., isolated_workspace: bool = ..., *,
        workspace: Any = ..., project: Any = ..., verify_ssl_cert: Union[bool, _Path] = ...,
        headers: Optional[Mapping[str, str]] = ..., debug: bool = ..., adapter: Any = ...,
        timeout: _Timeout = ..., deadline: Optional[float] = ...,
        max_answer: Union[None, int, Tuple[int, int]] = ..., retry: Optional[RetryPolicy] = ...,
        lazy: Literal['batch', 'single', 'never'] = ..., strict: bool = ...,
        threads: Optional[int] = ..., schema_cache: Union[None, bool, _Path] = ...,
        resolve: bool = ...,
    ) -> None: ...
    @classmethod
    def from_profile(
        cls: Type[_R], profile: Optional[str] = ..., *, server: Optional[str] = ...,
        user: Optional[str] = ..., password: Optional[str] = ..., apikey: Optional[str] = ...,
        version: str = ..., warn: bool = ..., server_ping: Optional[bool] = ...,
        isolated_workspace: bool = ..., workspace: Any = ..., project: Any = ...,
        verify_ssl_cert: Union[bool, _Path] = ..., headers: Optional[Mapping[str, str]] = ...,
        debug: bool = ..., adapter: Any = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., max_answer: Union[None, int, Tuple[int, int]] = ...,
        retry: Optional[RetryPolicy] = ..., lazy: Literal['batch', 'single', 'never'] = ...,
        strict: bool = ..., threads: Optional[int] = ...,
        schema_cache: Union[None, bool, _Path] = ..., resolve: bool = ...,
    ) -> _R: ...
    @property
    def session(self) -> Any: ...
    @session.setter
    def session(self, session: Any) -> None: ...
    @property
    def requests_made(self) -> int: ...
    @property
    def retries_made(self) -> int: ...
    def doctor(
        self, time_limit: float = ..., tries_write: bool = ...,
        on_finding: Optional[Callable[[Finding], Any]] = ...,
    ) -> Findings: ...
    @overload
    def get(
        self, entity: Type[_E], fetch: _Fetch = ..., query: Any = ...,
        order: Optional[str] = ..., *, instance: Literal[False] = ...,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ...,
        strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> RallyRESTResponse[_E]: ...
    @overload
    def get(
        self, entity: Union[str, bytes], fetch: _Fetch = ..., query: Any = ...,
        order: Optional[str] = ..., *, instance: Literal[False] = ...,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ...,
        strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> RallyRESTResponse[Any]: ...
    @overload
    def get(
        self, entity: Union[str, bytes, Type[_E]], fetch: _Fetch = ..., query: Any = ...,
        order: Optional[str] = ..., *, instance: Any, workspace: Any = ..., project: Any = ...,
        projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ...,
        strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> Any: ...
    find = get
    def rows(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> Rows: ...
    def to_dicts(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> List[Dict[str, Any]]: ...
    def to_csv(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields, path_or_file: Any,
        query: Any = ..., order: Optional[str] = ..., escape_formulas: bool = ...,
        encoding: str = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> int: ...
    def to_jsonl(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields, path_or_file: Any,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> int: ...
    def to_dataframe(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> Any: ...
    def to_arrow(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> Any: ...
    def to_parquet(
        self, entity: Union[str, bytes, Type[Any]], fields: _Fields, path: Any,
        query: Any = ..., order: Optional[str] = ..., *,
        workspace: Any = ..., project: Any = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., pagesize: int = ..., start: int = ...,
        limit: Optional[int] = ..., threads: Optional[int] = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ..., strict: Optional[bool] = ...,
        server_ping: Any = ..., isolated_workspace: Any = ...,
    ) -> int: ...
    @overload
    def __getitem__(
        self, key: Union[Tuple[Any, ...], List[Any], Set[Any], FrozenSet[Any]]
    ) -> List[Any]: ...
    @overload
    def __getitem__(self, key: Union[str, bytes, int, Persistable]) -> Any: ...
    __iter__: None
    def me(self) -> User: ...
    @overload
    def current(
        self, entity: Type[_E], project: Any = ..., workspace: Any = ..., fetch: _Fetch = ...
    ) -> Optional[_E]: ...
    @overload
    def current(
        self, entity: Literal['Iteration'], project: Any = ..., workspace: Any = ...,
        fetch: _Fetch = ...,
    ) -> Optional[Iteration]: ...
    @overload
    def current(
        self, entity: Literal['Release'], project: Any = ..., workspace: Any = ...,
        fetch: _Fetch = ...,
    ) -> Optional[Release]: ...
    @overload
    def current(
        self, entity: Union[str, bytes], project: Any = ..., workspace: Any = ...,
        fetch: _Fetch = ...,
    ) -> Any: ...
    @overload
    def put(
        self, entityName: Type[_E], itemData: Any, workspace: Any = ...,
        project: Any = ..., *, fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> _E: ...
    @overload
    def put(
        self, entityName: Union[str, bytes], itemData: Any, workspace: Any = ...,
        project: Any = ..., *, fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> Any: ...
    create = put
    @overload
    def post(
        self, entityName: Type[_E], itemData: Any, *scope: Any, workspace: Any = ...,
        project: Any = ..., fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> _E: ...
    @overload
    def post(
        self, entityName: Union[str, bytes], itemData: Any, *scope: Any, workspace: Any = ...,
        project: Any = ..., fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> Any: ...
    update = post
    @overload
    def copy(
        self, entityName: Type[_E], itemIdent: Any, workspace: Any = ...,
        project: Any = ..., *, fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> _E: ...
    @overload
    def copy(
        self, entityName: Union[str, bytes], itemIdent: Any, workspace: Any = ...,
        project: Any = ..., *, fetch: Optional[_Fetch] = ..., projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> Any: ...
    def delete(
        self, entityName: _TypeName, itemIdent: Any, workspace: Any = ..., project: Any = ..., *,
        projectScopeUp: _Flag = ..., projectScopeDown: _Flag = ...,
        timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> bool: ...
    def createMultiple(
        self, entityName: _TypeName, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
        workspace: Any = ..., project: Any = ...,
        on_progress: _Progress = ..., *, projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> BatchResult: ...
    def updateMultiple(
        self, entityName: _TypeName, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
        workspace: Any = ..., project: Any = ...,
        on_progress: _Progress = ..., *, projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> BatchResult: ...
    def deleteMultiple(
        self, entityName: _TypeName, items: Iterable[Any], workspace: Any = ...,
        project: Any = ..., on_progress: _Progress = ..., *, projectScopeUp: _Flag = ...,
        projectScopeDown: _Flag = ..., timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> BatchResult: ...
    def addCollectionItems(
        self, target: Any, collection_name: Any = ..., items: Any = ...,
        resolve: Optional[bool] = ...,
    ) -> Any: ...
    def dropCollectionItems(
        self, target: Any, collection_name: Any = ..., items: Any = ...,
        resolve: Optional[bool] = ...,
    ) -> Optional[RallyRESTResponse[Any]]: ...
    def addCollectionItemsMultiple(
        self, targets: Union[Iterable[Any], Mapping[Any, Any]], collection_name: Any = ...,
        items: Any = ..., on_progress: _Progress = ..., *, timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> BatchResult: ...
    def dropCollectionItemsMultiple(
        self, targets: Union[Iterable[Any], Mapping[Any, Any]], collection_name: Any = ...,
        items: Any = ..., on_progress: _Progress = ..., *, timeout: _Timeout = ...,
        deadline: Optional[float] = ..., resolve: Optional[bool] = ...,
    ) -> BatchResult: ...
    def getCollection(
        self, collection_url: str, *, fetch: _Fetch = ..., query: Any = ...,
        order: Optional[str] = ..., workspace: Any = ..., project: Any = ...,
        projectScopeUp: _Flag = ..., projectScopeDown: _Flag = ..., pagesize: int = ...,
        start: int = ..., limit: Optional[int] = ..., threads: Optional[int] = ...,
        timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ...,
        strict: Optional[bool] = ...,
    ) -> RallyRESTResponse[Any]: ...
    def search(
        self, keywords: Union[str, Iterable[str]], *, workspace: Any = ..., project: Any = ...,
        projectScopeUp: _Flag = ..., projectScopeDown: _Flag = ..., pagesize: int = ...,
        start: int = ..., limit: Optional[int] = ..., threads: Optional[int] = ...,
        timeout: _Timeout = ...,
        deadline: Optional[float] = ..., on_progress: _Progress = ...,
        resolve: Optional[bool] = ...,
        strict: Optional[bool] = ...,
    ) -> RallyRESTResponse[SearchObject]: ...
    def subscriptionName(self) -> str: ...
    def getWorkspace(self) -> Workspace: ...
    def getWorkspaces(self) -> List[Workspace]: ...
    def setWorkspace(self, workspaceName: Any) -> None: ...
    @overload
    def getProject(self, name: None = ...) -> Project: ...
    @overload
    def getProject(self, name: Any) -> Optional[Project]: ...
    def getProjects(self, workspace: Any = ..., closed: bool = ...) -> List[Project]: ...
    def setProject(self, projectName: Any) -> None: ...
    def getSchemaInfo(
        self, workspace: Any = ..., project: Any = ...
    ) -> List[Dict[str, Any]]: ...
    def typedef(self, target_type: str) -> Optional[TypeDef]: ...
    def getAllowedValues(
        self, entityName: _TypeName, attributeName: str, *, workspace: Any = ...,
        project: Any = ...,
    ) -> Optional[List[Any]]: ...
    def getState(self, entity: str, state_name: str) -> Any: ...
    def getStates(self, entity: str) -> List[State]: ...
    def validateAttributeNames(
        self, entity_name: str, itemData: Dict[str, Any]
    ) -> Dict[str, Any]: ...
    @overload
    def getUserInfo(
        self, oid: None = ..., username: Optional[str] = ..., name: Optional[str] = ...
    ) -> List[User]: ...
    @overload
    def getUserInfo(
        self, oid: Union[int, str], username: Optional[str] = ..., name: Optional[str] = ...
    ) -> User: ...
    def getAllUsers(
        self, workspace: Any = ..., on_progress: _Progress = ...
    ) -> List[User]: ...
    def addAttachment(
        self, artifact: Any, filename: _Path, mime_type: Optional[str] = ...
    ) -> Any: ...
    def addAttachments(
        self, artifact: Any, attachments: Iterable[Mapping[str, Any]], on_progress: _Progress = ...
    ) -> bool: ...
    def getAttachment(self, artifact: Any, filename: Any) -> Any: ...
    def getAttachmentNames(self, artifact: Any) -> List[str]: ...
    def getAttachments(
        self, artifact: Any, on_progress: _Progress = ...
    ) -> List[Attachment]: ...
    def deleteAttachment(self, artifact: Any, filename: Any) -> Any: ...
    def saveAttachment(self, attachment: Any, folder: _Path = ...) -> str: ...
    def saveAttachments(
        self, artifact: Any, folder: _Path = ..., on_progress: _Progress = ...
    ) -> List[str]: ...
    def rankAbove(
        self, reference_artifact: Any, target_artifact: Any
    ) -> RallyRESTResponse[Any]: ...
    def rankBelow(
        self, reference_artifact: Any, target_artifact: Any
    ) -> RallyRESTResponse[Any]: ...
    def rankToTop(self, target_artifact: Any) -> RallyRESTResponse[Any]: ...
    def rankToBottom(self, target_artifact: Any) -> RallyRESTResponse[Any]: ...
    def rankTop(self, target_artifact: Any) -> RallyRESTResponse[Any]: ...
    def rankBottom(self, target_artifact: Any) -> RallyRESTResponse[Any]: ...
    def lint_query(
        self, entity: _TypeName, query: Any, workspace: Any = ..., values: bool = ...
    ) -> QueryLint: ...
    def dry_run(self, write: str, *args: Any, **kwargs: Any) -> List[WriteRequest]: ...
    def findWritten(self, error: Exception) -> List[Any]: ...
    def enableLogging(self, dest: Any = ..., attrget: bool = ..., append: bool = ...) -> None: ...
    def disableLogging(self) -> None: ...
    def enableWarnings(self) -> None: ...
    def disableWarnings(self) -> None: ...
    def warningsEnabled(self) -> bool: ...
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
) -> RallyRESTResponse[Any]: ...
def hydrateAnInstance(
    context: RallyContext, item: Dict[str, Any], existingInstance: Any = ...
) -> Any: ...

__all__ = [
    'AgileCentral', 'Rally', 'RallyAttributeNameError', 'RallyRESTAPIError', 'RallyUrlBuilder',
    'getCollection', 'getResourceByOID', 'hydrateAnInstance', 'warning',
]
