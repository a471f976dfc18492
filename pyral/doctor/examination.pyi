import os
from typing import Any, Callable, Iterable, Mapping, Optional, Tuple, Union

from pyral.doctor.finding import Finding, Findings

CHECKS: Tuple[Any, ...]

def examine(
    args: Iterable[str] = ..., profile: Optional[str] = ...,
    environ: Optional[Mapping[str, str]] = ...,
    folder: Optional[str] = ..., time_limit: float = ..., tries_write: bool = ...,
    on_finding: Optional[Callable[[Finding], Any]] = ...,
    verify_ssl_cert: Union[bool, str, 'os.PathLike[str]'] = ...,
    schema_cache: Union[None, bool, str, 'os.PathLike[str]'] = ..., *, server: Optional[str] = ...,
    user: Optional[str] = ..., password: Optional[str] = ..., apikey: Optional[str] = ...,
    workspace: Optional[str] = ..., project: Optional[str] = ...,
) -> Findings: ...
def examine_connection(
    transport: Any, values: Mapping[str, Any], schema_cache: Any, time_limit: float,
    tries_write: bool, on_finding: Optional[Callable[[Finding], Any]],
) -> Findings: ...

__all__ = ['CHECKS', 'examine', 'examine_connection']
