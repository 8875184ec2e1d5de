"""The page that refuses an authorization request."""

from __future__ import annotations

import re
import tomllib
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.responses import Response

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CALLBACK = "http://localhost:8000/oauth/callback"
GOOD = {"response_type": "code", "client_id": "kingdom_dev@clients", "redirect_uri": CALLBACK, "scope": "base"}


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    config = {"seed": {"user": {"zoe": {"username": "zoe", "display_name": "Zoe", "must_accept_terms": True}}}}
    with DevServer.in_process(config) as server:
        yield server


def authorize(server: DevServer, accept: str = BROWSER, player: str = "bob", /, **changes: str | None) -> Response:
    query = urlencode({name: value for name, value in {**GOOD, **changes}.items() if value is not None})
    return get(server, f"/oauth/authorize?{query}", accept, player)


def get(server: DevServer, target: str, accept: str = BROWSER, player: str = "bob") -> Response:
    fields = {"accept": accept, "cookie": f"sid={server.login(player)}"}
    return server.transport.send(
        HTTPRequest(method="GET", target=target, headers=fields, body=None, timeout=5, is_idempotent=True)
    )


def text(response: Response) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(plain)).replace(" .", ".")


def snippets(response: Response) -> list[str]:
    found = re.findall(r'<pre class="snippet"><code>(.*?)</code></pre>', response.content.decode(), re.DOTALL)
    return [unescape(snippet) for snippet in found]


CASES: list[tuple[str, int, dict[str, str | None], str]] = [
    ("Q1001", 422, {"client_id": None}, "client_id not sent"),
    ("Q1002", 422, {"client_id": "Kingdom!"}, "client_id Kingdom!"),
    ("Q1003", 422, {"redirect_uri": "http://localhost:9000/oauth/callback"}, "http://localhost:9000/oauth/callback"),
    ("Q1004", 422, {"client_id": "nobody@clients"}, "Game unknown client_id nobody@clients"),
    ("Q1005", 422, {"response_type": None}, "Game Kingdom kingdom_dev@clients response_type not sent"),
    ("Q1006", 422, {"response_type": "codes"}, "Game Kingdom kingdom_dev@clients response_type codes"),
    ("Q1006", 422, {"response_type": ""}, "response_type (empty)"),
    ("S1001", 501, {"response_type": "token"}, "Game Kingdom kingdom_dev@clients response_type token"),
    ("Q1007", 422, {"scope": "base everything"}, "Game Kingdom kingdom_dev@clients scope base everything"),
]


@pytest.mark.parametrize(("code", "status", "changes", "shown"), CASES)
def test_a_browser_gets_a_page_that_shows_what_was_provided(
    server: DevServer, code: str, status: int, changes: dict[str, str | None], shown: str
) -> None:
    response = authorize(server, **changes)
    assert response.status_code == status
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in response.headers["content-security-policy"]
    assert f"{code}: " in text(response)
    assert shown in text(response)
    assert "You are logged in as Bob." in text(response)
    assert snippets(response)


@pytest.mark.parametrize(("code", "status", "changes", "shown"), CASES)
def test_programs_get_the_recorded_json(
    server: DevServer, code: str, status: int, changes: dict[str, str | None], shown: str
) -> None:
    del shown
    for accept in ("*/*", "application/json", "application/json, text/html"):
        response = authorize(server, accept, **changes)
        assert response.status_code == status
        assert dict(response.headers.items()).keys() == {"content-type", "content-length"}
        assert response.json()["code"] == code


def test_a_request_that_is_in_order_is_no_page(server: DevServer) -> None:
    response = authorize(server)
    assert response.status_code == 303
    assert response.headers["location"].startswith(f"{CALLBACK}?code=")


def test_the_registered_and_the_provided_callback_differ_visibly(server: DevServer) -> None:
    response = authorize(server, redirect_uri="http://localhost:8001/oauth/callback")
    shown = response.content.decode()
    assert "http://localhost:800<mark>0</mark>/oauth/callback" in shown
    assert "http://localhost:800<mark>1</mark>/oauth/callback" in shown
    assert "They differ from character 21 on." in text(response)
    assert "<mark>(nothing)</mark>" in authorize(server, redirect_uri=f"{CALLBACK}/").content.decode()


def test_the_callback_can_be_registered_with_the_snippet(server: DevServer) -> None:
    wanted = "http://localhost:9000/a?b=%22&c='"
    table, value = snippets(authorize(server, redirect_uri=wanted))
    assert value == CALLBACK
    by_id = authorize(server, client_id=str(server.world.client("kingdom_dev").id), redirect_uri=wanted)
    assert snippets(by_id) == [table, value]
    with DevServer.in_process(tomllib.loads(table)) as mended:
        assert authorize(mended, redirect_uri=wanted).status_code == 303


def test_an_address_that_is_not_in_its_normal_form_must_be_changed_in_the_game(server: DevServer) -> None:
    response = authorize(server, redirect_uri="HTTP://LOCALHOST:80/callback")
    assert "let the game send it exactly as it stands here" in text(response)
    table, _ = snippets(response)
    assert 'oauth_callback = "http://localhost/callback"' in table
    assert snippets(authorize(server, redirect_uri="HTTP://localhost:8000/oauth/callback")) == [CALLBACK]
    assert snippets(authorize(server, redirect_uri="callback")) == [CALLBACK]


def test_a_new_game_can_be_added_with_the_snippet(server: DevServer) -> None:
    changes: dict[str, str | None] = {"client_id": "arena@clients", "redirect_uri": "http://localhost:3000/back"}
    (table,) = snippets(authorize(server, **changes))
    with DevServer.in_process(tomllib.loads(table)) as mended:
        assert authorize(mended, **changes).status_code == 303
        assert mended.world.client("arena").uri == "http://localhost:3000/"


def test_a_similar_game_is_proposed(server: DevServer) -> None:
    assert snippets(authorize(server, client_id="kingdom_dev"))[0] == "kingdom_dev@clients"
    assert snippets(authorize(server, client_id="kingdm_dev@clients"))[0] == "kingdom_dev@clients"
    (table,) = snippets(authorize(server, client_id="33f2e54f-e3c8-5dbe-a17c-dcb9d00e3c4c"))
    assert table.startswith("[seed.app.mygame]\n")


def test_scopes_are_those_of_the_version() -> None:
    with DevServer.in_process(api_version="0.16.4") as server:
        response = authorize(server, scope="forum:write")
        assert snippets(response) == ["base"]
        assert "Version 0.16.4" in text(response)


def test_errors_without_advice_are_pages_too(server: DevServer) -> None:
    repeated = get(server, f"/oauth/authorize?{urlencode(GOOD)}&client_id=x")
    assert repeated.status_code == 400
    assert "duplicate field `client_id`" in text(repeated)
    terms = authorize(server, BROWSER, "zoe")
    assert terms.status_code == 403
    assert "Q1012: terms of service not accepted" in text(terms)
    assert "You are logged in as Zoe." in text(terms)
    assert 'href="/tos-accept">Accept the terms of service' in terms.content.decode()
    assert snippets(repeated) == snippets(terms) == []


def test_nothing_that_was_provided_is_trusted(server: DevServer) -> None:
    markup = "\"'><script>alert(1)</script><a href=javascript:alert(1)>x</a>"
    link = "javascript:alert(1)"
    for value in (markup, link, "a" * 5000, "\u202egpj.exe\x00"):
        for name in ("client_id", "redirect_uri", "response_type", "scope"):
            shown = authorize(server, **{name: value}).content.decode()
            links = set(re.findall(r'href="([^"]*)"', shown.partition("</head>")[2]))
            assert links == {"/", "/reference"}
            assert "<script" not in shown
            assert "\u202e" not in shown
            assert len(shown) < 40_000


def test_the_reason_of_a_page_is_logged(server: DevServer) -> None:
    authorize(server, redirect_uri="http://localhost:9000/")
    page = server.requests[-1].refusal
    authorize(server, "*/*", redirect_uri="http://localhost:9000/")
    assert page == server.requests[-1].refusal
    assert b'"Q1003"' in page


def test_guests_see_the_same_on_the_login_page(server: DevServer) -> None:
    query = urlencode({**GOOD, "redirect_uri": "http://localhost:8001/oauth/callback"})
    target = f"/login?{urlencode({'next': f'/oauth/authorize?{query}'})}"
    request = HTTPRequest(
        method="GET", target=target, headers={"accept": BROWSER}, body=None, timeout=5, is_idempotent=True
    )
    guest = server.transport.send(request)
    member = authorize(server, redirect_uri="http://localhost:8001/oauth/callback")
    assert snippets(guest) == snippets(member)
    for page in (guest, member):
        assert "http://localhost:800<mark>1</mark>/oauth/callback" in page.content.decode()
