"""The OpenAPI document, as schemathesis reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
import schemathesis
from schemathesis.core.transport import Response

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.openapi.document import build_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis.schemas import APIOperation


@schemathesis.serializer("application/x-protobuf")
def _as_bytes(_: schemathesis.SerializationContext, value: object) -> bytes:
    """Return any bytes for any value that schemathesis invents: it knows no protobuf."""
    return f"{value}".encode("utf-8", "replace")


DOCUMENT = build_document(API_ENDPOINTS)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def operations() -> dict[str, APIOperation]:
    """Return every operation by its method and path."""
    found = [result.ok() for result in SCHEMA.get_all_operations()]
    return {operation.label: operation for operation in found}


def check(operation: APIOperation, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail unless a response has a declared status and body."""
    assert str(status) in operation.definition.raw["responses"], f"{operation.label} does not declare {status}"
    request = requests.Request(operation.method, f"http://eternaltwin.test{operation.path}").prepare()
    fields = {name.lower(): [value] for name, value in headers.items()}
    operation.validate_response(Response(status, fields, body, request, elapsed=0.0, verify=False))
