"""The behaviour of a sign-in in a game with accounts of its own, in every framework.

A test module subclasses the classes, and has a fixture `start`, a `StartGame`. The game is at `http://testserver`, has
two connections as in `web_scenarios`, and:

- `POST /password` with the field `name` signs a player in to the game itself, as with a password, opens a new session
  of the game, and redirects to `/`. `GET /whoami` returns the name of that player, or an empty string.
- A sign-in with Eternaltwin signs in the player of the game to whom the account is connected. For an unknown account it
  creates one, whose name is the display name.
- Connecting gives the account to the player who is signed in. It is `AccountTakenError` if another has it.
- `POST /disconnect` takes the account away from the player who is signed in, and redirects to `/`.
- The game refuses the sign-in of `Banned`, and its code fails with a `KeyError` for `Breaker`.
- The page `/` has a button with `process="connect"` for a player of the game, otherwise one that signs in.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from eternaltwin.exceptions import ConfigurationError
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor, target_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import GameResponse, Send

FRONT = "http://localhost:5173"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
FROM_FRONT = {"Origin": FRONT, "Sec-Fetch-Site": "cross-site", **JSON}

#: What frameworks strip off the names of cookies, as the bytes of a header: white space of Latin-1, and an en quad.
SPACES = ("\xa0", "\x85", "\x1f", "\x0c", "\u2000".encode().decode("latin-1"))


class StartGame(Protocol):
    """Starts a game for the time of the test, and returns the function that sends requests to it."""

    def __call__(self, *, is_debug: bool = False, **settings: Any) -> Send: ...


def enter(visitor: Visitor, name: str) -> None:
    """Sign in to the game itself."""
    assert visitor.submit("/password", {"name": name}).status == 303


def whoami(visitor: Visitor) -> str:
    """Return who is signed in to the game itself."""
    return visitor.get("/whoami").text


class ConnectScenarios:
    """Accounts of Eternaltwin that are connected to the players of a game."""

    def test_connecting_keeps_the_player_of_the_game(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        response = visitor.sign_in(server, zoe, "/settings/", process="connect")
        assert (response.status, response.location) == (303, "/settings/")
        assert whoami(visitor) == "old player"
        elsewhere = Visitor(visitor.send)
        elsewhere.sign_in(server, zoe)
        assert whoami(elsewhere) == "old player"

    def test_a_sign_in_without_connecting_is_somebody_new(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        visitor.sign_in(server, zoe)
        assert whoami(visitor) == "Zoé"

    def test_the_button_connects(self, start: StartGame, server: DevServer) -> None:
        visitor = Visitor(start())
        assert "process" not in visitor.get("/").text
        enter(visitor, "old player")
        assert '<input type="hidden" name="process" value="connect">' in visitor.get("/").text

    def test_an_account_that_is_taken_is_not_merged(
        self, start: StartGame, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
    ) -> None:
        send = start()
        Visitor(send).sign_in(server, zoe)
        visitor = Visitor(send)
        enter(visitor, "old player")
        with caplog.at_level("INFO"):
            word, page = visitor.fail(visitor.callback_of(server, zoe, process="connect"))
        assert (word, page.status) == ("taken", 409)
        assert "belongs to another player here" in page.text
        assert "Sign in with Eternaltwin" in page.text
        assert "AccountTakenError" in caplog.text
        assert whoami(visitor) == "old player"
        again = Visitor(send)
        again.sign_in(server, zoe)
        assert whoami(again) == "Zoé"

    @pytest.mark.parametrize("how", ["refused", "interrupted", "the game"])
    def test_connecting_that_fails_can_be_tried_again_and_makes_nobody_new(
        self, start: StartGame, server: DevServer, zoe: UserRecord, how: str
    ) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        player = server.add_user("breaker") if how == "the game" else zoe
        callback = visitor.callback_of(server, player, "/settings/", process="connect")
        if how == "refused":
            callback = re.sub("code=[^&]*", "error=access_denied", callback)
        elif how == "interrupted":
            server.fail_next(503, path="/oauth/token")
        page = visitor.fail(callback)[1]
        assert "Nothing has changed" in page.text
        assert "Connect with Eternaltwin" in page.text
        hidden = dict(re.findall(r'type="hidden" name="(next|process)" value="([^"]*)"', page.text))
        assert hidden == {"next": "/settings/", "process": "connect"}
        assert visitor.sign_in(server, zoe, **hidden).location == "/settings/"
        assert whoami(visitor) == "old player"

    def test_disconnecting(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        visitor.sign_in(server, zoe, process="connect")
        assert visitor.get("/eternaltwin/me").status == 200
        assert visitor.submit("/disconnect").status == 303
        assert whoami(visitor) == "old player"
        assert visitor.get("/eternaltwin/me").status == 401
        elsewhere = Visitor(visitor.send)
        elsewhere.sign_in(server, zoe)
        assert whoami(elsewhere) == "Zoé"

    def test_nobody_connects_an_account_without_being_signed_in(self, start: StartGame, server: DevServer) -> None:
        visitor = Visitor(start())
        response = visitor.submit("/eternaltwin/login", {"process": "connect", "next": "/settings/"})
        assert response.location == "/eternaltwin/failed/other-player?next=/settings/&process=connect"
        page = visitor.get(response.location)
        assert page.status == 409
        assert "Sign in with Eternaltwin" not in page.text  # after which the player would be somebody new
        assert not server.requests

    @pytest.mark.parametrize("name", ["somebody else", None])
    def test_only_the_player_who_wanted_to_connect_gets_the_account(
        self, start: StartGame, server: DevServer, zoe: UserRecord, name: str | None
    ) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        callback = visitor.callback_of(server, zoe, process="connect")
        if name is None:
            visitor.cookies = {key: value for key, value in visitor.cookies.items() if "login" in key}
        else:
            enter(visitor, name)
        word, page = visitor.fail(callback)
        assert word == "other-player"
        assert "Connect with Eternaltwin" in page.text
        assert whoami(visitor) == (name or "")

    def test_other_processes_are_a_sign_in(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        visitor.sign_in(server, zoe, process="steal")
        assert whoami(visitor) == "Zoé"


class CallbackScenarios:
    """Callbacks that are stale, or whose sign-in fails, in the game or at Eternaltwin."""

    @pytest.mark.parametrize("how", ["replayed", "expired", "other browser"])
    def test_a_stale_callback_leads_a_signed_in_player_on(
        self, start: StartGame, server: DevServer, zoe: UserRecord, later: Callable[[float], None], how: str
    ) -> None:
        visitor = Visitor(start(session_max_age=100_000))
        callback = visitor.callback_of(server, zoe, "/arena/one/")
        if how == "replayed":
            visitor.get(callback)
        elif how == "expired":
            visitor.sign_in(server, "alice")
            later(1000)
        else:
            visitor.cookies.clear()
            visitor.sign_in(server, "alice")
        response = visitor.get(callback)
        assert (response.status, response.location) == (303, "/" if how == "other browser" else "/arena/one/")

    def test_a_stale_callback_leads_a_player_of_the_game_on(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start())
        enter(visitor, "old player")
        callback = Visitor(visitor.send).callback_of(server, zoe)
        assert visitor.get(callback).location == "/"

    def test_a_stale_callback_of_a_guest_offers_to_start_again_with_the_same_destination(
        self, start: StartGame, server: DevServer, zoe: UserRecord, later: Callable[[float], None]
    ) -> None:
        visitor = Visitor(start())
        callback = visitor.callback_of(server, zoe, "/arena/one/?x=1&y=2")
        later(1000)
        response = visitor.get(callback)
        assert response.location == "/eternaltwin/failed/expired?next=/arena/one/%3Fx%3D1%26y%3D2"
        assert 'name="next" value="/arena/one/?x=1&amp;y=2"' in visitor.get(response.location).text
        stranger = Visitor(visitor.send)
        assert stranger.get(callback).location == "/eternaltwin/failed/expired"

    @pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
    def test_the_page_of_a_failure_leads_to_this_site_only(
        self, start: StartGame, server: DevServer, target: str
    ) -> None:
        assert "evil" not in Visitor(start()).get(f"/eternaltwin/failed/expired?next={target}").text

    def test_a_forged_callback_is_an_error_for_signed_in_players_as_well(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start())
        visitor.sign_in(server, zoe)
        assert visitor.fail("/eternaltwin/callback?code=x&state=y")[0] == "state"

    def test_the_callback_redirects_when_the_code_of_the_game_fails(
        self, start: StartGame, server: DevServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        visitor = Visitor(start())
        callback = visitor.callback_of(server, server.add_user("breaker"), "/arena/one/")
        response = visitor.get(callback)
        assert (response.status, response.location) == (303, "/eternaltwin/failed/game?next=/arena/one/")
        page = visitor.get(response.location)
        assert page.status == 500
        assert "This game has failed to sign you in" in page.text
        assert whoami(visitor) == ""
        (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert record.exc_info is not None
        assert "KeyError: 'the code of the game'" in caplog.text
        assert visitor.fail(callback)[0] == "replayed"

    def test_a_failure_that_is_not_the_players_is_logged_as_a_warning_with_its_cause(
        self, start: StartGame, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
    ) -> None:
        visitor = Visitor(start())
        server.fail_next(503, path="/oauth/token")
        with caplog.at_level("INFO"):
            visitor.fail(visitor.callback_of(server, zoe))
        (record,) = [record for record in caplog.records if "nobody was signed in" in record.getMessage()]
        assert record.levelname == "WARNING"
        assert "503" in record.getMessage()
        assert record.name.startswith("eternaltwin.integrations.")

    def test_the_page_of_a_failure_shows_its_cause_in_debug_mode_only(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        for is_debug in (True, False):
            visitor = Visitor(start(is_debug=is_debug))
            assert "caused by" not in visitor.get("/eternaltwin/failed/setup").text
            server.fail_next(401, path="/oauth/token")
            word, page = visitor.fail(visitor.callback_of(server, zoe))
            assert word == "setup"
            assert ("LoginMisconfiguredError: check client_id, client_secret" in page.text) is is_debug
            assert "the secret of game" not in page.text

    def test_a_cookie_that_only_looks_like_the_protected_one_is_ignored(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        """Chromium lets a subdomain set cookies for the domain whose names start with white space of Unicode."""
        send = start()
        attacker, victim = Visitor(send), Visitor(send)
        callback = attacker.callback_of(server, zoe)
        for space in SPACES:
            victim.cookies = {f"{space}{key}": value for key, value in attacker.cookies.items()}
            assert victim.fail(callback)[0] == "other-browser"
            assert whoami(victim) == ""

    def test_a_session_in_a_cookie_that_only_looks_like_the_protected_one_is_ignored(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        send = start()
        attacker = Visitor(send)
        attacker.sign_in(server, zoe)
        assert attacker.get("/eternaltwin/me").status == 200
        for space in SPACES:
            victim = Visitor(send, cookies={f"{space}{key}": value for key, value in attacker.cookies.items()})
            assert victim.get("/eternaltwin/me").status == 401

    def test_a_session_cookie_that_occurs_twice_is_ignored(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start())
        visitor.sign_in(server, zoe)
        header = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        for cookie, status in ((header, 200), (f"{header}; {header}", 401)):
            assert visitor.send("GET", "/eternaltwin/me", {"Cookie": cookie}, b"").status == status


class FrontEndScenarios:
    """A front end in JavaScript, on the same origin and on a trusted one."""

    def test_a_login_with_json_returns_the_url(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        response = post_json(visitor, "/eternaltwin/login", {"next": "/arena/one/"}, {**SAME_ORIGIN, **JSON})
        assert (response.status, response.header("content-type")) == (200, "application/json")
        assert response.header("cache-control") == "no-store"
        body = json.loads(response.text)
        assert set(body) == {"url"}
        done = visitor.get(target_of(server.authorize(body["url"], zoe)))
        assert (done.status, done.location) == (303, "/arena/one/")

    def test_a_logout_with_json_returns_the_url(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        visitor.sign_in(server, zoe)
        response = post_json(visitor, "/eternaltwin/logout", {"next": "/arena/one/"}, {**SAME_ORIGIN, **JSON})
        assert (response.status, json.loads(response.text)) == (200, {"url": "/arena/one/"})
        assert visitor.get("/eternaltwin/me").status == 401

    def test_the_player_as_json(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        guest = visitor.get("/eternaltwin/me")
        assert (guest.status, guest.header("www-authenticate")) == (401, "Eternaltwin")
        assert json.loads(guest.text) == {"error": "Sign in with Eternaltwin first."}
        visitor.sign_in(server, zoe)
        response = visitor.get("/eternaltwin/me")
        assert (response.status, response.header("content-type")) == (200, "application/json")
        assert response.header("cache-control") == guest.header("cache-control") == "no-store"
        player = json.loads(response.text)
        assert set(player) == {"identifier", "display_name", "is_administrator", "logged_in_at"}
        assert (player["identifier"], player["display_name"]) == (str(zoe.id), "Zoé")
        assert player["logged_in_at"].endswith("Z")

    def test_a_front_end_on_a_trusted_origin_signs_in_and_out(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start(trusted_origins=[FRONT]))
        started = post_json(visitor, "/eternaltwin/login", {"next": f"{FRONT}/arena?x=1"}, FROM_FRONT)
        check_readable(started)
        done = visitor.get(target_of(server.authorize(json.loads(started.text)["url"], zoe)))
        assert done.location == f"{FRONT}/arena?x=1"
        me = visitor.get("/eternaltwin/me", FROM_FRONT)
        check_readable(me)
        assert json.loads(me.text)["display_name"] == "Zoé"
        left = post_json(visitor, "/eternaltwin/logout", {"next": f"{FRONT}/"}, FROM_FRONT)
        check_readable(left)
        assert json.loads(left.text) == {"url": f"{FRONT}/"}
        guest = visitor.get("/eternaltwin/me", FROM_FRONT)
        check_readable(guest)
        assert guest.status == 401

    def test_a_failure_leads_back_to_the_trusted_origin(
        self, start: StartGame, server: DevServer, zoe: UserRecord, later: Callable[[float], None]
    ) -> None:
        visitor = Visitor(start(trusted_origins=[FRONT]))
        callback = visitor.callback_of(server, zoe, f"{FRONT}/arena")
        later(1000)
        page = visitor.fail(callback)[1]
        assert f'name="next" value="{FRONT}/arena"' in page.text

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", f"{FRONT}.evil.example", "http://localhost:5174", "null"]
    )
    @pytest.mark.parametrize("trusted", [[], [FRONT]], ids=len)
    def test_other_origins_do_nothing_and_read_nothing(
        self, start: StartGame, server: DevServer, zoe: UserRecord, trusted: list[str], origin: str
    ) -> None:
        visitor = Visitor(start(trusted_origins=trusted))
        visitor.sign_in(server, zoe)
        headers = {**FROM_FRONT, "Origin": origin}
        for path in ("login", "logout"):
            response = post_json(visitor, f"/eternaltwin/{path}", {}, headers)
            assert response.status == 403
            assert not response.header("access-control-allow-origin")
        me = visitor.get("/eternaltwin/me", headers)
        assert me.status == 200
        assert not me.header("access-control-allow-origin")
        assert ("Origin" in me.header("vary")) is bool(trusted)

    def test_preflights_allow_trusted_origins_only(self, start: StartGame, server: DevServer) -> None:
        send = start(trusted_origins=[FRONT])
        for path in ("login", "logout", "me"):
            asked = {"Origin": FRONT, "Access-Control-Request-Method": "POST"}
            allowed = send("OPTIONS", f"/eternaltwin/{path}", asked, b"")
            assert (allowed.status, allowed.text) == (204, "")
            check_readable(allowed)
            assert "Content-Type" in allowed.header("access-control-allow-headers")
            refused = send("OPTIONS", f"/eternaltwin/{path}", {**asked, "Origin": "https://evil.example"}, b"")
            assert not [name for name, _ in refused.headers if name.lower().startswith("access-control")]

    def test_connecting_with_json(self, start: StartGame, server: DevServer, zoe: UserRecord) -> None:
        visitor = Visitor(start())
        refused = post_json(visitor, "/eternaltwin/login", {"process": "connect"}, {**SAME_ORIGIN, **JSON})
        assert (refused.status, refused.header("cache-control")) == (409, "no-store")
        message = "You are not signed in as the player who wanted to connect an account. Please start again."
        assert json.loads(refused.text) == {"error": message, "reason": "other-player"}
        french = {**SAME_ORIGIN, **JSON, "Accept-Language": "fr"}
        refused = post_json(visitor, "/eternaltwin/login", {"process": "connect"}, french)
        assert json.loads(refused.text)["error"].startswith("Vous n’êtes pas connecté")
        enter(visitor, "old player")
        started = post_json(visitor, "/eternaltwin/login", {"process": "connect"}, {**SAME_ORIGIN, **JSON})
        visitor.get(target_of(server.authorize(json.loads(started.text)["url"], zoe)))
        assert whoami(visitor) == "old player"

    @pytest.mark.parametrize("setting", ["trusted_origins", "domains"])
    def test_origins_are_checked_at_the_start(self, start: StartGame, server: DevServer, setting: str) -> None:
        settings: dict[str, Any] = {setting: ["https://game.example/"]}
        with pytest.raises(ConfigurationError, match=f"{setting} must contain origins") as caught:
            start(**settings)
        assert caught.value.setting == setting


def post_json(visitor: Visitor, target: str, content: dict[str, str], headers: dict[str, str]) -> GameResponse:
    """Send a POST request with JSON."""
    return visitor.exchange("POST", target, headers, json.dumps(content).encode())


def check_readable(response: GameResponse) -> None:
    """Expect that a script of the front end may read a response, and that caches tell origins apart."""
    assert response.header("access-control-allow-origin") == FRONT
    assert response.header("access-control-allow-credentials") == "true"
    assert "Origin" in response.header("vary")


class DomainScenarios:
    """A game on several domains, of which one has the registered callback."""

    ORIGINS = ("http://testserver", "http://fr.testserver", "http://de.testserver:8080")

    def test_the_callback_is_passed_on_to_the_domain_where_the_sign_in_started(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start(domains=self.ORIGINS))
        french = {"Host": "fr.testserver"}
        started = visitor.post("/eternaltwin/login", {"next": "/arena/one/"}, {**SAME_ORIGIN, **french})
        callback = target_of(server.authorize(started.location, zoe))
        cookies, visitor.cookies = visitor.cookies, {}
        forwarded = visitor.get(callback)
        assert forwarded.status == 303
        assert forwarded.location.startswith("http://fr.testserver/eternaltwin/callback?")
        assert forwarded.header("referrer-policy") == "no-referrer"
        assert not visitor.cookies
        visitor.cookies = cookies
        done = visitor.get(target_of(forwarded.location), french)
        assert done.location == "/arena/one/"
        assert json.loads(visitor.get("/eternaltwin/me", french).text)["display_name"] == "Zoé"

    def test_the_domain_of_the_callback_completes_its_own_sign_ins(
        self, start: StartGame, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor = Visitor(start(domains=self.ORIGINS))
        assert visitor.sign_in(server, zoe).location == "/"

    @pytest.mark.parametrize("host", ["evil.example", "fr.testserver:81", "testserver.evil.example"])
    def test_no_code_leaves_for_a_domain_that_is_not_in_the_list(
        self, start: StartGame, server: DevServer, zoe: UserRecord, host: str
    ) -> None:
        visitor = Visitor(start(domains=self.ORIGINS))
        started = visitor.post("/eternaltwin/login", {}, {**SAME_ORIGIN, "Host": host})
        assert visitor.get(target_of(server.authorize(started.location, zoe))).location == "/"

    def test_a_sign_in_on_another_domain_is_not_warned_about(
        self, start: StartGame, server: DevServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        visitor = Visitor(start(domains=self.ORIGINS, is_debug=True))
        visitor.post("/eternaltwin/login", {}, {**SAME_ORIGIN, "Host": "fr.testserver"})
        assert "starts on" not in caplog.text
