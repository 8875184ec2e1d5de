"""Every page of the development server in a real browser: no fault by day and by night, on desktops and phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord
from tests.support.accessibility import check_page
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

GAME = {
    "display_name": "A game with a rather long name, and <markup>",
    "uri": "http://localhost:8000/",
    "oauth_callback": "http://localhost:8000/a/path/that/is/rather/long/eternaltwin/callback",
    "secret": "dev",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(15_000)
    yield page
    page.close()


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer({"backend": {"clock": "Virtual"}, "seed": {"app": {"mygame": GAME}}}) as server:
        yield server


#: The names of fields that do not show all of their content, or are not on the screen.
CUT_FIELDS = """[...document.querySelectorAll("input:not([type=hidden]), select, button")].filter(field => {
    const {left, right} = field.getBoundingClientRect();
    return field.scrollWidth > field.clientWidth || left < 0 || right > innerWidth;
}).map(field => field.name || field.textContent)"""


def login_url(server: DevServer, callback: str = GAME["oauth_callback"]) -> str:
    """Return the URL of an authorization request."""
    query = f"response_type=code&client_id=mygame@clients&scope=base&state=x&redirect_uri={callback}"
    return f"{server.url}/oauth/authorize?{query}"


def add_telemetry(server: DevServer) -> None:
    """Add a trace with deep spans and long names, and lines of a log."""
    name = "GET /a/rather/long/path/of/a/page/of/a/game/with-a-long-name-without-spaces"
    spans = [
        SpanRecord(
            trace_id="4bf92f3577b34da6a3ce929d0e0e4736",
            span_id=f"{number}",
            parent_id=f"{number - 1}",
            name=name,
            service="mygame",
            start=10**18 + 10**6 * number,
            end=10**18 + 10**7,
            is_error=number > 5,
        )
        for number in range(8)
    ]
    server.world.telemetry.add_spans(spans)
    lines = [
        LogLine(service="mygame", severity=severity, text=f"{name} failed", trace_id="") for severity in ("", "WARN")
    ]
    server.world.telemetry.add_lines(lines)


def check_opened(page: Page) -> None:
    """Check a page with everything on it open."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    check_page(page)


@pytest.mark.long
def test_the_overview_has_no_fault(page: Page, server: DevServer) -> None:
    page.goto(server.url)
    check_page(page)
    server.add_user("administrator", "Zoé la Grande", is_administrator=True)
    server.fail_next(503, times=2, path="/api/v1/users/*")
    add_telemetry(server)
    page.goto(f"{server.url}/login")
    page.goto(f"{server.url}/nowhere")
    server.world.delete_user("frank")
    page.goto(f"{server.url}/?q=a&status=4")
    page.get_by_role("button", name="Play as Alice").click()
    page.get_by_text("This browser is logged in as Alice.").wait_for()
    check_opened(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(CUT_FIELDS) == []
    page.locator("input[name=username]").fill("?")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("alert").wait_for()
    check_opened(page)


@pytest.mark.long
def test_the_login_page_has_no_fault(page: Page, server: DevServer) -> None:
    server.add_user("administrator", "Zoé la Grande", is_administrator=True)
    page.goto(f"{server.url}/login")
    check_page(page)
    page.goto(login_url(server))
    check_opened(page)
    page.get_by_label("Username").first.fill("zoe")
    page.get_by_label("Password").first.fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("alert").wait_for()
    check_opened(page)
    page.goto(login_url(server, "http://localhost/another"))
    check_opened(page)
    page.goto(f"{server.url}/login?q=nobody")
    check_opened(page)


def test_the_login_page_of_a_player_has_no_fault(page: Page, server: DevServer) -> None:
    page.goto(f"{server.url}/login")
    page.locator("button[name=player]").first.click()
    page.get_by_text("You are logged in as").wait_for()
    check_opened(page)


@pytest.mark.long
def test_a_refusal_has_no_fault(page: Page, server: DevServer) -> None:
    page.context.add_cookies([{"name": "sid", "value": server.login("bob"), "url": server.url}])
    response = page.goto(login_url(server, f"{GAME['oauth_callback']}/"))
    assert response is not None
    assert response.status == 422
    page.get_by_text("You are logged in as Bob.").wait_for()
    check_page(page)
    snippet = page.locator(".snippet").first
    snippet.click()
    assert page.evaluate("getSelection().toString()").startswith("[seed.app.mygame]")


@pytest.mark.long
def test_the_descriptions_have_no_fault_and_load_nothing_from_elsewhere(page: Page, server: DevServer) -> None:
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{server.url}/reference")
    page.get_by_text("/oauth/authorize").first.click()
    page.get_by_role("link", name="CodedRefusal").first.click()
    page.get_by_text("The code, such as Q1009.").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(f"{server.url}/reference/control")
    page.locator("summary").first.click()
    check_page(page)
    assert urls
    assert all(url.startswith((f"{server.url}/", "data:")) for url in urls)
