"""Checks of the origin of a request, against cross-site request forgery (CSRF).

Browsers send the origin in headers that no page can set: `Sec-Fetch-Site` (all current browsers, to https and to
localhost), and `Origin` (with every POST). A request without both headers is refused, since it did not come from a
current browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.connections import offline_client
from eternaltwin.integrations.shared.addresses import is_local

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from eternaltwin.clients.abc.clients import ClientABC

#: Message of the status 403, for a developer whose test or script was refused.
REFUSAL = (
    "This request did not come from a page of this site."
    " Tests and scripts have to send the header 'Sec-Fetch-Site: same-origin'."
)


def is_same_origin(headers: Mapping[str, str], using: str | ClientABC) -> bool:
    """Return whether a page of this site has sent a request.

    With `Origin` only, the scheme must be that of the connection's `redirect_uri`. The host may be that of
    `redirect_uri` or that of the header `Host`, which differ behind some proxies.

    Args:
        headers: Headers of the request, with names in lower case, or a case-insensitive mapping.
        using: Alias of the connection, or a client.

    Returns:
        True if the headers report the same origin, False if they report another or are missing.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    if not origin.netloc or origin.scheme not in ("http", "https"):
        return False
    callback = urlsplit(offline_client(using).redirect_uri)
    if (origin.scheme, origin.netloc) == (callback.scheme, callback.netloc):
        return True
    return callback.scheme == origin.scheme and origin.netloc == headers.get("host")


def warn_of_other_host(host: str, using: str | ClientABC, logger: logging.Logger, *, is_debug: bool) -> None:
    """Log a warning if a sign-in starts on another host than that of the callback, where its cookie will be missing.

    The usual case is a browser on `localhost` and a `redirect_uri` on `127.0.0.1`.

    Args:
        host: Header `Host` of the request: host and port.
        using: Alias of the connection, or a client.
        logger: Logger of the integration.
        is_debug: Whether the application is in its debug mode, in which every difference is logged. Otherwise, both
            hosts must be this machine, since a proxy may send another `Host`.
    """
    expected = urlsplit(offline_client(using).redirect_uri).netloc
    are_local = is_local(f"//{host}") and is_local(f"//{expected}")
    if host != expected and (is_debug or are_local):
        logger.warning(
            "This sign-in starts on %s, but redirect_uri is on %s: the browser will not send its cookie there, and the"
            " sign-in will be refused. Open the game at the host of redirect_uri.",
            host,
            expected,
        )
