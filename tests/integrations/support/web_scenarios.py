"""The behaviour of a sign-in in every framework, with a simulated browser.

A test module subclasses `WebScenarios`, and has a fixture `send` that sends requests to a game at
`http://testserver`. The game has the pages that `tests.integrations.support.browser_scenarios` describes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from eternaltwin.connections import async_connections, connections
from eternaltwin.integrations.shared.failures import FAILURES
from tests.integrations.support.development_servers import connected, new_server
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from eternaltwin.clients.settings import AnySettings
    from eternaltwin.connections import ConnectionSettings
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import Send

FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "null"},
    {"Origin": "https://testserver"},
    {"Origin": "ftp://testserver"},
)


@pytest.fixture(scope="session")
def shared_server() -> Iterator[DevServer]:
    """Start the development server that all tests share."""
    with new_server() as server:
        yield server


@pytest.fixture
def server(shared_server: DevServer) -> Iterator[DevServer]:
    """Reset the development server, and set two connections to it."""
    shared_server.reset()
    with connected(default=(shared_server, "game"), other=(shared_server, "other")):
        yield shared_server


@pytest.fixture
def visitor(send: Send) -> Visitor:
    """A browser that visits the game."""
    return Visitor(send)


@pytest.fixture
def zoe(server: DevServer) -> UserRecord:
    """A player."""
    return server.add_user("zoe", "Zoé")


def contents(cookies: Mapping[str, str]) -> dict[str, str]:
    """Return the content of signed cookies, without the time and the signature, which change every second."""
    return {name: value.rsplit(".", 2)[0] for name, value in cookies.items()}


def with_cache(settings: AnySettings) -> ConnectionSettings:
    """Return the settings of a connection, with a cache of profiles."""
    return cast("ConnectionSettings", {**settings, "profile_cache": "memory"})


class WebScenarios:
    """The scenarios.

    Attributes:
        session_cookie: Name of the cookie that holds the session.
        session_max_age: Seconds until a session ends.
        other_page: Path of the game's page that shows the player of its other connection.
    """

    session_cookie = "eternaltwin_session"
    session_max_age = 3600
    other_page = "/other/player"

    def test_the_button_leads_to_eternaltwin_and_back(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        assert visitor.player() is None
        response = visitor.sign_in(server, zoe)
        assert (response.status, response.location) == (303, "/")
        assert visitor.player() == "Zoé"

    def test_a_changed_display_name_is_there_at_the_next_login(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor.sign_in(server, zoe)
        server.world.rename(zoe, "Zoé la Sage")
        visitor.sign_in(server, zoe)
        assert visitor.player() == "Zoé la Sage"

    def test_next_is_kept(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        assert visitor.sign_in(server, zoe, "/arena/one/?x=1").location == "/arena/one/?x=1"

    @pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
    def test_cve_2026_27982_next_stays_on_the_site(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, target: str
    ) -> None:
        assert visitor.sign_in(server, zoe, target).location == "/"
        assert "evil" not in visitor.get(f"/eternaltwin/login?next={target}").text

    def test_get_shows_the_button_and_starts_nothing(self, visitor: Visitor, server: DevServer) -> None:
        response = visitor.get("/eternaltwin/login?next=/arena/one/")
        assert response.status == 200
        assert 'name="next" value="/arena/one/"' in response.text
        assert 'action="/eternaltwin/login"' in response.text
        assert response.header("cache-control") == "no-store"
        assert "frame-ancestors 'none'" in response.header("content-security-policy")
        assert not visitor.cookies
        assert not server.requests

    @pytest.mark.parametrize("headers", FOREIGN, ids=str)
    @pytest.mark.parametrize("path", ["login", "logout"])
    def test_login_and_logout_by_another_site_do_nothing(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, path: str, headers: dict[str, str]
    ) -> None:
        visitor.sign_in(server, zoe)
        cookies = dict(visitor.cookies)
        response = visitor.post(f"/eternaltwin/{path}", {}, headers)
        assert response.status == 403
        assert contents(visitor.cookies) == contents(cookies)
        assert visitor.player() == "Zoé"

    def test_older_browsers_send_only_the_header_origin(self, visitor: Visitor, server: DevServer) -> None:
        for headers in ({"Origin": "http://testserver"}, {"Origin": "http://inner:80", "Host": "inner:80"}):
            assert visitor.post("/eternaltwin/login", {}, headers).status == 303
        # behind a proxy that sends another `Host`
        assert visitor.post("/eternaltwin/login", {}, {"Origin": "http://testserver", "Host": "inner"}).status == 303

    def test_redirects_are_not_cached_and_send_no_referrer(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        started = visitor.submit("/eternaltwin/login")
        finished = visitor.sign_in(server, zoe)
        failed = visitor.get("/eternaltwin/callback?code=x&state=y")
        for response in (started, finished, failed):
            assert response.status == 303
            assert response.header("cache-control") == "no-store"
            assert response.header("referrer-policy") == "no-referrer"

    def test_the_cookie_of_a_sign_in_is_bound_and_then_marked_as_used(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        callback = visitor.callback_of(server, zoe)
        (name,) = [name for name in visitor.cookies if name.startswith("eternaltwin_login")]
        cookie = visitor.seen[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", "4200")
        visitor.get(callback)
        assert visitor.cookies[name] == f"{cookie.value}.used"

    def test_the_cookie_of_the_session(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        visitor.sign_in(server, zoe)
        cookie = visitor.seen[self.session_cookie]
        assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, "lax", "/")
        assert cookie["secure"] == ""
        assert len(cookie.value) < 1000

    def test_logging_out(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        visitor.sign_in(server, zoe)
        assert visitor.get("/eternaltwin/logout").status == 200
        assert visitor.player() == "Zoé"
        response = visitor.submit("/eternaltwin/logout")
        assert (response.status, response.location) == (303, "/")
        assert visitor.player() is None
        assert visitor.submit("/eternaltwin/logout", {"next": "/arena/x/"}).location == "/arena/x/"
        assert visitor.submit("/eternaltwin/logout", {"next": "//evil.example"}).location == "/"

    def test_a_link_to_the_sign_out_shows_its_button(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        visitor.sign_in(server, zoe)
        page = visitor.get("/eternaltwin/logout?next=/arena/x/")
        assert (page.status, page.header("cache-control")) == (200, "no-store")
        assert 'action="/eternaltwin/logout"' in page.text
        assert 'name="next" value="/arena/x/"' in page.text
        assert "You are signed in as Zoé." in page.text
        visitor.submit("/eternaltwin/logout")
        assert "<form" not in visitor.get("/eternaltwin/logout").text

    def test_pages_speak_the_language_of_the_player(self, visitor: Visitor) -> None:
        page = visitor.get("/eternaltwin/failed/expired", headers={"Accept-Language": "fr-CH, fr;q=0.9, en;q=0.5"})
        assert "La connexion a pris trop de temps. Veuillez vous reconnecter." in page.text
        assert "Se connecter avec Eternaltwin</button>" in page.text
        assert '<html lang="fr">' in page.text
        assert page.header("content-language") == "fr"
        assert "Accept-Language" in page.header("vary")
        hostile = visitor.get("/eternaltwin/login", headers={"Accept-Language": 'fr;q=9, "><script>, ../../de'})
        assert '<html lang="en">' in hostile.text

    def test_pages_say_who_is_signed_in_and_how_to_be_somebody_else(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        assert "You are signed in as" not in visitor.get("/eternaltwin/login").text
        visitor.sign_in(server, zoe)
        for path in ("login", "failed/taken"):
            page = visitor.get(f"/eternaltwin/{path}")
            assert "You are signed in as Zoé." in page.text
            assert f'<a href="{server.url}/">Open Eternaltwin</a>' in page.text
            assert "You are not signed in" not in page.text

    def test_the_button_of_a_failure_leads_where_the_player_wanted_to_go(self, visitor: Visitor) -> None:
        page = visitor.get("/eternaltwin/failed/expired?next=/arena/x/")
        assert 'name="next" value="/arena/x/"' in page.text
        assert "evil" not in visitor.get("/eternaltwin/failed/expired?next=//evil.example/").text

    def test_failures_have_pages_with_their_statuses(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, later: Callable[[float], None]
    ) -> None:
        def fail(target: str, browser: Visitor = visitor) -> str:
            word, page = browser.fail(target)
            assert page.status == FAILURES[word].status
            assert FAILURES[word].message in page.text
            assert 'action="/eternaltwin/login"' in page.text
            assert page.header("referrer-policy") == "same-origin"
            return word

        assert fail("/eternaltwin/callback") == "incomplete"
        assert fail("/eternaltwin/callback?code=x&state=y") == "state"
        callback = visitor.callback_of(server, zoe)
        assert fail(f"{callback}&code=twice") == "incomplete"
        assert fail(callback, Visitor(visitor.send)) == "other-browser"
        server.fail_next(503, path="/oauth/token")
        assert fail(callback) == "unreachable"
        state = callback.partition("state=")[2]
        assert fail(f"/eternaltwin/callback?error=access_denied&state={state}") == "replayed"
        state = visitor.callback_of(server, zoe).partition("state=")[2]
        assert fail(f"/eternaltwin/callback?error=access_denied&state={state}") == "cancelled"
        server.fail_next(401, path="/oauth/token")
        assert fail(visitor.callback_of(server, zoe)) == "setup"
        server.fail_next(500, path=f"/api/v1/users/{zoe.id}")
        assert fail(visitor.callback_of(server, zoe)) == "unreachable"
        callback = visitor.callback_of(server, zoe)
        later(1000)
        assert fail(callback) == "expired"
        assert visitor.player() is None
        assert visitor.get("/eternaltwin/failed/because").status == 404

    def test_cve_2025_68481_and_68158_a_callback_works_in_its_own_browser_only(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        callback = visitor.callback_of(server, zoe)
        victim = Visitor(visitor.send)
        victim.begin()
        assert victim.fail(callback)[0] == "other-browser"
        assert victim.player() is None
        assert visitor.get(callback).location == "/"

    def test_a_replayed_callback_signs_nobody_in(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        callback = visitor.callback_of(server, zoe)
        cookies = dict(visitor.cookies)
        visitor.get(callback)
        thief = Visitor(visitor.send, cookies=cookies)
        assert thief.fail(callback)[0] == "replayed"
        assert thief.player() is None

    def test_a_deleted_player_is_refused(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        callback = visitor.callback_of(server, zoe)
        server.world.delete_user(zoe)
        assert visitor.fail(callback)[0] == "unconfirmed"
        other = server.add_user("yan")
        callback = visitor.callback_of(server, other)
        user = server.world.user(other)
        body = {
            "type": "User",
            "id": str(user.id),
            "created_at": "2026-01-01T00:00:00.000Z",
            "deleted_at": "2026-01-02T00:00:00.000Z",
            "display_name": {"current": {"value": "Yan"}},
            "is_administrator": False,
            "links": {},
        }
        server.fail_next(410, path=f"/api/v1/users/{user.id}", body=body)
        assert visitor.fail(callback)[0] == "account"
        assert visitor.player() is None

    def test_the_profile_is_read_past_the_cache(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        before, async_before = connections.get_connection(), async_connections.get_connection()
        connections["default"] = with_cache(before.settings.as_given())
        async_connections["default"] = with_cache(async_before.settings.as_given())
        try:
            for _ in range(2):
                visitor.sign_in(server, zoe)
        finally:
            connections["default"], async_connections["default"] = before, async_before
        assert [request.path for request in server.requests].count(f"/api/v1/users/{zoe.id}") == 2

    def test_administrators_only(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        assert visitor.get("/admin").status == 401
        visitor.sign_in(server, zoe)
        assert visitor.get("/admin").status == 403
        visitor.sign_in(server, "alice")
        response = visitor.get("/admin")
        assert (response.status, response.text.strip('"')) == (200, "Alice")

    def test_players_only(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        assert visitor.get("/me").status == 401
        visitor.sign_in(server, zoe)
        response = visitor.get("/me")
        assert (response.status, response.text.strip('"')) == (200, "Zoé")

    def test_browsers_get_the_page_with_the_button(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        response = visitor.get("/me?x=1", {"Accept": "text/html,*/*"})
        assert response.status == 401
        assert response.header("cache-control") == "no-store"
        assert 'name="next" value="/me?x=1"' in response.text

    def test_session_fixation_no_two_sessions_are_the_same(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        seen: set[str] = set()
        for player in (zoe, zoe, "alice"):
            visitor.get("/cart/apple")
            visitor.sign_in(server, player)
            seen.add(visitor.cookies[self.session_cookie])
        assert len(seen) == 3

    def test_session_fixation_a_planted_session_is_not_the_players(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        attacker = Visitor(visitor.send)
        attacker.sign_in(server, "alice")
        attacker.get("/cart/poison")
        visitor.cookies.update(attacker.cookies)
        visitor.sign_in(server, zoe)
        assert visitor.player() == "Zoé"
        assert visitor.cookies[self.session_cookie] != attacker.cookies[self.session_cookie]
        assert attacker.player() == "Alice"
        assert "poison" not in visitor.get("/cart").text

    def test_a_session_ends(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, later: Callable[[float], None]
    ) -> None:
        visitor.sign_in(server, zoe)
        later(self.session_max_age - 30)
        assert visitor.player() == "Zoé"
        later(60)
        assert visitor.player() is None

    @pytest.mark.parametrize("change", ["{0:.0}", "{0:.40}", "x{0}", "{0}x", ".{0}", "{0}{1}", "é"])
    def test_a_forged_session_is_ignored(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, change: str
    ) -> None:
        visitor.sign_in(server, zoe)
        visitor.cookies[self.session_cookie] = change.format(visitor.cookies[self.session_cookie], "." * 5000)
        assert visitor.player() is None
        assert visitor.sign_in(server, zoe).location == "/"

    def test_no_token_is_in_any_cookie(self, visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
        visitor.sign_in(server, zoe)
        tokens = {request.headers.get("authorization", "").removeprefix("Bearer ") for request in server.requests}
        texts = [morsel.value for morsel in visitor.seen.values()]
        assert not [token for token in tokens if token and any(token in text for text in texts)]

    def test_mix_up_between_two_connections_with_different_servers(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord
    ) -> None:
        """The operator of another server can choose the ids of its users, and which are administrators."""
        with new_server() as evil, connected(default=(server, "game"), other=(evil, "other")):
            mallory = evil.add_user("mallory", "Zoé", is_administrator=True)
            visitor.prefix = "/other"
            callback = visitor.callback_of(evil, mallory)
            elsewhere = callback.replace("/other/", "/eternaltwin/")
            assert visitor.get(elsewhere).location == "/eternaltwin/failed/state"
            assert visitor.get(callback).location == "/"
            assert visitor.player() is None
            assert visitor.get("/admin").status == 401
            assert visitor.get(self.other_page).text.strip('"') == "Zoé"

    def test_a_game_may_refuse_a_login(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level("INFO"):
            word, page = visitor.fail(visitor.callback_of(server, server.add_user("banned")))
        assert (word, page.status) == ("account", 403)
        assert "AccountRefusedError: banned" in caplog.text
        assert visitor.player() is None
        (value,) = [value for name, value in visitor.cookies.items() if name.startswith("eternaltwin_login")]
        assert value.endswith(".used")

    def test_another_loopback_host_is_logged(
        self, visitor: Visitor, server: DevServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        visitor.submit("/eternaltwin/login")
        assert not caplog.records
        with connected(default=(server, "local")):
            visitor.post("/eternaltwin/login", {}, {**SAME_ORIGIN, "Host": "127.0.0.1:8000"})
        assert "starts on 127.0.0.1:8000, but redirect_uri is on localhost:8000" in caplog.text
