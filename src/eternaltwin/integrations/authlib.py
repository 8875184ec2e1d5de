"""Sign in with Eternaltwin, for Authlib's clients of Flask, Starlette and Django.

    oauth = OAuth(app)
    register(oauth, client_id="mygame@clients", client_secret=os.environ["ETERNALTWIN_CLIENT_SECRET"])


    @app.post("/login")
    def login():
        return oauth.eternaltwin.authorize_redirect("https://mygame.example/callback")


    @app.get("/callback")
    def callback():
        player = player_of(oauth.eternaltwin, oauth.eternaltwin.authorize_access_token())

Authlib comes with the extra `authlib`: `pip install "eternaltwin[authlib]"`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.identities import PlayerIdentity, identity_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    Token = dict[str, object]


class Answer(Protocol):
    """What a server answers, in requests and in httpx."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    def json(self) -> object:
        """The decoded body."""
        ...


class RemoteApp(Protocol):
    """What Authlib calls a registered client, a blocking one."""

    @property
    def client_id(self) -> str:
        """The game's OAuth client."""
        ...

    def get(self, url: str, /, *, token: Token) -> Answer:
        """`GET` with a token."""
        ...


class AsyncRemoteApp(Protocol):
    """What Authlib calls a registered client, one for asyncio."""

    @property
    def client_id(self) -> str:
        """The game's OAuth client."""
        ...

    def get(self, url: str, /, *, token: Token) -> Awaitable[Answer]:
        """`GET` with a token."""
        ...


class Registry(Protocol):
    """Authlib's `OAuth`, of any framework."""

    def register(self, name: str, overwrite: bool = False, **options: object) -> object:
        """Register a client."""
        ...


def register(
    oauth: Registry,
    *,
    client_id: str,
    client_secret: str,
    url: str | None = None,
    public_url: str | None = None,
    name: str = "eternaltwin",
) -> None:
    """Register Eternaltwin, as `oauth.eternaltwin`.

    Args:
        oauth: the registry.
        client_id: the game's OAuth client.
        client_secret: its secret.
        url: where this process reaches the server; by default the community's own.
        public_url: where the player's browser does, if that is another address.
        name: of the client.

    Raises:
        ConfigurationError: an address is none.
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


def player_of(client: RemoteApp, token: Token) -> PlayerIdentity:
    """The player that a token is for.

    Args:
        client: `oauth.eternaltwin`.
        token: what `authorize_access_token()` has answered.

    Raises:
        InvalidTokenError: it is no longer good, or was given to another game.
    """
    return _identity(client.get(SELF.removeprefix("/"), token=token), client.client_id)


async def aplayer_of(client: AsyncRemoteApp, token: Token) -> PlayerIdentity:
    """The player that a token is for; see `player_of`."""
    return _identity(await client.get(SELF.removeprefix("/"), token=token), client.client_id)


def _identity(answer: Answer, client_id: str) -> PlayerIdentity:
    if answer.status_code != 200:
        raise InvalidTokenError(f"the server answered {answer.status_code}")
    try:
        return identity_of(answer.json(), client_id)
    except ValueError:
        raise InvalidTokenError("the server has not answered who the token is for") from None
