"""Tests of the template tag for the button."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from eternaltwin.integrations.shared.pages import BUTTON_STYLE, STYLE

if TYPE_CHECKING:
    from django.http import HttpRequest


def render(tag: str, request: HttpRequest | None = None) -> str:
    """Render a tag and return the HTML."""
    return str(engines["django"].from_string(f"{{% load eternaltwin %}}{tag}").render({"play": "Play <now>"}, request))


@pytest.fixture
def request_of_a_page() -> HttpRequest:
    """Return a request for a page with the button."""
    return RequestFactory().get("/arena/one/?x=<1>")


def test_a_form_that_posts(request_of_a_page: HttpRequest) -> None:
    html = render("{% eternaltwin_button next=request.get_full_path %}", request_of_a_page)
    assert '<form class="eternaltwin-form" method="post" action="/eternaltwin/login/">' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert 'name="next" value="/arena/one/?x=%3C1%3E"' in html
    assert ">Sign in with Eternaltwin</button>" in html


def test_its_text_and_its_connection(request_of_a_page: HttpRequest) -> None:
    html = render('{% eternaltwin_button text=play using="other" %}', request_of_a_page)
    assert ">Play &lt;now&gt;</button>" in html
    assert 'action="/eternaltwin/other/login/"' in html
    assert 'name="next"' not in html


def test_the_style_of_the_pages_is_the_one_of_all_frameworks() -> None:
    assert render("<style>{% eternaltwin_style %}</style>") == f"<style>{STYLE}</style>"


def test_the_style_of_the_buttons_is_for_the_pages_of_games() -> None:
    assert render("<style>{% eternaltwin_button_style %}</style>") == f"<style>{BUTTON_STYLE}</style>"


def test_the_button_speaks_the_language_of_the_player() -> None:
    with translation.override("de"):
        assert ">Mit Eternaltwin anmelden</button>" in render("{% eternaltwin_button %}")
        assert ">Mit Eternaltwin verbinden</button>" in render('{% eternaltwin_button process="connect" %}')


def test_next_stays_on_the_site(request_of_a_page: HttpRequest) -> None:
    assert "evil" not in render('{% eternaltwin_button next="//evil.example" %}', request_of_a_page)
