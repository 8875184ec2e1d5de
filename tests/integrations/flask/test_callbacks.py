"""The callback: it always redirects, leads on who is signed in already, and passes on what is of another domain."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from eternaltwin.exceptions import ConfigurationError, LoginStoreError
from eternaltwin.integrations.flask import Eternaltwin
from eternaltwin.integrations.flask.views import logger
from eternaltwin.login import MemoryStore
from tests.integrations.flask.games import make_app, make_game, wsgi_sender
from tests.integrations.support.development_servers import LOCAL_CALLBACK, SECURE_CALLBACK, connected
from tests.integrations.support.visitors import SAME_ORIGIN, GameResponse, Visitor, target_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import Send


def test_a_replayed_callback_leads_on_who_is_signed_in(server: DevServer, zoe: UserRecord) -> None:
    visitor = Visitor(wsgi_sender(make_game()))
    callback = visitor.callback_of(server, zoe, "/arena/x")
    visitor.get(callback)
    for _ in range(2):
        response = visitor.get(callback)
        assert (response.status, response.location) == (303, "/arena/x")
    assert visitor.get("/me").text == "Zoé"


def test_a_stale_callback_leads_on_who_is_signed_in(
    server: DevServer, zoe: UserRecord, later: Callable[[float], None]
) -> None:
    visitor = Visitor(wsgi_sender(make_game()))
    late = visitor.callback_of(server, zoe, "/arena/late")
    of_another_browser = Visitor(visitor.send).callback_of(server, zoe, "/arena/other")
    visitor.sign_in(server, zoe)
    assert visitor.get(of_another_browser).location == "/"
    later(700)
    assert visitor.get(late).location == "/arena/late"
    assert visitor.get(of_another_browser).location == "/"


def test_others_may_start_again_with_their_destination(
    server: DevServer, zoe: UserRecord, later: Callable[[float], None]
) -> None:
    visitor = Visitor(wsgi_sender(make_game()))
    late = visitor.callback_of(server, zoe, "/arena/late?a=1&b=2")
    later(700)
    word, page = visitor.fail(late)
    assert word == "expired"
    assert 'name="next" value="/arena/late?a=1&amp;b=2"' in page.text


def test_a_link_cannot_set_another_destination_than_a_path(server: DevServer) -> None:
    page = Visitor(wsgi_sender(make_game())).get("/eternaltwin/failed/expired?next=//evil.example")
    assert "evil" not in page.text


@pytest.mark.parametrize("error", [RuntimeError("no table players"), LookupError(), ConfigurationError("bad")])
def test_the_callback_redirects_whatever_the_game_raises(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail(_: object) -> None:
        raise error

    app = make_app()
    Eternaltwin(app).on_login(fail)
    visitor = Visitor(wsgi_sender(app))
    with caplog.at_level(logging.ERROR, logger.name):
        word, page = visitor.fail(visitor.callback_of(server, zoe, "/arena"))
    assert word == ("setup" if isinstance(error, ConfigurationError) else "game")
    assert (page.status, 'value="/arena"' in page.text) == (500, True)
    assert str(error) not in page.text or not str(error)
    record = caplog.records[-1]
    assert type(error).__name__ in caplog.text
    assert str(error) in caplog.text
    assert record.exc_info is not None
    assert visitor.get("/eternaltwin/me").status == 401


def test_the_callback_redirects_without_a_connection_and_without_a_store(server: DevServer, zoe: UserRecord) -> None:
    class Broken(MemoryStore):
        def consume(self, key: str, ttl: int) -> bool:
            raise LoginStoreError("down")

    app = make_app(ETERNALTWIN_STORE=Broken())
    Eternaltwin(app)
    visitor = Visitor(wsgi_sender(app))
    callback = visitor.callback_of(server, zoe)
    assert visitor.fail(callback)[0] == "unavailable"
    app = make_app()
    Eternaltwin(app, using="not configured")
    assert Visitor(wsgi_sender(app)).get(callback).location == "/eternaltwin/failed/setup"


def test_the_callback_redirects_if_the_game_cannot_say_who_is_signed_in(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str | None:
        raise RuntimeError("the database is down")

    app = make_app()
    extension = Eternaltwin(app)
    extension.subject_loader(fail)
    visitor = Visitor(wsgi_sender(app))
    assert visitor.fail(visitor.callback_of(server, zoe))[0] == "game"
    extension.subject_loader(lambda: None)
    callback = visitor.callback_of(server, zoe)
    visitor.get(callback)
    del visitor.cookies["session"]
    calls = iter([None])
    extension.subject_loader(lambda: next(calls))  # fails the second time, with a StopIteration
    assert visitor.fail(callback)[0] == "replayed"
    assert "the database is down" in caplog.text


@pytest.mark.parametrize("is_debug", [False, True])
def test_the_page_of_a_failure_shows_its_cause_in_debug_mode_only(
    server: DevServer, zoe: UserRecord, is_debug: bool
) -> None:
    app = make_game(DEBUG=is_debug)
    visitor = Visitor(wsgi_sender(app))
    server.fail_next(401, path="/oauth/token")
    word, page = visitor.fail(visitor.callback_of(server, zoe))
    assert word == "setup"
    assert ("check client_id, client_secret and url" in page.text) is is_debug


# --- several domains, one callback

DOMAINS = ["http://localhost:8000", "http://game.fr:8000"]


def on(host: str, send: Send) -> Visitor:
    """Return a browser that sends its requests to a host."""

    def send_to_host(method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
        return send(method, target, {**headers, "Host": host}, body)

    return Visitor(send_to_host)


def test_a_sign_in_is_completed_on_the_domain_where_it_has_started(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(default=(server, "local")), caplog.at_level(logging.WARNING, logger.name):
        app = make_game(ETERNALTWIN_DOMAINS=DOMAINS)
        caplog.clear()
        send = wsgi_sender(app)
        main, french, unlisted = (on(host, send) for host in ("localhost:8000", "game.fr:8000", "evil.example:8000"))
        callback = french.callback_of(server, zoe, "/arena/x")
        response = main.get(callback)
        assert response.status == 303
        assert urlsplit(response.location)._replace(query="").geturl() == LOCAL_CALLBACK.replace(
            "http://localhost:8000", "http://game.fr:8000"
        )
        assert french.get(target_of(response.location)).location == "/arena/x"
        assert french.get("/me").text == "Zoé"
        assert main.get("/me").status == 401
        assert not caplog.records
        callback = unlisted.callback_of(server, zoe)
        assert main.get(callback).location.startswith("/eternaltwin/failed/other-browser")


def test_a_domain_is_recognized_behind_a_proxy_that_ends_tls(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    parts = urlsplit(SECURE_CALLBACK)
    with connected(default=(server, "secure")), caplog.at_level(logging.WARNING, logger.name):
        send = wsgi_sender(make_game(ETERNALTWIN_DOMAINS=[f"https://{parts.netloc}", "https://game.fr"]))
        caplog.clear()
        main, french = (on(host, send) for host in (parts.netloc, "game.fr"))
        response = main.get(french.callback_of(server, zoe, "/arena"))
        assert response.location.startswith(f"https://game.fr{parts.path}?")
        assert french.get(target_of(response.location)).location == "/arena"
        assert not caplog.records


# --- cookies


@pytest.mark.parametrize("space", ["\xa0", "\x85", "\u2000", "\x1f"])
def test_a_cookie_that_another_host_has_planted_is_no_session_and_no_sign_in(
    server: DevServer, zoe: UserRecord, space: str
) -> None:
    send = wsgi_sender(make_game())
    attacker = Visitor(send)
    callback = attacker.callback_of(server, zoe)
    started = "; ".join(f"{space}{name}={value}" for name, value in attacker.cookies.items())
    raw = started.encode().decode("latin-1")
    response = send("GET", callback, {"Cookie": raw}, b"")
    assert response.location.startswith("/eternaltwin/failed/other-browser")
    attacker.get(callback)
    session = attacker.cookies["session"]
    for header in (f"{space}session={session}", f"session={session}; session={session}"):
        response = send("GET", "/me", {"Cookie": header.encode().decode("latin-1")}, b"")
        assert response.status == 401
    assert send("GET", "/me", {"Cookie": f"session={session}"}, b"").text == "Zoé"


def test_a_form_larger_than_the_limit_is_refused(server: DevServer) -> None:
    send = wsgi_sender(make_game())
    headers = {**SAME_ORIGIN, "Content-Type": "application/json"}
    assert send("POST", "/eternaltwin/login", headers, b" " * 16_385).status == 413
    assert send("POST", "/eternaltwin/login", headers, b" " * 16_384).status == 303
