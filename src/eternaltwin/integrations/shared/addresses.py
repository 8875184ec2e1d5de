"""The addresses of Eternaltwin servers, and checks of URLs."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from eternaltwin.clients.abc.clients import ClientABC

#: Settings that `ClientABC.check` requires, and that do not affect the addresses.
_UNUSED_SETTINGS = {
    "client_id": "unused@clients",
    "client_secret": "unused",
    "redirect_uri": "https://localhost/",
    "state_key": "x" * 32,
}


@dataclass(frozen=True)
class ServerAddresses:
    """The two addresses of an Eternaltwin server, each without a final `/`.

    Attributes:
        url: URL at which this process reaches the server.
        public_url: URL at which the player's browser reaches the server.
    """

    url: str
    public_url: str


def server_addresses(url: object = None, public_url: object = None) -> ServerAddresses:
    """Check the settings of the addresses of a server.

    Args:
        url: URL at which this process reaches the server. None or empty means the official server.
        public_url: URL at which the player's browser reaches the server. None or empty means `url`.

    Returns:
        The normalized addresses.

    Raises:
        ConfigurationError: One of them is not a valid URL.
    """
    given = {"url": url or None, "public_url": public_url or None}
    settings = {name: value for name, value in given.items() if value is not None}
    checked = ClientABC.check({**_UNUSED_SETTINGS, **settings})
    return ServerAddresses(checked.base_url, checked.public_url)


def is_local(url: str) -> bool:
    """Return whether the host of a URL is this machine.

    Args:
        url: An absolute URL, or a host with two slashes before it (`//localhost:8000`).

    Returns:
        True for `localhost`, the hosts below it (RFC 6761, section 6.3) and loopback addresses. False for other
        hosts, and for strings without a host.
    """
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:  # another host name, or no host
        return False
