"""Clients of either variant over scripted transports, their calls as sync functions."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from tests.support.fakes import CALLBACK, CLIENT_ID, KEY, SECRET, URL, FakeAsyncTransport, FakeTransport

if TYPE_CHECKING:
    from tests.support.fakes import Outcome, Script


class ScriptedClient:
    """A client of one variant, its calls as sync functions."""

    def __init__(self, variant: str, waits: list[float]) -> None:
        self.variant = variant
        self.waits = waits

    def script(self, *outcomes: Outcome, url: str = URL, **settings: Any) -> Script:
        if self.variant == "sync":
            transport = FakeTransport(*outcomes)
            self.client: Any = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=url, transport=transport, **settings)
            return transport
        async_transport = FakeAsyncTransport(*outcomes)
        self.client = AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=url, transport=async_transport, **settings)
        return async_transport

    def call(self, name: str, *args: object, **kwargs: object) -> Any:
        method = self.client
        for part in name.split("."):
            method = getattr(method, part)
        result = method(*args, **kwargs)
        return asyncio.run(result) if inspect.iscoroutine(result) else result
