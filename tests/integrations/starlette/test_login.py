"""The parts that only Starlette has: settings, cookies over https, hooks, pages, paths, the lifespan."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from itsdangerous import URLSafeSerializer
from starlette.applications import Starlette
from starlette.exceptions import HTTPException, WebSocketException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, Router

from eternaltwin.clients.asyncio.clients import Eternaltwin
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import AccountRefusedError, ConfigurationError, UnknownConnectionError
from eternaltwin.integrations.shared.origins import REFUSAL
from eternaltwin.integrations.shared.sessions import unpacked
from eternaltwin.integrations.starlette import Button, EternaltwinLogin, Page, SignInRequired
from tests.integrations.starlette.games import SECRET, make_game
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.development_servers import LOCAL_CALLBACK, SECURE_CALLBACK, connected
from tests.integrations.support.visitors import SAME_ORIGIN, GameResponse, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Receive, Scope
    from starlette.types import Send as Send_

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Login
    from eternaltwin.users import User
    from tests.integrations.support.visitors import Send


@pytest.fixture
def send(server: DevServer) -> Iterator[Send]:
    with asgi_sender(make_game()) as send:
        yield send


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        ({"secret_key": None}, "secret_key"),
        ({"secret_key": "short"}, "secret_key"),
        ({"secret_key": [SECRET, 3]}, "secret_key"),
        ({"secret_key": []}, "secret_key"),
        ({"prefix": "eternaltwin"}, "prefix"),
        ({"prefix": "/{x}"}, "prefix"),
        ({"prefix": None}, "prefix"),
        ({"home": "https://evil.example"}, "home"),
        ({"session": "cookies"}, "session"),
        ({"session_max_age": 0}, "session_max_age"),
        ({"session_max_age": True}, "session_max_age"),
        ({"session_max_age": "1"}, "session_max_age"),
        ({"session_max_age": 10**9}, "session_max_age"),
        ({"store": "disk"}, "store"),
        ({"store": 3}, "store"),
        ({"login_max_age": 0}, "login_max_age"),
        ({"login_max_age": 86_401}, "login_max_age"),
        ({"login_cookie": "a b"}, "login_cookie"),
        ({"login_cookie": "__Host-x"}, "login_cookie"),
        ({"secure": "yes"}, "secure"),
        ({"session_cookie": "a b; x"}, "session_cookie"),
        ({"session_cookie": "é"}, "session_cookie"),
        ({"session_cookie": ""}, "session_cookie"),
        ({"session_cookie": 3}, "session_cookie"),
        ({"session_cookie": "a b; x", "session": "starlette"}, "session_cookie"),
        ({"on_login": "welcome"}, "on_login"),
        ({"subject": "zoe"}, "subject"),
        ({"render": "page.html"}, "render"),
    ],
)
def test_wrong_settings_are_named(options: dict[str, Any], setting: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _make(**{"secret_key": SECRET, **options})
    assert caught.value.setting == setting
    assert str(caught.value).startswith(f"{setting} must ")


def test_session_cookies_may_have_any_name_of_a_cookie(server: DevServer, zoe: UserRecord) -> None:
    login = EternaltwinLogin(SECRET, session_cookie="my.session-1")
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        visitor.sign_in(server, zoe)
    assert "my.session-1" in visitor.cookies


def test_the_game_requests_its_scopes(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET, scope=["base", "friends"])
    with asgi_sender(Starlette(routes=login.routes)) as send:
        assert parse_qs(urlsplit(Visitor(send).begin()).query)["scope"] == ["base friends"]


def test_pages_have_the_names_and_the_language_of_the_settings(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET, language="fr", game_name="Arena", label="Eternalbeta")
    with asgi_sender(Starlette(routes=login.routes)) as send:
        page = send("GET", "/eternaltwin/failed/expired", {"Accept-Language": "de"}, b"")
    assert page.header("content-language") == "fr"
    assert "Se connecter avec Eternalbeta</button>" in page.text
    assert "Arena</a>" in page.text


def _make(**options: Any) -> EternaltwinLogin:
    return EternaltwinLogin(**options)


def test_the_callback_has_to_be_the_connections(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET, prefix="/oauth")
    with (
        pytest.raises(ConfigurationError, match="the callback is at /oauth/callback") as caught,
        asgi_sender(Starlette(routes=login.routes, lifespan=login.lifespan)),
    ):
        pass
    assert caught.value.setting == "redirect_uri"


def test_an_unknown_connection_is_an_error_at_the_start() -> None:
    login = EternaltwinLogin(SECRET, using="elsewhere")
    with pytest.raises(UnknownConnectionError), asgi_sender(Starlette(lifespan=login.lifespan)):
        pass


@pytest.mark.parametrize("session", ["cookie", "starlette"])
def test_unsafe_settings_are_logged_at_the_start(
    session: Literal["cookie", "starlette"], caplog: pytest.LogCaptureFixture
) -> None:
    client = Eternaltwin(
        "game@clients", "secret", SECURE_CALLBACK, SECRET, url="http://eternaltwin.example", verify_ssl=False
    )
    login = EternaltwinLogin(SECRET, using=client, session=session, secure=False)
    with asgi_sender(Starlette(routes=login.routes, lifespan=login.lifespan)):
        pass
    assert {record.name for record in caplog.records} == {"eternaltwin.integrations.starlette"}
    problems = [record.getMessage().replace(repr(client), "the client") for record in caplog.records]
    reused = "The state_key of the client is also used as another secret. Create a key that is used for nothing else"
    assert [problem.partition(":")[0] for problem in problems] == [
        "secure is False, but the redirect_uri of the client starts with https",
        *([reused] if session == "cookie" else []),
        "the client reaches Eternaltwin over http",
        "the client has verify_ssl=False",
    ]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("callback", [LOCAL_CALLBACK, SECURE_CALLBACK])
def test_safe_settings_and_those_of_development_are_not_logged(caplog: pytest.LogCaptureFixture, callback: str) -> None:
    url = "http://eternaltwin:50320" if callback == LOCAL_CALLBACK else "https://eternaltwin.example"
    client = Eternaltwin("xx@clients", "x", callback, "a key of its own, of more than 32 bytes", url=url)
    login = EternaltwinLogin(SECRET, using=client)
    with asgi_sender(Starlette(routes=login.routes, lifespan=login.lifespan)):
        pass
    assert not caplog.records


def test_a_game_on_this_machine_without_url_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    client = Eternaltwin("xx@clients", "x", LOCAL_CALLBACK, "a key of its own, of more than 32 bytes")
    login = EternaltwinLogin(SECRET, using=client)
    with asgi_sender(Starlette(routes=login.routes, lifespan=login.lifespan)):
        pass
    assert "is on this machine, but url is not set" in caplog.text


def test_the_client_is_closed_at_the_end(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    monkeypatch.setattr(async_connections["default"], "close", close)
    with asgi_sender(make_game()):
        assert not closed
    assert closed == [True]


def test_cookies_over_https(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    with connected(default=(server, "secure")):
        visitor.sign_in(server, zoe)
        cookie = visitor.seen["__Host-eternaltwin_session"]
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert all(name.startswith("__Host-") for name in visitor.seen)
        assert visitor.player() == "Zoé"
        visitor.submit("/eternaltwin/logout")
        assert visitor.seen["__Host-eternaltwin_session"]["max-age"] == "0"


def test_secure_can_be_chosen(server: DevServer, zoe: UserRecord) -> None:
    login = EternaltwinLogin(SECRET, secure=True)
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        visitor.sign_in(server, zoe)
    assert "__Host-eternaltwin_session" in visitor.cookies


@pytest.mark.parametrize(
    ("app", "secure", "is_secure"),
    [
        ("game", "auto", False),
        ("game", False, False),
        ("game", True, True),
        ("secure", "auto", True),
        ("secure", False, True),
        ("secure", True, True),
    ],
)
def test_the_sessions_cookie_is_as_secure_as_that_of_flask(
    server: DevServer, zoe: UserRecord, app: str, secure: Any, is_secure: bool
) -> None:
    with (
        connected(default=(server, app)),
        asgi_sender(Starlette(routes=EternaltwinLogin(SECRET, secure=secure).routes)) as send,
    ):
        visitor = Visitor(send)
        visitor.sign_in(server, zoe)
    name = "__Host-eternaltwin_session" if is_secure else "eternaltwin_session"
    assert bool(visitor.seen[name]["secure"]) is is_secure


def test_secrets_can_be_rotated(server: DevServer, zoe: UserRecord) -> None:
    new = "the next secret of the game, also of 32 bytes"
    old, rotating, latest = (Visitor(_game_with(secrets)) for secrets in (SECRET, [new, SECRET], new))
    old.sign_in(server, zoe)
    rotating.cookies.update(old.cookies)
    latest.cookies.update(old.cookies)
    assert (rotating.get("/me").text, latest.get("/me").text) == ("Zoé", "None")
    rotating.sign_in(server, zoe)
    latest.cookies.update(rotating.cookies)
    assert latest.get("/me").text == "Zoé"


def _game_with(secrets: str | list[str]) -> Send:
    login = EternaltwinLogin(secrets)

    async def me(request: Request) -> Response:
        return PlainTextResponse(str(await login.optional_user(request)))

    app = Starlette(routes=[*login.routes, Route("/me", me)])

    def send(method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
        with asgi_sender(app) as send_request:
            return send_request(method, target, headers, body)

    return send


@pytest.mark.parametrize("content", [[], ["x"], ["x", None], ["x", ["no id", "Zoé", False, 1]], {"x": 1}, "text", 3])
def test_signed_content_that_is_not_a_session_is_ignored(visitor: Visitor, server: DevServer, content: object) -> None:
    client = connections["default"]
    salt = f"eternaltwin.session\n{client.public_url}\n{client.client_id}"
    signer = {"key_derivation": "hmac", "digest_method": sha256}
    visitor.cookies["eternaltwin_session"] = str(URLSafeSerializer(SECRET, salt, signer_kwargs=signer).dumps(content))
    assert visitor.player() is None


@pytest.mark.parametrize("moment", [-1, 0, 10**11, 10**18, 10**30])
def test_sessions_end(moment: int) -> None:
    assert unpacked(["9f310484-963b-446b-af69-797feec6813f", "Zoé", False, moment], 3600) is None


def test_a_session_of_starlette_needs_its_middleware(server: DevServer) -> None:
    login = EternaltwinLogin(session="starlette")

    async def me(request: Request) -> Response:
        return PlainTextResponse(str(await login.optional_user(request)))

    app = Starlette(routes=[Route("/me", me)])
    with asgi_sender(app) as send, pytest.raises(ConfigurationError, match="SessionMiddleware"):
        send("GET", "/me", {}, b"")


def test_on_login_runs_in_a_thread_or_in_the_loop(server: DevServer, zoe: UserRecord) -> None:
    calls: list[tuple[str, bool]] = []

    def function(request: Request, finished: Login[User]) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        calls.append((f"{finished.user.username} at {request.url.path}", finished.user.is_administrator is True))

    async def coroutine_function(request: Request, finished: Login[User]) -> None:
        asyncio.get_running_loop()
        calls.append((f"{finished.user.username} {finished.user.created_at is not None}", bool(finished.token)))

    for hook in (function, coroutine_function, None):
        login = EternaltwinLogin(SECRET, on_login=hook)
        with asgi_sender(Starlette(routes=login.routes)) as send:
            assert Visitor(send).sign_in(server, "alice").location == "/"
    assert calls == [("Alice at /eternaltwin/callback", True), ("Alice True", True)]


class RefuseAll:
    """A hook whose `__call__` is a coroutine function."""

    async def __call__(self, request: Request, finished: Login[User]) -> None:
        raise AccountRefusedError("nobody may play today")

    def in_a_function(self, request: Request, finished: Login[User]) -> object:
        """Return the awaitable, as a lambda does."""
        return self(request, finished)


@pytest.mark.parametrize("hook", [RefuseAll(), RefuseAll().in_a_function], ids=["object", "function"])
def test_an_awaitable_of_on_login_is_awaited(
    server: DevServer, zoe: UserRecord, hook: Callable[[Request, Login[User]], object]
) -> None:
    login = EternaltwinLogin(SECRET, on_login=hook)
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        assert visitor.fail(visitor.callback_of(server, zoe))[0] == "account"


@pytest.mark.parametrize("is_debug", [True, False])
def test_another_host_is_logged_in_debug_mode(
    server: DevServer, caplog: pytest.LogCaptureFixture, is_debug: bool
) -> None:
    assert logs_another_host(Starlette(is_debug, EternaltwinLogin(SECRET).routes), caplog) is is_debug


def test_routes_without_an_application_are_not_in_debug_mode(
    server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    assert not logs_another_host(Router(EternaltwinLogin(SECRET).routes), caplog)


def logs_another_host(app: Starlette | Router, caplog: pytest.LogCaptureFixture) -> bool:
    """Start a sign-in on another host than that of `redirect_uri`, and return whether it is logged."""
    with asgi_sender(app) as send:
        response = send("POST", "/eternaltwin/login", {**SAME_ORIGIN, "Host": "127.0.0.1:8000"}, b"")
    assert response.status == 303
    return "starts on 127.0.0.1:8000, but redirect_uri is on testserver" in caplog.text


def test_games_can_have_pages_of_their_own(server: DevServer) -> None:
    headers = {"Referrer-Policy": "origin", "Vary": "Cookie"}

    def render(request: Request, page: Page) -> Response:
        return HTMLResponse(f"{request.url.path}: {page.reason} {page.message}", headers=headers)

    login = EternaltwinLogin(SECRET, render=render, home="/lobby")
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        response = visitor.get("/eternaltwin/failed/cancelled")
        assert response.text == "/eternaltwin/failed/cancelled: cancelled You have not been signed in, as you wished."
        assert (response.status, response.header("referrer-policy")) == (403, "origin")
        assert response.header("cache-control") == "no-store"
        assert response.header("vary") == "Cookie, Accept-Language"
        assert visitor.get("/eternaltwin/login").text.startswith("/eternaltwin/login: None")
        assert visitor.get("/eternaltwin/logout").text.startswith("/eternaltwin/logout: None")
        assert visitor.sign_in(server, "alice").location == "/lobby"


def mounted(name: str | None = None) -> tuple[Starlette, EternaltwinLogin]:
    """Return a game that is mounted in another application, and its sign-in."""
    login = EternaltwinLogin(SECRET)

    async def front(request: Request) -> Response:
        return PlainTextResponse(f"{login.button(request, '/x')} {login.logout_path(request)}")

    inner = Starlette(routes=[*login.routes, Route("/", front)])
    return Starlette(routes=[Mount("/inner", inner, name=name)], lifespan=login.lifespan), login


@pytest.mark.parametrize("name", [None, "game"])
def test_below_the_path_of_a_mount(server: DevServer, name: str | None) -> None:
    app, _ = mounted(name)
    with connected(default=(server, "inner")), asgi_sender(app) as send:
        assert 'action="/inner/eternaltwin/login"' in send("GET", "/inner/eternaltwin/failed/state", {}, b"").text
        assert send("GET", "/inner/eternaltwin/callback", {}, b"").location == "/inner/eternaltwin/failed/incomplete"
        text = send("GET", "/inner/", {}, b"").text
        assert 'action="/inner/eternaltwin/login"' in text
        assert text.endswith(" /inner/eternaltwin/logout")


@pytest.mark.parametrize(
    ("root", "options", "home"), [("/inner", {}, "/inner/"), ("", {}, "/"), ("/inner", {"home": "/lobby"}, "/lobby")]
)
def test_players_land_on_the_root_of_the_application(
    server: DevServer, zoe: UserRecord, root: str, options: dict[str, Any], home: str
) -> None:
    """Call an application behind a proxy that has it below a path, which the server passes on."""
    login = _make(secret_key=SECRET, **options)
    app = Starlette(routes=login.routes, lifespan=login.lifespan)

    async def proxied(scope: Scope, receive: Receive, send: Send_) -> None:
        await app({**scope, "root_path": root}, receive, send)

    with connected(default=(server, "inner" if root else "game")), asgi_sender(proxied) as send:
        visitor = Visitor(send, f"{root}/eternaltwin")
        assert visitor.sign_in(server, zoe).location == home
        assert f'<a href="{home}">' in visitor.get(f"{root}/eternaltwin/login").text
        assert visitor.submit(f"{root}/eternaltwin/logout").location == home


def test_players_land_on_the_root_of_an_application_that_is_mounted(server: DevServer, zoe: UserRecord) -> None:
    app, _ = mounted()
    with connected(default=(server, "inner")), asgi_sender(app) as send:
        assert Visitor(send, "/inner/eternaltwin").sign_in(server, zoe).location == "/inner/"


def test_without_an_application_the_scope_has_the_root(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET)
    headers = [(b"accept", b"text/html")]
    for root, home in (("/proxy", "/proxy/"), ("//evil.example", "/")):
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "root_path": root}
        response = asyncio.run(login.ask_to_sign_in(Request({**scope, "headers": headers}), SignInRequired()))
        assert f'<a href="{home}">'.encode() in bytes(response.body)


def test_a_mount_without_its_callback_is_an_error_at_the_start(server: DevServer) -> None:
    app, login = mounted()
    with pytest.raises(ConfigurationError, match="added below '/inner'") as caught, asgi_sender(app):
        pass
    assert caught.value.setting == "prefix"
    scope: dict[str, Any] = {"type": "http", "root_path": "/proxy", "headers": []}
    assert login.logout_path(Request(scope)) == "/eternaltwin/logout"
    elsewhere = EternaltwinLogin(SECRET, prefix="/oauth")
    assert elsewhere.logout_path(Request(scope)) == "/proxy/oauth/logout"
    inside = {**scope, "root_path": "/proxy/mount", "app_root_path": "/proxy"}
    assert elsewhere.logout_path(Request(inside)) == "/proxy/oauth/logout"
    assert elsewhere.logout_path(Request({"type": "http", "headers": []})) == "/oauth/logout"


@pytest.mark.parametrize(
    ("body", "status"), [(b"next=" + b"x" * 20_000, 413), (b"&".join([b"a=b"] * 50), 303), (b"\xff\x00=%ff", 303)]
)
def test_forms_are_bounded(send: Send, server: DevServer, body: bytes, status: int) -> None:
    headers = {**SAME_ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    assert send("POST", "/eternaltwin/login", headers, body).status == status


def test_programs_get_a_bare_401(visitor: Visitor) -> None:
    response = visitor.get("/me")
    assert (response.status, response.header("www-authenticate")) == (401, "Eternaltwin")
    assert response.text == '{"detail":"Sign in with Eternaltwin first."}'


def test_scripts_get_a_401_with_the_error_of_all_frameworks(visitor: Visitor) -> None:
    response = visitor.get("/me", {"Accept": "application/json"})
    assert (response.status, response.header("www-authenticate")) == (401, "Eternaltwin")
    error = "Sign in with Eternaltwin first."
    assert json.loads(response.text) == {"error": error, "detail": error}


def test_ask_to_sign_in_handles_any_exception(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET)
    request = Request({"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b""})
    response = asyncio.run(login.ask_to_sign_in(request, ValueError()))
    assert response.status_code == SignInRequired().status_code == 401
    assert SignInRequired().headers == {"WWW-Authenticate": "Eternaltwin"}
    for accepted in ([], [(b"accept", b"text/html")]):
        request.scope["headers"] = accepted
        response = asyncio.run(login.ask_to_sign_in(Request(request.scope), HTTPException(402, "Pay first.")))
        assert response.status_code == 402


def test_the_page_for_guests_can_be_one_of_the_game(server: DevServer) -> None:
    def render(request: Request, page: Page) -> Response:
        return HTMLResponse(f"{request.url.path}: {page.reason}")

    login = EternaltwinLogin(SECRET, render=render)
    headers = [(b"accept", b"text/html")]
    scope = {"type": "http", "method": "GET", "path": "/x", "headers": headers, "query_string": b""}
    response = asyncio.run(login.ask_to_sign_in(Request(scope), SignInRequired()))
    assert (response.status_code, response.body) == (401, b"/x: None")


def test_a_connection_of_another_origin_is_refused_with_a_reason(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET)
    scope: dict[str, Any] = {"type": "http", "headers": [(b"origin", b"https://evil.example")]}
    with pytest.raises(HTTPException) as refused:
        login.check_origin(HTTPConnection(scope))
    assert (refused.value.status_code, refused.value.detail) == (403, REFUSAL)
    with pytest.raises(WebSocketException) as closed:
        login.check_origin(HTTPConnection({**scope, "type": "websocket"}))
    assert (closed.value.code, closed.value.reason) == (4403, "This WebSocket did not come from a page of this site.")


@pytest.mark.parametrize(
    ("path", "query", "target"),
    [
        ("/", b"", "/"),
        ("/:@!$&'()*+,;=~/é x", b"", "/:@!$&'()*+,;=~/%C3%A9%20x"),
        ("/a?b#c", b"q=%C3%A9&r", "/a%3Fb%23c?q=%C3%A9&r"),
    ],
)
def test_the_page_for_guests_leads_back_to_where_they_were(
    server: DevServer, path: str, query: bytes, target: str
) -> None:
    headers = [(b"accept", b"text/html")]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, "query_string": query}
    response = asyncio.run(EternaltwinLogin(SECRET).ask_to_sign_in(Request(scope), SignInRequired()))
    assert f'name="next" value="{target}"' in unescape(bytes(response.body).decode())


def test_pages_for_administrators_say_so(visitor: Visitor, server: DevServer) -> None:
    visitor.sign_in(server, server.add_user("zoe"))
    response = visitor.get("/admin")
    assert (response.status, response.text) == (403, "This is for administrators.")


def request_of(language: str = "") -> Request:
    """Return the request of a guest."""
    headers = [(b"accept-language", language.encode())] if language else []
    return Request({"type": "http", "method": "GET", "path": "/x", "headers": headers, "query_string": b""})


def test_the_button_signs_in_or_connects_in_the_language_of_the_player(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET, trusted_origins=["https://front.example"])
    button = login.button(request_of(), "https://front.example/a")
    assert (button.action, button.next, button.process) == ("/eternaltwin/login", "https://front.example/a", "login")
    assert (button.text, button.style) == ("Sign in with Eternaltwin", "eternaltwin-button")
    button = login.button(request_of("fr"), process="connect")
    assert (button.text, button.next, button.process) == ("Associer un compte Eternaltwin", None, "connect")
    assert login.button(request_of("fr"), text="Play").text == "Play"


def test_the_button_to_sign_out_is_in_the_language_of_the_player(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET, trusted_origins=["https://front.example"])
    button = login.logout_button(request_of(), next="https://front.example/a")
    assert (button.action, button.next, button.text) == ("/eternaltwin/logout", "https://front.example/a", "Sign out")
    assert button.style == "eternaltwin-logout"
    assert login.logout_button(request_of("fr")).text == "Se déconnecter"
    assert login.logout_button(request_of("fr"), "Leave").text == "Leave"


def test_a_second_connection_has_a_button_of_its_own(server: DevServer) -> None:
    with connected(default=(server, "inner"), beta=(server, "local")):
        login = EternaltwinLogin(SECRET, using="beta")
        assert login.button(request_of()).text == "Sign in with Eternaltwin (beta)"
        assert login.button(request_of()).action == "/eternaltwin/login"
        page = asyncio.run(login.ask_to_sign_in(Request({**request_of().scope, "headers": HTML}), SignInRequired()))
    assert f'href="{server.url}/"' in bytes(page.body).decode()


HTML = [(b"accept", b"text/html")]


def test_the_button_is_escaped() -> None:
    button = Button('/"x', "/a?b=<c>", "<Play>", {"csrf": '"'})
    assert str(button) == (
        '<form class="eternaltwin-form" method="post" action="/&#34;x">'
        '<input type="hidden" name="csrf" value="&#34;"><input type="hidden" name="next" value="/a?b=&lt;c&gt;">'
        '<button class="eternaltwin-button" type="submit">&lt;Play&gt;</button></form>'
    )


def test_a_player_in_a_template(server: DevServer) -> None:
    player = unpacked(["9F310484-963b-446b-af69-797feec6813f", "Zoé", True, 0], 10**9 * 4)
    assert player is not None
    assert (player.identifier, str(player), player.is_administrator) == (
        "9f310484-963b-446b-af69-797feec6813f",
        "Zoé",
        True,
    )
    assert (player.is_authenticated, player.is_active, player.is_anonymous) == (True, True, False)
    assert player.get_id() == player.identifier
