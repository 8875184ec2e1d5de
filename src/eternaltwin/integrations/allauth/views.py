"""How django-allauth talks to Eternaltwin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter, OAuth2CallbackView, OAuth2LoginView

from eternaltwin.clients.endpoints import AUTHORIZATION, SELF, TOKEN
from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.integrations.shared.identities import addresses, identity_of

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
    from django.http import HttpRequest

    from eternaltwin.integrations.shared.identities import Addresses

PROVIDER_ID = "eternaltwin"


class EternaltwinOAuth2Adapter(OAuth2Adapter):
    """The requests of a sign-in.

    Another server than the community's own is named by `URL` and `PUBLIC_URL` in
    `SOCIALACCOUNT_PROVIDERS["eternaltwin"]`.
    """

    provider_id = PROVIDER_ID
    basic_auth = True

    @property
    def access_token_url(self) -> str:
        """Where a code is exchanged."""
        return f"{_addresses().url}{TOKEN}"

    @property
    def authorize_url(self) -> str:
        """Where the player's browser is sent."""
        return f"{_addresses().public_url}{AUTHORIZATION}"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object) -> SocialLogin:
        """Who the token is for.

        Raises:
            OAuth2Error: it is no longer good, or was given to another game.
        """
        del kwargs
        headers = {"Authorization": f"Bearer {token.token}"}
        with get_adapter().get_requests_session() as session:
            answer = session.get(f"{_addresses().url}{SELF}", headers=headers)
        try:
            identity = identity_of(answer.json(), app.client_id)
        except (InvalidTokenError, ValueError) as exc:
            raise OAuth2Error(str(exc)) from exc
        return self.get_provider().sociallogin_from_response(request, identity.as_dict())


def _addresses() -> Addresses:
    settings = app_settings.PROVIDERS.get(PROVIDER_ID, {})
    return addresses(settings.get("URL"), settings.get("PUBLIC_URL"))


oauth2_login = OAuth2LoginView.adapter_view(EternaltwinOAuth2Adapter)
oauth2_callback = OAuth2CallbackView.adapter_view(EternaltwinOAuth2Adapter)
