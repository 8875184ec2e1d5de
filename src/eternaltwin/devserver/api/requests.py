"""One request, as the handlers look at it, and how handlers become routes."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from litestar import HttpMethod, Request, route

from eternaltwin.devserver.api.responses import Answer, RefusedError, refused_text
from eternaltwin.devserver.domain.addresses import form_fields
from eternaltwin.devserver.domain.names import parse_uuid

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from litestar.handlers import HTTPRouteHandler
    from litestar.types import HTTPScope

    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.world import World

Shape = TypeVar("Shape")

SHAPE_PROBLEM = "Failed to deserialize the JSON body into the target type"
SYNTAX_PROBLEM = "Failed to parse the request body as JSON"
QUERY_PROBLEM = "Failed to deserialize query string"

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF-")


class Call:
    """A request with its body read. What is malformed in it is a `RefusedError`."""

    __slots__ = ("body", "scope", "world")

    def __init__(self, world: World, scope: HTTPScope, body: bytes) -> None:
        self.world = world
        self.scope = scope
        self.body = body

    def header(self, name: bytes) -> str | None:
        """The first header field of that name, which is to be in lower case."""
        for field, value in self.scope["headers"]:
            if field == name:
                return value.decode("latin-1")
        return None

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
                raise refused_text(400, f"{QUERY_PROBLEM}: duplicate field `{name}`")
            if name in names:
                found[name] = value
        return found

    def path_id(self, name: str = "user_id") -> UUID:
        """The id in the path."""
        text = str(self.scope["path_params"][name])
        found = parse_uuid(text)
        if found is None:
            raise refused_text(400, f"Invalid URL: UUID parsing failed: {_uuid_problem(text)}")
        return found

    def json(self, shape: type[Shape]) -> Shape:
        """The body as JSON of a shape."""
        try:
            return self.shaped(shape)
        except msgspec.ValidationError as exc:
            problem = f"{SHAPE_PROBLEM}: {exc}"
        raise refused_text(422, problem)

    def shaped(self, shape: type[Shape]) -> Shape:
        """The body as JSON of a shape; another shape is a `msgspec.ValidationError`, for the handler to answer."""
        if not _is_json(self.header(b"content-type") or ""):
            raise refused_text(415, "Expected request with `Content-Type: application/json`")
        try:
            return msgspec.json.decode(self.body, type=shape)
        except msgspec.ValidationError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            problem = f"{SYNTAX_PROBLEM}: {type(exc).__name__ if isinstance(exc, UnicodeDecodeError) else exc}"
        raise refused_text(400, problem)

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
        for field, value in self.scope["headers"]:
            if field == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    name, _, content = pair.strip().partition("=")
                    found = content if name == "sid" else found
        return found


def raw_path(scope: HTTPScope) -> bytes:
    """The path as it was sent; a server need not tell (ASGI 3.0)."""
    try:
        return scope["raw_path"]
    except KeyError:
        return scope["path"].encode()


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


def endpoint(path: str, method: HttpMethod) -> Callable[[Callable[[Call], Answer]], HTTPRouteHandler]:
    """Make a route of a function from a call to an answer; GET answers HEAD as well.

    The path is taken as it is: with a slash more at its end it leads nowhere, as on the official server.
    """
    methods = [HttpMethod.GET, HttpMethod.HEAD] if method is HttpMethod.GET else [method]

    def decorate(function: Callable[[Call], Answer]) -> HTTPRouteHandler:
        async def handle(request: Request[Any, Any, Any]) -> Answer:
            if path != "/" and raw_path(request.scope).endswith(b"/"):
                return Answer(404)
            body = b"" if method is HttpMethod.GET else await request.body()
            try:
                return function(Call(request.scope["state"]["world"], request.scope, body))
            except RefusedError as refusal:
                return refusal.answer

        handle.__name__ = function.__name__
        handle.__doc__ = function.__doc__
        return route(path, http_method=methods, status_code=200)(handle)

    return decorate
