"""Who runs a command, as the server sees it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eternaltwin.cli.failures import CommandFailedError, NotSignedInError
from eternaltwin.cli.output import note
from eternaltwin.exceptions import ConfigurationError, MissingExtraError
from eternaltwin.hidden import clears_frames, hide

if TYPE_CHECKING:
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.tokens import Token

#: The variable with an access token, for machines. It outranks who has signed in.
TOKEN_VARIABLE = "ETERNALTWIN_TOKEN"


@clears_frames
def signed_in_caller(client: Eternaltwin) -> Identifiable:
    """Return the identity of the person who is signed in.

    Args:
        client: The client of the command, whose server decides which account it is.

    Returns:
        The token of the variable `ETERNALTWIN_TOKEN`, or else what the current account of the server has kept.

    Raises:
        NotSignedInError: There is none.
        CommandFailedError: The keyring cannot be used.
        ConfigurationError: The variable is no token, or a file of the command line cannot be read.
    """
    found: Identifiable | None = token_of_environment()
    return _of_account(client.url) if found is None else found


@clears_frames
def reading_caller(client: Eternaltwin) -> Identifiable | None:
    """Return the identity of the person who is signed in, for commands that guests may use, too.

    Args:
        client: The client of the command.

    Returns:
        The identity. None for a guest: nobody is signed in, or the keyring cannot be used, which is noted.

    Raises:
        ConfigurationError: The variable is no token, or a file of the command line cannot be read.
    """
    try:
        return signed_in_caller(client)
    except NotSignedInError:
        return None
    except (CommandFailedError, MissingExtraError) as exc:
        note(f"this is what guests see, since {exc}")
        return None


@clears_frames
def token_of_environment() -> Token | None:
    """Return the token of the variable `ETERNALTWIN_TOKEN`.

    Returns:
        The token. None if the variable is not set, or empty.

    Raises:
        ConfigurationError: It is no token.
    """
    from eternaltwin.clients.auth import is_bearer
    from eternaltwin.tokens import Token

    text = hide(os.environ.get(TOKEN_VARIABLE, ""))
    if not text:
        return None
    if not is_bearer(text):
        raise ConfigurationError(f"{TOKEN_VARIABLE} is not an access token", setting=TOKEN_VARIABLE)
    return Token.bearer(text)


def _of_account(server: str) -> Identifiable:
    from eternaltwin.cli.credentials import kept
    from eternaltwin.cli.known_accounts import current_account

    account = current_account(server)
    if account is None:
        raise NotSignedInError(f"nobody is signed in to {server}")
    secret = kept(account)
    if secret is None:
        raise NotSignedInError(
            f"the sign-in of {account.username!r} to {server} is not in the {account.storage} any more"
        )
    return secret
