"""Who may use the control API: this machine, by a name of its own, and no page of another origin.

A browser on this machine runs pages of everybody. What keeps them out is the `Host` header, which
names the page's own host after DNS rebinding, and the origin (CSRF) of what they send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Iterable, Mapping
from urllib.parse import urlsplit

__all__ = ['Caller', 'LocalAccess', 'host_names']

LOCALHOST = 'localhost'
NAME = re.compile(r'[A-Za-z0-9._-]{1,253}|\[?[0-9A-Fa-f:.]{2,45}\]?')
#: Networks that no router of the internet knows; those of containers are among them.
PRIVATE = tuple(
    ip_network(text)
    for text in ('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10')
)
#: Methods that change nothing; a browser sends no origin with those of the page's own.
READS = ('GET', 'HEAD', 'OPTIONS')
#: What proxies add.
FORWARDED = ('forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip')
#: What a browser says of who made it ask, where no other origin did.
OWN_SITES = ('same-origin', 'none')


@dataclass(frozen=True)
class Caller:
    """Who sent a request, as far as the connection and the headers say.

    :ivar peer: the address it came from.
    :ivar here: the address it came to; empty where that is not known.
    :ivar headers: by lower-case name.
    :ivar origin: the emulator's own origin, as the caller names it.
    :ivar in_process: whether it came without a socket, so that its host means nothing.
    """

    peer: str
    here: str
    headers: Mapping[str, str]
    origin: str
    in_process: bool = False

    @property
    def was_forwarded(self) -> bool:
        """Say whether a proxy handed the request on, so that the peer is not who asks."""
        return any(name in self.headers for name in FORWARDED)

    @property
    def is_here(self) -> bool:
        """Say whether it runs on this machine: what a machine sends to itself has one address."""
        return is_loopback(self.peer) or bool(self.here) and self.peer == self.here


@dataclass(frozen=True)
class LocalAccess:
    """Decides which requests reach the control API.

    :ivar own: the address or name the emulator was told to listen on.
    :ivar allowed: further names that it is called by, such as a container's; requests for one of
        them may come from private networks too.
    """

    own: str = ''
    allowed: frozenset[str] = frozenset()

    def refusal(self, method: str, caller: Caller) -> str:
        """Return why a request is refused; empty when it may pass."""
        name = name_of(caller.headers.get('host', ''))
        allowed = name in self.allowed
        if not (caller.is_here or allowed and is_private(caller.peer)):
            return "the control API answers only to this machine"
        own = name == LOCALHOST or is_loopback(name) or name != '' and name == name_of(self.own)
        if not (own or allowed or caller.in_process):
            return (
                f"the control API does not answer to the host {name[:100]!r};"
                " start the emulator with --allow-host for a name of its own"
            )
        return foreign_page(method, caller)


def foreign_page(method: str, caller: Caller) -> str:
    """Return why the page that asks may not; empty for an own page, and for what is no page."""
    headers = caller.headers
    asking = headers.get('origin')
    if asking is None and method not in READS and 'referer' in headers:
        asking = origin_of_address(headers['referer'])
    if asking is not None and asking.lower() != caller.origin.lower():
        return f"the control API does not answer to pages of {asking[:200]}"
    site = headers.get('sec-fetch-site', 'none').strip().lower()
    if method not in READS and site not in OWN_SITES:
        return "the control API does not take orders from pages of another origin"
    return ''


def host_names(names: str | Iterable[str]) -> frozenset[str]:
    """Return further names of the emulator as they are compared.

    :raises ValueError: for what is no name of a host.
    """
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a host; give it without scheme and port")
    return frozenset(name_of(name) for name in given)


def name_of(host: str) -> str:
    """Return the name or address in a `Host` header, in lower case, without port and brackets."""
    text = host.strip().lower()
    if text.startswith('['):
        return text[1:].partition(']')[0]
    return (text if text.count(':') > 1 else text.partition(':')[0]).removesuffix('.')


def origin_of_address(address: str) -> str:
    """Return the origin of an address; `null` where it has none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return 'null'
    return f'{parts.scheme}://{parts.netloc}' if parts.scheme and parts.netloc else 'null'


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address; an IPv4 address in the form of IPv6 as what it is."""
    try:
        found = ip_address(text.partition('%')[0])
    except ValueError:
        return None
    mapped = getattr(found, 'ipv4_mapped', None)
    return mapped or found


def is_loopback(text: str) -> bool:
    """Say whether an address is one of this machine alone."""
    address = address_of(text)
    return address is not None and address.is_loopback


def is_private(text: str) -> bool:
    """Say whether an address belongs to a private network."""
    address = address_of(text)
    return address is not None and any(address in network for network in PRIVATE)
