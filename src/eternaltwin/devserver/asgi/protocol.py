"""Types of ASGI 3.0, independent of any framework, and the function with which an application waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from contextvars import ContextVar
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

#: The function with which an application waits some seconds: on the event loop, unless a sync transport calls it.
sleeper: ContextVar[Callable[[float], Awaitable[None]]] = ContextVar("asgi_sleeper", default=asyncio.sleep)
