"""The browser of a player, on the raw HTTP client, so that it adds little to the time of a sign-in."""

from __future__ import annotations

import json

from benchmarks.raw_http import RawConnection, request
from benchmarks.samples import PLAYER_LOGIN, PLAYER_PASSWORD


class SignedInBrowser:
    """The browser of a player who has signed in at the development server."""

    def __init__(self, port: int) -> None:
        self._connection = RawConnection(port)
        credentials = {"login": PLAYER_LOGIN, "password": PLAYER_PASSWORD.encode().hex()}
        message = request("PUT", "/api/v1/auth/self?method=Etwin", body=json.dumps(credentials).encode())
        self._cookie = self._connection.exchange(message).header("set-cookie").partition(";")[0]

    def follow(self, url: str) -> str:
        """Open the authorization URL of a sign-in and return the URL of the callback that it redirects to."""
        target = url[url.index("/", url.index("//") + 2) :]
        return self._connection.exchange(request("GET", target, f"Cookie: {self._cookie}")).header("location")
