"""The parts that only Flask has: the configuration, the session of the application, decorators, templates, the log."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import Flask, render_template_string, request
from flask.sessions import SecureCookieSessionInterface, SessionInterface
from jinja2 import DictLoader

from eternaltwin.connections import async_connections, configure, connections
from eternaltwin.exceptions import AccountRefusedError, ConfigurationError
from eternaltwin.integrations.flask import (
    AnonymousPlayer,
    Button,
    Eternaltwin,
    Guest,
    Page,
    current_user,
    login_required,
)
from eternaltwin.integrations.flask.responses import page_response
from eternaltwin.integrations.flask.views import logger
from eternaltwin.integrations.shared.logs import RedactCallbacks, redacted
from eternaltwin.integrations.shared.pages import STYLE
from tests.integrations.flask.games import SECRET, make_app, make_game, wsgi_sender
from tests.integrations.support.development_servers import CALLBACK, LOCAL_CALLBACK, SECURE_CALLBACK, connected
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Login
    from eternaltwin.users import User
    from tests.integrations.support.visitors import Send

CONNECTION = {
    "ETERNALTWIN_CLIENT_ID": "game@clients",
    "ETERNALTWIN_CLIENT_SECRET": "the secret of game",
    "ETERNALTWIN_REDIRECT_URI": CALLBACK,
}

STATE_KEY = {"ETERNALTWIN_STATE_KEY": "a key of its own, of more than 32 bytes"}


@pytest.fixture
def send(server: DevServer) -> Send:
    """Send requests to the game."""
    return wsgi_sender(make_game())


@pytest.fixture
def unconnected() -> Iterator[None]:
    """Remove all connections before and after the test."""
    configure()
    yield
    configure()


def setting(app: Flask, name: str) -> object:
    return cast("dict[str, object]", app.config)[name]


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ({"ETERNALTWIN_STORE": "disk"}, "store"),
        ({"ETERNALTWIN_SCOPE": 3}, "scope"),
        ({"ETERNALTWIN_HOME": "//evil.example"}, "home"),
        ({"ETERNALTWIN_SESSION_MAX_AGE": -1}, "session_max_age"),
        ({"ETERNALTWIN_LOGIN_MAX_AGE": 0}, "login_max_age"),
        ({"ETERNALTWIN_LOGIN_COOKIE": "a b"}, "login_cookie"),
        ({"ETERNALTWIN_SECURE": "yes"}, "secure"),
        ({**CONNECTION, "ETERNALTWIN_CLIENT_SECRT": "x"}, "client_secrt"),
        ({"ETERNALTWIN_CLIENT_ID": "game@clients"}, "client_secret"),
        ({**CONNECTION, "ETERNALTWIN_REDIRECT_URI": "http://testserver/oauth/callback"}, "redirect_uri"),
        ({**CONNECTION, "SECRET_KEY": None}, "SECRET_KEY"),
        ({**CONNECTION, "SECRET_KEY": "x"}, "SECRET_KEY"),
        ({**CONNECTION, "SECRET_KEY": b"x" * 31}, "SECRET_KEY"),
        ({**CONNECTION, "SECRET_KEY_FALLBACKS": ["x"]}, "SECRET_KEY_FALLBACKS"),
        ({**CONNECTION, **STATE_KEY, "SECRET_KEY": "x"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x"}, "SECRET_KEY"),
        (
            {
                **CONNECTION,
                "ETERNALTWIN_REDIRECT_URI": "https://game.example/eternaltwin/callback",
                "ETERNALTWIN_DOMAINS": ["http://fr.game.example"],
            },
            "domains",
        ),
    ],
    ids=str,
)
@pytest.mark.usefixtures("unconnected")
def test_wrong_configurations_are_named(config: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Eternaltwin(make_app(**config))
    assert caught.value.setting == named


@pytest.mark.usefixtures("unconnected")
def test_a_secret_that_signs_nothing_may_be_short() -> None:
    class OnTheServer(SessionInterface):
        pass

    app = make_app(**CONNECTION, **STATE_KEY, SECRET_KEY="x")
    app.session_interface = OnTheServer()
    Eternaltwin(app)
    assert connections["default"].client_id == "game@clients"
    app = make_app(**CONNECTION, SECRET_KEY="x")
    app.session_interface = OnTheServer()
    with pytest.raises(ConfigurationError, match="SECRET_KEY must have at least 32 random bytes"):
        Eternaltwin(app)


def test_a_wrong_prefix_is_named() -> None:
    with pytest.raises(ConfigurationError, match="url_prefix must be a path") as caught:
        Eternaltwin(url_prefix="/<x>")
    assert caught.value.setting == "url_prefix"


def test_on_login_must_be_a_function() -> None:
    wrong: Any = "welcome"
    with pytest.raises(ConfigurationError, match="on_login must be a function") as caught:
        Eternaltwin().on_login(wrong)
    assert caught.value.setting == "on_login"


@pytest.mark.usefixtures("unconnected")
def test_the_configuration_sets_the_connection() -> None:
    app = make_app(**CONNECTION, ETERNALTWIN_URL="http://127.0.0.1:50320", ETERNALTWIN_SCOPE=["base", "extra"])
    Eternaltwin(app)
    for registry in (connections, async_connections):
        client = registry["default"]
        assert (client.client_id, client.redirect_uri) == ("game@clients", CALLBACK)
        assert client.url == "http://127.0.0.1:50320/"
    url = Visitor(wsgi_sender(app)).begin()
    assert url.startswith("http://127.0.0.1:50320/oauth/authorize?")
    assert "scope=base+extra" in url


@pytest.mark.usefixtures("unconnected")
def test_the_configuration_takes_precedence_over_arguments() -> None:
    url = "http://127.0.0.1:50320"
    for keys, scope in (({}, "scope=base+mine"), ({"ETERNALTWIN_SCOPE": "base"}, "scope=base&")):
        app = make_app(**CONNECTION, ETERNALTWIN_URL=url, **keys)
        Eternaltwin(app, scope=["base", "mine"], login_cookie="mine")
        visitor = Visitor(wsgi_sender(app))
        assert scope in visitor.begin()
        assert all(name.startswith("mine-") for name in visitor.seen)


@pytest.mark.usefixtures("unconnected")
def test_keys_for_states_come_from_the_applications_secret() -> None:
    Eternaltwin(make_app(**CONNECTION, SECRET_KEY_FALLBACKS=[b"an older secret, of more than 32 bytes"]))
    first = connections["default"].generate_state()
    Eternaltwin(
        make_app(**CONNECTION, SECRET_KEY=b"a newer secret, also of more than 32 bytes", SECRET_KEY_FALLBACKS=[SECRET])
    )
    connections["default"].validate_state(first)
    Eternaltwin(make_app(**CONNECTION, **STATE_KEY))
    assert connections["default"].generate_state() != first


@pytest.mark.parametrize(("callback", "secure"), [(CALLBACK, False), (SECURE_CALLBACK, True)])
@pytest.mark.usefixtures("unconnected")
def test_the_sessions_cookie_is_protected(callback: str, secure: bool) -> None:
    app = make_app(**{**CONNECTION, "ETERNALTWIN_REDIRECT_URI": callback})
    Eternaltwin(app)
    assert setting(app, "SESSION_COOKIE_SAMESITE") == "Lax"
    assert setting(app, "SESSION_COOKIE_SECURE") is secure
    strict = make_app(SESSION_COOKIE_SAMESITE="Strict")
    Eternaltwin(strict)
    assert setting(strict, "SESSION_COOKIE_SAMESITE") == "Strict"


#: Settings of `secure` with a callback, and whether the cookie of the session is sent over https only.
SECURE_SESSIONS = [
    (CALLBACK, "auto", False),
    (CALLBACK, False, False),
    (CALLBACK, True, True),
    (SECURE_CALLBACK, "auto", True),
    (SECURE_CALLBACK, False, True),
    (SECURE_CALLBACK, True, True),
]


@pytest.mark.parametrize(("callback", "secure", "is_secure"), SECURE_SESSIONS)
@pytest.mark.usefixtures("unconnected")
def test_the_sessions_cookie_is_as_secure_as_that_of_starlette(callback: str, secure: object, is_secure: bool) -> None:
    app = make_app(**{**CONNECTION, "ETERNALTWIN_REDIRECT_URI": callback, "ETERNALTWIN_SECURE": secure})
    Eternaltwin(app)
    assert setting(app, "SESSION_COOKIE_SECURE") is is_secure


@pytest.mark.usefixtures("unconnected")
def test_the_sessions_cookie_is_secure_if_the_connection_is_configured_later(
    shared_server: DevServer, zoe: UserRecord
) -> None:
    visitor = Visitor(wsgi_sender(make_game()))
    with connected(default=(shared_server, "secure")):
        visitor.sign_in(shared_server, zoe)
        assert visitor.seen["session"]["secure"]
        assert visitor.player() == "Zoé"


UNSAFE = {
    "SESSION_COOKIE_SAMESITE": "None",
    "ETERNALTWIN_SECURE": True,
    "ETERNALTWIN_STATE_KEY": SECRET,
    "ETERNALTWIN_URL": "http://eternaltwin.example",
    "ETERNALTWIN_VERIFY_SSL": False,
}


@pytest.mark.usefixtures("unconnected")
def test_unsafe_settings_are_logged_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    Eternaltwin(make_app(**CONNECTION, **UNSAFE))
    assert {record.name for record in caplog.records} == {logger.name}
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "SESSION_COOKIE_SAMESITE is 'None'",
        "secure is True, but the redirect_uri of 'default' does not start with https",
        "The state_key of 'default' is also used as another secret. Create a key that is used for nothing else",
        "The redirect_uri of 'default' does not start with https",
        "'default' reaches Eternaltwin over http",
        "'default' has verify_ssl=False",
    ]
    assert SECRET not in caplog.text


@pytest.mark.usefixtures("unconnected")
def test_safe_settings_and_those_of_development_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    local = {"ETERNALTWIN_REDIRECT_URI": LOCAL_CALLBACK, "ETERNALTWIN_URL": "http://eternaltwin:50320"}
    Eternaltwin(make_app(**{**CONNECTION, **local}, ETERNALTWIN_VERIFY_SSL=False))
    Eternaltwin(make_app(**{**CONNECTION, "ETERNALTWIN_REDIRECT_URI": SECURE_CALLBACK}, SESSION_COOKIE_SAMESITE="lax"))
    assert not caplog.records


@pytest.mark.usefixtures("unconnected")
def test_a_game_on_this_machine_without_url_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    Eternaltwin(make_app(**{**CONNECTION, "ETERNALTWIN_REDIRECT_URI": LOCAL_CALLBACK}))
    assert "is on this machine, but url is not set" in caplog.text


@pytest.mark.usefixtures("unconnected")
def test_the_connection_may_be_configured_later(shared_server: DevServer) -> None:
    visitor = Visitor(wsgi_sender(make_game()))
    with connected(default=(shared_server, "game")):
        assert visitor.sign_in(shared_server, "alice").location == "/"


@pytest.mark.parametrize("is_debug", [True, False])
def test_another_host_is_logged_in_debug_mode(
    server: DevServer, caplog: pytest.LogCaptureFixture, is_debug: bool
) -> None:
    app = make_game(DEBUG=is_debug)
    caplog.clear()
    Visitor(wsgi_sender(app)).post("/eternaltwin/login", {}, {**SAME_ORIGIN, "Host": "127.0.0.1:8000"})
    assert ("starts on 127.0.0.1:8000, but redirect_uri is on testserver" in caplog.text) is is_debug


def test_an_application_without_the_extension_is_an_error(server: DevServer) -> None:
    app = make_app()
    extension = Eternaltwin()
    with app.test_request_context(), pytest.raises(ConfigurationError, match=r"call init_app\(\) first"):
        extension.load_user("")
    with app.test_request_context(), pytest.raises(ConfigurationError, match=r"Eternaltwin\(app\)"):
        str(current_user)


def test_one_extension_serves_several_applications(server: DevServer, zoe: UserRecord) -> None:
    extension = Eternaltwin()
    for home in ("/one", "/two"):
        app = make_app(ETERNALTWIN_HOME=home)
        extension.init_app(app)
        assert Visitor(wsgi_sender(app)).sign_in(server, zoe).location == home


def test_nobody_is_a_guest(server: DevServer) -> None:
    with make_game().test_request_context():
        assert not current_user
        assert (str(current_user), current_user.identifier, current_user.display_name) == ("", "", "")
        assert (current_user.is_authenticated, current_user.is_active, current_user.is_anonymous) == (
            False,
            False,
            True,
        )
        assert not current_user.is_administrator
        assert not AnonymousPlayer()


def test_the_former_name_of_an_anonymous_player_is_importable() -> None:
    assert Guest is AnonymousPlayer


def test_views_may_be_async(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()
    Eternaltwin(app)

    async def me() -> str:
        return f"async {current_user}"

    app.add_url_rule("/me", "me", login_required(me))
    app.add_url_rule("/", "front", login_required(me), methods=["POST"])
    visitor = Visitor(wsgi_sender(app))
    assert visitor.submit("/").status == 401
    visitor.sign_in(server, zoe)
    assert visitor.get("/me").text == "async Zoé"


def test_on_login_may_be_async(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()

    @Eternaltwin(app).on_login
    async def refuse(finished: Login[User]) -> None:
        raise AccountRefusedError(f"{finished.user.username} may not play today")

    visitor = Visitor(wsgi_sender(app))
    assert visitor.fail(visitor.callback_of(server, zoe))[0] == "account"


def test_programs_get_a_bare_401(visitor: Visitor) -> None:
    response = visitor.get("/me")
    assert (response.status, response.header("www-authenticate").strip()) == (401, "Eternaltwin")


def test_the_path_of_a_proxy_is_kept(server: DevServer) -> None:
    app = make_game()
    response = app.test_client().get("/me", base_url="http://testserver/inner", headers={"Accept": "text/html"})
    text = response.get_data(as_text=True)
    assert 'action="/inner/eternaltwin/login"' in text
    assert 'name="next" value="/inner/me"' in text


@pytest.mark.parametrize(
    ("root", "config", "home"),
    [
        ("/inner", {}, "/inner/"),
        ("", {}, "/"),
        ("//evil.example", {}, "/"),
        ("/inner", {"ETERNALTWIN_HOME": "/lobby"}, "/lobby"),
    ],
)
def test_players_land_on_the_root_of_the_application(
    server: DevServer, zoe: UserRecord, root: str, config: dict[str, str], home: str
) -> None:
    """Call an application behind a proxy that has it below a path, which the server passes on."""
    send = make_game(**config).test_client().open
    headers = {"Sec-Fetch-Site": "same-origin"}
    below = {"SCRIPT_NAME": root}
    started = send("/eternaltwin/login", method="POST", headers=headers, environ_overrides=below)
    callback = target_of(server.authorize(started.location, zoe))
    assert send(callback, environ_overrides=below).location == home
    page = send("/eternaltwin/login", environ_overrides=below).get_data(as_text=True)
    assert f'<a href="{home}">' in page
    assert send("/eternaltwin/logout", method="POST", headers=headers, environ_overrides=below).location == home


def test_buttons_can_lead_back_to_the_same_page(server: DevServer) -> None:
    client = make_game().test_client()
    for target, here in (("/elsewhere?a=1", "/inner/elsewhere?a=1"), ("/elsewhere", "/inner/elsewhere")):
        text = client.get(target, environ_overrides={"SCRIPT_NAME": "/inner"}).get_data(as_text=True)
        assert f'name="next" value="{here}"' in text


def test_forms_have_the_csrf_token_of_flask_wtf(server: DevServer) -> None:
    app = make_game()

    @app.template_global("csrf_token")
    def csrf_token() -> str:
        return "the token"

    with app.test_request_context():
        html = render_template_string("{{ eternaltwin.button('/x', 'Play') }}{{ eternaltwin.logout_button() }}")
    assert html.count('name="csrf_token" value="the token"') == 2
    assert ">Play</button>" in html
    assert ">Sign out</button>" in html


def test_games_can_have_pages_of_their_own(server: DevServer) -> None:
    app = make_app()
    Eternaltwin(app)
    app.jinja_env.loader = DictLoader({"eternaltwin/page.html": "Mine: {{ page.message }}"})
    response = Visitor(wsgi_sender(app)).get("/eternaltwin/failed/cancelled")
    assert (response.status, response.text) == (403, "Mine: You have not been signed in, as you wished.")


def test_the_template_of_a_game_precedes_the_built_in_one(server: DevServer, tmp_path: Path) -> None:
    (tmp_path / "eternaltwin").mkdir()
    template = "<style>{{ style }}</style>{{ page.title }}: {{ page.button }}"
    (tmp_path / "eternaltwin" / "page.html").write_text(template, encoding="utf-8")
    app = make_game()
    app.template_folder = str(tmp_path)
    text = Visitor(wsgi_sender(app)).get("/eternaltwin/login").text
    assert text == f"<style>{STYLE}</style>Sign in: {Button('/eternaltwin/login')}"


@pytest.mark.usefixtures("unconnected")
@pytest.mark.parametrize("reason", [None, "state"])
@pytest.mark.parametrize("options", [{}, {"autoescape": False}, {"trim_blocks": True, "lstrip_blocks": True}])
def test_the_built_in_page_is_the_one_of_all_frameworks(reason: str | None, options: dict[str, object]) -> None:
    app = make_app()
    app.jinja_options = options
    Eternaltwin(app)
    page = Page(
        "<\"&'>", "<script>'&amp;\"", Button("/<\"'", "/x", "<b>'&"), reason, HTTPStatus.FORBIDDEN, home="/'\"<"
    )
    with app.test_request_context():
        response = app.make_response(page_response(page, {}))
    assert (response.status_code, response.get_data(as_text=True)) == (403, page.html())
    assert "<script>" not in page.html()
    assert ('role="alert"' in page.html()) is (reason is not None)


def test_sessions_on_the_server_get_a_new_key(server: DevServer, zoe: UserRecord) -> None:
    """Flask-Session stores sessions on the server, and its interface has a method that renews their keys."""
    renewed: list[object] = []

    class OnTheServer(SecureCookieSessionInterface):
        def regenerate(self, session: object) -> None:
            renewed.append(session)

    app = make_game()
    app.session_interface = OnTheServer()
    Visitor(wsgi_sender(app)).sign_in(server, zoe)
    assert len(renewed) == 1


def test_the_callbacks_query_is_removed_from_the_request(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_game()
    seen: list[str] = []

    @app.before_request
    def cache_attributes() -> None:
        assert request.args is not None
        assert request.full_path + request.url

    @app.after_request
    def record(response: Any) -> Any:
        parts = (request.url, request.full_path, request.args, request.values, request.environ)
        seen.extend(map(str, parts))
        return response

    visitor = Visitor(wsgi_sender(app))
    callback = visitor.callback_of(server, zoe)
    seen.clear()
    target = {"RAW_URI": callback, "REQUEST_URI": callback}
    app.test_client(use_cookies=False).get(callback, base_url="http://testserver", environ_overrides=target)
    assert seen
    code = callback.partition("code=")[2].partition("&")[0]
    assert not [text for text in seen if code in text or "state=" in text]


def test_the_log_of_werkzeug_has_no_secrets(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    make_game()
    make_game()
    caplog.clear()  # settings of the tests that are not for players
    werkzeug = logging.getLogger("werkzeug")
    assert len([known for known in werkzeug.filters if isinstance(known, RedactCallbacks)]) == 1
    with caplog.at_level(logging.INFO):
        werkzeug.info('"%s" %s %s', "GET /eternaltwin/callback?code=abc&state=def HTTP/1.1", 303, "-")
        werkzeug.info("GET /callback?state=def&x=1&code=abc")
        werkzeug.info(Exception("code=abc"))
        werkzeug.info("%(x)s", {"x": 1})
    assert [record.getMessage() for record in caplog.records] == [
        '"GET /eternaltwin/callback?code=[hidden]&state=[hidden] HTTP/1.1" 303 -',
        "GET /callback?state=[hidden]&x=1&code=[hidden]",
        "code=abc",
        "1",
    ]
    assert redacted(3) == 3


def test_the_level_of_the_log_depends_on_the_failure(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger.name):
        visitor.fail("/eternaltwin/callback")
        server.fail_next(401, path="/oauth/token")
        visitor.fail(visitor.callback_of(server, zoe))
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
