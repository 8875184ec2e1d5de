"""The story of a front end in JavaScript in a real browser, with the sync views and with the async views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.django.site_servers import live_site
from tests.integrations.support.browser_stories import FrontEndStories, front_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.django.site_servers import DjangoGame

pytestmark = pytest.mark.browser


@pytest.fixture(params=["wsgi", "asgi"])
def is_async(request: pytest.FixtureRequest) -> bool:
    """Whether the site runs under ASGI, with the async views."""
    return bool(request.param == "asgi")


class TestFrontEnds(FrontEndStories):
    """A front end on another port."""

    has_socket = False

    @pytest.fixture
    def started(self, is_async: bool) -> Iterator[tuple[tuple[DjangoGame, DevServer], str]]:
        """Start a game, its development server, and a front end."""
        with front_end(has_socket=False) as front:
            url = f"http://127.0.0.1:{front.server_port}"
            changed: dict[str, object] = {"ETERNALTWIN_LOGIN": {"trusted_origins": [url]}}
            with live_site(is_async=is_async, change=lambda _: changed) as found:
                front.game, front.slash = found[0].url, "/"
                yield found, url

    @pytest.fixture
    def running(self, started: tuple[tuple[DjangoGame, DevServer], str]) -> tuple[DjangoGame, DevServer]:
        """The game and its development server."""
        return started[0]

    @pytest.fixture
    def front(self, started: tuple[tuple[DjangoGame, DevServer], str]) -> str:
        """The URL of the front end."""
        return started[1]
