"""The sign-in of django-allauth against a development server, over real HTTP."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any, ClassVar, cast
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import RequestFactory, TestCase

from eternaltwin.devserver import DevServer
from eternaltwin.integrations.allauth.views import EternaltwinOAuth2Adapter
from tests.support.tracebacks import leaks

CALLBACK = "http://testserver/accounts/eternaltwin/login/callback/"
GAME = {"display_name": "The game", "oauth_callback": CALLBACK, "secret": "a secret"}

SocialAccount: Any = import_module("allauth.socialaccount.models").SocialAccount
SocialToken: Any = import_module("allauth.socialaccount.models").SocialToken


class SiteTests(TestCase):
    """Tests of a site whose players sign in at a development server."""

    server: ClassVar[DevServer]
    zoe: str

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.server = DevServer({"seed": {"app": {"game": GAME}}}).start()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self) -> None:
        self.server.reset()
        self.zoe = str(self.server.add_user("zoe", "Zoé").id)
        app = {"client_id": "game@clients", "secret": "a secret"}
        chosen = {"eternaltwin": {"URL": self.server.url, "APPS": [app]}}
        settings = self.settings(SOCIALACCOUNT_PROVIDERS=chosen)
        settings.enable()
        self.addCleanup(settings.disable)

    def begin(self, query: str = "") -> str:
        response = self.client.post(f"/accounts/eternaltwin/login/{query}")
        assert response.status_code == 302
        return response.headers["Location"]

    def sign_in(self, player: str) -> Any:
        parts = urlsplit(self.server.authorize(self.begin(), player))
        return self.client.get(f"{parts.path}?{parts.query}")


class EternaltwinProviderTests(SiteTests):
    """What a player sees, and what the site stores."""

    def account(self) -> Any:
        return SocialAccount.objects.get()

    def test_a_sign_in(self) -> None:
        response = self.sign_in("zoe")
        self.assertRedirects(response, "/accounts/profile/", fetch_redirect_response=False)
        account = self.account()
        assert (account.provider, account.uid) == ("eternaltwin", self.zoe)
        assert account.extra_data == {"id": self.zoe, "display_name": "Zoé"}
        assert account.get_provider_account().to_str() == "Zoé"
        assert not account.user.has_usable_password()
        assert SocialToken.objects.count() == 0

    def test_a_changed_display_name_is_the_same_account(self) -> None:
        self.sign_in("zoe")
        user = self.account().user
        self.server.world.rename("zoe", "Alice")
        self.client.logout()
        self.sign_in("zoe")
        assert self.account().user == user
        assert self.account().get_provider_account().to_str() == "Alice"
        self.client.logout()
        self.server.world.rename("alice", "Zoé")
        self.sign_in("alice")
        assert SocialAccount.objects.count() == 2

    def test_the_client_authenticates_with_basic(self) -> None:
        self.sign_in("zoe")
        (request,) = [request for request in self.server.requests if request.path == "/oauth/token"]
        assert request.headers["authorization"].startswith("Basic ")

    def test_the_verifier_of_pkce_is_sent_if_the_site_uses_it(self) -> None:
        app = {"client_id": "game@clients", "secret": "a secret"}
        chosen = {"URL": self.server.url, "APPS": [app], "OAUTH_PKCE_ENABLED": True}
        with self.settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": chosen}):
            assert self.sign_in("zoe").status_code == 302
        (request,) = [request for request in self.server.requests if request.path == "/oauth/token"]
        assert b"code_verifier=" in request.body

    def test_parameters_of_the_browser_are_ignored(self) -> None:
        query = "?scope=admin&auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example%26state%3Dx"
        sent = parse_qs(urlsplit(self.begin(query)).query)
        assert sent["scope"] == ["base"]
        assert sent["redirect_uri"] == [CALLBACK]
        assert sent["state"] != ["x"]

    def test_a_callback_in_another_browser_signs_nobody_in(self) -> None:
        parts = urlsplit(self.server.authorize(self.begin(), "zoe"))
        response = self.client_class().get(f"{parts.path}?{parts.query}")
        assert response.status_code != 302
        assert SocialAccount.objects.count() == 0

    def test_a_planted_session_signs_nobody_in(self) -> None:
        """A host below the site's can set a cookie with such a name, for the whole domain."""
        self.sign_in("zoe")
        key = self.client.cookies["sessionid"].value
        planted = f"\u2000sessionid={key}".encode().decode("latin-1")
        for header, name in ((f"sessionid={key}", "Zoé"), (planted, "")):
            response = self.client_class().get("/accounts/profile/", headers={"Cookie": header})
            assert response.content.decode() == name

    def test_a_bad_token_signs_nobody_in(self) -> None:
        for body in ({"type": "Guest", "scope": "Default"}, "no JSON", None):
            self.server.fail_next(200, path="/api/v1/auth/self", body=body)
            assert self.sign_in("zoe").status_code != 302
        assert SocialAccount.objects.count() == 0

    def test_another_address_for_the_browser(self) -> None:
        app = {"client_id": "game@clients", "secret": "a secret"}
        chosen = {"URL": self.server.url, "PUBLIC_URL": "https://outer.example", "APPS": [app]}
        with self.settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": chosen}):
            assert self.begin().startswith("https://outer.example/oauth/authorize?")
        with self.settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": {"APPS": [app]}}):
            assert self.begin().startswith("https://eternaltwin.org/oauth/authorize?")

    def test_an_account_without_stored_data(self) -> None:
        self.sign_in("zoe")
        for stored in (None, "text", 3):
            account = self.account()
            account.extra_data = stored
            assert account.get_provider_account().to_str() != ""

    def test_a_sign_in_that_is_stopped_shows_no_secret(self) -> None:
        parts = urlsplit(self.server.authorize(self.begin(), "zoe"))
        request = RequestFactory().get(parts.path)
        token: Any = SimpleNamespace(token="a token of the player")
        app: Any = SimpleNamespace(client_id="game@clients")
        adapter: Any = cast("Any", EternaltwinOAuth2Adapter)(request)
        with patch("requests.Session.send", side_effect=SystemExit), pytest.raises(SystemExit) as caught:
            adapter.complete_login(request, app, token)
        assert leaks(caught.value, token.token) == []
