"""Which proxy of the environment do requests to the server go through?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.doctor.findings import Finding
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.addresses import is_local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup

PROXY_CHECK = "proxies"


def check_proxies(setup: CheckedSetup) -> Iterator[Finding]:
    """Report the proxy that the environment names for the server.

    Args:
        setup: The set-up.

    Yields:
        One finding.
    """
    settings = setup.settings
    try:
        proxy = environment_proxy(settings.origin)
    except ConfigurationError as exc:
        yield Finding(PROXY_CHECK, "error", "unusable-proxy", "A proxy of the environment is of no use", f"{exc}.")
        return
    if proxy is None:
        yield Finding.ok(PROXY_CHECK, "No proxy is used for the server")
    elif is_local(settings.base_url):
        yield Finding(
            PROXY_CHECK,
            "warning",
            "proxy-for-localhost",
            f"Requests to this machine go through the proxy {proxy.url}, which cannot reach it",
            f"{proxy.variable} is set in the environment.",
            f"Add {setup.server.host} to no_proxy.",
        )
    else:
        summary = f"Requests to the server go through the proxy {proxy.url}"
        yield Finding(PROXY_CHECK, "note", "proxy", summary, f"{proxy.variable} is set in the environment.")
