"""Tests of signing in and out through the sync and the async views."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.auth.models import User as Local
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.test import Client
from django.test.utils import override_settings
from django.urls import set_script_prefix
from django.utils.translation import gettext

from eternaltwin import exceptions
from eternaltwin.devserver import DevServer
from eternaltwin.integrations.django import pages, sign_in
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.signals import logged_in
from eternaltwin.integrations.shared.failures import FAILURES, failure_word
from eternaltwin.login import Login
from tests.integrations.django.site_servers import connection_settings
from tests.integrations.django.visitors import Visitor
from tests.integrations.support.visitors import target_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.dispatch import Signal
    from django.http import HttpResponse

    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.users import User

pytestmark = pytest.mark.usefixtures("database")


def test_a_sign_in(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    response = visitor.sign_in(server, zoe)
    assert response.status_code == 303
    assert response.headers["Location"] == "/"
    assert visitor.player == "Zoé"


def test_next_is_kept_and_the_default_is_the_setting(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    assert visitor.sign_in(server, zoe, "/arena/one/?x=1").headers["Location"] == "/arena/one/?x=1"
    with override_settings(LOGIN_REDIRECT_URL="/arena/home/"):
        assert visitor.sign_in(server, zoe).headers["Location"] == "/arena/home/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_cve_2026_27982_next_stays_on_the_site(
    visitor: Visitor, server: DevServer, zoe: UserRecord, target: str
) -> None:
    assert visitor.sign_in(server, zoe, target).headers["Location"] == "/"
    assert "evil" not in visitor.get(f"/eternaltwin/login/?next={target}").content.decode()


def test_get_shows_the_button_and_starts_nothing(visitor: Visitor, server: DevServer) -> None:
    response = visitor.get("/eternaltwin/login/?next=/arena/one/")
    assert response.status_code == 200
    assert 'name="next" value="/arena/one/"' in response.content.decode()
    assert "Sign in with Eternaltwin" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert not [name for name in visitor.client.cookies if "login" in name]
    assert not server.requests


CSP_MIDDLEWARE = "tests.integrations.django.test_views.csp"


def csp(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set a policy if there is none, as the middleware of Django and of django-csp do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", "script-src 'self'")
        return response

    return middleware


@pytest.mark.parametrize("path", ["login/", "failed/state/"])
def test_pages_cannot_be_framed_and_may_have_own_styles(visitor: Visitor, server: DevServer, path: str) -> None:
    headers = visitor.get(f"/eternaltwin/{path}").headers
    assert headers["Content-Security-Policy"] == "base-uri 'none'; frame-ancestors 'none'"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.parametrize("path", ["login/", "failed/state/"])
def test_the_policy_of_the_site_takes_precedence(server: DevServer, path: str) -> None:
    with override_settings(MIDDLEWARE=[CSP_MIDDLEWARE, *settings.MIDDLEWARE]):
        headers = Visitor().get(f"/eternaltwin/{path}").headers
    assert headers["Content-Security-Policy"] == "script-src 'self'"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["login/", "logout/"])
def test_a_post_without_csrf_token_is_refused(visitor: Visitor, server: DevServer, zoe: UserRecord, path: str) -> None:
    visitor.sign_in(server, zoe)
    assert visitor.post(f"/eternaltwin/{path}").status_code == 403
    assert visitor.player == "Zoé"


def test_csrf_is_checked_without_the_middleware_of_the_site(visitor: Visitor) -> None:
    middleware = ["django.contrib.sessions.middleware.SessionMiddleware"]
    with override_settings(MIDDLEWARE=middleware):
        assert visitor.post("/eternaltwin/login/").status_code == 403


def test_responses_are_private(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    started = visitor.submit("/eternaltwin/login/")
    finished = visitor.sign_in(server, zoe)
    failed = visitor.get("/eternaltwin/callback/?code=x&state=y")
    for response in (started, finished, failed):
        assert response.status_code == 303
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_the_cookie_of_a_sign_in_is_bound_and_then_marked_as_used(
    visitor: Visitor, server: DevServer, zoe: UserRecord
) -> None:
    callback = visitor.callback_of(server, zoe)
    (name,) = [name for name in visitor.client.cookies if name.startswith("eternaltwin_login")]
    cookie = visitor.client.cookies[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (True, "Lax", "/", 4200)
    value = cookie.value
    visitor.get(callback)
    assert visitor.client.cookies[name].value == f"{value}.used"


def test_logging_out(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.sign_in(server, zoe)
    page = visitor.get("/eternaltwin/logout/")
    assert (page.status_code, visitor.player) == (200, "Zoé")
    assert 'class="eternaltwin-logout" type="submit">Sign out</button>' in page.content.decode()
    response = visitor.submit("/eternaltwin/logout/")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert visitor.player is None
    with override_settings(LOGOUT_REDIRECT_URL="/arena/bye/"):
        assert visitor.submit("/eternaltwin/logout/").headers["Location"] == "/arena/bye/"
    assert visitor.submit("/eternaltwin/logout/", {"next": "/arena/x/"}).headers["Location"] == "/arena/x/"
    assert visitor.submit("/eternaltwin/logout/", {"next": "//evil"}).headers["Location"] == "/"


def test_a_link_to_the_sign_out_shows_its_button(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.sign_in(server, zoe)
    page = visitor.get("/eternaltwin/logout/?next=/arena/x/").content.decode()
    assert 'action="/eternaltwin/logout/"' in page
    assert 'name="next" value="/arena/x/"' in page
    assert ">Sign out</button>" in page
    visitor.submit("/eternaltwin/logout/", page="/eternaltwin/logout/")
    assert "<form" not in visitor.get("/eternaltwin/logout/").content.decode()


def test_pages_say_who_is_signed_in_and_how_to_be_somebody_else(
    visitor: Visitor, server: DevServer, zoe: UserRecord
) -> None:
    assert "You are signed in as" not in visitor.get("/eternaltwin/login/").content.decode()
    visitor.sign_in(server, zoe)
    for path in ("login/", "logout/", "failed/taken/"):
        page = visitor.get(f"/eternaltwin/{path}").content.decode()
        assert "You are signed in as Zoé." in page
        assert f'<a href="{server.url}/">Open Eternaltwin</a>' in page
        assert "You are not signed in" not in page


def test_pages_name_a_user_without_an_account(visitor: Visitor, server: DevServer) -> None:
    visitor.client.force_login(Local.objects.create_user("admin"), "django.contrib.auth.backends.ModelBackend")
    assert "You are signed in as admin." in visitor.get("/eternaltwin/logout/").content.decode()


def test_the_button_of_a_failure_leads_where_the_player_wanted_to_go(visitor: Visitor, server: DevServer) -> None:
    page = visitor.get("/eternaltwin/failed/expired/?next=/arena/x/").content.decode()
    assert 'name="next" value="/arena/x/"' in page
    assert "evil" not in visitor.get("/eternaltwin/failed/expired/?next=//evil.example/").content.decode()


def test_the_game_has_a_name_and_a_front_page_of_its_own(visitor: Visitor, server: DevServer) -> None:
    with override_settings(ETERNALTWIN_LOGIN={"game_name": "Five Dice", "home": "/dice/"}):
        page = visitor.get("/eternaltwin/login/").content.decode()
    assert '<a href="/dice/">Back to Five Dice</a>' in page


def test_buttons_name_their_connection_if_there_are_several(visitor: Visitor, server: DevServer) -> None:
    both = {alias: connection_settings(server, "game", f"http://testserver/{alias}/") for alias in ("default", "beta")}
    for labels, text in (({}, "Eternaltwin (beta)"), ({"beta": "the test server"}, "the test server")):
        options = {"connections": ["default", "beta"], "labels": labels}
        with override_settings(ETERNALTWIN=both, ETERNALTWIN_LOGIN=options):
            assert f"Sign in with {text}<" in visitor.get("/eternaltwin/beta/login/").content.decode()
            assert "Sign in with Eternaltwin<" in visitor.get("/eternaltwin/login/").content.decode()


def test_the_front_page_is_below_the_prefix_of_the_site(visitor: Visitor, server: DevServer) -> None:
    set_script_prefix("/games/dice/")
    try:
        assert visitor.submit("/eternaltwin/logout/").headers["Location"] == "/games/dice/"
        assert 'href="/games/dice/"' in visitor.get("/eternaltwin/failed/expired/").content.decode()
    finally:
        set_script_prefix("/")


def fail(visitor: Visitor, target: str) -> str:
    """Return the reason why a callback fails, after checking its page."""
    response = visitor.get(target)
    assert response.status_code == 303
    location = response.headers["Location"]
    word = location.removeprefix("/eternaltwin/failed/").rstrip("/")
    page = visitor.get(location)
    assert page.status_code == FAILURES[word].status
    assert gettext(FAILURES[word].message) in page.content.decode()
    return word


def test_failures_have_pages_with_their_statuses(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    assert fail(visitor, "/eternaltwin/callback/") == "incomplete"
    assert fail(visitor, "/eternaltwin/callback/?code=x&state=y") == "state"
    callback = visitor.callback_of(server, zoe)
    assert fail(visitor, f"{callback}&code=twice") == "incomplete"
    assert fail(Visitor(visitor.is_async), callback) == "other-browser"
    server.fail_next(503, path="/oauth/token")
    assert fail(visitor, callback) == "unreachable"
    assert visitor.player is None


def test_a_refusal_of_the_player_and_of_the_server(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    state = target_of(visitor.callback_of(server, zoe)).partition("state=")[2]
    assert fail(visitor, f"/eternaltwin/callback/?error=access_denied&state={state}") == "cancelled"
    server.fail_next(401, path="/oauth/token")
    assert fail(visitor, visitor.callback_of(server, zoe)) == "setup"


def test_a_page_for_each_kind_of_failure() -> None:
    kinds = [
        kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, exceptions.LoginError)
    ]
    assert {failure_word(kind.__new__(kind)) for kind in kinds} == set(FAILURES)


def test_failures_are_logged_by_the_logger_of_the_integration_at_their_levels(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        visitor.get("/eternaltwin/callback/?code=x&state=y")
        state = target_of(visitor.callback_of(server, zoe)).partition("state=")[2]
        visitor.get(f"/eternaltwin/callback/?error=access_denied&state={state}")
        server.fail_next(401, path="/oauth/token")
        visitor.get(visitor.callback_of(server, zoe))
    logged = [record for record in caplog.records if record.getMessage().startswith("nobody was signed in: ")]
    assert {record.name for record in logged} == {"eternaltwin.integrations.django"}
    assert [record.levelname for record in logged] == ["WARNING", "INFO", "ERROR"]


def test_an_unknown_reason(visitor: Visitor, server: DevServer) -> None:
    assert visitor.get("/eternaltwin/failed/because/").status_code == 404


def test_connections_that_players_may_not_use(visitor: Visitor, server: DevServer) -> None:
    for path in ("other/login/", "other/failed/state/", "other/callback/?code=x&state=y"):
        assert visitor.get(f"/eternaltwin/{path}").status_code == 404


def test_a_second_connection_has_urls_of_its_own(visitor: Visitor, server: DevServer, other_server: DevServer) -> None:
    other = other_server.add_user("other", "Otto")
    assert visitor.sign_in(other_server, other, alias="other/").headers["Location"] == "/"
    assert visitor.player == "Otto"
    assert EternaltwinAccount.objects.get().connection == "other"
    assert visitor.get("/eternaltwin/other/callback/").headers["Location"] == "/eternaltwin/other/failed/incomplete/"
    assert 'action="/eternaltwin/other/login/"' in visitor.get("/eternaltwin/other/failed/state/").content.decode()


def test_session_fixation_the_key_is_rotated(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    """A session whose key somebody else knows does not become the signed-in one."""
    with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
        visitor.sign_in(server, zoe)
        first = visitor.client.cookies["sessionid"].value
        visitor.sign_in(server, zoe)
        second = visitor.client.cookies["sessionid"].value
        visitor.sign_in(server, server.add_user("yan"))
        third = visitor.client.cookies["sessionid"].value
    assert len({first, second, third}) == 3
    assert [session.pk for session in Session.objects.all()] == [third]


def test_session_fixation_a_planted_session_stays_a_guests(
    visitor: Visitor, server: DevServer, zoe: UserRecord
) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    planted = SessionStore()
    planted["cart"] = "mine"
    planted.save()
    visitor.client.cookies["sessionid"] = str(planted.session_key)
    visitor.sign_in(server, zoe)
    assert visitor.client.cookies["sessionid"].value != planted.session_key
    attacker = Visitor(visitor.is_async)
    attacker.client.cookies["sessionid"] = str(planted.session_key)
    assert attacker.player is None


def test_inactive_users_are_refused(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.sign_in(server, zoe)
    get_user_model()._base_manager.update(is_active=False)
    assert visitor.player is None
    assert fail(visitor, visitor.callback_of(server, zoe)) == "account"
    assert "is not active" in caplog.text
    logged = {(record.name, record.levelname) for record in caplog.records if "is not active" in record.getMessage()}
    assert ("eternaltwin.integrations.django.backends", "WARNING") in logged


def test_the_session_of_a_deleted_player_ends(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.sign_in(server, zoe)
    account = EternaltwinAccount.objects.get()
    account.deleted_at = account.created_at
    account.save()
    assert visitor.player is None


def test_a_player_deleted_during_the_sign_in_is_refused(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    callback = visitor.callback_of(server, zoe)
    server.world.delete_user(zoe)
    assert fail(visitor, callback) == "unconfirmed"


def test_the_signal_logged_in(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    seen: list[dict[str, object]] = []

    def record(**arguments: object) -> None:
        seen.append(arguments)

    logged_in.connect(record)
    try:
        visitor.sign_in(server, zoe)
        visitor.sign_in(server, zoe)
    finally:
        logged_in.disconnect(record)
    assert [arguments["created"] for arguments in seen] == [True, False]
    assert {arguments["account"] for arguments in seen} == {EternaltwinAccount.objects.get()}
    assert all(arguments["sender"] is EternaltwinAccount for arguments in seen)
    for arguments in seen:
        assert arguments.keys() == {"signal", "sender", "account", "created", "request", "login"}
        login, request = arguments["login"], arguments["request"]
        assert isinstance(login, Login)
        assert cast("Login[User]", login).user.identifier == str(zoe.id)
        assert isinstance(request, HttpRequest)
        assert request.path == "/eternaltwin/callback/"


@pytest.mark.parametrize("is_signed_in_before", [False, True])
@pytest.mark.parametrize("signal", [logged_in, user_logged_in], ids=["own", "of Django"])
def test_a_receiver_can_turn_a_player_away(
    visitor: Visitor, server: DevServer, zoe: UserRecord, signal: Signal, is_signed_in_before: bool
) -> None:
    seen: list[tuple[bool, str]] = []

    def refuse(request: HttpRequest, **_: object) -> None:
        seen.append((request.user.is_authenticated, str(request.session[SESSION_KEY])))
        raise exceptions.AccountRefusedError("banned")

    if is_signed_in_before:
        visitor.sign_in(server, zoe)
    callback = visitor.callback_of(server, zoe)
    signal.connect(refuse)
    try:
        assert fail(visitor, callback) == "account"
    finally:
        signal.disconnect(refuse)
    assert seen == [(True, str(get_user_model()._base_manager.get().pk))]
    assert visitor.player is None
    values = [cookie.value for name, cookie in visitor.client.cookies.items() if "login" in name]
    assert len(values) == 1 + is_signed_in_before
    assert all(value.endswith(".used") for value in values)
    assert visitor.sign_in(server, zoe).headers["Location"] == "/"
    assert visitor.player == "Zoé"


def test_atomic_requests_do_not_roll_a_used_sign_in_back(
    visitor: Visitor, server: DevServer, zoe: UserRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", not visitor.is_async)
    callback = visitor.callback_of(server, zoe)
    cookies = dict(visitor.client.cookies)
    server.fail_next(503, path="/oauth/token")
    assert fail(visitor, callback) == "unreachable"
    visitor.client.cookies.update(cookies)
    assert fail(visitor, callback) == "replayed"


def test_another_host_than_that_of_redirect_uri_is_logged(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor()
    with override_settings(DEBUG=True):
        visitor.submit("/eternaltwin/login/")
        assert not caplog.records
        with override_settings(ETERNALTWIN={"default": connection_settings(server, "game", "http://localhost/back")}):
            visitor.submit("/eternaltwin/login/")
    assert "starts on testserver, but redirect_uri is on localhost" in caplog.text


def test_another_loopback_host_is_logged_without_debug_too(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    visitor = Visitor()
    with override_settings(ETERNALTWIN={"default": connection_settings(server, "game", "http://localhost/back")}):
        visitor.submit("/eternaltwin/login/")
        assert not caplog.records
        assert isinstance(visitor.client, Client)
        visitor.client.defaults["SERVER_NAME"] = "127.0.0.1"
        visitor.submit("/eternaltwin/login/")
    assert "starts on 127.0.0.1, but redirect_uri is on localhost" in caplog.text


def test_error_reports_contain_no_code_or_state(
    visitor: Visitor, server: DevServer, zoe: UserRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[HttpRequest] = []

    def report(request: HttpRequest, *_: object, **__: object) -> None:
        seen.append(request)
        raise RuntimeError("broken")

    monkeypatch.setattr(sign_in, "failed", report)  # whatever else fails, the callback redirects
    visitor.client.raise_request_exception = False
    callback = visitor.callback_of(server, zoe)
    server.fail_next(503, path="/oauth/token")
    assert visitor.get(callback).status_code == 500
    (request,) = seen
    assert not request.GET
    assert request.META["QUERY_STRING"] == ""
    assert "code" not in request.build_absolute_uri()
    if isinstance(request, ASGIRequest):
        assert request.scope["query_string"] == b""


def test_raw_targets_of_servers_lose_their_query(server: DevServer) -> None:
    from django.test import RequestFactory

    target = "/eternaltwin/callback/?code=x&state=y"
    request = RequestFactory().get(target, REQUEST_URI=target, RAW_URI=target)
    assert sign_in.take_query(request) == "code=x&state=y"
    assert request.META["RAW_URI"] == request.META["REQUEST_URI"] == "/eternaltwin/callback/"


def test_pages_without_a_resolved_url(server: DevServer) -> None:
    from django.test import RequestFactory

    assert pages.url_of(RequestFactory().get("/"), "login", "default") == "/eternaltwin/login/"


def test_the_example_test_of_the_documentation() -> None:
    callback = "http://testserver/eternaltwin/callback/"
    client = Client()
    with (
        DevServer({"seed": {"app": {"mygame": {"oauth_callback": callback, "secret": "x"}}}}) as server,
        override_settings(ETERNALTWIN={"default": server.connection_settings("mygame")}),
    ):
        url = client.post("/eternaltwin/login/", {"next": "/arena/"}).headers["Location"]
        response = client.get(server.authorize(url, server.add_user("zoe")))
    assert response.headers["Location"] == "/arena/"
