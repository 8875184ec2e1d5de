"""The environment variable `no_proxy`: the servers that are reached without the proxy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

#: Matches an entry: an IPv6 address in brackets, or anything with no more than one colon, possibly with a port.
_ENTRY = re.compile(r"(?:\[(?P<bracketed>[^\]]*)\](?P<prefix>/\d+)?|(?P<name>[^:]*))(?::(?P<port>\d{1,5}))?")


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Return whether a server is to be reached without the proxy.

    The rules are those of curl (see its `CURLOPT_NOPROXY`). Entries are separated by commas. `*` stands for every
    server; a name for its host and the hosts below it, with or without a dot in front; an address for itself; an
    address with the length of a prefix (CIDR) for that network. Case does not matter, nor does a dot at the end of a
    name, and no name is looked up. Beyond curl's rules, and as other programs do, `*` may stand among other entries,
    white space also separates entries, an IPv6 address may have brackets, and an entry with a port stands for that port
    only.

    Args:
        host: Host name or address of the server, without brackets.
        port: TCP port of the server.
        no_proxy: Value of the variable.

    Returns:
        True if one of the entries means the server.
    """
    name = host.lower().removesuffix(".")
    return any(_means(entry, name, port) for entry in re.split(r"[\s,]+", no_proxy.lower()))


def _means(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    parts = _ENTRY.fullmatch(entry)
    if parts is None:  # an IPv6 address without brackets
        return _means_host(entry, host)
    if parts["port"] is not None and int(parts["port"]) != port:
        return False
    return _means_host(parts["name"] or f"{parts['bracketed'] or ''}{parts['prefix'] or ''}", host)


def _means_host(entry: str, host: str) -> bool:
    address = _address(host)
    if address is not None:
        network = _network(entry)
        return network is not None and address in network
    domain = entry.removesuffix(".").removeprefix(".")
    return bool(domain) and f".{host}".endswith(f".{domain}")


def _address(host: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import ip_address  # slow to import, and seldom needed

    try:
        return ip_address(host)
    except ValueError:
        return None


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    try:
        return ip_network(entry, strict=False)
    except ValueError:
        return None
