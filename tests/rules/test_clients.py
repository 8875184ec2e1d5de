"""The ids of OAuth clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.rules.clients import is_client_id, is_client_key, service_of

if TYPE_CHECKING:
    from uuid import UUID


@given(st.from_regex(r"[a-z_][a-z0-9_]{1,31}", fullmatch=True))
def test_the_key_of_a_game_is_a_username_with_a_suffix(name: str) -> None:
    assert is_client_key(f"{name}@clients")
    assert is_client_id(f"{name}@clients")
    assert not is_client_key(name)
    assert not is_client_id(name)


@given(st.uuids())
def test_a_uuid_names_a_client(value: UUID) -> None:
    for text in (str(value), value.hex, str(value).upper()):
        assert is_client_id(text)
        assert not is_client_key(text)


@pytest.mark.parametrize(
    "text",
    ["", "mygame", "my-game@clients", "MyGame@clients", "1game@clients", "g@clients", "mygame@clients ", "0" * 31],
)
def test_other_strings_name_no_client(text: str) -> None:
    assert not is_client_id(text)


@pytest.mark.parametrize(
    ("key", "service"),
    [
        ("brute@clients", ("brute", "production")),
        ("brute_production@clients", ("brute", "production")),
        ("brute_old_staging@clients", ("brute", "old_staging")),
        ("brute__x@clients", ("brute", "_x")),
        ("brute_@clients", None),
        ("_brute@clients", None),
        ("brute", None),
        ("9f310484-963b-446b-af69-797feec6813f", None),
        ("1brute@clients", None),
    ],
)
def test_the_service_of_a_game_is_in_its_key(key: str, service: tuple[str, str] | None) -> None:
    assert service_of(key) == service
