"""Tests of the translations."""

from __future__ import annotations

import gettext
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from eternaltwin.integrations import django as package
from eternaltwin.integrations.shared.failures import FAILURES
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

PACKAGE = Path(str(package.__file__)).parent
LANGUAGES = ["de", "eo", "es", "fr"]
_ENTRY = re.compile(r'^msgid ("[^\n]+")\nmsgstr ("[^\n]+")$', re.MULTILINE)


def texts_of_templates() -> set[str]:
    """Return the translatable texts of the templates."""
    pages = [path.read_text() for path in (PACKAGE / "templates").rglob("*.html")]
    return {text for page in pages for text in re.findall(r'{% translate "([^"]+)" %}', page)}


def texts_of_code() -> set[str]:
    """Return the translatable texts of the code."""
    modules = [path.read_text() for path in PACKAGE.rglob("*.py")]
    return {text for module in modules for text in re.findall(r'\b(?:_|gettext)\(\s*"([^"]+)"', module)}


def catalog(language: str) -> dict[str, str]:
    """Return the translations of a language, from its source file."""
    text = (PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po").read_text("utf-8")
    return {str(json.loads(key)): str(json.loads(value)) for key, value in _ENTRY.findall(text) if key != '""'}


def texts_of_failures() -> set[str]:
    """Return what players read when a sign-in fails."""
    return {failure.error.user_message for failure in FAILURES.values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_for_players_is_translated(language: str) -> None:
    shown = texts_of_templates() | texts_of_failures()
    assert len(shown) == 22
    assert shown <= set(catalog(language))


def test_the_administration_is_translated_to_french() -> None:
    assert texts_of_code() | texts_of_templates() | texts_of_failures() == set(catalog("fr"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_translations_are_up_to_date(language: str) -> None:
    with (PACKAGE / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for text, translated in catalog(language).items():
        assert compiled.gettext(text) == translated


@pytest.mark.usefixtures("database")
def test_a_page_in_the_language_of_the_player(server: DevServer) -> None:
    page = Visitor().get("/eternaltwin/failed/expired/", **{"Accept-Language": "fr"}).content.decode()
    assert "La connexion a pris trop de temps" in page
    assert '<html lang="fr">' in page
    with translation.override("eo"):
        assert translation.gettext(FAILURES["cancelled"].message) == "Vi ne estas ensalutinta, kiel vi deziris."
