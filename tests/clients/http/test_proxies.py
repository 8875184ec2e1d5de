"""Proxies that the environment specifies."""

from __future__ import annotations

import os
import socket
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.exceptions import BrokenConnectionError, ConfigurationError, ConnectError, TLSError
from tests.support.callers import SECRET, Connect, assert_fails, make_request, post_request
from tests.support.servers import JSON, Proxy, ScriptedServer, head, once, responding, response_bytes

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from tests.support.servers import Serve

BASIC = b"proxy-authorization: basic cGxheWVyOnMzY3IzdC1vZi1hLXBsYXllcg==".lower()


@pytest.fixture
def server(serve: Serve) -> ScriptedServer:
    return serve(responding(response_bytes()))


@pytest.fixture
def tls_server(serve: Serve, server_tls: ssl.SSLContext) -> ScriptedServer:
    return serve(responding(response_bytes()), server_tls)


@pytest.fixture
def proxy(server: ScriptedServer) -> Iterator[Proxy]:
    with Proxy(server) as proxy:
        yield proxy


@pytest.fixture
def tls_proxy(tls_server: ScriptedServer) -> Iterator[Proxy]:
    with Proxy(tls_server) as proxy:
        yield proxy


def with_credentials(proxy: ScriptedServer) -> str:
    return proxy.origin.replace("://", f"://player:{SECRET}@")


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy"])
def test_plain_requests_go_through_the_proxy(
    connect: Connect, server: ScriptedServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, with_credentials(proxy))
    caller = connect(server.origin)
    assert [caller.send(request).content for request in (make_request(), make_request(), post_request())] == [JSON] * 3
    assert proxy.requests[0].startswith(f"GET {server.origin}/api/v1?code={SECRET} HTTP/1.1\r\n".encode())
    assert b"\r\n" + BASIC in proxy.requests[0].lower()
    assert b"\r\naccept-encoding: gzip\r\n" in proxy.requests[0].lower()
    assert f"\r\nhost: 127.0.0.1:{server.port}\r\n".encode() in proxy.requests[0].lower()
    assert proxy.connections == 1


def test_requests_over_tls_go_through_a_tunnel(
    connect: Connect, tls_server: ScriptedServer, tls_proxy: Proxy, monkeypatch: pytest.MonkeyPatch, bundle: str
) -> None:
    monkeypatch.setenv("https_proxy", with_credentials(tls_proxy))
    caller = connect(tls_server.origin, verify=bundle)
    assert [caller.send(request).content for request in (make_request(), make_request(), post_request())] == [JSON] * 3
    (tunnel,) = tls_proxy.requests
    assert tunnel.startswith(f"CONNECT 127.0.0.1:{tls_server.port} HTTP/1.".encode())
    assert [request.partition(b"\r\n")[0] for request in tls_server.requests] == [
        f"GET /api/v1?code={SECRET} HTTP/1.1".encode(),
        f"GET /api/v1?code={SECRET} HTTP/1.1".encode(),
        b"POST /oauth/token HTTP/1.1",
    ]
    assert BASIC in tunnel.lower()
    assert not [request for request in tls_server.requests if b"proxy-" in request.lower()]
    assert f"\r\nHost: 127.0.0.1:{tls_server.port}\r\n".encode() in tls_server.requests[0]


def test_the_server_at_the_end_of_a_tunnel_is_checked(
    connect: Connect, tls_server: ScriptedServer, tls_proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", with_credentials(tls_proxy))
    assert_fails(lambda: connect(tls_server.origin).send(make_request()), TLSError, tls_server.origin, "CA bundle")
    assert not tls_server.requests


@pytest.mark.parametrize("exempt", ["127.0.0.1", "example.org, 127.0.0.1", "*", "127.0.0.0/8"])
def test_exempt_hosts_are_reached_directly(
    connect: Connect, server: ScriptedServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, exempt: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy.origin)
    monkeypatch.setenv("no_proxy", exempt)
    assert connect(server.origin).send(make_request()).content == JSON
    assert not proxy.requests


def test_the_other_schemes_proxy_is_not_used(
    connect: Connect, server: ScriptedServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", proxy.origin)
    assert connect(server.origin).send(make_request()).content == JSON
    assert not proxy.requests


def test_the_environment_is_read_once(
    connect: Connect, server: ScriptedServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = connect(server.origin)
    monkeypatch.setenv("http_proxy", proxy.origin)
    caller.send(make_request())
    assert not proxy.requests


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_connections(connect: Connect, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    monkeypatch.setenv(f"{scheme}_proxy", f"player:{SECRET}@127.0.0.1:{port}")
    origin = f"{scheme}://eternaltwin.example"
    assert_fails(
        lambda: connect(origin).send(make_request()),
        ConnectError,
        f"{origin}/api/v1 cannot be reached through the proxy http://127.0.0.1:{port}: the connection was refused",
        f"{scheme}_proxy",
        "no_proxy",
    )


def test_a_proxy_that_refuses_a_tunnel(connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(once(response_bytes(SECRET.encode(), status=f"407 {SECRET}")))
    monkeypatch.setenv("https_proxy", with_credentials(proxy))
    assert_fails(
        lambda: connect("https://eternaltwin.example").send(make_request()),
        ConnectError,
        f"https://eternaltwin.example/api/v1 cannot be reached through the proxy {proxy.origin}: it responded with 407",
        "https_proxy",
    )


def test_a_proxy_that_does_not_speak_http(connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(once(b"SSH-2.0-OpenSSH_9.2\r\n"))
    monkeypatch.setenv("https_proxy", with_credentials(proxy))
    assert_fails(
        lambda: connect("https://eternaltwin.example").send(make_request()),
        ConnectError,
        f"https://eternaltwin.example/api/v1 cannot be reached through the proxy {proxy.origin}: it did not send",
    )


@pytest.mark.parametrize(
    "address",
    [
        f"socks5://player:{SECRET}@127.0.0.1:1",
        f"https://{SECRET}@127.0.0.1:1",
        f"http://127.0.0.1:{SECRET}",
        "http://",
        "x y",
    ],
)
def test_a_proxy_of_a_kind_that_is_not_supported(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", address)
    error = assert_fails(lambda: connect("http://127.0.0.1:9"), ConfigurationError)
    assert str(error) == (
        "the environment variable all_proxy does not specify an http:// proxy: give it the form http://host:port, or"
        " list the Eternaltwin server's host in no_proxy"
    )


def test_credentials_are_unquoted_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://pl%61yer:{SECRET}@[::1]:3128")
    proxy = environment_proxy("http://127.0.0.1:50320")
    assert proxy is not None
    assert repr(proxy) == "<Proxy http://[::1]:3128>"
    assert f"proxy-authorization: {proxy.headers['Proxy-Authorization']}".lower().encode() == BASIC
    monkeypatch.setenv("http_proxy", "127.0.0.1")
    proxy = environment_proxy("http://127.0.0.1:50320")
    assert proxy is not None
    assert (proxy.url, proxy.headers) == ("http://127.0.0.1:80", {})


def test_credentials_of_a_proxy_may_be_any_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", os.fsdecode(b"http://pl\xe1yer:caf%C3%A9@127.0.0.1:3128"))
    proxy = environment_proxy("http://127.0.0.1:50320")
    assert proxy is not None
    assert b64decode(proxy.headers["Proxy-Authorization"].removeprefix("Basic ")) == b"pl\xe1yer:caf\xc3\xa9"


def test_a_proxy_may_need_a_user_name_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://player@127.0.0.1:3128")
    proxy = environment_proxy("http://127.0.0.1:50320")
    assert proxy is not None
    assert b64decode(proxy.headers["Proxy-Authorization"].removeprefix("Basic ")) == b"player:"


def test_http_proxy_is_ignored_in_cgi_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert environment_proxy("http://127.0.0.1:50320") is None


def test_a_forwarding_proxy_that_cannot_reach_the_server(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(once(head("Content-Length: 0", status="502 Bad Gateway")))
    monkeypatch.setenv("http_proxy", proxy.origin)
    assert connect("http://eternaltwin.example").send(make_request()).status_code == 502


def test_a_forwarding_proxy_that_does_not_speak_http(
    connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", serve(once(b"SSH-2.0-OpenSSH_9.2\r\n")).origin)
    message = "http://eternaltwin.example/api/v1 did not send a valid HTTP response"
    assert_fails(lambda: connect("http://eternaltwin.example").send(make_request()), BrokenConnectionError, message)


def test_a_proxy_whose_name_cannot_be_looked_up(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    host = f"{'x' * 70}.invalid"
    monkeypatch.setenv("http_proxy", f"http://{host}:3128")
    message = f"http://eternaltwin.example/api/v1 cannot be reached through the proxy http://{host}:3128: the host name"
    assert_fails(lambda: connect("http://eternaltwin.example").send(make_request()), ConnectError, message)
