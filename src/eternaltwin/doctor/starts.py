"""How a game starts a sign-in: the redirect that it sends to the browser, and the cookies with it."""

from __future__ import annotations

from html.parser import HTMLParser
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.probes import Address, target_of
from eternaltwin.exceptions import InvalidStateError
from eternaltwin.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.cookies import Morsel

    from eternaltwin.doctor.setups import CheckedSetup
    from eternaltwin.responses import Response

LIVE_CHECK = "live"


class GameStart(NamedTuple):
    """What a game sends to a browser that starts a sign-in.

    Attributes:
        url: Address of the redirect.
        cookies: The cookies to set.
    """

    url: str
    cookies: tuple[Morsel[str], ...]


def login_page(redirect_uri: str) -> str:
    """Return where a sign-in starts, as this package's integrations have it: beside the callback.

    Args:
        redirect_uri: The callback.

    Returns:
        The address, with `login` in place of the last part of the path.
    """
    path = urlsplit(redirect_uri).path
    slash = "/" if path.endswith("/") else ""
    folder = path.rstrip("/").rpartition("/")[0]
    return urljoin(redirect_uri, f"{folder}/login{slash}")


def read_start(page: str, timeout: float) -> GameStart | None:
    """Start a sign-in as a browser does: open the page, and press its button.

    Args:
        page: Where a sign-in starts.
        timeout: Seconds that each request may take.

    Returns:
        What the game sent. None if it is no redirect to Eternaltwin.

    Raises:
        TransportError: No response arrived.
        UnexpectedResponseError: The response is too large or damaged.
    """
    address = Address(page, timeout)
    opened = address.get()
    found = _start_in(page, opened)
    if found is not None:
        return found
    form = _StartForm()
    form.feed(opened.content.decode("utf-8", "replace"))
    cookies = _cookies_in(opened)
    parts = urlsplit(page)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": f"{parts.scheme}://{parts.netloc}",
        "Referer": page,
        "Sec-Fetch-Site": "same-origin",
    }
    if cookies:
        headers["Cookie"] = "; ".join(f"{cookie.key}={cookie.coded_value}" for cookie in cookies)
    action = target_of(page, form.action)
    target = Address(action, timeout) if form.action and action else address
    return _start_in(page, target.post(headers, urlencode(form.hidden).encode()))


def _start_in(page: str, response: Response) -> GameStart | None:
    target = target_of(page, response.headers.get("location"))
    if not 300 <= response.status_code < 400 or not urlsplit(target).path.endswith(AUTHORIZATION):
        return None
    return GameStart(target, tuple(_cookies_in(response)))


def _cookies_in(response: Response) -> list[Morsel[str]]:
    found: list[Morsel[str]] = []
    for field in response.headers.get_all("set-cookie"):
        try:
            found += SimpleCookie(field).values()
        except CookieError:
            continue
    return found


class _StartForm(HTMLParser):
    """The first form of a page that is sent with POST."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self._state = "before"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self._state == "before" and given.get("method", "").lower() == "post":
            self._state, self.action = "in", given.get("action", "")
        if tag == "input" and self._state == "in" and given.get("type") == "hidden":
            self.hidden[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._state == "in":
            self._state = "after"


# --- what is in it


def check_start(setup: CheckedSetup, start: GameStart) -> Iterator[Finding]:
    """Check the redirect that starts a sign-in, and its cookies.

    Args:
        setup: The set-up, with a game.
        start: What the game sent.

    Yields:
        A finding for each problem, or one that there is none.
    """
    problems = [*_parameters(setup, start.url), *_state(setup, start.url), *_cookies(setup, start.cookies)]
    yield from problems or [Finding.ok(LIVE_CHECK, f"The game redirects to Eternaltwin with {_names(start.cookies)}")]


def _names(cookies: tuple[Morsel[str], ...]) -> str:
    return f"the cookie {', '.join(cookie.key for cookie in cookies)}" if cookies else "no cookie"


def _parameters(setup: CheckedSetup, url: str) -> Iterator[Finding]:
    game, query = setup.settings, dict(parse_qsl(urlsplit(url).query))
    wanted = f"{game.public_url}{AUTHORIZATION}"
    sent = url.partition("?")[0]
    if sent != wanted:
        yield _wrong(
            "other-address", f"The game redirects to {sent}, not to {wanted}", "Correct public_url of the game."
        )
    for name, value in (
        ("response_type", "code"),
        ("client_id", game.client_id),
        ("redirect_uri", game.redirect_uri),
    ):
        if query.get(name, value if name == "redirect_uri" else "") != value:
            summary = f"The game sends another {name} than the settings have: {query.get(name, 'none')}, not {value}"
            yield _wrong(
                f"other-{name.replace('_', '-')}", summary, "Restart the game, or check the settings it runs with."
            )


def _state(setup: CheckedSetup, url: str) -> Iterator[Finding]:
    state = dict(parse_qsl(urlsplit(url).query)).get("state", "")
    try:
        State.from_jwt(state, f"{setup.settings.public_url}/", setup.settings.state_key)
    except InvalidStateError as exc:
        advice = "Use the same state_key and the same clock in all processes of the game."
        yield _wrong("other-state", f"The state that the game sends is not one of its state_key: {exc}", advice)


def _cookies(setup: CheckedSetup, cookies: tuple[Morsel[str], ...]) -> Iterator[Finding]:
    if not cookies:
        advice = "Start the sign-in with LoginFlow.begin() or an integration, and set its cookies in the same response."
        yield _wrong(
            "no-cookie", "The game sets no cookie, so its callback cannot tell one browser from another", advice
        )
    for cookie in cookies:
        for code, is_wrong, problem, advice in (
            ("open-cookie", not cookie["httponly"], "can be read by scripts", "Add HttpOnly."),
            ("wide-cookie", bool(cookie["domain"]), "is sent to other hosts as well", "Leave Domain out."),
            (
                "strict-cookie",
                cookie["samesite"].lower() == "strict",
                "is not sent when the player returns from Eternaltwin",
                "Set SameSite=Lax.",
            ),
            (
                "insecure-cookie",
                setup.settings.redirect_uri.startswith("https:") and not cookie["secure"],
                "is sent over http as well",
                "Add Secure.",
            ),
        ):
            if is_wrong:
                yield _wrong(code, f"The cookie {cookie.key} {problem}", advice)


def _wrong(code: str, summary: str, advice: str) -> Finding:
    return Finding(LIVE_CHECK, "error", code, summary, "", advice)
