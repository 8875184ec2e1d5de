"""The scenarios in a real browser, with the sync views under WSGI and the async views under ASGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.django.site_servers import live_site
from tests.integrations.support.browser_scenarios import BrowserScenarios
from tests.integrations.support.browser_stories import ConnectStories, StaleCallbackStories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.django.site_servers import DjangoGame

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[tuple[DjangoGame, DevServer]]:
    """Start a game and its development server, for all scenarios."""
    with live_site(is_async=request.param == "asgi") as found:
        yield found


#: The scenarios that run with the sync views and with the async views.
IN_BOTH_VARIANTS = {
    "test_first_login",
    "test_callback_opened_in_another_browser",
    "test_a_stale_callback_leads_a_signed_in_player_on",
    "test_callback_replayed",
    "test_connect_and_disconnect",
    "test_logout",
    "test_next_is_kept",
    "test_no_token_code_or_state_is_left_anywhere",
    "test_two_tabs",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the variants of the views for a scenario."""
    kinds = ["wsgi", "asgi"] if metafunc.function.__name__ in IN_BOTH_VARIANTS else ["wsgi"]
    metafunc.parametrize("running", kinds, indirect=True)


class TestDjango(BrowserScenarios):
    """The scenarios for Django."""


class TestConnecting(ConnectStories):
    """Users with a password, who connect an account."""


class TestStaleCallbacks(StaleCallbackStories):
    """Callbacks from the history."""
