"""What players and operators see when a sign-in with django-allauth fails."""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import translation
from django.utils.html import escape

from eternaltwin.exceptions import AccountRefusedError, LoginExpiredError
from eternaltwin.languages import translate
from tests.integrations.allauth.site.provider_suite import SiteTests

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

    def callback(self) -> str:
        parts = urlsplit(self.server.authorize(self.begin(), "zoe"))
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
        signals.pre_social_login.connect(deny)
        self.addCleanup(signals.pre_social_login.disconnect, deny)
        self.failed(lambda _: None, "account", logging.INFO, "banned")
        self.failed(lambda _: None, "account", logging.INFO, "the site refuses the account")

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
