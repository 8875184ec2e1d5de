"""The declarations of endpoints for the OpenAPI document. Each stands beside its handler."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, cast

import msgspec

from eternaltwin.models import CodedRefusal, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A JSON schema.
Schema = dict[str, Any]


class BodyKind(Enum):
    """A body that is not JSON."""

    TEXT = "text"
    EMPTY = "empty"
    REDIRECT = "redirect"
    PROTOBUF = "protobuf"
    GRPC_STATUS = "gRPC status"


#: The possible body of a response: a type, of whose JSON it consists, or a kind of body. A tuple lists alternatives.
ResponseBody = Any

TEXT = BodyKind.TEXT
EMPTY = BodyKind.EMPTY
REDIRECT = BodyKind.REDIRECT
PROTOBUF = BodyKind.PROTOBUF
GRPC_STATUS = BodyKind.GRPC_STATUS
ERROR = Refusal
CODED_ERROR = CodedRefusal

#: The responses to a JSON body that cannot be decoded.
MALFORMED_BODY: dict[int, ResponseBody] = {400: TEXT, 413: TEXT, 415: TEXT, 422: TEXT}

#: The value of `only_released` if the released server responds with 500 and newer ones with another error.
RELEASED_FAILS = frozenset({500})

#: Names of security schemes: which credentials an endpoint accepts.
USER_CREDENTIALS = ("session", "basic")
CLIENT_CREDENTIALS = ("basic",)
ANY_CREDENTIALS = ("session", "basic", "bearer")


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of a request, in the query or in the header.

    Attributes:
        name: The name.
        schema: The JSON schema of the value.
        description: One sentence in Markdown.
        is_required: Whether a request without the parameter is refused.
    """

    name: str
    schema: Schema
    description: str
    is_required: bool = False


def page_parameters(largest: int, limit: int) -> tuple[Parameter, Parameter]:
    """Build the parameters that select a page of a list.

    Args:
        largest: Maximum of both parameters.
        limit: Default of `limit`.

    Returns:
        The parameters `offset` and `limit`.
    """
    number: Schema = {"type": "integer", "minimum": 0, "maximum": largest}
    return (
        Parameter(name="offset", schema=number | {"default": 0}, description="Number of items to skip."),
        Parameter(name="limit", schema=number | {"default": limit}, description="Maximum number of items to return."),
    )


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """The declaration of an endpoint.

    Attributes:
        tag: The section of the document that lists the endpoint.
        summary: One line without a full stop.
        responses: The possible bodies by status, without the 404 and 405 of the router.
        description: Details that the summary leaves out, in Markdown.
        request_body: The type of the JSON in the request, `PROTOBUF`, or None.
        accepts_form: Whether the request body may also be a form.
        is_form: Whether the request body is a form, never JSON.
        path: Schemas of parameters of the path, by name. Parameters that are not listed have the schema in
            `eternaltwin.devserver.openapi.document`.
        query: The parameters of the query.
        headers: The header fields, with their names in lower case, other than those of credentials and bodies.
        security: Names of the accepted security schemes. Empty if credentials make no difference.
        requires_credentials: Whether guests are refused.
        is_in_released: Whether the released server 0.16.4 has the endpoint.
        only_released: The statuses that only that server responds with.
    """

    tag: str
    summary: str
    responses: dict[int, ResponseBody]
    description: str = ""
    request_body: Any = None
    accepts_form: bool = False
    is_form: bool = False
    path: dict[str, Schema] = {}
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    security: tuple[str, ...] = ()
    requires_credentials: bool = False
    is_in_released: bool = True
    only_released: frozenset[int] = frozenset()

    def declares_query(self, names: Iterable[str]) -> bool:
        """Return whether parameters of the query are declared.

        Args:
            names: The names of the parameters.

        Returns:
            False if one of them is not.
        """
        return {parameter.name for parameter in self.query}.issuperset(names)

    def declares_header(self, name: str) -> bool:
        """Return whether a header field is declared: on its own, by the security schemes or by the request body.

        Args:
            name: The name in lower case.

        Returns:
            False if nothing of that declares the field.
        """
        if name in ("authorization", "cookie"):
            return bool(self.security)
        if name == "content-type":
            return self.request_body is not None
        return any(parameter.name == name for parameter in self.headers)

    def bodies(self, status: int) -> tuple[ResponseBody, ...]:
        """Return the alternatives for the body of a response.

        Args:
            status: One of the declared statuses.

        Returns:
            Types of JSON, and kinds of bodies.
        """
        declared = self.responses[status]
        return cast("tuple[object, ...]", declared) if isinstance(declared, tuple) else (declared,)
