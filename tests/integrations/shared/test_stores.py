"""Stores of used sign-ins, chosen by a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.stores import find_store
from eternaltwin.login import MemoryStore, RedisStore, SingleUseStore, SQLiteStore

if TYPE_CHECKING:
    from pathlib import Path


def test_names_of_stores(tmp_path: Path) -> None:
    assert isinstance(find_store("memory"), MemoryStore)
    assert isinstance(find_store(f"sqlite:{tmp_path}/used"), SQLiteStore)
    assert isinstance(find_store("redis://localhost:1/0"), RedisStore)


def test_a_store_of_ones_own() -> None:
    store = MemoryStore()
    assert find_store(store) is store


def test_names_that_only_one_framework_knows() -> None:
    store = MemoryStore()

    def find_other(name: str) -> SingleUseStore | None:
        return store if name == "mine" else None

    assert find_store("mine", "'mine'", find_other) is store
    with pytest.raises(ConfigurationError, match="'mine', or a store"):
        find_store("yours", "'mine'", find_other)


@pytest.mark.parametrize("setting", ["rediss//:hunter2@localhost", None, 3, MemoryStore])
def test_other_settings_are_refused_and_not_shown(setting: object) -> None:
    with pytest.raises(ConfigurationError, match="store must be 'memory', 'sqlite:PATH'") as caught:
        find_store(setting)
    assert caught.value.setting == "store"
    assert "hunter2" not in str(caught.value)
