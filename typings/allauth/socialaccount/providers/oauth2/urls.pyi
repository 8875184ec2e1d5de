from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.urls import URLResolver

def default_urlpatterns(provider: type[OAuth2Provider]) -> list[URLResolver]: ...
