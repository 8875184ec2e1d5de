"""The system checks of a site with django-allauth: each finds its problem, and nothing else."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import SimpleTestCase, modify_settings, override_settings

from eternaltwin.integrations.allauth.checks import check_settings

APP = {"client_id": "game@clients", "secret": "a secret"}
CALLBACK = "http://testserver/accounts/eternaltwin/login/callback/"

STRICT = "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware"
ACCOUNT_MIDDLEWARE = "allauth.account.middleware.AccountMiddleware"


class OwnSessions(SessionMiddleware):
    """The sessions of a site that extends those of Django."""


def problems(**provider: object) -> dict[str, str]:
    """Return the messages and hints of the checks by their ids, for a setting of the provider."""
    with override_settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": {"APPS": [APP], **provider}}):
        return found()


def found() -> dict[str, str]:
    messages = check_settings()
    assert all(message.hint for message in messages)
    return {
        str(message.id).removeprefix("eternaltwin_allauth."): f"{message.msg} {message.hint}" for message in messages
    }


class CheckTests(SimpleTestCase):
    """Each test changes one setting of a valid site."""

    def assert_only(self, seen: dict[str, str], name: str, *parts: str) -> None:
        assert list(seen) == [name], seen
        assert all(part in seen[name] for part in parts), seen
        assert "a secret" not in seen[name]

    def test_a_valid_site_has_no_problem(self) -> None:
        assert problems() == {}
        assert problems(APPS=None, APP=APP, REDIRECT_URI=CALLBACK, URL="http://localhost:50320", SCOPE=["base"]) == {}

    def test_a_missing_app_is_reported_with_an_example(self) -> None:
        self.assert_only(problems(APPS=[]), "W001", '"client_id": "mygame@clients"', "in the admin")
        with override_settings(SOCIALACCOUNT_PROVIDERS={}):
            self.assert_only(found(), "W001")

    def test_a_missing_secret_or_client_is_reported(self) -> None:
        self.assert_only(problems(APPS=[{**APP, "secret": ""}]), "E001", "the secret of an app", "environment")
        self.assert_only(problems(APPS=[{"secret": "a secret"}]), "E001", "the client_id of an app")

    def test_a_setting_of_another_shape_is_reported(self) -> None:
        self.assert_only(problems(APPS="game"), "E001", "a list of mappings")
        self.assert_only(problems(APPS=[1]), "E001", "a list of mappings")
        for wrong in ("game", [APP]):
            with override_settings(SOCIALACCOUNT_PROVIDERS={"eternaltwin": wrong}):
                assert "must be a mapping" in found()["E001"]
        with override_settings(SOCIALACCOUNT_PROVIDERS=[]):
            assert "W001" in found()

    def test_a_misspelt_key_is_reported_with_the_right_one(self) -> None:
        self.assert_only(problems(REDIRECT_URL=CALLBACK), "E001", "'REDIRECT_URL'", "REDIRECT_URI")

    def test_an_address_that_is_none_is_reported(self) -> None:
        self.assert_only(problems(URL="eternaltwin.org"), "E001", "['URL'] is wrong")

    def test_a_redirect_uri_that_is_not_the_callback_is_reported(self) -> None:
        wrong = CALLBACK.removesuffix("/")
        self.assert_only(problems(REDIRECT_URI=wrong), "E006", "/accounts/eternaltwin/login/callback/")
        self.assert_only(
            problems(REDIRECT_URI=CALLBACK.replace("testserver", "other.example")), "E007", "other.example"
        )
        with override_settings(ALLOWED_HOSTS=[], DEBUG=True):
            local = CALLBACK.replace("testserver", "localhost:8000")
            assert problems(REDIRECT_URI=local, URL="http://localhost:50320") == {}
            self.assert_only(problems(REDIRECT_URI=local), "W003", "eternaltwin serve")

    def test_a_missing_url_configuration_is_reported(self) -> None:
        with override_settings(ROOT_URLCONF="empty_urls"):
            self.assert_only(problems(), "E005", 'include("allauth.urls")')

    def test_a_missing_app_of_django_or_allauth_is_reported(self) -> None:
        for app in ("django.contrib.messages", "allauth.account"):
            with modify_settings(INSTALLED_APPS={"remove": [app]}):
                self.assert_only(problems(), "E002", f"{app} is not installed")

    def test_a_missing_middleware_is_reported(self) -> None:
        for path in ("django.contrib.sessions.middleware.SessionMiddleware", ACCOUNT_MIDDLEWARE):
            with modify_settings(MIDDLEWARE={"remove": [path]}):
                self.assert_only(problems(), "E003", path)

    def test_a_subclass_of_a_middleware_is_accepted(self) -> None:
        path = "django.contrib.sessions.middleware.SessionMiddleware"
        with modify_settings(MIDDLEWARE={"remove": [path], "append": ["checks_suite.OwnSessions"]}):
            assert problems() == {}

    def test_a_missing_backend_is_reported_also_if_another_is_misspelt(self) -> None:
        with override_settings(AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackends"]):
            self.assert_only(problems(), "E004", "allauth.account.auth_backends.AuthenticationBackend")

    def test_a_missing_context_processor_is_reported(self) -> None:
        with override_settings(TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}]):
            self.assert_only(problems(), "E008", "django.template.context_processors.request")

    def test_a_site_that_does_not_read_cookies_strictly_is_reported(self) -> None:
        with modify_settings(MIDDLEWARE={"remove": [STRICT]}):
            self.assert_only(problems(), "W006", "is missing", STRICT)
        late = [*settings.MIDDLEWARE[1:], STRICT]
        with override_settings(MIDDLEWARE=late):
            self.assert_only(problems(), "W006", "comes too late", STRICT)

    def test_settings_that_weaken_sign_ins_are_reported(self) -> None:
        for name, value, expected in (
            ("SESSION_COOKIE_SAMESITE", "Strict", "W002"),
            ("SOCIALACCOUNT_LOGIN_ON_GET", True, "W004"),
            ("SOCIALACCOUNT_STORE_TOKENS", True, "W005"),
        ):
            with override_settings(**{name: value}):
                self.assert_only(problems(), expected, name)
