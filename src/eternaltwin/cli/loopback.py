"""Which callbacks this program can listen at itself, and for how long. What listens is imported when it is needed."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

#: The longest time that a person may take, in seconds: the life of the state.
LONGEST = 600


def is_loopback(redirect_uri: str) -> bool:
    """Return whether this program can listen at a callback, without https.

    Args:
        redirect_uri: The callback.

    Returns:
        Whether it leads to this machine only.
    """
    parts = urlsplit(redirect_uri)
    host = parts.hostname or ""
    if parts.scheme != "http":
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
