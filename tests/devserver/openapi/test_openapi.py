"""The OpenAPI document: it is complete, equal to the file in the documentation, and matches all recordings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from schemathesis.core.failures import Failure

from conformance.runs import RECORDINGS
from eternaltwin import models
from eternaltwin.devserver.api import archives, auth, forum, links, oauth, openapi, server, users
from eternaltwin.devserver.api.endpoints import Endpoint
from eternaltwin.devserver.api.operations import EMPTY, TEXT, Operation
from eternaltwin.devserver.api.responses import ApiResponse
from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.openapi.document import document_as_text
from eternaltwin.responses import Headers
from tests.support.asgi_server import Server
from tests.support.declarations import check_declared
from tests.support.openapi_schema import DOCUMENT, SCHEMA, check

if TYPE_CHECKING:
    from types import ModuleType

DOCUMENT_FILE = Path(__file__).parents[3] / "docs" / "openapi.json"

#: Recordings of the released server that differ from the document, which describes newer ones.
NOT_RELEASED = {
    "search not supported by 0.16.4": "it does not list users",
    "forum get post source": "it does not show sources",
    "unknown path //api/v1": "the API has no such path",
}

Exchange = dict[str, Any]


def recorded() -> list[Exchange]:
    """Return every recorded exchange with a response."""
    files = sorted(RECORDINGS.glob("*.json"))
    exchanges: list[Exchange] = [exchange for file in files for exchange in json.loads(file.read_text("utf-8"))]
    return [exchange for exchange in exchanges if exchange["response"]["status"]]


def test_file_in_the_documentation_is_current() -> None:
    problem = "regenerate it: python -m eternaltwin.devserver.openapi > docs/openapi.json"
    assert DOCUMENT_FILE.read_text(encoding="utf-8") == document_as_text(DOCUMENT), problem


def test_command_prints_the_document() -> None:
    printed = subprocess.run([sys.executable, "-m", "eternaltwin.devserver.openapi"], capture_output=True, check=True)
    assert printed.stdout.decode() == document_as_text(DOCUMENT)


def test_server_serves_the_document() -> None:
    with Server() as server:
        response = server.get("/api/v1/openapi.json")
    assert (response.status, response.headers["content-type"]) == (200, "application/json")
    assert response.json == DOCUMENT


def test_document_is_valid_openapi() -> None:
    assert SCHEMA.specification.version == "3.1.0"
    SCHEMA.validate()


@pytest.mark.parametrize("module", [archives, auth, forum, links, oauth, openapi, server, users])
def test_every_endpoint_is_routed_and_declared(module: ModuleType) -> None:
    endpoints = [value for value in vars(module).values() if isinstance(value, Endpoint)]
    assert endpoints
    for endpoint in endpoints:
        assert endpoint in API_ENDPOINTS
        assert endpoint.operation is not None
        assert endpoint.operation.summary
        assert endpoint.operation.tag
        assert endpoint.operation.responses
        names = re.findall(r"{(\w+)}", endpoint.path)
        described = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()].get("parameters", [])
        assert [parameter["name"] for parameter in described if parameter["in"] == "path"] == names


def test_names_of_operations_are_unique() -> None:
    assert len({endpoint.name for endpoint in API_ENDPOINTS}) == len(API_ENDPOINTS)


def test_every_route_and_method_is_described() -> None:
    described = {(path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item}
    assert described == {(endpoint.path, endpoint.method) for endpoint in API_ENDPOINTS}


def declared(status: int, *bodies: object) -> Endpoint:
    operation = Operation(tag="Test", summary="A test", responses={status: bodies})
    return Endpoint(method="GET", path="/test", handler=lambda _: ApiResponse(200), operation=operation)


@pytest.mark.parametrize(
    ("endpoint", "status", "content_type", "body"),
    [
        (declared(200, models.ServerTime), 201, "application/json", b'{"time": "2026-11-24T06:49:16.974Z"}'),
        (declared(200, models.ServerTime), 200, "application/json", b"{}"),
        (declared(200, models.ServerTime), 200, "application/json", b'{"time": "2026-11-24T06:49:16.974Z", "more": 1}'),
        (declared(200, models.ServerTime), 200, "text/plain; charset=utf-8", b"text"),
        (declared(200, models.ServerTime), 200, "", b""),
        (declared(200, TEXT), 200, "application/json", b"{}"),
        (declared(200, EMPTY), 200, "text/plain; charset=utf-8", b"text"),
    ],
)
def test_undeclared_responses_fail_every_test(endpoint: Endpoint, status: int, content_type: str, body: bytes) -> None:
    with pytest.raises(AssertionError):
        check_declared(endpoint, status, Headers({"content-type": content_type} if content_type else {}), body)


def test_names_of_schemas_are_readable() -> None:
    names: list[str] = list(DOCUMENT["components"]["schemas"])
    assert all(name.isalnum() and name[0].isupper() for name in names)
    assert {"User", "ListingUser", "ForumThread", "DinoparcUser", "LatestListDinoparcDinozRef"} <= set(names)


def test_schemas_of_responses_require_fields_that_are_always_sent() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["User"]["required"] == [
        "type",
        "id",
        "created_at",
        "deleted_at",
        "display_name",
        "is_administrator",
        "links",
    ]
    assert schemas["User"]["properties"]["type"] == {"const": "User"}
    assert schemas["UserPatch"]["required"] == []
    assert "self" in schemas["ForumSection"]["required"]


def test_schemas_of_requests_require_fields_without_which_the_server_refuses() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["LinkOrder"]["required"] == ["method"]
    assert schemas["ArchiveUserRef"]["required"] == ["id"]
    assert schemas["NewForumThread"]["properties"]["title"]["pattern"] == r"^\S.{0,62}\S$"


def test_every_field_is_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    fields = {(name, field): node for name, schema in schemas.items() for field, node in schema["properties"].items()}
    assert [field for field, node in fields.items() if not {"description", "const"} & node.keys()] == []


def test_fields_of_structs_beside_a_handler_are_required() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["RestoredUser"]["required"] == list(schemas["RestoredUser"]["properties"])
    assert schemas["Ok"]["required"] == ["Ok"]
    assert schemas["TokenRequest"]["required"] == ["code"]


def problem(exchange: Exchange) -> str | None:
    """Return why a recorded response is not declared, or None."""
    request, response = exchange["request"], exchange["response"]
    if request["method"] == "HEAD":
        return None
    body = json.dumps(response["json"]) if "json" in response else response.get("text", "")
    operation = SCHEMA.find_operation_by_path(request["method"].lower(), request["path"].partition("?")[0])
    if operation is None or exchange["name"] in NOT_RELEASED:
        return None if response["status"] in (404, 405) and body == "" else f"{exchange['name']}: no such operation"
    try:
        check(operation, response["status"], response["headers"], body.encode())
    except (AssertionError, Failure) as exc:
        return f"{exchange['name']}: {exc}"
    return None


def test_every_recorded_response_is_declared() -> None:
    exchanges = recorded()
    assert len(exchanges) > 700
    assert {exchange["name"] for exchange in exchanges} > set(NOT_RELEASED)
    assert [found for found in map(problem, exchanges) if found is not None] == []


def test_undeclared_responses_fail_the_check_of_recordings() -> None:
    operation = SCHEMA.find_operation_by_path("get", "/api/v1/clock")
    assert operation is not None
    headers = {"content-type": "application/json"}
    with pytest.raises(AssertionError):
        check(operation, 404, headers, b"{}")
    with pytest.raises(Failure):
        check(operation, 200, headers, b"{}")
    check(operation, 200, headers, b'{"time": "2026-11-24T06:49:16.974Z"}')
