"""What answers at `url` or `public_url`, if it is not an Eternaltwin API."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.doctor import addresses, check_setup
from tests.support.game_setups import SEEDS, finding, found_in, game_on
from tests.support.servers import Peer, ScriptedServer, responding, response_bytes, server_context
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import trustme

    from eternaltwin.doctor import Finding

HTML = "Content-Type: text/html"
PAGE = b"<!doctype html><html><title>Apache</title></html>"


@pytest.fixture(autouse=True)
def nothing_on_the_usual_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no server that a developer runs beside the tests be found."""
    monkeypatch.setattr(addresses, "API_PORT", free_port())


def answering(data: bytes) -> Callable[[Peer], None]:
    """Return a script that sends the data after anything that it receives, also the beginning of TLS."""

    def script(peer: Peer) -> None:
        while peer.sock.recv(65536):
            peer.send(data)

    return script


def close(peer: Peer) -> None:
    """Receive anything, and close."""
    peer.sock.recv(65536)


def found_at(server: DevServer, data: bytes, **changes: object) -> Finding:
    """Return what is found if something responds to each request with the same data."""
    with ScriptedServer(answering(data)) as other:
        return found_in(game_on(server, url=other.origin, **changes), "server")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (response_bytes(PAGE, HTML), "not-eternaltwin"),
        (response_bytes(b"", status="404 Not Found"), "not-eternaltwin"),
        (response_bytes(b"[]"), "not-eternaltwin"),
        (response_bytes(b"bad request", status="400 Bad Request"), "not-eternaltwin"),
        (response_bytes(b"\x00", "Content-Encoding: gzip"), "not-eternaltwin"),
        (response_bytes(b"", status="503 Service Unavailable"), "server-fails"),
        (response_bytes(b"", "Location: /elsewhere", status="302 Found"), "redirects"),
        (response_bytes(b"", "Location: https://127.0.0.1/api/v1", status="301 Moved"), "wrong-scheme"),
        (response_bytes(b"", "Location: http://[malformed", status="302 Found"), "redirects"),
        (response_bytes(b"", status="304 Not Modified"), "not-eternaltwin"),
    ],
)
def test_what_answers_instead_is_named(server: DevServer, data: bytes, code: str) -> None:
    found = found_at(server, data)
    assert (found.level, found.code) == ("error", code)
    assert found.next


def test_the_api_on_the_usual_port_is_proposed(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "API_PORT", int(server.url.rpartition(":")[2]))
    assert found_at(server, response_bytes(PAGE, HTML)).next == f"Set url to {server.url}."


def test_a_website_that_is_not_started_is_named_by_its_port(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    port, usual = free_port(), free_port()
    monkeypatch.setattr(addresses, "API_PORT", usual)
    monkeypatch.setattr(addresses, "FRONT_END_PORT", port)
    found = found_in(game_on(server, url=f"http://127.0.0.1:{port}"), "server")
    assert found.code == "website"
    assert f":{usual}" in found.next


def test_a_proxy_that_answers_is_named(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(responding(response_bytes(b"", status="403 Forbidden"))) as proxy:
        monkeypatch.setenv("http_proxy", f"http://user:hunter2@127.0.0.1:{proxy.port}")
        findings = check_setup(game_on(server, url="http://eternaltwin.example"))
    found = finding(findings, "server")
    assert found.code == "proxy"
    assert "http_proxy" in found.detail
    assert "hunter2" not in repr(findings)


def test_http_against_https_is_named(server: DevServer, authority: trustme.CA) -> None:
    with ScriptedServer(responding(response_bytes()), server_context(authority, "127.0.0.1")) as other:
        found = found_in(game_on(server, url=other.origin.replace("https", "http")), "server")
    assert found.code == "wrong-scheme"
    assert found.summary == "url starts with http://, but the server speaks https there"


def test_http_that_is_damaged_is_http(server: DevServer) -> None:
    with ScriptedServer(answering(response_bytes(b"\x00", "Content-Encoding: gzip"))) as other:
        found = found_in(game_on(server, url=other.origin.replace("http", "https")), "server")
    assert found.code == "wrong-scheme"


def speaks(_: object) -> bool:
    """Speak TLS, which `ScriptedServer` does not do on a port of http."""
    return True


def test_a_refusal_of_http_by_a_tls_port_is_named(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eternaltwin.doctor.probes.Address.responds", speaks)
    assert found_at(server, response_bytes(b"", status="400 Bad Request")).code == "wrong-scheme"


def test_a_certificate_that_is_not_trusted_is_named(server: DevServer, authority: trustme.CA) -> None:
    with ScriptedServer(responding(response_bytes()), server_context(authority, "127.0.0.1")) as other:
        found = found_in(game_on(server, url=other.origin), "server")
    assert found.code == "certificate"
    assert "is not trusted" in found.summary


def test_a_certificate_of_another_name_is_named(server: DevServer, authority: trustme.CA, tmp_path: Path) -> None:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    with ScriptedServer(responding(response_bytes()), server_context(authority, "other.example")) as other:
        found = found_in(game_on(server, url=other.origin, verify_ssl=str(path)), "server")
    assert found.code == "certificate"
    assert "mismatch" in found.summary


def test_hosts_that_do_not_respond_take_as_long_as_a_few_requests(server: DevServer) -> None:
    with ScriptedServer(lambda peer: peer.hang()) as silent:
        started = time.monotonic()
        findings = check_setup(
            game_on(server, public_url=silent.origin, redirect_uri=f"{silent.origin}/callback"), timeout=0.1
        )
    assert time.monotonic() - started < 3
    assert finding(findings, "callback").code == "callback-down"
    assert finding(findings, "public_url").code == "public-url-unreachable"


def test_a_server_that_closes_or_does_not_respond_is_down(server: DevServer) -> None:
    with ScriptedServer(close) as closing, ScriptedServer(lambda peer: peer.hang()) as silent:
        assert found_in(game_on(server, url=closing.origin), "server").code == "server-down"
        found = found_in(game_on(server, url=silent.origin), "server", timeout=0.1)
    assert found.code == "server-down"
    assert "did not respond within" in found.detail


# --- public_url


@pytest.fixture(scope="module")
def other() -> Iterator[DevServer]:
    """Run another server."""
    with DevServer(SEEDS) as running:
        yield running


def public_url_of(server: DevServer, url: str, timeout: float = 3) -> Finding:
    return found_in(game_on(server, public_url=url), "public_url", timeout)


def test_another_name_of_the_same_server_is_right(server: DevServer) -> None:
    found = public_url_of(server, server.url.replace("127.0.0.1", "localhost"))
    assert (found.level, found.code) == ("ok", "ok")
    assert "same server" in found.summary


def test_another_server_behind_public_url_is_named(server: DevServer, other: DevServer) -> None:
    found = public_url_of(server, other.url)
    assert (found.level, found.code) == ("error", "other-server")


def test_a_public_url_that_is_unreachable_from_here_may_be_right(server: DevServer) -> None:
    found = public_url_of(server, f"http://127.0.0.1:{free_port()}")
    assert (found.level, found.code) == ("warning", "public-url-unreachable")
    assert "browser" in found.next


def test_a_public_url_of_something_else_is_an_error(server: DevServer) -> None:
    with ScriptedServer(responding(response_bytes(PAGE, HTML))) as page:
        found = public_url_of(server, page.origin)
    assert (found.level, found.code) == ("error", "not-eternaltwin")
    assert found.next == "Correct the port or the path of public_url."


def test_an_address_that_only_knows_its_version_is_another_server(server: DevServer) -> None:
    version = response_bytes(b'{"eternaltwin": {"version": "0.16.4"}}')
    with ScriptedServer(responding(version)) as shallow:
        assert public_url_of(server, shallow.origin).code == "other-server"


def test_the_brackets_of_an_ipv6_address_are_kept(server: DevServer) -> None:
    assert found_in(game_on(server, url="http://[::1]:1"), "server").code == "server-down"
