"""Interfaces between the API and the libraries that speak HTTP: what a transport is, and how calls are sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from eternaltwin.clients.http.requests import HTTPRequest, Request
    from eternaltwin.responses import Response

Exchange = Callable[["HTTPRequest"], Awaitable["Response"]]
"""Sends one HTTP request and returns its response; `send` of a transport."""

Sleep = Callable[[float], Awaitable[None]]
"""Waits for a number of seconds."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Gather(Protocol):
    """Makes many calls, several at a time."""

    async def __call__(
        self, call: Callable[[Item], Coroutine[Any, Any, Result]], items: Sequence[Item], concurrency: int
    ) -> list[Result]:
        """Make a call for each item.

        Args:
            call: Makes the call for an item.
            items: The items.
            concurrency: Maximum number of calls at a time, at least 1.

        Returns:
            The results, in the order of the items. The first call that fails ends it: its error is raised, calls that
            have not begun are not made, and nobody waits for the results of the others.
        """
        ...


class Transport(Protocol):
    """A sync transport. Its calls raise only `TransportError`, `UnexpectedResponseError` and usage errors."""

    def send(self, request: HTTPRequest) -> Response:
        """Send a request once and read the whole response.

        Args:
            request: The request to send.

        Returns:
            The response, whatever its status.

        Raises:
            TransportError: No response arrived.
            UnexpectedResponseError: The response is too large or damaged.
        """
        ...

    def close(self) -> None:
        """Close every connection. A later `send` opens new ones."""


class AsyncTransport(Protocol):
    """An asyncio transport. Its calls raise only `TransportError`, `UnexpectedResponseError` and usage errors."""

    async def send(self, request: HTTPRequest) -> Response:
        """Async variant of [`send`][eternaltwin.clients.http.transports.Transport.send]."""
        ...

    async def close(self) -> None:
        """Close the connections of the running event loop. A later `send` opens new ones."""

    def discard(self) -> None:
        """Release every connection without waiting. Each event loop closes its own."""


class SendCall(Protocol):
    """Sends one call of the API and returns its response; a `Sender` is one."""

    async def __call__(self, request: Request) -> Response:
        """Send a call.

        Args:
            request: The call to send.

        Returns:
            The response, whatever its status.
        """
        ...
