"""Who runs a command, as the server sees it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eternaltwin.cli.failures import NotSignedInError

if TYPE_CHECKING:
    from eternaltwin.clients.auth import Identifiable

#: Lifetime that is assumed for a token that comes without one, in seconds.
_LIFETIME = 3600

_BEARER = "Bearer"


def signed_in_caller() -> Identifiable:
    """Return the identity of the person who is signed in.

    Returns:
        The token of the variable `ETERNALTWIN_TOKEN`.

    Raises:
        NotSignedInError: There is none.
    """
    from eternaltwin.tokens import Token

    token = os.environ.get("ETERNALTWIN_TOKEN")
    if not token:
        raise NotSignedInError("nobody is signed in")
    return Token(access_token=token, expires_in=_LIFETIME, token_type=_BEARER)
