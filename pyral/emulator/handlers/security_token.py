"""The security token (section 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..envelope import Result, operation_result
from ..errors import ServiceError

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['authorize']

NO_SCRIPT = "The security token is not given by JSONP: pages of any origin could read it"


def authorize(call: Call) -> Result:
    """Answer `GET /security/authorize`: the token of the caller's session.

    :raises ServiceError: when it is asked for as a script.
    """
    if call.param('jsonp'):
        raise ServiceError(NO_SCRIPT)
    return operation_result(SecurityToken=call.token())
