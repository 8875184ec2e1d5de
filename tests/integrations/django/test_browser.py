"""The scenarios in a real browser, with the sync views under WSGI and the async views under ASGI."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.test.utils import override_settings

from eternaltwin.devserver import DevServer
from tests.integrations.django.conftest import connection_settings, empty
from tests.integrations.django.site_servers import DjangoGame, serve_asgi, serve_wsgi
from tests.integrations.support.browser_scenarios import BrowserScenarios
from tests.integrations.support.browser_stories import ConnectStories, StaleCallbackStories
from tests.integrations.support.live_games import logged
from tests.support.sockets import listen_on_free_port, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.browser


def in_thread(task: Callable[[], object]) -> None:
    """Run a database task in a thread of its own, since the event loop of the browser runs in this one."""

    def run() -> None:
        try:
            task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[tuple[DjangoGame, DevServer]]:
    """Start a game and its development server, for all scenarios."""
    from django.core.management import call_command

    in_thread(lambda: call_command("migrate", verbosity=0))
    listener = listen_on_free_port()
    game = DjangoGame(url_of(listener))
    app = {"display_name": "The game", "oauth_callback": f"{game.url}{game.callback_path}", "secret": "a secret"}
    is_async = request.param == "asgi"
    serve = serve_asgi if is_async else serve_wsgi
    with DevServer({"seed": {"app": {"game": app}}}) as server:
        settings = {"default": connection_settings(server, "game", app["oauth_callback"])}
        urls = f"tests.integrations.django.{'async_urls' if is_async else 'urls'}"
        with override_settings(ETERNALTWIN=settings, ROOT_URLCONF=urls), serve(listener), logged(game.stream):
            yield game, server


@pytest.fixture
def game(running: tuple[DjangoGame, DevServer]) -> Iterator[DjangoGame]:
    """Return the game, and empty its database afterwards."""
    yield running[0]
    print(running[0].log())  # pytest shows it with a failure
    in_thread(lambda: empty("default"))


@pytest.fixture
def eternaltwin(running: tuple[DjangoGame, DevServer]) -> DevServer:
    """Reset the development server and return it."""
    running[1].reset()
    return running[1]


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
