"""Attacks on which other libraries have failed, each named after its entry in the CVE list."""

from __future__ import annotations

import base64
import hmac
import json
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import LoginError, LoginStateError, OtherBrowserError
from eternaltwin.login import LoginFlow
from eternaltwin.login.tickets import Ticket
from tests.login.sites import (
    STATE_KEY,
    Browser,
    Site,
    client_of,
    codes_sent,
    dev_server,
    fields,
    query,
    state_of,
)

if TYPE_CHECKING:
    from eternaltwin.login import Redirect


def refused(site: Site, browser: Browser, code: str, state: str) -> LoginStateError:
    """Return the error with which a callback is refused, before anything is sent."""
    with pytest.raises(LoginStateError) as caught:
        site.complete(browser, {"code": code, "state": state})
    assert codes_sent(site.server) == 0
    assert state not in f"{caught.value}"
    return caught.value


def resigned(redirect: Redirect, **header: object) -> str:
    """Return the state of a sign-in with another header, signed by the game's own key."""
    payload = state_of(redirect).split(".")[1]
    fresh = {"alg": "HS256", "typ": "JWT", **header}
    head = base64.urlsafe_b64encode(json.dumps(fresh).encode()).decode().rstrip("=")
    signature = hmac.digest(STATE_KEY.encode(), f"{head}.{payload}".encode(), "sha256")
    return f"{head}.{payload}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def padded(redirect: Redirect, size: int) -> str:
    """Return the state of a sign-in with a long claim without meaning, signed by the game's own key."""
    head, payload, _ = state_of(redirect).split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{payload}=="))
    large = base64.urlsafe_b64encode(json.dumps({**claims, "x": "A" * size}).encode()).decode().rstrip("=")
    signature = hmac.digest(STATE_KEY.encode(), f"{head}.{large}".encode(), "sha256")
    return f"{head}.{large}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def test_cve_2025_68481_a_victim_is_not_signed_in_as_the_attacker(site: Site) -> None:
    """The state was not bound to the browser: an attacker's own callback URL signed a victim in as the attacker."""
    attacker, victim = Browser(), Browser()
    callback = site.callback_query(site.begin(attacker))
    site.begin(victim)  # the victim has a sign-in of its own open
    with pytest.raises(OtherBrowserError):
        site.complete(victim, callback)
    assert codes_sent(site.server) == 0


def test_cve_2025_68158_a_state_that_the_server_knows_is_not_enough(site: Site) -> None:
    """The state was only looked up in a cache that all browsers shared."""
    starter, other = Browser(), Browser()
    callback = site.callback_query(site.begin(starter))
    assert fields(f"/?{callback}")["state"]
    with pytest.raises(OtherBrowserError):
        site.complete(other, callback)
    other.cookies |= {f"{name[:-12]}{'0' * 12}": value for name, value in starter.cookies.items() if len(name) > 12}
    with pytest.raises(OtherBrowserError):
        site.complete(other, callback)
    assert codes_sent(site.server) == 0


@pytest.mark.parametrize(
    "destination",
    ["//evil.example", "/\\evil.example", "https:evil.example", "/\t/evil.example", "/%2f%2fevil.example", "/%5cevil"],
)
def test_cve_2026_27982_no_redirect_leaves_the_site(site: Site, browser: Browser, destination: str) -> None:
    """A destination that browsers read as another host was followed after the sign-in."""
    redirect = site.begin(browser, destination)
    assert "evil" not in redirect.url
    assert site.complete(browser, site.callback_query(redirect)).next is None


@pytest.mark.parametrize("size", [5_000, 16_000, 2_000_000])
def test_cve_2025_61920_oversized_tokens_are_refused_at_once(site: Site, browser: Browser, size: int) -> None:
    """Tokens of any size were decoded: their senders could use up processor and memory."""
    redirect = site.begin(browser)
    code = fields(f"/?{site.callback_query(redirect)}")["code"]
    refused(site, browser, code, padded(redirect, size))
    with pytest.raises(LoginError):
        site.complete(browser, f"code={code}&state={padded(redirect, size)}")
    assert site.complete(browser, {"code": code, "state": padded(redirect, 5)}).user.username == "Zoe"


def test_a_state_that_is_bound_to_another_secret_is_refused(site: Site, browser: Browser) -> None:
    """The state's `rfp` is checked, even if all other claims are right."""
    redirect = site.begin(browser)
    code = fields(f"/?{site.callback_query(redirect)}")["code"]
    head, payload, _ = state_of(redirect).split(".")
    claims = json.loads(base64.urlsafe_b64decode(f"{payload}=="))
    other = base64.urlsafe_b64encode(json.dumps({**claims, "rfp": claims["rfp"][::-1]}).encode()).decode().rstrip("=")
    signature = hmac.digest(STATE_KEY.encode(), f"{head}.{other}".encode(), "sha256")
    forged = f"{head}.{other}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"
    with pytest.raises(OtherBrowserError):
        site.complete(browser, {"code": code, "state": forged})


def test_the_secret_has_256_random_bits() -> None:
    """Each bit is set in some secrets and unset in others, and no two bits are always the same."""
    secrets = [base64.urlsafe_b64decode(f"{Ticket.new(None).secret}=") for _ in range(64)]
    assert {len(secret) for secret in secrets} == {32}
    columns = {tuple(secret[bit // 8] >> bit % 8 & 1 for secret in secrets) for bit in range(256)}
    assert len(columns) == 256
    assert all(0 < sum(column) < 64 for column in columns)


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["unknown"], [], "exp", None])
def test_cve_2025_59420_critical_headers_are_refused(site: Site, browser: Browser, crit: object) -> None:
    """A header that lists critical extensions (`crit`, RFC 7515) was ignored."""
    redirect = site.begin(browser)
    refused(site, browser, "c", resigned(redirect, crit=crit))
    assert site.complete(browser, site.callback_query(redirect)).user.username == "Zoe"


def test_cve_2026_32597_critical_headers_are_refused_with_the_headers_they_name(site: Site, browser: Browser) -> None:
    """The same, when the critical header itself is present as well."""
    redirect = site.begin(browser)
    refused(site, browser, "c", resigned(redirect, crit=["x-policy"], **{"x-policy": "strict"}))
    refused(site, browser, "c", resigned(redirect, crit=["b64"], b64=False))


def test_a_state_that_is_signed_again_is_the_same(site: Site, browser: Browser) -> None:
    """Signing again does not invalidate a state: the two tests above fail for their headers."""
    redirect = site.begin(browser)
    code = fields(f"/?{site.callback_query(redirect)}")["code"]
    assert site.complete(browser, {"code": code, "state": resigned(redirect)}).user.username == "Zoe"


@pytest.mark.parametrize(
    "issuer",
    [
        "http://eternaltwin.test//",
        "http://eternaltwin.tes/",
        "http://eternaltwin.test/x",
        "x http://eternaltwin.test/",
        "",
    ],
)
def test_cve_2024_53861_the_issuer_is_compared_as_a_whole(site: Site, browser: Browser, issuer: str) -> None:
    """The issuer was accepted if it was a part of the right one."""
    assert site.client.public_url == "http://eternaltwin.test/"
    valid = site.client.validate_state(state_of(site.begin(browser)))
    state = site.client.state_key.encode(
        {"a": "authorize", "as": issuer, "iat": valid.iat, "exp": valid.exp, "rfp": valid.rfp, "nonce": valid.nonce}
    )
    assert "Expected authorization server" in str(refused(site, browser, "c", state))


def test_cve_2024_53861_so_is_the_issuer_of_the_response(site: Site, browser: Browser) -> None:
    """The same, for the parameter `iss` of the callback (RFC 9207)."""
    for issuer in ("http://eternaltwin.test/x", "eternaltwin.test", "http://eternaltwin.tes", "h"):
        callback = site.callback_query(site.begin(browser))
        with pytest.raises(LoginError, match="the response is from another server"):
            site.complete(browser, f"{callback}&iss={issuer}")
    assert codes_sent(site.server) == 0


def test_a_code_is_not_sent_to_another_server() -> None:
    """A mix-up attack: of a game's two servers, an evil one sends its visitor to the callback of the other."""
    honest, evil = dev_server(), dev_server()
    settings = [server.connection_settings("mygame") for server in (honest, evil)]
    for one, url in zip(settings, ("http://honest.test", "http://evil.test"), strict=True):
        one["url"], one["state_key"] = url, STATE_KEY
    clients = [Eternaltwin(**one) for one in settings]
    flows = [LoginFlow(client) for client in clients]
    browser = Browser()
    for flow, other in (flows, flows[::-1]):
        redirect = flow.begin()
        browser.set(redirect.cookies)
        with pytest.raises(LoginStateError, match="Expected authorization server"):
            other.complete({"code": "c", "state": state_of(redirect)}, browser.cookies)
    assert honest.requests == evil.requests == []


def test_a_state_of_one_connection_is_refused_by_another_of_the_same_server() -> None:
    """The connections share server and key, and differ in the client or the callback."""
    server = dev_server(second={"secret": "another secret of the game"})
    first, elsewhere = client_of(server), client_of(server, redirect_uri="https://game.example/elsewhere")
    settings = server.connection_settings("second")
    settings["state_key"], settings["redirect_uri"] = STATE_KEY, first.redirect_uri
    second = Eternaltwin(**settings)
    for other in (second, elsewhere):
        browser = Browser()
        redirect = LoginFlow(first, secure=True).begin()
        browser.set(redirect.cookies)
        callback = query(server.authorize(redirect.url, server.add_user(f"zoe{len(server.world.users())}")))
        with pytest.raises(OtherBrowserError):
            LoginFlow(other, secure=True).complete(callback, browser.cookies)
    assert server.requests == []
