"""The Django app. Its label differs from the one of django-allauth itself, which is `allauth`."""

from __future__ import annotations

from django.apps import AppConfig


class EternaltwinAllauthConfig(AppConfig):
    """The Django app of the provider: `"eternaltwin.integrations.allauth"` in `INSTALLED_APPS`."""

    name = "eternaltwin.integrations.allauth"
    label = "eternaltwin_allauth"
    verbose_name = "Eternaltwin for django-allauth"
