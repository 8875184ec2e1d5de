"""Connections: named, checked at configuration, built once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

import eternaltwin.connections
from eternaltwin import configure, configure_from_environment
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import Connections, ConnectionSettings, async_connections, connections, offline_client
from eternaltwin.exceptions import ConfigurationError, EternalTwinError, UnknownConnectionError
from tests.support.fakes import (
    CALLBACK,
    CLIENT_ID,
    KEY,
    SECRET,
    SETTINGS,
    FakeAsyncTransport,
    FakeTransport,
    changed_settings,
    json_response,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _registries() -> Iterator[None]:
    configure()
    yield
    configure()


class Counting:
    """A client class that is not of this library, and counts how often it is built."""

    built = 0

    def __init__(self, **settings: object) -> None:
        type(self).built += 1
        self.settings = settings


def own_settings(settings: dict[str, object]) -> ConnectionSettings:
    """Return settings of a client that is not of this library."""
    return cast("ConnectionSettings", settings)


def sync_registry() -> Connections[Eternaltwin]:
    return Connections(Eternaltwin)


def test_configure_sets_both_variants() -> None:
    configure(default=SETTINGS, other={**SETTINGS, "client_id": "other@clients"})
    assert isinstance(connections["default"], Eternaltwin)
    assert isinstance(async_connections["default"], AsyncEternaltwin)
    assert connections["other"].client_id == "other@clients"
    assert list(connections) == ["default", "other"]
    assert repr(connections) == "<Connections: default, other>"


def test_default_is_used_without_an_alias() -> None:
    configure(default=SETTINGS)
    assert connections.get_connection() is connections["default"]
    assert connections.get_connection(None) is connections.get_connection("default")


def test_a_client_may_be_given_instead_of_an_alias() -> None:
    client = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)
    assert sync_registry().get_connection(client) is client


def test_an_unknown_alias_is_named_with_the_known_ones() -> None:
    registry = sync_registry()
    registry.configure(default=SETTINGS, game=SETTINGS)
    with pytest.raises(KeyError) as caught:
        registry.get_connection("gmae")
    assert isinstance(caught.value, EternalTwinError)
    assert str(caught.value) == "there is no connection 'gmae'; there are: 'default', 'game'"


def test_the_error_without_any_connection_names_the_remedy() -> None:
    with pytest.raises(UnknownConnectionError, match=r"none: call eternaltwin.configure\(\) first"):
        sync_registry().get_connection()


def test_a_mistake_changes_nothing() -> None:
    configure(default=SETTINGS)
    before = connections["default"]
    with pytest.raises(ConfigurationError, match="connection 'other': timeout must be"):
        configure(default={**SETTINGS, "timeout": 1}, other={**SETTINGS, "timeout": 0})
    assert connections["default"] is before
    assert list(connections) == ["default"]


def test_settings_without_an_alias_are_explained() -> None:
    settings: Any = SETTINGS
    with pytest.raises(ConfigurationError, match=r"did you mean configure\(default=\{...\}\)\?"):
        configure(**settings)


def test_clients_are_built_at_first_use() -> None:
    class Client(Counting):
        built = 0

    registry = Connections(Client)
    registry.configure(default=own_settings({"a": 1}))
    assert Client.built == 0
    assert registry["default"] is registry["default"]
    assert registry["default"].settings == {"a": 1}
    assert Client.built == 1


def test_clients_are_built_once_under_threads() -> None:
    barrier = threading.Barrier(16)
    found: list[Counting] = []

    class Client(Counting):
        built = 0

    registry = Connections(Client)
    registry.configure(default=own_settings({}))

    def get() -> None:
        barrier.wait()
        found.append(registry.get_connection())

    threads = [threading.Thread(target=get) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Client.built == 1
    assert len(set(map(id, found))) == 1


def test_configuring_again_keeps_unchanged_clients_and_closes_the_others() -> None:
    changed = FakeTransport(json_response())
    removed = FakeTransport(json_response())
    registry = sync_registry()
    registry.configure(
        same=SETTINGS,
        changed={**SETTINGS, "transport": changed},
        removed={**SETTINGS, "transport": removed},
        idle=SETTINGS,
    )
    same = registry["same"]
    for alias in ("changed", "removed"):
        registry[alias].get("/api/v1")
    registry.configure(same={**SETTINGS, "timeout": 5.0}, changed={**SETTINGS, "timeout": 9}, idle=SETTINGS)
    assert registry["same"] is same
    assert registry["changed"].settings.timeout == 9
    assert (changed.closed, removed.closed) == (1, 1)
    assert "removed" not in registry


def test_configuring_again_discards_clients_of_the_asyncio_variant() -> None:
    registry = Connections(AsyncEternaltwin)
    transport = FakeAsyncTransport(json_response())
    client = registry.create_connection("default", **changed_settings(transport=transport))
    assert client.api is client.api
    registry.configure()
    assert transport.closed == 1


def test_clients_of_other_classes_are_kept_if_their_settings_are_equal() -> None:
    registry = Connections(Counting)
    registry.configure(default=own_settings({"a": 1}))
    before = registry["default"]
    registry.configure(default=own_settings({"a": 1}))
    assert registry["default"] is before
    registry.configure(default=own_settings({"a": 2}))
    assert registry["default"] is not before


def test_create_add_and_remove() -> None:
    registry = sync_registry()
    created = registry.create_connection("game", **SETTINGS)
    assert registry["game"] is created
    client = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)
    registry.add_connection("game", client)
    assert registry["game"] is client
    registry.remove_connection("game")
    with pytest.raises(UnknownConnectionError):
        registry.remove_connection("game")
    assert repr(registry) == "<Connections: none>"


def test_items_can_be_read_set_and_deleted() -> None:
    registry = sync_registry()
    client = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)
    registry["mine"] = client
    registry["game"] = SETTINGS
    assert registry["mine"] is client
    assert registry["game"].client_id == CLIENT_ID
    del registry["mine"]
    assert list(registry) == ["game"]


def test_creating_names_the_alias_of_a_mistake() -> None:
    with pytest.raises(ConfigurationError, match="connection 'game': port must be"):
        sync_registry().create_connection("game", **changed_settings(url=None, host="h", port="x"))


def test_a_mistake_that_only_the_client_finds_names_the_alias() -> None:
    with pytest.raises(ConfigurationError, match="connection 'game': transport is one for the asyncio client"):
        sync_registry().create_connection("game", **changed_settings(transport=FakeAsyncTransport()))


@pytest.mark.parametrize("name", ["settings", "client", "nothing"])
def test_an_override_restores_the_connection(name: str) -> None:
    registry = sync_registry()
    transport = FakeTransport(json_response())
    client = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)
    if name == "settings":
        registry.configure(game=SETTINGS)
    if name == "client":
        registry.add_connection("game", client)
    with registry.override("game", **changed_settings(transport=transport)) as other:
        assert registry["game"] is other
        other.get("/api/v1")
    assert transport.closed == 1
    assert ("game" in registry) is (name != "nothing")
    assert name == "nothing" or (registry["game"] is client) is (name == "client")


def test_an_override_with_a_mistake_changes_nothing() -> None:
    registry = sync_registry()
    registry.configure(game=SETTINGS)
    before = registry["game"]
    with (
        pytest.raises(ConfigurationError, match="connection 'game'"),
        registry.override("game", **changed_settings(url=5)),
    ):
        pass
    assert registry["game"] is before


def test_overriding_all_changes_the_clients_of_settings_whenever_they_are_set() -> None:
    registry = sync_registry()
    registry.configure(before=SETTINGS, changed=SETTINGS)
    registry.add_connection("client", Eternaltwin(**SETTINGS))
    former = {alias: registry[alias] for alias in registry}
    transport = FakeTransport(json_response())
    with registry.override_all(lambda alias, given: {**given, "client_id": f"{alias}@clients", "transport": transport}):
        registry["later"] = registry["changed"] = changed_settings(timeout=2)
        registry.create_connection("created", **SETTINGS)
        assert {alias: registry[alias].client_id for alias in registry} == {
            alias: f"{alias}@clients" for alias in ("before", "changed", "client", "later", "created")
        }
        registry["before"].get("/api/v1")
        with registry.override("before", **SETTINGS) as client:
            assert client.client_id == CLIENT_ID
    assert transport.closed == 1
    assert registry["before"] is former["before"]
    assert registry["client"] is former["client"]
    assert registry["changed"].settings.timeout == registry["later"].settings.timeout == 2
    assert {registry[alias].client_id for alias in registry} == {CLIENT_ID}


def test_overriding_all_keeps_clients_of_other_classes() -> None:
    registry = Connections(Counting)
    own = Counting()
    registry.add_connection("own", own)
    with registry.override_all(lambda _, given: given):
        assert registry["own"] is own
    assert registry["own"] is own


def test_close_closes_every_client() -> None:
    registry = sync_registry()
    transport = FakeTransport(json_response())
    registry.create_connection("game", **changed_settings(transport=transport)).get("/api/v1")
    registry.add_connection("idle", Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY))
    registry.close()
    assert transport.closed == 1


def test_close_does_not_close_clients_of_other_classes() -> None:
    registry = Connections(Counting)
    registry.add_connection("mine", Counting())
    registry.close()
    assert "mine" in registry


def test_offline_client_is_sync_or_asyncio() -> None:
    with pytest.raises(UnknownConnectionError):
        offline_client("game")
    assert offline_client(None).settings.oauth_client is None
    async_connections.configure(default=SETTINGS)
    assert offline_client(None) is async_connections["default"]
    connections.configure(default=SETTINGS)
    assert offline_client("default") is connections["default"]
    client = async_connections["default"]
    assert offline_client(client) is client


ENVIRONMENT = {
    "ETERNALTWIN_CLIENT_ID": CLIENT_ID,
    "ETERNALTWIN_CLIENT_SECRET": SECRET,
    "ETERNALTWIN_REDIRECT_URI": CALLBACK,
    "ETERNALTWIN_STATE_KEY": "correct horse battery staple, four words",
}


def test_the_environment_configures_the_default() -> None:
    configure_from_environment(ENVIRONMENT)
    assert connections["default"] == Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY)
    addresses = {"ETERNALTWIN_URL": "http://eternaltwin:50320", "ETERNALTWIN_PUBLIC_URL": "http://localhost:50320"}
    configure_from_environment({**ENVIRONMENT, **addresses})
    assert connections["default"].url == "http://eternaltwin:50320/"
    assert connections["default"].public_url == "http://localhost:50320/"


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    configure_from_environment()
    assert eternaltwin.connections.async_connections["default"].client_id == CLIENT_ID


def test_missing_variables_are_named() -> None:
    with pytest.raises(ConfigurationError, match="set ETERNALTWIN_CLIENT_ID, ETERNALTWIN_STATE_KEY in the environment"):
        configure_from_environment({**ENVIRONMENT, "ETERNALTWIN_CLIENT_ID": "", "ETERNALTWIN_STATE_KEY": ""})


def test_a_wrong_variable_is_named_without_its_value() -> None:
    with pytest.raises(ConfigurationError, match=r"^ETERNALTWIN_STATE_KEY: the key has 5 bytes") as caught:
        configure_from_environment({**ENVIRONMENT, "ETERNALTWIN_STATE_KEY": "ssssh"})
    assert "ssssh" not in str(caught.value)
    assert caught.value.setting == "ETERNALTWIN_STATE_KEY"


@pytest.mark.parametrize("registry", [connections, async_connections])
def test_without_any_connection_default_reads_from_the_server_of_the_community(registry: Connections[Any]) -> None:
    reader = registry.get_connection()
    assert reader is registry["default"]
    assert (reader.url, reader.settings.oauth_client) == ("https://eternaltwin.org/", None)
    assert repr(reader).endswith("clients.Eternaltwin at https://eternaltwin.org/>")
    assert list(registry) == []
    with pytest.raises(UnknownConnectionError, match="there is no connection 'game'"):
        registry.get_connection("game")


@pytest.mark.parametrize(
    ("configured", "asked"), [(connections, async_connections), (async_connections, connections), (connections,) * 2]
)
def test_default_is_the_server_of_nobody_else_once_there_is_a_connection(
    configured: Connections[Any], asked: Connections[Any]
) -> None:
    configured["game"] = {"url": "http://localhost:50320"}
    with pytest.raises(UnknownConnectionError, match="there is no connection 'default'"):
        asked.get_connection()


def test_a_connection_may_only_read() -> None:
    configure(default={"url": "http://localhost:50320"})
    assert connections["default"].url == async_connections["default"].url == "http://localhost:50320/"
    assert connections["default"] == Eternaltwin(url="http://localhost:50320")


def test_a_reading_connection_is_closed_and_overridden_as_others_are() -> None:
    reader = connections["default"]
    with connections.override_all(lambda _, settings: {**settings, "url": "http://localhost:50320"}):
        assert connections["default"].url == "http://localhost:50320/"
    assert connections["default"] is reader
    with connections.override("default", url="http://localhost:50321") as other:
        assert connections["default"] is other
    assert connections["default"] is reader
    transport = FakeTransport()
    with connections.override_all(lambda _, settings: {**settings, "transport": transport}):
        assert connections["default"].api is not None
        connections.close()
        assert transport.closed == 1
    assert transport.closed == 2
