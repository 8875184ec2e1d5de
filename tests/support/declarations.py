"""Compares responses with what their endpoints declare for the OpenAPI document."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import msgspec

from eternaltwin.devserver.api.operations import BodyKind
from eternaltwin.devserver.api.routes import API_ENDPOINTS

if TYPE_CHECKING:
    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.api.operations import ResponseBody
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.responses import Headers


@cache
def _patterns() -> list[tuple[re.Pattern[str], Endpoint]]:
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", endpoint.path)), endpoint) for endpoint in API_ENDPOINTS]


def find_endpoint(method: str, target: str, behaviour: Behaviour) -> Endpoint | None:
    """Return the endpoint of the API that serves a request, or None for a page and where there is none."""
    path, name = target.partition("?")[0], "GET" if method == "HEAD" else method
    for pattern, endpoint in _patterns():
        if endpoint.method == name and pattern.fullmatch(path) and endpoint.is_available(behaviour):
            return endpoint
    return None


def check_declared(endpoint: Endpoint, status: int, headers: Headers, body: bytes, *, is_head: bool = False) -> None:
    """Fail unless the endpoint declares the status and, but for HEAD, the body of a response."""
    operation = endpoint.operation
    assert operation is not None, f"{endpoint.name} declares nothing"
    assert status in operation.responses, f"{endpoint.name} does not declare {status}"
    bodies = operation.bodies(status)
    assert is_head or any(_fits(each, headers, body) for each in bodies), f"{endpoint.name} does not declare {body!r}"


def _fits(declared: ResponseBody, headers: Headers, body: bytes) -> bool:
    kind = headers.get("content-type").partition(";")[0]
    if declared is BodyKind.TEXT:
        return kind == "text/plain"
    if declared is BodyKind.EMPTY:
        return kind == "" and body == b""
    if declared is BodyKind.REDIRECT:
        return "location" in headers and body == b""
    if declared is BodyKind.PROTOBUF:
        return kind == "application/octet-stream"
    if declared is BodyKind.GRPC_STATUS:
        return kind == "application/grpc" and body == b"" and "grpc-message" in headers
    return kind == "application/json" and _is_json_of(declared, body)


def _is_json_of(declared: ResponseBody, body: bytes) -> bool:
    try:
        value = msgspec.json.decode(body, type=declared)
    except msgspec.ValidationError:
        return False
    return _has_fields(msgspec.to_builtins(value), json.loads(body))


def _has_fields(declared: Any, sent: Any) -> bool:
    """Whether everything that was sent is a field of the declared type, at every depth."""
    if isinstance(sent, dict):
        fields = cast("dict[str, Any]", sent)
        return fields.keys() <= declared.keys() and all(_has_fields(declared[key], fields[key]) for key in fields)
    if isinstance(sent, list):
        items = cast("list[object]", sent)
        return all(_has_fields(*pair) for pair in zip(declared, items, strict=True))
    return True
