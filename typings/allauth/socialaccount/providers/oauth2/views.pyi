from collections.abc import Callable

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest, HttpResponse

class OAuth2Adapter:
    provider_id: str
    basic_auth: bool

    @property
    def access_token_url(self) -> str: ...
    @property
    def authorize_url(self) -> str: ...
    def get_provider(self) -> OAuth2Provider: ...
    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: object
    ) -> SocialLogin: ...

class OAuth2LoginView:
    @classmethod
    def adapter_view(cls, adapter: type[OAuth2Adapter]) -> Callable[..., HttpResponse]: ...

class OAuth2CallbackView:
    @classmethod
    def adapter_view(cls, adapter: type[OAuth2Adapter]) -> Callable[..., HttpResponse]: ...
