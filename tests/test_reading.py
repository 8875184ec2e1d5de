"""Reading without a game: over connections without a client, and without any connection, in both variants."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import eternaltwin.server
from eternaltwin import GameClient, Section, User
from eternaltwin.archives import HammerfestUser
from eternaltwin.connections import async_connections, configure, connections
from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import ConfigurationError, NotFoundError
from tests.support.fakes import TOKEN, FakeAsyncTransport, FakeTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.variants import Variant


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    """Start a server as it is released."""
    with DevServer(api_version="0.16.4") as server:
        yield server


def assert_all_can_be_read(variant: Variant, server: DevServer) -> None:
    alice = server.world.user("alice")
    user = variant.call(User, "get", alice.id)
    assert (user.username, user.token) == ("Alice", None)
    assert list(variant.call(User, "get_many", [alice.id])) == [str(alice.id)]
    assert variant.call(Section, "get", "main_en").key == "main_en"
    assert variant.call(eternaltwin.server, "server_info").version == "0.16.4"
    with pytest.raises(NotFoundError):
        variant.call(HammerfestUser, "get", "hammerfest.fr", 127)


def test_all_can_be_read_with_nothing_but_a_url(variant: Variant, server: DevServer) -> None:
    configure(default={"url": server.url})
    assert_all_can_be_read(variant, server)


def test_all_can_be_read_without_any_configuration(variant: Variant, server: DevServer) -> None:
    def change(_alias: str, settings: Any) -> Any:
        assert settings == {}, "nothing is configured"
        return {"url": server.url}

    with connections.override_all(change), async_connections.override_all(change):
        assert_all_can_be_read(variant, server)


CALLS: dict[str, Callable[[Variant], object]] = {
    "start_authorization": lambda _: User.start_authorization(),
    "from_authorization_code": lambda variant: variant.call(User, "from_authorization_code", "code", "state"),
    "from_token": lambda variant: variant.call(User, "from_token", TOKEN),
    "GameClient.of_connection": lambda _: GameClient.of_connection(),
}


@pytest.mark.parametrize("name", CALLS)
def test_what_needs_a_client_names_what_is_missing(variant: Variant, name: str) -> None:
    transport = FakeTransport() if variant.is_sync else FakeAsyncTransport()
    registry: Any = connections if variant.is_sync else async_connections
    registry["default"] = {"transport": transport}
    with pytest.raises(ConfigurationError) as caught:
        CALLS[name](variant)
    assert str(caught.value).startswith(
        f"{name} needs client_id, client_secret, redirect_uri and state_key: configure(default={{...}})"
    )
    assert transport.requests == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("authorization_url", ["state"]), ("generate_state", []), ("validate_state", ["state"]), ("token", ["code"])],
)
def test_calls_of_a_reading_client_name_what_is_missing(variant: Variant, name: str, arguments: list[str]) -> None:
    registry: Any = connections if variant.is_sync else async_connections

    def call() -> None:
        called = getattr(registry.get_connection(), name)(*arguments)
        asyncio.run(called)

    with pytest.raises(
        ConfigurationError, match=rf"^{name} needs client_id, client_secret, redirect_uri and state_key"
    ):
        call()


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state_key"])
def test_a_reading_client_has_no_settings_of_a_game(name: str) -> None:
    configure()
    with pytest.raises(ConfigurationError, match="a sign-in needs client_id, client_secret, redirect_uri and state_k"):
        getattr(connections.get_connection(), name)
