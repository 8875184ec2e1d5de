"""Sign-ins that are over: what is still known of them, and what is not remembered of those that granted nothing."""

from __future__ import annotations

import time
import tracemalloc
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import (
    AuthorizationError,
    CodeRefusedError,
    IssuerMismatchError,
    LoginError,
    LoginExpiredError,
    LoginInterruptedError,
    LoginReplayedError,
    LoginStateError,
    MissingParameterError,
    OtherBrowserError,
)
from eternaltwin.login import LoginFlow, MemoryStore
from tests.login.sites import CALLBACK, STATE_KEY, Browser, Site, codes_sent, dev_server, state_of
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from eternaltwin.login.callbacks import Query


def failure(site: Site, browser: Browser, callback: Query) -> LoginError:
    """Finish a sign-in, and return the error with which it fails."""
    with pytest.raises(LoginError) as caught:
        site.complete(browser, callback)
    return caught.value


def test_a_replayed_callback_is_told_from_another_browser_and_keeps_its_destination(
    site: Site, browser: Browser
) -> None:
    callback = site.callback_query(site.begin(browser, "/arena?page=2"))
    site.complete(browser, callback)
    for _ in range(2):
        error = failure(site, browser, callback)
        assert (type(error), error.next, error.is_stale) == (LoginReplayedError, "/arena?page=2", True)
    error = failure(site, Browser(), callback)
    assert (type(error), error.next, error.is_stale) == (OtherBrowserError, None, True)
    assert codes_sent(site.server) == 1


def test_a_replay_is_noticed_without_the_memory_of_the_store(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser))
    site.complete(browser, callback)
    site.flow = LoginFlow(site.client, MemoryStore())
    assert type(failure(site, browser, callback)) is LoginReplayedError
    assert codes_sent(site.server) == 1


@pytest.mark.parametrize("seconds", [600, 4199])
def test_a_player_who_comes_back_too_late_keeps_their_destination(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    callback = site.callback_query(site.begin(browser, "/arena"))
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    error = failure(site, browser, callback)
    assert (type(error), error.next, error.is_stale) == (LoginExpiredError, "/arena", True)
    error = failure(site, Browser(), callback)
    assert (type(error), error.next, error.is_stale) == (LoginExpiredError, None, True)
    assert codes_sent(site.server) == 0


def test_after_an_hour_more_the_destination_is_forgotten(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    callback = site.callback_query(site.begin(browser, "/arena"))
    monkeypatch.setattr(time, "time", lambda: now + 4200)
    error = failure(site, browser, callback)
    assert (type(error), error.next) == (LoginExpiredError, None)
    assert browser.logins == []


def test_a_sign_in_expires_with_the_setting_of_the_callback_too(site: Site, browser: Browser) -> None:
    """A setting that was lowered in the meantime holds for sign-ins that were started before."""
    now = time.time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: now - 30)
        callback = site.callback_query(site.begin(browser, "/arena"))
    site.flow = LoginFlow(site.client, max_age=20)
    error = failure(site, browser, callback)
    assert (type(error), error.next) == (LoginExpiredError, "/arena")
    assert isinstance(error, LoginExpiredError)
    assert str(error) == "Authorization expired: it was started more than 20 s ago"
    assert error.state == dict(parse_qsl(callback))["state"]
    assert codes_sent(site.server) == 0


def test_a_failure_keeps_the_destination_only_if_the_ticket_is_theirs(site: Site, browser: Browser) -> None:
    redirect = site.begin(browser, "/arena")
    callback = site.callback_query(redirect)
    error = failure(site, browser, "code=x&state=y")
    assert (type(error), error.next, error.is_stale) == (LoginStateError, None, False)
    assert isinstance(error, LoginStateError)
    assert error.state == "y"
    (name,) = browser.logins
    theirs = browser.cookies[name]
    browser.cookies[name] = f"{theirs[:-4]}AAAA"
    assert failure(site, browser, callback).next is None
    browser.cookies[name] = theirs
    error = failure(site, browser, f"error=server_error&state={state_of(redirect)}")
    assert (type(error), error.next, error.is_stale) == (AuthorizationError, "/arena", False)
    site.server.fail_next(503, path="/oauth/token")
    error = failure(site, browser, site.callback_query(site.begin(browser, "/inn")))
    assert (type(error), error.next, error.is_stale) == (LoginInterruptedError, "/inn", False)


def test_a_sign_in_that_is_over_is_marked_as_used_by_every_failure(site: Site, browser: Browser) -> None:
    for ending, kind in (("error=no", AuthorizationError), ("code=x&iss=https://other", IssuerMismatchError)):
        state = state_of(site.begin(browser, "/arena"))
        assert type(failure(site, browser, f"{ending}&state={state}")) is kind
        error = failure(site, browser, f"{ending}&state={state}")
        assert (type(error), error.next) == (LoginReplayedError, "/arena")
    assert browser.logins == []


# --- cookies


def test_the_newest_three_that_are_over_are_kept(site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(int(time.time()) - 400)
    monkeypatch.setattr(time, "time", lambda: float(next(ticks)))
    callbacks = [site.callback_query(site.begin(browser, f"/{number}")) for number in range(5)]
    monkeypatch.undo()
    for callback in callbacks:
        site.complete(browser, callback)
    site.begin(browser)
    errors = [failure(site, browser, callback) for callback in callbacks]
    assert [error.next for error in errors] == [None, None, "/2", "/3", "/4"]
    assert len(browser.logins) == 1


def test_those_that_are_over_make_room_for_those_that_are_open(site: Site, browser: Browser) -> None:
    over = [site.callback_query(site.begin(browser, f"/{'a' * 1000}")) for _ in range(2)]
    for callback in over:
        site.complete(browser, callback)
    redirects = [site.begin(browser, f"/{'b' * 1000}") for _ in range(2)]
    assert len(browser.header) <= 4000
    assert len(browser.logins) == 2
    for redirect in redirects:
        site.complete(browser, site.callback_query(redirect))


def test_ten_open_sign_ins_are_kept_beside_those_that_are_over(site: Site, browser: Browser) -> None:
    for _ in range(3):
        site.complete(browser, site.callback_query(site.begin(browser)))
    redirects = [site.begin(browser) for _ in range(10)]
    for redirect in redirects:
        site.complete(browser, site.callback_query(redirect))


# --- what grants nothing is not remembered


def test_callbacks_that_grant_nothing_do_not_fill_the_memory() -> None:
    store = MemoryStore(3)
    site = Site(dev_server(), store=store)
    for query in ("error=access_denied", "error=server_error", "code=x&iss=https://other", "code=made.up", "code="):
        for _ in range(4):
            browser = Browser()
            state = state_of(site.begin(browser))
            failure(site, browser, f"{query}&state={state}")
            assert len(store) == 0, query
    browser = Browser()
    site.complete(browser, site.callback_query(site.begin(browser)))
    assert len(store) == 1


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 422, 429, 500, 503])
def test_no_response_that_grants_no_token_fills_the_memory(status: int) -> None:
    store = MemoryStore(1)
    site, browser = Site(dev_server(), store=store), Browser()
    site.server.fail_next(status, times=2, path="/oauth/token")
    for _ in range(2):
        callback = site.callback_query(site.begin(browser))
        failure(site, browser, callback)
        assert len(store) == 0
        assert type(failure(site, browser, callback)) is LoginReplayedError
    site.complete(browser, site.callback_query(site.begin(browser)))
    assert len(store) == 1


def test_a_server_that_cannot_be_reached_does_not_fill_the_memory() -> None:
    store = MemoryStore(1)
    site, browser = Site(dev_server()), Browser()
    site.client = Eternaltwin(
        url=f"http://127.0.0.1:{free_port()}",
        client_id="mygame@clients",
        client_secret="secret",
        redirect_uri=CALLBACK,
        state_key=STATE_KEY,
    )
    site.flow = LoginFlow(site.client, store)
    for _ in range(2):
        error = failure(site, browser, f"code=made.up&state={state_of(site.begin(browser))}")
        assert (type(error), len(store)) == (LoginInterruptedError, 0)


def test_a_refused_code_is_forgotten_by_bounded_memory_only(site: Site, browser: Browser) -> None:
    class OtherStore:
        def __init__(self) -> None:
            self.keys = set[str]()

        def consume(self, key: str, ttl: int) -> bool:
            assert ttl > 600
            self.keys.add(key)
            return True

        async def aconsume(self, key: str, ttl: int) -> bool:
            return self.consume(key, ttl)

    store = OtherStore()
    site.flow = LoginFlow(site.client, store)
    error = failure(site, browser, f"code=made.up&state={state_of(site.begin(browser))}")
    assert (type(error), len(store.keys)) == (CodeRefusedError, 1)


def test_a_forgotten_key_may_be_used_again_and_then_expires_in_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    store = MemoryStore(2)
    assert store.consume("a", 10)
    store.forget("a")
    store.forget("never used")
    now = 1005.0
    assert store.consume("a", 10)
    now = 1010.0
    assert not store.consume("a", 10)
    now = 1015.0
    assert store.consume("a", 10)


def test_forgotten_keys_take_no_memory() -> None:
    """What `sys.getsizeof` cannot see: the deadlines of forgotten keys are forgotten too, those of others are not."""
    store = MemoryStore()
    tracemalloc.start()
    try:
        kept = [f"kept {number}" for number in range(10)]
        assert all(store.consume(key, 60) for key in kept)
        before, _ = tracemalloc.get_traced_memory()
        for number in range(5000):
            assert store.consume(f"{number}", 60)
            store.forget(f"{number}")
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000
    assert len(store) == 10
    assert not any(store.consume(key, 60) for key in kept)


def test_a_missing_state_has_no_destination(site: Site, browser: Browser) -> None:
    site.begin(browser, "/arena")
    error = failure(site, browser, "")
    assert (type(error), error.next, error.is_stale) == (MissingParameterError, None, False)
