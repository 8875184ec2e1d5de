"""The Django app: `"eternaltwin.integrations.django"` in `INSTALLED_APPS`."""

from __future__ import annotations

from contextlib import suppress

from django.apps import AppConfig
from django.core import checks
from django.core.signals import setting_changed
from django.utils.translation import gettext_lazy as _

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.shared.logs import redact_log


class EternaltwinConfig(AppConfig):
    """Configures the connections and registers the system checks."""

    name = "eternaltwin.integrations.django"
    label = "eternaltwin"
    verbose_name = _("Eternaltwin")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Configure the connections. Django calls this once all apps are loaded."""
        from eternaltwin.integrations.django.checks import check_deployment, check_settings

        checks.register(check_settings, checks.Tags.security)
        checks.register(check_deployment, checks.Tags.security, deploy=True)
        setting_changed.connect(conf.forget, dispatch_uid="eternaltwin")
        redact_log("django.server")
        with suppress(ConfigurationError):  # reported by the system checks and by the first sign-in
            conf.configure()
