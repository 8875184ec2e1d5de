"""The HTML of the button and of the built-in page."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import BUTTON_STYLE, STYLE, Button, Page, PageContext, login_label
from eternaltwin.languages import LANGUAGES

if TYPE_CHECKING:
    from eternaltwin.login.tickets import Process

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)

LOGIN = (
    '<form class="eternaltwin-form" method="post" action="/eternaltwin/login">'
    '<input type="hidden" name="next" value="/arena?a=1&amp;b=2">'
    '<button class="eternaltwin-button" type="submit">Sign in with Eternaltwin</button></form>'
)

PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p{role}>{message}</p>{player}
{button}
{links}
</main>
</body>
</html>
"""


FRENCH = PageContext(home="/inner/", language="fr", player="<Zoé>", eternaltwin_url="https://eternaltwin.org/")

FRENCH_LINKS = """<p class="eternaltwin-switch">Eternaltwin se souvient de vous sur son propre site. \
Pour jouer sous un autre compte, déconnectez-vous d’abord là-bas : \
<a href="https://eternaltwin.org/">Ouvrir Eternaltwin</a></p>
<p class="eternaltwin-home"><a href="/inner/">Retour à l’accueil</a></p>"""


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
    failed = Page.failed("state", button, FRENCH)
    assert failed is not None
    assert Page.start(button, PageContext(home="/inner/")).html() == PAGE.format(
        language="en",
        title="Sign in",
        style=STYLE,
        role="",
        message="Eternaltwin will ask you who you are, and send you back here.",
        button=LOGIN,
        player="",
        links='<p class="eternaltwin-home"><a href="/inner/">Back to the front page</a></p>',
    )
    assert failed.html() == PAGE.format(
        language="fr",
        title="Rien n’a changé",
        style=STYLE,
        role=' role="alert"',
        message="Cette connexion n’est pas valable ici. Veuillez vous reconnecter.",
        button=LOGIN,
        player='\n<p class="eternaltwin-player">Vous êtes connecté en tant que &lt;Zoé&gt;.</p>',
        links=FRENCH_LINKS,
    )


def test_the_page_that_signs_out() -> None:
    button = Button("/eternaltwin/logout", kind="logout")
    page = Page.sign_out(button, PageContext(player="Zoé"))
    assert (page.title, page.button, page.signed_in) == ("Sign out", button, "You are signed in as Zoé.")
    assert "You stay signed in at Eternaltwin." in page.message
    guest = Page.sign_out(button, PageContext())
    assert (guest.title, guest.button, guest.signed_in) == ("You are not signed in", None, None)
    assert "<form" not in guest.html()


def test_the_link_to_the_front_page_names_the_game() -> None:
    page = Page.start(Button("/login"), PageContext(home="/dice/", game_name="Five Dice", language="de"))
    assert '<a href="/dice/">Zurück zu Five Dice</a>' in page.html()


def test_a_failure_does_not_say_that_nobody_is_signed_in_when_somebody_is() -> None:
    cases = [("expired", "Zoé"), ("expired", None), ("taken", None), ("connected", "Zoé")]
    found = [Page.failed(word, Button("/"), PageContext(player=player)) for word, player in cases]
    titles = ["Nothing has changed", "You are not signed in", "Nothing has changed", "Nothing has changed"]
    assert [page and page.title for page in found] == titles
    connecting = Page.failed("expired", Button("/", process="connect"), PageContext())
    assert connecting is not None
    assert connecting.title == "Nothing has changed"


def test_a_failure_offers_the_button_only_where_signing_in_leads_on() -> None:
    found = {word: Page.failed(word, Button("/"), PageContext()) for word in FAILURES}
    assert [word for word, page in found.items() if page is not None and page.button is None] == [
        "connected",
        "only-account",
    ]


def test_the_page_of_a_player_who_owes_the_terms_links_to_them() -> None:
    context = PageContext(eternaltwin_url="https://eternaltwin.org/")
    page = Page.failed("terms", Button("/"), context)
    assert page is not None
    assert 'href="https://eternaltwin.org/tos-accept"' in page.html()
    assert "accept the terms of service" in page.message
    unknown, other = Page.failed("terms", Button("/"), PageContext()), Page.failed("state", Button("/"), context)
    assert (unknown and unknown.switch_url, other and other.switch_url) == (None, "https://eternaltwin.org/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_the_language(language: str) -> None:
    context = PageContext(language=language, player="Zoé", game_name="Dice", eternaltwin_url="https://eternaltwin.org/")
    pages = [Page.start(Button("/"), context), Page.sign_out(Button("/"), context)]
    pages += [page for word in FAILURES if (page := Page.failed(word, Button("/"), context)) is not None]
    assert len(pages) == 2 + len(FAILURES)
    for page in pages:
        assert f'<html lang="{language}">' in page.html()
        texts = {page.title, page.message, page.signed_in, page.home_label, page.switch_hint, page.switch_label}
        english = {"Sign in", "Sign out", "Nothing has changed", "You are signed in as Zoé.", "Open Eternaltwin"}
        assert (language == "en") is bool(texts & english)


@pytest.mark.parametrize(
    ("language", "process", "name", "label"),
    [
        ("en", "login", None, "Sign in with Eternaltwin"),
        ("en", "connect", "", "Connect with Eternaltwin"),
        ("fr", "login", "Eternaltwin (beta)", "Se connecter avec Eternaltwin (beta)"),
        ("de", "connect", "{name}", "Mit {name} verbinden"),
    ],
)
def test_buttons_name_their_server(language: str, process: Process, name: str | None, label: str) -> None:
    assert login_label(language, process, name) == label


def test_the_style_of_the_buttons_is_for_the_pages_of_games_too() -> None:
    assert STYLE.endswith(BUTTON_STYLE)
    rules = re.findall(r"^[^ ].*?(?= \{)", BUTTON_STYLE, re.MULTILINE)
    assert all(part.startswith(".eternaltwin-") for rule in rules for part in rule.split(", ") if part)
    assert not set(BUTTON_STYLE) & set("<>&\"'")  # templates may escape it


def page_of(text: str) -> Page:
    return Page(text, text, Button(text, "/next", text, {text: text}), "state", home=text, game_name=text, player=text)


@given(TEXTS)
@example("\"'><script>alert(1)</script>")
@example("{{ page }}{% raw %}</style>")
def test_any_text_is_shown_escaped(text: str) -> None:
    shown, plain = Document(page_of(text).html()), Document(page_of("x").html())
    assert shown.structure == plain.structure
    assert text in shown.values
    assert shown.text.count(text) >= 6  # title, headline, message, button, player, game


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
