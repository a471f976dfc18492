"""Settings of a running emulator beyond the protocol: latency, strictness, limits."""

from __future__ import annotations

from dataclasses import dataclass, fields
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Mapping

__all__ = ['Settings']


def networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks of a list; an address is one of its own.

    :raises ValueError: for a part that is neither.
    """
    return [ip_network(part.strip(), strict=False) for part in text.split(',') if part.strip()]


@dataclass
class Settings:
    """How the application behaves beyond the protocol.

    :ivar latency_ms: added to every answer of the service.
    :ivar latency_per_item_us: added for every row of the answer.
    :ivar strict_tokens: accept a security token only in the session it belongs to.
    :ivar strict_case: compare texts in queries by exact letters.
    :ivar at_once: how many requests of one user are served at a time; more of them wait.
    :ivar allowed_addresses: addresses and networks that may ask, joined by commas; empty for all.
    """

    latency_ms: float = 0
    latency_per_item_us: float = 0
    strict_tokens: bool = False
    strict_case: bool = False
    at_once: int = 12
    allowed_addresses: str = ''

    def admits(self, address: str) -> bool:
        """Say whether requests from an address are served."""
        if not self.allowed_addresses:
            return True
        try:
            here = ip_address(address)
        except ValueError:
            return False
        return any(here in network for network in networks(self.allowed_addresses))

    def change(self, values: Mapping[str, Any]) -> None:
        """Change settings by name.

        :raises ValueError: for an unknown name or a value that cannot be.
        """
        known = {one.name: getattr(self, one.name) for one in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown setting {name!r}; choose from {', '.join(known)}")
            if isinstance(known[name], str):
                if not isinstance(value, str):
                    raise ValueError(f"{name} cannot be {value!r}")
                networks(value)
                continue
            wants_flag = isinstance(known[name], bool)
            if wants_flag is not isinstance(value, bool) or not isinstance(value, (int, float)):
                raise ValueError(f"{name} cannot be {value!r}")
            if (
                not wants_flag
                and not 0 <= value <= 600000
                or name == 'at_once'
                and (value < 1 or value != int(value))
            ):
                raise ValueError(f"{name} cannot be {value!r}")
        for name, value in values.items():
            setattr(self, name, value)
