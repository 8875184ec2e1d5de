"""Sign in with Eternaltwin, for Authlib's clients of Flask, Starlette and Django.

Needs the extra `authlib`: `pip install "eternaltwin[authlib]"`.

Example:
    ```python
    oauth = OAuth(app)
    register(oauth, client_id="mygame@clients", client_secret=os.environ["ETERNALTWIN_CLIENT_SECRET"])


    @app.post("/login")
    def login():
        return oauth.eternaltwin.authorize_redirect("https://mygame.example/callback")


    @app.get("/callback")
    def callback():
        player = player_of(oauth.eternaltwin, oauth.eternaltwin.authorize_access_token())
    ```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.hidden import clears_frames
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.identities import PlayerIdentity, identity_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    TokenFields = dict[str, object]

__all__ = [
    "AsyncRemoteApp",
    "ClientResponse",
    "OAuthRegistry",
    "PlayerIdentity",
    "RemoteApp",
    "aplayer_of",
    "player_of",
    "register",
]


class ClientResponse(Protocol):
    """A response of requests, or of httpx."""

    @property
    def status_code(self) -> int:
        """Status of the response."""
        ...

    def json(self) -> object:
        """Decode the body.

        Returns:
            The decoded JSON.
        """
        ...


class RemoteApp(Protocol):
    """A sync client that is registered with Authlib, for Flask and Django."""

    @property
    def client_id(self) -> str:
        """Id of the game's OAuth client."""
        ...

    def get(self, url: str, /, *, token: TokenFields) -> ClientResponse:
        """Send a `GET` with a token.

        Args:
            url: Path below the API's base URL.
            token: The token.

        Returns:
            The response.
        """
        ...


class AsyncRemoteApp(Protocol):
    """An async client that is registered with Authlib, for Starlette."""

    @property
    def client_id(self) -> str:
        """Id of the game's OAuth client."""
        ...

    def get(self, url: str, /, *, token: TokenFields) -> Awaitable[ClientResponse]:
        """Send a `GET` with a token.

        Args:
            url: Path below the API's base URL.
            token: The token.

        Returns:
            The response, to await.
        """
        ...


class OAuthRegistry(Protocol):
    """An instance of Authlib's class `OAuth`, of any framework."""

    def register(self, name: str, overwrite: bool = False, **options: object) -> object:
        """Register a client.

        Args:
            name: Name of the client.
            overwrite: Whether the framework's configuration takes precedence.
            **options: Settings of the client.

        Returns:
            The client.
        """
        ...


@clears_frames
def register(
    oauth: OAuthRegistry,
    *,
    client_id: str,
    client_secret: str,
    url: str | None = None,
    public_url: str | None = None,
    name: str = "eternaltwin",
) -> None:
    """Register Eternaltwin with Authlib, as `oauth.eternaltwin`.

    Args:
        oauth: Authlib's registry.
        client_id: The game's OAuth client, such as `mygame@clients`.
        client_secret: Secret of the OAuth client.
        url: The URL at which this process reaches the server. None means the official server.
        public_url: The URL at which the player's browser reaches the server. None means `url`.
        name: Name of the client in the registry, and of its attribute on `oauth`.

    Raises:
        ConfigurationError: An address is not a valid URL.
    """
    server = server_addresses(url, public_url)
    oauth.register(
        name,
        client_id=client_id,
        client_secret=client_secret,
        authorize_url=f"{server.public_url}{AUTHORIZATION}",
        access_token_url=f"{server.url}{TOKEN}",
        api_base_url=f"{server.url}/",
        client_kwargs={"scope": "base", "token_endpoint_auth_method": "client_secret_basic"},
    )


@clears_frames
def player_of(client: RemoteApp, token: TokenFields) -> PlayerIdentity:
    """Read the player that a token belongs to.

    Args:
        client: The registered client, `oauth.eternaltwin`.
        token: The token that `authorize_access_token()` returned.

    Returns:
        The player, identified by the UUID of the account.

    Raises:
        InvalidTokenError: The token is no longer valid, was not issued to this game, or the response of the server is
            an error or malformed. Errors of the connection are those of the HTTP library that Authlib uses.
    """
    return _identity(client.get(SELF.removeprefix("/"), token=token), client.client_id)


@clears_frames
async def aplayer_of(client: AsyncRemoteApp, token: TokenFields) -> PlayerIdentity:
    """Async variant of [`player_of`][eternaltwin.integrations.authlib.player_of]."""
    return _identity(await client.get(SELF.removeprefix("/"), token=token), client.client_id)


def _identity(response: ClientResponse, client_id: str) -> PlayerIdentity:
    if response.status_code != 200:
        raise InvalidTokenError(f"the server responded with status {response.status_code}")
    try:
        return identity_of(response.json(), client_id)
    except ValueError:
        raise InvalidTokenError("the server's response is not JSON") from None
