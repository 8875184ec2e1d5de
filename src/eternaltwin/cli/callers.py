"""Who runs a command, as the server sees it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eternaltwin.cli.failures import NotSignedInError

if TYPE_CHECKING:
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin


def signed_in_caller(client: Eternaltwin) -> Identifiable:
    """Return the identity of the person who is signed in.

    Args:
        client: The client of the command.

    Returns:
        The token of the variable `ETERNALTWIN_TOKEN`.

    Raises:
        NotSignedInError: There is none.
    """
    from eternaltwin.tokens import Token

    token = os.environ.get("ETERNALTWIN_TOKEN")
    if not token:
        raise NotSignedInError(f"nobody is signed in to {client.url}")
    return Token.bearer(token)
