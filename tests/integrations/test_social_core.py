"""Tests with the real social-auth-core: its own flow, with a strategy of the tests and the development server."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from social_core.exceptions import AuthException

from eternaltwin.integrations.social_core import EternaltwinOAuth2
from tests.integrations.support.socket_servers import CALLBACK, CLIENT_ID, SECRET

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer


class Nonces:
    """The storage in which the library remembers states."""

    def __init__(self) -> None:
        self.known: set[object] = set()

    def use(self, *nonce: object) -> bool:
        self.known.add(nonce)
        return True

    def consume(self, *nonce: object) -> bool:
        is_known = nonce in self.known
        self.known.discard(nonce)
        return is_known


class Strategy:
    """The library's interface to a framework, here without one."""

    def __init__(self, **settings: object) -> None:
        self.settings = settings
        self.session: dict[str, object] = {}
        self.storage = SimpleNamespace(nonce=Nonces())
        self.query: dict[str, str] = {}

    def setting(self, name: str, default: object = None, **_: object) -> object:
        return self.settings.get(name, default)

    def request_data(self) -> dict[str, str]:
        return self.query

    def absolute_uri(self, path: str | None = None) -> str:
        return f"{path}"

    def random_string(self, length: int) -> str:
        return "r" * length

    def session_get(self, name: str, default: object = None) -> object:
        return self.session.get(name, default)

    def session_set(self, name: str, value: object) -> None:
        self.session[name] = value

    def session_pop(self, name: str) -> object:
        return self.session.pop(name, None)

    def authenticate(self, *_: object, **kwargs: Any) -> object:
        return kwargs["response"]

    def get_setting(self, name: str) -> object:
        return self.settings[name]


@pytest.fixture
def strategy(server: DevServer) -> Strategy:
    return Strategy(KEY=CLIENT_ID, SECRET=SECRET, URL=server.url)


def sign_in(strategy: Strategy, server: DevServer) -> tuple[EternaltwinOAuth2, dict[str, Any]]:
    url = EternaltwinOAuth2(strategy, CALLBACK).auth_url()
    strategy.query = dict(parse_qsl(urlsplit(server.authorize(url, "zoe")).query))
    backend = EternaltwinOAuth2(strategy, CALLBACK)
    response = backend.auth_complete()
    return backend, cast("dict[str, Any]", response)


def test_a_sign_in(server: DevServer, strategy: Strategy) -> None:
    backend, response = sign_in(strategy, server)
    details = backend.get_user_details(response)
    assert details == {"username": "Zoé", "fullname": "Zoé", "email": ""}
    assert backend.get_user_id(details, response) == str(server.world.user("zoe").id)


@pytest.mark.parametrize("is_stored", [False, True])
def test_tokens_are_stored_only_if_the_setting_is_true(server: DevServer, strategy: Strategy, is_stored: bool) -> None:
    strategy.settings["STORE_TOKEN"] = is_stored
    backend, response = sign_in(strategy, server)
    details = backend.get_user_details(response)
    stored = backend.extra_data(None, response["id"], response, details, {})
    assert stored["display_name"] == "Zoé"
    assert (stored.get("access_token") == response["access_token"]) is is_stored
    assert (response["access_token"] in str(stored)) is is_stored


def test_a_state_works_once(server: DevServer, strategy: Strategy) -> None:
    sign_in(strategy, server)
    with pytest.raises(AuthException):
        EternaltwinOAuth2(strategy, CALLBACK).auth_complete()


def test_bad_and_foreign_tokens(strategy: Strategy, foreign_token: str) -> None:
    backend = EternaltwinOAuth2(strategy, CALLBACK)
    for token in ("a-bad-token", foreign_token):
        with pytest.raises(AuthException):
            backend.user_data(token)


def test_another_server_for_the_browser(strategy: Strategy) -> None:
    strategy.settings["PUBLIC_URL"] = "https://outer"
    url = EternaltwinOAuth2(strategy, CALLBACK).auth_url()
    assert url.startswith("https://outer/oauth/authorize?")
    query = dict(parse_qsl(urlsplit(url).query))
    assert (query["scope"], query["redirect_uri"]) == ("base", CALLBACK)


def test_the_official_server_is_the_default() -> None:
    backend = EternaltwinOAuth2(Strategy(KEY=CLIENT_ID, SECRET=SECRET))
    assert backend.access_token_url() == "https://eternaltwin.org/oauth/token"
