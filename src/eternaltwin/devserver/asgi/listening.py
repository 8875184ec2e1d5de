"""An ASGI application behind a socket: uvicorn, with a start and a stop that do not poll."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import threading
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

import uvicorn
from httptools import parse_url
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

#: The time that pending requests may still take when the server stops, in seconds.
GRACE = 0.5

#: The time that a connection may be idle before it is closed, in seconds: longer than clients keep theirs.
KEEP_ALIVE = 75

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_LOOPBACKS = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

_REASONS = {
    errno.EADDRINUSE: "port {port} of {host} is taken: stop the program that listens there, or choose another port",
    errno.EACCES: "port {port} needs more privileges: choose one above 1023",
    errno.EADDRNOTAVAIL: "host {host} is not an address of this machine",
}


def open_socket(host: str, port: int) -> socket.socket:
    """Open a socket that accepts connections from now on.

    Args:
        host: A name or an address of this machine.
        port: The port to listen on, 0 to 65535. 0 means any free port.

    Returns:
        The socket.

    Raises:
        ConfigurationError: The port is in use, needs more privileges or is out of range, or the host is not this
            machine.
    """
    if isinstance(port, bool) or not 0 <= port < 65536:
        raise ConfigurationError("port must be a number from 0 to 65535", setting="port")
    family, address = _resolve(host, port)
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol; responses would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Outside POSIX this would let two servers share a port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        listener.bind(address)
        listener.listen(1024)
    except OSError as exc:
        listener.close()
        raise _unusable(host, port, exc) from None
    return listener


def url_of(listener: socket.socket, host: str) -> str:
    """Return the address under which clients on this machine reach a server.

    Args:
        listener: The socket of the server.
        host: The host that the server was started with.

    Returns:
        A URL without a final `/`.
    """
    address, port = listener.getsockname()[:2]
    name = _LOOPBACKS[listener.family] if ip_address(address).is_unspecified else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Return whether only this machine can reach a socket.

    Args:
        listener: The socket of a server.

    Returns:
        True if it listens on a loopback address.
    """
    return ip_address(listener.getsockname()[0]).is_loopback


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigurationError(f"host {host!r} is not a name or an address of this machine", setting="host") from None
    family, _, _, _, address = found[0]
    return family, cast("tuple[str, int]", address)


def _unusable(host: str, port: int, exc: OSError) -> ConfigurationError:
    reason = _REASONS.get(exc.errno or 0, "port {port} of {host} cannot be used: {error}")
    setting = "host" if exc.errno == errno.EADDRNOTAVAIL else "port"
    return ConfigurationError(reason.format(host=host, port=port, error=exc.strerror), setting=setting)


class HTTPProtocol(HttpToolsProtocol):
    """A connection of uvicorn that takes the host from where HTTP takes it."""

    def on_headers_complete(self) -> None:
        """Begin to respond. The host of an absolute target replaces that of `Host` (RFC 9112, section 3.2.2)."""
        host = None if self.url.startswith(b"/") else parse_url(self.url).host
        if host is not None:
            field = (b"host", b"[%b]" % host if b":" in host else host)
            self.headers[:] = [field, *((name, value) for name, value in self.headers if name != b"host")]
        super().on_headers_complete()


class HTTPServer(uvicorn.Server):
    """Serves an application on an open socket until it is stopped.

    Args:
        app: The application.
        on_ready: Called once the server accepts requests.
        on_stop: Called once the server begins to stop, to end responses that would last as long as it runs.
    """

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None], on_stop: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            uvicorn.Config(
                self._call,
                interface="asgi3",
                http=HTTPProtocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE,
            )
        )

    def stop(self) -> None:
        """Request that the server stops. May be called from any thread and from a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept requests.

        Args:
            sockets: The open sockets.
        """
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._on_ready()

    async def main_loop(self) -> None:
        """Serve until `stop` is called, which takes effect at once. The tick keeps the `Date` field current."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._wake.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more requests, let pending ones finish within half a second, and close every connection.

        Args:
            sockets: The open sockets.
        """
        self._on_stop()
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        tasks = list(self.server_state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._cancel(tasks)

    async def _cancel(self, tasks: list[asyncio.Task[None]]) -> None:
        await asyncio.sleep(0)  # lets connections process their end
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _call(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):  # only a stop cancels, and uvicorn would log an error
            await self._app(scope, receive, send)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGINT and SIGTERM, where signals can be caught: in the main thread. A context manager.

        Yields:
            Nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


class BackgroundServer:
    """Serves an application from a thread of its own. It accepts requests once the constructor returns.

    Args:
        app: The application.
        listener: An open socket.
        name: The name of the thread.
        on_stop: Called once the server begins to stop, to end responses that would last as long as it runs.
    """

    def __init__(self, app: ASGIApp, listener: socket.socket, name: str, on_stop: Callable[[], None]) -> None:
        ready = threading.Event()
        self._server = HTTPServer(app, ready.set, on_stop)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name=name, daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Stop the server and wait until it has stopped."""
        self._server.stop()
        self._thread.join()
