from collections.abc import Mapping

from requests import PreparedRequest

class Response:
    status_code: int
    def __init__(
        self,
        status_code: int,
        headers: Mapping[str, list[str]],
        content: bytes,
        request: PreparedRequest,
        elapsed: float,
        verify: bool,
    ) -> None: ...
