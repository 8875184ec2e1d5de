"""How the callback of a game differs from the registered one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.doctor.redirects import explain_callbacks, first_difference

REGISTERED = "http://localhost:8000/oauth/callback"


@pytest.mark.parametrize(
    ("provided", "difference"),
    [
        (f"{REGISTERED}/", "one of the two ends with a slash"),
        ("https://localhost:8000/oauth/callback", "the scheme differs"),
        ("http://127.0.0.1:8000/oauth/callback", "the host or the port differs"),
        ("http://localhost:8000/oauth/Callback", "the path differs"),
        (f"{REGISTERED}?game=1", "the query differs"),
    ],
)
def test_the_first_line_names_the_part_that_differs(provided: str, difference: str) -> None:
    assert explain_callbacks(REGISTERED, provided).summary.endswith(difference)


def test_an_address_with_control_characters_is_shown_on_one_line() -> None:
    assert len(explain_callbacks("http://a/\n\x1b[31m", "http://b/").detail.splitlines()) == 3


@given(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9))
def test_the_first_difference_is_behind_what_two_strings_share(shared: str, one: str, other: str) -> None:
    place = first_difference(shared + one, shared + other)
    assert place >= len(shared)
    assert (shared + one)[:place] == (shared + other)[:place]
    assert (shared + one)[place : place + 1] != (shared + other)[place : place + 1] or shared + one == shared + other
