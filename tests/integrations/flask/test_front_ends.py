"""Front ends in JavaScript, on the game's own origin and on others that it trusts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest

from eternaltwin.integrations.flask import Eternaltwin
from tests.integrations.flask.games import make_app, make_game, wsgi_sender
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor, target_of

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import GameResponse

FRONT_END = "http://localhost:5173"
JSON = {"Accept": "application/json"}
TRUSTED = {**JSON, "Origin": FRONT_END, "Sec-Fetch-Site": "same-site"}


@pytest.fixture
def visitor(server: DevServer) -> Visitor:
    app = make_game(ETERNALTWIN_TRUSTED_ORIGINS=[FRONT_END])
    return Visitor(wsgi_sender(app))


def body(response: GameResponse) -> dict[str, object]:
    assert response.header("content-type") == "application/json"
    assert response.header("cache-control") == "no-store"
    return cast("dict[str, object]", json.loads(response.text))


def post(visitor: Visitor, view: str, fields: dict[str, str], headers: dict[str, str]) -> GameResponse:
    """Send JSON, as a script does."""
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    sent = {**headers, "Content-Type": "application/json", "Cookie": cookie}
    response = visitor.send("POST", f"/eternaltwin/{view}", sent, json.dumps(fields).encode())
    for name, value in response.headers:
        if name == "Set-Cookie":
            key, _, rest = value.partition("=")
            visitor.cookies[key] = rest.partition(";")[0]
    return response


@pytest.mark.parametrize("headers", [{**JSON, **SAME_ORIGIN}, TRUSTED], ids=["same origin", "trusted"])
def test_a_script_starts_a_sign_in_and_reads_who_is_signed_in(
    visitor: Visitor, server: DevServer, zoe: UserRecord, headers: dict[str, str]
) -> None:
    me = visitor.get("/eternaltwin/me", headers)
    assert (me.status, me.header("www-authenticate")) == (401, "Eternaltwin")
    assert body(me) == {"error": "Sign in with Eternaltwin first."}
    started = post(visitor, "login", {"next": f"{FRONT_END}/arena"}, headers)
    assert started.status == 200
    url = body(started)["url"]
    response = visitor.get(target_of(server.authorize(str(url), zoe)))
    assert response.location == f"{FRONT_END}/arena"
    me = visitor.get("/eternaltwin/me", headers)
    content = body(me)
    assert content.pop("logged_in_at")
    assert content == {"identifier": str(zoe.id), "display_name": "Zoé", "is_administrator": False}
    ended = post(visitor, "logout", {"next": f"{FRONT_END}/bye"}, headers)
    assert (ended.status, body(ended)) == (200, {"url": f"{FRONT_END}/bye"})


def test_only_scripts_of_trusted_origins_may_read_responses(visitor: Visitor) -> None:
    for view in ("me", "login", "logout"):
        trusted = visitor.send("OPTIONS", f"/eternaltwin/{view}", {"Origin": FRONT_END}, b"")
        assert trusted.status == 204
        assert trusted.header("access-control-allow-origin") == FRONT_END
        assert trusted.header("access-control-allow-credentials") == "true"
        assert trusted.header("access-control-allow-methods") == "GET, POST"
        assert "Origin" in trusted.header("vary")
        for origin in ("http://localhost:5174", "null", f"{FRONT_END}/"):
            other = visitor.send("OPTIONS", f"/eternaltwin/{view}", {"Origin": origin}, b"")
            assert not other.header("access-control-allow-origin")
            assert not other.header("access-control-allow-methods")
    assert visitor.get("/eternaltwin/me", TRUSTED).header("access-control-allow-origin") == FRONT_END
    page = visitor.get("/eternaltwin/failed/expired", TRUSTED)
    assert not page.header("access-control-allow-origin")


def test_scripts_of_other_origins_start_and_end_nothing(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.sign_in(server, zoe)
    headers = {**JSON, "Origin": "http://localhost:5174", "Sec-Fetch-Site": "same-site"}
    for view in ("login", "logout"):
        response = post(visitor, view, {}, headers)
        assert (response.status, response.header("access-control-allow-origin")) == (403, "")
    assert visitor.get("/me").text == "Zoé"
    assert body(post(visitor, "logout", {"next": "https://evil.example/"}, TRUSTED)) == {"url": "/"}


def test_a_view_for_players_responds_with_json_to_who_accepts_json(visitor: Visitor) -> None:
    response = visitor.get("/me", JSON)
    assert (response.status, response.header("www-authenticate")) == (401, "Eternaltwin")
    assert body(response) == {"error": "Sign in with Eternaltwin first."}
    assert "<form" in visitor.get("/me", {"Accept": "text/html,application/json"}).text


def test_a_game_without_trusted_origins_has_no_headers_for_them(server: DevServer) -> None:
    app = make_app()
    Eternaltwin(app)
    visitor = Visitor(wsgi_sender(app))
    assert not visitor.get("/eternaltwin/me", TRUSTED).header("access-control-allow-origin")
    assert "Origin" not in visitor.get("/eternaltwin/me", TRUSTED).header("vary")
    assert visitor.send("OPTIONS", "/eternaltwin/me", {"Origin": FRONT_END}, b"").status == 204
