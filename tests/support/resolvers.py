"""A replacement of the system's resolver."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eternaltwin.clients.sync.connections import AddressInfo


class Resolver:
    """Replaces the system's resolver: it returns the addresses of the given hosts, as soon as `may_return` is set.

    `has_begun` is set when a host is looked up.
    """

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.may_return = threading.Event()
        self.has_begun = threading.Event()
        self._real = socket.getaddrinfo

    def __call__(self, host: str, port: int, *rest: int, **names: int) -> list[AddressInfo]:
        flags = rest[3] if len(rest) > 3 else names.get("flags", 0)
        if host.endswith(".test") and flags & socket.AI_NUMERICHOST:
            raise socket.gaierror(socket.EAI_NONAME, "not a number")
        if not host.endswith(".test"):
            return list(self._real(host, port, type=socket.SOCK_STREAM, flags=flags))
        self.has_begun.set()
        self.may_return.wait()
        return [found for one in self.hosts for found in self._real(one, port, type=socket.SOCK_STREAM)]
