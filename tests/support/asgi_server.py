"""The application of the development server, called without a socket, an event loop or a library."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import unquote, urlencode

from eternaltwin.clients.driver import run
from eternaltwin.devserver.app import create_app
from eternaltwin.devserver.config import default_config
from eternaltwin.devserver.services.world import World
from eternaltwin.responses import Headers
from tests.support.declarations import check_declared, find_endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from eternaltwin.devserver.asgi.protocol import Message, Scope
    from eternaltwin.devserver.config import ServerConfig
    from eternaltwin.devserver.services.world import ApiVersion


class ServerResponse(NamedTuple):
    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def sid(self) -> str:
        """The session that this response opens."""
        return self.headers["set-cookie"].partition("sid=")[2].partition(";")[0]


def hexadecimal(password: str) -> str:
    return password.encode().hex()


def basic(login: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


def _scope(method: str, target: str, fields: Mapping[str, str]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 0),
        "server": ("eternaltwin.test", 80),
        "extensions": {},
    }


class Server:
    """A world, its application, and a way to send requests to it.

    A response that its endpoint does not declare fails the test, unless `checks_responses` is False.
    """

    checks_responses = True

    def __init__(self, config: ServerConfig | None = None, *, api_version: ApiVersion = "latest") -> None:
        self.world = World(default_config() if config is None else config, api_version=api_version)
        self._app = create_app(self.world)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.close()

    def request(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        json_body: object = None,
        sid: str | None = None,
        authorization: str | None = None,
        without_raw_path: bool = False,
    ) -> ServerResponse:
        fields = {name.lower(): value for name, value in (headers or {}).items()}
        if json_body is not None:
            body = json.dumps(json_body).encode()
            fields["content-type"] = "application/json"
        if sid is not None:
            fields["cookie"] = f"sid={sid}"
        if authorization is not None:
            fields["authorization"] = authorization
        scope = _scope(method, target, fields)
        if without_raw_path:
            del scope["raw_path"]
        reply = self._step(scope, body)
        endpoint = find_endpoint(method, target, self.world.behaviour)
        if endpoint is not None and self.checks_responses:
            check_declared(endpoint, *reply, is_head=method == "HEAD")
        return reply

    def _step(self, scope: Scope, body: bytes) -> ServerResponse:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        run(self._app(scope, receive, send))
        start, *rest = sent
        received = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        return ServerResponse(start["status"], Headers(received), b"".join(chunk["body"] for chunk in rest))

    def get(self, target: str, **options: Any) -> ServerResponse:
        return self.request("GET", target, **options)

    def log_in(self, login: str, password: str) -> str:
        """Log in through the API, and return the session."""
        credentials = {"login": login, "password": hexadecimal(password)}
        return self.request("PUT", "/api/v1/auth/self", json_body=credentials).sid

    def authorize(self, sid: str, **fields: str) -> ServerResponse:
        """Request authorization as the game `kingdom_dev`."""
        query = {"response_type": "code", "client_id": "kingdom_dev@clients", **fields}
        return self.get(f"/oauth/authorize?{urlencode(query)}", sid=sid)

    def claim(self, code: str, client: str = "kingdom_dev@clients") -> ServerResponse:
        return self.request("POST", "/oauth/token", json_body={"code": code}, authorization=basic(client, "dev"))
