"""The login page, over plain HTTP."""

from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eternaltwin.responses import Response

CALLBACK = "http://localhost:8000/oauth/callback"
AUTHORIZE = "/oauth/authorize?" + urlencode(
    {
        "response_type": "code",
        "client_id": "kingdom_dev@clients",
        "scope": "base",
        "state": "st&te",
        "redirect_uri": CALLBACK,
    }
)


class Visitor:
    """A minimal browser: keeps the session cookie and submits forms."""

    def __init__(self, server: DevServer) -> None:
        self._transport = server.transport
        self.sid: str | None = None

    def get(self, target: str) -> Response:
        return self._send("GET", target, {}, None)

    def login(self, destination: str | None = AUTHORIZE, **fields: str) -> Response:
        query = urlencode(({} if destination is None else {"next": destination}) | fields)
        return self.get(f"/login?{query}")

    def post(
        self, destination: str | None = AUTHORIZE, headers: Mapping[str, str] | None = None, **fields: str
    ) -> Response:
        body = urlencode(({} if destination is None else {"next": destination}) | fields).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._send("POST", "/login", kind | dict(headers or {}), body)

    def _send(self, method: str, target: str, headers: dict[str, str], body: bytes | None) -> Response:
        fields = headers if self.sid is None else headers | {"cookie": f"sid={self.sid}"}
        response = self._transport.send(
            HTTPRequest(method=method, target=target, headers=fields, body=body, timeout=5, is_idempotent=False)
        )
        for cookie in response.headers.get_all("set-cookie"):
            self.sid = cookie.partition("sid=")[2].partition(";")[0] or None
        return response


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


@pytest.fixture
def visitor(server: DevServer) -> Visitor:
    return Visitor(server)


def text(response: Response) -> str:
    """Return the text of a page."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", response.content.decode(), flags=re.DOTALL))


def alerts(response: Response) -> list[str]:
    found = re.findall(r'role="alert"[^>]*>(.*?)</p>', response.content.decode(), flags=re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", alert)) for alert in found]


def id_of(server: DevServer, name: str) -> str:
    return str(server.world.user(name).id)


# --- the page itself


def test_it_shows_the_game_and_its_callback(visitor: Visitor) -> None:
    page = visitor.login()
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Sign in to Kingdom" in text(page)
    assert "kingdom_dev@clients" in text(page)
    assert "Sends you to" in text(page)
    assert "localhost:8000" in text(page)


def test_it_shows_the_permissions_that_the_game_asks_for(visitor: Visitor) -> None:
    wanted = AUTHORIZE.replace("scope=base", "scope=base+forum%3Awrite")
    assert "your display name and to write in the forum as you" in text(visitor.login(wanted))


def test_it_offers_every_seeded_player(server: DevServer, visitor: Visitor) -> None:
    page = visitor.login()
    for user in server.world.users():
        assert f'value="{user.id}"' in page.content.decode()
        assert user.display_name in text(page)
    assert text(page).count("administrator") == 1


def test_without_a_game_there_is_a_plain_login(visitor: Visitor) -> None:
    page = visitor.login(None)
    assert "Log in" in text(page)
    assert "Refuse" not in text(page)
    assert alerts(page) == []


def test_other_destinations_lead_to_a_plain_login(visitor: Visitor) -> None:
    assert "Refuse" not in text(visitor.login("/other"))


def test_the_policy_forbids_scripts_and_other_resources(visitor: Visitor) -> None:
    page = visitor.login()
    style = re.search(r"<style>(.*)</style>", page.content.decode(), flags=re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = page.headers["content-security-policy"]
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|<link rel=\"stylesheet|src=|style=|\son\w+=", page.content.decode())
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"


def test_the_authorization_endpoint_redirects_guests_here(visitor: Visitor) -> None:
    response = visitor.get(AUTHORIZE)
    assert response.status_code == 303
    assert "Sign in to Kingdom" in text(visitor.get(response.headers["location"]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (AUTHORIZE.replace("8000", "9000"), "Q1003: provided redirect_uri does not match registered callback_uri\n"),
        (AUTHORIZE.replace("kingdom_dev", "no_such_game"), "Q1004: oauth client not found"),
        ("/oauth/authorize", "Q1001: missing client_id parameter"),
        (AUTHORIZE.replace("scope=base", "scope=everything"), "no such scope"),
        (f"{AUTHORIZE}&client_id=other", "duplicate field `client_id`"),
    ],
)
def test_a_wrong_authorization_request_is_explained(visitor: Visitor, wrong: str, message: str) -> None:
    (alert,) = alerts(visitor.login(wrong))
    assert "The request of the game is wrong" in alert
    assert message in alert


def test_both_callbacks_are_shown_when_they_differ(visitor: Visitor) -> None:
    (alert,) = alerts(visitor.login(AUTHORIZE.replace("8000", "9000")))
    assert f"registered: {CALLBACK}" in alert
    assert "provided: http://localhost:9000/oauth/callback" in alert


def test_submitted_text_is_escaped(server: DevServer, visitor: Visitor) -> None:
    markup = "\"'><script>alert(1)</script>"
    pages = [
        visitor.login(f"/oauth/authorize?client_id={quote(markup)}"),
        visitor.login(AUTHORIZE.replace("8000", quote(markup))),
        visitor.login(None, q=markup),
        visitor.login("/\"'><script>"),
        visitor.post(action="password", username=markup, password=markup),
        visitor.post(action="register", username=markup, display_name=markup, password=markup),
    ]
    server.add_user("odd", "Odd (one)")
    for page in pages:
        assert "<script" not in page.content.decode()
        assert "'><" not in page.content.decode()


# --- many players


def test_of_many_players_the_first_are_shown_and_others_found(server: DevServer, visitor: Visitor) -> None:
    for number in range(20):
        server.add_user(f"player_{number}")
    page = visitor.login()
    assert "12 of 26 players" in text(page)
    assert f'value="{id_of(server, "player_19")}"' not in page.content.decode()
    found = visitor.login(q="player_19")
    assert "1 of 1 players" in text(found)
    assert f'value="{id_of(server, "player_19")}"' in found.content.decode()
    assert "Kingdom" in text(found)


def test_a_search_without_results_shows_a_message(visitor: Visitor) -> None:
    assert "No player has such a name." in text(visitor.login(None, q="nobody"))


def test_without_players_there_are_still_the_forms() -> None:
    with DevServer.in_process() as server:
        for user in server.world.users():
            server.world.delete_user(user)
        page = Visitor(server).login()
        assert "Play as" not in text(page)
        assert "Register" in text(page)


def test_a_player_without_a_username_can_be_picked() -> None:
    with DevServer.in_process(
        {"seed": {"user": {"nameless": {"display_name": "Nameless", "username": None}}}}
    ) as server:
        assert "Nameless" in text(Visitor(server).login())


# --- logging in


def check_signed_in(visitor: Visitor, response: Response, name: str) -> None:
    assert response.status_code == 303
    assert response.headers["location"] == AUTHORIZE
    cookie = response.headers["set-cookie"]
    assert re.fullmatch(r"sid=[0-9a-f-]{36}; HttpOnly; Path=/", cookie)
    callback = visitor.get(AUTHORIZE).headers["location"]
    assert callback.startswith(f"{CALLBACK}?code=")
    assert parse_qs(urlsplit(callback).query)["state"] == ["st&te"]
    assert f'"value":"{name}"' in visitor.get("/api/v1/auth/self").content.decode()


def test_one_click_logs_in(server: DevServer, visitor: Visitor) -> None:
    check_signed_in(visitor, visitor.post(player=id_of(server, "bob")), "Bob")


@pytest.mark.parametrize("player", ["", "bob", "8f7c36a2-0f0e-4a0e-9d5e-52d2a3a4b5c6", "' or 1=1"])
def test_an_unknown_player_cannot_be_picked(visitor: Visitor, player: str) -> None:
    response = visitor.post(player=player)
    assert response.status_code == 422
    assert alerts(response) == ["This player is no longer there. Pick another."]
    assert visitor.sid is None


def test_a_deleted_player_cannot_be_picked(server: DevServer, visitor: Visitor) -> None:
    server.world.delete_user("bob")
    assert visitor.post(player=id_of(server, "bob")).status_code == 422


def test_name_and_password_log_in(visitor: Visitor) -> None:
    check_signed_in(visitor, visitor.post(action="password", username="alice", password="a" * 10), "Alice")


@pytest.mark.parametrize(
    ("username", "password"), [("alice", "wrong"), ("nobody", "aaaaaaaaaa"), ("", ""), ("Not a name", "x")]
)
def test_a_wrong_password_shows_a_message_and_keeps_the_name(visitor: Visitor, username: str, password: str) -> None:
    response = visitor.post(action="password", username=username, password=password)
    assert response.status_code == 401
    assert alerts(response) == ["No player has this name and password."]
    page = response.content.decode()
    assert not username or f'value="{username}"' in page
    assert not password or f'value="{password}"' not in page
    assert "<title>Error: " in page
    assert 'aria-describedby="password-problem"' in page
    assert f'name="next" value="{AUTHORIZE}"'.replace("&", "&amp;") in page
    assert visitor.sid is None


def test_missing_fields_count_as_a_wrong_password(visitor: Visitor) -> None:
    assert visitor.post(action="password").status_code == 401


def test_a_new_player_can_register(visitor: Visitor) -> None:
    response = visitor.post(action="register", username="zoe", display_name="Zoé", password="z" * 10)
    check_signed_in(visitor, response, "Zoé")


@pytest.mark.parametrize(
    ("username", "display_name"), [("alice", "Alice"), ("Zoe!", "Zoé"), ("zoe", "1"), ("", ""), ("zoe", "\ud800")]
)
def test_a_taken_or_malformed_name_shows_a_message_and_is_kept(
    visitor: Visitor, username: str, display_name: str
) -> None:
    sent = display_name.encode("utf-8", "replace").decode()
    response = visitor.post(action="register", username=username, display_name=sent, password="hidden12345")
    assert response.status_code == 422
    (alert,) = alerts(response)
    assert alert.startswith("This does not work: ")
    page = response.content.decode()
    assert not username or f'value="{username}"' in page
    assert "hidden12345" not in page
    assert visitor.sid is None


def test_without_a_destination_the_page_shows_who_is_logged_in(server: DevServer, visitor: Visitor) -> None:
    response = visitor.post(None, player=id_of(server, "bob"))
    assert response.headers["location"] == "/login"
    page = text(visitor.login(None))
    assert "You are logged in as Bob." in page
    assert "Continue" not in page


def test_an_unknown_action_shows_the_page(visitor: Visitor) -> None:
    assert visitor.post(action="dance").status_code == 200
    assert visitor.post().status_code == 200


# --- being logged in already


def test_a_logged_in_user_can_continue_or_be_somebody_else(server: DevServer, visitor: Visitor) -> None:
    visitor.post(player=id_of(server, "bob"))
    page = visitor.login()
    assert "Continue as Bob" in text(page)
    assert f'href="{AUTHORIZE}"'.replace("&", "&amp;") in page.content.decode()
    assert f'value="{id_of(server, "bob")}"' not in page.content.decode()
    check_signed_in(visitor, visitor.post(player=id_of(server, "alice")), "Alice")


def test_a_logged_in_user_can_log_out(server: DevServer, visitor: Visitor) -> None:
    visitor.post(player=id_of(server, "bob"))
    response = visitor.post(log_out="1")
    assert response.status_code == 303
    assert response.headers["location"].startswith("/login?next=%2Foauth%2Fauthorize%3F")
    assert "Expires=Thu, 01 Jan 1970" in response.headers["set-cookie"]
    assert "You are logged in" not in text(visitor.get(response.headers["location"]))
    assert visitor.post(None, log_out="1").headers["location"] == "/login"


def test_a_game_with_credentials_is_not_a_logged_in_user(server: DevServer) -> None:
    credentials = base64.b64encode(b"kingdom_dev@clients:dev").decode()
    response = server.transport.send(
        HTTPRequest(
            method="GET",
            target="/login",
            headers={"authorization": f"Basic {credentials}"},
            body=None,
            timeout=5,
            is_idempotent=True,
        )
    )
    assert "You are logged in" not in text(response)


# --- refusing


def test_refusing_redirects_to_the_callback_with_an_error(visitor: Visitor) -> None:
    response = visitor.post(action="refuse")
    assert response.status_code == 303
    assert response.headers["location"] == f"{CALLBACK}?error=access_denied&state=st%26te"
    assert visitor.sid is None


def test_refusing_without_a_state_sends_none_back(visitor: Visitor) -> None:
    response = visitor.post("/oauth/authorize?client_id=kingdom_dev%40clients", action="refuse")
    assert response.headers["location"] == f"{CALLBACK}?error=access_denied"


@pytest.mark.parametrize(
    "destination",
    [
        None,
        "/",
        "/oauth/authorize",
        "/oauth/authorize/",
        "/oauth/token?client_id=kingdom_dev%40clients",
        AUTHORIZE.replace("localhost%3A8000", "evil.example"),
        f"{AUTHORIZE}&redirect_uri=http%3A%2F%2Fevil.example",
        AUTHORIZE.replace("kingdom_dev", "evil"),
        f"http://evil.example{AUTHORIZE}",
        f"//evil.example{AUTHORIZE}",
    ],
)
def test_refusing_redirects_to_registered_callbacks_only(visitor: Visitor, destination: str | None) -> None:
    response = visitor.post(destination, action="refuse")
    assert response.status_code == 422
    assert "location" not in response.headers
    assert alerts(response)


# --- where the player goes, and where forms come from


@pytest.mark.parametrize(
    "destination",
    [
        "http://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example",
        "/x\\y",
        "https:evil.example",
        "javascript:alert(1)",
        " /login",
        "/a b",
        "/\t/evil.example",
        "/\r\nset-cookie: a=b",
        "/é",
        "",
        "login",
        "/" + "x" * 9000,
    ],
)
def test_a_destination_on_another_server_is_ignored(server: DevServer, visitor: Visitor, destination: str) -> None:
    response = visitor.post(destination, player=id_of(server, "bob"))
    assert response.status_code == 303
    assert response.headers["location"] == "/login"
    page = visitor.login(destination)
    assert 'name="next"' not in page.content.decode()


@pytest.fixture(scope="module")
def shared() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


@given(st.text() | st.text(alphabet="/\\:@.%?#ab\r\n\t ").map(lambda text: "/" + text))
def test_no_destination_leads_to_another_server(shared: DevServer, destination: str) -> None:
    sent = destination.encode("utf-8", "replace").decode()
    response = Visitor(shared).post(sent, player=id_of(shared, "bob"))
    location = response.headers["location"]
    assert location.startswith("/")
    assert location[1:2] not in ("/", "\\")
    assert location.isascii()
    assert location.isprintable()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://["},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://eternaltwin.test", "sec-fetch-site": "cross-site"},
    ],
)
def test_another_site_cannot_log_its_visitors_in(server: DevServer, visitor: Visitor, headers: dict[str, str]) -> None:
    for fields in (
        {"player": id_of(server, "bob")},
        {"action": "password", "username": "alice", "password": "a" * 10},
        {"action": "register", "username": "zoe", "display_name": "Zoe", "password": "z" * 10},
        {"action": "refuse"},
        {"log_out": "1"},
    ):
        response = visitor.post(AUTHORIZE, headers, **fields)
        assert response.status_code == 403
        assert "set-cookie" not in response.headers
        assert "location" not in response.headers
        assert "another site" in alerts(response)[0]
    assert len(server.world.users()) == 6


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://eternaltwin.test"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "https://proxy.example"},
    ],
)
def test_the_page_itself_can_log_in(server: DevServer, visitor: Visitor, headers: dict[str, str]) -> None:
    assert visitor.post(AUTHORIZE, headers, player=id_of(server, "bob")).status_code == 303
