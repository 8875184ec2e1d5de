"""Types of ASGI 3.0, free of any framework, and how an application waits."""

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

#: How an application waits a number of seconds: on the event loop, unless a blocking transport calls it.
sleeper: ContextVar[Callable[[float], Awaitable[None]]] = ContextVar("eternaltwin_sleeper", default=asyncio.sleep)
