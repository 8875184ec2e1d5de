"""The check of Django's languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.middleware.locale import LocaleMiddleware

from eternaltwin.integrations.django.checks.sites import has_class
from eternaltwin.integrations.shared.checks import SettingProblem

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_languages() -> Iterator[SettingProblem]:
    """Check that a site with several languages chooses that of the player, for the pages of sign-ins too.

    Yields:
        W007.
    """
    is_chosen = has_class(settings.MIDDLEWARE, LocaleMiddleware)
    if settings.USE_I18N and len(settings.LANGUAGES) > 1 and not is_chosen:
        yield SettingProblem(
            "W007",
            "LocaleMiddleware is missing, so that every player reads the pages of sign-ins in LANGUAGE_CODE.",
            "Add 'django.middleware.locale.LocaleMiddleware' to MIDDLEWARE, after SessionMiddleware and before"
            " CommonMiddleware. If your game has one language, set LANGUAGES to that one.",
        )
