"""No traceback of a sign-in shows a code, a state, a ticket or a token, in whatever way it fails."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.keys import HS256Key
from eternaltwin.login import LoginFlow, MemoryStore
from tests.support.failing_servers import BEGINNINGS, SECRET, WAYS, holds, interrupting_server
from tests.support.fakes import CALLBACK, CLIENT_ID
from tests.support.servers import ScriptedServer
from tests.support.sockets import free_port
from tests.support.tracebacks import leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.login import Cookies
    from eternaltwin.login.callbacks import Query

Kind = type[Eternaltwin | AsyncEternaltwin]

KEY_SECRET = "k3y+with/at.least~32-bytes-of-the-game"


class BrokenStore(MemoryStore):
    """A store that fails."""

    def consume(self, key: str, ttl: int) -> bool:
        raise OSError(len(key) + ttl)

    async def aconsume(self, key: str, ttl: int) -> bool:
        raise OSError(len(key) + ttl)


class SignIn:
    """A sign-in that has been started, whose callback comes back with a code that is a secret."""

    def __init__(self, kind: Kind, url: str, timeout: float = 10, store: MemoryStore | None = None) -> None:
        self.client: Any = kind(
            CLIENT_ID,
            SECRET,
            CALLBACK,
            HS256Key(KEY_SECRET),
            url=url,
            timeout=timeout,
            retries=0,
            max_response_size=10_000,
        )
        self.flow = LoginFlow(self.client, store or MemoryStore(), domains=["http://localhost:8000", "http://other"])
        redirect = self.flow.begin("/arena", process="connect", subject="7", origin="http://other")
        self.state = parse_qs(urlsplit(redirect.url).query)["state"][0]
        self.cookie = redirect.cookies[-1]
        self.header = f"{self.cookie.name}={self.cookie.value}"
        self.query = urlencode({"code": SECRET, "state": self.state})

    @property
    def secrets(self) -> list[str]:
        """The code, and the parts of the state and of the ticket that nobody can guess."""
        _, payload, signature = self.state.split(".")
        return [SECRET, KEY_SECRET, payload, signature, self.cookie.value.split(".")[1]]

    def leaks(self, query: Query | None = None, cookies: Cookies | None = None, subject: str | None = "7") -> list[str]:
        """Complete the sign-in, which must fail, and return what the traceback shows."""
        arguments = self.query if query is None else query, self.header if cookies is None else cookies
        found = leaks_of_failure(partial(self._complete, *arguments, subject=subject), *self.secrets)
        self.client.discard()
        return found

    def _complete(self, query: Query, cookies: Cookies, subject: str | None) -> object:
        if isinstance(self.client, Eternaltwin):
            return self.flow.complete(query, cookies, subject=subject)
        return asyncio.run(self._acomplete(query, cookies, subject))

    async def _acomplete(self, query: Query, cookies: Cookies, subject: str | None) -> object:
        try:
            return await self.flow.acomplete(query, cookies, subject=subject)
        finally:
            await self.client.close()


@pytest.fixture(params=[Eternaltwin, AsyncEternaltwin], ids=["sync", "asyncio"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return cast("Kind", request.param)


@pytest.mark.parametrize("way", WAYS)
def test_no_sign_in_shows_a_secret_when_the_server_fails(kind: Kind, way: str) -> None:
    with ScriptedServer(WAYS[way]) as server:
        assert SignIn(kind, server.origin).leaks() == []


def test_no_sign_in_shows_a_secret_when_the_connection_is_refused(kind: Kind) -> None:
    assert SignIn(kind, f"http://127.0.0.1:{free_port()}").leaks() == []


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_sign_in_shows_a_secret_when_the_response_takes_too_long(kind: Kind, beginning: str) -> None:
    with ScriptedServer(holds(BEGINNINGS[beginning])) as server:
        assert SignIn(kind, server.origin, timeout=0.05).leaks() == []


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_sign_in_shows_a_secret_when_it_is_interrupted_or_cancelled(kind: Kind, beginning: str) -> None:
    with interrupting_server(BEGINNINGS[beginning]) as server:
        assert SignIn(kind, server.origin).leaks() == []


def wrong_callbacks(login: SignIn) -> dict[str, dict[str, Any]]:
    """Return what may be wrong with a callback: its query, its cookies, or the player who is signed in."""
    forged = urlencode({"code": SECRET, "state": f"{login.state[:-4]}AAAA"})
    tampered = login.cookie.value.replace(".", ".x", 1)
    return {
        "two codes": {"query": f"{login.query}&code={SECRET}"},
        "no state": {"query": f"code={SECRET}"},
        "a code and an error": {"query": f"{login.query}&error={SECRET}"},
        "another server": {"query": f"{login.query}&iss={SECRET}"},
        "many parameters": {"query": f"{login.query}{'&more=1' * 200}"},
        "a long query": {"query": login.query + "x" * 20_000},
        "a malformed code": {"query": {"state": login.state, "code": f"{SECRET}\n"}},
        "a code that is no string": {"query": [("state", login.state), ("code", [SECRET])]},
        "a forged state": {"query": forged.encode()},
        "an error": {"query": {"state": login.state, "error": "server_error"}},
        "no query": {"query": 5},
        "no cookie": {"cookies": ""},
        "a malformed cookie": {"cookies": f"{login.header[:-9]}xxxxxxxxx".encode()},
        "a cookie of another sign-in": {"cookies": {login.cookie.name: tampered}},
        "two cookies": {"cookies": [login.header, login.header]},
        "no cookies": {"cookies": 5},
        "another player": {"subject": "8"},
    }


def test_no_sign_in_shows_a_secret_when_the_callback_is_wrong(kind: Kind) -> None:
    login = SignIn(kind, "http://127.0.0.1:1")
    found = {name: leaks for name, change in wrong_callbacks(login).items() if (leaks := login.leaks(**change))}
    assert found == {}


def test_no_sign_in_shows_a_secret_when_the_store_fails(kind: Kind) -> None:
    assert SignIn(kind, "http://127.0.0.1:1", store=BrokenStore()).leaks() == []
    full = MemoryStore(max_entries=1)
    full.consume("another", 600)
    assert SignIn(kind, "http://127.0.0.1:1", store=full).leaks() == []


def test_no_sign_in_shows_a_secret_when_it_is_over(kind: Kind) -> None:
    login = SignIn(kind, f"http://127.0.0.1:{free_port()}")
    assert login.leaks() == []  # the sign-in is used up
    assert login.leaks() == []


def test_no_start_and_no_passing_on_shows_a_secret_when_it_fails(kind: Kind) -> None:
    login = SignIn(kind, "http://127.0.0.1:1")
    wrong: list[Callable[[], object]] = [
        lambda: login.flow.begin("/", scope='"', cookies=login.header),
        lambda: login.flow.begin("/", cookies=login.header, process=cast("Any", SECRET)),
        lambda: login.flow.begin("/", cookies=login.header, subject=f"{SECRET}\n"),
        lambda: login.flow.begin("/", cookies=cast("Any", [{login.header: 5}])),
        lambda: asyncio.run(login.flow.abegin("/", scope='"', cookies=login.header)),
        lambda: login.flow.forward(cast("Any", [login.query]), "localhost"),
        lambda: login.flow.forward(login.query, cast("Any", {login.header: 5})),
        lambda: LoginFlow(cast("Any", object())).begin("/", cookies=login.header),
    ]
    for call in wrong:
        assert leaks_of_failure(call, *login.secrets) == []
