"""Games are registered with the internal key. The recordings hold the rules of the official server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.api.clients import NewClient
from tests.support.asgi_server import Server, basic, hexadecimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.asgi_server import ServerResponse

CLIENTS = "/api/v1/oauth_clients"
GAME = {
    "key": "fresh_dev@clients",
    "display_name": "Fresh",
    "app_uri": "http://fresh.example/",
    "callback_uri": "http://fresh.example/callback",
    "secret": hexadecimal("fresh secret"),
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def register(server: Server, **changes: str) -> ServerResponse:
    key = {"Etwin-Internal-Auth": server.world.config.backend.secret}
    return server.request("POST", CLIENTS, headers=key, json_body=GAME | changes)


def caller(server: Server, key: str, secret: str) -> str:
    return str(server.get("/api/v1/auth/self", authorization=basic(key, secret)).json["type"])


def test_a_registered_game_signs_in_with_its_newest_secret(server: Server) -> None:
    registered = register(server).json
    assert caller(server, "fresh_dev@clients", "fresh secret") == "OauthClient"
    assert register(server, secret=hexadecimal("other")).json == registered
    secrets = ("fresh secret", "other", "")
    assert [caller(server, registered["id"], secret) for secret in secrets] == ["Guest", "OauthClient", "Guest"]


def test_a_changed_game_of_the_configuration_is_as_before_after_a_reset(server: Server) -> None:
    before = server.world.client("kingdom_dev")
    assert register(server, key="kingdom_dev@clients").json["id"] == str(before.id)
    assert [caller(server, before.key, secret) for secret in ("dev", "fresh secret")] == ["Guest", "OauthClient"]
    server.world.adopt_client(before.key, before.callback, "adopted")
    assert caller(server, before.key, "adopted") == "OauthClient"
    server.world.reset()
    assert server.world.client("kingdom_dev") == before


@pytest.mark.parametrize(
    ("field", "value"), [("app_uri", "/"), ("callback_uri", "mailto:a@b"), ("secret", "xy"), ("secret", "ff")]
)
def test_addresses_without_a_host_and_secrets_that_are_not_text_are_refused(
    server: Server, field: str, value: str
) -> None:
    response = register(server, **{field: value})
    assert response.status == 422
    assert f": {field}: " in response.text


def test_a_limited_number_of_games_is_registered(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eternaltwin.devserver.services.games.MAX_CLIENTS", len(server.world.clients()) + 1)
    statuses = [register(server, key=f"{name}@clients").status for name in ("one", "two", "one")]
    assert statuses == [200, 422, 200]


def test_secrets_are_not_shown() -> None:
    assert "666" not in repr(NewClient(**GAME))
