"""The login flow, from its start to the callback, in both variants."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import inspect
import time
from itertools import count
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eternaltwin
from eternaltwin import LoginFlow, User
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import (
    ConfigurationError,
    InvalidArgumentError,
    LoginError,
    LoginReplayedError,
    MissingParameterError,
    OtherBrowserError,
    UnknownConnectionError,
)
from eternaltwin.login import Cookie, Login
from eternaltwin.login.settings import checked_secure
from tests.login.sites import STATE_KEY, Browser, Site, client_of, dev_server, fields, query, state_of
from tests.support.fakes import FakeTransport, sync_client

if TYPE_CHECKING:
    from collections.abc import Callable


# --- successful sign-ins


def test_a_player_signs_in(site: Site, browser: Browser) -> None:
    redirect = site.begin(browser, "/arena?page=2", "base")
    assert fields(redirect.url)["scope"] == "base"
    login = site.complete(browser, site.callback_query(redirect))
    assert (login.user.identifier, login.user.username) == (str(site.zoe.id), "Zoe")
    assert login.user.is_authenticated
    assert login.token is login.user.token
    assert login.next == "/arena?page=2"
    assert browser.logins == []


@pytest.mark.parametrize("is_async", [False, True])
def test_a_sign_in_without_arguments_asks_for_the_scope_base(browser: Browser, is_async: bool) -> None:
    site = Site(dev_server(), is_async=is_async)
    redirect = asyncio.run(site.flow.abegin()) if is_async else site.flow.begin()
    browser.set(redirect.cookies)
    assert fields(redirect.url)["scope"] == "base"
    login = site.complete(browser, site.callback_query(redirect))
    assert (login.next, login.process, login.subject) == (None, "login", None)


def test_the_destination_is_optional_and_checked(site: Site, browser: Browser) -> None:
    for destination in (None, "//evil.example", "/\\evil.example", 7):
        assert site.complete(browser, site.callback_query(site.begin(browser, destination))).next is None


def test_the_cookie_has_all_security_attributes(site: Site, browser: Browser) -> None:
    (cookie,) = site.begin(browser).cookies
    assert cookie.name.startswith("__Host-eternaltwin_login-")
    assert (cookie.httponly, cookie.secure, cookie.samesite, cookie.path) == (True, True, "Lax", "/")
    assert cookie.header() == f"{cookie.name}={cookie.value}; Max-Age=4200; Path=/; HttpOnly; Secure; SameSite=Lax"
    assert not set(cookie.value) & set(' ",;\\')


def test_the_cookie_is_marked_as_used_with_the_same_attributes(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cookie,) = (redirect := site.begin(browser)).cookies
    later = time.time() + 100
    monkeypatch.setattr(time, "time", lambda: later)
    (used,) = site.complete(browser, site.callback_query(redirect)).cookies
    assert used.header() == f"{cookie.name}={cookie.value}.used; Max-Age=4100; Path=/; HttpOnly; Secure; SameSite=Lax"


def test_a_cookie_is_removed_with_the_same_attributes(site: Site, browser: Browser) -> None:
    (cookie,) = site.begin(browser).cookies
    browser.cookies[cookie.name] = "nonsense"
    removed, _ = site.begin(browser).cookies
    assert removed.header() == (
        f"{cookie.name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; Secure; SameSite=Lax"
    )


@pytest.mark.parametrize(
    ("callback", "secure", "path", "prefix"),
    [
        ("http://localhost:8000/cb", "auto", "/", "eternaltwin_login-"),
        ("HTTPS://game.example/cb", "auto", "/", "__Host-eternaltwin_login-"),
        ("https://game.example/cb", "auto", "/play", "__Secure-eternaltwin_login-"),
        ("https://game.example/cb", False, "/", "eternaltwin_login-"),
        ("http://behind.a.proxy/cb", True, "/", "__Host-eternaltwin_login-"),
    ],
)
def test_the_cookie_fits_the_site(callback: str, secure: bool, path: str, prefix: str) -> None:
    client = client_of(dev_server(), redirect_uri=callback)
    (cookie,) = LoginFlow(client, secure=secure, path=path).begin().cookies
    assert cookie.name.startswith(prefix)
    assert cookie.secure is prefix.startswith("__")
    assert ("; Secure" in cookie.header()) is cookie.secure
    assert cookie.path == path


def test_a_cookie_without_flags_has_none() -> None:
    assert Cookie("a", "b", 5, "/x", secure=False, httponly=False).header() == "a=b; Max-Age=5; Path=/x; SameSite=Lax"


def test_the_state_carries_only_the_hash_of_the_secret(site: Site, browser: Browser) -> None:
    redirect = site.begin(browser, "/arena")
    secret = redirect.cookies[0].value.split(".")[1]
    assert len(base64.urlsafe_b64decode(f"{secret}=")) == 32
    state = site.client.validate_state(state_of(redirect))
    assert state.rfp == base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode().rstrip("=")
    assert secret not in redirect.url
    assert "arena" not in redirect.url
    assert state.exp - state.iat == 600


def test_nothing_secret_is_shown(site: Site, browser: Browser) -> None:
    redirect = site.begin(browser, "/arena")
    callback = site.callback_query(redirect)
    login = site.complete(browser, callback)
    shown = f"{redirect!r} {login!r} {site.flow!r} {redirect.cookies[0]!r}"
    for secret in (state_of(redirect), redirect.cookies[0].value, login.token.access_token, callback):
        assert secret not in shown


def test_users_may_be_of_a_subclass() -> None:
    class Player(User):
        pass

    server = dev_server()
    flow = LoginFlow(client_of(server), user_class=Player)
    redirect = flow.begin()
    cookies = {cookie.name: cookie.value for cookie in redirect.cookies}
    callback = query(server.authorize(redirect.url, server.add_user("zoe")))
    login: Login[Player] = flow.complete(callback, cookies)
    assert type(login.user) is Player


def test_the_connection_may_be_an_alias() -> None:
    client = client_of(dev_server())
    assert isinstance(client, Eternaltwin)
    flow = LoginFlow("login test")
    with pytest.raises(UnknownConnectionError):
        flow.begin()
    connections.add_connection("login test", client)
    try:
        assert flow.begin().url.startswith(client.public_url)
        with pytest.raises(MissingParameterError):
            flow.complete("", {})
    finally:
        connections.remove_connection("login test")
    asynchronous = client_of(dev_server(), is_async=True)
    assert isinstance(asynchronous, AsyncEternaltwin)
    async_connections.add_connection("login test", asynchronous)
    try:
        with pytest.raises(MissingParameterError):
            asyncio.run(flow.acomplete("", {}))
    finally:
        async_connections.remove_connection("login test")
    with pytest.raises(UnknownConnectionError):
        flow.complete("", {})
    with pytest.raises(UnknownConnectionError):
        asyncio.run(flow.acomplete("", {}))


def test_everything_is_importable_from_the_top() -> None:
    assert eternaltwin.LoginFlow is LoginFlow
    assert eternaltwin.Login is Login
    assert eternaltwin.LoginError is LoginError


@pytest.mark.parametrize("name", ["begin", "complete"])
def test_both_variants_have_the_same_parameters(name: str) -> None:
    sync, asynchronous = getattr(LoginFlow, name), getattr(LoginFlow, f"a{name}")
    assert inspect.signature(sync) == inspect.signature(asynchronous)
    assert inspect.iscoroutinefunction(asynchronous)
    assert not inspect.iscoroutinefunction(sync)


# --- several tabs


def test_several_tabs_sign_in_in_any_order(site: Site, browser: Browser) -> None:
    redirects = [site.begin(browser, f"/tab/{number}") for number in range(10)]
    assert len(browser.logins) == 10
    for number in (3, 0, 9, 1, 8, 2, 7, 4, 6, 5):
        assert site.complete(browser, site.callback_query(redirects[number])).next == f"/tab/{number}"
    assert browser.logins == []


def test_tabs_that_start_at_the_same_time_do_not_undo_each_other(site: Site) -> None:
    before, after = Browser(), Browser()
    redirects = [site.begin(Browser(), f"/tab/{number}") for number in range(5)]
    assert before.logins == []
    for redirect in redirects:
        after.set(redirect.cookies)
    assert [site.complete(after, site.callback_query(redirect)).next for redirect in redirects] == [
        f"/tab/{number}" for number in range(5)
    ]


def test_the_oldest_of_more_than_ten_are_removed(site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(int(time.time()) - 100)
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    redirects = [site.begin(browser) for _ in range(12)]
    monkeypatch.undo()
    assert browser.logins == [redirect.cookies[-1].name for redirect in redirects[2:]]
    for redirect in redirects[:2]:
        with pytest.raises(OtherBrowserError):
            site.complete(browser, site.callback_query(redirect))
    for redirect in redirects[2:]:
        site.complete(browser, site.callback_query(redirect))


def test_ten_are_valid_if_the_start_had_no_cookies(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = count(int(time.time()) - 100)
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    redirects = [site.flow.begin() for _ in range(12)]
    monkeypatch.undo()
    for redirect in redirects:
        browser.set(redirect.cookies)
    assert len(browser.logins) == 12
    for redirect in redirects[:2]:
        with pytest.raises(OtherBrowserError):
            site.complete(browser, site.callback_query(redirect))
    assert len(browser.logins) == 10
    for redirect in redirects[2:]:
        site.complete(browser, site.callback_query(redirect))


def test_flows_of_a_process_share_a_store(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser))
    earlier = Browser()
    earlier.cookies = dict(browser.cookies)
    site.complete(browser, callback)
    site.flow = LoginFlow(site.client)
    with pytest.raises(LoginReplayedError):
        site.complete(earlier, callback)


@given(lengths=st.lists(st.integers(min_value=1, max_value=1024), min_size=1, max_size=15))
def test_the_cookies_of_a_browser_stay_below_4_kb(lengths: list[int]) -> None:
    flow, browser = LoginFlow(_CLIENT), Browser()
    for length in lengths:
        redirect = flow.begin("/" * (length > 0) + "a" * (length - 1), cookies=browser.cookies)
        browser.set(redirect.cookies)
        assert redirect.cookies[-1].name in browser.cookies
        assert len(browser.logins) <= 10
        assert len(browser.header) <= 4000


def test_stale_and_foreign_cookies_are_cleared(site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    site.begin(browser)
    (old,) = browser.logins
    prefix = old[:-12]
    valid = browser.cookies[old]
    browser.cookies |= {
        f"{prefix}{'0' * 12}": "nonsense",
        f"{prefix}{'1' * 12}": f"{'9' * 13}{valid[13:]}",  # of the future
        f"{prefix}{'2' * 12}": f"{valid}{'A' * 5000}",
        f"{prefix}short": "of somebody else",
    }
    later = time.time() + 4201
    monkeypatch.setattr(time, "time", lambda: later)
    redirect = site.begin(browser)
    assert browser.logins == [f"{prefix}short", redirect.cookies[-1].name]
    assert browser.cookies["theme"] == "dark"


@pytest.mark.parametrize("ending", ["0" * 11, "0" * 13, "A" * 12, "g" * 12, "0" * 11 + "\u0660", "", "0" * 12 + "\n"])
def test_a_cookie_with_our_prefix_and_a_foreign_id_is_left_alone(site: Site, browser: Browser, ending: str) -> None:
    site.begin(browser)
    prefix, valid = browser.logins[0][:-12], browser.cookies[browser.logins[0]]
    browser.cookies |= {f"{prefix}{ending}": "nonsense", f"x{prefix}{'0' * 12}": valid}
    redirect = site.begin(browser)
    assert [cookie.name for cookie in redirect.cookies] == [browser.logins[-1]]
    with pytest.raises(MissingParameterError) as caught:
        site.complete(browser, "")
    assert caught.value.cookies == ()


def test_all_cookies_of_sign_ins_have_at_most_4000_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(int(time.time()) - 1000)
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    flow = LoginFlow(_CLIENT)
    # each length of the destination adds a number of bytes that base64 determines
    sizes = {length: _size(flow.begin("/" + "a" * (length - 1)).cookies[0]) for length in range(700, 1000)}
    pairs = {sizes[first] + sizes[second]: (first, second) for first in sizes for second in sizes}
    third = _size(flow.begin("/" + "a" * 999).cookies[0])
    for total, kept in ((4000, 3), (4001, 2)):
        browser = Browser()
        for length in (*pairs[total - third], 1000):
            browser.set(flow.begin("/" + "a" * (length - 1), cookies=browser.cookies).cookies)
        assert len(browser.logins) == kept


def _size(cookie: Cookie) -> int:
    return len(f"{cookie.name}={cookie.value}; ")


def test_stale_cookies_are_cleared_by_a_failure_too(site: Site, browser: Browser) -> None:
    site.begin(browser)
    stale = browser.logins[0][:-12] + "0" * 12
    browser.cookies[stale] = "nonsense"
    with pytest.raises(MissingParameterError) as caught:
        site.complete(browser, "")
    assert [cookie.name for cookie in caught.value.cookies] == [stale]
    assert len(browser.logins) == 1


# --- settings

NO_ORIGIN = (
    "trusted_origins must contain origins such as 'https://play.example', in lower case, without a path, a final"
    " '/' or the default port, not 'a'"
)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("store", object(), "store must have the methods consume and aconsume: see SingleUseStore"),
        ("cookie_name", "a b", "cookie_name must be letters, digits, '_' and '-' (no '__Host-')"),
        ("max_age", 0, "max_age must be a whole number of seconds from 1 to 86400"),
        ("secure", "yes", "secure must be True, False or 'auto'"),
        ("path", "login", "path must be a path that starts with '/'"),
        ("domains", "https://a", "domains must be a list, such as ['https://play.example']"),
        ("trusted_origins", ["a"], NO_ORIGIN),
    ],
)
def test_a_refused_setting_says_what_is_expected(setting: str, value: object, message: str) -> None:
    build = cast("Callable[..., object]", LoginFlow)
    with pytest.raises(ConfigurationError) as caught:
        build(**{setting: value})
    assert (caught.value.setting, str(caught.value)) == (setting, message)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("store", object()),
        ("cookie_name", ""),
        ("cookie_name", "a b"),
        ("cookie_name", "__Host-login"),
        ("cookie_name", None),
        ("max_age", 0),
        ("max_age", 86_401),
        ("max_age", True),
        ("max_age", 1.5),
        ("secure", "yes"),
        ("secure", None),
        ("path", "login"),
        ("path", "/a; Domain=example"),
        ("path", "/a\r\n"),
    ],
)
def test_settings_are_checked_at_once(setting: str, value: object) -> None:
    build = cast("Callable[..., object]", LoginFlow)
    with pytest.raises(ConfigurationError, match=setting) as caught:
        build(**{setting: value})
    assert caught.value.setting == setting


@pytest.mark.parametrize("secure", [True, False, "auto"])
def test_a_checked_setting_is_the_same(secure: object) -> None:
    """Integrations compare it with `auto` as well."""
    assert checked_secure(secure) == secure


def test_a_sign_in_may_be_open_for_a_day() -> None:
    (cookie,) = LoginFlow(_CLIENT, max_age=86_400).begin().cookies
    assert cookie.max_age == 86_400 + 3600
    (cookie,) = LoginFlow(_CLIENT, max_age=1).begin().cookies
    assert cookie.max_age == 1 + 3600


def test_a_malformed_scope_is_refused(site: Site, browser: Browser) -> None:
    with pytest.raises(InvalidArgumentError):
        site.begin(browser, None, "")


def test_no_alias_means_the_default_connection(site: Site, browser: Browser) -> None:
    settings = site.server.connection_settings("mygame")
    async_settings = site.server.connection_settings("mygame", is_async=True)
    settings["state_key"] = async_settings["state_key"] = STATE_KEY
    with connections.override("default", **settings), async_connections.override("default", **async_settings):
        site.flow = LoginFlow(None)
        assert site.complete(browser, site.callback_query(site.begin(browser))).user.username == "Zoe"
    assert "using 'default'" in repr(site.flow)


def test_each_variant_needs_its_own_client() -> None:
    server = dev_server()
    with pytest.raises(ConfigurationError) as caught:
        LoginFlow(client_of(server, is_async=True)).complete("", {})
    assert str(caught.value) == "complete() needs a sync client, acomplete() an async one"
    assert caught.value.setting == "using"
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(LoginFlow(client_of(server)).acomplete("", {}))
    assert str(caught.value) == "acomplete() needs an async client, complete() a sync one"
    assert caught.value.setting == "using"


_CLIENT = sync_client(FakeTransport())
