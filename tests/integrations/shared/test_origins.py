"""The rules for the origin of a request, and the headers for front ends on another origin."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from eternaltwin.clients.asyncio.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.origins import (
    cors_headers,
    is_same_origin,
    own_origin,
    preflight_headers,
    warn_of_other_host,
)
from eternaltwin.integrations.shared.settings import LoginSettings

FRONT = "http://localhost:5173"
GAME = Eternaltwin("game@clients", "secret", "https://game.example/eternaltwin/callback", "x" * 32)


@pytest.mark.parametrize("setting", ["trusted_origins", "domains"])
@pytest.mark.parametrize(
    "origins",
    [
        "https://front.example",
        3,
        ["*"],
        ["null"],
        [""],
        [None],
        ["https://*.example"],
        ["https://front.example/"],
        ["https://front.example/path"],
        ["https://front.example:443"],
        ["http://localhost:80"],
        ["https://Front.example"],
        ["front.example"],
        ["ftp://front.example"],
        ["https://user@front.example"],
        ["https://front.example:x"],
        ["https://front.example\n"],
        ["https://fröntend.example"],
    ],
)
def test_settings_with_something_else_than_origins_are_refused(setting: str, origins: Any) -> None:
    settings: dict[str, Any] = {setting: origins}
    with pytest.raises(ConfigurationError, match=f"{setting} must ") as caught:
        LoginSettings(**settings)
    assert caught.value.setting == setting


def test_trusted_origins_over_http_are_on_this_machine() -> None:
    with pytest.raises(ConfigurationError) as caught:
        LoginSettings(trusted_origins=["http://front.example"])
    assert caught.value.setting == "trusted_origins"
    assert str(caught.value) == (
        "trusted_origins must contain origins with https, or of this machine, not 'http://front.example':"
        " over http, anybody on the way can send pages in its name"
    )
    origins = [FRONT, "http://127.0.0.1:3000", "http://[::1]:3000", "https://front.example", "https://a.example:8443"]
    assert LoginSettings(trusted_origins=origins).trusted_origins == tuple(origins)
    assert LoginSettings(domains=["http://game.example"]).domains == ("http://game.example",)


@pytest.mark.parametrize("site", ["same-site", "cross-site", None])
def test_a_trusted_origin_may_send_requests(site: str | None) -> None:
    headers = {"origin": FRONT, "host": "game.example", **({"sec-fetch-site": site} if site else {})}
    assert is_same_origin(headers, GAME, [FRONT])
    assert not is_same_origin(headers, GAME, ["http://localhost:5174"])
    assert not is_same_origin(headers, GAME)


@pytest.mark.parametrize("origin", ["", "null", "http://[", "https://", "game.example", "https:///game.example", "*"])
def test_malformed_origins_are_others(origin: str) -> None:
    assert not is_same_origin({"origin": origin, "host": "game.example"}, GAME, [FRONT])
    assert not is_same_origin({"origin": origin, "host": ""}, GAME)


def test_cors_headers_are_for_trusted_origins_only() -> None:
    assert cors_headers(FRONT, [FRONT]) == {
        "Access-Control-Allow-Origin": FRONT,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }
    for origin in ("https://evil.example", "null", "", None):
        assert cors_headers(origin, [FRONT]) == {"Vary": "Origin"}
        assert preflight_headers(origin, [FRONT]) == {"Vary": "Origin"}
        assert cors_headers(origin, []) == preflight_headers(origin, []) == {}


def test_preflights_of_trusted_origins_may_send_json() -> None:
    headers = preflight_headers(FRONT, [FRONT])
    assert headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Content-Type" in headers["Access-Control-Allow-Headers"]
    assert headers["Access-Control-Allow-Origin"] == FRONT
    assert "*" not in "".join(headers.values())


@pytest.mark.parametrize("site", ["same-origin", "same-site", "cross-site", "none", ""])
def test_what_the_browser_says_of_the_site_decides(site: str) -> None:
    for origin in ({}, {"origin": "https://game.example"}, {"origin": "https://evil.example"}):
        headers = {"sec-fetch-site": site, "host": "game.example", **origin}
        assert is_same_origin(headers, GAME) is (site == "same-origin")


def test_without_it_the_origin_has_the_scheme_and_a_host_of_the_site() -> None:
    assert is_same_origin({"origin": "https://game.example"}, GAME)
    assert is_same_origin({"origin": "https://behind.example", "host": "behind.example"}, GAME)
    assert not is_same_origin({"origin": "http://game.example", "host": "game.example"}, GAME)
    assert not is_same_origin({"origin": "https://other.example", "host": "game.example"}, GAME)
    assert not is_same_origin({"host": "game.example"}, GAME)
    assert not is_same_origin({}, GAME)


def test_the_domain_of_a_request_is_one_of_the_list() -> None:
    domains = ["https://game.example", "https://game.fr:8443"]
    assert own_origin("game.example", domains) == "https://game.example"
    assert own_origin("GAME.fr:8443", domains) == "https://game.fr:8443"
    for host in ("game.fr", "evil.example", "", "https://game.example"):
        assert own_origin(host, domains) is None


@pytest.mark.parametrize(
    ("host", "is_debug", "domains", "is_logged"),
    [
        ("localhost:8000", False, (), True),
        ("localhost:8000", True, (), True),
        ("127.0.0.1:8000", True, (), False),
        ("game.example", False, (), False),
        ("game.example", True, (), True),
        ("game.example", True, ("https://game.example",), False),
    ],
)
def test_a_start_on_another_host_than_the_callback_is_logged(
    host: str, is_debug: bool, domains: tuple[str, ...], is_logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    local = Eternaltwin("game@clients", "secret", "http://127.0.0.1:8000/eternaltwin/callback", "x" * 32)
    logger = logging.getLogger("eternaltwin.integrations.tests")
    warn_of_other_host(host, local, logger, is_debug=is_debug, domains=domains)
    message = (
        f"This sign-in starts on {host}, but redirect_uri is on 127.0.0.1:8000: the browser will not send its cookie"
        " there, and the sign-in will be refused. Open the game at the host of redirect_uri."
    )
    logged = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert logged == is_logged * [("eternaltwin.integrations.tests", "WARNING", message)]


def test_a_game_behind_another_host_is_no_reason_to_warn_outside_of_debug_mode(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("eternaltwin.integrations.tests")
    warn_of_other_host("localhost", GAME, logger, is_debug=False)
    assert not caplog.records
    warn_of_other_host("localhost", GAME, logger, is_debug=True)
    assert len(caplog.records) == 1
