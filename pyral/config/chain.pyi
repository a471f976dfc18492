import logging
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

LOG: logging.Logger

class ReportedSetting(NamedTuple):
    name: Any
    shown: Any
    source: Any

def rallyWorkset(args: Iterable[Any]) -> List[str]: ...
def rallySettings(args: Iterable[Any]) -> List[str]: ...
def resolve(
    args: Iterable[Any], environ: Mapping[str, str], folder: str
) -> Dict[str, str]: ...
def connection_settings(
    profile: Optional[str], given: Mapping[str, Any], environ: Optional[Mapping[str, str]] = ...,
    folder: Optional[str] = ..., args: Iterable[Any] = ...,
) -> Dict[str, Any]: ...
def reported_settings(
    args: Iterable[Any] = ..., profile: Optional[str] = ...,
    environ: Optional[Mapping[str, str]] = ..., folder: Optional[str] = ...,
) -> List[ReportedSetting]: ...
def sourced_settings(
    args: Iterable[Any] = ..., profile: Optional[str] = ...,
    given: Optional[Mapping[str, Any]] = ..., environ: Optional[Mapping[str, str]] = ...,
    folder: Optional[str] = ...,
) -> Dict[str, Tuple[Any, str]]: ...

__all__ = [
    'ReportedSetting',
    'connection_settings',
    'rallySettings',
    'rallyWorkset',
    'reported_settings',
    'resolve',
    'sourced_settings',
]
