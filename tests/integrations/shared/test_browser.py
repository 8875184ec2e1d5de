"""The built-in pages in a real browser: every failure, in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import BUTTON_STYLE, Button, Page, PageContext
from eternaltwin.languages import LANGUAGES
from tests.support.accessibility import check_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

#: Longer than any name of the official server, in one word.
LONG_NAME = "Zoélagrandequimangedesdinosaures" * 3


def context(number: int) -> PageContext:
    """Return a context with long names, in one language after the other."""
    language = LANGUAGES[number % len(LANGUAGES)]
    url = "https://eternaltwin.org/"
    return PageContext(language=language, game_name=LONG_NAME, player=LONG_NAME, eternaltwin_url=url)


@pytest.mark.long
def test_no_failure_has_a_page_with_a_fault(browser: Browser) -> None:
    page = browser.new_page()
    for number, word in enumerate(FAILURES):
        button = Button("/login", "/arena/", f"Sign in with {LONG_NAME}")
        shown = Page.failed(word, button, context(number), f"LoginError: {LONG_NAME}")
        assert shown is not None
        page.set_content(shown.html())
        check_page(page)
    page.close()


@pytest.mark.long
@pytest.mark.parametrize("background", ["#fff", "#f4f1ea", "#808080", "#1d1924", "#000"])
def test_the_style_of_the_buttons_is_readable_on_pages_of_games(browser: Browser, background: str) -> None:
    page = browser.new_page()
    buttons = f"{Button('/login')} {Button('/logout', text='Sign out', kind='logout')}"
    page.set_content(
        f"<!doctype html><html lang=en><title>Game</title><style>body {{ background: {background} }} {BUTTON_STYLE}"
        f"</style><main><h1 style=color:#000;background:#fff>Game</h1>{buttons}</main>"
    )
    check_page(page)
    page.close()
