"""Responses of the server, independent of any HTTP library."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from eternaltwin.error_responses import CHECK_URL
from eternaltwin.exceptions import UnexpectedResponseError
from eternaltwin.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eternaltwin.error_responses import ResponseLike
    from eternaltwin.hidden import HiddenBytes

__all__ = ["Headers", "Response", "decode_json", "decode_part"]

T = TypeVar("T")

#: What decoding raises.
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

#: By type. `msgspec.json.decode` examines a type such as `Listing[User]` each time.
_decoders: dict[object, msgspec.json.Decoder[Any]] = {}

#: An error text of msgspec that quotes the value of an enum, a `Literal` or a tag, and may end with its place.
_QUOTED_VALUE = re.compile(r"(Invalid (?:enum )?value) .*?( - at `[^`]*`)?", re.DOTALL)


class Response:
    """A response, read to its end.

    Args:
        url: Address of the request; its query is dropped.
        status_code: HTTP status, such as 200.
        content: Body, decompressed.
        headers: Header fields, as `Headers`, a mapping or pairs.

    Attributes:
        url: Address of the request, without its query.
        status_code: HTTP status, such as 200.
        content: Body, decompressed.
        headers: Header fields; their names have no case.
        request_id: Identifies the call in the lines of the loggers `eternaltwin.requests` and `eternaltwin.retries`.
            None if the response is not that of a client's call.

    Example:
        >>> response = connections.get_connection().get("/api/v1/config")
        >>> response.status_code, response.json()["forum"]["posts_per_page"]
        (200, 10)
    """

    __slots__ = ("content", "headers", "request_id", "status_code", "url")

    def __init__(
        self,
        url: str,
        status_code: int,
        content: bytes,
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> None:
        self.url = url.partition("?")[0]
        self.status_code = status_code
        self.content = content
        self.headers = headers if isinstance(headers, Headers) else Headers(headers)
        self.request_id: str | None = None

    def json(self) -> Any:
        """Decode the body as JSON.

        Returns:
            Plain Python values: dict, list, str, int, float, bool, None.

        Raises:
            UnexpectedResponseError: The body is not JSON.
        """
        return decode_json(self, object)

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from the header `Retry-After` (RFC 9110, section 10.2.3). None without a valid one."""
        text = self.headers.get("retry-after").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
        except (ValueError, OverflowError):
            return None

    def __repr__(self) -> str:  # the body may hold a token
        return f"<Response {self.status_code} from {self.url}, {len(self.content)} bytes>"


def decode_json(response: ResponseLike, kind: type[T]) -> T:
    """Decode the body of a response as an instance of a type.

    Args:
        response: Any response.
        kind: A type that msgspec decodes, such as one of [`models`][eternaltwin.models].

    Returns:
        An instance of `kind`.

    Raises:
        UnexpectedResponseError: The body is not JSON, or has another shape.
    """
    try:
        return _decoder(kind).decode(response.content)
    except _UNDECODABLE as exc:
        problem = _problem(exc)
    # Raised here, outside the handlers, so that no exception of the decoder, which may hold the body, is chained.
    raise UnexpectedResponseError(f"{response.url} {problem}: {CHECK_URL}", response)


def decode_part(content: HiddenBytes, kind: type[T], name: str) -> T:
    """Decode a part of a response that was kept to be decoded later.

    Args:
        content: JSON.
        kind: A type that msgspec decodes.
        name: What the part is, for messages.

    Returns:
        An instance of `kind`.

    Raises:
        UnexpectedResponseError: The JSON has another shape.
    """
    try:
        return _decoder(kind).decode(content)
    except _UNDECODABLE as exc:
        problem = _problem(exc)
    raise UnexpectedResponseError(f"the server, for {name}, {problem}: {CHECK_URL}")


def _problem(exc: Exception) -> str:
    """Return what is wrong with JSON that could not be decoded."""
    if isinstance(exc, msgspec.ValidationError):
        return f"sent JSON of another shape: {_without_value(f'{exc}')}"
    return "sent JSON that is nested too deeply" if isinstance(exc, RecursionError) else "did not send JSON"


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


def _without_value(text: str) -> str:
    """Remove the value that an error text of msgspec quotes, which may be a secret."""
    quoted = _QUOTED_VALUE.fullmatch(text)
    return text if quoted is None else f"{quoted[1]}{quoted[2] or ''}"
