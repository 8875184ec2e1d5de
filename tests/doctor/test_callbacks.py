"""What answers at the callback, and whether the cookies of a sign-in are sent there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from eternaltwin.doctor import Finding, GameSetup, check_setup
from tests.support.game_setups import GAME, finding, found_in, game_on
from tests.support.servers import ScriptedServer, responding, response_bytes, server_context

if TYPE_CHECKING:
    import trustme

    from eternaltwin.devserver import DevServer


def callback_of(local: DevServer, *fields: str, status: str = "200 OK") -> Finding:
    """Return what is found at a callback that responds with a status."""
    with ScriptedServer(responding(response_bytes(b"x", *fields, status=status))) as game:
        uri = f"http://127.0.0.1:{game.port}/oauth/callback"
        local.world.adopt_client(GAME, uri, "secret")
        found = found_in(game_on(local), "callback")
        assert game.requests[0].startswith(b"GET /oauth/callback HTTP/1.1")
        return found


@pytest.mark.parametrize(
    ("status", "level", "code"),
    [
        ("400 Bad Request", "ok", "ok"),
        ("200 OK", "ok", "ok"),
        ("404 Not Found", "error", "no-callback"),
        ("405 Method Not Allowed", "error", "no-callback"),
        ("500 Internal Server Error", "warning", "callback-fails"),
    ],
)
def test_what_the_callback_responds_with_is_explained(local: DevServer, status: str, level: str, code: str) -> None:
    found = callback_of(local, status=status)
    assert (found.level, found.code) == (level, code)
    assert status[:3] in found.summary


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("https://mygame.example/oauth/callback", "callback-moved"),
        ("/oauth/callback/", "callback-moved"),
        ("/oauth/failed?why=state", "ok"),
        ("http://[malformed", "callback-moved"),
        ("//host:port/", "callback-moved"),
    ],
)
def test_a_callback_that_is_elsewhere_is_told_from_a_page_that_explains(
    local: DevServer, location: str, code: str
) -> None:
    assert callback_of(local, f"Location: {location}", status="303 See Other").code == code


def test_a_callback_with_a_damaged_body_answers(local: DevServer) -> None:
    assert callback_of(local, "Content-Encoding: gzip").level == "ok"


def test_a_game_that_is_not_started_is_a_warning(local: DevServer) -> None:
    found = found_in(game_on(local), "callback")
    assert (found.level, found.code) == ("warning", "callback-down")
    assert "redirect_uri" in found.detail
    assert "`url`" not in found.detail


def test_a_callback_whose_certificate_is_not_trusted_is_a_warning(local: DevServer, authority: trustme.CA) -> None:
    with ScriptedServer(responding(response_bytes()), server_context(authority, "127.0.0.1")) as game:
        assert found_in(game_on(local, redirect_uri=f"{game.origin}/callback"), "callback").code == "callback-tls"


def test_a_callback_that_an_app_opens_is_not_requested(local: DevServer) -> None:
    assert found_in(game_on(local, redirect_uri="mygame://callback"), "callback").code == "not-http"


# --- cookies


def cookies_of(
    redirect_uri: str, game_url: str | None = None, secure: bool | Literal["auto"] = "auto"
) -> list[Finding]:
    settings = {
        "client_id": GAME,
        "client_secret": "s",
        "redirect_uri": redirect_uri,
        "state_key": "0123456789abcdef" * 2,
        "url": "http://127.0.0.1:1",
    }
    findings = check_setup(GameSetup(settings, game_url=game_url, secure=secure))
    return [found for found in findings if found.name in ("cookies", "safety")]


def test_localhost_and_its_address_are_two_hosts() -> None:
    found = finding(cookies_of("http://localhost:1/callback", "http://127.0.0.1:1"), "cookies")
    assert (found.level, found.code) == ("error", "other-host")
    assert "127.0.0.1" in found.summary
    assert "localhost" in found.summary


@pytest.mark.parametrize(("host", "other"), [("localhost", "127.0.0.1"), ("127.0.0.1", "localhost")])
def test_a_local_callback_names_the_address_to_open(host: str, other: str) -> None:
    found = finding(cookies_of(f"http://{host}:1/callback"), "cookies")
    assert found.level == "note"
    assert f"Open the game at http://{host}:1/" in found.summary
    assert f"{other}:1 fail" in found.summary


def test_a_local_callback_may_have_no_port() -> None:
    assert "127.0.0.1 fail" in finding(cookies_of("http://localhost/callback"), "cookies").summary


def test_a_game_over_http_with_a_callback_over_https_is_an_error() -> None:
    found = finding(cookies_of("https://localhost:1/callback", "http://localhost:1"), "cookies")
    assert found.code == "other-scheme"
    assert "__Host-" in found.detail


def test_the_game_at_the_host_of_its_callback_is_right() -> None:
    assert finding(cookies_of("http://localhost:1/callback", "http://localhost:1/start"), "cookies").level == "ok"


def test_secure_cookies_over_http_are_an_error() -> None:
    found = finding(cookies_of("http://mygame.test/callback", secure=True), "cookies")
    assert (found.level, found.code) == ("error", "E009")


def test_a_callback_over_http_on_another_machine_is_a_warning() -> None:
    found = finding(cookies_of("http://mygame.test/callback"), "safety")
    assert (found.level, found.code) == ("warning", "W102")


def test_settings_that_are_safe_together_are_right() -> None:
    assert finding(cookies_of("http://localhost:1/callback"), "safety").level == "ok"


@pytest.mark.parametrize("address", ["mygame", "http://[x", "http://", "ftp://localhost", "http://localhost:port"])
def test_an_address_of_the_game_that_is_none_is_found(local: DevServer, address: str) -> None:
    found = finding(check_setup(GameSetup(game_on(local), game_url=address)), "cookies")
    assert (found.level, found.code) == ("error", "wrong-game-url")
