"""The rules for the origin of a request, and the headers for front ends on another origin."""

from __future__ import annotations

from typing import Any

import pytest

from eternaltwin.clients.asyncio.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.origins import cors_headers, is_same_origin, preflight_headers
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
    ids=str,
)
def test_settings_with_something_else_than_origins_are_refused(setting: str, origins: Any) -> None:
    settings: dict[str, Any] = {setting: origins}
    with pytest.raises(ConfigurationError, match=f"{setting} must ") as caught:
        LoginSettings(**settings)
    assert caught.value.setting == setting


def test_trusted_origins_over_http_are_on_this_machine() -> None:
    with pytest.raises(ConfigurationError, match="anybody on the way can send pages in its name"):
        LoginSettings(trusted_origins=["http://front.example"])
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
