"""The descriptions of the API and of the control API for people, made from their OpenAPI documents."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.control.access import DESCRIPTION
from eternaltwin.devserver.pages.paths import CONTROL_REFERENCE, REFERENCE
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.schema_views import (
    FieldView,
    SchemaView,
    TypePart,
    parameter_view,
    schema_view,
    type_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse
    from eternaltwin.devserver.pages.schema_views import DocumentNode

_METHODS = ("get", "post", "put", "patch", "delete")

_API_DOCUMENT = "/api/v1/openapi.json"


class ContentView(msgspec.Struct, frozen=True):
    """A kind of body.

    Attributes:
        media_type: The media type, such as `application/json`.
        type: The type of what it contains. Empty if it has no schema.
    """

    media_type: str
    type: tuple[TypePart, ...]


class ResponseView(msgspec.Struct, frozen=True):
    """A response.

    Attributes:
        status: The status.
        description: When it is sent, in Markdown.
        contents: The alternatives for its body.
    """

    status: str
    description: str
    contents: tuple[ContentView, ...]


class OperationView(msgspec.Struct, frozen=True, kw_only=True):
    """An operation.

    Attributes:
        id: Its id.
        method: The method, in upper case.
        path: The path, with parameters in braces.
        summary: What it does, in one line.
        description: Details, in Markdown.
        security: The accepted credentials, in words.
        parameters: The parameters.
        body: The alternatives for the body of the request.
        responses: The responses.
    """

    id: str
    method: str
    path: str
    summary: str
    description: str
    security: str
    parameters: tuple[FieldView, ...]
    body: tuple[ContentView, ...]
    responses: tuple[ResponseView, ...]


class ReferenceView(msgspec.Struct, frozen=True, kw_only=True):
    """The description of an API.

    Attributes:
        title: Its name.
        version: Its version.
        description: What it is, in Markdown.
        document: Path of the OpenAPI document.
        groups: Its operations, in groups with a name.
        schemas: Its schemas.
    """

    title: str
    version: str
    description: str
    document: str
    groups: tuple[tuple[str, tuple[OperationView, ...]], ...]
    schemas: tuple[SchemaView, ...]


@endpoint("GET", REFERENCE)
def show_reference(request: ApiRequest) -> ApiResponse:
    """Show the description of the API.

    Args:
        request: The request.

    Returns:
        The page.
    """
    return _page(request.scope["state"]["openapi"], _API_DOCUMENT)


@endpoint("GET", CONTROL_REFERENCE)
def show_control_reference(request: ApiRequest) -> ApiResponse:
    """Show the description of the control API.

    Args:
        request: The request.

    Returns:
        The page.
    """
    return _page(request.scope["state"]["control_openapi"], DESCRIPTION)


ENDPOINTS = (show_reference, show_control_reference)


@cache
def _page(build: Callable[[], DocumentNode], path: str) -> ApiResponse:
    return page_response("reference.html", reference_view(build(), path))


def reference_view(document: DocumentNode, path: str) -> ReferenceView:
    """Convert an OpenAPI document.

    Args:
        document: The document, as `openapi.document` builds it.
        path: Path at which the server has the document.

    Returns:
        The document as the page shows it.
    """
    info, schemas = document["info"], document["components"]["schemas"]
    operations = [
        (node["tags"][0], _operation(method, pattern, node))
        for pattern, methods in document["paths"].items()
        for method, node in methods.items()
        if method in _METHODS
    ]
    groups = {
        tag["name"]: tuple(found for name, found in operations if name == tag["name"]) for tag in document["tags"]
    }
    return ReferenceView(
        title=info["title"],
        version=info["version"],
        description=info["description"],
        document=path,
        groups=tuple(groups.items()),
        schemas=tuple(schema_view(name, schemas[name]) for name in sorted(schemas)),
    )


def _operation(method: str, path: str, node: DocumentNode) -> OperationView:
    return OperationView(
        id=node["operationId"],
        method=method.upper(),
        path=path,
        summary=node["summary"],
        description=node.get("description", ""),
        security=_security(node.get("security", [])),
        parameters=tuple(map(parameter_view, node.get("parameters", []))),
        body=_contents(node.get("requestBody", {})),
        responses=tuple(
            ResponseView(status, response["description"], _contents(response))
            for status, response in node["responses"].items()
        ),
    )


def _contents(node: DocumentNode) -> tuple[ContentView, ...]:
    contents: dict[str, DocumentNode] = node.get("content", {})
    return tuple(
        ContentView(media_type, type_of(content["schema"]) if "schema" in content else ())
        for media_type, content in contents.items()
    )


def _security(schemes: list[DocumentNode]) -> str:
    names = " or ".join(name for scheme in schemes for name in scheme)
    return f"{names}, or nothing" if {} in schemes else names
