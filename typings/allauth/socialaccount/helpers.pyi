from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.http import HttpRequest, HttpResponse

def render_authentication_error(
    request: HttpRequest,
    provider: OAuth2Provider,
    error: str = ...,
    exception: Exception | None = None,
    extra_context: dict[str, object] | None = None,
) -> HttpResponse: ...
