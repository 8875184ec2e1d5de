"""What a game sends to a browser that starts a sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.doctor import GameSetup
from eternaltwin.doctor.setups import check_setup_settings
from eternaltwin.doctor.starts import GameStart, check_start, login_page, read_start
from eternaltwin.login import LoginFlow, MemoryStore
from tests.support.game_setups import failures, one_each
from tests.support.servers import ScriptedServer, head, responding, response_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.settings import ConnectionSettings

SETTINGS: ConnectionSettings = {
    "client_id": "mygame@clients",
    "client_secret": "s",
    "redirect_uri": "https://mygame.example/eternaltwin/callback",
    "state_key": "0123456789abcdef" * 2,
    "url": "https://eternaltwin.example",
}


@pytest.fixture
def url() -> str:
    """Return the address to which a game redirects."""
    with Eternaltwin(**SETTINGS) as client:
        return LoginFlow(client, MemoryStore()).begin().url


@pytest.fixture
def begins(url: str) -> Callable[..., list[str]]:
    """Return a function that returns the codes of what is wrong with a start."""

    def check(cookie: str = "a=b; HttpOnly; Secure; SameSite=Lax", **changes: str | None) -> list[str]:
        query = {**dict(parse_qsl(urlsplit(url).query)), **changes}
        kept = urlencode({name: value for name, value in query.items() if value is not None})
        target = f"{url.partition('?')[0]}?{kept}"
        response = head("Content-Length: 0", f"Location: {target}", f"Set-Cookie: {cookie}", status="303 See Other")
        with ScriptedServer(responding(response)) as game:
            start = read_start(f"{game.origin}/login", 3)
        assert start is not None
        return failures(list(check_start(check_setup_settings(GameSetup(SETTINGS), 3), start)))

    return check


def test_a_start_of_this_package_is_right(begins: Callable[..., list[str]]) -> None:
    assert begins() == []


@pytest.mark.parametrize(
    ("parameter", "value", "codes"),
    [
        ("client_id", "other@clients", ["other-client-id"]),
        ("client_id", None, ["other-client-id"]),
        ("redirect_uri", "https://mygame.example/other", ["other-redirect-uri"]),
        ("redirect_uri", None, []),
        ("response_type", "token", ["other-response-type"]),
        ("state", "constant", ["other-state"]),
        ("state", None, ["other-state"]),
    ],
)
def test_a_parameter_that_differs_from_the_settings_is_named(
    begins: Callable[..., list[str]], parameter: str, value: str | None, codes: list[str]
) -> None:
    assert begins(**{parameter: value}) == codes


@pytest.mark.parametrize(
    ("cookie", "codes"),
    [
        ("a=b; Secure; SameSite=Lax", ["open-cookie"]),
        ("a=b; HttpOnly; SameSite=Lax", ["insecure-cookie"]),
        ("a=b; HttpOnly; Secure; SameSite=Strict", ["strict-cookie"]),
        ("a=b; HttpOnly; Secure; Domain=mygame.example", ["wide-cookie"]),
        ("", ["no-cookie"]),
        ("a@b=c; HttpOnly", ["no-cookie"]),
    ],
)
def test_a_flag_of_a_cookie_that_is_wrong_is_named(
    begins: Callable[..., list[str]], cookie: str, codes: list[str]
) -> None:
    assert begins(cookie) == codes


def test_a_redirect_to_another_server_is_named() -> None:
    setup = check_setup_settings(GameSetup(SETTINGS), 3)
    found = failures(list(check_start(setup, GameStart("https://evil.example/oauth/authorize?state=x", ()))))
    assert found == ["other-address", "other-response-type", "other-client-id", "other-state", "no-cookie"]


def test_the_button_of_the_page_is_pressed_with_its_cookies_and_fields(url: str) -> None:
    page = (
        b"<form method=get><input type=hidden name=q></form>"
        b"<form method=post action=/begin><input type=hidden name=token value='a&amp;b'><input name=next></form>"
        b"<form method=post action=/sign-out><input type=hidden name=other></form>"
    )
    opened = response_bytes(page, "Set-Cookie: csrf=1; Path=/", "Content-Type: text/html")
    with ScriptedServer(one_each(opened, response_bytes(b"", f"Location: {url}", status="302 Found"))) as game:
        start = read_start(f"{game.origin}/login", 3)
        assert start is not None
        assert start.url == url
        sent = game.requests[1]
    assert sent.startswith(b"POST /begin HTTP/1.1")
    assert b"Cookie: csrf=1" in sent
    assert f"Origin: {game_origin(sent)}".encode() in sent
    assert sent.endswith(b"\r\n\r\ntoken=a%26b")


def game_origin(request: bytes) -> str:
    """Return the origin in the header `Host`."""
    host = request.partition(b"Host: ")[2].split()[0].decode()
    return f"http://{host}"


@pytest.mark.parametrize(
    ("callback", "page"),
    [
        ("http://localhost:8000/eternaltwin/callback", "http://localhost:8000/eternaltwin/login"),
        ("http://localhost:8000/eternaltwin/callback/", "http://localhost:8000/eternaltwin/login/"),
        ("http://localhost:8000/callback?game=1", "http://localhost:8000/login"),
        ("http://localhost:8000", "http://localhost:8000/login"),
    ],
)
def test_a_sign_in_starts_beside_the_callback(callback: str, page: str) -> None:
    assert login_page(callback) == page
