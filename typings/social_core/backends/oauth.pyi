from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

_Response_co = TypeVar("_Response_co", covariant=True)

class BaseOAuth2(Generic[_Response_co]):
    name: str
    title: str
    ID_KEY: str | None
    DEFAULT_SCOPE: ClassVar[list[str] | None]
    ACCESS_TOKEN_METHOD: str
    USE_BASIC_AUTH: bool
    REDIRECT_STATE: bool
    STATE_PARAMETER: bool
    data: dict[str, Any]

    def __init__(self, strategy: object, redirect_uri: str | None = None) -> None: ...
    def setting(self, name: str, default: object = None) -> object: ...
    def get_json(self, url: str, *, headers: Mapping[str, str] | None = None) -> object: ...
    def auth_url(self) -> str: ...
    def auth_complete(self, *args: object, **kwargs: object) -> object: ...
    def get_user_id(self, details: dict[str, Any], response: dict[str, Any]) -> str: ...
    def extra_data(
        self,
        user: object,
        uid: str,
        response: dict[str, Any],
        details: dict[str, Any],
        pipeline_kwargs: dict[str, Any],
    ) -> dict[str, Any]: ...
