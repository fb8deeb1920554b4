"""Which hosts a program may be sent to: public ones, and those that the user's setting allows.

An address of this machine, of its network or of a cloud's metadata service would let whoever writes a recipe read what only this machine
may see. The check is made on the addresses that a name stands for, however they are written, and the connection goes to exactly these.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from tokenloom.kit.errors import DataError, Denied

ALLOWED = "TOKENLOOM_ALLOWED_HOSTS"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Target:
    """Where to connect: ``host`` as it is called, and the ``addresses`` that were checked."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def authority(self) -> str:
        """The host as a URL and a Host header have it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"


def check_url(url: str) -> Target:
    """Where ``url`` leads. Raises :class:`DataError` for what is no web address, :class:`Denied` for a host that is not public."""
    try:
        parts = urlsplit(url)
        host, port = _plain(parts.hostname or ""), parts.port
    except ValueError as error:
        raise DataError(
            f"“{url[:200]}” is not an address ({error}).", hint="It looks like https://example.org/data.jsonl."
        ) from None
    if parts.scheme not in ("http", "https") or not host:
        raise DataError(
            f"“{url[:200]}” is not an address of the web.", hint="It begins with https:// or http:// and a host name."
        )
    if parts.username is not None or parts.password is not None:
        raise DataError(
            "The address holds a name and password, which would be stored with the dataset.",
            hint="Use an address without them, for example a signed one that expires.",
        )
    port = port or (443 if parts.scheme == "https" else 80)
    return Target(parts.scheme, host, port, _checked(host, port))


def _plain(host: str) -> str:
    """A host name in the letters of DNS; UnicodeError (a ValueError) where it is none."""
    return host if ":" in host or host.isascii() else host.encode("idna").decode()


def _checked(host: str, port: int) -> tuple[str, ...]:
    """The addresses of ``host``, all of which must be public unless the setting names the host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise DataError(f"The host {host[:200]} cannot be found.", hint="Check the address and the network.") from None
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not _is_allowed(host, port):
        for address in addresses:
            if not is_public(ipaddress.ip_address(address)):
                raise Denied(
                    f"The host {host[:200]} is within this machine or its network ({address}).",
                    hint=f"If you trust it, start the studio or the command with {ALLOWED}={host[:200]}.",
                )
    return tuple(dict.fromkeys(addresses))


def is_public(address: _Address) -> bool:
    """Whether an address is of the open internet, also where it wraps another one."""
    if address in _NAT64:
        address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inner: list[_Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        inner += [each for each in wrapped if each is not None]
        if int(address) >> 32 == 0:
            inner.append(ipaddress.IPv4Address(int(address)))
        if address.ipv4_mapped is not None:
            inner.remove(address)
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in inner)


def _is_allowed(host: str, port: int) -> bool:
    allowed = {each.strip().lower() for each in os.environ.get(ALLOWED, "").split(",") if each.strip()}
    return host.lower() in allowed or f"{host.lower()}:{port}" in allowed
