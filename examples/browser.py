"""A player's browser, as far as a sign-in needs one: it opens pages, logs in, keeps a cookie."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urljoin, urlsplit


class Browser:
    """The browser of a player with a name and a password at Eternaltwin."""

    def __init__(self, name: str, password: str) -> None:
        self.name = name
        self._password = password
        self._cookie = ""

    def open(self, url: str) -> str:
        """Open a page, and answer the URL that it redirects to; empty if it does not."""
        return self._ask("GET", url)

    def log_in(self, url: str) -> None:
        """Log in at the server of a page, which leaves a session cookie in this browser."""
        credentials = {"login": self.name, "password": self._password.encode().hex()}
        self._ask("PUT", urljoin(url, "/api/v1/auth/self?method=Etwin"), credentials)

    def _ask(self, method: str, url: str, body: object = None) -> str:
        """Send a request over HTTP, keep the cookie that the answer sets, and answer where it redirects to."""
        address = urlsplit(url)
        connection = HTTPConnection(address.netloc, timeout=5)
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body)
        try:
            connection.request(method, f"{address.path}?{address.query}", content, headers)
            answer = connection.getresponse()
            self._cookie = (answer.getheader("Set-Cookie") or self._cookie).partition(";")[0]
            return answer.getheader("Location") or ""
        finally:
            connection.close()
