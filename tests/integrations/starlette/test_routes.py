"""The routes themselves: their names, their connection, the cookies that they set, and requests without `Host`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Mount
from starlette.schemas import SchemaGenerator

from eternaltwin.clients.asyncio.clients import Eternaltwin
from eternaltwin.integrations.starlette import EternaltwinLogin
from tests.integrations.starlette.games import SECRET
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.development_servers import LOCAL_CALLBACK, connected
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor, target_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope
    from starlette.types import Send as Send_

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord


@pytest.mark.parametrize(
    ("name", "parameters", "path"),
    [
        ("login_page", {}, "/login"),
        ("login", {}, "/login"),
        ("callback", {}, "/callback"),
        ("failed", {"word": "state"}, "/failed/state"),
        ("logout_page", {}, "/logout"),
        ("logout", {}, "/logout"),
        ("me", {}, "/me"),
        ("preflight", {}, "/login"),
    ],
)
def test_the_routes_are_found_by_their_names(name: str, parameters: dict[str, str], path: str) -> None:
    app = Starlette(routes=EternaltwinLogin(SECRET, prefix="/oauth").routes)
    assert app.url_path_for(f"eternaltwin:{name}", **parameters) == f"/oauth{path}"


def test_the_routes_are_not_in_the_schema_of_the_game() -> None:
    assert SchemaGenerator({}).get_endpoints([*EternaltwinLogin(SECRET).routes]) == []


def test_the_origin_is_compared_with_the_callback_of_the_own_connection(server: DevServer) -> None:
    with connected(beta=(server, "secure")):
        login = EternaltwinLogin(SECRET, using="beta")
        login.check_origin(HTTPConnection({"type": "http", "headers": [(b"origin", b"https://testserver")]}))


def test_the_front_page_is_found_with_the_callback_of_the_own_connection(server: DevServer, zoe: UserRecord) -> None:
    with connected(beta=(server, "inner")):
        inner = Starlette(routes=EternaltwinLogin(SECRET, using="beta").routes)
        with asgi_sender(Starlette(routes=[Mount("/inner", inner)])) as send:
            assert Visitor(send, "/inner/eternaltwin").sign_in(server, zoe).location == "/inner/"


def test_pages_link_to_the_server_of_the_own_connection(server: DevServer) -> None:
    beta = Eternaltwin("game@clients", "secret", LOCAL_CALLBACK, SECRET, url="https://beta.example")
    with asgi_sender(Starlette(routes=EternaltwinLogin(SECRET, using=beta).routes)) as send:
        page = send("GET", "/eternaltwin/login", {}, b"").text
    assert 'href="https://beta.example/"' in page
    assert server.url not in page


def test_the_host_of_the_own_connection_is_not_warned_about(
    server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(beta=(server, "local")):
        app = Starlette(debug=True, routes=EternaltwinLogin(SECRET, using="beta").routes)
        with asgi_sender(app) as send:
            started = send("POST", "/eternaltwin/login", {**SAME_ORIGIN, "Host": "localhost:8000"}, b"")
    assert started.status == 303
    assert "starts on" not in caplog.text


def without_host(app: Starlette) -> Any:
    """Return the application behind a server that passes on requests of HTTP/1.0, which need no `Host`."""

    async def called(scope: Scope, receive: Receive, send: Send_) -> None:
        sent = [(name, value) for name, value in scope.get("headers", ()) if name != b"host"]
        await app({**scope, "headers": sent} if scope["type"] == "http" else scope, receive, send)

    return called


def test_a_sign_in_starts_without_a_host(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    login = EternaltwinLogin(SECRET, domains=["http://testserver", "http://fr.testserver"])
    with asgi_sender(without_host(Starlette(debug=True, routes=login.routes))) as send:
        assert send("POST", "/eternaltwin/login", SAME_ORIGIN, b"").status == 303
    assert "This sign-in starts on , but redirect_uri is on testserver" in caplog.text


def test_a_callback_without_a_host_is_passed_on_to_its_domain(server: DevServer, zoe: UserRecord) -> None:
    login = EternaltwinLogin(SECRET, domains=["http://testserver", "http://fr.testserver"])
    app = Starlette(routes=login.routes)
    with asgi_sender(app) as send:
        started = send("POST", "/eternaltwin/login", {**SAME_ORIGIN, "Host": "fr.testserver"}, b"")
    with asgi_sender(without_host(app)) as send:
        passed_on = send("GET", target_of(server.authorize(started.location, zoe)), {}, b"")
    assert passed_on.location.startswith("http://fr.testserver/eternaltwin/callback?")


def test_starting_a_sign_in_removes_the_cookies_of_what_is_no_sign_in(server: DevServer) -> None:
    with asgi_sender(Starlette(routes=EternaltwinLogin(SECRET).routes)) as send:
        visitor = Visitor(send)
        visitor.begin()
        (own,) = visitor.cookies
        stale = own[:-1] + ("1" if own.endswith("0") else "0")
        visitor.cookies[stale] = "malformed"
        visitor.begin()
    assert stale not in visitor.cookies
    assert own in visitor.cookies
    assert len(visitor.cookies) == 2


def test_a_stale_callback_that_leads_on_marks_its_sign_in_as_used(server: DevServer, zoe: UserRecord) -> None:
    with asgi_sender(Starlette(routes=EternaltwinLogin(SECRET).routes)) as send:
        visitor = Visitor(send)
        callback = visitor.callback_of(server, zoe, "/arena/one/")
        before = dict(visitor.cookies)
        visitor.get(callback)
        after = dict(visitor.cookies)
        visitor.cookies.update(before)
        again = visitor.get(callback)
    assert again.location == "/arena/one/"
    assert visitor.cookies == after != {**after, **before}
