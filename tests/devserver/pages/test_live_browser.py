"""The front page in a real browser: it updates itself, asks before it forgets, and logs the browser in as others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.asgi.changes import Changes
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def server(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> Iterator[DevServer]:
    monkeypatch.setattr("eternaltwin.devserver.server.Changes", lambda: changes)
    with DevServer() as server:
        yield server


@pytest.fixture
def page(browser: Browser, server: DevServer) -> Iterator[Page]:
    """The front page, live. It must not report any error, or load anything from another host."""
    page = browser.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []
    urls: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: urls.append(request.url))
    page.goto(server.url)
    page.get_by_text("Live: this page updates itself.").wait_for()
    page.evaluate("window.isTheSame = true")
    yield page
    page.close()
    assert [error for error in errors if "Failed to load resource" not in error] == []
    assert all(url.startswith((f"{server.url}/", "data:")) for url in urls)


def control(page: Page, method: str, path: str, **content: object) -> None:
    """Send a request to the control API, beside the page."""
    address = urljoin(page.url, f"/_dev/{path}")
    response = page.request.fetch(address, method=method, data=content, headers={"eternaltwin-dev": "1"})
    assert response.ok


def get(page: Page, path: str) -> None:
    """Send a request beside the page."""
    page.request.get(urljoin(page.url, path))


def is_the_same(page: Page) -> bool:
    """Return whether the page was not loaded again."""
    return bool(page.evaluate("window.isTheSame === true"))


def test_it_updates_itself_and_keeps_what_a_person_does(page: Page) -> None:
    page.get_by_text("Add a player").click()
    page.get_by_label("Name to log in with").fill("zo")
    bob = page.locator("#players li", has_text="bob").first
    bob.get_by_text("Change").click()
    bob.get_by_label("New display name").fill("Bobb")
    bob.get_by_text("Delete…").click()
    bob.get_by_label("New display name").focus()
    control(page, "POST", "users", count=3)
    page.get_by_text("9 of 9 players").wait_for()
    control(page, "PATCH", "users/alice", is_deleted=True)
    control(page, "PATCH", "users/charlie", display_name="Chaplin")
    control(page, "POST", "faults", status=503, times=2)
    page.get_by_text("8 of 8 players").wait_for()
    page.get_by_text("Chaplin", exact=True).first.wait_for()
    page.get_by_text("status 503").wait_for()
    get(page, "/overview.js")
    control(page, "DELETE", "faults")
    get(page, "/api/v1/clock")
    page.locator("#requests", has_text="/api/v1/clock 200").wait_for()
    assert page.get_by_label("Name to log in with").input_value() == "zo"
    assert bob.get_by_label("New display name").input_value() == "Bobb"
    assert page.evaluate("document.activeElement.value") == "Bobb"
    assert bob.get_by_role("button", name="Delete Bob").is_visible()
    bob.get_by_role("button", name="Rename").click()
    page.get_by_text("Bobb", exact=True).first.wait_for()
    assert not is_the_same(page)


def test_rows_are_added_moved_and_removed_in_order(page: Page, server: DevServer) -> None:
    for number in range(5):
        get(page, f"/api/v1?number={number}")
    get(page, "/api/v1/clock")
    page.locator("#requests li:first-child", has_text="/api/v1/clock").wait_for()
    fresh = page.evaluate(
        """async () => new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html")
        .getElementById("requests").outerHTML"""
    )
    assert page.evaluate("document.getElementById('requests').outerHTML") == fresh
    assert [request.path for request in server.requests if request.path == "/"] == ["/", "/"]  # not each update
    control(page, "POST", "reset")
    page.get_by_text("There are no requests yet.").wait_for()
    assert is_the_same(page)


def test_it_asks_before_it_forgets_and_restores(page: Page, server: DevServer) -> None:
    bob = page.locator("#players li", has_text="bob").first
    bob.get_by_text("Change").click()
    assert not bob.get_by_role("button", name="Delete Bob").is_visible()
    bob.get_by_text("Delete…").click()
    assert page.get_by_text("6 of 6 players").is_visible()
    bob.get_by_role("button", name="Delete Bob").click()
    page.get_by_text("5 of 5 players").wait_for()
    page.get_by_text("Deleted players").click()
    page.get_by_role("button", name="Restore Bob").click()
    page.get_by_text("6 of 6 players").wait_for()
    server.add_user("zoe")
    assert not page.get_by_role("button", name="Forget everything").is_visible()
    page.get_by_text("Reset to the seeds…").click()
    assert server.world.count_users() == 7
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_text("6 of 6 players").wait_for()
    assert server.world.count_users() == 6


def test_the_browser_is_somebody_else_with_one_click(page: Page, server: DevServer) -> None:
    for name in ("Bob", "Eve"):
        page.get_by_role("button", name=f"Play as {name}").click()
        page.get_by_text(f"This browser is logged in as {name}.").wait_for()
        (sid,) = [cookie.get("value", "") for cookie in page.context.cookies() if cookie.get("name") == "sid"]
        assert server.world.session_user(sid) == server.world.user(name.lower())
        assert page.get_by_role("button", name=f"Play as {name}").is_disabled()
    page.get_by_role("button", name="Log out").click()
    page.get_by_text("This browser is not logged in.").wait_for()


def test_requests_are_filtered_and_stay_so(page: Page) -> None:
    page.get_by_text("Filter", exact=True).first.click()
    page.get_by_label("Path", exact=True).fill("clock")
    page.get_by_role("button", name="Filter").click()
    page.get_by_text("No request matches the filter.").wait_for()
    page.get_by_text("Live: this page updates itself.").wait_for()
    get(page, "/api/v1")
    get(page, "/api/v1/clock")
    page.locator("#requests li", has_text="/api/v1/clock").wait_for()
    assert page.locator("#requests li").count() == 1
    page.get_by_role("link", name="Show all").click()
    page.locator("#requests li").nth(1).wait_for()


def wait_for_listeners(page: Page, changes: Changes, count: int) -> None:
    end = time.monotonic() + 10
    while changes.listener_count != count:
        assert time.monotonic() < end
        get(page, "/_dev/health")


def test_a_page_that_nobody_sees_keeps_no_connection(page: Page, changes: Changes) -> None:
    wait_for_listeners(page, changes, 1)
    turn = """state => {
        Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(turn, "hidden")
    wait_for_listeners(page, changes, 0)
    get(page, "/api/v1/clock")
    page.evaluate(turn, "visible")
    page.locator("#requests", has_text="/api/v1/clock").wait_for()
    wait_for_listeners(page, changes, 1)


def test_it_reports_that_the_server_has_stopped(page: Page, server: DevServer) -> None:
    server.stop()
    page.get_by_text("Not live at present: reload the page to update it.").wait_for()
