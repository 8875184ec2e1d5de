"""Sign in with Eternaltwin, for social-auth-core (Python Social Auth).

    AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.social_core.EternaltwinOAuth2"]
    SOCIAL_AUTH_ETERNALTWIN_KEY = "mygame@clients"
    SOCIAL_AUTH_ETERNALTWIN_SECRET = os.environ["ETERNALTWIN_CLIENT_SECRET"]

`SOCIAL_AUTH_ETERNALTWIN_URL` and `SOCIAL_AUTH_ETERNALTWIN_PUBLIC_URL` name another server. The
token is not kept, unless `SOCIAL_AUTH_ETERNALTWIN_STORE_TOKEN` is true.

Needs the extra `social-core`: `pip install "eternaltwin[social-core]"`.
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
    """The backend `eternaltwin`; accounts are keyed by the UUID."""

    name = "eternaltwin"
    title = "Eternaltwin"
    ID_KEY = "id"
    DEFAULT_SCOPE: ClassVar[list[str] | None] = ["base"]
    ACCESS_TOKEN_METHOD = "POST"
    USE_BASIC_AUTH = True
    REDIRECT_STATE = False  # the callback has to be the registered one, character for character
    STATE_PARAMETER = True

    def authorization_url(self) -> str:
        """Where the player's browser is sent."""
        return f"{self._addresses.public_url}{AUTHORIZATION}"

    def access_token_url(self) -> str:
        """Where a code is exchanged."""
        return f"{self._addresses.url}{TOKEN}"

    def user_data(self, access_token: str, *args: object, **kwargs: object) -> dict[str, Any]:
        """The player's id and display name.

        Raises:
            AuthException: the token is no longer good, or was given to another game.
        """
        del args, kwargs
        headers = {"Authorization": f"Bearer {access_token}"}
        answer = self.get_json(f"{self._addresses.url}{SELF}", headers=headers)
        try:
            identity = identity_of(answer, str(self.setting("KEY")))
        except InvalidTokenError as exc:
            raise AuthException(self, str(exc)) from exc
        return dict(identity.as_dict())

    def get_user_details(self, response: dict[str, Any]) -> dict[str, Any]:
        """What a user of the game is made from; Eternaltwin tells nobody's e-mail address."""
        return {"username": response["display_name"], "fullname": response["display_name"], "email": ""}

    def extra_data(
        self,
        user: object,
        uid: str,
        response: dict[str, Any],
        details: dict[str, Any],
        pipeline_kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        """What is kept of an account: the display name, and the token only if that is asked for."""
        found = super().extra_data(user, uid, response, details, pipeline_kwargs)
        if not self.setting("STORE_TOKEN"):
            for name in ("access_token", "refresh_token"):
                found.pop(name, None)
        return {**found, "display_name": response["display_name"]}

    @property
    def _addresses(self) -> ServerAddresses:
        return server_addresses(self.setting("URL"), self.setting("PUBLIC_URL"))
