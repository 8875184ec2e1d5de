"""The sync client of Eternaltwin's API."""

from __future__ import annotations

import time
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Self, cast

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.api import Caching
from eternaltwin.clients.api.profile_stores import sync_calls
from eternaltwin.clients.driver import blocking, run
from eternaltwin.clients.sync.background import BackgroundThread
from eternaltwin.clients.sync.gathering import gather_in_threads
from eternaltwin.clients.sync.users import UserClient
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.sender import Sender
    from eternaltwin.clients.http.transports import Gather, Transport
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["Eternaltwin"]


class Eternaltwin(ClientABC):
    """The sync client. See [`ClientABC`][eternaltwin.clients.abc.clients.ClientABC] for the settings.

    One client serves many threads, and works after `fork()`. It is closed by `close()`, by `with`, and when the
    interpreter exits.

    Example:
        >>> with Eternaltwin("mygame@clients", "dev", "http://localhost:8000/oauth/callback", key) as client:
        ...     client.users.get("9f310484-963b-446b-af69-797feec6813f").json()["display_name"]["current"]["value"]
        'Alice'
    """

    _transport: Transport | None = None
    _background: BackgroundThread | None = None

    @property
    def users(self) -> UserClient:
        """The calls about users."""
        return UserClient(self.api.users)

    @clears_frames
    def token(self, authorization_code: str) -> Token:
        """Exchange an authorization code for a token: `POST /oauth/token`. The request is never repeated.

        Args:
            authorization_code: The callback's `code` parameter.

        Returns:
            The token.

        Raises:
            RequestError: The server refuses the code or the game's credentials.
            TransportError: No response arrived.
            UnexpectedResponseError: The response is not a token that can be used.
            InvalidArgumentError: The code is not a string that can be a code. Nothing was sent.
        """
        return run(self.api.oauth.token(authorization_code))

    @clears_frames
    def get(
        self,
        endpoint: str,
        raise_on_error: bool = True,
        token: Token | str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response:
        """`GET` a path of the server.

        Args:
            endpoint: Path on the server, such as `/api/v1`.
            raise_on_error: Whether an error status raises a `RequestError`.
            token: Access token to send.
            query: Fields of the query.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.

        Raises:
            RequestError: The server refuses, and `raise_on_error` is true.
            TransportError: No response arrived.
            UnexpectedResponseError: The response is malformed, too large, or a redirect that is not followed, whatever
                `raise_on_error` is.
            InvalidArgumentError: The endpoint is not a path on the server, a field is not encodable, or both
                `token` and `identity` are given. Nothing was sent.

        Example:
            >>> client.get("/api/v1").json()
            {'eternaltwin': {'version': '0.16.4'}}
        """
        return run(
            self.api.call("GET", endpoint, raise_on_error=raise_on_error, token=token, query=query, identity=identity)
        )

    @clears_frames
    def post(
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
        """`POST` to a path of the server. The request is never repeated.

        Args:
            endpoint: Path on the server, such as `/api/v1`.
            raise_on_error: Whether an error status raises a `RequestError`.
            token: Access token to send.
            query: Fields of the query.
            json: Value to send as a JSON body.
            form: Fields to send as a form, instead of `json`.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.

        Raises:
            RequestError: The server refuses, and `raise_on_error` is true.
            TransportError: No response arrived.
            UnexpectedResponseError: The response is malformed, too large, or a redirect that is not followed, whatever
                `raise_on_error` is.
            InvalidArgumentError: The endpoint is not a path on the server, a field or the JSON is not encodable, or
                arguments that exclude each other are given. Nothing was sent.
        """
        call = self.api.call(
            "POST",
            endpoint,
            raise_on_error=raise_on_error,
            token=token,
            query=query,
            json=json,
            form=form,
            identity=identity,
        )
        return run(call)

    def close(self) -> None:
        """Close the connections. A later call opens new ones.

        With a cache of profiles, this waits for a request that refreshes some of them, and no further one is sent.
        """
        self.discard()
        if self._background is not None:
            self._background.join()

    def discard(self) -> None:
        """Release the connections without waiting."""
        self._stop_refreshing()
        if self._transport is not None:
            self._transport.close()

    def _check_transport(self) -> None:
        """Check that the setting `transport` is a sync transport."""
        transport = self.settings.transport
        if transport is not None and iscoroutinefunction(transport.send):
            raise ConfigurationError("transport is one for the asyncio client", setting="transport")

    def _make_transport(self) -> Transport:
        settings = self.settings
        if settings.transport is not None:
            return cast("Transport", settings.transport)
        from eternaltwin.clients.sync.transport import UrllibTransport

        return UrllibTransport(
            settings.origin,
            connect_timeout=settings.connect_timeout,
            max_response_size=settings.max_response_size,
            pool_size=settings.pool_size,
            verify=settings.verify_ssl,
        )

    @property
    def _gather(self) -> Gather:
        """Makes many calls at a time, in threads."""
        return gather_in_threads

    @property
    def _caching(self) -> Caching:
        """Uses a cache of profiles, and a thread that refreshes them."""
        self._background = BackgroundThread()
        return Caching(sync_calls, blocking(time.sleep), self._background)

    def _open(self) -> Sender:
        self._transport = self._make_transport()
        return self._sender(blocking(self._transport.send), blocking(time.sleep))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
