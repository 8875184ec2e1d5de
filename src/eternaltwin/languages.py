"""The languages in which the library speaks to players: the messages of failed sign-ins, and the built-in pages.

Texts are identified by their English version, and translated by catalogs of gettext in the folder `locale`.

Example:
    >>> choose_language("fr-CA,fr;q=0.9,en;q=0.5")
    'fr'
    >>> translate("Sign in with Eternaltwin", "fr")
    'Se connecter avec Eternaltwin'
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from gettext import NullTranslations

__all__ = ["LANGUAGES", "choose_language", "translate"]

#: The languages, as in `<html lang>` and `Content-Language`: English, French, German, Spanish and Esperanto.
LANGUAGES = ("en", "fr", "de", "es", "eo")

#: Maximum length of a header that is read. Those of browsers are shorter than 200 characters.
MAX_HEADER = 1000

#: A language range with its weight (RFC 9110, sections 12.4.2 and 12.5.4).
_RANGE = re.compile(
    r"[ \t]*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)[ \t]*"
    r"(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?",
    re.ASCII,
)


def choose_language(accept_language: str, default: str = "en") -> str:
    """Choose the language of a page by the header `Accept-Language` of its request.

    Args:
        accept_language: The header, or an empty string; also a single tag such as `"fr-CA"`. Any text is permitted.
        default: The language if the header accepts none of `LANGUAGES`, is malformed, or is too long.

    Returns:
        One of `LANGUAGES`, or `default`: the language with the highest weight; of equal ones, the first in the header.
    """
    if len(accept_language) > MAX_HEADER:
        return default
    weights: dict[str, float] = {}
    for language, weight in _accepted(accept_language):
        weights[language] = max(weight, weights.get(language, 0))
    return max((language for language, weight in weights.items() if weight), key=weights.__getitem__, default=default)


def _accepted(accept_language: str) -> Iterator[tuple[str, float]]:
    """Yield the known languages of a header with their weights. Regions are ignored, and malformed parts left out."""
    for part in accept_language.split(","):
        found = _RANGE.fullmatch(part)
        language = found[1].partition("-")[0].lower() if found is not None else ""
        if found is not None and language in LANGUAGES:
            yield language, float(found[2] or 1)


def translate(text: str, language: str) -> str:
    """Translate a text of the library.

    Args:
        text: The text in English.
        language: One of `LANGUAGES`.

    Returns:
        The translation. The same text if there is none, or if the language is not one of `LANGUAGES`.
    """
    return _catalog(language).gettext(text) if text and language in LANGUAGES else text


@cache
def _catalog(language: str) -> NullTranslations:
    """Read the catalog of a language. English has none, since the texts are English."""
    from gettext import GNUTranslations, NullTranslations
    from importlib.resources import files

    if language == "en":
        return NullTranslations()
    file = files("eternaltwin").joinpath("locale", language, "LC_MESSAGES", "eternaltwin.mo")
    with file.open("rb") as opened:
        return GNUTranslations(opened)
