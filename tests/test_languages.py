"""The languages of players: choosing one by `Accept-Language`, and the catalogs."""

from __future__ import annotations

import ast
import gettext
import json
import re
import string
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eternaltwin
from eternaltwin import exceptions
from eternaltwin.exceptions import LoginError
from eternaltwin.languages import LANGUAGES, choose_language, translate

PACKAGE = Path(str(eternaltwin.__file__)).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
_ENTRY = re.compile(r'^msgid ("[^\n]+")\nmsgstr ("[^\n]+")$', re.MULTILINE)


def catalog(language: str) -> dict[str, str]:
    """Return the translations of a language, from its source file."""
    text = (PACKAGE / "locale" / language / "LC_MESSAGES" / "eternaltwin.po").read_text("utf-8")
    entries: list[tuple[str, str]] = _ENTRY.findall(text)
    assert len(entries) == text.count("msgid ") - 1  # the header
    return {str(json.loads(key)): str(json.loads(value)) for key, value in entries}


def messages_of_errors() -> set[str]:
    """Return what the errors of sign-ins say to players."""
    found = {getattr(exceptions, name) for name in exceptions.__all__}
    return {kind.user_message for kind in found if issubclass(kind, LoginError)}


@cache
def texts_of_calls() -> set[str]:
    """Return the texts that the library gives to `translate`."""
    trees = [ast.parse(path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "translate"]
    first = [call.args[0] for call in named]
    return {str(text.value) for text in first if isinstance(text, ast.Constant)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_for_players_has_a_translation_and_no_other_text_has_one(language: str) -> None:
    translations = catalog(language)
    assert set(translations) == messages_of_errors() | texts_of_calls()
    assert all(text.strip() for text in translations.values())


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_catalogs_fit_their_sources(language: str) -> None:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "eternaltwin.mo").open("rb") as file:
        compiled: dict[str, str] = vars(gettext.GNUTranslations(file))["_catalog"]
    assert {text: translated for text, translated in compiled.items() if text} == catalog(language)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_placeholders_of_their_texts(language: str) -> None:
    for text, translated in catalog(language).items():
        assert placeholders(text) == placeholders(translated)


def placeholders(text: str) -> list[str | None]:
    """Return the names of the fields of a format string."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def test_no_text_is_translated_twice() -> None:
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("*.po")]
    for language in TRANSLATED:
        of_language = [text for text in sources if f'"Language: {language}\\n"' in text]
        keys = [key for text in of_language for key, _ in _ENTRY.findall(text)]
        assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_speaks_the_languages_of_players(language: str) -> None:
    error = exceptions.LoginRefusedError("access_denied", "access_denied")
    expected = {
        "en": "You have not been signed in, as you wished.",
        "fr": "Vous n’avez pas été connecté, comme vous le souhaitiez.",
        "de": "Du wurdest nicht angemeldet, wie gewünscht.",
        "es": "No has iniciado sesión, como deseabas.",
        "eo": "Vi ne estas ensalutinta, kiel vi deziris.",
    }
    assert error.message_in(language) == expected[language]
    assert error.user_message == expected["en"]


def test_a_text_of_the_game_stays_as_it_is() -> None:
    class Full(exceptions.AccountRefusedError):
        user_message = "This game is full."

    assert Full().message_in("fr") == "This game is full."


@pytest.mark.parametrize("language", ["", "xx", "FR", "../fr", "fr\0", "fr_FR"])
def test_an_unknown_language_is_english(language: str) -> None:
    assert translate("Sign out", language) == "Sign out"


def test_an_empty_text_has_no_translation() -> None:
    assert translate("", "fr") == ""


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("FR-ca", "fr"),
        ("de-Latn-DE-1996", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("en;q=0.5,eo;q=0.501", "eo"),
        ("de;q=0.5 , es ;q=0.5", "de"),
        ("fr;q=0.1,fr-CA;q=0.9,es;q=0.5", "fr"),
        ("pt-BR,pt;q=0.9,es;q=0.1", "es"),
        ("fr;q=0,de;q=0.000", "en"),
        ("fr;q=0,de;q=0.001", "de"),
        ("*", "en"),
        ("it,nl", "en"),
        ("fr;q=1.000,de", "fr"),
        ("fr;Q=0.2,de;q=0.3", "de"),
        ("fr;q=2,de;q=0.1", "de"),
        ("fr;q=-1", "en"),
        ("fr;q=0.1234", "en"),
        ("fr;q=nan", "en"),
        ("fr;q=1e9", "en"),
        ("fr;q=", "en"),
        ("fr;level=1", "en"),
        ("fr_FR", "en"),
        ("french", "en"),
        ("fr de", "en"),
        ("\u2000fr", "en"),
        ("\ufb00r,\u017fr", "en"),
        (",,,;;==,es", "es"),
        (f"{'x,' * 498}fr", "fr"),
        (f"{'x,' * 499}fr", "fr"),
        (f"{'x,' * 499}fr ", "en"),
    ],
)
def test_the_language_is_chosen_by_weight(header: str, language: str) -> None:
    assert choose_language(header) == language


def test_the_default_is_for_those_who_accept_none() -> None:
    assert choose_language("it", "eo") == "eo"
    assert choose_language("x" * 2000, "eo") == "eo"


TAGS = st.sampled_from(["fr", "de-AT", "ES", "en-GB", "eo", "*", "it", "x", ""])
HEADERS = st.lists(st.tuples(TAGS, st.sampled_from(["", ";q=0", ";q=0.5", ";q=1.0", ";q=x", ";"]))).map(
    lambda parts: ",".join(tag + weight for tag, weight in parts)
)


@given(st.text() | HEADERS)
def test_any_header_leads_to_a_language(header: str) -> None:
    assert choose_language(header) in LANGUAGES
