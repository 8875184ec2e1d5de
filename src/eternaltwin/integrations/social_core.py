"""Sign in with Eternaltwin, for social-auth-core (Python Social Auth).

Needs the extra `social-core`: `pip install "eternaltwin[social-core]"`.

Set `SOCIAL_AUTH_ETERNALTWIN_URL` and `SOCIAL_AUTH_ETERNALTWIN_PUBLIC_URL` to use another server than the official one.
The token is stored only if `SOCIAL_AUTH_ETERNALTWIN_STORE_TOKEN` is true.

Example:
    ```python
    AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.social_core.EternaltwinOAuth2"]
    SOCIAL_AUTH_ETERNALTWIN_KEY = "mygame@clients"
    SOCIAL_AUTH_ETERNALTWIN_SECRET = os.environ["ETERNALTWIN_CLIENT_SECRET"]
    ```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.hidden import clears_frames_of
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.extras import require
from eternaltwin.integrations.shared.identities import identity_of

with require("social-core", social_core="social-auth-core"):
    from social_core.backends.oauth import BaseOAuth2
    from social_core.exceptions import AuthException

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.addresses import ServerAddresses

    OAuth2Backend = BaseOAuth2[dict[str, Any]]
else:
    OAuth2Backend = BaseOAuth2  # before 7.0, it has no type parameter

__all__ = ["EternaltwinOAuth2"]


@clears_frames_of("start", "complete", "auth_complete", "do_auth", "refresh_token", "revoke_token", "user_data")
class EternaltwinOAuth2(OAuth2Backend):
    """The backend `eternaltwin`. Accounts are identified by their UUID."""

    name = "eternaltwin"
    title = "Eternaltwin"
    ID_KEY = "id"
    DEFAULT_SCOPE: ClassVar[list[str] | None] = ["base"]
    ACCESS_TOKEN_METHOD = "POST"
    USE_BASIC_AUTH = True
    REDIRECT_STATE = False  # the server compares the callback with the registered one, character for character
    STATE_PARAMETER = True

    def authorization_url(self) -> str:
        """Return the URL of the authorization page, which the player's browser opens.

        Returns:
            The URL, without a query.
        """
        return f"{self._addresses.public_url}{AUTHORIZATION}"

    def access_token_url(self) -> str:
        """Return the URL of the token endpoint, where a code is exchanged for a token.

        Returns:
            The URL.
        """
        return f"{self._addresses.url}{TOKEN}"

    def user_data(self, access_token: str, *args: object, **kwargs: object) -> dict[str, Any]:
        """Read the identity that a token belongs to.

        Args:
            access_token: The token.
            *args: Other arguments of social-auth-core. Not used.
            **kwargs: Other arguments of social-auth-core. Not used.

        Returns:
            The `id` of the account, its UUID in lower case, and its `display_name`.

        Raises:
            AuthException: The token is no longer valid, was not issued to this game, or there was no valid response.
        """
        del args, kwargs
        headers = {"Authorization": f"Bearer {access_token}"}
        body = self.get_json(f"{self._addresses.url}{SELF}", headers=headers)
        try:
            identity = identity_of(body, str(self.setting("KEY")))
        except InvalidTokenError as exc:
            raise AuthException(self, str(exc)) from exc
        return dict(identity.as_dict())

    def get_user_details(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return the fields with which social-auth-core creates a user of the game.

        Args:
            response: The identity, as `user_data` returned it.

        Returns:
            The display name, as `username` and as `fullname`, and an empty `email`: Eternaltwin does not disclose
            e-mail addresses.
        """
        return {"username": response["display_name"], "fullname": response["display_name"], "email": ""}

    def extra_data(
        self,
        user: object,
        uid: str,
        response: dict[str, Any],
        details: dict[str, Any],
        pipeline_kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        """Return what is stored with an account: its display name, and the token only if `STORE_TOKEN` is true.

        Args:
            user: The game's own user.
            uid: UUID of the account.
            response: The identity, as `user_data` returned it, with the fields of the token.
            details: The fields that `get_user_details` returned.
            pipeline_kwargs: Other values of the pipeline.

        Returns:
            The values for the column `extra_data` of the account.
        """
        stored = super().extra_data(user, uid, response, details, pipeline_kwargs)
        if not self.setting("STORE_TOKEN"):
            for name in ("access_token", "refresh_token"):
                stored.pop(name, None)
        return {**stored, "display_name": response["display_name"]}

    @property
    def _addresses(self) -> ServerAddresses:
        return server_addresses(self.setting("URL"), self.setting("PUBLIC_URL"))
