"""The provider class, in the module where django-allauth expects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.socialaccount.providers.base import ProviderAccount
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from eternaltwin.integrations.allauth.conf import PROVIDER_ID
from eternaltwin.integrations.allauth.views import EternaltwinOAuth2Adapter

if TYPE_CHECKING:
    from django.http import HttpRequest


class EternaltwinProviderAccount(ProviderAccount):
    """An Eternaltwin account, as django-allauth stored it at the user's last sign-in."""

    def to_str(self) -> str:
        """Return the display name of the account.

        Returns:
            The display name, or the description that django-allauth builds when none is stored.
        """
        stored = self.account.extra_data
        name = cast("dict[str, object]", stored).get("display_name") if isinstance(stored, dict) else None
        return str(name or super().to_str())


class EternaltwinProvider(OAuth2Provider):
    """Sign-in with Eternaltwin. Accounts are identified by their UUID."""

    id = PROVIDER_ID
    name = "Eternaltwin"
    account_class = EternaltwinProviderAccount
    oauth2_adapter_class = EternaltwinOAuth2Adapter

    def extract_uid(self, data: dict[str, str]) -> str:
        """Return the identifier under which django-allauth stores an account.

        Args:
            data: The identity, as `EternaltwinOAuth2Adapter.complete_login` read it.

        Returns:
            The UUID of the account, in lower case.
        """
        return data["id"]

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        """Return the fields with which django-allauth creates a user of the game.

        There is no e-mail address among them: Eternaltwin does not disclose any.

        Args:
            data: The identity, as `EternaltwinOAuth2Adapter.complete_login` read it.

        Returns:
            The display name, as `username` and as `name`.
        """
        return {"username": data["display_name"], "name": data["display_name"]}

    def get_default_scope(self) -> list[str]:
        """Return the OAuth scopes to request when the settings of the provider contain no `SCOPE`.

        Returns:
            The scope `base` only.
        """
        return ["base"]

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Return the additional parameters of the authorization URL.

        Parameters that the browser sends are ignored: they could replace `redirect_uri` or `state`.

        Args:
            request: The request that starts the sign-in. Not used.
            action: What django-allauth does, such as `authenticate`. Not used.

        Returns:
            The `AUTH_PARAMS` of the settings.
        """
        del request, action
        return self.get_auth_params()

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Return the OAuth scopes to request. Scopes that the browser sends are ignored.

        Args:
            request: The request that starts the sign-in. Not used.

        Returns:
            The scopes of the settings, or the default scopes.
        """
        del request
        return self.get_scope()


provider_classes = [EternaltwinProvider]
