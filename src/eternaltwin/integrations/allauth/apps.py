"""The Django app. Its label differs from the one of django-allauth itself, which is `allauth`."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from eternaltwin.integrations.shared.logs import redact_access_logs, redact_log


class EternaltwinAllauthConfig(AppConfig):
    """The Django app of the provider: `"eternaltwin.integrations.allauth"` in `INSTALLED_APPS`."""

    name = "eternaltwin.integrations.allauth"
    label = "eternaltwin_allauth"
    verbose_name = "Eternaltwin for django-allauth"

    def ready(self) -> None:
        """Register the system checks. Django calls this once all apps are loaded."""
        from eternaltwin.integrations.allauth.checks import check_settings

        checks.register(check_settings, checks.Tags.security)
        redact_log("django.server")
        redact_access_logs()
