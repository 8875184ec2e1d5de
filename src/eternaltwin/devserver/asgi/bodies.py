"""Reads the bodies of requests, within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.protocol import Receive, Scope


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """Read the body of a request to its end, but keep no more of it than a limit.

    The rest is read as well, because clients that are still sending miss a response.

    Args:
        scope: The ASGI scope of the request.
        receive: The ASGI function that receives a message.
        limit: Maximum size of the body, in bytes.

    Returns:
        The body, or None if it is larger.

    Raises:
        ClientDisconnect: The client disconnected before the end of the body.
    """
    size, chunks = 0, list[bytes]()
    async for chunk in Request(scope, receive).stream():
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        else:
            chunks.clear()
    return b"".join(chunks) if size <= limit else None
