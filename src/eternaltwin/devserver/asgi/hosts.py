"""The names that a server responds to, which defend it against DNS rebinding.

A web page of any site can point a name of its own at 127.0.0.1, and is then of the same origin as a server there. The
`Host` field of its requests is the name of the site, though, which no name below is.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from eternaltwin.devserver.asgi.request_log import RecordedRequest
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send
    from eternaltwin.devserver.asgi.request_log import RequestLog

#: The entry that allows every name.
EVERY_HOST = "*"

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]*)?")
_NAME = re.compile(r"(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?\.?")

_MALFORMED = "A request must have exactly one Host field, with a name or an address, and no more than a port.\n"
_MISDIRECTED = """\
This development server does not respond to the name {host}.

Otherwise, any web page that you have open could reach it under a name of its own (DNS rebinding). If the name is yours,
allow it:

    eternaltwin serve --allowed-host {host}

or in Python: DevServer(allowed_hosts=["{host}"]). Without that, it responds to localhost, to names that end with
.localhost, and to loopback addresses.
"""
_HOSTLESS = "This development server responds only to requests with a Host field, which HTTP/1.0 does not require.\n"


def address_in(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in a string.

    Args:
        text: An address without brackets, or a name.

    Returns:
        The address, an IPv4 address also where it is mapped to IPv6 (RFC 4291, section 2.5.5.2). None for a name.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def host_name(field: str) -> str | None:
    """Return the name in a `Host` field (RFC 9110, section 7.2).

    Args:
        field: The value of the field: a name, an IPv4 address, or an IPv6 address in brackets, perhaps with a port.

    Returns:
        The name in lower case, without a final dot, or the address without brackets. None if the value is malformed.
    """
    found = _HOST.fullmatch(field)
    if found is None:
        return None
    host = found["host"]
    if host.startswith("["):
        address = address_in(host[1:-1])
        return str(address) if address is not None and ":" in host else None
    return host.lower().removesuffix(".") or None


def is_loopback_host(name: str) -> bool:
    """Return whether a name can only mean the machine on which it is resolved.

    Args:
        name: A name or an address, as [`host_name`][eternaltwin.devserver.asgi.hosts.host_name] returns it.

    Returns:
        True for localhost and names below it (RFC 6761, section 6.3), 127.0.0.0/8 and ::1.
    """
    address = address_in(name)
    if address is not None:
        return address.is_loopback
    return name == "localhost" or name.endswith(".localhost")


def _entry(host: str) -> str:
    """Return the normal form of an allowed name."""
    bare = host[1:-1] if host[:1] + host[-1:] == "[]" else host
    address = address_in(bare)
    if address is not None:
        return str(address)
    if host != EVERY_HOST and _NAME.fullmatch(host) is None:
        raise ConfigurationError(
            f"allowed_hosts: {host!r} is not a host; give a name such as 'eternaltwin.test', '*.mygame.test' for all"
            " names below one, or an address, without scheme and port",
            setting="allowed_hosts",
        )
    return host.lower().removesuffix(".")


class AllowedHosts:
    """The names and addresses that a server responds to. Those of loopback are always among them.

    Args:
        own: The name or the address that the server listens on.
        hosts: Further names and addresses. `*.mygame.test` is every name below `mygame.test`, and `*` every name.

    Raises:
        ConfigurationError: One of the further ones is neither a name nor an address.
    """

    def __init__(self, own: str, hosts: Iterable[str] = ()) -> None:
        entries = {_entry(host) for host in hosts}
        self._is_open = EVERY_HOST in entries
        self._suffixes = tuple(entry[1:] for entry in entries if entry.startswith("*."))
        address = address_in(own)
        self._names = frozenset({own.lower().removesuffix(".") if address is None else str(address), *entries})
        self._is_everywhere = address is not None and address.is_unspecified

    def allows(self, name: str, local_address: IPv4Address | IPv6Address | None = None) -> bool:
        """Return whether the server responds to a name.

        Args:
            name: A name or an address, as [`host_name`][eternaltwin.devserver.asgi.hosts.host_name] returns it.
            local_address: The address of this machine that received the request. It is allowed if the server listens
                on every address: no name stands for it, so that nothing can be rebound.

        Returns:
            True if the name is allowed.
        """
        if self._is_open or name in self._names or is_loopback_host(name):
            return True
        return name.endswith(self._suffixes) or (self._is_everywhere and name == str(local_address))


def host_fields(scope: Scope) -> list[str]:
    """Return the values of all `Host` fields of a request.

    Args:
        scope: The ASGI scope.

    Returns:
        The values. There should be one.
    """
    fields: list[tuple[bytes, bytes]] = scope["headers"]
    return [value.decode("latin-1") for name, value in fields if name == b"host"]


class HostsMiddleware:
    """An ASGI application that passes requests on to another one only if they name an allowed host.

    Requests to other hosts are refused with 421 (RFC 9110, section 15.5.20), malformed ones with 400 (RFC 9112, section
    3.2). Their bodies are not read.

    Args:
        app: The other application.
        hosts: The allowed hosts.
        log: The log of requests, where refused ones are added.
    """

    def __init__(self, app: ASGIApp, hosts: AllowedHosts, log: RequestLog) -> None:
        self._app = app
        self._hosts = hosts
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on to the other application.

        Args:
            scope: The ASGI scope.
            receive: The ASGI function that receives a message.
            send: The ASGI function that sends a message.
        """
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, text = refusal
        request = RecordedRequest(scope["method"], scope["path"], scope["query_string"], scope["headers"])
        self._log.add(request)
        self._log.record_response(request, status, 0.0)
        request.refusal = body = text.encode()
        fields = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return the status and the text with which a request is refused, or None if its host is allowed."""
        fields = host_fields(scope)
        if not fields and scope["http_version"] == "1.0":  # which has no Host field (RFC 1945)
            return 421, _HOSTLESS
        name = host_name(fields[0]) if len(fields) == 1 else None
        if name is None:
            return 400, _MALFORMED
        is_allowed = self._hosts.allows(name, address_in(scope["server"][0]))
        return None if is_allowed else (421, _MISDIRECTED.format(host=name))
