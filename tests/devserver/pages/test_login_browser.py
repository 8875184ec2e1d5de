"""The login page in a real browser."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.users import User
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser


class Callback(BaseHTTPRequestHandler):
    """The callback page of a game, which only has a title."""

    def do_GET(self) -> None:
        self.send_response_only(200)  # does not write a log
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>Back in the game</title>")


@pytest.fixture(scope="module")
def game_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Callback) as game:
        thread = threading.Thread(target=game.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{game.server_port}/"
        game.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def shared_server(game_url: str) -> Iterator[DevServer]:
    app = {"display_name": "My <Game>", "uri": game_url, "oauth_callback": f"{game_url}callback", "secret": "mine"}
    with DevServer({"seed": {"app": {"mygame": app}}}) as server:
        yield server


@pytest.fixture
def server(shared_server: DevServer) -> DevServer:
    shared_server.reset()
    return shared_server


@pytest.fixture
def client(server: DevServer) -> Iterator[Eternaltwin]:
    with contextlib.closing(Eternaltwin(**server.connection_settings("mygame"))) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


everywhere = pytest.mark.parametrize("context", ["desktop", "phone", "no scripts"], indirect=True)
on_a_phone = pytest.mark.parametrize("context", ["phone"], indirect=True)


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    kind: str = getattr(request, "param", "desktop")
    context = browser.new_context(
        java_script_enabled=kind != "no scripts",
        viewport={"width": 320 if kind == "phone" else 1000, "height": 700},
        has_touch=kind == "phone",
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(15_000)
    yield page
    # The browser also reports responses with an error status, which tests expect.
    assert not [error for error in errors if "Failed to load resource" not in error]


def begin(page: Page, client: Eternaltwin) -> str:
    state, url = User.start_authorization(using=client)
    page.goto(url)
    return state


def check_back(page: Page, client: Eternaltwin, state: str, name: str) -> None:
    page.wait_for_url(f"{client.redirect_uri}?*")
    assert page.title() == "Back in the game"
    query = parse_qs(urlsplit(page.url).query)
    user = User.from_authorization_code(query["code"][0], query["state"][0], state, using=client)
    assert user.username == name


@everywhere
def test_one_click(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_role("heading", name="Sign in to My <Game>").wait_for()
    page.get_by_text(urlsplit(client.redirect_uri).netloc).wait_for()
    page.get_by_role("button", name="Bob").click()
    check_back(page, client, state, "Bob")


def test_the_second_sign_in_needs_no_click(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_role("button", name="Bob").click()
    check_back(page, client, state, "Bob")
    check_back(page, client, begin(page, client), "Bob")


@everywhere
def test_name_and_password(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_text("Log in with a password").click()
    form = page.locator("details", has_text="Log in with a password")
    form.get_by_label("Username").fill("alice")
    form.get_by_label("Password").fill("aaaaaaaaaa")
    form.get_by_label("Password").press("Enter")
    check_back(page, client, state, "Alice")


@everywhere
def test_a_wrong_password_can_be_corrected(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_text("Log in with a password").click()
    form = page.locator("details", has_text="Log in with a password")
    form.get_by_label("Username").fill("alice")
    form.get_by_label("Password").fill("wrong")
    form.get_by_role("button", name="Log in", exact=True).click()
    assert page.get_by_role("alert").inner_text() == "No player has this name and password."
    page.get_by_role("alert").wait_for()
    assert form.get_by_label("Username").input_value() == "alice"
    assert form.get_by_label("Password").input_value() == ""
    form.get_by_label("Password").fill("aaaaaaaaaa")
    form.get_by_role("button", name="Log in", exact=True).click()
    check_back(page, client, state, "Alice")


@everywhere
def test_registration(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_text("Register a new player").click()
    form = page.locator("details", has_text="Register a new player")
    form.get_by_label("Username").fill("alice")
    form.get_by_label("Display name").fill("Zoé")
    form.get_by_label("Password").fill("zzzzzzzzzz")
    form.get_by_role("button", name="Register").click()
    page.get_by_role("alert").wait_for()
    assert form.get_by_label("Display name").input_value() == "Zoé"
    form.get_by_label("Username").fill("zoe")
    form.get_by_label("Password").fill("zzzzzzzzzz")
    form.get_by_role("button", name="Register").click()
    check_back(page, client, state, "Zoé")


@everywhere
def test_refusal(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.get_by_role("button", name="Refuse").click()
    page.wait_for_url(f"{client.redirect_uri}?*")
    assert parse_qs(urlsplit(page.url).query) == {"error": ["access_denied"], "state": [state]}


def test_logging_in_and_out_without_a_game(page: Page, server: DevServer) -> None:
    page.goto(f"{server.url}/login")
    page.get_by_role("button", name="Eve").click()
    page.get_by_text("You are logged in as Eve.").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()
    page.get_by_text("You are logged in").wait_for(state="detached")


def test_a_player_can_be_found_by_name(page: Page, server: DevServer, client: Eternaltwin) -> None:
    for number in range(20):
        server.add_user(f"player_{number}")
    state = begin(page, client)
    page.get_by_label("Find a player").fill("_19")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Player_19").click()
    check_back(page, client, state, "Player_19")


def test_a_logged_in_user_can_continue_or_be_somebody_else(page: Page, server: DevServer, client: Eternaltwin) -> None:
    page.goto(f"{server.url}/login")
    page.get_by_role("button", name="Eve").click()
    page.get_by_text("You are logged in as Eve.").wait_for()
    for chosen in (page.get_by_role("button", name="Frank"), page.get_by_role("link", name="Continue as Frank")):
        state, url = User.start_authorization(using=client)
        page.goto(f"{server.url}/login?{urlencode({'next': url.removeprefix(server.url)})}")
        chosen.click()
        check_back(page, client, state, "Frank")


@on_a_phone
def test_nothing_is_wider_than_the_screen(page: Page, server: DevServer, client: Eternaltwin) -> None:
    server.add_user("wide", "W" * 64)
    begin(page, client)
    viewport = page.viewport_size
    assert viewport is not None
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= viewport["width"]
    for element in page.get_by_role("button").all():
        area = element.bounding_box()
        assert area is not None
        assert area["x"] >= 0
        assert area["x"] + area["width"] <= viewport["width"]
        assert area["height"] >= 44


def test_it_can_be_used_with_the_keyboard_alone(page: Page, client: Eternaltwin) -> None:
    state = begin(page, client)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    check_back(page, client, state, "Alice")


def test_a_foreign_page_cannot_log_its_visitors_in(page: Page, server: DevServer, game_url: str) -> None:
    bob = server.world.user("bob").id
    page.goto(game_url)
    field = f'<input name="player" value="{bob}">'
    page.set_content(f'<form method="post" action="{server.url}/login">{field}<button>Win</button></form>')
    page.get_by_role("button", name="Win").click()
    assert "another site" in page.get_by_role("alert").inner_text()
    assert [cookie for cookie in page.context.cookies() if cookie.get("name") == "sid"] == []
