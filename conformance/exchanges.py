"""What was asked and what came back, and how that is kept in a file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

#: The status that stands for a connection that the server closed without an answer.
DROPPED = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was sent.

    Args:
        method: in upper case.
        path: with its query, percent-encoded.
        headers: names as sent.
        body: text, or None where there is none.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its status (`DROPPED` where there was none), the headers that mean something, and its body.

    Args:
        status: of HTTP.
        headers: names in lower case.
        is_json: whether the body could be read as JSON.
        body: the JSON value, or the text.
    """

    status: int
    headers: Mapping[str, str]
    is_json: bool
    body: Json


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, under a name that no other exchange of a scenario has."""

    name: str
    request: Request
    response: Response

    def to_json(self) -> dict[str, Json]:
        """As it is kept in a file."""
        request: dict[str, Json] = {
            "method": self.request.method,
            "path": self.request.path,
            "headers": dict[str, Json](self.request.headers),
        }
        if self.request.body is not None:
            request["body"] = self.request.body
        response: dict[str, Json] = {
            "status": self.response.status,
            "headers": dict[str, Json](self.response.headers),
            "json" if self.response.is_json else "text": self.response.body,
        }
        return {"name": self.name, "request": request, "response": response}


def _headers(value: Json) -> dict[str, str]:
    return {name: str(text) for name, text in cast("dict[str, Json]", value).items()}


def _exchange(kept: dict[str, Json]) -> Exchange:
    request = cast("dict[str, Json]", kept["request"])
    response = cast("dict[str, Json]", kept["response"])
    body = request.get("body")
    is_json = "json" in response
    return Exchange(
        str(kept["name"]),
        Request(
            str(request["method"]),
            str(request["path"]),
            _headers(request["headers"]),
            None if body is None else str(body),
        ),
        Response(
            cast("int", response["status"]),
            _headers(response["headers"]),
            is_json,
            response["json" if is_json else "text"],
        ),
    )


def load(path: Path) -> list[Exchange]:
    """The exchanges that a file holds, in order."""
    return [_exchange(kept) for kept in cast("list[dict[str, Json]]", json.loads(path.read_text("utf-8")))]


def save(path: Path, exchanges: Iterable[Exchange]) -> None:
    """Keep exchanges in a file, one a line."""
    lines = [json.dumps(exchange.to_json(), ensure_ascii=False) for exchange in exchanges]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
