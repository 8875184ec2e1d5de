"""The origin of a request: checks against cross-site request forgery (CSRF), and the headers for front ends (CORS).

Browsers send the origin in headers that no page can set: `Sec-Fetch-Site` (all current browsers, to https and to
localhost), and `Origin` (with every POST, every WebSocket, and every request of a script to another origin). A request
without both headers is refused, since it did not come from a current browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.connections import offline_client
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.login.settings import checked_origins

if TYPE_CHECKING:
    import logging
    from collections.abc import Collection, Mapping

    from eternaltwin.clients.abc.clients import ClientABC

__all__ = [
    "REFUSAL",
    "checked_trusted_origins",
    "cors_headers",
    "is_same_origin",
    "own_origin",
    "preflight_headers",
    "warn_of_other_host",
]

#: Message of the status 403, for a developer whose test or script was refused.
REFUSAL = (
    "This request did not come from a page of this site."
    " Tests and scripts have to send the header 'Sec-Fetch-Site: same-origin'."
)


#: Headers of the response to a preflight request of a trusted origin (Fetch standard, section 3.2.3). The tokens are
#: those that Flask-WTF and Django expect from scripts.
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, X-CSRFToken",
    "Access-Control-Max-Age": "600",
}


def checked_trusted_origins(origins: object) -> tuple[str, ...]:
    """Check the setting `trusted_origins`.

    Args:
        origins: A list of origins.

    Returns:
        The same origins.

    Raises:
        ConfigurationError: An entry is not an origin, or uses http on another machine, where anybody on the way can
            send pages in its name.
    """
    checked = checked_origins(origins, "trusted_origins")
    for origin in checked:
        if origin.startswith("http://") and not is_local(origin):
            raise ConfigurationError(
                f"trusted_origins must contain origins with https, or of this machine, not {origin!r}:"
                " over http, anybody on the way can send pages in its name",
                setting="trusted_origins",
            )
    return checked


def is_same_origin(headers: Mapping[str, str], using: str | ClientABC, trusted_origins: Collection[str] = ()) -> bool:
    """Return whether a page of this site, or of a trusted origin, has sent a request.

    With `Origin` only, the scheme must be that of the connection's `redirect_uri`. The host may be that of
    `redirect_uri` or that of the header `Host`, which differ behind some proxies. The rule is the same for the
    handshakes of WebSockets, with which browsers send `Origin` (RFC 6455, section 10.2).

    Args:
        headers: Headers of the request, with names in lower case, or a case-insensitive mapping.
        using: Alias of the connection, or a client.
        trusted_origins: Origins of front ends that may send requests as well.

    Returns:
        True if the headers report the same or a trusted origin, False if they report another or are missing.
    """
    sent = headers.get("origin", "")
    if sent in trusted_origins:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    scheme, _, host = sent.partition("://")
    callback = urlsplit(offline_client(using).redirect_uri)
    return bool(host) and scheme == callback.scheme and host in (callback.netloc, headers.get("host"))


def own_origin(host: str, domains: Collection[str]) -> str | None:
    """Return the domain of a game at which a request has arrived.

    Args:
        host: Header `Host` of the request: host and port.
        domains: Origins of the domains of the game.

    Returns:
        The origin with this host. None if there is none.
    """
    return next((origin for origin in domains if origin.partition("://")[2] == host.lower()), None)


def cors_headers(origin: str | None, trusted_origins: Collection[str]) -> dict[str, str]:
    """Return the headers with which scripts of trusted origins may read a response, sent with cookies.

    Args:
        origin: Header `Origin` of the request, or None.
        trusted_origins: The origins that may read it. It is never `*`.

    Returns:
        The headers. Empty if no origin is trusted, only `Vary` for other origins.
    """
    if not trusted_origins:
        return {}
    if origin is None or origin not in trusted_origins:
        return {"Vary": "Origin"}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def preflight_headers(origin: str | None, trusted_origins: Collection[str]) -> dict[str, str]:
    """Return the headers of the response (status 204) to a preflight request, which has the method OPTIONS.

    Args:
        origin: Header `Origin` of the request, or None.
        trusted_origins: The origins that may send requests.

    Returns:
        The headers. Without those that allow anything, unless the origin is trusted.
    """
    headers = cors_headers(origin, trusted_origins)
    return {**headers, **_PREFLIGHT} if "Access-Control-Allow-Origin" in headers else headers


def warn_of_other_host(
    host: str, using: str | ClientABC, logger: logging.Logger, *, is_debug: bool, domains: Collection[str] = ()
) -> None:
    """Log a warning if a sign-in starts on another host than that of the callback, where its cookie will be missing.

    The usual case is a browser on `localhost` and a `redirect_uri` on `127.0.0.1`.

    Args:
        host: Header `Host` of the request: host and port.
        using: Alias of the connection, or a client.
        logger: Logger of the integration.
        is_debug: Whether the application is in its debug mode, in which every difference is logged. Otherwise, both
            hosts must be this machine, since a proxy may send another `Host`.
        domains: Origins of the domains of the game, where sign-ins may start.
    """
    if own_origin(host, domains) is not None:
        return
    expected = urlsplit(offline_client(using).redirect_uri).netloc
    are_local = is_local(f"//{host}") and is_local(f"//{expected}")
    if host != expected and (is_debug or are_local):
        logger.warning(
            "This sign-in starts on %s, but redirect_uri is on %s: the browser will not send its cookie there, and the"
            " sign-in will be refused. Open the game at the host of redirect_uri.",
            host,
            expected,
        )
