"""The settings that the integrations have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eternaltwin.connections import async_connections
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.pages import Button, Page, PageContext
from eternaltwin.integrations.shared.settings import (
    LoginSettings,
    checked_scope,
    derived_state_keys,
    public_url_of,
    server_name,
)

if TYPE_CHECKING:
    from eternaltwin.clients.settings import ConnectionSettings

SETTINGS: ConnectionSettings = {
    "client_id": "game@clients",
    "client_secret": "secret",
    "redirect_uri": "https://game.example/eternaltwin/callback",
    "state_key": "x" * 32,
    "url": "https://internal.example/",
    "public_url": "https://players.example/",
}


@pytest.mark.parametrize(
    ("scope", "checked"), [("base", "base"), (["base", "forum:write"], ("base", "forum:write")), (("base",), ("base",))]
)
def test_scopes(scope: object, checked: object) -> None:
    assert checked_scope(scope) == checked


def test_scopes_of_a_generator_are_read_once() -> None:
    settings = LoginSettings(scope=(name for name in ("base", "forum:write")))
    assert settings.scope == ("base", "forum:write")


@pytest.mark.parametrize("scope", [None, 3, [], ["base", 3]])
def test_other_scopes_are_refused(scope: object) -> None:
    with pytest.raises(ConfigurationError, match="scope must be a string") as caught:
        checked_scope(scope)
    assert caught.value.setting == "scope"


def test_home_is_below_the_root_unless_it_is_set() -> None:
    assert LoginSettings().home_below("") == "/"
    assert LoginSettings().home_below("/games") == "/games/"
    assert LoginSettings().home_below("//evil.example") == "/"
    assert LoginSettings(home="/arena").home_below("/games") == "/arena"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("language", value) for value in ("", "FR", "fr-CA", "it", 3, ["fr"])),
        *((name, value) for name in ("game_name", "label") for value in ("", " ", 3)),
    ],
)
def test_a_language_or_name_that_is_none_is_refused(name: str, value: object) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=name) as caught:
        LoginSettings(**settings)
    assert caught.value.setting == name


def test_the_language_is_that_of_the_setting_or_of_the_browser() -> None:
    assert LoginSettings().language_for("de-AT,fr;q=0.5") == "de"
    assert LoginSettings().language_for("") == "en"
    assert LoginSettings(language="eo").language_for("de") == "eo"


def test_only_a_language_of_the_browser_varies() -> None:
    page = Page.start(Button("/"), PageContext(language="fr"))
    assert LoginSettings().language_headers(page) == {"Content-Language": "fr", "Vary": "Accept-Language"}
    assert LoginSettings(language="fr").language_headers(page) == {"Content-Language": "fr"}


def test_buttons_name_the_connection_if_there_are_several() -> None:
    assert server_name("beta", ["default", "beta"]) == "Eternaltwin (beta)"
    assert server_name("default", ["default", "beta"]) == "Eternaltwin"
    assert server_name("main", ["main"]) == "Eternaltwin"
    with async_connections.override("alpha", **SETTINGS), async_connections.override("beta", **SETTINGS):
        assert LoginSettings().login_label("beta", "fr") == "Se connecter avec Eternaltwin (beta)"
        assert LoginSettings(label="the test server").login_label("beta", "") == "Sign in with the test server"
        assert LoginSettings().login_label(async_connections["beta"], "", "connect") == "Connect with Eternaltwin"


def test_the_context_of_pages_has_the_address_of_eternaltwin_for_browsers() -> None:
    assert public_url_of("nowhere") is None
    with async_connections.override("pages", **SETTINGS):
        context = LoginSettings(game_name="Dice", home="/dice/").page_context("pages", "", "es", "Zoé")
    expected = PageContext(
        home="/dice/", language="es", game_name="Dice", player="Zoé", eternaltwin_url="https://players.example/"
    )
    assert context == expected


def test_derived_keys_depend_on_the_secret_and_on_the_connection() -> None:
    keys = [*derived_state_keys(["old", b"new"], "default"), *derived_state_keys(["old"], "other")]
    assert len({key.encode({"a": 1}) for key in keys}) == 3
    assert derived_state_keys([b"old"], "default")[0].decode(keys[0].encode({"a": 1})) == {"a": 1}
