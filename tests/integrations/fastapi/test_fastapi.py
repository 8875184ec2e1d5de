"""The scenarios of a sign-in, and the parts that only FastAPI has: dependencies, and their OpenAPI description."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.templating import Jinja2Templates
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request

from eternaltwin.connections import async_connections
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.fastapi import EternaltwinLogin, Player, StrictCookieMiddleware
from tests.integrations.fastapi.games import make_bare_game, make_game, make_inner_game
from tests.integrations.starlette.games import SECRET
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.development_servers import connected
from tests.integrations.support.visitors import Visitor, target_of
from tests.integrations.support.web_scenarios import WebScenarios
from tests.support.programs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import Send


@pytest.fixture
def send(server: DevServer) -> Iterator[Send]:
    """Send requests to the game."""
    with asgi_sender(make_game()) as send:
        yield send


class TestFastAPI(WebScenarios):
    """FastAPI."""


def test_routers_with_a_prefix_need_a_callback_with_it(server: DevServer, zoe: UserRecord) -> None:
    with connected(default=(server, "inner")), asgi_sender(make_inner_game()) as send:
        assert 'action="/inner/eternaltwin/login"' in send("GET", "/", {}, b"").text
        visitor = Visitor(send, "/inner/eternaltwin")
        visitor.sign_in(server, zoe)
        assert visitor.player() == "Zoé"
        assert (
            "/inner/eternaltwin/login" in openapi(send)["components"]["securitySchemes"]["Eternaltwin"]["description"]
        )


def test_a_prefix_without_its_callback_is_an_error_at_the_start(server: DevServer) -> None:
    message = (
        r"below '/inner', so the callback is at /inner/eternaltwin/callback.*use EternaltwinLogin\(prefix=\.\.\.\)"
    )
    with pytest.raises(ConfigurationError, match=message) as caught, asgi_sender(make_inner_game()):
        pass
    assert caught.value.setting == "prefix"


def openapi(send: Send) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(send("GET", "/openapi.json", {}, b"").text)
    return document


def test_openapi_describes_the_session(send: Send, server: DevServer) -> None:
    document = openapi(send)
    scheme = document["components"]["securitySchemes"]["Eternaltwin"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "cookie", "eternaltwin_session")
    assert "/eternaltwin/login" in scheme["description"]
    for path in ("/me", "/admin"):
        assert document["paths"][path]["get"]["security"] == [{"Eternaltwin": []}]
        assert "parameters" not in document["paths"][path]["get"]
        assert "requestBody" not in document["paths"][path]["get"]
    assert document["paths"]["/other/player"]["get"]["security"] == [{"Eternaltwin-other": []}]
    assert not [path for path in document["paths"] if path.startswith("/eternaltwin")]


def test_openapi_has_the_cookies_name_over_https(server: DevServer) -> None:
    with connected(default=(server, "secure")), asgi_sender(make_game()) as send:
        scheme = openapi(send)["components"]["securitySchemes"]["Eternaltwin"]
    assert scheme["name"] == "__Host-eternaltwin_session"


@pytest.mark.parametrize(("given", "name"), [(None, "session"), ("mine", "mine")])
def test_openapi_has_the_cookie_of_starlettes_session(server: DevServer, given: str | None, name: str) -> None:
    app = make_bare_game(EternaltwinLogin(session="starlette", session_cookie=given))
    app.add_middleware(SessionMiddleware, secret_key=SECRET, session_cookie=name)
    app.add_middleware(StrictCookieMiddleware)
    with asgi_sender(app) as send:
        assert openapi(send)["components"]["securitySchemes"]["Eternaltwin"]["name"] == name


def test_players_land_on_the_root_of_an_application_with_a_prefix(server: DevServer, zoe: UserRecord) -> None:
    with connected(default=(server, "inner")), asgi_sender(make_inner_game()) as send:
        assert Visitor(send, "/inner/eternaltwin").sign_in(server, zoe).location == "/"


def test_it_can_be_created_before_the_connection() -> None:
    login = EternaltwinLogin(SECRET, using="later")
    assert login.router is login.router
    assert login.current_user is login.current_user


def test_the_routers_lifespan_closes_the_client(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    async def close() -> None:
        closed.append(True)

    monkeypatch.setattr(async_connections["default"], "close", close)
    with asgi_sender(make_game()):
        assert not closed
    assert closed == [True]


def test_the_template_of_the_documentation_escapes_display_names(server: DevServer, tmp_path: Path) -> None:
    documentation = (ROOT / "docs" / "fastapi.md").read_text(encoding="utf-8")
    (template,) = re.findall(r"^```jinja\n(.*?)^```$", documentation, re.MULTILINE | re.DOTALL)
    (tmp_path / "front.html").write_text(template, encoding="utf-8")
    login = EternaltwinLogin(SECRET)
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})

    def front(player: Player | None) -> str:
        context = {"player": player, "login": login}
        response = Jinja2Templates(tmp_path).TemplateResponse(request, "front.html", context)
        return bytes(response.body).decode()

    assert str(login.button(request, next="/arena")) in front(None)
    shown = front(Player("9f310484-963b-446b-af69-797feec6813f", "<i>Zoé</i>", False, datetime.now(UTC)))
    assert "Hello &lt;i&gt;Zoé&lt;/i&gt;!" in shown
    assert str(login.logout_button(request)) in shown


def test_the_router_has_the_routes_of_front_ends(server: DevServer, zoe: UserRecord) -> None:
    front = {"Origin": "http://localhost:5173", "Accept": "application/json"}
    login = EternaltwinLogin(SECRET, trusted_origins=["http://localhost:5173"])
    with asgi_sender(make_bare_game(login)) as send:
        assert send("OPTIONS", "/eternaltwin/me", front, b"").status == 204
        visitor = Visitor(send)
        started = visitor.post("/eternaltwin/login", {}, front)
        visitor.get(target_of(server.authorize(json.loads(started.text)["url"], zoe)))
        me = visitor.get("/eternaltwin/me", front)
    assert me.header("access-control-allow-origin") == "http://localhost:5173"
    assert json.loads(me.text)["display_name"] == "Zoé"
