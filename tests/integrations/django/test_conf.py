"""Tests of the settings, and of the keys and stores that they configure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection
from django.test.utils import override_settings

from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import LoginStoreError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.stores import DatabaseStore, store_of
from eternaltwin.login import DjangoCacheStore, RedisStore, SQLiteStore

if TYPE_CHECKING:
    from pathlib import Path

    from eternaltwin.devserver import DevServer


def test_connections_are_configured_in_both_variants(server: DevServer) -> None:
    conf.configure()
    assert connections["default"].url == async_connections["default"].url == f"{server.url}/"


def test_keys_of_states_follow_the_secret_of_the_site(server: DevServer) -> None:
    old, new = "the old one, of more than 32 bytes", "the new one, of more than 32 bytes"
    with override_settings(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[]):
        conf.configure()
        state = connections["default"].generate_state()
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[old]):
        conf.configure()
        assert connections["default"].validate_state(state).nonce
        assert "the new one" not in str(conf.connection_settings())


def test_other_settings_keep_the_connections(server: DevServer) -> None:
    conf.configure()
    client = connections["default"]
    with override_settings(LOGIN_REDIRECT_URL="/x/"):
        conf.configure()
        assert connections["default"] is client


def test_stores(tmp_path: Path) -> None:
    assert repr(store_of("database")) == "<DatabaseStore>"
    assert isinstance(store_of("cache:default"), DjangoCacheStore)
    assert isinstance(store_of(f"sqlite:{tmp_path}/x.sqlite3"), SQLiteStore)
    assert isinstance(store_of("redis://localhost:1/0"), RedisStore)
    assert isinstance(store_of("eternaltwin.integrations.django.stores.DatabaseStore"), DatabaseStore)
    store = DatabaseStore()
    assert store_of(store) is store


@pytest.mark.usefixtures("database")
def test_expired_rows_are_deleted() -> None:
    from eternaltwin.integrations.django.models import UsedLogin

    store = DatabaseStore()
    assert store.consume("a" * 64, -1)
    assert store.consume("b" * 64, 60)
    assert not store.consume("b" * 64, 60)
    assert [used.key for used in UsedLogin.objects.all()] == ["b" * 64]


@pytest.mark.usefixtures("database")
def test_a_table_that_cannot_be_written() -> None:
    def break_down(*_: object) -> object:
        raise DatabaseError("disk full")

    with connection.execute_wrapper(break_down), pytest.raises(LoginStoreError, match="disk full") as caught:
        DatabaseStore().consume("a" * 64, 60)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
