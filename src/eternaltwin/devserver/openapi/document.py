"""Puts the description together."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from eternaltwin.devserver.domain.versions import behaviour_of
from eternaltwin.devserver.openapi.about import SERVER
from eternaltwin.devserver.openapi.accounts import AUTHENTICATION, OAUTH, USERS
from eternaltwin.devserver.openapi.community import FORUM
from eternaltwin.devserver.openapi.older_games import ARCHIVES, LINKS
from eternaltwin.devserver.openapi.operations import Bare
from eternaltwin.devserver.openapi.schemas import Schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.openapi.operations import Kinds, Operation, Parameter

    Node = dict[str, Any]

#: Every endpoint of the API, by what it is about.
AREAS: dict[str, tuple[Operation, ...]] = {
    "Signing in": OAUTH,
    "Who is asking": AUTHENTICATION,
    "Users": USERS,
    "Forum": FORUM,
    "Older games": ARCHIVES,
    "Links to older games": LINKS,
    "Server": SERVER,
}

_ABOUT = """\
The HTTP API of Eternaltwin, as its released server 0.16.4 answers it, and newer ones beyond that.

Times are in UTC, to the millisecond. Passwords travel as the hexadecimal of their UTF-8 bytes. Refusals have one of
four bodies: `{error}`, `{code, message, extra}`, plain text, or nothing. Every GET answers HEAD as well. Any other
method is refused with 405 and `Allow`, any other path with 404, both without a body.
"""

_SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sid",
        "description": "What logging in and registering open.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "A user's name or id and password, or a game's key or id and secret.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token: a game that acts for a user."},
}

_STATUSES = {
    200: "It is done.",
    303: "Go on there: to the game with a code, or to the login page.",
    400: "Something in the request cannot be read.",
    401: "Who asks is not known, or not any more.",
    403: "Whoever asks may not do that.",
    404: "There is no such thing.",
    409: "Something stands against it.",
    410: "It is deleted.",
    415: "The body is of the wrong type.",
    422: "The request can be read, but does not make sense.",
    500: "It cannot be done, and the server has no better word for it.",
    501: "The server does not support that.",
}
_ONLY_RELEASED = "Only the released server 0.16.4, which cannot do this."
_NEWER = "Not on the released server 0.16.4."

_UUID: Node = {"type": "string", "format": "uuid"}
_KEY: Node = {"type": "string", "pattern": "^[_a-z][_a-z0-9]{0,31}$"}
_PATH: dict[str, Node] = {
    "user_id": _UUID,
    "post": _UUID,
    "section": {"anyOf": [_UUID, _KEY]},
    "thread": {"anyOf": [_UUID, _KEY]},
}


@cache
def description() -> Node:
    """The description, as JSON: an OpenAPI 3.1 document. It is made once, so it must not be changed."""
    operations = [operation for area in AREAS.values() for operation in area]
    answered = [kind for operation in operations for kinds in operation.answers.values() for kind in kinds]
    schemas = Schemas(
        [operation.body for operation in operations if operation.body is not None],
        [kind for kind in answered if not isinstance(kind, Bare)],
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Eternaltwin",
            "version": behaviour_of("latest").version,
            "description": _ABOUT,
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": area} for area in AREAS],
        "paths": _paths(schemas),
        "components": {"schemas": schemas.components, "securitySchemes": _SECURITY},
    }


def description_as_text() -> str:
    """The description, as it is kept in files."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


def _paths(schemas: Schemas) -> Node:
    paths: dict[str, Node] = {}
    for area, operations in AREAS.items():
        for operation in operations:
            path, method = place(operation)
            paths.setdefault(path, {})[method.lower()] = _operation(area, operation, path, schemas)
    return paths


def place(operation: Operation) -> tuple[str, str]:
    """The path of an endpoint, as OpenAPI spells it, and its method; GET stands for HEAD as well."""
    return operation.handler.path, operation.handler.method


def _operation(area: str, operation: Operation, path: str, schemas: Schemas) -> Node:
    node: Node = {
        "operationId": operation.handler.handler.__name__,
        "tags": [area],
        "summary": _summary(operation),
    }
    about = " ".join(filter(None, [operation.about, "" if operation.in_released else _NEWER]))
    if about:
        node["description"] = about
    if operation.askers:
        asked: list[Node] = [{scheme: []} for scheme in operation.askers]
        node["security"] = asked if operation.needs_asker else [{}, *asked]
    parameters = [*_path_parameters(path, operation), *map(_query_parameter, operation.query)]
    if parameters:
        node["parameters"] = parameters
    if operation.body is not None:
        node["requestBody"] = _body(operation, schemas)
    node["responses"] = {str(status): _answer(operation, status, schemas) for status in sorted(operation.answers)}
    return node


def _summary(operation: Operation) -> str:
    text = inspect.cleandoc(str(operation.handler.handler.__doc__))
    return text.partition("\n")[0].removesuffix(".").replace("``", "`")


def _path_parameters(path: str, operation: Operation) -> Iterator[Node]:
    for name in re.findall(r"\{(\w+)\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": operation.path.get(name) or _PATH[name]}


def _query_parameter(parameter: Parameter) -> Node:
    node: Node = {"name": parameter.name, "in": "query", "description": parameter.about, "schema": parameter.schema}
    return node | {"required": True} if parameter.is_required else node


def _body(operation: Operation, schemas: Schemas) -> Node:
    content = {"schema": schemas.of(operation.body)}
    kinds = ["application/json", *(["application/x-www-form-urlencoded"] if operation.has_form else [])]
    return {"required": True, "content": dict.fromkeys(kinds, content)}


def _answer(operation: Operation, status: int, schemas: Schemas) -> Node:
    kinds = operation.answers[status]
    node: Node = {"description": _ONLY_RELEASED if status in operation.only_released else _STATUSES[status]}
    if Bare.REDIRECT in kinds:
        node["headers"] = {"Location": {"required": True, "schema": {"type": "string"}}}
    content = _content(kinds, schemas)
    return node | {"content": content} if content else node


def _content(kinds: Kinds, schemas: Schemas) -> Node:
    content: Node = {}
    types = [schemas.of(kind) for kind in kinds if not isinstance(kind, Bare)]
    if types:
        content["application/json"] = {"schema": types[0] if len(types) == 1 else {"anyOf": types}}
    if Bare.TEXT in kinds:
        content["text/plain"] = {"schema": {"type": "string"}}
    return content
