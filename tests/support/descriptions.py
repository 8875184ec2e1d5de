"""The description, as schemathesis reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
import schemathesis
from schemathesis.core.transport import Response

from eternaltwin.devserver.openapi import description

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis.schemas import APIOperation

DESCRIPTION = schemathesis.openapi.from_dict(description())


def operations() -> dict[str, APIOperation]:
    """Every operation by its method and path."""
    found = [result.ok() for result in DESCRIPTION.get_all_operations()]
    return {operation.label: operation for operation in found}


def check(operation: APIOperation, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Fail unless an answer is as described."""
    assert str(status) in operation.definition.raw["responses"], f"{operation.label} does not answer {status}"
    request = requests.Request(operation.method, f"http://eternaltwin.test{operation.path}").prepare()
    fields = {name.lower(): [value] for name, value in headers.items()}
    operation.validate_response(Response(status, fields, body, request, elapsed=0.0, verify=False))
