"""Requests and responses, and the format of their recordings."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

#: The status of a connection that the server closed without a response.
DROPPED = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent.

    Args:
        method: The method, in upper case.
        path: The path with the query, percent-encoded.
        headers: The headers, with their names as sent.
        body: The body, as bytes if it is not text, or None.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str | bytes | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The significant parts of a response.

    Args:
        status: The HTTP status; `DROPPED` if there was no response.
        headers: The significant headers, with their names in lower case.
        is_json: Whether the body is valid JSON.
        body: The JSON value, or the text.
    """

    status: int
    headers: Mapping[str, str]
    is_json: bool
    body: Json


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, with a name that is unique in the scenario."""

    name: str
    request: Request
    response: Response

    def to_json(self) -> dict[str, Json]:
        """Return the exchange in the format of the recordings."""
        request: dict[str, Json] = {
            "method": self.request.method,
            "path": self.request.path,
            "headers": dict[str, Json](self.request.headers),
        }
        if isinstance(self.request.body, bytes):
            request["base64"] = base64.b64encode(self.request.body).decode()
        elif self.request.body is not None:
            request["body"] = self.request.body
        response: dict[str, Json] = {
            "status": self.response.status,
            "headers": dict[str, Json](self.response.headers),
            "json" if self.response.is_json else "text": self.response.body,
        }
        return {"name": self.name, "request": request, "response": response}


def _headers(value: Json) -> dict[str, str]:
    return {name: str(text) for name, text in cast("dict[str, Json]", value).items()}


def _body(request: dict[str, Json]) -> str | bytes | None:
    if "base64" in request:
        return base64.b64decode(str(request["base64"]))
    return str(request["body"]) if "body" in request else None


def _exchange(recorded: dict[str, Json]) -> Exchange:
    request = cast("dict[str, Json]", recorded["request"])
    response = cast("dict[str, Json]", recorded["response"])
    is_json = "json" in response
    return Exchange(
        str(recorded["name"]),
        Request(str(request["method"]), str(request["path"]), _headers(request["headers"]), _body(request)),
        Response(
            cast("int", response["status"]),
            _headers(response["headers"]),
            is_json,
            response["json" if is_json else "text"],
        ),
    )


def load(path: Path) -> list[Exchange]:
    """Return the exchanges in a file, in order."""
    return [_exchange(recorded) for recorded in cast("list[dict[str, Json]]", json.loads(path.read_text("utf-8")))]


def save(path: Path, exchanges: Iterable[Exchange]) -> None:
    """Write exchanges to a file, one per line."""
    lines = [json.dumps(exchange.to_json(), ensure_ascii=False) for exchange in exchanges]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
