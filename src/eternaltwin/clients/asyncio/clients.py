"""The asyncio client of Eternaltwin's API."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Self, cast

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.api import Caching
from eternaltwin.clients.api.profile_stores import asyncio_calls
from eternaltwin.clients.asyncio.users import UserClient
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.asyncio.background import BackgroundTasks
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.sender import Sender
    from eternaltwin.clients.http.transports import AsyncTransport, Gather
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["Eternaltwin"]


class Eternaltwin(ClientABC):
    """The asyncio client. See [`ClientABC`][eternaltwin.clients.abc.clients.ClientABC] for the settings.

    One client serves any number of event loops, each with its own connections. They are closed by `await close()`,
    by `async with`, and when their event loop shuts down.

    Example:
        >>> async with Eternaltwin("mygame@clients", "dev", "http://localhost:8000/oauth/callback", key) as client:
        ...     response = await client.users.get("9f310484-963b-446b-af69-797feec6813f")
    """

    _transport: AsyncTransport | None = None
    _background: BackgroundTasks | None = None

    @property
    def users(self) -> UserClient:
        """The calls about users."""
        return UserClient(self.api.users)

    @clears_frames
    async def token(self, authorization_code: str) -> Token:
        """Async variant of [`token`][eternaltwin.clients.sync.clients.Eternaltwin.token]."""
        return await self.api.oauth.token(authorization_code)

    @clears_frames
    async def get(
        self,
        endpoint: str,
        raise_on_error: bool = True,
        token: Token | str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response:
        """Async variant of [`get`][eternaltwin.clients.sync.clients.Eternaltwin.get]."""
        return await self.api.call(
            "GET", endpoint, raise_on_error=raise_on_error, token=token, query=query, identity=identity
        )

    @clears_frames
    async def post(
        self,
        endpoint: str,
        raise_on_error: bool = True,
        token: Token | str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response:
        """Async variant of [`post`][eternaltwin.clients.sync.clients.Eternaltwin.post]."""
        return await self.api.call(
            "POST",
            endpoint,
            raise_on_error=raise_on_error,
            token=token,
            query=query,
            json=json,
            form=form,
            identity=identity,
        )

    async def close(self) -> None:
        """Close the connections of this event loop. A later call opens new ones."""
        self._stop_refreshing()
        if self._background is not None:
            await self._background.close()
        if self._transport is not None:
            await self._transport.close()

    def discard(self) -> None:
        """Release all connections without waiting. Each event loop closes its own."""
        self._stop_refreshing()
        if self._background is not None:
            self._background.discard()
        if self._transport is not None:
            self._transport.discard()

    def _check_transport(self) -> None:
        """Check that the setting `transport` is an asyncio transport."""
        transport = self.settings.transport
        if transport is not None and not iscoroutinefunction(transport.send):
            raise ConfigurationError("transport is one for the sync client", setting="transport")

    def _make_transport(self) -> AsyncTransport:
        settings = self.settings
        if settings.transport is not None:
            return cast("AsyncTransport", settings.transport)
        from eternaltwin.clients.asyncio.transport import AiohttpTransport

        return AiohttpTransport(
            settings.origin,
            connect_timeout=settings.connect_timeout,
            max_response_size=settings.max_response_size,
            pool_size=settings.pool_size,
            verify=settings.verify_ssl,
        )

    @property
    def _gather(self) -> Gather:
        """Makes many calls at a time, in tasks."""
        from eternaltwin.clients.asyncio.gathering import gather_in_tasks  # imports asyncio: see `_open`

        return gather_in_tasks

    @property
    def _caching(self) -> Caching:
        """Uses a cache of profiles, and tasks that refresh them."""
        import asyncio  # see `_open`

        from eternaltwin.clients.asyncio.background import BackgroundTasks

        self._background = BackgroundTasks()
        return Caching(asyncio_calls, asyncio.sleep, self._background)

    def _open(self) -> Sender:
        import asyncio  # slow to import, and of no use to a game with the sync client only

        self._transport = self._make_transport()
        return self._sender(self._transport.send, asyncio.sleep)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()
