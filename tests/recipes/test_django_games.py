"""Starts the Django game of the documentation with the API and the WebSocket of the page about other frameworks."""

from __future__ import annotations

import asyncio
import re
from http.client import HTTPConnection
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest

from eternaltwin.devserver import DevServer
from tests.support.django_projects import DjangoProject
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import ROOT, program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long


GAME = (ROOT / "docs" / "django.md").read_text(encoding="utf-8").partition("## A game in five steps")[2]
PAGE = (ROOT / "docs" / "other-frameworks.md").read_text(encoding="utf-8")
SETTINGS, URLS = re.findall(r"^```py\n(.*?)^```$", GAME, re.MULTILINE | re.DOTALL)[:2]
(HOME,) = re.findall(r"^```django\n(.*?)^```$", GAME, re.MULTILINE | re.DOTALL)[:1]
FILES: list[tuple[str, str]] = re.findall(r"^```python django=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

PASSWORD = "the password of root"


class Served(NamedTuple):
    """The running game, and the development server at which its players sign in."""

    url: str
    server: DevServer


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Create the game, migrate its database, and serve it on uvicorn."""
    project = DjangoProject(tmp_path_factory.mktemp("mygame"), free_port(), "")
    seed = {"oauth_callback": f"{project.url}/eternaltwin/callback/", "display_name": "My game", "secret": "dev"}
    with DevServer({"seed": {"app": {"mygame": seed}}}, clock="System") as server:
        project.eternaltwin_url = server.url
        project.start()
        texts = [("mygame/settings.py", SETTINGS), ("mygame/urls.py", URLS), ("templates/home.html", HOME), *FILES]
        for path, text in texts:
            project.write(path, text)
        project.manage("migrate")
        administrator = ["--username", "root", "--email", "root@localhost"]
        project.manage("createsuperuser", "--noinput", *administrator, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
        command = ["-m", "uvicorn", "mygame.asgi:application", "--port", str(project.port), "--no-access-log"]
        with program_in(project.folder, command, project.folder / "log") as running:
            wait_until_it_responds(running, project.url)
            yield Served(project.url, server)


def sign_in(game: Served) -> HTTPBrowser:
    """Return the browser of alice, who has signed in."""
    browser = HTTPBrowser(game.url)
    _, url, _ = browser.open("/eternaltwin/login/", browser.fields())
    assert browser.open(game.server.authorize(url, "alice"))[:2] == (303, "/")
    return browser


def call(browser: HTTPBrowser, method: str = "GET", **headers: str) -> tuple[int, dict[str, object], str | None]:
    """Call the API as a script of the game does, and return the status, the JSON and the challenge."""
    connection = HTTPConnection(urlsplit(browser.game_url).netloc, timeout=60)
    try:
        connection.request(method, "/api/fighter", headers={"Cookie": _cookies(browser), **headers})
        response = connection.getresponse()
        body = cast("dict[str, object]", msgspec.json.decode(response.read()))
        return response.status, body, response.getheader("WWW-Authenticate")
    finally:
        connection.close()


def _cookies(browser: HTTPBrowser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def test_the_api_knows_the_player(game: Served) -> None:
    browser = sign_in(game)
    status, body, _ = call(browser)
    assert (status, body["name"]) == (200, "Alice")
    assert call(browser, "POST")[0] == 403
    assert call(browser, "POST", **{"X-CSRFToken": browser.cookies["csrftoken"]})[0] == 200


def test_the_api_refuses_guests_with_401_as_json(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    status, body, challenge = call(browser)
    assert (status, challenge) == (401, "Eternaltwin")
    assert "detail" in body
    browser.cookies = {"sessionid": "forged"}
    assert call(browser)[0] == 401


def test_the_api_refuses_users_without_an_account(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    form = {**browser.fields("/admin/login/"), "username": "root", "password": PASSWORD}
    assert browser.open("/admin/login/?next=/", form)[0] == 302
    status, body, _ = call(browser)
    assert (status, body) == (403, {"detail": "Sign in with Eternaltwin first."})


def test_the_api_refuses_a_player_who_has_signed_out(game: Served) -> None:
    browser = sign_in(game)
    before = dict(browser.cookies)
    browser.open("/eternaltwin/logout/", browser.fields())
    browser.cookies = before
    assert call(browser)[0] == 401


async def _talk(
    browser: HTTPBrowser, *moves: str, cookies: str | None = None
) -> tuple[list[dict[str, object]], int | None]:
    """Open the WebSocket from a page of the game, and return what it sends, and its code if it is closed."""
    headers = {"Cookie": _cookies(browser) if cookies is None else cookies, "Origin": browser.game_url}
    url = browser.game_url.replace("http", "ws")
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{url}/arena", headers=headers) as socket:
        seen: list[dict[str, object]] = []
        for move in (None, *moves):
            if move is not None:
                await socket.send_json({"move": move})
            message = await socket.receive(timeout=30)
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            seen.append(msgspec.json.decode(cast("str", message.data)))
        return seen, socket.close_code


def test_a_websocket_knows_the_player(game: Served) -> None:
    welcome, answer = asyncio.run(_talk(sign_in(game), "left"))[0]
    assert welcome == {"welcome": "Alice"}
    assert answer["move"] == "left"


def test_the_websocket_of_a_guest_is_closed_with_4401(game: Served) -> None:
    assert asyncio.run(_talk(HTTPBrowser(game.url))) == ([], 4401)


@pytest.mark.parametrize("space", ["\xa0", "\u2001"])
def test_no_session_is_planted_in_a_websocket(game: Served, space: str) -> None:
    browser = sign_in(game)
    planted = f"sessionid={browser.cookies['sessionid']}"
    assert asyncio.run(_talk(browser, cookies=planted))[1] is None
    assert asyncio.run(_talk(browser, cookies=f"{space}{planted}")) == ([], 4401)
    assert asyncio.run(_talk(browser, cookies=f"sessionid=own; {planted}")) == ([], 4401)


def test_a_websocket_of_another_origin_is_refused(game: Served) -> None:
    browser = sign_in(game)

    async def refused(**headers: str) -> int:
        url = game.url.replace("http", "ws")
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(f"{url}/arena", headers={"Cookie": _cookies(browser), **headers})
        return caught.value.status

    assert asyncio.run(refused(Origin="https://evil.example")) == 403
    assert asyncio.run(refused(Origin="http://localhost:1")) == 403
    assert asyncio.run(refused()) == 403
