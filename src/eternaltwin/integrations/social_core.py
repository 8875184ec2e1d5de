"""Sign in with Eternaltwin, for social-auth-core (Python Social Auth).

`SOCIAL_AUTH_ETERNALTWIN_URL` and `SOCIAL_AUTH_ETERNALTWIN_PUBLIC_URL` choose another server. The token is
not kept, unless `SOCIAL_AUTH_ETERNALTWIN_STORE_TOKEN` is true.

Needs the extra `social-core`: `pip install "eternaltwin[social-core]"`.

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
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.extras import missing_extra
from eternaltwin.integrations.shared.identities import identity_of

try:
    from social_core.backends.oauth import BaseOAuth2
    from social_core.exceptions import AuthException
except ModuleNotFoundError as exc:
    raise missing_extra(exc, "social-core", social_core="social-auth-core") from None

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.addresses import ServerAddresses


class EternaltwinOAuth2(BaseOAuth2[dict[str, Any]]):
    """The backend `eternaltwin`, whose accounts are keyed by their UUIDs."""

    name = "eternaltwin"
    title = "Eternaltwin"
    ID_KEY = "id"
    DEFAULT_SCOPE: ClassVar[list[str] | None] = ["base"]
    ACCESS_TOKEN_METHOD = "POST"
    USE_BASIC_AUTH = True
    REDIRECT_STATE = False  # the callback has to be the registered one, character for character
    STATE_PARAMETER = True

    def authorization_url(self) -> str:
        """Return where the player's browser is sent to sign in.

        Returns:
            The URL of the authorization page.
        """
        return f"{self._addresses.public_url}{AUTHORIZATION}"

    def access_token_url(self) -> str:
        """Return where a code is exchanged for a token.

        Returns:
            The URL of the token endpoint.
        """
        return f"{self._addresses.url}{TOKEN}"

    def user_data(self, access_token: str, *args: object, **kwargs: object) -> dict[str, Any]:
        """Read the player whom a token belongs to.

        Args:
            access_token: The token.
            *args: Other arguments of social-auth-core, which are not used.
            **kwargs: Other arguments of social-auth-core, which are not used.

        Returns:
            The player's `id` and `display_name`.

        Raises:
            AuthException: The token is no longer valid, or was given to another game.
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
        """Return what a user of the game is created from.

        Args:
            response: The player, as `user_data` returns them.

        Returns:
            User name, full name, and an empty e-mail address: Eternaltwin does not reveal addresses.
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
        """Return what is kept of an account: the display name, and the token only if the setting asks for it.

        Args:
            user: The game's own user.
            uid: UUID of the account.
            response: The player, as `user_data` returns them, and the fields of the token.
            details: What `get_user_details` has returned.
            pipeline_kwargs: Other values of the pipeline.

        Returns:
            Values for the account's column `extra_data`.
        """
        found = super().extra_data(user, uid, response, details, pipeline_kwargs)
        if not self.setting("STORE_TOKEN"):
            for name in ("access_token", "refresh_token"):
                found.pop(name, None)
        return {**found, "display_name": response["display_name"]}

    @property
    def _addresses(self) -> ServerAddresses:
        return server_addresses(self.setting("URL"), self.setting("PUBLIC_URL"))
