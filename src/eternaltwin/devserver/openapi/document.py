"""Builds OpenAPI documents from the declarations of endpoints."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from eternaltwin.devserver.api.operations import BodyKind
from eternaltwin.devserver.domain.versions import behaviour_of
from eternaltwin.devserver.openapi.schemas import Schemas
from eternaltwin.rules.forum import FORUM_KEY_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.api.operations import Operation, Parameter, ResponseBody

    Declared = tuple[Endpoint, Operation]

Node = dict[str, Any]

_API_DESCRIPTION = """\
The HTTP API of Eternaltwin: that of the released server 0.16.4, and the additions of newer servers.

Times are in UTC, to the millisecond. Passwords are sent as the hexadecimal of their UTF-8 bytes. Error responses have
one of four bodies: `{error}`, `{code, message, extra}`, plain text, or none. HEAD is available wherever GET is. The
response to other methods is 405 with `Allow`, the response to other paths is 404, both without a body.
"""

_CONTROL_DESCRIPTION = """\
The control API of the development server: with it, tests in any language add players and games, sign players in, let
requests fail, move the clock, and reset the server.

Each request needs the header field `Eternaltwin-Dev: 1`, which no page of another site can send. If the server was
started with a token, each needs `Authorization: Bearer TOKEN` too; otherwise, only programs on the same machine may use
this API. `GET /_dev/health` and this document need neither. Bodies are JSON, whatever their content type is. Error
responses have the body `{code, message, next}`. Times are in UTC, to the millisecond.
"""

_SECURITY_SCHEMES: Node = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sid",
        "description": "A session, which a login or a registration opens.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "Username or id of a user with the password, or key or id of a game with the client secret.",
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token: the game acts for a user.",
    },
}

_CONTROL_SECURITY_SCHEMES: Node = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that the server was started with, if any."},
}


class DocumentKind(NamedTuple):
    """What a document describes.

    Attributes:
        title: The title.
        description: The description, in Markdown.
        security_schemes: The security schemes by name.
    """

    title: str
    description: str
    security_schemes: Node


API = DocumentKind("Eternaltwin", _API_DESCRIPTION, _SECURITY_SCHEMES)
CONTROL_API = DocumentKind("Eternaltwin development server", _CONTROL_DESCRIPTION, _CONTROL_SECURITY_SCHEMES)

_STATUSES = {
    200: "Success.",
    201: "Created.",
    204: "Success.",
    303: "A redirect: to the game with a code, to the login page, or to a page of the website.",
    400: "The request is malformed.",
    401: "Credentials are missing or not valid.",
    403: "The caller is not permitted to do this.",
    404: "The object does not exist.",
    409: "The request conflicts with the current state.",
    410: "The user is deleted.",
    413: "The body is too large.",
    415: "The body has the wrong content type.",
    422: "The request is well-formed, but contains an invalid value.",
    500: "The request cannot be fulfilled, for a reason that the server does not report.",
    501: "The server does not support this.",
}
_ONLY_RELEASED = "Only the released server 0.16.4 returns this status."
_NEWER = "Not on the released server 0.16.4."

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"

#: The content types of bodies that no schema describes.
_MEDIA_TYPES = {BodyKind.PROTOBUF: "application/octet-stream", BodyKind.GRPC_STATUS: "application/grpc"}

_UUID: Node = {"type": "string", "format": "uuid"}
_KEY: Node = {"type": "string", "pattern": f"^{FORUM_KEY_PATTERN}$"}
_PATH: dict[str, Node] = {
    "user_id": _UUID,
    "post": _UUID,
    "job_id": _UUID,
    "task_id": _UUID,
    "section": {"anyOf": [_UUID, _KEY]},
    "thread": {"anyOf": [_UUID, _KEY]},
}


def build_document(endpoints: Iterable[Endpoint], kind: DocumentKind = API) -> Node:
    """Build the OpenAPI 3.1 document of endpoints.

    Args:
        endpoints: The endpoints in the order of the document. Those without a declaration are left out.
        kind: What the document describes.

    Returns:
        The document as JSON.
    """
    declared = [(endpoint, endpoint.operation) for endpoint in endpoints if endpoint.operation is not None]
    operations = [operation for _, operation in declared]
    schemas = Schemas(
        [operation.request_body for operation in operations if not _is_not_json(operation.request_body)],
        [body for operation in operations for body in _types(operation)],
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": kind.title, "version": behaviour_of("latest").version, "description": kind.description},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in operations)],
        "paths": _paths(declared, schemas),
        "components": {"schemas": schemas.components, "securitySchemes": kind.security_schemes},
    }


def document_as_text(document: Node) -> str:
    """Format a document for a file.

    Args:
        document: The document as JSON.

    Returns:
        JSON with indentation and a final newline.
    """
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _is_not_json(body: object) -> bool:
    return body is None or isinstance(body, BodyKind)


def _types(operation: Operation) -> Iterator[ResponseBody]:
    """Yield the types of the JSON that responses contain."""
    for status in operation.responses:
        yield from (body for body in operation.bodies(status) if not _is_not_json(body))


def _paths(declared: Iterable[Declared], schemas: Schemas) -> Node:
    paths: dict[str, Node] = {}
    for endpoint, operation in declared:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, operation, schemas)
    return paths


def _operation(endpoint: Endpoint, operation: Operation, schemas: Schemas) -> Node:
    node: Node = {"operationId": endpoint.name, "tags": [operation.tag], "summary": operation.summary}
    description = " ".join(filter(None, [operation.description, "" if operation.is_in_released else _NEWER]))
    if description:
        node["description"] = description
    if operation.security:
        schemes: list[Node] = [{scheme: []} for scheme in operation.security]
        node["security"] = schemes if operation.requires_credentials else [{}, *schemes]
    parameters = [
        *_path_parameters(endpoint.path, operation),
        *(_parameter(parameter, "query") for parameter in operation.query),
        *(_parameter(parameter, "header") for parameter in operation.headers),
    ]
    if parameters:
        node["parameters"] = parameters
    if operation.request_body is not None:
        node["requestBody"] = _request_body(operation, schemas)
    node["responses"] = {str(status): _response(operation, status, schemas) for status in sorted(operation.responses)}
    return node


def _path_parameters(path: str, operation: Operation) -> Iterator[Node]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": operation.path.get(name) or _PATH[name]}


def _parameter(parameter: Parameter, location: str) -> Node:
    node: Node = {
        "name": parameter.name,
        "in": location,
        "description": parameter.description,
        "schema": parameter.schema,
    }
    return node | {"required": True} if parameter.is_required else node


def _request_body(operation: Operation, schemas: Schemas) -> Node:
    if operation.request_body is BodyKind.PROTOBUF:
        return {"content": {"application/x-protobuf": {}}}
    content = {"schema": schemas.of(operation.request_body)}
    has_form = operation.is_form or operation.accepts_form
    types = [*([] if operation.is_form else [_JSON]), *([_FORM] if has_form else [])]
    return {"required": True, "content": dict.fromkeys(types, content)}


def _response(operation: Operation, status: int, schemas: Schemas) -> Node:
    bodies = operation.bodies(status)
    node: Node = {"description": _ONLY_RELEASED if status in operation.only_released else _STATUSES[status]}
    if BodyKind.REDIRECT in bodies:
        node["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    content = _content(bodies, schemas)
    return node | {"content": content} if content else node


def _content(bodies: tuple[ResponseBody, ...], schemas: Schemas) -> Node:
    content: Node = {}
    types = [schemas.of(body) for body in bodies if not isinstance(body, BodyKind)]
    if types:
        content[_JSON] = {"schema": types[0] if len(types) == 1 else {"anyOf": types}}
    if BodyKind.TEXT in bodies:
        content["text/plain"] = {"schema": {"type": "string"}}
    content |= {_MEDIA_TYPES[body]: {} for body in bodies if body in _MEDIA_TYPES}
    return content
