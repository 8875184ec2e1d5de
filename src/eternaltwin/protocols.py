"""Protocols that modules share where one would otherwise import the other for a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from eternaltwin.headers import Headers


class ResponseLike(Protocol):
    """The [`Response`][eternaltwin.responses.Response] that an exception carries."""

    @property
    def url(self) -> str:
        """Address of the request, without its query."""
        ...

    @property
    def status_code(self) -> int:
        """HTTP status, such as 404."""
        ...

    @property
    def content(self) -> bytes:
        """Body, decompressed."""
        ...

    @property
    def headers(self) -> Headers:
        """Header fields; their names have no case."""
        ...

    @property
    def retry_after(self) -> float | None:
        """The wait that the server asks for, in seconds; None if it asks for none."""
        ...

    def json(self) -> Any:
        """Decode the body as JSON.

        Returns:
            Plain Python values: dict, list, str, int, float, bool, None.

        Raises:
            UnexpectedResponseError: The body is not JSON.
        """
        ...
