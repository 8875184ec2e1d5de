"""Both transports behind one sync interface, and the checks that every error must pass."""

from __future__ import annotations

import asyncio
import traceback
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.asyncio.transport import AiohttpTransport
    from eternaltwin.clients.sync.transport import UrllibTransport
    from eternaltwin.responses import Response

#: Must not be in any error. It is in the query, in a header and in the body of every request.
SECRET = "s3cr3t-of-a-player"

#: Far more than any call below may take; where the time itself is what is tested, it is compared more closely.
TIMEOUT = 10.0


def make_request(
    method: str = "GET",
    target: str = f"/api/v1?code={SECRET}",
    *,
    timeout: float = TIMEOUT,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    is_idempotent: bool | None = None,
    is_one_of_many: bool = False,
) -> HTTPRequest:
    """Return a request that contains a secret."""
    return HTTPRequest(
        method=method,
        target=target,
        headers={"User-Agent": "test", "Authorization": f"Bearer {SECRET}"} | (headers or {}),
        body=body,
        timeout=timeout,
        is_idempotent=method != "POST" if is_idempotent is None else is_idempotent,
        is_one_of_many=is_one_of_many,
    )


def post_request(timeout: float = TIMEOUT) -> HTTPRequest:
    """Return a request that must not be sent twice."""
    return make_request("POST", "/oauth/token", timeout=timeout, body=f'{{"code": "{SECRET}"}}'.encode())


class Caller(Protocol):
    """A transport of either kind, its methods as sync functions."""

    def send(self, request: HTTPRequest) -> Response:
        """Send once."""
        ...

    def close(self) -> None:
        """Close the transport's connections."""
        ...

    def end(self) -> None:
        """Close everything, at the end of the test."""
        ...


class Connect(Protocol):
    """Builds a caller. The parameters are those of both transports."""

    def __call__(
        self,
        origin: str,
        *,
        connect_timeout: float | None = None,
        max_response_size: int = 100_000,
        pool_size: int = 10,
        verify: bool | str = True,
    ) -> Caller:
        """Build a caller for this origin."""
        ...


class SyncCaller:
    """Calls a sync transport."""

    def __init__(self, transport: UrllibTransport) -> None:
        self.transport = transport

    def send(self, request: HTTPRequest) -> Response:
        return self.transport.send(request)

    def close(self) -> None:
        self.transport.close()

    end = close

    def __repr__(self) -> str:
        return repr(self.transport)


class AsyncCaller:
    """Calls an asyncio transport, on an event loop of its own."""

    def __init__(self, transport: AiohttpTransport) -> None:
        self.transport = transport
        self._runner = asyncio.Runner()

    def send(self, request: HTTPRequest) -> Response:
        return self._runner.run(self.transport.send(request))

    def close(self) -> None:
        self._runner.run(self.transport.close())

    def end(self) -> None:
        self._runner.close()

    def __repr__(self) -> str:
        return repr(self.transport)


def assert_fails(call: Callable[[], object], kind: type[EternalTwinError], *words: str) -> EternalTwinError:
    """Check that a call raises this error with these words, that nothing is chained, and that no secret shows."""
    started = monotonic()
    with pytest.raises(EternalTwinError) as caught:
        call()
    assert monotonic() - started < TIMEOUT
    error = caught.value
    shown = f"{error!s} {error!r} {''.join(traceback.format_exception(error))}"
    assert type(error) is kind
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not [word for word in (SECRET, "?code", "Bearer", "verify_ssl=False") if word in shown]
    assert not [word for word in words if word not in str(error)], str(error)
    return error
