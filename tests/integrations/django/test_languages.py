"""Tests of the translations."""

from __future__ import annotations

import gettext
import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from eternaltwin.integrations import django as package
from eternaltwin.integrations.django.languages import current_language
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.languages import LANGUAGES
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from django.test import Client

    from eternaltwin.devserver import DevServer

PACKAGE = Path(str(package.__file__)).parent
TRANSLATED = [language for language in LANGUAGES if language != "en"]
_ENTRY = re.compile(r'^msgid ("[^\n]+")\nmsgstr ("[^\n]+")$', re.MULTILINE)


def texts_of_code() -> set[str]:
    """Return the translatable texts of the code."""
    modules = [path.read_text() for path in PACKAGE.rglob("*.py")]
    return {text for module in modules for text in re.findall(r'\b(?:_|gettext)\(\s*"([^"]+)"', module)}


def catalog(language: str) -> dict[str, str]:
    """Return the translations to a language, from their source file."""
    text = (folder(language) / "django.po").read_text("utf-8")
    return {str(json.loads(key)): str(json.loads(value)) for key, value in _ENTRY.findall(text) if key != '""'}


def folder(language: str) -> Path:
    """Return the folder with the translations to a language."""
    return PACKAGE / "locale" / language / "LC_MESSAGES"


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_administration_is_translated_to_the_languages_of_the_pages(language: str) -> None:
    assert texts_of_code() == set(catalog(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_compiled_translations_are_up_to_date(language: str) -> None:
    with (folder(language) / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for text, translated in catalog(language).items():
        assert compiled.gettext(text) == translated


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.usefixtures("database")
def test_administrators_read_their_language(language: str, server: DevServer) -> None:
    user = User.objects.create_superuser("admin")
    account = EternaltwinAccount.objects.create(identifier=UUID(int=1), user=user, display_name="Zoé")
    visitor = Visitor()
    cast("Client", visitor.client).force_login(user, "django.contrib.auth.backends.ModelBackend")
    page, texts = f"/admin/eternaltwin/eternaltwinaccount/{account.pk}/", catalog(language)
    headers = {"Accept-Language": language}
    shown = "".join(
        html.unescape(visitor.get(url, **headers).content.decode())
        for url in (f"{page}change/", f"{page}move/", f"{page}delete/", f"/admin/auth/user/{user.pk}/change/")
    )
    for text in (
        "last checked",
        "display names",
        "Move to another user",
        "User name of the new user",
        "The player then signs in as the new user. The old user keeps everything else. Nothing is merged.",
        "A player whose account is deleted comes back as somebody new. Move the account instead to keep the player.",
    ):
        assert texts[text].lower() in shown.lower()


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
