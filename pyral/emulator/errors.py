"""Error responses: the exceptions of the emulator that become answers.

Anything below may raise them; only `web.runner` makes them an envelope or a status page. They carry
the texts a client will read and must never hold a password, a key or a token.
"""

from __future__ import annotations

from . import texts

__all__ = [
    'AddressRefused',
    'AuthenticationFailed',
    'BadRequest',
    'MethodNotAllowed',
    'NotAuthorized',
    'ObjectNotFound',
    'PathNotFound',
    'RequestTooLarge',
    'ServiceError',
    'UnknownType',
]


class ServiceError(Exception):
    """A refusal the service states in its own words: HTTP 200 and texts under `Errors`.

    :param messages: one or more texts; several validation errors travel together.
    """

    #: HTTP status of the answer.
    status = 200

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        #: The texts for `Errors`, in order.
        self.messages: list[str] = list(messages)

    def __str__(self) -> str:
        return "; ".join(self.messages)


class UnknownType(ServiceError):
    """The type named in the URL is not part of this workspace's model."""

    def __init__(self, name: str) -> None:
        super().__init__(texts.unknown_type(name))


class ObjectNotFound(ServiceError):
    """The object does not exist, is deleted, or the caller may not see it: all look the same."""

    def __init__(self, message: str = texts.MISSING) -> None:
        super().__init__(message)


class NotAuthorized(ServiceError):
    """The caller is known but lacks the right, or the security token is not valid."""


class BadRequest(ServiceError):
    """The request cannot be read: HTTP 400 with an HTML body."""

    status = 400


class RequestTooLarge(ServiceError):
    """The body is larger than any that is read: HTTP 413 with an HTML body."""

    status = 413


class AuthenticationFailed(ServiceError):
    """The caller is not known: HTTP 401 with an HTML body (WSAPI reference, section 2.3)."""

    status = 401


class PathNotFound(ServiceError):
    """The path lies outside the API: HTTP 404 with an HTML body."""

    status = 404


class AddressRefused(ServiceError):
    """The caller's address is not allowed: HTTP 404 with an HTML body (section 2.3)."""

    status = 404

    def __init__(self, address: str) -> None:
        super().__init__(texts.ADDRESS_REFUSED.format(address))


class MethodNotAllowed(ServiceError):
    """The path exists, the method does not: HTTP 405.

    :param allowed: the methods that would work, for the `Allow` header.
    """

    status = 405

    def __init__(self, message: str, allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.allowed = allowed
