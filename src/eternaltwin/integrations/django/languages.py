"""The language of the current request, among those in which the library speaks to players."""

from __future__ import annotations

from django.utils.translation import get_language

from eternaltwin.languages import choose_language


def current_language() -> str:
    """Return the language that Django has activated, which needs Django's `LocaleMiddleware`.

    Returns:
        One of [`LANGUAGES`][eternaltwin.languages.LANGUAGES]; `en` if the active language is another one, or if there
        is none.
    """
    return choose_language(get_language() or "")
