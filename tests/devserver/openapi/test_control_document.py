"""The OpenAPI document of the control API: it is complete, valid, and equal to the file in the documentation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import schemathesis

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.devserver.openapi.document import CONTROL_API, build_document, document_as_text
from tests.support.control import Control

FILE = Path(__file__).parents[3] / "docs" / "openapi-control.json"
DOCUMENT: dict[str, Any] = build_document(CONTROL_ENDPOINTS, CONTROL_API)
OPEN = {"/_dev/health", "/_dev/openapi.json"}


def test_file_of_the_control_api_is_current_and_printed_by_the_command() -> None:
    problem = "regenerate it: python -m eternaltwin.devserver.openapi control > docs/openapi-control.json"
    assert FILE.read_text(encoding="utf-8") == document_as_text(DOCUMENT), problem
    command = [sys.executable, "-m", "eternaltwin.devserver.openapi", "control"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == FILE.read_bytes()


def test_document_of_the_control_api_is_valid_and_served() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()
    with DevServer.in_process() as server:
        assert Control(server).send("GET", "/openapi.json").json() == DOCUMENT


def test_every_operation_of_the_control_api_is_described_apart_from_the_api() -> None:
    described = {(path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item}
    assert described == {(endpoint.path, endpoint.method) for endpoint in CONTROL_ENDPOINTS}
    names = [endpoint.name for endpoint in CONTROL_ENDPOINTS]
    assert len(set(names)) == len(names)
    assert not {endpoint.path for endpoint in API_ENDPOINTS} & DOCUMENT["paths"].keys()


def test_every_operation_but_two_declares_the_header_field_the_token_and_refusals() -> None:
    for path, item in DOCUMENT["paths"].items():
        for operation in item.values():
            required = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
            assert required == (set() if path in OPEN else {"eternaltwin-dev"})
            assert operation.get("security", []) == ([] if path in OPEN else [{}, {"token": []}])
            assert ({"401", "403"} <= operation["responses"].keys()) is (path not in OPEN)


def test_every_field_of_the_control_api_is_described() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    fields = [(name, field, node) for name, schema in schemas.items() for field, node in schema["properties"].items()]
    assert [(name, field) for name, field, node in fields if not node.get("description")] == []
