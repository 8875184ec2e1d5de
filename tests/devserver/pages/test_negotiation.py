"""Which clients get a page: those that prefer HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.pages.negotiation import prefers_html

BROWSERS = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html",
    "TEXT/HTML",
    "text/*",
    "text/html; q=0.2, application/json ; q = 0.1",
    "text/html;q=0.5, application/*;q=0.4, */*;q=0.9",
    "text/html, application/json;q=0",
]
PROGRAMS = [
    None,
    "",
    "*/*",
    "application/json",
    "application/json, text/plain, */*",
    "application/json, text/html",
    "text/html;q=0.5, application/json;q=0.6",
    "text/html;q=0, */*",
    "text/html;q=0.5, */*;q=0.6",
    "text/html;level=1",
    "text/html;q=2",
    "text/html;q=",
    "text/html" + " " * 2000,
    "nonsense;;;,,/",
]


@pytest.mark.parametrize("accept", BROWSERS)
def test_browsers_prefer_html(accept: str) -> None:
    assert prefers_html(accept)


@pytest.mark.parametrize("accept", PROGRAMS)
def test_programs_do_not(accept: str | None) -> None:
    assert not prefers_html(accept)


@given(st.text(st.sampled_from("texhml/*,;q=. 01"), max_size=60))
def test_any_field_can_be_read(accept: str) -> None:
    assert prefers_html(accept) in (True, False)
