"""The OAuth adapter and the views, in the module where django-allauth expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.hidden import clears_frames
from eternaltwin.integrations.shared.addresses import server_addresses
from eternaltwin.integrations.shared.identities import identity_of

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
    from django.http import HttpRequest

    from eternaltwin.integrations.shared.addresses import ServerAddresses

PROVIDER_ID = "eternaltwin"


class EternaltwinOAuth2Adapter(OAuth2Adapter):
    """The OAuth adapter: knows the endpoints of Eternaltwin, and reads the identity that a token belongs to.

    Set `URL` and `PUBLIC_URL` in `SOCIALACCOUNT_PROVIDERS["eternaltwin"]` to use another server
    than the official one: `URL` for requests of the game, `PUBLIC_URL` for the player's browser.
    """

    provider_id = PROVIDER_ID
    basic_auth = True

    @property
    def access_token_url(self) -> str:
        """The URL where an authorization code is exchanged for a token."""
        return f"{_addresses().url}{TOKEN}"

    @property
    def authorize_url(self) -> str:
        """The URL of the authorization page, which the player's browser opens."""
        return f"{_addresses().public_url}{AUTHORIZATION}"

    @clears_frames
    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object) -> SocialLogin:
        """Fetch the identity that a token belongs to.

        Args:
            request: The request to the callback.
            app: The settings of the game's OAuth client.
            token: The token that Eternaltwin issued for the code.
            **kwargs: Other arguments of django-allauth. Not used.

        Returns:
            The sign-in of the account with that identity.

        Raises:
            OAuth2Error: The token is no longer valid, was not issued to this game, or the response
                is malformed.
        """
        del kwargs
        headers = {"Authorization": f"Bearer {token.token}"}
        with get_adapter().get_requests_session() as session:
            response = session.get(f"{_addresses().url}{SELF}", headers=headers)
        try:
            identity = identity_of(response.json(), app.client_id)
        except (InvalidTokenError, ValueError) as exc:
            raise OAuth2Error(str(exc)) from exc
        return self.get_provider().sociallogin_from_response(request, identity.as_dict())


def _addresses() -> ServerAddresses:
    settings = app_settings.PROVIDERS.get(PROVIDER_ID, {})
    return server_addresses(settings.get("URL"), settings.get("PUBLIC_URL"))


oauth2_login = clears_frames(OAuth2LoginView.adapter_view(EternaltwinOAuth2Adapter))
oauth2_callback = clears_frames(OAuth2CallbackView.adapter_view(EternaltwinOAuth2Adapter))
