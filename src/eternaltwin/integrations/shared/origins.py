"""Whether a request that changes something came from a page of the same site.

Browsers say so themselves, in headers that no page can set: `Sec-Fetch-Site` (all current ones, to
https and to localhost), and `Origin` (with every POST). A request with neither is refused: it
came from no browser of these years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.connections import offline_client

if TYPE_CHECKING:
    import logging
    from collections.abc import Mapping

    from eternaltwin.clients.abc.clients import ClientABC

#: What a developer reads whose own client was refused.
REFUSAL = (
    "This request did not come from a page of this site."
    " Tests and scripts have to send the header 'Sec-Fetch-Site: same-origin'."
)

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_same_origin(headers: Mapping[str, str], using: str | ClientABC) -> bool:
    """Whether a page of this site has sent the request.

    The site is the host that the request names, or the one of the connection's `redirect_uri`,
    which browsers use even where a proxy hides it.

    Args:
        headers: the request's; a mapping that does not care for case.
        using: the connection.
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


def warn_of_other_host(host: str, using: str | ClientABC, logger: logging.Logger) -> None:
    """Tell a developer of the usual mistake: a browser that is on localhost, and a callback on 127.0.0.1."""
    expected = urlsplit(offline_client(using).redirect_uri)
    names = {urlsplit(f"//{host}").hostname, expected.hostname}
    if names <= _LOOPBACK and host != expected.netloc:
        logger.warning(
            "This sign-in starts on %s, but redirect_uri is on %s: the browser will not bring its cookie there, and the"
            " sign-in will be refused. Open the game at the host of redirect_uri.",
            host,
            expected.netloc,
        )
