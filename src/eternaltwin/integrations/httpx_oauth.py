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
from eternaltwin.hidden import clears_frames_of
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.extras import require
from eternaltwin.integrations.shared.identities import identity_of

with require("httpx-oauth", httpx_oauth="httpx-oauth"):
    from httpx_oauth.exceptions import GetIdEmailError, GetProfileError
    from httpx_oauth.oauth2 import BaseOAuth2

from httpx import HTTPError  # which httpx-oauth depends on

__all__ = ["EternaltwinOAuth2"]


@clears_frames_of("__init__", "get_access_token", "refresh_token", "revoke_token", "get_profile", "get_id_email")
class EternaltwinOAuth2(BaseOAuth2[dict[str, Any]]):
    """A client of httpx-oauth for Eternaltwin.

    Create a random `state` for each sign-in, store it in the player's session, and compare it at the callback:
    httpx-oauth does not do that itself.

    Args:
        client_id: The game's OAuth client, such as `mygame@clients`.
        client_secret: Secret of the OAuth client.
        url: The URL at which this process reaches the server. None means the official server.
        public_url: The URL at which the player's browser reaches the server. None means `url`.
        scopes: The scopes that the game requests. None means `base` only.
        name: Name of the client, which FastAPI Users stores with each account.

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
        """Read the identity that a token belongs to.

        Args:
            token: The access token.

        Returns:
            The `id` of the account, its UUID in lower case, and its `display_name`.

        Raises:
            GetProfileError: The token is no longer valid, was not issued to this game, or there was no valid response.
        """
        headers = {**self.request_headers, "Authorization": f"Bearer {token}"}
        try:
            async with self.get_httpx_client() as client:
                response = await client.get(self._self_endpoint, headers=headers)
        except HTTPError as exc:
            raise GetProfileError from exc
        if response.status_code != 200:
            raise GetProfileError(response=response)
        try:
            return dict(identity_of(response.json(), self.client_id).as_dict())
        except (InvalidTokenError, ValueError) as exc:
            raise GetProfileError(response=response) from exc

    async def get_id_email(self, token: str) -> tuple[str, str | None]:
        """Read the UUID of the account that a token belongs to.

        Args:
            token: The access token.

        Returns:
            The UUID in lower case, and None: Eternaltwin does not disclose e-mail addresses.

        Raises:
            GetIdEmailError: The token is no longer valid, was not issued to this game, or there was no valid response.
        """
        try:
            profile = await self.get_profile(token)
        except GetProfileError as exc:
            raise GetIdEmailError(response=exc.response) from exc
        return profile["id"], None
