"""A sign-in in a real browser, for a game of any framework.

A test module subclasses `BrowserScenarios`, has the mark `browser`, and has the fixtures `game`, a `Game`, and
`eternaltwin`, its development server. The fixtures `browser` and `later` are in `tests/integrations/conftest.py`. The
game runs in the process of the tests, and has these pages:

- Every path below `/`, with any query, is a page. For a player, it contains the display name in `#player`, and a button
  "Sign out". For a guest, it contains `#guest`, and a button "Sign in with Eternaltwin" in a form with the method POST,
  whose field `next` is the path and the query of the page.
- `/` is the front page, to which a sign-in without `next` redirects.
- A failed sign-in ends on a page with the `user_message` of the exception in `[role=alert]`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from eternaltwin import exceptions
from tests.integrations.support.visitors import target_of
from tests.support.accessibility import check_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

    from eternaltwin.devserver import DevServer
    from eternaltwin.exceptions import LoginError

#: Milliseconds that a step of the browser may take.
TIMEOUT = 15_000


class Game(Protocol):
    """A game under test, registered with the development server, and empty."""

    @property
    def url(self) -> str:
        """The game's URL, without a final `/`."""
        ...

    @property
    def login_path(self) -> str:
        """The path that the button's form posts to."""
        ...

    @property
    def callback_path(self) -> str:
        """The path of the callback."""
        ...

    def log(self) -> str:
        """Return the log of the game's server, with its access log."""
        ...


@dataclass
class Visit:
    """A browser that records all its requests to the game.

    Attributes:
        callbacks: URLs of its requests to the callback.
        referers: Headers `Referer` of its requests to the game, each possibly empty.
    """

    context: BrowserContext
    game: Game
    callbacks: list[str] = field(default_factory=list[str])
    referers: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.context.set_default_timeout(TIMEOUT)
        self.context.on("request", self._record)

    def _record(self, request: Request) -> None:
        if request.url.startswith(self.game.url):
            self.referers.append(request.headers.get("referer", ""))
        if urlsplit(request.url).path == self.game.callback_path:
            self.callbacks.append(request.url)

    def open(self, path: str = "/") -> Page:
        """Open a tab with a page of the game."""
        page = self.context.new_page()
        page.goto(f"{self.game.url}{path}")
        return page

    def begin(self, path: str = "/") -> Page:
        """Open a tab, press the button, and wait for the page of Eternaltwin."""
        page = self.open(path)
        press(page, "Sign in with Eternaltwin")
        page.locator("button[name=player]").first.wait_for()
        return page

    def sign_in(self, player: str, path: str = "/") -> Page:
        """Open a tab, and sign in."""
        page = self.begin(path)
        self.pick(page, player)
        page.locator("#player").wait_for()
        return page

    def pick(self, page: Page, player: str) -> None:
        """Choose a player on Eternaltwin's page."""
        page.locator(f'button[name=player][value="{player}"]').click()

    def callback_of(self, eternaltwin: DevServer, player: str) -> str:
        """Press the button, sign in at Eternaltwin, and return the URL of the callback without opening it."""
        page = self.begin()
        (destination,) = parse_qs(urlsplit(page.url).query)["next"]
        return eternaltwin.authorize(destination, player)


def press(page: Page, text: str) -> None:
    """Press the button with a label."""
    page.get_by_role("button", name=text, exact=True).click()


def check_failed(page: Page, kind: type[LoginError]) -> None:
    """Expect a page that explains the failure, whose URL has no code and no state, at most the destination."""
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().strip() == kind.user_message
    assert {*parse_qs(urlsplit(page.url).query)} <= {"next"}
    assert page.title() != ""


def check_guest(page: Page, game: Game) -> None:
    """Expect that nobody is signed in."""
    page.goto(f"{game.url}/")
    assert page.locator("#guest").count() == 1
    assert page.locator("#player").count() == 0


class BrowserScenarios:
    """The scenarios. Game and development server have only the seeded players."""

    @pytest.fixture
    def visit(self, browser: Browser, game: Game) -> Iterator[Visit]:
        """A player's browser."""
        context = browser.new_context()
        yield Visit(context, game)
        context.close()

    @pytest.fixture
    def other(self, browser: Browser, game: Game) -> Iterator[Visit]:
        """Somebody else's browser."""
        context = browser.new_context()
        yield Visit(context, game)
        context.close()

    @pytest.fixture
    def zoe(self, eternaltwin: DevServer) -> str:
        """A player's id."""
        return str(eternaltwin.add_user("zoe", "Zoé la Grande").id)

    def test_first_login(self, visit: Visit, zoe: str) -> None:
        page = visit.sign_in(zoe)
        assert page.locator("#player").inner_text() == "Zoé la Grande"
        assert target_of(page.url) == "/"
        assert page.locator("#guest").count() == 0

    def test_second_login_with_a_changed_display_name(
        self, visit: Visit, other: Visit, eternaltwin: DevServer, zoe: str
    ) -> None:
        visit.sign_in(zoe)
        eternaltwin.world.rename(zoe, "Zoé la Sage")
        page = other.sign_in(zoe)
        assert page.locator("#player").inner_text() == "Zoé la Sage"

    def test_refused_login(self, visit: Visit, game: Game) -> None:
        page = visit.begin()
        page.locator("button[name=action][value=refuse]").click()
        check_failed(page, exceptions.LoginRefusedError)
        check_guest(page, game)

    def test_the_page_of_a_refused_login_has_a_button_that_signs_in(self, visit: Visit, zoe: str) -> None:
        page = visit.begin()
        page.locator("button[name=action][value=refuse]").click()
        check_failed(page, exceptions.LoginRefusedError)
        press(page, "Sign in with Eternaltwin")
        visit.pick(page, zoe)
        page.locator("#player").wait_for()

    def test_deleted_player(self, visit: Visit, game: Game, eternaltwin: DevServer, zoe: str) -> None:
        callback = visit.callback_of(eternaltwin, zoe)
        eternaltwin.world.delete_user(zoe)
        page = visit.open()
        page.goto(callback)
        check_failed(page, exceptions.CodeRefusedError)
        check_guest(page, game)

    def test_logout(self, visit: Visit, game: Game, zoe: str) -> None:
        page = visit.sign_in(zoe)
        press(page, "Sign out")
        page.locator("#guest").wait_for()
        page.go_back()
        page.reload()
        check_guest(page, game)

    def test_two_tabs(self, visit: Visit, zoe: str) -> None:
        first, second = visit.begin(), visit.begin("/arena/two/")
        visit.pick(second, zoe)
        second.locator("#player").wait_for()
        assert target_of(second.url) == "/arena/two/"
        visit.pick(first, zoe)
        first.locator("#player").wait_for()
        assert target_of(first.url) == "/"
        assert len(visit.callbacks) == 2

    def test_back_button(self, visit: Visit, game: Game, zoe: str) -> None:
        page = visit.sign_in(zoe)
        while page.go_back() is not None and page.url.startswith("http"):
            assert urlsplit(page.url).path != game.callback_path
        page.goto(f"{game.url}/")
        assert page.locator("#player").count() == 1
        assert len(visit.callbacks) == 1

    def test_callback_opened_in_another_browser(
        self, visit: Visit, other: Visit, game: Game, eternaltwin: DevServer, zoe: str
    ) -> None:
        callback = visit.callback_of(eternaltwin, zoe)
        victim = other.open()
        victim.goto(callback)
        check_failed(victim, exceptions.OtherBrowserError)
        check_guest(victim, game)
        page = visit.open()
        page.goto(callback)  # the browser that started the sign-in can still finish it
        page.locator("#player").wait_for()

    def test_callback_opened_in_another_browser_that_has_a_login_of_its_own(
        self, visit: Visit, other: Visit, game: Game, eternaltwin: DevServer, zoe: str
    ) -> None:
        callback = visit.callback_of(eternaltwin, zoe)
        victim = other.begin()
        victim.goto(callback)
        check_failed(victim, exceptions.OtherBrowserError)
        check_guest(victim, game)

    def test_callback_replayed(self, visit: Visit, game: Game, zoe: str) -> None:
        page = visit.begin()
        cookies = visit.context.cookies(game.url)
        visit.pick(page, zoe)
        page.locator("#player").wait_for()
        press(page, "Sign out")
        page.locator("#guest").wait_for()
        page.goto(visit.callbacks[0])
        check_failed(page, exceptions.LoginReplayedError)  # its cookie is marked as used
        visit.context.add_cookies(
            [{"name": cookie.get("name", ""), "value": cookie.get("value", ""), "url": game.url} for cookie in cookies]
        )
        page.goto(visit.callbacks[0])
        check_failed(page, exceptions.LoginReplayedError)
        check_guest(page, game)

    def test_next_is_kept(self, visit: Visit, zoe: str) -> None:
        page = visit.sign_in(zoe, "/arena/first/?round=2&side=left")
        assert target_of(page.url) == "/arena/first/?round=2&side=left"

    @pytest.mark.parametrize(
        "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_tampered_next_is_dropped(self, visit: Visit, zoe: str, target: str) -> None:
        page = visit.open("/arena/first/")
        page.locator("input[name=next]").evaluate("(field, target) => { field.value = target }", target)
        press(page, "Sign in with Eternaltwin")
        visit.pick(page, zoe)
        page.locator("#player").wait_for()
        assert target_of(page.url) == "/"

    def test_expired_login(self, visit: Visit, game: Game, zoe: str, later: Callable[[float], None]) -> None:
        page = visit.begin()
        later(3600)
        visit.pick(page, zoe)
        check_failed(page, exceptions.LoginExpiredError)
        check_guest(page, game)

    def test_login_by_get_from_another_site_starts_nothing(
        self, visit: Visit, game: Game, eternaltwin: DevServer
    ) -> None:
        page = visit.context.new_page()
        _open_other_site(page, game)
        page.get_by_role("link").click()
        page.wait_for_url(lambda url: url.startswith(game.url))
        assert not eternaltwin.requests
        assert not [cookie for cookie in visit.context.cookies(game.url) if "login" in cookie.get("name", "")]

    def test_login_by_post_from_another_site_starts_nothing(
        self, visit: Visit, game: Game, eternaltwin: DevServer
    ) -> None:
        visit.open()
        page = visit.context.new_page()
        _open_other_site(page, game)
        with page.expect_response(lambda response: response.url.startswith(game.url)) as arrived:
            page.get_by_role("button").click()
        assert arrived.value.status in (400, 403)
        assert not eternaltwin.requests

    def test_no_token_code_or_state_is_left_anywhere(
        self, visit: Visit, game: Game, eternaltwin: DevServer, zoe: str
    ) -> None:
        page = visit.sign_in(zoe, "/arena/first/")
        pages = [page.content(), str(page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])"))]
        page.goto(f"{game.url}/arena/second/")
        pages.append(page.content())
        secrets = _secrets(visit, eternaltwin)
        assert len(secrets) >= 3
        for name, places in {
            "the page": pages,
            "the history": _history(page, game),
            "a Referer": visit.referers,
            "the log": [game.log()],
            "a cookie": [cookie.get("value", "") for cookie in visit.context.cookies()],
        }.items():
            for place in places:
                assert not [secret for secret in secrets if secret in place], f"a secret is left in {name}"
        assert game.callback_path in game.log()  # the server logs its requests

    @pytest.mark.long
    def test_no_page_has_a_fault_by_day_or_night_on_desktops_and_phones(
        self, visit: Visit, game: Game, zoe: str
    ) -> None:
        for path in ("login", "logout", "failed/expired"):
            check_page(visit.open(_page_path(game, path)))
        visit.sign_in(zoe)
        for path in ("login", "logout", "failed/taken"):
            check_page(visit.open(_page_path(game, path)))

    def test_a_page_in_french_on_a_phone(self, browser: Browser, game: Game, zoe: str) -> None:
        context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 800})
        visit = Visit(context, game)
        page = visit.open(_page_path(game, "failed/expired"))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.get_by_role("alert").inner_text() == "La connexion a pris trop de temps. Veuillez vous reconnecter."
        press(page, "Se connecter avec Eternaltwin")
        visit.pick(page, zoe)
        page.locator("#player").wait_for()
        page.goto(f"{game.url}{_page_path(game, 'logout')}")
        assert page.get_by_text("Vous êtes connecté en tant que Zoé la Grande.").count() == 1
        press(page, "Se déconnecter")
        page.locator("#guest").wait_for()
        context.close()

    def test_a_link_to_the_sign_out_leads_to_its_button(self, visit: Visit, game: Game, zoe: str) -> None:
        visit.sign_in(zoe)
        page = visit.open(_page_path(game, "logout"))
        press(page, "Sign out")
        page.locator("#guest").wait_for()

    def test_the_page_leads_to_eternaltwin_where_a_player_becomes_somebody_else(
        self, visit: Visit, game: Game, eternaltwin: DevServer, zoe: str
    ) -> None:
        visit.sign_in(zoe)
        page = visit.open(_page_path(game, "login"))
        assert page.get_by_text("You are signed in as Zoé la Grande.").count() == 1
        page.get_by_role("link", name="Open Eternaltwin").click()
        page.wait_for_url(lambda url: url.startswith(eternaltwin.url))
        page.goto(f"{eternaltwin.url}/login")
        press(page, "Log out")
        page.goto(f"{game.url}{_page_path(game, 'login')}")
        press(page, "Sign in with Eternaltwin")
        page.locator("button[name=player]").first.wait_for()


def _page_path(game: Game, name: str) -> str:
    """Return the path of a page, which is beside that of the button."""
    return game.login_path.replace("login", name)


def _secrets(visit: Visit, eternaltwin: DevServer) -> list[str]:
    """Return the code, the state and the token of a sign-in."""
    query = parse_qs(urlsplit(visit.callbacks[0]).query)
    bearers = [request.headers.get("authorization", "") for request in eternaltwin.requests]
    tokens = {text.removeprefix("Bearer ") for text in bearers if text.startswith("Bearer ")}
    return [*query["code"], *query["state"], *tokens]


def _history(page: Page, game: Game) -> list[str]:
    """Return the URLs of the game in the browser's history."""
    session = cast("_DevTools", page.context.new_cdp_session(page))
    addresses = [str(entry["url"]) for entry in session.send("Page.getNavigationHistory")["entries"]]
    return [url for url in addresses if url.startswith(game.url)]


class _DevTools(Protocol):
    """The part of Chromium's DevTools protocol that is used here."""

    def send(self, method: str) -> dict[str, list[dict[str, object]]]: ...


def _open_other_site(page: Page, game: Game) -> None:
    """Open a page of another site that tries to start a sign-in to the game."""
    target = f"{game.url}{game.login_path}"
    html = (
        f'<!doctype html><a href="{target}">Win a prize</a><img src="{target}" alt="">'
        f'<form method="post" action="{target}"><button>Win another</button></form>'
    )

    def serve(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html")

    page.route("http://other.localhost/", serve)
    page.goto("http://other.localhost/")
