"""The application; its label must not be that of django-allauth itself."""

from __future__ import annotations

from django.apps import AppConfig


class EternaltwinAllauthConfig(AppConfig):
    """The provider of django-allauth."""

    name = "eternaltwin.integrations.allauth"
    label = "eternaltwin_allauth"
    verbose_name = "Eternaltwin for django-allauth"
