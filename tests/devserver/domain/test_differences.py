"""Differences of strings, as people see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.differences import Marked, difference, visible

PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@pytest.mark.parametrize(
    ("expected", "actual", "position", "marks"),
    [
        ("http://localhost:8000/callback", "http://localhost:8001/callback", 21, ("0", "1")),
        ("http://localhost/callback", "http://localhost/callback/", 26, ("", "/")),
        ("http://localhost/", "https://localhost/", 5, ("", "s")),
        ("http://localhost/", "http://127.0.0.1/", 8, ("localhost", "127.0.0.1")),
        ("aa", "aaa", 3, ("", "a")),
        ("", "a", 1, ("", "a")),
        ("same", "same", 5, ("", "")),
    ],
)
def test_the_first_difference_is_marked(expected: str, actual: str, position: int, marks: tuple[str, str]) -> None:
    found = difference(expected, actual)
    assert (found.position, found.expected.mark, found.actual.mark) == (position, *marks)


@given(PRINTABLE, PRINTABLE)
def test_no_part_is_lost(expected: str, actual: str) -> None:
    found = difference(expected, actual)
    assert f"{found.expected.before}{found.expected.mark}{found.expected.after}" == expected
    assert f"{found.actual.before}{found.actual.mark}{found.actual.after}" == actual
    assert (found.expected.before, found.expected.after) == (found.actual.before, found.actual.after)
    assert (found.expected.mark == found.actual.mark) is (expected == actual)


def test_what_cannot_be_seen_is_escaped() -> None:
    found = difference("http://localhost/", "http://localhost/\u200b\u202ex\n")
    assert found.actual == Marked("http://localhost/", "\\u{200b}\\u{202e}x\\u{a}", "")


def test_long_strings_are_cut() -> None:
    assert visible("a" * 1001) == "a" * 1000 + "…"
    assert visible("a" * 1000) == "a" * 1000
