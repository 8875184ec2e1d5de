"""Two hundred players sign in at once, while a worker of the game is killed and its store is restarted.

What a player may see: one of our pages, which says why and offers to start again; or no response, on a connection of
the worker that was killed, since nobody is left to send one: so on no more connections than that worker had. Nothing
else, and no sign-in works twice.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Barrier, Condition, Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from eternaltwin.integrations.shared.failures import FAILURES
from tests.examples.games import SERVERS, eternaltwin, kill_worker, served
from tests.support.http_browsers import HTTPBrowser
from tests.support.redis_server import RedisServer
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord

PLAYERS = 200

#: How many players have signed in when the faults begin.
BEFORE_THE_FAULTS = 40

#: How often a player tries again, at most.
ATTEMPTS = 30

#: The failures that may happen: the store is away; the sign-in was used, and its response was lost.
ALLOWED = {"unavailable", "replayed"}


@dataclass
class Crowd:
    """What has happened to the players so far."""

    signed_in: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])
    finished_states: Counter[str] = field(default_factory=Counter[str])
    changed: Condition = field(default_factory=lambda: Condition(Lock()))

    def failed(self, word: str) -> None:
        with self.changed:
            self.failures[word] += 1

    def finished(self, callback: str) -> None:
        """Note that a callback has signed somebody in."""
        with self.changed:
            self.finished_states[parse_qs(urlsplit(callback).query)["state"][0]] += 1
            self.signed_in += 1
            self.changed.notify_all()

    def wait_for(self, number: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.signed_in >= number, timeout=60)


@dataclass
class Player:
    """A player who signs in, and starts again when that fails."""

    game_url: str
    login_path: str
    server: DevServer
    user: UserRecord
    crowd: Crowd

    def play(self) -> HTTPBrowser:
        """Sign in, and return the browser."""
        browser = HTTPBrowser(self.game_url)
        for _ in range(ATTEMPTS):
            try:
                if self._has_signed_in(browser):
                    return browser
            except (OSError, HTTPException):  # of the worker that was killed
                self.crowd.failed("no response")
        raise AssertionError(f"{self.user.username} could not sign in: {self.crowd.failures}")

    def _has_signed_in(self, browser: HTTPBrowser) -> bool:
        status, url, page = browser.open(self.login_path, browser.fields())
        assert status == 303, page
        callback = self.server.authorize(url, self.user)
        # without the session of an attempt that succeeded, but whose next page had no response
        started = {name: value for name, value in browser.cookies.items() if "eternaltwin_login-" in name}
        twin = HTTPBrowser(self.game_url, started)
        if self._has_failed(browser, callback):
            return False
        assert browser.player == self.user.display_name
        self._replays(twin, callback)
        return True

    def _has_failed(self, browser: HTTPBrowser, callback: str) -> bool:
        """Open a callback, and return whether it has led to the page of a failure."""
        status, location, page = browser.open(callback)
        assert status == 303, page
        if "/eternaltwin/failed/" not in location:
            self.crowd.finished(callback)
            return False
        word = urlsplit(location).path.strip("/").rpartition("/")[2]
        assert word in ALLOWED
        status, _, page = browser.open(location)
        assert status == FAILURES[word].status
        assert 'role="alert"' in page
        assert 'name="next"' in page
        self.crowd.failed(word)
        return True

    def _replays(self, twin: HTTPBrowser, callback: str) -> None:
        """Open a finished callback again, with the cookies of before: nobody is signed in."""
        status, location, page = twin.open(callback)
        assert status == 303, page
        assert urlsplit(location).path.strip("/").rpartition("/")[2] in ALLOWED
        assert twin.player is None


@pytest.mark.load
@pytest.mark.parametrize("framework", SERVERS)
def test_nobody_is_mixed_up_while_a_worker_is_killed_and_the_store_is_restarted(tmp_path: Path, framework: str) -> None:
    port = free_port()
    with (
        RedisServer(tmp_path, is_persistent=True) as redis,
        eternaltwin(framework, port) as server,
        served(framework, server, port, tmp_path, REDIS_URL=redis.url) as game,
        ThreadPoolExecutor(PLAYERS) as pool,
    ):
        login_path = "/eternaltwin/login/" if framework == "django" else "/eternaltwin/login"
        crowd, start = Crowd(), Barrier(PLAYERS + 1)
        users = [server.add_user(f"player_{number}", f"Player {number}") for number in range(PLAYERS)]
        players = [Player(game.url, login_path, server, user, crowd) for user in users]

        def play(player: Player) -> HTTPBrowser:
            start.wait()
            return player.play()

        playing = [pool.submit(play, player) for player in players]
        killed, _ = game.workers()
        start.wait()
        crowd.wait_for(BEFORE_THE_FAULTS)
        broken_connections = kill_worker(killed)
        redis.restart()
        browsers = [future.result() for future in playing]
        assert crowd.failures["no response"] <= broken_connections
        assert crowd.signed_in >= PLAYERS
        assert set(crowd.finished_states.values()) == {1}
        names = {browser.player for browser in browsers}
        assert names == {user.display_name for user in users}
        after = Crowd()
        for user in users[:20]:
            Player(game.url, login_path, server, user, after).play()
        assert (after.signed_in, after.failures) == (20, Counter())
        assert killed not in game.workers()
        assert len(game.workers()) == 2
    log = (tmp_path / "log").read_text()
    assert "state=" not in log
    assert "code=" not in log
