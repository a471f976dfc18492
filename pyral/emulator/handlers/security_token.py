"""The security token (section 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..envelope import Result, operation_result

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['authorize']


def authorize(call: Call) -> Result:
    """Answer `GET /security/authorize`: the token of the caller's session."""
    return operation_result(SecurityToken=call.token())
