"""The HTML of the button and of the built-in page."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import STYLE, Button, Page

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)

LOGIN = (
    '<form class="eternaltwin-form" method="post" action="/eternaltwin/login">'
    '<input type="hidden" name="next" value="/arena?a=1&amp;b=2">'
    '<button class="eternaltwin-button" type="submit">Sign in with Eternaltwin</button></form>'
)

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p{role}>{message}</p>
{button}
<p class="eternaltwin-home"><a href="/inner/">Back to the front page</a></p>
</main>
</body>
</html>
"""


class Document(HTMLParser):
    """Reads the structure of a page, the values of its attributes, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.structure: list[tuple[str, int]] = []
        self.values: set[str | None] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.structure.append((tag, len(attrs)))
        self.values.update(value for pair in attrs for value in pair)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.structure.append((f"/{tag}", 0))


def test_the_button_is_a_form() -> None:
    assert str(Button("/eternaltwin/login", "/arena?a=1&b=2")) == LOGIN
    assert str(Button("/eternaltwin/logout", text="Sign out", kind="logout")) == (
        '<form class="eternaltwin-form" method="post" action="/eternaltwin/logout">'
        '<button class="eternaltwin-logout" type="submit">Sign out</button></form>'
    )


def test_the_pages_are_documents() -> None:
    button = Button("/eternaltwin/login", "/arena?a=1&b=2")
    failed = Page.failed("state", button, "/inner/")
    assert failed is not None
    assert Page.start(button, "/inner/").html() == PAGE.format(
        title="Sign in",
        style=STYLE,
        role="",
        message="Eternaltwin will ask you who you are, and send you back here.",
        button=LOGIN,
    )
    assert failed.html() == PAGE.format(
        title="You are not signed in",
        style=STYLE,
        role=' role="alert"',
        message=FAILURES["state"].message,
        button=LOGIN,
    )


def page_of(text: str) -> Page:
    return Page(text, text, Button(text, "/next", text, {text: text}), "state", home=text)


@given(TEXTS)
@example("\"'><script>alert(1)</script>")
@example("{{ page }}{% raw %}</style>")
def test_any_text_is_shown_escaped(text: str) -> None:
    shown, plain = Document(page_of(text).html()), Document(page_of("x").html())
    assert shown.structure == plain.structure
    assert text in shown.values
    assert shown.text.count(text) >= 4  # title, headline, message, button


def test_templates_are_part_of_the_package() -> None:
    folder = files("eternaltwin.integrations.shared") / "templates" / "eternaltwin"
    assert {each.name for each in folder.iterdir()} == {"button.html", "page.html"}


@pytest.mark.parametrize("module", ["starlette", "fastapi"])
def test_games_start_without_the_template_library(module: str) -> None:
    integration = f"eternaltwin.integrations.{module}"
    script = f"""
import sys
from {integration} import Button
print("jinja2" in sys.modules, end=" ")
str(Button("/login"))
print("jinja2" in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, timeout=60)
    assert result.stdout == "False True\n"
