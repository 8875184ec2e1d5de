"""The request object that handlers receive."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, unquote

import msgspec

from eternaltwin.devserver.api.responses import ApiError, text_error, text_response
from eternaltwin.devserver.domain.addresses import form_fields
from eternaltwin.devserver.domain.names import parse_uuid

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.types import Scope

    from eternaltwin.devserver.api.operations import Operation
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.world import World

Value = TypeVar("Value")

BODY_PROBLEM = "Failed to deserialize the JSON body into the target type"
_SYNTAX_PROBLEM = "Failed to parse the request body as JSON"
QUERY_PROBLEM = "Failed to deserialize query string"
TOO_LARGE = "Failed to buffer the request body: length limit exceeded"

_HEXADECIMAL = frozenset("0123456789abcdefABCDEF-")


class UndeclaredError(LookupError):
    """A handler reads a part of the request that its endpoint does not declare. This is an error in the handler."""


class BodyTooLargeError(ApiError):
    """The error response to a body of more than `MAX_REQUEST_SIZE` bytes."""

    def __init__(self) -> None:
        super().__init__(text_response(TOO_LARGE, 413))


class ApiRequest:
    """A request with its body.

    Its methods raise [`ApiError`][eternaltwin.devserver.api.responses.ApiError] if the request is malformed, and
    [`UndeclaredError`][eternaltwin.devserver.api.requests.UndeclaredError] if the handler reads what its endpoint does
    not declare.

    Args:
        world: The state of the server.
        scope: The ASGI scope, with the `path_params` of the router.
        body: The whole body, or None if it has more than `MAX_REQUEST_SIZE` bytes.
        operation: The declaration of what the handler reads. None for a page, whose handler may read everything.
    """

    __slots__ = ("_body", "_operation", "scope", "world")

    def __init__(self, world: World, scope: Scope, body: bytes | None, operation: Operation | None = None) -> None:
        self.world = world
        self.scope = scope
        self._body = body
        self._operation = operation

    @property
    def body(self) -> bytes:
        """The whole body."""
        if self._operation is not None and self._operation.request_body is None:
            raise UndeclaredError("no request body is declared")
        return self._content()

    def _content(self) -> bytes:
        if self._body is None:
            raise BodyTooLargeError
        return self._body

    def header(self, name: bytes) -> str | None:
        """Return the first header field with a name.

        Args:
            name: The name in lower case.

        Returns:
            The value, or None if there is no such field.

        Raises:
            UndeclaredError: The endpoint does not declare the field.
        """
        if self._operation is not None and not self._operation.declares_header(name.decode()):
            raise UndeclaredError(f"the header field {name.decode()} is not declared")
        return next((value.decode("latin-1") for field, value in self._header_fields() if field == name), None)

    def _header_fields(self) -> list[tuple[bytes, bytes]]:
        return cast("list[tuple[bytes, bytes]]", self.scope["headers"])

    def target(self) -> str:
        """Return the path and the query as they were sent.

        Returns:
            The request target (RFC 9112, section 3.2.1).
        """
        path, query = raw_path(self.scope), self.scope["query_string"]
        return (path + b"?" + query if query else path).decode("latin-1")

    def query(self, *names: str) -> dict[str, str]:
        """Return parameters of the query.

        Args:
            *names: The parameters that the handler knows. Others are left out.

        Returns:
            The parameters that were sent, by name.

        Raises:
            ApiError: One of these parameters is repeated.
            UndeclaredError: The endpoint does not declare one of these parameters.
        """
        if self._operation is not None and not self._operation.declares_query(names):
            raise UndeclaredError(f"one of the query parameters {', '.join(names)} is not declared")
        found: dict[str, str] = {}
        text = self.scope["query_string"].decode("latin-1")
        for name, value in form_fields(text):
            if name in found:
                raise text_error(400, f"{QUERY_PROBLEM}: duplicate field `{name}`")
            if name in names:
                found[name] = value
        return found

    def path_parameter(self, name: str) -> str:
        """Return a parameter of the path.

        Args:
            name: The name in the endpoint's path.

        Returns:
            The percent-decoded value.
        """
        return unquote(self.scope["path_params"][name])

    def path_uuid(self, name: str) -> UUID:
        """Return a parameter of the path that is a UUID.

        Args:
            name: The name in the endpoint's path.

        Returns:
            The UUID.

        Raises:
            ApiError: The value is not a valid UUID.
        """
        text = self.path_parameter(name)
        found = parse_uuid(text)
        if found is None:
            raise text_error(400, f"Invalid URL: UUID parsing failed: {_uuid_problem(text)}")
        return found

    def json(self, kind: type[Value]) -> Value:
        """Decode a JSON body, with the error responses that the official server has for most requests.

        Args:
            kind: The type of the body.

        Returns:
            The body.

        Raises:
            ApiError: The content type is not JSON (415), or the body is too large (413), not JSON (400), or of another
                type (422).
            UndeclaredError: The endpoint declares another type, or none.
        """
        try:
            return self.decode_json(kind)
        except msgspec.ValidationError as exc:
            problem = f"{BODY_PROBLEM}: {exc}"
        raise text_error(422, problem)

    def decode_json(self, kind: type[Value]) -> Value:
        """Decode a JSON body, for handlers with their own error response for another type.

        Args:
            kind: The type of the body.

        Returns:
            The body.

        Raises:
            ApiError: The content type is not JSON (415), or the body is too large (413) or not JSON (400).
            msgspec.ValidationError: The body is JSON of another type.
            UndeclaredError: The endpoint declares another type, or none.
        """
        if self._operation is not None and self._operation.request_body is not kind:
            raise UndeclaredError(f"the request body {kind.__name__} is not declared")
        if not _is_json(self.header(b"content-type") or ""):
            raise text_error(415, "Expected request with `Content-Type: application/json`")
        try:
            return msgspec.json.decode(self._content(), type=kind)
        except msgspec.ValidationError:
            raise
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            problem = f"{_SYNTAX_PROBLEM}: {type(exc).__name__ if isinstance(exc, UnicodeDecodeError) else exc}"
        raise text_error(400, problem)

    def identity(self) -> Caller:
        """Return the identity of the caller.

        Credentials in the `Authorization` field take precedence over the session cookie.

        Returns:
            The identity, or None for guests, also for those with invalid credentials.

        Raises:
            UndeclaredError: The endpoint declares no security schemes.
        """
        authorization = self.header(b"authorization")
        if authorization is not None:
            return self._authorized(authorization)
        sid = self._sid()
        return None if sid is None else self.world.sign_in.user_of_session(sid)

    def _authorized(self, field: str) -> Caller:
        scheme, _, value = field.partition(" ")
        if scheme.lower() == "bearer":
            return self.world.sign_in.holder_of_token(value.strip())
        credentials = basic_credentials(value) if scheme.lower() == "basic" else None
        return None if credentials is None else self.world.sign_in.caller_of_credentials(*credentials)

    def _sid(self) -> str | None:
        """Return the value of the session cookie, the last one if there are several."""
        found = None
        for field, value in self._header_fields():
            if field == b"cookie":
                for pair in value.decode("latin-1").split(";"):
                    name, _, content = pair.strip().partition("=")
                    found = content if name == "sid" else found
        return found


def raw_path(scope: Scope) -> bytes:
    """Return the path as it was sent.

    Args:
        scope: An ASGI scope; `raw_path` is optional in it (ASGI 3.0).

    Returns:
        The percent-encoded path without the query.
    """
    raw: bytes | None = scope.get("raw_path")
    return raw if raw is not None else quote(scope["path"]).encode()


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def basic_credentials(value: str) -> tuple[str, str] | None:
    """Decode Basic credentials (RFC 7617).

    Args:
        value: The value of the field `Authorization`, without the scheme.

    Returns:
        Login and secret, or None if they are malformed.
    """
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
