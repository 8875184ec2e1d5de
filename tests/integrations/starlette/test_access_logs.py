"""Access logs of servers, which have a copy of the URL that no application can change."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from eternaltwin.devserver import DevServer
from examples.shared.launch import settings
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import program
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path

APP = "tests.integrations.starlette.copying_game:app"
SERVERS = {
    "uvicorn": ["uvicorn", "--port", "{port}", APP],
    "uvicorn with workers": ["uvicorn", "--workers", "2", "--port", "{port}", APP],
    "gunicorn": [
        *("gunicorn", "--worker-class", "asgi", "--bind", "127.0.0.1:{port}", "--access-logfile", "-", APP),
    ],
}


@pytest.mark.parametrize("name", SERVERS)
def test_no_access_log_has_a_code_behind_middleware_that_copies_the_scope(name: str, tmp_path: Path) -> None:
    port = free_port()
    game = {"display_name": "Game", "oauth_callback": f"http://localhost:{port}/eternaltwin/callback"}
    log = tmp_path / "log"
    with DevServer({"seed": {"app": {"game": game}}}) as server:
        zoe = server.add_user("zoe")
        environment = settings(server, "game@clients", str(tmp_path / "unused"))
        arguments = ["-m", *(part.format(port=port) for part in SERVERS[name])]
        with program(arguments, log, **environment) as running:
            url = f"http://127.0.0.1:{port}"
            wait_until_it_responds(running, url)
            browser = HTTPBrowser(url)
            status, location, _ = browser.open("/eternaltwin/login", {})
            assert status == 303
            callback = server.authorize(location, zoe)
            query = parse_qs(urlsplit(callback).query)
            for _ in range(2):  # the second is replayed
                browser.open(f"{urlsplit(callback).path}?{urlsplit(callback).query}")
    text = log.read_text()
    assert text.count("/eternaltwin/callback?code=[hidden]&state=[hidden]") == 2, text
    assert not [secret for secret in (*query["code"], *query["state"]) if secret in text]
