"""Sign in with Eternaltwin, for httpx-oauth (and FastAPI Users).

Needs the extra `httpx-oauth`: `pip install "eternaltwin[httpx-oauth]"`.

Example:
    ```python
    client = EternaltwinOAuth2("mygame@clients", os.environ["ETERNALTWIN_CLIENT_SECRET"])
    ```
"""

from __future__ import annotations

from typing import Any

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.extras import missing_extra
from eternaltwin.integrations.shared.identities import identity_of

try:
    from httpx_oauth.exceptions import GetIdEmailError, GetProfileError
    from httpx_oauth.oauth2 import BaseOAuth2
except ModuleNotFoundError as exc:
    raise missing_extra(exc, "httpx-oauth", httpx_oauth="httpx-oauth") from None


class EternaltwinOAuth2(BaseOAuth2[dict[str, Any]]):
    """Client of Eternaltwin for httpx-oauth. Keep its state in the player's own session, as httpx-oauth documents.

    Args:
        client_id: The game's OAuth client, such as `mygame@clients`.
        client_secret: Secret of the OAuth client.
        url: Where this process reaches the server. None means the community's own server.
        public_url: Where the player's browser reaches the server. None means `url`.
        scopes: Scopes that the game asks for. None means `base`.
        name: Name of the client.

    Raises:
        ConfigurationError: An address is not a valid URL.
    """

    display_name = "Eternaltwin"

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        url: str | None = None,
        public_url: str | None = None,
        scopes: list[str] | None = None,
        name: str = "eternaltwin",
    ) -> None:
        server = server_addresses(url, public_url)
        super().__init__(
            client_id,
            client_secret,
            f"{server.public_url}{AUTHORIZATION}",
            f"{server.url}{TOKEN}",
            name=name,
            base_scopes=["base"] if scopes is None else scopes,
            token_endpoint_auth_method="client_secret_basic",
        )
        self._self_endpoint = f"{server.url}{SELF}"

    async def get_profile(self, token: str) -> dict[str, Any]:
        """Read the player whom a token belongs to.

        Args:
            token: The access token.

        Returns:
            The player's `id` and `display_name`.

        Raises:
            GetProfileError: The token is no longer valid, or was given to another game.
        """
        headers = {**self.request_headers, "Authorization": f"Bearer {token}"}
        async with self.get_httpx_client() as client:
            response = await client.get(self._self_endpoint, headers=headers)
        if response.status_code != 200:
            raise GetProfileError(response=response)
        try:
            return dict(identity_of(response.json(), self.client_id).as_dict())
        except (InvalidTokenError, ValueError) as exc:
            raise GetProfileError(response=response) from exc

    async def get_id_email(self, token: str) -> tuple[str, str | None]:
        """Read the UUID of the player whom a token belongs to.

        Args:
            token: The access token.

        Returns:
            The UUID, and None: Eternaltwin does not reveal e-mail addresses.

        Raises:
            GetIdEmailError: The token is no longer valid, or was given to another game.
        """
        try:
            profile = await self.get_profile(token)
        except GetProfileError as exc:
            raise GetIdEmailError(response=exc.response) from exc
        return profile["id"], None
