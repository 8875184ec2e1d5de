"""Usernames and display names."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.rules.accounts import is_display_name, is_username

# As the official server accepted or refused them.
GOOD_DISPLAY_NAMES = ["Éa", "a(", "a )", "_a", "a_", "a  b", "ÀÉ", "日本", "ªb", "x" * 64]
BAD_DISPLAY_NAMES = [
    "",
    "a",
    "(a",
    "ab ",
    "1x",
    " ab",
    "Ⅷa",
    "a\u0661",
    "a\nb",
    "ab\n",
    "x" * 65,
    "😀a",
    "e\u0301a",
    "a-b",
]


@pytest.mark.parametrize("name", GOOD_DISPLAY_NAMES)
def test_display_names_that_the_official_server_accepts(name: str) -> None:
    assert is_display_name(name)


@pytest.mark.parametrize("name", BAD_DISPLAY_NAMES)
def test_display_names_that_the_official_server_refuses(name: str) -> None:
    assert not is_display_name(name)


def is_letter(char: str) -> bool:
    return unicodedata.category(char).startswith("L")


@given(st.text(max_size=70) | st.text("ab1_ ()é٣", max_size=8))
def test_display_names_follow_the_rule(name: str) -> None:
    inner = all(is_letter(char) or char in "_ ()0123456789" for char in name)
    ends = bool(name) and (is_letter(name[0]) or name[0] == "_") and not name.endswith(" ")
    assert is_display_name(name) == (2 <= len(name) <= 64 and inner and ends)


@given(st.from_regex(r"[a-z_][a-z0-9_]{1,31}", fullmatch=True))
def test_usernames(name: str) -> None:
    assert is_username(name)
    assert not is_username(f"{name}\n")
    assert not is_username(f"1{name}")


@given(st.text(max_size=40))
def test_usernames_are_ascii(name: str) -> None:
    assert is_username(name) == (re.fullmatch("[a-z_][a-z0-9_]{1,31}", name) is not None)
