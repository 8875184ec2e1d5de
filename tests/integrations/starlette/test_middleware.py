"""The middleware that reads cookies strictly, before Starlette's own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.starlette import EternaltwinLogin, StrictCookieMiddleware
from tests.integrations.starlette.games import SECRET
from tests.integrations.support.account_scenarios import SPACES
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.visitors import Visitor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord


def test_no_session_of_starlette_is_planted(server: DevServer, zoe: UserRecord) -> None:
    login = EternaltwinLogin(session="starlette")

    async def front(request: Request) -> Response:
        return PlainTextResponse(str(await login.optional_user(request)))

    middleware = [Middleware(StrictCookieMiddleware), Middleware(SessionMiddleware, secret_key=SECRET)]
    with asgi_sender(Starlette(routes=[*login.routes, Route("/", front)], middleware=middleware)) as send:
        attacker = Visitor(send)
        attacker.sign_in(server, zoe)
        assert attacker.get("/").text == "Zoé"
        planted = attacker.cookies["session"]
        texts = [send("GET", "/", {"Cookie": f"{space}session={planted}"}, b"").text for space in SPACES]
        texts.append(send("GET", "/", {"Cookie": f"session=own; session={planted}"}, b"").text)
    assert set(texts) == {"None"}


@pytest.mark.parametrize("is_after", [False, True])
def test_a_session_that_is_not_read_strictly_is_refused(server: DevServer, zoe: UserRecord, is_after: bool) -> None:
    login = EternaltwinLogin(session="starlette")
    middleware = [Middleware(SessionMiddleware, secret_key=SECRET)]
    if is_after:
        middleware.append(Middleware(StrictCookieMiddleware))
    with (
        asgi_sender(Starlette(routes=login.routes, middleware=middleware)) as send,
        pytest.raises(ConfigurationError, match=r"needs StrictCookieMiddleware.*: add it before SessionMiddleware"),
    ):
        Visitor(send).get("/eternaltwin/login")


def test_a_session_stays_that_of_the_player_beside_a_planted_one(server: DevServer, zoe: UserRecord) -> None:
    login = EternaltwinLogin(session="starlette")
    middleware = [Middleware(StrictCookieMiddleware), Middleware(SessionMiddleware, secret_key=SECRET)]
    with asgi_sender(Starlette(routes=login.routes, middleware=middleware)) as send:
        victim, attacker = Visitor(send), Visitor(send)
        victim.sign_in(server, zoe)
        attacker.sign_in(server, "alice")
        own, planted = victim.cookies["session"], attacker.cookies["session"]
        for space in SPACES:
            for cookies in (f"session={own}; {space}session={planted}", f"{space}session={planted}; session={own}"):
                assert "Zoé" in send("GET", "/eternaltwin/me", {"Cookie": cookies}, b"").text


class OwnSessions(SessionMiddleware):
    """The middleware of a game that has changed that of Starlette."""


SESSIONS = Middleware(SessionMiddleware, secret_key=SECRET)
OWN_SESSIONS = Middleware(OwnSessions, secret_key=SECRET)
STRICT = Middleware(StrictCookieMiddleware)


@pytest.mark.parametrize("middleware", [[SESSIONS], [OWN_SESSIONS], [SESSIONS, STRICT], [SESSIONS, STRICT, SESSIONS]])
@pytest.mark.parametrize("kind", [Starlette, FastAPI])
def test_an_application_does_not_start_that_reads_the_session_before_the_strict_middleware(
    server: DevServer, kind: type[Starlette], middleware: list[Middleware]
) -> None:
    login = EternaltwinLogin(session="starlette")
    app = kind(middleware=middleware, lifespan=login.lifespan)
    with pytest.raises(ConfigurationError, match="needs StrictCookieMiddleware") as caught, asgi_sender(app):
        pass
    assert caught.value.setting == "session"


@pytest.mark.parametrize("middleware", [[STRICT, SESSIONS], [STRICT, SESSIONS, STRICT], [STRICT, OWN_SESSIONS], []])
def test_an_application_starts_that_may_read_the_session_strictly(
    server: DevServer, middleware: list[Middleware]
) -> None:
    login = EternaltwinLogin(session="starlette")
    with asgi_sender(Starlette(middleware=middleware, lifespan=login.lifespan)):
        pass


def test_the_order_of_middleware_is_of_no_importance_to_the_signed_cookie(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET)
    with asgi_sender(Starlette(middleware=[SESSIONS, STRICT], lifespan=login.lifespan)):
        pass


@pytest.mark.parametrize(
    ("headers", "cookies"),
    [
        ([(b"cookie", b"a=1"), (b"host", b"x"), (b"cookie", b"b=2")], {"a": "1", "b": "2"}),
        ([(b"cookie", b"a=1"), (b"cookie", b"a=2")], {}),
        ([(b"host", b"x")], {}),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket", "lifespan"])
def test_several_headers_are_read_as_one(
    kind: str, headers: list[tuple[bytes, bytes]], cookies: dict[str, str]
) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None: ...

    scope: dict[str, Any] = {"type": kind} if kind == "lifespan" else {"type": kind, "headers": headers}
    asyncio.run(StrictCookieMiddleware(app)(scope, receive, send))
    assert seen == [scope]
    if kind != "lifespan":
        assert HTTPConnection(scope).cookies == cookies
