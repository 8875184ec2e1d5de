from collections.abc import Callable
from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest, HttpResponse

class OAuth2Adapter:
    provider_id: str
    basic_auth: bool
    headers: dict[str, str] | None
    did_fetch_access_token: bool

    @property
    def access_token_url(self) -> str: ...
    @property
    def authorize_url(self) -> str: ...
    def get_provider(self) -> OAuth2Provider: ...
    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str: ...
    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str | None = None
    ) -> dict[str, object]: ...
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object
    ) -> SocialLogin: ...

class OAuth2LoginView:
    @classmethod
    def adapter_view(cls, adapter: type[OAuth2Adapter]) -> Callable[..., HttpResponse]: ...

class OAuth2CallbackView:
    adapter: Any

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse: ...
    @classmethod
    def adapter_view(cls, adapter: type[OAuth2Adapter]) -> Callable[..., HttpResponse]: ...
