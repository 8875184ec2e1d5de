"""Transports and clients of both kinds, and servers for them."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import trustme

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.sync.transport import UrllibTransport
from tests.support.callers import AsyncCaller, Caller, Connect, SyncCaller
from tests.support.resolvers import Resolver
from tests.support.scripted_clients import ScriptedClient
from tests.support.servers import Peer, ScriptedServer, Serve, server_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator


@pytest.fixture(params=["sync", "asyncio"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Build callers of either kind, closed after the test."""
    with ExitStack() as stack:

        def make(
            origin: str,
            *,
            connect_timeout: float | None = None,
            max_response_size: int = 100_000,
            pool_size: int = 10,
            verify: bool | str = True,
        ) -> Caller:
            kind = UrllibTransport if request.param == "sync" else AiohttpTransport
            transport = kind(
                origin,
                connect_timeout=connect_timeout,
                max_response_size=max_response_size,
                pool_size=pool_size,
                verify=verify,
            )
            caller = SyncCaller(transport) if isinstance(transport, UrllibTransport) else AsyncCaller(transport)
            stack.callback(caller.end)
            return caller

        yield make


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers, closed after the test."""
    with ExitStack() as stack:

        def start(script: Callable[[Peer], None], tls: ssl.SSLContext | None = None) -> ScriptedServer:
            return stack.enter_context(ScriptedServer(script, tls))

        yield start


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates of the test servers."""
    return trustme.CA()


@pytest.fixture(scope="session")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of the authority's certificate."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Return a TLS context for a server on 127.0.0.1, with a certificate of the authority."""
    return server_context(authority, "127.0.0.1")


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    """Replace the system's resolver, which then knows the names that end with `.test`."""
    resolver = Resolver("127.0.0.2", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield resolver
    resolver.may_return.set()


@pytest.fixture(params=["sync", "asyncio"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ScriptedClient:
    """Return a client that records the delays of retries instead of waiting."""
    waits: list[float] = []

    async def asyncio_sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr("asyncio.sleep", asyncio_sleep)
    return ScriptedClient(request.param, waits)
