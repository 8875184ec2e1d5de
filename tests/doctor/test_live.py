"""One sign-in on the game's own callback: with the game, and with the doctor in its place."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from flask import Flask

from eternaltwin.connections import configure
from eternaltwin.doctor import live, watch_sign_in
from eternaltwin.integrations.flask import Eternaltwin
from tests.integrations.support.game_servers import serve_wsgi
from tests.support.game_setups import GAME, SECRET, failures, game_on, one_each
from tests.support.http_browsers import HTTPBrowser
from tests.support.servers import ScriptedServer, responding, response_bytes
from tests.support.sockets import free_port, listen_on_free_port, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from eternaltwin.devserver import DevServer

NOBODY = response_bytes(b'{"items": [], "count": 0}')
ZOE = response_bytes(b'{"items": [{"time": "now", "game": "My Game", "player": "Zoe"}], "count": 1}')


def without_browser(url: str) -> None:
    """Open nothing."""
    del url


# --- the game does not run


@pytest.fixture
def absent(server: DevServer) -> dict[str, object]:
    """Return the settings of a game that does not run."""
    callback = f"http://127.0.0.1:{free_port()}/oauth/callback"
    server.world.adopt_client(GAME, callback, SECRET)
    return game_on(server)


def player_on(server: DevServer, *, cookies: bool = True) -> Callable[[str], None]:
    """Return a function that signs a player in, in a browser in another thread."""

    def sign_in(url: str) -> None:
        browser = HTTPBrowser(url)
        assert browser.open("/favicon.ico")[0] == 404
        assert browser.open("/oauth/callback?error=")[0] == 400
        assert HTTPBrowser(url.replace("127.0.0.1", "localhost")).open("/oauth/callback")[0] == 421
        location = browser.open(url)[1]
        if not cookies:
            browser.cookies.clear()
        zoe = server.add_user(f"zoe{free_port()}", "Zoe")
        browser.open(server.authorize(location, zoe))

    return lambda url: threading.Thread(target=sign_in, args=(url,)).start()


def test_the_doctor_stands_in_for_a_game_that_does_not_run(server: DevServer, absent: dict[str, object]) -> None:
    (found,) = watch_sign_in(absent, open_browser=player_on(server), seconds=20)
    assert (found.name, found.level) == ("live", "ok")
    assert found.summary == "Zoe signed in: state, cookie, code, client_secret and token are right"


def test_a_sign_in_that_fails_is_explained(server: DevServer, absent: dict[str, object]) -> None:
    (found,) = watch_sign_in(absent, open_browser=player_on(server, cookies=False), seconds=20)
    assert (found.level, found.code) == ("error", "OtherBrowserError")
    assert "A player would read" in found.detail


def test_a_wrong_secret_is_explained(server: DevServer, absent: dict[str, object]) -> None:
    wrong = {**absent, "client_secret": "another"}
    (found,) = watch_sign_in(wrong, open_browser=player_on(server), seconds=20)
    assert found.code == "LoginMisconfiguredError"


def test_a_player_who_does_not_come_back_is_waited_for(absent: dict[str, object]) -> None:
    (found,) = watch_sign_in(absent, open_browser=without_browser, seconds=0)
    assert (found.code, found.summary) == ("nobody-came-back", "No browser opened the address of the sign-in")
    (found,) = watch_sign_in(absent, open_browser=lambda url: HTTPBrowser(url).open(url), seconds=0)
    assert found.summary == "The player was sent to Eternaltwin, and did not come back to the callback"


@pytest.mark.parametrize("host", ["[::1]", "127.0.0.2"])
def test_the_doctor_stands_in_at_every_address_of_this_machine(server: DevServer, host: str) -> None:
    callback = f"http://{host}:{free_port()}/oauth/callback"
    server.world.adopt_client(GAME, callback, SECRET)
    (found,) = watch_sign_in(
        game_on(server, redirect_uri=callback), open_browser=lambda url: HTTPBrowser(url).open(url), seconds=0
    )
    assert found.summary == "The player was sent to Eternaltwin, and did not come back to the callback"


def test_a_port_that_cannot_be_listened_on_is_named(server: DevServer) -> None:
    with listen_on_free_port() as taken:  # accepts connections, and never responds
        found = watch_sign_in(
            game_on(server, redirect_uri=f"{url_of(taken)}/callback"), open_browser=without_browser, timeout=0.1
        )
    assert failures(found) == ["interrupted"]
    assert "cannot be listened on" in found[0].detail


def test_settings_that_are_wrong_are_found_first(server: DevServer) -> None:
    assert failures(watch_sign_in(game_on(server, state_key="x"), open_browser=without_browser)) == ["wrong-state-key"]
    (found,) = watch_sign_in({"url": server.url}, open_browser=without_browser)
    assert found.level == "skipped"


# --- the game runs


@contextmanager
def running_game(server: DevServer, url: str | None = None) -> Generator[dict[str, object]]:
    """Run a game, and yield its settings."""
    listener = listen_on_free_port()
    server.world.adopt_client(GAME, f"{url_of(listener)}/eternaltwin/callback", SECRET)
    settings = server.connection_settings(GAME)
    configure(default=settings)
    app = Flask("game")
    app.secret_key = "a secret of the game, of more than 32 bytes"
    Eternaltwin(app)
    with serve_wsgi(app, listener):
        yield {**settings, "url": url or server.url, "public_url": server.url}
    configure()


def presser_on(server: DevServer) -> Callable[[str], None]:
    """Return a function that opens a page of the game, presses its button, and signs in."""

    def press(url: str) -> None:
        browser = HTTPBrowser(url.rpartition("/eternaltwin")[0])
        location = browser.open(url, browser.fields(url))[1]
        assert browser.open(server.authorize(location, server.add_user(f"zoe{free_port()}", "Zoe")))[0] == 303

    return press


def test_a_development_server_reports_the_sign_in_to_a_game_that_runs(server: DevServer) -> None:
    with running_game(server) as settings:
        first, second = watch_sign_in(settings, open_browser=presser_on(server), seconds=20)
    assert (first.level, first.code) == ("ok", "ok")
    assert "eternaltwin_login" in first.summary
    assert (second.level, second.summary) == ("ok", "Zoe signed in to My Game, which has a token now")


def test_a_sign_in_that_takes_a_while_is_waited_for(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_PAUSE", 0)
    with ScriptedServer(one_each(NOBODY, NOBODY, ZOE)) as listing, running_game(server, listing.origin) as settings:
        found = watch_sign_in(settings, open_browser=without_browser, seconds=20)[-1]
    assert found.summary == "Zoe signed in to My Game, which has a token now"


def test_a_game_that_never_asks_for_a_token_is_waited_for(server: DevServer) -> None:
    with running_game(server) as settings:
        assert watch_sign_in(settings, open_browser=without_browser, seconds=0)[-1].code == "no-token"


def test_a_server_that_reports_no_sign_ins_is_not_waited_for(server: DevServer) -> None:
    opened = list[str]()
    nothing = response_bytes(b"", status="404 Not Found")
    with ScriptedServer(responding(nothing)) as official, running_game(server, official.origin) as settings:
        found = watch_sign_in(settings, open_browser=opened.append)[-1]
    assert (found.level, found.code) == ("note", "unseen")
    assert urlsplit(opened[0]).path == "/eternaltwin/login"


def test_the_state_of_another_key_is_found(server: DevServer) -> None:
    with running_game(server) as settings:
        findings = watch_sign_in({**settings, "state_key": "0123456789abcdef" * 4}, open_browser=without_browser)
    assert failures(findings) == ["other-state"]


def test_a_page_that_starts_no_sign_in_is_named(server: DevServer) -> None:
    with ScriptedServer(responding(response_bytes(b"<form>"))) as game:
        settings = game_on(server, redirect_uri=f"{game.origin}/callback/")
        (found,) = watch_sign_in(settings, open_browser=without_browser, start_page=f"{game.origin}/start?now")
        assert (found.level, found.code) == ("warning", "no-start")
        sent = [request.partition(b" HTTP")[0] for request in game.requests[-2:]]
    assert sent == [b"GET /start?now", b"POST /start?now"]


def test_a_start_that_is_no_address_is_named(server: DevServer) -> None:
    with running_game(server) as settings:
        (found,) = watch_sign_in(settings, open_browser=without_browser, start_page="http://[x")
    assert (found.level, found.code) == ("error", "wrong-start")


def test_pages_that_lead_nowhere_start_no_sign_in(server: DevServer) -> None:
    redirect = response_bytes(b"", "Location: http://[x", status="302 Found")
    form = response_bytes(b'<form method=post action="http://[x"><input type=hidden name=a value=b></form>')
    for page in (redirect, form):
        with ScriptedServer(responding(page)) as game:
            settings = game_on(server, redirect_uri=f"http://127.0.0.1:{game.port}/oauth/callback")
            (found,) = watch_sign_in(settings, open_browser=without_browser)
        assert found.code == "no-start"
