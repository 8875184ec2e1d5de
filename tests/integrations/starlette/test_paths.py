"""The paths of redirects and forms, which do not depend on the header `Host`."""

from __future__ import annotations

import asyncio
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request

from eternaltwin.integrations.starlette import EternaltwinLogin, SignInRequired
from eternaltwin.integrations.starlette.requests import target_of
from tests.integrations.starlette.games import SECRET, make_game
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.development_servers import connected
from tests.support.programs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.visitors import Send

HOSTS = [
    "evil.example",
    "evil.example/path",
    "a//evil.example/eternaltwin/callback?",
    "testserver/x?y=",
    "testserver#",
    "user@evil.example",
    "[",
    "",
    "testserver\\@evil.example",
]


@pytest.fixture
def send(server: DevServer) -> Iterator[Send]:
    with asgi_sender(make_game()) as send:
        yield send


@pytest.mark.parametrize("host", HOSTS)
def test_the_redirect_to_a_failure_is_the_same_for_every_host(send: Send, host: str) -> None:
    response = send("GET", "/eternaltwin/callback?code=x&state=y", {"Host": host}, b"")
    assert response.location == "/eternaltwin/failed/state"
    page = send("GET", response.location, {"Host": host}, b"")
    assert 'action="/eternaltwin/login"' in page.text
    assert "evil" not in page.text
    asked = send("GET", "/me?x=1", {"Host": host, "Accept": "text/html"}, b"")
    assert 'name="next" value="/me?x=1"' in asked.text


def test_the_redirect_to_a_failure_comes_from_redirect_uri(server: DevServer) -> None:
    """Call a game behind a proxy that has it below a path, which only `redirect_uri` knows."""
    with connected(default=(server, "inner")), asgi_sender(Starlette(routes=EternaltwinLogin(SECRET).routes)) as send:
        response = send("GET", "/eternaltwin/callback?code=x&state=y", {}, b"")
        assert response.location == "/inner/eternaltwin/failed/state"
        for path in ("failed/state", "login"):
            assert 'action="/inner/eternaltwin/login"' in send("GET", f"/eternaltwin/{path}", {}, b"").text


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50), st.binary(max_size=20))
def test_the_target_of_any_path_is_a_path(path: str, query: bytes) -> None:
    scope = {"type": "http", "path": f"/{path}", "query_string": query, "headers": [(b"host", b"evil.example")]}
    target = target_of(Request(scope))
    assert target.startswith("/")
    assert target.partition("?")[0].isascii()
    assert "evil.example" not in target.replace(path, "")


def test_a_path_that_browsers_read_as_another_host_is_no_destination(server: DevServer) -> None:
    login = EternaltwinLogin(SECRET)
    scope = {"type": "http", "method": "GET", "path": "//evil.example/", "query_string": b"", "root_path": ""}
    request = Request({**scope, "headers": [(b"accept", b"text/html")]})
    page = asyncio.run(login.ask_to_sign_in(request, SignInRequired()))
    assert b"evil" not in bytes(page.body)


def test_releases_of_starlette_whose_urls_come_from_the_host_are_excluded() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert "starlette>=1.3.1" in extras["starlette"]
    assert "starlette>=1.3.1" in extras["fastapi"]
