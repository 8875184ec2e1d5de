"""A simulated browser that visits the site under test."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from tests.integrations.support.visitors import target_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserLike

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def _host_header(host: str) -> dict[str, str]:
    return {} if host == "testserver" else {"Host": host}


class OneHostClient(AsyncClient):
    """A client whose own header `Host` is replaced by that of a request."""

    async def request(self, **request: Any) -> Any:
        """Send a request."""
        headers = dict(cast("list[tuple[bytes, bytes]]", request["headers"]))
        return await super().request(**{**request, "headers": list(headers.items())})


@dataclass
class Visitor:
    """A simulated browser, whose requests are checked for CSRF tokens.

    Attributes:
        is_async: Whether requests go through Django's ASGI handler.
        prefix: Path below which the site has included the views.
    """

    is_async: bool = False
    prefix: str = "/eternaltwin/"
    client: Client | AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        kind = OneHostClient if self.is_async else Client
        self.client = kind(enforce_csrf_checks=True, raise_request_exception=True)

    def get(self, target: str, **headers: str) -> HttpResponse:
        """Send a GET request."""
        return self._send("get", target, None, headers)

    def post(self, target: str, data: dict[str, str] | None = None, **headers: str) -> HttpResponse:
        """Send a POST request with a form, without adding a CSRF token."""
        return self._send("post", target, data or {}, headers)

    def submit(
        self, target: str, data: dict[str, str] | None = None, page: str = "/elsewhere", host: str = "testserver"
    ) -> HttpResponse:
        """Send a POST request with a form and the CSRF token of a page of the site."""
        found = _TOKEN.search(self.get(page).content.decode())
        assert found is not None
        return self.post(target, {**(data or {}), "csrfmiddlewaretoken": found[1]}, **_host_header(host))

    def _send(self, method: str, target: str, data: dict[str, str] | None, headers: dict[str, str]) -> HttpResponse:
        send_request = getattr(self.client, method)
        send = async_to_sync(send_request) if self.is_async else send_request
        return cast("HttpResponse", send(target, data, headers=headers))

    def begin(self, next: str = "", alias: str = "", process: str = "") -> str:
        """Press the button and return the URL at Eternaltwin."""
        fields = {"next": next, "process": process}
        response = self.submit(f"{self.prefix}{alias}login/", {name: value for name, value in fields.items() if value})
        assert response.status_code == 303, response.content
        return response.headers["Location"]

    def callback_of(
        self, server: DevServer, player: UserLike, next: str = "", alias: str = "", process: str = ""
    ) -> str:
        """Press the button, sign in at Eternaltwin, and return the path and query of the callback."""
        return target_of(server.authorize(self.begin(next, alias, process), player))

    def sign_in(
        self, server: DevServer, player: UserLike, next: str = "", alias: str = "", process: str = ""
    ) -> HttpResponse:
        """Sign in and return the response of the callback."""
        return self.get(self.callback_of(server, player, next, alias, process))

    def enter(self, name: str) -> None:
        """Sign in to the game itself, with the password `secret`."""
        if self.is_async:
            assert async_to_sync(cast("AsyncClient", self.client).alogin)(username=name, password="secret")
        else:
            assert cast("Client", self.client).login(username=name, password="secret")

    def fail(self, target: str) -> tuple[str, str]:
        """Open a callback, and return the reason of its failure, and the page that explains it."""
        response = self.get(target)
        assert response.status_code == 303
        location = response.headers["Location"]
        word = location.partition("?")[0].partition("/failed/")[2].rstrip("/")
        return word, self.get(location).content.decode()

    @property
    def user(self) -> str | None:
        """The user name of who is signed in, as the front page shows it; None for a guest."""
        found = re.search(r'id="own">([^<]*)<', self.get("/").content.decode())
        return found[1] if found else None

    @property
    def player(self) -> str | None:
        """The display name of the signed-in player, as the front page shows it; None for a guest."""
        found = re.search(r'id="player">([^<]*)<', self.get("/").content.decode())
        return found[1] if found else None
