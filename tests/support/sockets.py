"""Listening sockets, and free ports."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import cast


def listen_on_free_port() -> socket.socket:
    """Return a socket that listens on a free port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def port_of(listener: socket.socket) -> int:
    """Return the port of a listening socket."""
    return cast("tuple[str, int]", listener.getsockname())[1]


def url_of(listener: socket.socket) -> str:
    """Return the URL of a listening socket."""
    return f"http://127.0.0.1:{port_of(listener)}"


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with closing(listen_on_free_port()) as listener:
        return port_of(listener)
