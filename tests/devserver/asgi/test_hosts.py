"""Which names the development server responds to, so that web pages cannot reach it under names of their own."""

from __future__ import annotations

import contextlib
import http.client
import socket
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.asgi.hosts import AllowedHosts, host_name, is_loopback_host
from eternaltwin.exceptions import ConfigurationError
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,6}){0,3}", fullmatch=True)


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with DevServer(allowed_hosts=["Eternaltwin.mygame.test", "*.games.test", "[2001:DB8::1]"]) as server:
        yield server


def exchange(server: DevServer, head: str, body: str = "") -> tuple[int, str]:
    """Send a request as it is, and return the status and the body of the response."""
    address = urlsplit(server.url)
    assert address.hostname
    with contextlib.closing(socket.create_connection((address.hostname, address.port or 0), timeout=10)) as connection:
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n{body}".encode("latin-1"))
        response = http.client.HTTPResponse(connection, method=head.partition(" ")[0])
        response.begin()
        return response.status, response.read().decode()


def status_for(server: DevServer, host: str) -> int:
    return exchange(server, f"GET /api/v1 HTTP/1.1\r\nHost: {host}")[0]


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:50320",
        "localhost.",
        "eternaltwin.localhost:80",
        "a.b.localhost",
        "127.0.0.1",
        "127.8.9.10:1",
        "[::1]:50320",
        "[::ffff:127.0.0.1]",
        "eternaltwin.mygame.test",
        "ETERNALTWIN.mygame.test.:443",
        "a.b.games.test",
        "[2001:db8:0::1]:50320",
    ],
)
def test_names_of_this_machine_and_allowed_names_are_served(server: DevServer, host: str) -> None:
    assert status_for(server, host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:50320",
        "localhost.evil.example",
        "notlocalhost",
        "127.0.0.1.evil.example",
        "128.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::2]",
        "192.168.1.5",
        "127.1",
        "2130706433",
        "games.test",
        "mygame.test",
        "eternaltwin.test",
    ],
)
def test_every_other_name_is_misdirected_and_the_text_says_how_to_allow_it(server: DevServer, host: str) -> None:
    status, text = exchange(server, f"GET /api/v1 HTTP/1.1\r\nHost: {host}")
    name = host_name(host)
    assert status == 421
    assert f"--allowed-host {name}" in text
    assert f'allowed_hosts=["{name}"]' in text


@pytest.mark.parametrize(
    "head",
    [
        "GET /api/v1 HTTP/1.1",
        "GET /api/v1 HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
        "GET /api/v1 HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
        "GET /api/v1 HTTP/1.0\r\nHost: localhost\r\nhost: evil.example",
        "GET /api/v1 HTTP/1.1\r\nHost:",
        "GET /api/v1 HTTP/1.1\r\nHost: .",
        "GET /api/v1 HTTP/1.1\r\nHost: a@localhost",
        "GET /api/v1 HTTP/1.1\r\nHost: localhost/evil",
        "GET /api/v1 HTTP/1.1\r\nHost: localhost, evil.example",
        "GET /api/v1 HTTP/1.1\r\nHost: [localhost]",
        "GET /api/v1 HTTP/1.1\r\nHost: [127.0.0.1]",
        "GET /api/v1 HTTP/1.1\r\nHost: [:::1]",
        "GET /api/v1 HTTP/1.1\r\nHost: ::1",
        "GET /api/v1 HTTP/1.1\r\nHost: *.games.test",
        "GET /api/v1 HTTP/1.1\r\nHost: localhost:80:80",
        "GET /api/v1 HTTP/1.1\r\nHost: \xe9.localhost",
    ],
)
def test_a_request_without_exactly_one_valid_host_is_malformed(server: DevServer, head: str) -> None:
    status, text = exchange(server, head)
    assert (status, "exactly one Host field" in text) == (400, True)


def test_the_host_of_an_absolute_target_counts_and_not_the_field(server: DevServer) -> None:
    for target, field, status in [
        ("http://evil.example/api/v1", "localhost", 421),
        ("http://localhost:80/api/v1", "evil.example", 200),
        ("http://[::1]/api/v1", "evil.example", 200),
        ("http://[::2]:50320/api/v1", "localhost", 421),
    ]:
        assert exchange(server, f"GET {target} HTTP/1.1\r\nHost: {field}")[0] == status
    assert exchange(server, "OPTIONS * HTTP/1.1\r\nHost: evil.example")[0] in (400, 421)


def test_http_1_0_is_served_for_an_allowed_host_only(server: DevServer) -> None:
    assert exchange(server, "GET /api/v1 HTTP/1.0\r\nHost: localhost")[0] == 200
    assert exchange(server, "GET /api/v1 HTTP/1.0\r\nHost: evil.example")[0] == 421
    status, text = exchange(server, "GET /api/v1 HTTP/1.0")
    assert (status, "Host field" in text) == (421, True)


def test_a_refused_request_reaches_nothing_meets_no_fault_and_is_logged() -> None:
    with DevServer() as server:
        server.fail_next(503)
        head = "POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 12"
        assert exchange(server, head, "action=reset")[0] == 421
        [request] = server.requests
        assert (request.path, request.status, request.body) == ("/", 421, b"")
        assert b"evil.example" in request.refusal
        assert exchange(server, "HEAD /api/v1 HTTP/1.1\r\nHost: evil.example") == (421, "")
        assert status_for(server, "localhost") == 503


def test_the_host_that_the_server_listens_on_is_allowed() -> None:
    with DevServer(host="0.0.0.0") as server:
        assert status_for(server, "0.0.0.0:50320") == 200
        assert status_for(server, "127.0.0.1") == 200
        assert status_for(server, "192.0.2.1") == 421


def test_a_server_on_every_address_responds_to_the_address_that_received_the_request() -> None:
    hosts = AllowedHosts("::")
    assert hosts.allows("192.0.2.1", IPv4Address("192.0.2.1"))
    assert hosts.allows("2001:db8::1", IPv6Address("2001:db8::1"))
    assert not hosts.allows("192.0.2.1", IPv4Address("192.0.2.2"))
    assert not AllowedHosts("192.0.2.2").allows("192.0.2.1", IPv4Address("192.0.2.1"))


def test_a_star_allows_every_name() -> None:
    with DevServer(allowed_hosts=["*"]) as server:
        assert status_for(server, "evil.example") == 200
        assert exchange(server, "GET /api/v1 HTTP/1.1")[0] == 400


@pytest.mark.parametrize(
    "host", ["", "http://a.test", "a.test:80", "a b", "a/b", "*a.test", "a.*.test", "[::1", "é.test"]
)
def test_a_malformed_allowed_host_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="allowed_hosts") as caught:
        DevServer(allowed_hosts=[host])
    assert caught.value.setting == "allowed_hosts"


@given(NAMES)
@settings(max_examples=50)
def test_no_name_but_localhost_and_those_below_it_is_of_this_machine(name: str) -> None:
    assert host_name(f"{name.upper()}.:80") == name
    assert is_loopback_host(f"{name}.localhost")
    assert not is_loopback_host(f"localhost.{name}.test")
    assert AllowedHosts("127.0.0.1", [f"*.{name}.test"]).allows(f"a.{name}.test")
    assert not AllowedHosts("127.0.0.1", [f"*.{name}.test"]).allows(f"a{name}.test")


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_any_host_is_read_without_an_error(field: str) -> None:
    name = host_name(field)
    assert name is None or not AllowedHosts("127.0.0.1").allows(name) or is_loopback_host(name)


def test_clients_without_a_socket_need_no_host() -> None:
    with DevServer.in_process() as server:
        zoe = server.add_user("zoe")
        assert server.world.session_user(server.login(zoe)) == zoe


@pytest.mark.browser
def test_a_page_cannot_reach_the_server_by_rebinding_its_name() -> None:
    """A browser resolves the name of another site to this machine, as after DNS rebinding."""
    with DevServer() as server, chromium("--host-resolver-rules=MAP rebound.example 127.0.0.1") as browser:
        page = browser.new_page()
        response = page.goto(f"http://rebound.example:{urlsplit(server.url).port}/")
        assert response
        assert response.status == 421
        refused = page.evaluate("fetch('/', {method: 'POST', body: 'action=reset'}).then(found => found.status)")
        assert refused == 421
