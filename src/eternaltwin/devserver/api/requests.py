"""One request, as the handlers look at it, and how handlers become routes."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, unquote

import msgspec

from eternaltwin.devserver.api.responses import text_error
from eternaltwin.devserver.domain.addresses import form_fields
from eternaltwin.devserver.domain.names import parse_uuid

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import Scope

    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.world import World

Shape = TypeVar("Shape")

SHAPE_PROBLEM = "Failed to deserialize the JSON body into the target type"
SYNTAX_PROBLEM = "Failed to parse the request body as JSON"
QUERY_PROBLEM = "Failed to deserialize query string"

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF-")


class ApiRequest:
    """A request with its body read. What is malformed in it is a `ApiError`."""

    __slots__ = ("body", "scope", "world")

    def __init__(self, world: World, scope: Scope, body: bytes) -> None:
        self.world = world
        self.scope = scope
        self.body = body

    def header(self, name: bytes) -> str | None:
        """The first header field of that name, which is to be in lower case."""
        for field, value in self._fields():
            if field == name:
                return value.decode("latin-1")
        return None

    def _fields(self) -> list[tuple[bytes, bytes]]:
        return cast("list[tuple[bytes, bytes]]", self.scope["headers"])

    def target(self) -> str:
        """Path and query as they were sent."""
        path, query = raw_path(self.scope), self.scope["query_string"]
        return (path + b"?" + query if query else path).decode("latin-1")

    def query(self, *names: str) -> dict[str, str]:
        """The fields of the query that are of interest; none may be there twice."""
        found: dict[str, str] = {}
        text = self.scope["query_string"].decode("latin-1")
        for name, value in form_fields(text):
            if name in found:
                raise text_error(400, f"{QUERY_PROBLEM}: duplicate field `{name}`")
            if name in names:
                found[name] = value
        return found

    def path_parameter(self, name: str) -> str:
        """A part of the path, percent-decoded."""
        return unquote(self.scope["path_params"][name])

    def path_id(self, name: str = "user_id") -> UUID:
        """The id in the path."""
        text = self.path_parameter(name)
        found = parse_uuid(text)
        if found is None:
            raise text_error(400, f"Invalid URL: UUID parsing failed: {_uuid_problem(text)}")
        return found

    def json(self, shape: type[Shape]) -> Shape:
        """The body as JSON of a shape."""
        try:
            return self.shaped(shape)
        except msgspec.ValidationError as exc:
            problem = f"{SHAPE_PROBLEM}: {exc}"
        raise text_error(422, problem)

    def shaped(self, shape: type[Shape]) -> Shape:
        """The body as JSON of a shape; another shape is a `msgspec.ValidationError`, for the handler to answer."""
        if not _is_json(self.header(b"content-type") or ""):
            raise text_error(415, "Expected request with `Content-Type: application/json`")
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.ValidationError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            problem = f"{SYNTAX_PROBLEM}: {type(exc).__name__ if isinstance(exc, UnicodeDecodeError) else exc}"
        raise text_error(400, problem)

    # --- who is asking

    def identity(self) -> Caller:
        """Who is asking: by the Authorization field where there is one, else by the session cookie."""
        authorization = self.header(b"authorization")
        if authorization is not None:
            return self._authorized(authorization)
        sid = self._sid()
        return None if sid is None else self.world.sign_in.user_of_session(sid)

    def _authorized(self, field: str) -> Caller:
        scheme, _, value = field.partition(" ")
        if scheme.lower() == "bearer":
            return self.world.sign_in.holder_of_token(value.strip())
        credentials = _basic(value) if scheme.lower() == "basic" else None
        return None if credentials is None else self.world.sign_in.caller_of_credentials(*credentials)

    def _sid(self) -> str | None:
        """The session cookie, the last one where there are several."""
        found = None
        for field, value in self._fields():
            if field == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    name, _, content = pair.strip().partition("=")
                    found = content if name == "sid" else found
        return found


def raw_path(scope: Scope) -> bytes:
    """The path as it was sent; a server need not tell (ASGI 3.0)."""
    raw: bytes | None = scope.get("raw_path")
    return raw if raw is not None else quote(scope["path"]).encode()


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _basic(value: str) -> tuple[str, str] | None:
    """Login and secret of Basic credentials (RFC 7617), or None."""
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    login, colon, secret = text.partition(":")
    return (login, secret) if colon else None


def _uuid_problem(text: str) -> str:
    for index, char in enumerate(text):
        if char not in _HEXADECIMAL:
            return f"invalid character: found `{char}` at {index}"
    return f"invalid length: found {len(text)}"
