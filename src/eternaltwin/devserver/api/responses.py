"""What handlers answer: JSON in the official server's spelling, text, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.models import CodedRefusal, Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    Fields = tuple[tuple[bytes, bytes], ...]

_JSON: Fields = ((b"content-type", b"application/json"),)
_TEXT: Fields = ((b"content-type", b"text/plain; charset=utf-8"),)


class Instant(datetime):
    """A time that is written as the official server does: RFC 3339, in UTC, with milliseconds."""

    @classmethod
    def at(cls, time: datetime) -> Instant:
        """The same time."""
        moment = time.astimezone(UTC)
        return cls.combine(moment.date(), moment.timetz())

    def __str__(self) -> str:
        return f"{self.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def optional_instant(time: datetime | None) -> Instant | None:
    """The same time, if there is one."""
    return None if time is None else Instant.at(time)


def _encode_rest(value: object) -> str:
    """What msgspec leaves to others: it writes subclasses of `datetime` not by itself."""
    if isinstance(value, Instant):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no JSON form here")


_encoder = msgspec.json.Encoder(enc_hook=_encode_rest)


class ApiResponse:
    """An answer, ready to be sent: an ASGI application that says one thing."""

    __slots__ = ("body", "fields", "status")

    def __init__(self, status: int, body: bytes = b"", fields: Fields = ()) -> None:
        self.status = status
        self.body = body
        self.fields = fields

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        """Send it, to a HEAD request without the body."""
        length = (b"content-length", str(len(self.body)).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.fields, length]})
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def with_field(self, name: str, value: str) -> ApiResponse:
        """The same answer with one header field more."""
        return ApiResponse(self.status, self.body, (*self.fields, (name.encode("latin-1"), value.encode("latin-1"))))


class ApiError(Exception):
    """A handler does not do what it was asked, and answers this instead."""

    def __init__(self, response: ApiResponse) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(value: object, status: int = 200) -> ApiResponse:
    """JSON; a struct of `eternaltwin.models` for example."""
    return ApiResponse(status, _encoder.encode(value), _JSON)


def text_response(text: str, status: int) -> ApiResponse:
    """Plain text."""
    return ApiResponse(status, text.encode(), _TEXT)


def redirect(url: str) -> ApiResponse:
    """303 See Other."""
    return ApiResponse(303, fields=((b"location", url.encode("ascii")),))


def json_error(status: int, error: str) -> ApiError:
    """A refusal with the body `{error}`."""
    return ApiError(json_response(Refusal(error), status))


def coded_error(status: int, code: str, message: str, extra: object = None) -> ApiError:
    """A refusal with the body `{code, message, extra}`."""
    return ApiError(json_response(CodedRefusal(code, message, extra), status))


def text_error(status: int, text: str) -> ApiError:
    """A refusal in plain text."""
    return ApiError(text_response(text, status))


def with_session(answer: ApiResponse, sid: str) -> ApiResponse:
    """An answer that opens a session in the browser."""
    return answer.with_field("set-cookie", f"sid={sid}; HttpOnly; Path=/")


def without_session(answer: ApiResponse) -> ApiResponse:
    """An answer that ends the browser's session."""
    return answer.with_field("set-cookie", "sid=; HttpOnly; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
