"""A minimal browser for a sign-in: it opens pages, logs in, and stores one cookie."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urljoin, urlsplit


class Browser:
    """The browser of a player who has a username and a password at Eternaltwin."""

    def __init__(self, name: str, password: str) -> None:
        self.name = name
        self._password = password
        self._cookie = ""

    def open(self, url: str) -> str:
        """Open a page and return the URL that it redirects to; empty if it does not redirect."""
        return self._send("GET", url)

    def log_in(self, url: str) -> None:
        """Log in at the server of a page, which sets a session cookie in this browser."""
        credentials = {"login": self.name, "password": self._password.encode().hex()}
        self._send("PUT", urljoin(url, "/api/v1/auth/self?method=Etwin"), credentials)

    def _send(self, method: str, url: str, body: object = None) -> str:
        """Send a request, store the cookie that the response sets, and return the URL of the redirect."""
        address = urlsplit(url)
        connection = HTTPConnection(address.netloc, timeout=5)
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"{address.path}?{address.query}", content, headers)
            response = connection.getresponse()
            self._cookie = (response.getheader("Set-Cookie") or self._cookie).partition(";")[0]
            return response.getheader("Location") or ""
        finally:
            connection.close()
