"""Refused sign-ins, and their messages to the player and to the developer; in both variants."""

from __future__ import annotations

import asyncio
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest

from eternaltwin import LoginFlow, User
from eternaltwin.clients.driver import run
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BrokenConnectionError,
    CodeRefusedError,
    DoubledParameterError,
    ExpiredStateError,
    InvalidStateError,
    IssuerMismatchError,
    LoginCallbackError,
    LoginError,
    LoginExpiredError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    LoginRefusedError,
    LoginReplayedError,
    LoginStateError,
    LoginStoreError,
    MissingParameterError,
    OtherBrowserError,
    RequestError,
    ServerError,
    TermsNotAcceptedError,
    UnexpectedResponseError,
)
from eternaltwin.login import Cookie, Login, MemoryStore
from eternaltwin.login.exchanges import exchange, token_failure
from eternaltwin.login.tickets import Ticket
from eternaltwin.responses import Response
from tests.login.sites import Browser, Site, codes_sent, dev_server, query, state_of
from tests.support.fakes import FakeTransport, json_response, self_response, sync_client, token_response

if TYPE_CHECKING:
    from eternaltwin.login import SingleUseStore
    from tests.support.fakes import Outcome

CROWD = 50


# --- what is refused


def test_a_callback_works_once(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser))
    cookies = dict(browser.cookies)
    site.complete(browser, callback)
    for held in (browser.cookies, cookies):
        browser.cookies = dict(held)
        with pytest.raises(LoginReplayedError) as caught:
            site.complete(browser, callback)
        assert str(caught.value) == "this sign-in is used already: the state works once"
        assert caught.value.state == dict(parse_qsl(callback))["state"]
        assert isinstance(caught.value, InvalidStateError)
    browser.cookies = {}
    with pytest.raises(OtherBrowserError, match="is finished already"):
        site.complete(browser, callback)
    assert browser.logins == []
    assert codes_sent(site.server) == 1


def test_a_callback_works_in_its_own_browser_only(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser))
    other = Browser()
    for _ in range(2):
        with pytest.raises(OtherBrowserError) as caught:
            site.complete(other, callback)
        assert "another browser" in caught.value.user_message
        assert str(caught.value) == (
            "this browser has no cookie for this sign-in: it was started in another browser, is finished already, or"
            " its cookie was not sent (was it set with the redirect? is the callback on that host, under `path`?)"
        )
        assert caught.value.state == dict(parse_qsl(callback))["state"]
        site.begin(other)
    assert codes_sent(site.server) == 0
    site.complete(browser, callback)  # the attempts in the other browser have not used it up


def test_a_callback_works_for_ten_minutes(site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    redirects = [site.begin(browser), site.begin(browser)]
    queries = [site.callback_query(redirect) for redirect in redirects]
    monkeypatch.setattr(time, "time", lambda: now + 599)
    site.complete(browser, queries[0])
    monkeypatch.setattr(time, "time", lambda: now + 600)
    with pytest.raises(LoginExpiredError, match="Authorization expired") as caught:
        site.complete(browser, queries[1])
    assert isinstance(caught.value, ExpiredStateError)
    assert str(caught.value) == "Authorization expired 0 s ago: start the sign-in again"
    assert caught.value.state == dict(parse_qsl(queries[1]))["state"]


def test_a_state_of_another_start_of_a_sign_in_is_refused(site: Site, browser: Browser) -> None:
    _, url = User.start_authorization(using=site.client)
    site.begin(browser)
    with pytest.raises(OtherBrowserError):
        site.complete(browser, query(site.server.authorize(url, site.zoe)))


def test_a_malformed_cookie_is_refused(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser, "/arena"))
    (name,) = browser.logins
    issued, secret, purpose = browser.cookies[name].split(".")
    for value in (f"{issued}.{secret}", f"{issued}.{secret}.", f"{issued}.{secret}.A", f"{issued}..{purpose}", ""):
        browser.cookies[name] = value
        with pytest.raises(OtherBrowserError, match="this browser has no cookie for this sign-in"):
            site.complete(browser, callback)
    assert codes_sent(site.server) == 0


def test_a_tampered_cookie_is_refused(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser, "/arena", subject="42"))
    (name,) = browser.logins
    theirs = browser.cookies[name]
    ticket = Ticket.from_cookie(theirs)
    assert ticket is not None
    for changed in (
        replace(ticket, issued=ticket.issued - 1),
        replace(ticket, secret=ticket.secret[::-1]),
        replace(ticket, next="/admin"),
        replace(ticket, next=None),
        replace(ticket, process="connect"),
        replace(ticket, subject="43"),
        replace(ticket, subject=None),
    ):
        browser.cookies[name] = changed.cookie_value
        with pytest.raises(OtherBrowserError) as caught:
            site.complete(browser, callback, "42")
        assert str(caught.value) == "this browser's cookie is for another sign-in, or has been tampered with"
        assert caught.value.state == dict(parse_qsl(callback))["state"]
    assert codes_sent(site.server) == 0
    browser.cookies[name] = theirs
    site.complete(browser, callback, "42")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("state=", "stat=", MissingParameterError),
        ("code=", "kode=", MissingParameterError),
        ("state=", "code=x&state=", DoubledParameterError),
        ("state=", "state=x&state=", DoubledParameterError),
        ("state=", "error=access_denied&state=", LoginCallbackError),
    ],
)
def test_a_malformed_callback_does_not_use_up_the_sign_in(
    site: Site, browser: Browser, old: str, new: str, kind: type[LoginError]
) -> None:
    callback = site.callback_query(site.begin(browser))
    with pytest.raises(kind):
        site.complete(browser, callback.replace(old, new))
    assert codes_sent(site.server) == 0
    site.complete(browser, callback)


def test_a_response_of_another_server_is_refused(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser))
    with pytest.raises(IssuerMismatchError):
        site.complete(browser, f"{callback}&iss=https://evil.example")
    assert (codes_sent(site.server), browser.logins) == (0, [])


def test_the_player_may_refuse(site: Site, browser: Browser) -> None:
    state = state_of(site.begin(browser))
    with pytest.raises(LoginRefusedError) as caught:
        site.complete(browser, {"error": "access_denied", "state": state})
    assert isinstance(caught.value, AuthorizationError)
    assert (codes_sent(site.server), browser.logins) == (0, [])


def test_an_error_is_accepted_only_with_a_state_of_this_browser(site: Site, browser: Browser) -> None:
    state = state_of(site.begin(browser))
    for other, forged in ((Browser(), state), (browser, f"{state[:-4]}AAAA"), (browser, "x.y.z")):
        with pytest.raises(LoginStateError):
            site.complete(other, {"error": "access_denied", "state": forged})
    assert len(browser.logins) == 1
    with pytest.raises(AuthorizationError) as caught:
        site.complete(browser, {"error": "server_error", "error_description": "<b>no</b>", "state": state})
    assert (caught.value.code, caught.value.description) == ("server_error", "b no /b")
    copy: AuthorizationError = pickle.loads(pickle.dumps(caught.value))
    assert (copy.code, copy.description, copy.cookies) == ("server_error", "b no /b", caught.value.cookies)


@pytest.mark.parametrize("code", ["nonsense", "a.b.c"])
def test_a_code_that_the_server_refuses_is_reported(site: Site, browser: Browser, code: str) -> None:
    state = state_of(site.begin(browser))
    with pytest.raises(CodeRefusedError) as caught:
        site.complete(browser, {"code": code, "state": state})
    assert isinstance(caught.value.__cause__, RequestError)
    assert code not in str(caught.value)
    assert browser.logins == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, CodeRefusedError),
        (403, CodeRefusedError),
        (422, CodeRefusedError),
        (401, LoginMisconfiguredError),
        (404, LoginMisconfiguredError),
        (405, LoginMisconfiguredError),
        (408, LoginInterruptedError),
        (425, LoginInterruptedError),
        (429, LoginInterruptedError),
        (500, LoginInterruptedError),
        (503, LoginInterruptedError),
    ],
)
def test_each_refusal_of_the_server_has_its_meaning(
    site: Site, browser: Browser, status: int, kind: type[LoginError]
) -> None:
    callback = site.callback_query(site.begin(browser))
    site.server.fail_next(status)
    with pytest.raises(kind) as caught:
        site.complete(browser, callback)
    cause = caught.value.__cause__
    assert isinstance(cause, UnexpectedResponseError if status == 404 else RequestError)
    beginning: dict[type[LoginError], str] = {
        CodeRefusedError: "the server does not accept the authorization code",
        LoginMisconfiguredError: "check client_id, client_secret and url of the connection",
        LoginInterruptedError: "start the sign-in again, this one is used up",
    }
    assert str(caught.value) == f"{beginning[kind]}: {cause}"
    assert codes_sent(site.server) == 1
    assert browser.logins == []


def test_a_failure_after_the_exchange_is_reported(site: Site, browser: Browser) -> None:
    site.server.fail_next(500, times=9, path="/api/v1/auth/self")
    with pytest.raises(LoginInterruptedError) as caught:
        site.complete(browser, site.callback_query(site.begin(browser)))
    assert isinstance(caught.value.__cause__, ServerError)
    assert str(caught.value) == f"start the sign-in again, this one is used up: {caught.value.__cause__}"


def test_a_token_for_another_game_signs_nobody_in() -> None:
    transport = FakeTransport(token_response(), self_response("other@clients"))
    with pytest.raises(CodeRefusedError, match="was not issued to this game") as caught:
        _sign_in(transport)
    assert isinstance(caught.value.__cause__, AuthenticationError)
    assert str(caught.value) == f"the token that the server sent is not valid: {caught.value.__cause__}"


@pytest.mark.parametrize(
    "outcomes",
    [
        [BrokenConnectionError("it broke")],
        [json_response(200, b"<html>")],
        [token_response(), json_response(200, {"type": 7})],
    ],
)
def test_after_a_failure_the_sign_in_has_to_be_started_again(outcomes: list[Outcome]) -> None:
    transport = FakeTransport(*outcomes)
    with pytest.raises(LoginInterruptedError, match="start the sign-in again, this one is used up"):
        _sign_in(transport)


def _sign_in(transport: FakeTransport) -> Login[User]:
    flow = LoginFlow(sync_client(transport))
    redirect = flow.begin()
    cookies = {cookie.name: cookie.value for cookie in redirect.cookies}
    try:
        return flow.complete({"code": "c", "state": state_of(redirect)}, cookies)
    except LoginError as exc:
        cookies.update({cookie.name: cookie.value for cookie in exc.cookies})
        raise
    finally:
        with pytest.raises(LoginReplayedError):
            flow.complete({"code": "c", "state": state_of(redirect)}, cookies)


def test_a_store_that_fails_signs_nobody_in_and_does_not_use_up_the_sign_in() -> None:
    class FailingStore(MemoryStore):
        is_down = True

        def consume(self, key: str, ttl: int) -> bool:
            if self.is_down:
                raise LoginStoreError("down")
            return super().consume(key, ttl)

    store = FailingStore()
    site, browser = Site(dev_server(), store=store), Browser()
    callback = site.callback_query(site.begin(browser))
    stale = f"{browser.logins[0][:-12]}{'0' * 12}"
    browser.cookies[stale] = "nonsense"
    with pytest.raises(LoginStoreError) as caught:
        site.complete(browser, callback)
    assert [cookie.name for cookie in caught.value.cookies] == [stale]
    assert len(browser.logins) == 1
    store.is_down = False
    site.complete(browser, callback)


# --- one of many concurrent callbacks succeeds


def test_one_of_many_threads_with_the_same_callback_succeeds(store: SingleUseStore) -> None:
    site, browser = Site(dev_server(), store=store), Browser()
    callback, barrier = site.callback_query(site.begin(browser)), Barrier(CROWD)

    def complete(_: int) -> bool:
        barrier.wait()
        try:
            site.flow.complete(callback, browser.cookies)
        except LoginReplayedError:
            return False
        return True

    with ThreadPoolExecutor(CROWD) as crowd:
        assert sum(crowd.map(complete, range(CROWD))) == 1
    assert codes_sent(site.server) == 1


def test_one_of_many_tasks_with_the_same_callback_succeeds(store: SingleUseStore) -> None:
    site, browser = Site(dev_server(), store=store, is_async=True), Browser()
    callback = site.callback_query(site.begin(browser))

    async def complete_all() -> list[Login[User] | BaseException]:
        calls = (site.flow.acomplete(callback, browser.cookies) for _ in range(CROWD))
        return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = asyncio.run(complete_all())
    assert sum(isinstance(outcome, Login) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, LoginReplayedError) for outcome in outcomes) == CROWD - 1
    assert codes_sent(site.server) == 1


def test_a_used_sign_in_is_remembered_as_long_as_any_clock_may_accept_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    ttls: list[int] = []

    class RecordingStore(MemoryStore):
        def consume(self, key: str, ttl: int) -> bool:
            assert len(key) == 64
            ttls.append(ttl)
            return super().consume(key, ttl)

    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    site = Site(dev_server(), store=RecordingStore())
    site.complete(browser, site.callback_query(site.begin(browser)))
    assert ttls == [661]


# --- errors


def _kinds(kind: type[LoginError]) -> set[type[LoginError]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


@pytest.mark.parametrize("kind", sorted(_kinds(LoginError), key=str))
def test_every_error_has_a_message_for_the_player_and_can_be_pickled(kind: type[LoginError]) -> None:
    error = kind("message", "code") if issubclass(kind, AuthorizationError) else kind("message")
    error.cookies = (Cookie("a", "", 0),)
    copy: LoginError = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.cookies) == (kind, "message", error.cookies)
    assert 20 < len(error.user_message) < 120
    assert error.user_message.endswith(".")
    assert isinstance(error, InvalidStateError) is issubclass(kind, LoginStateError)


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_page_of_another_server_is_no_refusal_of_the_code(status: int) -> None:
    page = Response("http://a.test/oauth/token", status, b"<html>", [("Content-Type", "text/html")])
    failure = token_failure(UnexpectedResponseError("check that `url` is the address", page))
    assert type(failure) is LoginMisconfiguredError
    assert "check that `url` is the address" in str(failure)


def test_a_response_that_was_not_read_is_an_interruption() -> None:
    assert type(token_failure(UnexpectedResponseError("damaged"))) is LoginInterruptedError


@pytest.mark.parametrize(
    ("status", "kind"), [(403, CodeRefusedError), (404, LoginMisconfiguredError), (503, LoginInterruptedError)]
)
def test_the_error_of_a_sign_in_has_the_id_of_the_request_that_failed(status: int, kind: type[LoginError]) -> None:
    response = json_response(status)
    response.request_id = "0123456789abcdef"
    failure = token_failure(RequestError(response))
    assert type(failure) is kind
    assert failure.request_id == "0123456789abcdef"


def test_a_player_who_owes_the_terms_is_told_where_to_accept_them() -> None:
    config = {"seed": {"user": {"zoe": {"must_accept_terms": True}}}}
    with DevServer(config) as server:
        settings = server.connection_settings("kingdom_dev@clients")
        settings["public_url"] = "https://players.example"
        client = Eternaltwin(**settings)
        with pytest.raises(TermsNotAcceptedError) as caught:
            run(exchange(client.api.oauth, server.world.authorization_code("zoe", "kingdom_dev")))
    copy: TermsNotAcceptedError = pickle.loads(pickle.dumps(caught.value))
    for failure in (caught.value, copy):
        assert failure.tos_url == "https://players.example/tos-accept"
        assert "must accept the terms of service first at https://players.example/tos-accept" in str(failure)
    assert isinstance(caught.value, CodeRefusedError)
    assert caught.value.__cause__ is not None


def test_a_refusal_because_of_the_terms_may_not_know_where_they_are() -> None:
    failure = token_failure(RequestError(json_response(403, {"code": "Q1012", "message": "no"})))
    assert isinstance(failure, TermsNotAcceptedError)
    assert (failure.tos_url, "first: " in str(failure)) == (None, True)


def test_a_scope_that_the_instance_caps_is_a_mistake_of_the_game() -> None:
    failure = token_failure(RequestError(json_response(422, {"code": "Q1007", "message": "invalid scope parameter"})))
    assert type(failure) is LoginMisconfiguredError
    assert "this instance of Eternaltwin limits the scope" in str(failure)
