"""Sends the requests of a scenario to a server and records the exchanges. Standard library only."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import time
from dataclasses import dataclass, field, replace
from string import Template
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from conformance import forging
from conformance.exchanges import DROPPED, Exchange, Json, Request, Response
from conformance.steps import Absent, Identity, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The significant headers of responses.
HEADERS = (
    "content-type",
    "location",
    "set-cookie",
    "allow",
    "www-authenticate",
    "retry-after",
    "vary",
    "grpc-status",
    "grpc-message",
)

#: The placeholder for a value that an earlier response should have contained.
MISSING = "00000000-0000-4000-8000-00000000dead"

#: Maximum length of strings in a recording.
_LONGEST = 10_000

#: Seconds to wait after a step that may create something: lists are sorted by times with milliseconds.
_PAUSE = 0.003

#: Timeout of a response, in seconds.
_TIMEOUT = 20


@dataclass(slots=True)
class Memory:
    """The values kept from earlier responses, by name."""

    values: dict[str, str] = field(default_factory=dict[str, str])

    def fill(self, text: str) -> str:
        """Replace the names in a string by their values, or by `MISSING` if there is none.

        Raises:
            ValueError: A dollar sign is not followed by a name.
        """
        template = Template(text)
        known = {name: self.values.get(name, MISSING) for name in template.get_identifiers()}
        return template.substitute(known)

    def fill_json(self, value: Json) -> Json:
        """Replace the names in the strings of a JSON value."""
        if isinstance(value, str):
            return self.fill(value)
        if isinstance(value, list):
            return [self.fill_json(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill_json(item) for name, item in value.items()}
        return value


def _header(identity: Identity, memory: Memory) -> str:
    text = memory.fill(identity.text)
    if identity.encoded is None:
        return text
    return text + base64.b64encode(memory.fill(identity.encoded).encode()).decode()


def _body(step: Step, memory: Memory) -> tuple[str, str | bytes] | None:
    """Return the content type (empty if the step sets it as a header) and a body, or None without one."""
    if step.binary is not None:
        return "", step.binary
    if not isinstance(step.json, Absent):
        return "application/json", json.dumps(memory.fill_json(step.json), ensure_ascii=False)
    if step.form is not None:
        form = {name: memory.fill(text) for name, text in step.form.items()}
        return "application/x-www-form-urlencoded", urlencode(form)
    return None if step.text is None else ("", memory.fill(step.text))


def build(step: Step, memory: Memory) -> Request:
    """Build the request of a step."""
    headers = {name: memory.fill(text) for name, text in step.headers.items()}
    headers |= {identity.header: _header(identity, memory) for identity in step.by}
    body = _body(step, memory)
    if body is None:
        return Request(step.method, memory.fill(step.path), headers)
    kind, content = body
    return Request(step.method, memory.fill(step.path), {"Content-Type": kind} | headers if kind else headers, content)


def _read(response: http.client.HTTPResponse) -> Response:
    content = response.read()
    headers: dict[str, str] = {}
    for name, text in response.getheaders():
        if name.lower() in HEADERS:
            headers[name.lower()] = f"{headers[name.lower()]}\n{text}" if name.lower() in headers else text
    try:
        return Response(response.status, headers, is_json=True, body=json.loads(content))
    except ValueError:
        return Response(response.status, headers, is_json=False, body=content.decode("utf-8", "replace"))


def send(host: str, port: int, request: Request) -> Response:
    """Send a request on a new connection and return the response."""
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
    body = request.body.encode() if isinstance(request.body, str) else request.body
    try:
        # A server may respond to a large body, and close the connection, before it has read it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(request.method, request.path, body, dict(request.headers))
        return _read(connection.getresponse())
    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
        return Response(DROPPED, {}, is_json=False, body="")
    finally:
        connection.close()


def _short(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else f"{value[:20]}… ({len(value)} characters)"
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {name: _short(item) for name, item in value.items()}
    return value


def shortened(request: Request, response: Response) -> tuple[Request, Response]:
    """Return an exchange in which long strings are replaced by their beginning and their length."""
    body = request.body if isinstance(request.body, bytes) else cast("str | None", _short(request.body))
    return replace(request, body=body), replace(response, body=_short(response.body))


def _at(value: Json, path: str) -> str:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part] if isinstance(value, dict) else None
    if isinstance(value, str):
        return value
    raise LookupError(path)


def _cookie(response: Response, name: str) -> str:
    return response.headers["set-cookie"].split(f"{name}=", 1)[1].split(";", 1)[0]


def _query(response: Response, name: str) -> str:
    return parse_qs(urlsplit(response.headers["location"]).query)[name][0]


def _code(kind: str, code: str) -> str:
    """Return an authorization code, or a forged one that is made from it."""
    match kind:
        case "query":
            return code
        case "expired":
            return forging.expired(code)
        case "foreign":
            return forging.foreign(code)
        case _:
            return forging.with_header(code, kind.removeprefix("header-"))


def find(response: Response, place: str) -> str:
    """Return the value at a place of a response, as named by `Step.keep`; `MISSING` if there is none."""
    kind, _, where = place.partition(":")
    try:
        if kind == "json":
            return _at(response.body, where)
        if kind == "cookie":
            return _cookie(response, where)
        return _code(kind, _query(response, where))
    except (LookupError, ValueError):
        return MISSING


def record(address: str, steps: Iterable[Step]) -> Iterator[Exchange]:
    """Send the requests of a scenario to a server, in order, and yield each exchange.

    Args:
        address: Address of a newly started server, such as `http://127.0.0.1:50320`.
        steps: Steps of the scenario.
    """
    parts = urlsplit(address)
    memory = Memory()
    for step in steps:
        request = build(step, memory)
        response = send(parts.hostname or "", parts.port or 80, request)
        memory.values |= {name: find(response, place) for name, place in step.keep.items()}
        yield Exchange(step.name, *shortened(request, response))
        if step.method != "GET":
            time.sleep(_PAUSE)
