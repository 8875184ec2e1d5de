"""A program that uses the control API of a development server, without a socket."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from tests.support.declarations import check_declared

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.responses import Response

HEADER = {"Eternaltwin-Dev": "1"}


def _endpoint(method: str, target: str) -> Endpoint | None:
    path = target.partition("?")[0]
    for endpoint in CONTROL_ENDPOINTS:
        pattern = re.sub(r"\{\w+\}", "[^/]+", endpoint.path)
        if endpoint.method == method and re.fullmatch(pattern, path):
            return endpoint
    return None


class Control:
    """Sends requests to the control API. A response that its endpoint does not declare fails the test."""

    def __init__(self, server: DevServer) -> None:
        self._transport = server.transport

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] = HEADER) -> Response:
        """Return the response to a request. A body that is not bytes is sent as JSON."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        target = f"/_dev{path}"
        response = self._transport.send(
            HTTPRequest(method=method, target=target, headers=headers, body=content, timeout=5, is_idempotent=False)
        )
        endpoint = _endpoint(method, target)
        if endpoint is not None:
            check_declared(endpoint, response.status_code, response.headers, response.content)
        return response

    def json(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        """Return the JSON of a response, and fail if it has another status."""
        response = self.send(method, path, body)
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    def problem(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Return status and code of an error, and fail if it has another shape than all errors."""
        response = self.send(method, path, body)
        found = response.json()
        assert {"code", "message"} <= found.keys() <= {"code", "message", "next"}
        assert all(isinstance(value, str) and value for value in found.values())
        return response.status_code, found["code"]
