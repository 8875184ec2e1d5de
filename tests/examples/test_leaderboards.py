"""The leaderboards of the example games show current names from the cache, also while Eternaltwin is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.profiles import ProfileCache
from tests.examples.games import eternaltwin, served
from tests.support.http_browsers import HTTPBrowser, sign_in
from tests.support.redis_server import redis_server
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
@pytest.mark.parametrize("framework", ["django", "fastapi", "flask"])
def test_a_leaderboard_loads_with_current_names_without_eternaltwin(tmp_path: Path, framework: str) -> None:
    port = free_port()
    slash = "/" if framework == "django" else ""
    with redis_server(tmp_path) as store, eternaltwin(framework, port) as server:
        settings = {"ETERNALTWIN_PROFILE_CACHE": store, "REDIS_URL": store}
        with served(framework, server, port, tmp_path, **settings) as game:
            zoe = server.add_user("zoe", "Zoé")
            browser, guest = HTTPBrowser(game.url), HTTPBrowser(game.url)
            assert sign_in(browser, server, zoe, f"/eternaltwin/login{slash}") == 303
            assert browser.open(f"/roll{slash}", browser.fields())[0] in (302, 303)
            assert "<bdi>Zoé</bdi>" in guest.open("/")[2]
            server.world.rename(zoe.id, "Zoé la Grande")
            assert guest.open("/")[2].count("<bdi>Zoé</bdi>") == 2  # which the cache has
            ProfileCache(store).invalidate(zoe.id)
            assert guest.open("/")[2].count("<bdi>Zoé la Grande</bdi>") == 2
            server.stop()
            assert guest.open("/")[2].count("<bdi>Zoé la Grande</bdi>") == 2
            ProfileCache(store).invalidate(zoe.id)
            assert guest.open("/")[2].count("<bdi>Zoé</bdi>") == 2  # the name of the sign-in
