"""A running server, and the requests of players' browsers, with the standard library only."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast
from urllib.parse import parse_qs, urlsplit

from eternaltwin.keys import HS256Key

if TYPE_CHECKING:
    from conformance.exchanges import Json

GAME = "python_client@clients"
GAME_SECRET = "dev_secret"
CALLBACK = "http://localhost:8000/oauth/callback"


class Settings(TypedDict):
    """The settings of a client."""

    client_id: str
    client_secret: str
    redirect_uri: str
    state_key: HS256Key
    url: str


@dataclass(frozen=True, slots=True)
class Player:
    """An account with the session of the player's browser."""

    identifier: str
    username: str
    display_name: str
    password: str
    session: str


class Target:
    """A running server.

    Args:
        url: The address of the server.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._numbers = itertools.count(1)

    def settings(self, client_id: str = GAME, client_secret: str = GAME_SECRET) -> Settings:
        """Return the settings with which a client connects as a game."""
        key = HS256Key("a key that only the integration tests know")
        return Settings(
            client_id=client_id, client_secret=client_secret, redirect_uri=CALLBACK, state_key=key, url=self.url
        )

    def register(self) -> Player:
        """Register a new player."""
        number = f"{os.getpid()}_{next(self._numbers)}"
        names = {"username": f"player_{number}", "display_name": f"Player {number}"}
        response, body = self._request("POST", "/api/v1/users", json_body={**names, "password": b"open sesame".hex()})
        session = (response.getheader("set-cookie") or "").partition("sid=")[2].partition(";")[0]
        identifier = str(cast("dict[str, Json]", body)["id"])
        let_a_millisecond_pass()
        return Player(identifier, names["username"], names["display_name"], "open sesame", session)

    def sign_in(self, player: Player, authorization_url: str) -> tuple[str, str]:
        """Follow an authorization URL like the player's browser, and return code and state of the callback."""
        parts = urlsplit(authorization_url)
        response, _ = self._request("GET", f"{parts.path}?{parts.query}", session=player.session)
        location = response.getheader("location") or ""
        assert location.startswith(CALLBACK), (response.status, location)
        query = parse_qs(urlsplit(location).query)
        return query["code"][0], query["state"][0]

    def rename(self, player: Player, display_name: str) -> None:
        """Change a player's display name."""
        path = f"/api/v1/users/{player.identifier}"
        response, _ = self._request("PATCH", path, session=player.session, json_body={"display_name": display_name})
        assert response.status == 200

    def delete(self, player: Player) -> None:
        """Delete a player's account, as the player."""
        response, _ = self._request("DELETE", f"/api/v1/users/{player.identifier}", session=player.session)
        assert response.status == 200

    def _request(
        self, method: str, path: str, *, session: str | None = None, json_body: Json = None
    ) -> tuple[http.client.HTTPResponse, Json]:
        headers = {"Cookie": f"sid={session}"} if session else {}
        body = None
        if json_body is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(json_body)
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        return response, json.loads(content) if content.startswith((b"{", b"[")) else None


def let_a_millisecond_pass() -> None:
    """Wait for longer than a millisecond, the resolution of the server's times.

    The official memory store cannot change a user twice in a millisecond: it panics, and then responds to no request
    about users any more.
    """
    time.sleep(0.002)
