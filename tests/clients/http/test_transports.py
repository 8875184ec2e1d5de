"""Transports have the methods that their protocols require, with the same parameters."""

from __future__ import annotations

import inspect

import pytest

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.http.transports import AsyncTransport, Transport
from eternaltwin.clients.sync.transport import UrllibTransport


def methods(kind: type) -> dict[str, tuple[bool, list[str]]]:
    """Return whether each public method is a coroutine function, and its parameters."""
    functions = inspect.getmembers(kind, inspect.isfunction)
    return {
        name: (inspect.iscoroutinefunction(function), list(inspect.signature(function).parameters))
        for name, function in functions
        if not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("kind", "protocol"), [(UrllibTransport, Transport), (AiohttpTransport, AsyncTransport)], ids=["sync", "asyncio"]
)
def test_a_transport_implements_its_protocol(kind: type, protocol: type) -> None:
    assert methods(kind) == methods(protocol)
