"""The setting `SOCIALACCOUNT_PROVIDERS["eternaltwin"]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from django.conf import settings

from eternaltwin.integrations.shared.addresses import server_addresses

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.addresses import ServerAddresses

PROVIDER_ID = "eternaltwin"


def provider_setting() -> object:
    """Read the setting of the provider.

    Returns:
        The setting as it was given, which may be wrong. An empty dict if it is missing.
    """
    providers = cast("object", getattr(settings, "SOCIALACCOUNT_PROVIDERS", {}))
    return cast("Mapping[str, object]", providers).get(PROVIDER_ID, {}) if isinstance(providers, Mapping) else {}


def provider_settings() -> Mapping[str, object]:
    """Read the entries of the setting of the provider.

    Returns:
        The entries, none if the setting is wrong.
    """
    given = provider_setting()
    return cast("Mapping[str, object]", given) if isinstance(given, Mapping) else {}


def addresses() -> ServerAddresses:
    """Return the addresses of the server that players sign in at.

    Returns:
        Those of the entries `URL` and `PUBLIC_URL`, else those of the official server.

    Raises:
        ConfigurationError: One of them is not a valid URL.
    """
    given = provider_settings()
    return server_addresses(given.get("URL"), given.get("PUBLIC_URL"))
