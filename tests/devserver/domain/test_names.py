"""Folded names, keys of games, ids, URLs and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.addresses import absolute_url, form_encode, form_fields, with_query
from eternaltwin.devserver.domain.names import (
    canonical_uuid,
    fold,
    parse_uuid,
)
from eternaltwin.devserver.storage.schema import FOLDED_NAME_LENGTH
from eternaltwin.rules.accounts import is_display_name

if TYPE_CHECKING:
    from uuid import UUID

LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Lm", "Lo"])


@given(st.text(LETTERS, min_size=2, max_size=64))
def test_a_folded_display_name_fits_its_column(name: str) -> None:
    assert is_display_name(name)
    assert len(fold(name)) <= FOLDED_NAME_LENGTH
    assert fold(name.upper()) == fold(fold(name.upper()))


@given(st.uuids())
def test_every_spelling_of_a_uuid_is_parsed(value: UUID) -> None:
    for text in (str(value), value.hex, f"{{{value}}}", value.urn, str(value).upper()):
        assert parse_uuid(text) == value
        assert canonical_uuid(text) == str(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "g" * 32,
        "0" * 31,
        "0" * 33,
        "00000000-0000-0000-0000-00000000000g",
        "000000000000-0000-0000-0000-00000000",
        "0x000000000000000000000000000000",
        "+" + "0" * 31,
        "٣" * 32,
        "{00000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-000000000000\n",
    ],
)
def test_malformed_uuids(text: str) -> None:
    assert parse_uuid(text) is None
    assert canonical_uuid(text) is None


@given(st.text(max_size=40))
def test_any_string_is_a_uuid_or_malformed(text: str) -> None:
    assert parse_uuid(text) is None or str(parse_uuid(text)) == canonical_uuid(text)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=8)), max_size=5))
def test_encoded_forms_are_decoded(fields: list[tuple[str, str]]) -> None:
    text = "&".join(f"{form_encode(name)}={form_encode(value)}" for name, value in fields)
    assert text.isascii()
    assert form_fields(text) == fields


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("http://a/b", "http://a/b?x=1+2"),
        ("http://a/b?", "http://a/b?x=1+2"),
        ("http://a/b?c=d", "http://a/b?c=d&x=1+2"),
        ("http://a/b#top", "http://a/b?x=1+2#top"),
    ],
)
def test_fields_are_added_to_a_url(url: str, result: str) -> None:
    assert with_query(url, [("x", "1 2")]) == result


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://localhost:8000", "http://localhost:8000/"),
        ("HTTPS://Example.TEST:443/Path?q#f", "https://example.test/Path?q#f"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("mygame://login/é", "mygame://login/%C3%A9"),
        ("localhost:8000", None),
        ("http:///path", None),
        ("http://[::1/", None),
        ("http://a b/", None),
        ("http://a\\b/", None),
    ],
)
def test_urls_are_normalized(text: str, url: str | None) -> None:
    assert absolute_url(text) == url
