from contextlib import AbstractContextManager

from requests import Session

class DefaultSocialAccountAdapter:
    def get_requests_session(self) -> AbstractContextManager[Session]: ...

def get_adapter(request: object = None) -> DefaultSocialAccountAdapter: ...
