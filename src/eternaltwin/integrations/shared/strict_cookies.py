"""ASGI middleware that reads cookies strictly, for the sessions of other middleware: of Starlette, or of Channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.login import strict_header

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["STRICT_COOKIES", "StrictCookieMiddleware"]

#: Key of the ASGI scope whose cookies have been read strictly before any session.
STRICT_COOKIES = "eternaltwin.strict_cookies"


class StrictCookieMiddleware:
    """Middleware that removes the cookies which a framework would take for others, such as that of another session.

    Starlette and Channels strip white space of Unicode off the names of cookies, and take the last of several. Both let
    another host of the domain plant a session. `session="starlette"` needs it, before the middleware of the session.
    The signed cookie of `EternaltwinLogin` does not, since it is read strictly anyway.

    Args:
        app: The application.

    Example:
        ```python
        middleware = [Middleware(StrictCookieMiddleware), Middleware(SessionMiddleware, secret_key=SECRET_KEY)]
        ```
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the application.

        Args:
            scope: ASGI scope, whose headers are changed, and which is marked unless it has a session already.
            receive: Function that returns the next message.
            send: Function that sends a message.
        """
        if scope["type"] in ("http", "websocket"):
            scope["headers"] = _strict(scope["headers"])
            if "session" not in scope:
                scope[STRICT_COOKIES] = True
        await self._app(scope, receive, send)


def _strict(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    cookies = [value.decode("latin-1") for name, value in headers if name == b"cookie"]
    others = [(name, value) for name, value in headers if name != b"cookie"]
    return [*others, (b"cookie", strict_header("; ".join(cookies)).encode("latin-1"))] if cookies else others
