"""The check of the proxies that the environment names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.game_setups import found_in, game_on

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer


@pytest.mark.parametrize(
    ("proxy", "url", "level", "code"),
    [
        ("", "http://eternaltwin.test", "ok", "ok"),
        ("http://me:hunter2@127.0.0.1:1", "http://eternaltwin.test", "note", "proxy"),
        ("http://me:hunter2@127.0.0.1:1", "http://localhost:1", "warning", "proxy-for-localhost"),
        ("socks5://me:hunter2@127.0.0.1:1", "http://eternaltwin.test", "error", "unusable-proxy"),
    ],
)
def test_the_proxy_of_the_environment_is_shown_without_its_password(
    local: DevServer, monkeypatch: pytest.MonkeyPatch, proxy: str, url: str, level: str, code: str
) -> None:
    monkeypatch.setenv("all_proxy", proxy)
    found = found_in(game_on(local, url=url), "proxies")
    assert (found.level, found.code) == (level, code)
    assert "hunter2" not in repr(found)
