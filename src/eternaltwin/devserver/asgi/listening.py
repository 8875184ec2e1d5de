"""An ASGI application behind a socket: uvicorn, that starts and stops without waiting about."""

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

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

#: How long requests that are being answered may still take when the server stops, in seconds.
GRACE = 0.5

#: How long a connection may be idle before it is closed, in seconds: longer than clients keep theirs.
KEEP_ALIVE = 75

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_LOOPBACKS = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}

_REASONS = {
    errno.EADDRINUSE: "port {port} of {host} is taken: stop what listens there, or choose another port",
    errno.EACCES: "port {port} may not be used by this user: choose one above 1023",
    errno.EADDRNOTAVAIL: "host {host} is no address of this machine",
}


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that accepts connections from now on.

    Args:
        host: a name or an address of this machine.
        port: where to listen; 0 for any port that is free.

    Raises:
        ConfigurationError: the port is taken or may not be used, or the host is not this machine's.
    """
    if isinstance(port, bool) or not 0 <= port < 65536:
        raise ConfigurationError("port must be a number from 0 to 65535", setting="port")
    family, address = _resolve(host, port)
    # asyncio turns Nagle's algorithm off only for sockets that name their protocol; answers would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # Outside POSIX it would let two servers share a port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        listener.bind(address)
        listener.listen(1024)
    except OSError as exc:
        listener.close()
        raise _unusable(host, port, exc) from None
    return listener


def url_of(listener: socket.socket, host: str) -> str:
    """The address of a server, as a client on this machine writes it, without a final `/`."""
    address, port = listener.getsockname()[:2]
    name = _LOOPBACKS[listener.family] if ip_address(address).is_unspecified else host
    return f"http://{f'[{name}]' if ':' in name else name}:{port}"


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach a socket."""
    return ip_address(listener.getsockname()[0]).is_loopback


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigurationError(f"host {host!r} is no name or address of this machine", setting="host") from None
    family, _, _, _, address = found[0]
    return family, cast("tuple[str, int]", address)


def _unusable(host: str, port: int, exc: OSError) -> ConfigurationError:
    reason = _REASONS.get(exc.errno or 0, "port {port} of {host} cannot be used: {error}")
    setting = "host" if exc.errno == errno.EADDRNOTAVAIL else "port"
    return ConfigurationError(reason.format(host=host, port=port, error=exc.strerror), setting=setting)


class HTTPServer(uvicorn.Server):
    """Serves an application on a socket that is open already, until it is told to stop.

    Args:
        app: what answers.
        on_ready: is called once requests are accepted.
    """

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        self._app = app
        self._on_ready = on_ready
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        super().__init__(
            uvicorn.Config(
                self._answer,
                interface="asgi3",
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
        """Stop serving soon. May be called from any thread, and from a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        self._on_ready()

    async def main_loop(self) -> None:
        """Serve until told to stop, which is noticed at once; the tick keeps the `Date` field right."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._wake.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, let what is being answered finish, and close every connection."""
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
        await asyncio.sleep(0)  # connections learn here that they are gone
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(asyncio.CancelledError):  # only our stopping cancels, and uvicorn would log an error
            await self._app(scope, receive, send)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take SIGINT and SIGTERM as the wish to stop, where signals can be caught: in the main thread."""
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
    """Serves an application from a thread of its own; requests are accepted once this is made."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        ready = threading.Event()
        self._server = HTTPServer(app, ready.set)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="eternaltwin development server", daemon=True
        )
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Stop serving, and wait until that is done."""
        self._server.stop()
        self._thread.join()
