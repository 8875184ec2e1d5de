"""The descriptions of the API and of the control API on pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver import DevServer
from eternaltwin.devserver.pages.reference import reference_view
from eternaltwin.devserver.pages.rendering import render
from eternaltwin.devserver.pages.schema_views import parameter_view, schema_view, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.responses import Response


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


def get(server: DevServer, path: str) -> Response:
    return server.transport.send(
        HTTPRequest(
            method="GET", target=path, headers={"eternaltwin-dev": "1"}, body=None, timeout=5, is_idempotent=True
        )
    )


def words(schema: dict[str, Any]) -> str:
    return "".join(part.text for part in type_of(schema))


@pytest.mark.parametrize(
    ("path", "document"), [("/reference", "/api/v1/openapi.json"), ("/reference/control", "/_dev/openapi.json")]
)
def test_every_operation_and_every_schema_is_shown(server: DevServer, path: str, document: str) -> None:
    described = get(server, document).json()
    response = get(server, path)
    shown = response.content.decode()
    assert response.status_code == 200
    for pattern, operations in described["paths"].items():
        for method, operation in operations.items():
            assert shown.count(f'id="{operation["operationId"]}"') == 1
            assert re.search(rf">{method.upper()}</span> <code class=\"address\">{re.escape(pattern)}</code>", shown)
    for name in described["components"]["schemas"]:
        assert shown.count(f'id="schema-{name}"') == 1
    targets = set(re.findall(r'id="([^"]+)"', shown))
    links = set(re.findall(r'href="#([^"]+)"', shown))
    assert links <= targets
    assert links


def test_nothing_is_loaded_from_anywhere(server: DevServer) -> None:
    response = get(server, "/reference")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert not re.findall(r"<script|<link rel=\"stylesheet|\ssrc=|\sstyle=|\son\w+=", response.content.decode())
    hrefs = re.findall(r'href="([^"]*)"', response.content.decode())
    assert all(link.startswith(("/", "#", "data:image/svg")) for link in hrefs)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "uuid"}, "string (uuid)"),
        ({"type": "integer", "minimum": 0, "maximum": 9, "default": 3}, "integer (at least 0, at most 9, default 3)"),
        ({"type": "string", "minLength": 2, "pattern": "^a$"}, "string (length at least 2, pattern ^a$)"),
        ({"const": "Ok"}, '"Ok"'),
        ({"const": None}, "null"),
        ({"enum": ["a", "é"]}, '"a" or "é"'),
        (
            {"anyOf": [{"$ref": "#/components/schemas/User"}, {"type": "null"}], "default": None},
            "User or null (default null)",
        ),
        ({"type": "array", "items": {"$ref": "#/components/schemas/User"}}, "array of User"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"type": "object", "additionalProperties": False}, "object"),
        ({}, "any value"),
    ],
)
def test_types_are_words(schema: dict[str, Any], expected: str) -> None:
    assert words(schema) == expected


def test_schemas_are_links() -> None:
    (part,) = type_of({"$ref": "#/components/schemas/User"})
    assert part.schema == "User"


def test_properties_and_parameters_have_their_description() -> None:
    view = schema_view(
        "Point",
        {"description": "A point.", "properties": {"x": {"type": "number"}}, "required": ["x"], "type": "object"},
    )
    (x,) = view.fields
    assert (view.type, x.name, x.place, x.is_required, x.description) == ((), "x", "", True, "")
    assert schema_view("Name", {"type": "string"}).type == type_of({"type": "string"})
    parameter = parameter_view({"name": "q", "in": "query", "schema": {"type": "string", "description": "A name."}})
    assert (parameter.place, parameter.is_required, parameter.description) == ("query", False, "A name.")


def test_what_a_document_contains_is_escaped() -> None:
    markup = "<script>`</code><script>`\n\n\"'>"
    document: dict[str, Any] = {
        "info": {"title": markup, "version": markup, "description": markup},
        "tags": [{"name": markup}],
        "paths": {
            markup: {
                "parameters": [],
                "get": {
                    "operationId": markup,
                    "tags": [markup],
                    "summary": markup,
                    "security": [{}, {markup: []}, {"x": []}],
                    "responses": {"200": {"description": markup, "content": {markup: {}}}},
                },
            }
        },
        "components": {"schemas": {markup: {"description": markup, "const": markup}}},
    }
    view = reference_view(document, markup)
    assert view.groups[0][1][0].security == f"{markup} or x, or nothing"
    shown = render("reference.html", view)
    assert "<script" not in shown
