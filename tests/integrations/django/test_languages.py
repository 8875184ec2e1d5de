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
from eternaltwin.integrations.django.languages import current_language
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

PACKAGE = Path(str(package.__file__)).parent
FRENCH = PACKAGE / "locale" / "fr" / "LC_MESSAGES"
_ENTRY = re.compile(r'^msgid ("[^\n]+")\nmsgstr ("[^\n]+")$', re.MULTILINE)


def texts_of_code() -> set[str]:
    """Return the translatable texts of the code."""
    modules = [path.read_text() for path in PACKAGE.rglob("*.py")]
    return {text for module in modules for text in re.findall(r'\b(?:_|gettext)\(\s*"([^"]+)"', module)}


def catalog() -> dict[str, str]:
    """Return the French translations, from their source file."""
    text = (FRENCH / "django.po").read_text("utf-8")
    return {str(json.loads(key)): str(json.loads(value)) for key, value in _ENTRY.findall(text) if key != '""'}


def test_the_administration_is_translated_to_french() -> None:
    assert texts_of_code() == set(catalog())


def test_compiled_translations_are_up_to_date() -> None:
    with (FRENCH / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for text, translated in catalog().items():
        assert compiled.gettext(text) == translated


@pytest.mark.usefixtures("database")
def test_a_page_in_the_language_of_the_player(server: DevServer) -> None:
    response = Visitor().get("/eternaltwin/failed/expired/", **{"Accept-Language": "fr-CH"})
    page = response.content.decode()
    assert "La connexion a pris trop de temps" in page
    assert "Se connecter avec Eternaltwin</button>" in page
    assert '<html lang="fr">' in page
    assert (response["Content-Language"], "Accept-Language" in response["Vary"]) == ("fr", True)


@pytest.mark.parametrize(
    ("active", "language"),
    [("fr-ca", "fr"), ("eo", "eo"), ("de-at", "de"), ("es-mx", "es"), ("it", "en"), (None, "en")],
)
def test_the_pages_speak_the_active_language(active: str | None, language: str) -> None:
    with translation.override(active):
        assert current_language() == language
