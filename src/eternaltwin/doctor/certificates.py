"""How long is the server's certificate valid?"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING, cast

from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.clients.http.tls import tls_context
from eternaltwin.doctor.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.probes import Address
    from eternaltwin.doctor.setups import CheckedSetup

TLS_CHECK = "tls"

_DAY = 86_400

#: Days before the end of a certificate from which it is reported. Automatic renewals happen 30 days before.
_SOON = 14


def check_certificate(setup: CheckedSetup) -> Iterator[Finding]:
    """Check how long the certificate of the server is valid. That it is trusted is part of the check of `url`.

    Args:
        setup: The set-up, whose `url` is right.

    Yields:
        One finding.
    """
    server = setup.server
    if not server.is_https:
        yield Finding.ok(TLS_CHECK, f"No TLS: {server.url} is reached over http")
    elif server.verify is False:
        summary = "verify_ssl is False: a server that pretends to be Eternaltwin can sign in as anybody"
        advice = "Leave verify_ssl out, or set it to the path of a file of CA certificates."
        yield Finding(TLS_CHECK, "warning", "W105", summary, "", advice)
    elif environment_proxy(setup.settings.origin) is not None or server.transport is not None:
        yield Finding.ok(TLS_CHECK, "The certificate of the server is trusted")
    else:
        yield explain_expiry((_expiry(server) - time.time()) / _DAY)


def explain_expiry(days: float) -> Finding:
    """Return what the remaining time of a certificate means.

    Args:
        days: Days until it expires.

    Returns:
        The finding: `warning` below 14 days.
    """
    left = f"{days:.0f} day{'' if round(days) == 1 else 's'}"
    if days >= _SOON:
        return Finding.ok(TLS_CHECK, f"The certificate of the server is trusted, and valid for {left}")
    advice = "Renew it, and look why that has not happened by itself."
    return Finding(TLS_CHECK, "warning", "certificate-ends", f"The server's certificate expires in {left}", "", advice)


def _expiry(server: Address) -> float:
    """Return when the certificate expires, in Unix seconds."""
    context = tls_context(server.verify)
    with (
        socket.create_connection((server.host, server.port), server.timeout) as plain,
        context.wrap_socket(plain, server_hostname=server.host) as connection,
    ):
        certificate = connection.getpeercert() or {}
    return ssl.cert_time_to_seconds(cast("str", certificate["notAfter"]))
