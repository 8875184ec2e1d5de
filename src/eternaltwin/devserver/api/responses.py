"""Responses of the development server: JSON in the format of the official server, text, redirects and errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.models import CodedRefusal, Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    HeaderFields = tuple[tuple[bytes, bytes], ...]

_JSON: HeaderFields = ((b"content-type", b"application/json"),)
_TEXT: HeaderFields = ((b"content-type", b"text/plain; charset=utf-8"),)


class Instant(datetime):
    """A time in the format of the official server: RFC 3339 in UTC with milliseconds, as `str` and in JSON."""

    @classmethod
    def at(cls, time: datetime) -> Instant:
        """Convert a time.

        Args:
            time: A time with a time zone.

        Returns:
            The same time in UTC.
        """
        moment = time.astimezone(UTC)
        return cls.combine(moment.date(), moment.timetz())

    @classmethod
    def at_milliseconds(cls, milliseconds: int) -> Instant:
        """Convert a time of the database.

        Args:
            milliseconds: Milliseconds since the Unix epoch.

        Returns:
            The time in UTC.
        """
        return cls.at(from_milliseconds(milliseconds))

    def __str__(self) -> str:
        return f"{self.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def optional_instant(time: datetime | None) -> Instant | None:
    """Convert a time that may be missing.

    Args:
        time: A time with a time zone, or None.

    Returns:
        The same time in UTC, or None.
    """
    return None if time is None else Instant.at(time)


def _encode_instant(value: object) -> str:
    """Encode a subclass of `datetime`, which msgspec does not do by itself."""
    if isinstance(value, Instant):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} cannot be encoded as JSON")


_encoder = msgspec.json.Encoder(enc_hook=_encode_instant)


class ApiResponse:
    """A complete response, which is also an ASGI application.

    It can be sent repeatedly.

    Args:
        status: The HTTP status.
        body: The whole body.
        fields: Header fields with names in lower case, without `content-length`, which is added.
    """

    __slots__ = ("body", "fields", "status")

    def __init__(self, status: int, body: bytes = b"", fields: HeaderFields = ()) -> None:
        self.status = status
        self.body = body
        self.fields = fields

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send the response, without the body if the request is a HEAD.

        Args:
            scope: The ASGI scope of the request.
            send: The ASGI function that sends a message.
        """
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.fields, length]})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def with_field(self, name: str, value: str) -> ApiResponse:
        """Add a header field.

        Args:
            name: The name in lower case.
            value: The value.

        Returns:
            A copy of the response with the field.
        """
        return ApiResponse(self.status, self.body, (*self.fields, (name.encode("latin-1"), value.encode("latin-1"))))


class ApiError(Exception):
    """An error response, which a handler raises.

    Args:
        response: The response to send.
    """

    def __init__(self, response: ApiResponse) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(value: object, status: int = 200) -> ApiResponse:
    """Build a JSON response.

    Args:
        value: A value that msgspec can encode, such as a struct of `eternaltwin.models`. Times are encoded as
            [`Instant`][eternaltwin.devserver.api.responses.Instant] only if they are instances of it.
        status: The HTTP status.

    Returns:
        The response.
    """
    return ApiResponse(status, _encoder.encode(value), _JSON)


def text_response(text: str, status: int) -> ApiResponse:
    """Build a response in plain text.

    Args:
        text: The body.
        status: The HTTP status.

    Returns:
        The response.
    """
    return ApiResponse(status, text.encode(), _TEXT)


def redirect(url: str) -> ApiResponse:
    """Build a 303 See Other.

    Args:
        url: The value of `Location`, in ASCII.

    Returns:
        The response.
    """
    return ApiResponse(303, fields=((b"location", url.encode("ascii")),))


def json_error(status: int, error: str) -> ApiError:
    """Build an error with the body `{error}`.

    Args:
        status: The HTTP status.
        error: The message.

    Returns:
        The error to raise.
    """
    return ApiError(json_response(Refusal(error), status))


def coded_error(status: int, code: str, message: str, extra: object = None) -> ApiError:
    """Build an error with the body `{code, message, extra}`.

    Args:
        status: The HTTP status.
        code: A code of the API, such as `Q1009`.
        message: The message.
        extra: Details, in a value that msgspec can encode, or None.

    Returns:
        The error to raise.
    """
    return ApiError(json_response(CodedRefusal(code, message, extra), status))


def text_error(status: int, text: str) -> ApiError:
    """Build an error in plain text.

    Args:
        status: The HTTP status.
        text: The body.

    Returns:
        The error to raise.
    """
    return ApiError(text_response(text, status))


def with_session(response: ApiResponse, sid: str) -> ApiResponse:
    """Add the cookie of a session.

    Args:
        response: The response.
        sid: Id of the session.

    Returns:
        A copy of the response with the cookie.
    """
    return response.with_field("set-cookie", f"sid={sid}; HttpOnly; Path=/")


def without_session(response: ApiResponse) -> ApiResponse:
    """Add an expired cookie, with which the browser deletes that of its session.

    Args:
        response: The response.

    Returns:
        A copy of the response with the cookie.
    """
    return response.with_field("set-cookie", "sid=; HttpOnly; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
