"""Where servers are: the addresses of Eternaltwin, and what a URL says about its transport."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from eternaltwin.clients.abc.clients import ClientABC

#: Settings that `ClientABC.check` requires and that addresses do not depend on.
_UNUSED_SETTINGS = {
    "client_id": "unused",
    "client_secret": "unused",
    "redirect_uri": "https://localhost/",
    "state_key": "x" * 32,
}


@dataclass(frozen=True)
class ServerAddresses:
    """The two addresses of an Eternaltwin server, each without a final `/`.

    Attributes:
        url: Where this process reaches the server.
        public_url: Where the player's browser reaches the server.
    """

    url: str
    public_url: str


def server_addresses(url: object = None, public_url: object = None) -> ServerAddresses:
    """Return the addresses that two settings mean.

    Args:
        url: Where this process reaches the server. None or empty means the community's own server.
        public_url: Where the player's browser reaches the server. None or empty means `url`.

    Returns:
        The checked addresses.

    Raises:
        ConfigurationError: One of them is not a valid URL.
    """
    given = {"url": url or None, "public_url": public_url or None}
    settings = {name: value for name, value in given.items() if value is not None}
    checked = ClientABC.check({**_UNUSED_SETTINGS, **settings})
    return ServerAddresses(checked.base_url, checked.public_url)


def is_https(url: str) -> bool:
    """Return whether a URL has the scheme https.

    Args:
        url: An absolute URL, its scheme in any case.

    Returns:
        True for https.
    """
    return url[:8].lower() == "https://"


def is_local(url: str) -> bool:
    """Return whether a URL leads to this machine.

    Args:
        url: An absolute URL, or a host with two slashes before it (`//localhost:8000`).

    Returns:
        True for `localhost`, the hosts below it (RFC 6761, section 6.3) and loopback addresses.
    """
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:  # a name of another host, or not a host at all
        return False
