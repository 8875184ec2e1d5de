"""Which callbacks this program can listen at itself, and for how long. What listens is imported when it is needed."""

from __future__ import annotations

from eternaltwin.integrations.shared.addresses import is_local

#: The longest time that a person may take, in seconds: the life of the state.
LONGEST = 600


def is_loopback(redirect_uri: str) -> bool:
    """Return whether this program can listen at a callback, without https.

    Args:
        redirect_uri: The callback.

    Returns:
        Whether it leads to this machine only.
    """
    return redirect_uri.startswith("http:") and is_local(redirect_uri)
