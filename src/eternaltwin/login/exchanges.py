"""From an authorization code to a player, and what a failure on the way means for the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from eternaltwin.exceptions import (
    AuthenticationError,
    CodeRefusedError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    RequestError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.exceptions import EternalTwinError, LoginError
    from eternaltwin.tokens import Token

Player = TypeVar("Player")

#: A code that the server refuses: its own statuses, and 400 as RFC 6749, section 5.2, has it.
_CODE_REFUSED = frozenset({400, 403, 422})
_TRY_LATER = frozenset({408, 425, 429})


async def exchange(
    client: Eternaltwin | AsyncEternaltwin, code: str, player: Callable[[Token], Awaitable[Player]]
) -> tuple[Player, Token]:
    """Exchange a code for a token, once, and ask whose it is.

    Raises:
        CodeRefusedError: the server does not accept the code, or gives no good token for it.
        LoginMisconfiguredError: the server does not accept the game, or is no Eternaltwin server.
        LoginInterruptedError: no answer came, or none that can be used.
    """
    try:
        token = await client.api.oauth.token(code)
    except (RequestError, TransportError, UnexpectedResponseError) as exc:
        raise _failed_token(exc) from exc
    try:
        return await player(token), token
    except AuthenticationError as exc:
        raise CodeRefusedError(f"the token that the server gave is not good: {exc}") from exc
    except (RequestError, TransportError, UnexpectedResponseError) as exc:
        raise _interrupted(exc) from exc


def _failed_token(exc: EternalTwinError) -> LoginError:
    status = exc.response.status_code if isinstance(exc, RequestError) else 0
    if status in _CODE_REFUSED:
        return CodeRefusedError(f"the server does not accept the authorization code: {exc}")
    if 400 <= status < 500 and status not in _TRY_LATER:
        return LoginMisconfiguredError(f"check client_id, client_secret and url of the connection: {exc}")
    return _interrupted(exc)


def _interrupted(exc: EternalTwinError) -> LoginError:
    return LoginInterruptedError(f"start the sign-in again, this one is used up: {exc}")
