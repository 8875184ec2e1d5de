from contextlib import AbstractContextManager

from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from requests import Session

class DefaultSocialAccountAdapter:
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool: ...
    def get_requests_session(self) -> AbstractContextManager[Session]: ...

def get_adapter(request: object = None) -> DefaultSocialAccountAdapter: ...
