"""Templates escape what people choose: names, searches, what they submit."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from eternaltwin.devserver.domain.differences import difference
from eternaltwin.devserver.domain.records import RecentSignIn
from eternaltwin.devserver.pages.rendering import CONTENT_SECURITY_POLICY, render
from eternaltwin.devserver.pages.request_filter import RequestFilter
from eternaltwin.devserver.pages.views import (
    Advice,
    AuthorizationRequestView,
    Explanation,
    FaultView,
    GameView,
    HomeView,
    LoginView,
    PlayerSearch,
    PlayerView,
    RefusalView,
    RejectedForm,
    RequestView,
)
from tests.devserver.pages.samples import home_view, login_view

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)


class Document(HTMLParser):
    """Reads the structure of a page, the names that it isolates from the text around them, and its fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.structure: list[tuple[str, tuple[str, ...]]] = []
        self.names: set[str] = set()
        self.fields: set[str | None] = set()
        self._name: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.structure.append((tag, tuple(name for name, _ in attrs)))
        self.fields.update(value for name, value in attrs if name == "value")
        if tag == "bdi":
            self._name = ""

    def handle_data(self, data: str) -> None:
        if self._name is not None:
            self._name += data

    def handle_endtag(self, tag: str) -> None:
        self.structure.append((f"/{tag}", ()))
        if tag == "bdi":
            self.names.add(self._name or "")
            self._name = None


def home_of(text: str) -> HomeView:
    player = PlayerView("id", text, text, True, text[:1], 0)
    return home_view(
        user=player,
        search=PlayerSearch(text, (player,), 1),
        deleted=(player,),
        filter=RequestFilter("", text, text, text),
        games=(GameView(text, text, text, text),),
        sign_ins=(RecentSignIn(datetime(2030, 1, 2, tzinfo=UTC), text, text),),
        requests=(RequestView(text, text, 404, 1.5, text, text, text),),
        faults=(FaultView(1, None, 2.0, text),),
        problem=text,
        submitted={"path": text, "display_name": text, "password": text},
        address=text,
    )


def explanation_of(text: str) -> Explanation:
    return Explanation(
        game=GameView(text, text, text, text),
        parameter="redirect_uri",
        provided=text,
        callbacks=difference("x", f"x{text}"),
        advice=(Advice(text, text),),
    )


def refusal_of(text: str) -> RefusalView:
    player = PlayerView("id", text, text, False, text[:1], 1)
    return RefusalView(status=422, code=text, message=text, explanation=explanation_of(text), user=player, terms=text)


def login_of(text: str) -> LoginView:
    player = PlayerView("id", text, text, True, text[:1], 0)
    return login_view(
        next=text,
        request=AuthorizationRequestView(GameView(text, text, text, text), (text,), text, explanation_of(text)),
        user=PlayerView("other", text, text, False, text[:1], 1),
        search=PlayerSearch(text, (player,), 1),
        rejected=RejectedForm("register", text, text, text),
    )


@given(TEXTS)
@example("\"'><script>alert(1)</script>")
@example("{{ view }}{% raw %}</style>")
def test_any_text_is_shown_escaped(text: str) -> None:
    for template, view, plain in (
        ("home.html", home_of(text), home_of("x")),
        ("login.html", login_of(text), login_of("x")),
        ("refusal.html", refusal_of(text), refusal_of("x")),
    ):
        shown = Document(render(template, view))
        assert shown.names == {text}
        assert text in shown.fields or template == "refusal.html"
        assert shown.structure == Document(render(template, plain)).structure


def test_passwords_are_not_shown_again() -> None:
    assert "hush" not in render("home.html", home_view(submitted={"password": "hush"}))


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("login.html", home_view())


def test_the_policy_allows_no_scripts() -> None:
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in CONTENT_SECURITY_POLICY


def test_templates_are_part_of_the_package() -> None:
    names = {path.name for path in files("eternaltwin.devserver.pages").joinpath("templates").iterdir()}
    assert names == {
        "base.html",
        "explanations.html",
        "home.html",
        "login.html",
        "macros.html",
        "overview.js",
        "reference.html",
        "refusal.html",
        "style.css",
        "terms.html",
    }


def test_the_server_starts_without_the_template_library() -> None:
    pages = "eternaltwin.devserver.pages"
    script = f"import sys, {pages}.home, {pages}.login\nprint('jinja2' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60)
    assert result.stdout == "False\n"
