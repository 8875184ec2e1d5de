"""What the sync and the asyncio client have in common: settings, states, addresses."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Unpack, overload
from urllib.parse import urlencode

from eternaltwin.clients.api import Api, Caching
from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.clients.http.decoding import MAX_RESPONSE_SIZE
from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.clients.http.sender import Sender
from eternaltwin.clients.settings import CheckedSettings, ReadingSettings, check_settings
from eternaltwin.clients.validation.oauth import check_scopes
from eternaltwin.clients.validation.setting_names import checks_names, complete_settings
from eternaltwin.clients.validation.values import check_string
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import clears_frames
from eternaltwin.locks import ForkSafeLock
from eternaltwin.states import State, check_expected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping
    from os import PathLike

    from eternaltwin.clients.abc.users import UserClientABC
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import AsyncTransport, Exchange, Gather, Sleep, Transport
    from eternaltwin.keys import KeyABC, StateKey
    from eternaltwin.profiles import ProfileCache
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["ClientABC"]


class ClientABC(ABC):
    """A connection of a game to an Eternaltwin server. Clients with equal settings are equal.

    Args:
        client_id: The game's OAuth client, such as `mygame@clients` or a UUID. Without it and the next three, the
            client only reads. Either all four are set or none.
        client_secret: Its secret.
        redirect_uri: Its registered callback, character for character.
        state_key: Signs the states of sign-ins: an `HS256Key` or another key of [`keys`][eternaltwin.keys], or the
            string of an HS256 key, or a list of keys, of which the first signs and all verify.
        url: Where this process reaches the server. May have a path. None means `https://eternaltwin.org/`, or the
            address of `scheme`, `host`, `port` and `prefix`.
        public_url: Where the player's browser reaches the server. None means `url`.
        scheme: `http` or `https`. Only with `host`, instead of `url`.
        host: Name or address of the server's host, instead of `url`.
        port: The server's port, from 1 to 65535. Only with `host`. None means the scheme's port.
        prefix: Path of the server. Only with `host`.
        timeout: Seconds that a call may take, retries included: more than 0, at most 10^9.
        connect_timeout: Seconds that connecting may take, in the same range. None means `timeout`.
        verify_ssl: True, or the path of a file of CA certificates, or of a folder prepared with `openssl rehash`, to
            trust instead of the system's. False trusts every server: never use it over a network.
        allow_redirects: Whether to follow redirects within the server.
        retries: Maximum number of times to repeat a call, at least 0. Only calls that are safe to repeat are repeated,
            if the server cannot be reached or responds with 429, 502, 503 or 504.
        pool_size: Maximum number of connections in use at a time, at least 1. The asyncio client counts them for each
            event loop.
        max_response_size: Maximum size of a response in bytes, at least 1.
        profile_cache: Keeps the public profiles of users: `"memory"`, the URL of a Redis or Valkey server, or a
            [`ProfileCache`][eternaltwin.profiles.ProfileCache]. None keeps nothing.
        transport: Sends the requests instead of a network, for tests; see [`devserver`][eternaltwin.devserver].

    Attributes:
        settings: The settings, checked.

    Raises:
        ConfigurationError: A setting is unknown, missing or wrong, or contradicts another.
    """

    @overload
    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uri: str,
        state_key: StateKey,
        **settings: Unpack[ReadingSettings],
    ) -> None: ...
    @overload
    def __init__(self, **settings: Unpack[ReadingSettings]) -> None: ...
    @clears_frames
    @checks_names
    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        state_key: StateKey | None = None,
        *,
        url: str | None = None,
        public_url: str | None = None,
        scheme: str = "http",
        host: str | None = None,
        port: int | str | None = None,
        prefix: str = "/",
        timeout: float = 5,
        connect_timeout: float | None = None,
        verify_ssl: bool | str | PathLike[str] = True,
        allow_redirects: bool = False,
        retries: int = 2,
        pool_size: int = 10,
        max_response_size: int = MAX_RESPONSE_SIZE,
        profile_cache: ProfileCache | str | None = None,
        transport: Transport | AsyncTransport | None = None,
    ) -> None:
        given = dict[str, object](
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            state_key=state_key,
            url=url,
            public_url=public_url,
            scheme=scheme,
            host=host,
            port=port,
            prefix=prefix,
            timeout=timeout,
            connect_timeout=connect_timeout,
            verify_ssl=verify_ssl,
            allow_redirects=allow_redirects,
            retries=retries,
            pool_size=pool_size,
            max_response_size=max_response_size,
            profile_cache=profile_cache,
            transport=transport,
        )
        self.settings = check_settings(given)
        self._lock = ForkSafeLock()
        self._api: Api | None = None
        self._check_transport()

    @staticmethod
    @clears_frames
    def check(settings: Mapping[str, object], *, alias: str | None = None) -> CheckedSettings:
        """Check settings without building a client.

        Args:
            settings: Settings by name, as in [`ConnectionSettings`][eternaltwin.clients.settings.ConnectionSettings].
            alias: Alias of the connection, for the error.

        Returns:
            The checked settings.

        Raises:
            ConfigurationError: A setting is unknown, missing or wrong. The error names the alias.
        """
        try:
            return check_settings(complete_settings(inspect.signature(ClientABC), settings))
        except ConfigurationError as exc:
            failure = exc if alias is None else exc.of(alias)
        raise failure.with_traceback(None)

    @property
    def client_id(self) -> str:
        """The game's OAuth client. A `ConfigurationError` if the client only reads, like the next two."""
        return self.settings.client_id

    @property
    def redirect_uri(self) -> str:
        """The game's callback."""
        return self.settings.redirect_uri

    @property
    def state_key(self) -> KeyABC:
        """The key that signs and verifies states."""
        return self.settings.state_key

    @property
    def url(self) -> str:
        """The address where this process reaches the server, with a final `/`."""
        return f"{self.settings.base_url}/"

    @property
    def public_url(self) -> str:
        """The address where the player's browser reaches the server, with a final `/`: the state's `as`."""
        return f"{self.settings.public_url}/"

    @property
    def timeout(self) -> float:
        """Seconds that a call may take, retries included."""
        return self.settings.timeout

    @property
    def verify_ssl(self) -> bool | str:
        """Whether to check the server's certificate, or the path of the CA certificates to check it with."""
        return self.settings.verify_ssl

    @property
    def allow_redirects(self) -> bool:
        """Whether redirects within the server are followed."""
        return self.settings.allow_redirects

    @clears_frames
    def authorization_url(self, state: str, scope: str | Iterable[str] = "base") -> str:
        """Build the URL to which to send the player's browser to sign in (RFC 6749, section 4.1.1).

        Args:
            state: A state of [`generate_state`][eternaltwin.clients.abc.clients.ClientABC.generate_state].
            scope: One or several scopes, separated by spaces or as an iterable.

        Returns:
            The URL, on the server's public address.

        Raises:
            InvalidArgumentError: A scope is not valid, or the state is not a string.
            ConfigurationError: The client only reads.
        """
        game = self.settings.require_client("authorization_url")
        fields = {
            "response_type": "code",
            "access_type": "offline",
            "client_id": game.client_id,
            "scope": check_scopes(scope),
            "state": check_string("state", state),
            "redirect_uri": game.redirect_uri,
        }
        return f"{self.settings.public_url}{AUTHORIZATION}?{urlencode(fields)}"

    @clears_frames
    def generate_state(
        self, expiration: int = 600, nonce: str | None = None, rfp: str | None = None, origin: str | None = None
    ) -> str:
        """Build a signed state for a new sign-in; see [`State.new`][eternaltwin.states.State.new].

        Args:
            expiration: Seconds until the state expires, 1 to 86,400.
            nonce: A random string to recognize the state by, 1 to 256 printable characters. None generates one.
            rfp: A string that binds the state to a browser, 1 to 256 printable characters. None generates one.
            origin: The domain of the game where the sign-in starts, for games with several. None leaves it out.

        Returns:
            The state, as a JWT.

        Raises:
            InvalidArgumentError: An argument is out of its range.
            ConfigurationError: The client only reads.
        """
        key = self.settings.require_client("generate_state").state_key
        return State.new(self.public_url, key, expiration, nonce, rfp, origin).jwt

    @clears_frames
    def validate_state(self, state: str, expected: str | None = None) -> State:
        """Validate the state of a callback; see [`State.from_jwt`][eternaltwin.states.State.from_jwt].

        Args:
            state: The callback's `state` parameter.
            expected: The state with which this browser's sign-in was started, compared in constant time. None skips
                the comparison.

        Returns:
            The state.

        Raises:
            InvalidStateError: The state is malformed, forged, for another server, expired, or not the expected one.
            ConfigurationError: The client only reads.
        """
        key = self.settings.require_client("validate_state").state_key
        valid = State.from_jwt(state, self.public_url, key)
        if expected is not None:
            check_expected(state, expected)
        return valid

    @property
    @abstractmethod
    def users(self) -> UserClientABC:
        """The calls about users."""

    @abstractmethod
    def token(self, authorization_code: str) -> Token | Awaitable[Token]:
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
            ConfigurationError: The client only reads. Nothing was sent.
        """

    @abstractmethod
    def get(
        self,
        endpoint: str,
        raise_on_error: bool = True,
        token: Token | str | None = None,
        *,
        query: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response | Awaitable[Response]:
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
        """

    @abstractmethod
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
    ) -> Response | Awaitable[Response]:
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

    @abstractmethod
    def close(self) -> None | Awaitable[None]:
        """Close the connections. A later call opens new ones.

        Returns:
            None; for the asyncio client, an awaitable of it.
        """

    @abstractmethod
    def discard(self) -> None:
        """Release the connections without waiting."""

    @abstractmethod
    def _check_transport(self) -> None:
        """Check that the setting `transport` is sync for a sync client, and asyncio for an asyncio client."""

    @property
    @abstractmethod
    def _gather(self) -> Gather:
        """Makes many calls at a time, with threads or tasks."""

    @property
    @abstractmethod
    def _caching(self) -> Caching:
        """What a cache of profiles needs of this kind of client."""

    @abstractmethod
    def _open(self) -> Sender:
        """Build the transport and its sender. Called once; nothing is connected yet."""

    def _sender(self, exchange: Exchange, sleep: Sleep) -> Sender:
        """Build a sender with the settings, over a transport and a way to wait."""
        return Sender(
            base_url=self.settings.base_url,
            exchange=exchange,
            sleep=sleep,
            retries=RetryPolicy(self.settings.retries),
            timeout=self.settings.timeout,
            follow_redirects=self.settings.allow_redirects,
        )

    @property
    def api(self) -> Api:
        """The areas of the API, over this client's connections."""
        return self._api or self._first_api()

    def _stop_refreshing(self) -> None:
        if self._api is not None:
            self._api.profiles.stop()

    def _first_api(self) -> Api:
        with self._lock.current:  # another thread may have been here first
            self._api = self._api or Api(self._open(), self._gather, self.settings, self._caching)
            return self._api

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClientABC) and type(self) is type(other) and self.settings == other.settings

    def __hash__(self) -> int:
        return hash((type(self), self.settings))

    def __repr__(self) -> str:
        game = self.settings.oauth_client
        name = "" if game is None else f"{game.client_id} "
        return f"<{type(self).__module__}.{type(self).__name__} {name}at {self.url}>"
