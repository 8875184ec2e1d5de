"""Transports have the methods that their protocols require, with the same parameters, and send what they are given."""

from __future__ import annotations

import inspect
import socket
from typing import TYPE_CHECKING, NoReturn

import pytest

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.http.transports import AsyncTransport, Transport
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import ConnectError
from tests.support.callers import assert_fails, make_request
from tests.support.servers import responding, response_bytes

if TYPE_CHECKING:
    from tests.support.callers import Connect
    from tests.support.servers import Serve


def methods(kind: type) -> dict[str, tuple[bool, list[str]]]:
    """Return whether each public method is a coroutine function, and its parameters."""
    functions = inspect.getmembers(kind, inspect.isfunction)
    return {
        name: (inspect.iscoroutinefunction(function), list(inspect.signature(function).parameters))
        for name, function in functions
        if not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("kind", "protocol"), [(UrllibTransport, Transport), (AiohttpTransport, AsyncTransport)], ids=["sync", "asyncio"]
)
def test_a_transport_implements_its_protocol(kind: type, protocol: type) -> None:
    assert methods(kind) == methods(protocol)


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [
        ("GET", None, None),
        ("GET", b"x", 1),
        ("DELETE", b"{}", 2),
        ("POST", None, 0),
        ("POST", b"", 0),
        ("PUT", b"{}", 2),
        ("PATCH", b"{}", 2),
    ],
)
def test_a_request_has_a_length_if_it_has_a_body_or_its_method_means_one(
    connect: Connect, serve: Serve, method: str, body: bytes | None, length: int | None
) -> None:
    """RFC 9110, section 8.6."""
    server = serve(responding(response_bytes()))
    connect(server.origin).send(make_request(method, body=body))
    (request,) = server.requests
    lines = request.lower().partition(b"\r\n\r\n")[0].split(b"\r\n")
    fields = [line for line in lines if line.startswith((b"content-length:", b"transfer-encoding:"))]
    assert fields == ([] if length is None else [b"content-length: %d" % length])
    assert request.endswith(b"\r\n\r\n" + (body or b""))


@pytest.mark.parametrize(("scheme", "port"), [("http", 80), ("https", 443)])
def test_an_origin_without_a_port_has_that_of_its_scheme(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str, port: int
) -> None:
    def look_up(host: str, port: int, *rest: object, **names: object) -> NoReturn:
        ports.add(port)
        raise socket.gaierror(host, rest, names)

    ports: set[int] = set()
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert_fails(lambda: connect(f"{scheme}://eternaltwin.test").send(make_request()), ConnectError)
    assert ports == {port}


def test_a_target_is_sent_as_it_is(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    target = "/%7E%41/../x?q=a%2Fb+c%20d&%e9=%C3%A9&e"
    connect(server.origin).send(make_request(target=target))
    assert server.requests[0].startswith(f"GET {target} HTTP/1.1\r\n".encode())
