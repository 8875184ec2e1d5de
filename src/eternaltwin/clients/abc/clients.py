"""What the blocking and the asyncio client have in common: settings, states, addresses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from eternaltwin.clients.api import Api
from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.clients.settings import Settings, check_settings, constructor, read_settings
from eternaltwin.clients.validation.oauth import check_scopes
from eternaltwin.clients.validation.values import check_string
from eternaltwin.states import State, check_expected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Mapping

    from eternaltwin.clients.abc.users import UserClientABC
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.sender import Sender
    from eternaltwin.keys import KeyABC
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token


class ClientABC(ABC):
    """A connection of a game to an Eternaltwin server. Clients with equal settings are equal.

    Args:
        client_id: the game's OAuth client, such as `mygame@clients` or a UUID.
        client_secret: its secret.
        redirect_uri: the callback that is registered for it, character for character.
        state_key: what signs the states of sign-ins: an `HS256Key` or another key of
            [`keys`][eternaltwin.keys], or a list of keys, of which the first signs and all verify.
        url: where this process reaches the server; by default `https://eternaltwin.org/`. May
            have a path. Instead of it, its parts: `scheme`, `host`, `port`, `prefix`.
        public_url: where the player's browser reaches the server, where that is another address.
        timeout: seconds that a call may take, retries included.
        connect_timeout: seconds that connecting may take; by default all of `timeout`.
        verify_ssl: True, or the path of a file of CA certificates to trust instead of the
            system's. False trusts everyone who answers: never use it over a network.
        allow_redirects: whether redirects within the server are followed.
        retries: how often a call that can be repeated is repeated, when the server cannot be
            reached or answers 429, 502, 503 or 504.
        pool_size: connections that are kept open.
        max_response_size: the largest answer that is read, in bytes.
        transport: sends the requests instead of a network; see [`devserver`][eternaltwin.devserver].

    Raises:
        ConfigurationError: a setting is unknown, missing, wrong, or contradicts another.
    """

    @constructor(check_settings)
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._api: Api | None = None
        self._check_transport()

    @staticmethod
    def check(settings: Mapping[str, object], *, alias: str | None = None) -> Settings:
        """The settings that a mapping holds, checked, without building a client of them.

        Raises:
            ConfigurationError: one is unknown, missing or wrong; the error names the alias.
        """
        return read_settings(settings, alias=alias)

    @property
    def client_id(self) -> str:
        """The game's OAuth client."""
        return self.settings.client_id

    @property
    def redirect_uri(self) -> str:
        """The game's callback."""
        return self.settings.redirect_uri

    @property
    def state_key(self) -> KeyABC:
        """What signs the states."""
        return self.settings.state_key

    @property
    def url(self) -> str:
        """Where this process reaches the server, with a final `/`."""
        return f"{self.settings.base_url}/"

    @property
    def public_url(self) -> str:
        """Where the player's browser reaches the server, with a final `/`: the state's `as`."""
        return f"{self.settings.public_url}/"

    def authorization_url(self, state: str, scope: str | Iterable[str] = "base") -> str:
        """Where to send the player's browser to sign in (RFC 6749, section 4.1.1).

        Args:
            state: what `generate_state` made.
            scope: what the game asks for, one or several.

        Raises:
            InvalidArgumentError: a scope is none, or the state is no text.
        """
        fields = {
            "response_type": "code",
            "access_type": "offline",
            "client_id": self.settings.client_id,
            "scope": check_scopes(scope),
            "state": check_string("state", state),
            "redirect_uri": self.settings.redirect_uri,
        }
        return f"{self.settings.public_url}{AUTHORIZATION}?{urlencode(fields)}"

    def generate_state(self, expiration: int = 600, nonce: str | None = None, rfp: str | None = None) -> str:
        """A signed state for a new sign-in; see [`new`][eternaltwin.states.State.new]."""
        return State.new(self.public_url, self.settings.state_key, expiration, nonce, rfp).jwt

    def validate_state(self, state: str, expected: str | None = None) -> State:
        """The state that came back, if it is one to trust; see `State.from_jwt`.

        Args:
            state: the callback's `state` parameter.
            expected: the state that this browser's sign-in was started with.

        Raises:
            InvalidStateError: it has a defect, whichever.
        """
        valid = State.from_jwt(state, self.public_url, self.settings.state_key)
        if expected is not None:
            check_expected(state, expected)
        return valid

    @property
    @abstractmethod
    def users(self) -> UserClientABC:
        """The calls about users."""

    @abstractmethod
    def token(self, authorization_code: str) -> Token | Awaitable[Token]:
        """Exchange the callback's `code` for a token: `POST /oauth/token`, never repeated.

        Raises:
            RequestError: the server refuses the code, or the game's credentials.
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
        """`GET` a path of the server, such as `/api/v1`.

        Args:
            endpoint: the path.
            raise_on_error: whether an error status raises a `RequestError`.
            token: whom to ask for.
            query: the query's fields.
            identity: whom to ask as, instead of a token.
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
        """`POST` to a path of the server; never repeated.

        Args:
            endpoint: the path.
            raise_on_error: whether an error status raises a `RequestError`.
            token: whom to ask for.
            query: the query's fields.
            json: a body to send as JSON.
            form: a body to send as a form, instead.
            identity: whom to ask as, instead of a token.
        """

    @abstractmethod
    def close(self) -> None | Awaitable[None]:
        """Close the connections. A later call opens new ones."""

    @abstractmethod
    def discard(self) -> None:
        """Let go of the connections without waiting for anything."""

    @abstractmethod
    def _check_transport(self) -> None:
        """Check that the setting `transport` is of this client's colour."""

    @abstractmethod
    def _open(self) -> Sender:
        """Make the transport, and what sends over it. Called once; nothing is connected yet."""

    @property
    def api(self) -> Api:
        """What is known about the API, over this client's connections."""
        return self._api or self._first_api()

    def _first_api(self) -> Api:
        with self._lock:  # another thread may have been here first
            self._api = self._api or Api(self._open(), self.settings)
            return self._api

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ClientABC) and type(self) is type(other) and self.settings == other.settings

    def __hash__(self) -> int:
        return hash((type(self), self.settings))

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self.client_id} at {self.url}>"
