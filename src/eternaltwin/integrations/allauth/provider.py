"""The provider, where django-allauth looks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from eternaltwin.integrations.allauth.views import PROVIDER_ID, EternaltwinOAuth2Adapter

if TYPE_CHECKING:
    from django.http import HttpRequest


class EternaltwinAccount(ProviderAccount):
    """An account: what allauth has kept of it when the player last signed in."""

    def to_str(self) -> str:
        """The display name."""
        kept = self.account.extra_data
        name = cast("dict[str, object]", kept).get("display_name") if isinstance(kept, dict) else None
        return str(name or super().to_str())


class EternaltwinProvider(OAuth2Provider):
    """Eternaltwin; accounts are keyed by the UUID."""

    id = PROVIDER_ID
    name = "Eternaltwin"
    account_class = EternaltwinAccount
    oauth2_adapter_class = EternaltwinOAuth2Adapter

    def extract_uid(self, data: dict[str, str]) -> str:
        """The UUID, in lower case."""
        return data["id"]

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        """What a user of the game is made from; Eternaltwin tells nobody's e-mail address."""
        return {"username": data["display_name"], "name": data["display_name"]}

    def get_default_scope(self) -> list[str]:
        """What the game asks for, unless it says otherwise."""
        return ["base"]

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Nothing of what the browser sends: it could change where the player is sent back to, or the state."""
        del request, action
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """What the game asks for, and nothing of what the browser sends."""
        del request
        return self.get_scope()


provider_classes = [EternaltwinProvider]
