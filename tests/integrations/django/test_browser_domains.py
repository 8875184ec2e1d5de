"""The story of several domains in a real browser, with the sync views under WSGI and the async views under ASGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.django.site_servers import live_site
from tests.integrations.support.browser_stories import DomainStories
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from eternaltwin.devserver import DevServer
    from tests.integrations.django.site_servers import DjangoGame

pytestmark = pytest.mark.browser

#: The domains of the game. Chromium finds all of them on this machine.
HOSTS = ["one.test", "two.test", "three.example", "www.three.example"]


@pytest.fixture(params=["wsgi", "asgi"])
def is_async(request: pytest.FixtureRequest) -> bool:
    """Whether the site runs under ASGI, with the async views."""
    return bool(request.param == "asgi")


def origins_of(port: int) -> list[str]:
    """Return the origins of the game."""
    return [f"http://{host}:{port}" for host in HOSTS]


class TestDomains(DomainStories):
    """Four domains."""

    @pytest.fixture
    def browser(self) -> Iterator[Browser]:
        """Start a Chromium that finds the domains on this machine."""
        rules = ",".join(f"MAP {host} 127.0.0.1" for host in HOSTS)
        with chromium(f"--host-resolver-rules={rules}") as browser:
            yield browser

    @pytest.fixture
    def running(self, is_async: bool) -> Iterator[tuple[DjangoGame, DevServer]]:
        """Start a game and its development server."""

        def change(port: int) -> dict[str, object]:
            return {"ALLOWED_HOSTS": HOSTS, "ETERNALTWIN_LOGIN": {"domains": origins_of(port)}}

        with live_site(is_async=is_async, host=HOSTS[0], change=change) as found:
            yield found

    @pytest.fixture
    def origins(self, game: DjangoGame) -> list[str]:
        """The origins of the game, that of the callback first."""
        return origins_of(int(game.url.rpartition(":")[2]))
