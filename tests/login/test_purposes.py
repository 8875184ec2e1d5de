"""What a sign-in is for: connecting accounts, front ends of other origins, and several domains with one callback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import (
    ConfigurationError,
    InvalidArgumentError,
    LoginError,
    LoginExpiredError,
    LoginReplayedError,
    OtherBrowserError,
    OtherPlayerError,
)
from eternaltwin.login import LoginFlow, safe_next
from eternaltwin.states import State
from tests.login.sites import CALLBACK, STATE_KEY, Browser, Site, client_of, codes_sent, dev_server, fields, state_of

if TYPE_CHECKING:
    from eternaltwin.login.tickets import Process

FRONT_END = "https://play.example:3000"
DOMAINS = ["https://game.example", "https://game.fr", "https://game.de:8443"]

# --- connecting an account


def test_an_account_is_connected_to_the_player_who_has_started_it(site: Site, browser: Browser) -> None:
    callback = site.callback_query(site.begin(browser, "/settings", process="connect", subject="42"))
    login = site.complete(browser, callback, "42")
    assert (login.process, login.subject, login.next) == ("connect", "42", "/settings")
    login = site.complete(browser, site.callback_query(site.begin(browser)))
    assert (login.process, login.subject) == ("login", None)


@pytest.mark.parametrize("process", ["login", "connect"])
@pytest.mark.parametrize("subject", [None, "43", "", "42 "])
def test_another_player_than_the_one_who_has_started_it_is_refused(
    site: Site, browser: Browser, process: Process, subject: str | None
) -> None:
    callback = site.callback_query(site.begin(browser, "/settings", process=process, subject="42"))
    with pytest.raises(OtherPlayerError) as caught:
        site.complete(browser, callback, subject)
    assert (caught.value.next, caught.value.is_stale, caught.value.process) == ("/settings", False, process)
    assert str(caught.value) == "the sign-in was started by another player than the one who is signed in now"
    assert codes_sent(site.server) == 0
    assert site.complete(browser, callback, "42").subject == "42"  # it is not used up


def test_a_sign_in_without_a_subject_compares_none(site: Site, browser: Browser) -> None:
    login = site.complete(browser, site.callback_query(site.begin(browser, process="connect")), "42")
    assert (login.process, login.subject) == ("connect", None)


@pytest.mark.parametrize("part", ["process", "subject"])
def test_what_a_sign_in_is_for_cannot_be_changed_in_the_cookie(site: Site, browser: Browser, part: str) -> None:
    callback = site.callback_query(site.begin(browser, process="login", subject="42"))
    other = Browser()
    site.begin(other, process="connect" if part == "process" else "login", subject="43" if part == "subject" else "42")
    (mine,), (theirs,) = browser.logins, other.logins
    issued, secret, _ = browser.cookies[mine].split(".")
    browser.cookies[mine] = f"{issued}.{secret}.{other.cookies[theirs].split('.')[2]}"
    for subject in ("42", "43"):
        with pytest.raises(OtherBrowserError):
            site.complete(browser, callback, subject)


def test_a_player_who_wanted_to_connect_is_not_led_on_without_it(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = float(int(time.time()))
    monkeypatch.setattr(time, "time", lambda: now)
    callback = site.callback_query(site.begin(browser, "/settings", process="connect", subject="42"))
    monkeypatch.setattr(time, "time", lambda: now + 600)
    with pytest.raises(LoginExpiredError) as expired:
        site.complete(browser, callback, "42")
    assert (expired.value.next, expired.value.is_stale) == ("/settings", False)
    monkeypatch.undo()
    site.complete(browser, callback, "42")
    with pytest.raises(LoginReplayedError) as replayed:
        site.complete(browser, callback, "42")
    assert (replayed.value.next, replayed.value.is_stale) == ("/settings", True)


@pytest.mark.parametrize("subject", ["a", "x" * 200, "Zoé ☃", '"\\'])
def test_a_subject_is_any_short_text(site: Site, browser: Browser, subject: str) -> None:
    callback = site.callback_query(site.begin(browser, f"/{'a' * 1023}", subject=subject))
    login = site.complete(browser, callback, subject)
    assert (login.subject, login.next) == (subject, f"/{'a' * 1023}")


@pytest.mark.parametrize("subject", ["", "x" * 201, "a\n", "\ud800", 42, b"42"])
def test_any_other_subject_is_refused_at_once(site: Site, subject: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^subject must be a string of 1 to 200 printable characters$"):
        site.flow.begin(subject=subject)


@pytest.mark.parametrize("process", ["", "Login", "disconnect", None])
def test_any_other_process_is_refused_at_once(site: Site, process: Process) -> None:
    with pytest.raises(InvalidArgumentError, match=r"^process must be 'login' or 'connect'$"):
        site.flow.begin(process=process)


# --- front ends of other origins


@pytest.mark.parametrize("is_async", [False, True])
def test_a_sign_in_leads_back_to_a_trusted_front_end(is_async: bool) -> None:
    site, browser = Site(dev_server(), is_async=is_async), Browser()
    site.flow = LoginFlow(site.client, trusted_origins=[FRONT_END])
    for destination in (f"{FRONT_END}/arena?round=2", f"{FRONT_END}/"):
        assert site.complete(browser, site.callback_query(site.begin(browser, destination))).next == destination
    callback = site.callback_query(site.begin(browser, f"{FRONT_END}/arena"))
    site.flow = LoginFlow(site.client)  # which does not trust it any more
    with pytest.raises(OtherBrowserError):
        site.complete(browser, callback)


def test_a_destination_below_a_trusted_origin_is_checked_as_a_path() -> None:
    trusted = ["https://other.example", FRONT_END]
    assert safe_next(FRONT_END, trusted) == f"{FRONT_END}/"
    assert safe_next(f"{FRONT_END}/é", trusted) == f"{FRONT_END}/%C3%A9"
    assert safe_next("/arena", trusted) == "/arena"
    assert safe_next(f"{FRONT_END}/{'a' * 1023}", trusted) == f"{FRONT_END}/{'a' * 1023}"
    for unsafe in (
        f"{FRONT_END}0/",
        f"{FRONT_END}.evil.example/",
        f"{FRONT_END}@evil.example/",
        f"{FRONT_END}//evil.example",
        f"{FRONT_END}/\\evil.example",
        f"{FRONT_END}/%2f%2fevil.example",
        f"{FRONT_END}?a",
        FRONT_END.upper(),
        "https://play.example/",
        "http://play.example:3000/",
        f"{FRONT_END}/{'a' * 1024}",
        f" {FRONT_END}/",
    ):
        assert safe_next(unsafe, trusted) is None, unsafe


@given(st.text())
def test_a_trusted_destination_stays_on_its_origin(text: str) -> None:
    found = safe_next(f"{FRONT_END}{text}", [FRONT_END])
    if found is not None:
        parts = urlsplit(found)
        assert (parts.scheme, parts.netloc) == ("https", "play.example:3000")


@pytest.mark.parametrize("setting", ["trusted_origins", "domains"])
@pytest.mark.parametrize(
    "value",
    [
        "https://play.example",
        b"https://play.example",
        7,
        None,
        ["https://play.example/"],
        ["https://play.example/path"],
        ["https://Play.example"],
        ["https://play.example:443"],
        ["http://play.example:80"],
        ["https://play.example:0443"],
        ["ftp://play.example"],
        ["play.example"],
        ["https://"],
        ["https://user@play.example"],
        ["https://play.example?x"],
        ["*"],
        ["null"],
        [""],
        [7],
        [f"https://{'a' * 248}"],
    ],
)
def test_origins_are_checked_at_once(setting: str, value: list[str]) -> None:
    client = client_of(dev_server())
    with pytest.raises(ConfigurationError, match=f"{setting} must") as caught:
        LoginFlow(client, trusted_origins=value) if setting == "trusted_origins" else LoginFlow(client, domains=value)
    assert caught.value.setting == setting


def test_origins_are_those_that_browsers_write() -> None:
    origins = ("http://localhost:3000", "https://play.example", "http://[::1]:8080", f"https://{'a' * 247}")
    LoginFlow(client_of(dev_server()), trusted_origins=iter(origins), domains=origins[1:2])


# --- several domains, one callback


class Domains:
    """A game on several domains, of which the first has the registered callback. A browser has cookies for each."""

    def __init__(self, *, is_async: bool = False) -> None:
        self.site = Site(dev_server(), is_async=is_async)
        self.site.flow = LoginFlow(self.site.client, domains=DOMAINS)
        self.browsers = {urlsplit(domain).netloc: Browser() for domain in DOMAINS}

    def start(self, domain: str, destination: str | None = None) -> str:
        """Start a sign-in on a domain, and return the query of the callback."""
        browser = self.browsers[urlsplit(domain).netloc]
        return self.site.callback_query(self.site.begin(browser, destination, origin=domain))


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("domain", DOMAINS)
def test_the_domain_where_a_sign_in_has_started_completes_it(domain: str, is_async: bool) -> None:
    game = Domains(is_async=is_async)
    query, host = game.start(domain, "/arena"), urlsplit(DOMAINS[0]).netloc
    url = game.site.flow.forward(query, host)
    if url is not None:
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == domain
        assert parts.path == urlsplit(CALLBACK).path
        query, host = parts.query, parts.netloc
        assert game.site.flow.forward(query, host) is None
        assert game.site.flow.forward(query, "a.proxy.that.hides.the.host") is None  # no endless redirect
    assert f"https://{host}" == domain
    assert game.site.complete(game.browsers[host], query).next == "/arena"


def test_only_the_domain_where_it_has_started_completes_a_sign_in() -> None:
    game = Domains()
    query = game.start("https://game.fr")
    with pytest.raises(OtherBrowserError):
        game.site.complete(game.browsers["game.example"], query)


def test_the_host_of_a_request_is_compared_regardless_of_case() -> None:
    game = Domains()
    assert game.site.flow.forward(game.start("https://game.fr"), "GAME.fr") is None
    assert game.site.flow.forward(game.start("https://game.de:8443"), "game.de:8443") is None
    assert game.site.flow.forward(game.start("https://game.de:8443"), "game.de") is not None


def test_an_error_and_an_issuer_are_passed_on_too() -> None:
    game = Domains()
    state = fields(f"?{game.start('https://game.fr')}")["state"]
    sent = {"error": "access_denied", "error_description": "no & never", "iss": "https://x", "state": state}
    url = game.site.flow.forward(sent, "game.example")
    assert url is not None
    assert fields(url) == {**sent, "forwarded": "1"}


def test_an_expired_sign_in_is_passed_on_so_that_its_domain_can_explain_it(monkeypatch: pytest.MonkeyPatch) -> None:
    game = Domains()
    query = game.start("https://game.fr")
    later = time.time() + 700
    monkeypatch.setattr(time, "time", lambda: later)
    url = game.site.flow.forward(query, "game.example")
    assert url is not None
    with pytest.raises(LoginExpiredError):
        game.site.complete(game.browsers["game.fr"], urlsplit(url).query)


@pytest.mark.parametrize("query", ["", "code=x&state=y", "state=y", "code=a&code=b&state=c"])
def test_a_callback_that_is_not_trusted_is_not_passed_on(query: str) -> None:
    assert Domains().site.flow.forward(query, "game.example") is None


def test_a_code_is_never_passed_on_to_a_domain_that_is_not_in_the_list() -> None:
    game = Domains()
    client = game.site.client
    for origin in ("https://evil.example", "https://game.fr.evil.example", "https://game.fr/", "http://game.fr", ""):
        redirect = game.site.begin(Browser(), origin=origin)
        assert client.validate_state(state_of(redirect)).origin is None
    for origin in ("https://evil.example", "http://game.fr", "https://game.fr/"):
        signed = client.generate_state(origin=origin)
        assert game.site.flow.forward(f"code=x&state={signed}", "game.example") is None
    other = State.new(client.public_url, client_of(dev_server()).settings.state_key, origin="https://game.fr")
    assert game.site.flow.forward(f"code=x&state={other.jwt}", "game.example") is not None
    forged = f"{other.jwt[:-4]}AAAA"
    assert game.site.flow.forward(f"code=x&state={forged}", "game.example") is None


def test_a_game_with_one_domain_passes_nothing_on() -> None:
    site = Site(dev_server())
    query = f"code=x&state={site.client.generate_state(origin='https://game.fr')}"
    assert site.flow.forward(query, "game.example") is None
    assert LoginFlow("no such connection").forward(query, "game.example") is None


def test_codes_of_an_https_game_are_not_passed_on_over_http() -> None:
    flow = LoginFlow(client_of(dev_server()), domains=["https://game.example", "http://game.fr"])
    with pytest.raises(ConfigurationError) as caught:
        flow.begin()
    assert caught.value.setting == "domains"
    assert str(caught.value) == "domains must be https, as redirect_uri is: they get codes"
    query = f"code=x&state={client_of(dev_server()).generate_state()}"
    with pytest.raises(ConfigurationError, match="domains must be https, as redirect_uri is"):
        flow.forward(query, "game.example")
    client = client_of(dev_server(), redirect_uri="http://game.example/oauth/callback")
    LoginFlow(client, domains=["http://game.example", "http://game.fr"]).begin(origin="http://game.fr")


@pytest.mark.parametrize("origin", ["", "x" * 257, 7, "a\n"])
def test_an_origin_of_a_state_is_short_text(origin: str) -> None:
    client = client_of(dev_server())
    with pytest.raises(InvalidArgumentError, match="origin must be a string of 1 to 256 printable characters"):
        client.generate_state(origin=origin)
    state = {"a": "authorize", "as": client.public_url, "iat": int(time.time()), "exp": int(time.time()) + 60}
    signed = client.settings.state_key.encode({**state, "nonce": "n", "rfp": "r", "origin": origin})
    with pytest.raises(LoginError):
        LoginFlow(client).complete(f"code=x&state={signed}", "")


def test_the_key_of_these_tests_is_the_key_of_the_game() -> None:
    assert (
        client_of(dev_server()).settings.state_key.decode(
            client_of(dev_server()).generate_state(origin="https://game.fr")
        )["origin"]
        == "https://game.fr"
    )
    assert len(STATE_KEY) >= 32
