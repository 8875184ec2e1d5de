"""Callers of the forum of a development server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.asgi_server import Server, ServerResponse

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.config import ServerConfig
    from eternaltwin.devserver.domain.versions import ApiVersion

FORUM = "/api/v1/forum"
SECTION = f"{FORUM}/sections/main_fr"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


class Visitor:
    """Sends requests to the forum with the credentials of one caller."""

    def __init__(self, server: Server, sid: str | None = None, authorization: str | None = None) -> None:
        self._server = server
        self._credentials: dict[str, Any] = {"sid": sid, "authorization": authorization}

    def request(self, method: str, path: str, body: object = None) -> ServerResponse:
        return self._server.request(method, path, json_body=body, **self._credentials)

    def get(self, path: str) -> Any:
        response = self.request("GET", path)
        assert response.status == 200, response.text
        return response.json

    def start(self, title: str = "Hello", body: str = "x", section: str = SECTION) -> Any:
        response = self.request("POST", section, {"title": title, "body": body})
        assert response.status == 200, response.text
        return response.json

    def reply(self, thread: str, body: str = "x") -> ServerResponse:
        return self.request("POST", f"{FORUM}/threads/{thread}", {"body": body})

    def edit(self, post: Any, **changes: object) -> ServerResponse:
        """Edit a post, with its last revision as the base."""
        body = {"last_revision_id": post["revisions"]["items"][-1]["id"], "comment": None} | changes
        return self.request("PATCH", f"{FORUM}/posts/{post['id']}", body)

    def role(self, method: str, user: object, section: str = SECTION) -> ServerResponse:
        return self.request(method, f"{section}/role_grants", {"type": "User", "id": str(user)})


class Forum:
    """A server and visitors of its forum."""

    def __init__(self, api_version: ApiVersion = "latest", config: ServerConfig | None = None) -> None:
        self.server = Server(config, api_version=api_version)
        self.guest = Visitor(self.server)
        self.alice, self.bob, self.charlie = (self.visitor(name) for name in ("alice", "bob", "charlie"))

    def visitor(self, name: str) -> Visitor:
        return Visitor(self.server, sid=self.server.world.open_session(name))

    def game(self, scope: str, user: str = "bob") -> Visitor:
        code = self.server.world.authorization_code(user, "kingdom_dev", scope)
        return Visitor(self.server, authorization=f"Bearer {self.server.claim(code).json['access_token']}")

    def id_of(self, user: str) -> UUID:
        return self.server.world.user(user).id

    def post(self, body: str = "x") -> Any:
        """Create a thread and a reply of Bob, and return the reply."""
        return self.bob.reply(self.bob.start()["id"], body).json
