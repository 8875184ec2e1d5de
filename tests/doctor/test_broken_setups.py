"""Eight set-ups that are broken in one way each: the first line of what is found names the cause."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from eternaltwin.doctor import Finding, GameSetup, addresses, check_setup
from tests.support.game_setups import CALLBACK, GAME, SECRET, failures, finding, game_on
from tests.support.servers import ScriptedServer, responding, response_bytes
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

WEBSITE = b"<!doctype html><html><head><title>Eternaltwin</title></head><body></body></html>"


def only_failure(settings: dict[str, object]) -> Finding:
    """Check settings that have one thing wrong."""
    findings = check_setup(settings)
    assert len(failures(findings)) == 1
    return next(found for found in findings if found.is_failure)


def test_a_set_up_that_works_has_no_failure(server: DevServer) -> None:
    findings = check_setup(game_on(server))
    assert failures(findings) == []
    assert {found.name for found in findings if found.level == "ok"} >= {
        "settings",
        "server",
        "clock",
        "client",
        "redirect_uri",
        "public_url",
        "state_key",
        "packages",
    }


def test_a_wrong_port_is_named_with_the_right_one(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = int(server.url.rpartition(":")[2]), free_port()
    monkeypatch.setattr(addresses, "API_PORT", right)
    found = only_failure(game_on(server, url=f"http://127.0.0.1:{wrong}"))
    assert (found.name, found.code) == ("server", "wrong-port")
    assert f"wrong port, {wrong}" in found.summary
    assert str(right) in found.summary
    assert server.url in found.next


def test_the_port_of_the_website_is_named(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(responding(response_bytes(WEBSITE, "Content-Type: text/html"))) as website:
        monkeypatch.setattr(addresses, "API_PORT", int(server.url.rpartition(":")[2]))
        port, found = website.port, only_failure(game_on(server, url=website.origin))
    assert (found.name, found.code) == ("server", "website")
    assert f"website (port {port})" in found.summary
    assert found.next == f"Set url to {server.url}."


def test_a_wrong_secret_is_told_from_an_unknown_game(server: DevServer) -> None:
    found = only_failure(game_on(server, client_secret="another"))
    assert (found.name, found.code) == ("client", "wrong-secret")
    assert found.summary.startswith("client_secret is wrong")


def test_an_unknown_game_is_named(server: DevServer) -> None:
    found = only_failure(game_on(server, client_id="nosuch@clients"))
    assert (found.name, found.code) == ("client", "unknown-client")
    assert "does not know the game" in found.summary
    assert "nosuch@clients" in found.summary


def test_another_callback_is_shown_below_the_registered_one(server: DevServer) -> None:
    found = only_failure(game_on(server, redirect_uri="http://localhost:2/oauth/callback"))
    assert (found.name, found.code) == ("redirect_uri", "other-callback")
    assert found.summary == "redirect_uri is not the registered callback: the host or the port differs"
    registered, provided, mark = found.detail.splitlines()
    assert registered.endswith(CALLBACK)
    assert (registered[mark.index("^")], provided[mark.index("^")]) == ("1", "2")


def test_https_against_http_is_named(server: DevServer) -> None:
    found = only_failure(game_on(server, url=server.url.replace("http", "https")))
    assert (found.name, found.code) == ("server", "wrong-scheme")
    assert found.summary == "url starts with https://, but the server speaks http there"
    assert found.next == f"Set url to {server.url}."


@pytest.mark.parametrize(("hours", "direction"), [(24, "ahead of"), (-24, "behind")])
def test_a_clock_of_another_day_is_named_with_its_direction(local: DevServer, hours: int, direction: str) -> None:
    settings = game_on(local)
    local.clock.set(local.clock.now() + timedelta(hours=hours))
    found = only_failure(settings)
    assert (found.name, found.code) == ("clock", "clock")
    assert found.summary == f"The server's clock is 1 day {direction} that of this machine"


def test_a_server_that_is_down_is_named(server: DevServer) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    findings = check_setup(game_on(server, url=url))
    found = finding(findings, "server")
    assert found.code == "server-down"
    assert found.summary.startswith(f"No server can be reached at {url}")
    skipped = [found.name for found in findings if found.level == "skipped"]
    assert skipped == ["tls", "clock", "client", "redirect_uri", "public_url"]
    assert finding(findings, "state_key").level == "ok"


def test_no_finding_contains_a_secret(server: DevServer) -> None:
    key = "a-state-key-of-more-than-thirty-two-characters"
    for changes in ({}, {"client_secret": f"{SECRET}!"}, {"url": "http://127.0.0.1:1"}, {"state_key": key[:20]}):
        setup = GameSetup(game_on(server, **{"state_key": key, **changes}))
        shown = repr([setup, [found.to_dict() for found in check_setup(setup)]])
        assert SECRET not in shown
        assert key[:20] not in shown
        assert GAME in shown or "wrong" in shown
