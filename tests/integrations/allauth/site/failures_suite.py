"""What players and operators see when a sign-in with django-allauth fails."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.utils import translation
from django.utils.html import escape

from eternaltwin.exceptions import AccountRefusedError, GameCodeError, LoginExpiredError
from eternaltwin.languages import translate
from tests.integrations.allauth.site.provider_suite import SiteTests, SocialAccount
from tests.support.tracebacks import leaks

if TYPE_CHECKING:
    from collections.abc import Callable

signals: Any = import_module("allauth.socialaccount.signals")
PREFIX = "/accounts/eternaltwin/login/failed/"
LOGGER = "eternaltwin.integrations.allauth"


class HookedAdapter(DefaultSocialAccountAdapter):
    """A site's adapter with a page of its own for failures."""

    def on_authentication_error(self, *args: object, **kwargs: object) -> None:
        del args, kwargs
        raise ImmediateHttpResponse(HttpResponse("the page of the site"))


class BrokenAdapter(DefaultSocialAccountAdapter):
    """A site's adapter with a programming error."""

    def on_authentication_error(self, *args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("a bug of the adapter")


class RespondingAdapter(DefaultSocialAccountAdapter):
    """A site's adapter that sends a page of its own instead of signing a player in."""

    def populate_user(self, *args: object, **kwargs: object) -> None:
        raise ImmediateHttpResponse(HttpResponse("the page of the site"))


class ClosedAdapter(DefaultSocialAccountAdapter):
    """A site's adapter that lets nobody sign up."""

    def is_open_for_signup(self, *args: object, **kwargs: object) -> bool:
        return False


class FailureTests(SiteTests):
    """Every failure redirects to a page that says why, and is logged with its cause."""

    def assert_failure(self, response: Any, word: str, level: int, story: str, log: list[logging.LogRecord]) -> str:
        """Check the redirect, the log and the page of a failure, and return the text of the page."""
        assert response.status_code == 303
        assert response.headers["Location"] == f"{PREFIX}{word}/"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        (record,) = log
        assert record.levelno == level
        assert story in record.getMessage()
        page = self.client.get(response.headers["Location"])
        assert page.status_code >= 400
        assert "Third-Party Login Failure" in page.text
        assert 'action="/accounts/eternaltwin/login/"' in page.text
        return str(page.text)

    def callback(self, query: str = "") -> str:
        parts = urlsplit(self.server.authorize(self.begin(query), "zoe"))
        return f"{parts.path}?{parts.query}"

    def failed(self, change: Callable[[dict[str, str]], object], word: str, level: int, story: str) -> str:
        """Open the callback with a changed query, and check its failure."""
        path, _, query = self.callback().partition("?")
        fields = dict(parse_qsl(query))
        change(fields)
        with self.assertLogs(LOGGER, logging.INFO) as log:
            response = self.client.get(f"{path}?{urlencode(fields)}")
        return self.assert_failure(response, word, level, story, log.records)

    def test_the_page_says_that_the_code_was_refused(self) -> None:
        page = self.failed(lambda query: query.update(code="wrong"), "unconfirmed", logging.WARNING, "CodeRefusedError")
        assert "did not confirm" in page

    def test_the_page_says_that_the_game_is_not_set_up(self) -> None:
        self.server.world.adopt_client("game@clients", "http://testserver/accounts/eternaltwin/login/callback/", "new")
        page = self.failed(lambda _: None, "setup", logging.ERROR, "LoginMisconfiguredError: check client_id")
        assert "new" not in page.split()

    def test_the_page_says_that_eternaltwin_cannot_be_reached(self) -> None:
        self.server.fail_next(503, path="/oauth/token")
        self.failed(lambda _: None, "unreachable", logging.WARNING, "responded with 503")
        self.server.fail_next(503, path="/api/v1/auth/self")
        self.failed(lambda _: None, "unreachable", logging.WARNING, "responded with 503")
        self.server.fail_next(200, path="/oauth/token", body="no JSON")
        self.failed(lambda _: None, "unreachable", logging.WARNING, "caused by JSONDecodeError")

    def test_the_page_says_that_the_token_is_not_valid(self) -> None:
        self.server.fail_next(401, path="/api/v1/auth/self")
        self.failed(lambda _: None, "unconfirmed", logging.WARNING, "responded with 401")
        self.server.fail_next(200, path="/api/v1/auth/self", body={"type": "Guest", "scope": "Default"})
        self.failed(lambda _: None, "unconfirmed", logging.WARNING, "caused by InvalidTokenError")

    def test_the_page_says_that_eternaltwin_reports_an_error(self) -> None:
        def report(query: dict[str, str]) -> None:
            query.pop("code")
            query["error"] = "server_error"

        self.failed(report, "eternaltwin", logging.WARNING, "server_error")

    def test_the_page_says_that_the_response_is_not_complete_or_is_of_another_server(self) -> None:
        self.failed(lambda query: query.pop("code"), "incomplete", logging.WARNING, "neither code nor error")
        self.failed(lambda query: query.update(iss="https://evil.example"), "issuer", logging.WARNING, "iss is not")

    def test_the_page_says_that_the_sign_in_was_started_in_another_browser(self) -> None:
        callback = self.callback()
        other = self.client_class()
        with self.assertLogs(LOGGER, logging.INFO) as log:
            response = other.get(callback)
        page = self.assert_failure(response, "other-browser", logging.INFO, "no such state", log.records)
        assert "another browser" in page

    def test_the_page_says_that_the_site_refuses_the_account(self) -> None:
        def deny(**_: object) -> None:
            raise refusals.pop()

        refusals: list[Exception] = [PermissionDenied(), AccountRefusedError("banned")]
        self.connect("pre_social_login", deny)
        self.failed(lambda _: None, "account", logging.INFO, "banned")
        self.failed(lambda _: None, "account", logging.INFO, "the site refuses the account")

    def connect(self, name: str, receiver: Callable[..., None]) -> None:
        """Connect a receiver to a signal of django-allauth, until the test ends."""
        signal = getattr(signals, name)
        signal.connect(receiver)
        self.addCleanup(signal.disconnect, receiver)

    def test_the_page_says_that_the_code_of_the_site_has_failed_and_the_log_has_its_traceback(self) -> None:
        def break_down(**_: object) -> None:
            raise KeyError("a bug of the receiver")

        self.connect("pre_social_login", break_down)
        self.failed(lambda _: None, "game", logging.ERROR, "caused by KeyError: 'a bug of the receiver'")
        with self.assertLogs(LOGGER, logging.ERROR) as log:
            self.client.get(self.callback())
        (record,) = log.records
        assert record.exc_info is not None
        assert isinstance(record.exc_info[1], GameCodeError)
        assert "in break_down" in log.output[0]

    def test_no_traceback_of_a_failure_of_the_site_shows_a_secret(self) -> None:
        def break_down(**_: object) -> None:
            raise KeyError("a bug of the receiver")

        self.connect("pre_social_login", break_down)
        callback = self.callback()
        with self.assertLogs(LOGGER, logging.ERROR) as log:
            self.client.get(callback)
        error = (log.records[0].exc_info or (None, None))[1]
        assert error is not None
        secrets = dict(parse_qsl(urlsplit(callback).query))
        assert leaks(error, "a secret", secrets["code"], secrets["state"]) == []

    def test_the_page_says_that_the_adapter_of_the_site_has_failed(self) -> None:
        with self.settings(SOCIALACCOUNT_ADAPTER="failures_suite.BrokenAdapter"):
            for callback in ("", "?state=none&code=none"):
                with self.assertLogs(LOGGER, logging.INFO) as log:
                    response = self.client.get(f"/accounts/eternaltwin/login/callback/{callback}")
                self.assert_failure(response, "game", logging.ERROR, "ZeroDivisionError", log.records)

    def test_the_page_says_that_nobody_may_sign_up(self) -> None:
        with self.settings(SOCIALACCOUNT_ADAPTER="failures_suite.ClosedAdapter"):
            self.failed(lambda _: None, "account", logging.INFO, "lets no new players sign up")

    def test_a_response_that_the_code_of_the_site_raises_takes_precedence(self) -> None:
        def respond(**_: object) -> None:
            raise ImmediateHttpResponse(HttpResponse("the page of the site"))

        with self.settings(SOCIALACCOUNT_ADAPTER="failures_suite.RespondingAdapter"):
            assert self.client.get(self.callback()).text == "the page of the site"
        self.connect("pre_social_login", respond)
        assert self.client.get(self.callback()).text == "the page of the site"

    def test_a_failure_of_the_site_undoes_what_its_request_has_written(self) -> None:
        def break_down(**_: object) -> None:
            raise KeyError("a bug of the receiver")

        self.connect("social_account_added", break_down)
        user_logged_in.connect(break_down)
        self.addCleanup(user_logged_in.disconnect, break_down)
        with patch.dict(connection.settings_dict, ATOMIC_REQUESTS=True):
            self.failed(lambda _: None, "game", logging.ERROR, "a bug of the receiver")
        assert SocialAccount.objects.count() == 0
        user_logged_in.disconnect(break_down)
        assert self.client.get(self.callback()).status_code == 302

    def test_a_player_whom_a_receiver_turns_away_at_the_end_is_not_signed_in(self) -> None:
        def refuse(**_: object) -> None:
            raise refusals[-1]

        user_logged_in.connect(refuse)
        self.addCleanup(user_logged_in.disconnect, refuse)
        refusals: list[Exception] = []
        for error, word, level in (
            (AccountRefusedError("banned"), "account", logging.INFO),
            (PermissionDenied("banned"), "account", logging.INFO),
            (ZeroDivisionError("banned"), "game", logging.ERROR),
        ):
            refusals.append(error)
            self.failed(lambda _: None, word, level, "" if word == "account" else "banned")
            assert self.client.get("/accounts/profile/").content == b""

    def test_a_second_attempt_leads_to_where_the_player_wanted_to_go(self) -> None:
        path, _, query = self.callback("?next=/arena/%3Fround%3D2").partition("?")
        fields = dict(parse_qsl(query))
        for word, changed in (
            ("incomplete", {"state": fields["state"]}),
            ("issuer", {**fields, "iss": "https://evil.example"}),
            ("unconfirmed", {**fields, "code": "no"}),
        ):
            with self.assertLogs(LOGGER, logging.INFO):
                response = self.client.get(f"{path}?{urlencode(changed)}")
            assert response.headers["Location"] == f"{PREFIX}{word}/?next=/arena/%3Fround%3D2"
        page = self.client.get(f"{PREFIX}unconfirmed/?next=/arena/%3Fround%3D2").text
        assert 'action="/accounts/eternaltwin/login/?next=/arena/%3Fround%3D2"' in page
        login_path = "/accounts/eternaltwin/login/?next=/arena/%3Fround%3D2"
        parts = urlsplit(self.server.authorize(self.client.post(login_path).headers["Location"], "zoe"))
        assert self.client.get(f"{parts.path}?{parts.query}").headers["Location"] == "/arena/?round=2"

    def test_a_second_attempt_connects_the_account_as_the_first(self) -> None:
        self.client.force_login(User.objects.create_user("old"))
        path, _, query = self.callback("?process=connect").partition("?")
        with self.assertLogs(LOGGER, logging.INFO):
            response = self.client.get(f"{path}?{urlencode({**dict(parse_qsl(query)), 'code': 'no'})}")
        assert response.headers["Location"] == f"{PREFIX}unconfirmed/?process=connect"
        page = self.client.get(response.headers["Location"]).text
        assert 'action="/accounts/eternaltwin/login/?process=connect"' in page
        assert "<button>Connect with Eternaltwin</button>" in page

    def test_a_stale_callback_leads_to_the_front_page_if_login_redirect_url_names_nothing(self) -> None:
        callback = self.callback()
        self.client.get(callback)
        with self.settings(LOGIN_REDIRECT_URL="no-such-name"), self.assertLogs(LOGGER, logging.INFO):
            again = self.client.get(callback)
        assert (again.status_code, again.headers["Location"]) == (303, "/")

    def test_where_to_go_is_kept_in_the_browser_of_the_player_only(self) -> None:
        with self.assertLogs(LOGGER, logging.INFO):
            response = self.client_class().get(self.callback("?next=/arena/"))
        assert response.headers["Location"] == f"{PREFIX}other-browser/"
        for unsafe in ("//evil.example", "https://evil.example/", "javascript:alert(1)"):
            page = self.client.get(f"{PREFIX}expired/?{urlencode({'next': unsafe})}").text
            assert 'action="/accounts/eternaltwin/login/"' in page

    def test_a_session_with_other_states_keeps_nothing(self) -> None:
        others: list[object] = [None, [], {"none": None}, {"none": []}, {"none": [None]}, {"none": ["text", 3]}]
        for states in others:
            self.client.get("/accounts/login/")
            session = self.client.session
            session["socialaccount_states"] = states
            session.save()
            self.client.cookies["sessionid"] = str(session.session_key)
            with self.assertLogs(LOGGER, logging.INFO):
                response = self.client.get("/accounts/eternaltwin/login/callback/?state=none&code=none")
            assert response.status_code == 303

    def test_a_refusal_of_the_player_leads_to_the_page_of_allauth_and_is_logged(self) -> None:
        path, _, query = self.callback().partition("?")
        fields = {**dict(parse_qsl(query)), "error": "access_denied"}
        del fields["code"]
        with self.assertLogs(LOGGER, logging.INFO) as log:
            response = self.client.get(f"{path}?{urlencode(fields)}")
        assert response.headers["Location"] == "/accounts/3rdparty/login/cancelled/"
        assert "LoginRefusedError" in log.output[0]

    def test_a_callback_that_is_opened_again_leads_on_who_is_signed_in(self) -> None:
        callback = self.callback()
        assert self.client.get(callback).status_code == 302
        with self.assertLogs(LOGGER, logging.INFO):
            again = self.client.get(callback)
        assert (again.status_code, again.headers["Location"]) == (303, "/accounts/profile/")

    def test_the_hook_of_the_site_takes_precedence(self) -> None:
        with self.settings(SOCIALACCOUNT_ADAPTER="failures_suite.HookedAdapter"):
            for query in ("", "?state=none&code=none"):
                response = self.client.get(f"/accounts/eternaltwin/login/callback/{query}")
                assert response.text == "the page of the site"

    def test_the_cause_is_shown_with_debug_only(self) -> None:
        callback = "/accounts/eternaltwin/login/callback/?state=a&code=b"
        for is_debug in (False, True):
            with self.settings(DEBUG=is_debug), self.assertLogs(LOGGER, logging.INFO):
                page = self.client.get(self.client.get(callback).headers["Location"])
            assert ("no such state" in page.text) is is_debug

    def test_no_error_report_and_no_log_after_the_callback_can_show_its_query(self) -> None:
        finished: list[Any] = [self.client.get(self.callback()), asyncio.run(self.async_client.get(self.callback()))]
        for request in (finished[0].wsgi_request, finished[1].asgi_request):
            assert (request.META["QUERY_STRING"], dict(request.GET)) == ("", {})
        assert finished[1].asgi_request.scope["query_string"] == b""

    def test_the_page_speaks_the_language_of_the_player(self) -> None:
        with translation.override("fr"):
            page = self.client.get(f"{PREFIX}expired/").text
        assert "<button>Se connecter avec Eternaltwin</button>" in page
        assert escape(translate(LoginExpiredError.user_message, "fr")) in page

    def test_another_word_is_no_page(self) -> None:
        assert self.client.get(f"{PREFIX}anything/").status_code == 404

    def test_the_callback_is_the_registered_one_whatever_host_the_request_has(self) -> None:
        chosen = {"URL": self.server.url, "REDIRECT_URI": "https://mygame.example/callback"}
        app = {"client_id": "game@clients", "secret": "a secret"}
        with self.settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": {**chosen, "APPS": [app]}}):
            sent = dict(parse_qsl(urlsplit(self.begin()).query))
        assert sent["redirect_uri"] == "https://mygame.example/callback"
