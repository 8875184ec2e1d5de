"""Whether a request that changes something came from a page of the same site.

Browsers report the origin in headers that no page can set: `Sec-Fetch-Site` (all current browsers, to
https and to localhost), and `Origin` (with every POST). A request with neither header is refused: it
did not come from a current browser.
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

#: Message for a developer whose own client was refused.
REFUSAL = (
    "This request did not come from a page of this site."
    " Tests and scripts have to send the header 'Sec-Fetch-Site: same-origin'."
)


def is_same_origin(headers: Mapping[str, str], using: str | ClientABC) -> bool:
    """Return whether a page of this site has sent a request.

    The site is the host that the request names, or the host of the connection's `redirect_uri`,
    which browsers use even where a proxy hides it.

    Args:
        headers: Headers of the request, their names in lower case or in a case-insensitive mapping.
        using: Alias of the connection, or a client.

    Returns:
        True if the browser reports the same origin.
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


def warn_of_other_host(host: str, using: str | ClientABC, logger: logging.Logger, *, is_debug: bool = False) -> None:
    """Warn a developer if a sign-in starts on another host than the callback's: its cookie will be missing there.

    The usual case is a browser on `localhost` and a `redirect_uri` on `127.0.0.1`.

    Args:
        host: Host and port that the request names.
        using: Alias of the connection, or a client.
        logger: The framework integration's logger.
        is_debug: Whether to compare all hosts. Otherwise only two hosts of this machine are compared,
            since a proxy may hide the public host.
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
