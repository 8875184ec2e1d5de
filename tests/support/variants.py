"""Calls of either variant, as sync functions, over transports with scripted or recorded responses."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from eternaltwin.connections import async_connections, connections
from eternaltwin.responses import Response
from tests.support.fakes import URL, FakeAsyncTransport, FakeTransport, changed_settings

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest
    from tests.support.fakes import Outcome, Script

RECORDING = Path(__file__).parent.parent / "recordings" / "official-0.16.4-short.json"


class Variant:
    """One variant of the library, `sync` or `asyncio`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_sync = name == "sync"

    def script(self, *outcomes: Outcome, alias: str = "default", **settings: object) -> Script:
        """Configure a connection that gets scripted responses, the last one again and again, and return the script."""
        script = FakeTransport(*outcomes) if self.is_sync else FakeAsyncTransport(*outcomes)
        registry = connections if self.is_sync else async_connections
        registry[alias] = changed_settings(transport=script, **{"retries": 0, **settings})
        return script

    def call(self, owner: object, name: str, /, *args: object, **kwargs: object) -> Any:
        """Call a function of a module, a class or an object."""
        if self.is_sync:
            return getattr(owner, name)(*args, **kwargs)
        return asyncio.run(getattr(owner, f"a{name}")(*args, **kwargs))

    def collect(self, owner: object, name: str, /, *args: object, **kwargs: object) -> list[Any]:
        """Return all items of an iterator."""
        if self.is_sync:
            return list(getattr(owner, name)(*args, **kwargs))

        async def gather() -> list[Any]:
            return [item async for item in getattr(owner, f"a{name}")(*args, **kwargs)]

        return asyncio.run(gather())


@cache
def _exchanges() -> dict[str, dict[str, Any]]:
    exchanges = cast("list[dict[str, Any]]", json.loads(RECORDING.read_text(encoding="utf-8")))
    return {exchange["name"]: exchange["response"] for exchange in exchanges}


def recorded(name: str, **changes: object) -> Response:
    """Return a recorded response of the official server 0.16.4, with changes to its JSON."""
    response = _exchanges()[name]
    body = {**response["json"], **changes} if changes else response.get("json")
    content = json.dumps(body).encode() if "json" in response else response["text"].encode()
    return Response(f"{URL}/recorded", response["status"], content, response["headers"])


def recorded_json(name: str) -> Any:
    """Return the JSON of a recorded response of the official server 0.16.4."""
    return _exchanges()[name]["json"]


def sent(request: HTTPRequest) -> tuple[str, str, object]:
    """Return method, path with query, and JSON of a request."""
    return request.method, request.target, None if request.body is None else json.loads(request.body)


def credentials(request: HTTPRequest) -> dict[str, str]:
    """Return the headers of a request that hold credentials."""
    return {name: value for name, value in request.headers.items() if name in ("Authorization", "Cookie")}
