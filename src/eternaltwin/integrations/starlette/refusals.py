"""Refusals of requests and WebSockets: of guests, of players who are not administrators, and of other origins.

A WebSocket has no status that scripts can read. It is accepted first, and closed with a code that they can:
4401 and 4403, after the statuses 401 and 403. Only a WebSocket of another origin is never accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from starlette.exceptions import HTTPException, WebSocketException
from starlette.websockets import WebSocket, WebSocketState

from eternaltwin.integrations.shared.origins import REFUSAL
from eternaltwin.integrations.shared.pages import SIGN_IN_FIRST
from eternaltwin.integrations.starlette.responses import SignInRequired

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

#: Codes with which WebSockets are closed, of the range for private use (RFC 6455, section 7.4.2).
SIGN_IN_CODE, FORBIDDEN_CODE = 4401, 4403

_ADMINISTRATORS_ONLY = "This is for administrators."
_OTHER_ORIGIN = "This WebSocket did not come from a page of this site."


async def refuse_guest(connection: HTTPConnection) -> NoReturn:
    """Refuse a request, or close a WebSocket, since nobody is signed in.

    Args:
        connection: The request or the WebSocket.

    Raises:
        SignInRequired: It is a request (status 401).
        WebSocketException: It is a WebSocket (code 4401).
    """
    if connection.scope["type"] == "websocket":
        await _accept(connection)
        raise WebSocketException(SIGN_IN_CODE, SIGN_IN_FIRST)
    raise SignInRequired


async def refuse_player(connection: HTTPConnection) -> NoReturn:
    """Refuse a request, or close a WebSocket, since the player is not an administrator.

    Args:
        connection: The request or the WebSocket.

    Raises:
        HTTPException: It is a request (status 403).
        WebSocketException: It is a WebSocket (code 4403).
    """
    if connection.scope["type"] == "websocket":
        await _accept(connection)
        raise WebSocketException(FORBIDDEN_CODE, _ADMINISTRATORS_ONLY)
    raise HTTPException(403, _ADMINISTRATORS_ONLY)


def refuse_origin(connection: HTTPConnection) -> NoReturn:
    """Refuse a request or a WebSocket of another origin.

    Args:
        connection: The request or the WebSocket.

    Raises:
        HTTPException: It is a request (status 403).
        WebSocketException: It is a WebSocket, whose handshake fails (status 403).
    """
    if connection.scope["type"] == "websocket":
        raise WebSocketException(FORBIDDEN_CODE, _OTHER_ORIGIN)
    raise HTTPException(403, REFUSAL)


async def _accept(connection: HTTPConnection) -> None:
    if isinstance(connection, WebSocket) and connection.application_state == WebSocketState.CONNECTING:
        await connection.accept()
