"""Who may use the control API: programs on this machine or with the token, but no page of another site."""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.control.access import is_from_this_machine
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.exceptions import ConfigurationError
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = {"Eternaltwin-Dev": "1"}
TOKEN = "a-token-of-this-test"


def send(
    server: DevServer, fields: Mapping[str, str], method: str = "GET", path: str = "/_dev/users"
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, JSON and header fields of a response."""
    with closing(http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=10)) as connection:
        connection.request(method, path, headers=dict(fields))
        response = connection.getresponse()
        content = response.read()
        return response.status, json.loads(content) if content else {}, dict(response.getheaders())


def test_programs_on_this_machine_need_the_header_for_reads_and_writes_alike() -> None:
    with DevServer() as server:
        assert send(server, HEADER)[0] == 200
        for endpoint in CONTROL_ENDPOINTS:
            if endpoint.path in ("/_dev/health", "/_dev/openapi.json"):
                continue
            for fields in ({}, {"Eternaltwin-Dev": "0"}, {"Origin": "http://localhost:8000"}):
                status, problem, _ = send(server, fields, endpoint.method, endpoint.path)
                assert (status, problem["code"]) == (403, "header_missing")
                assert "Eternaltwin-Dev: 1" in problem["next"]
        assert send(server, {}, "GET", "/_dev/health")[0] == 200


def test_no_preflight_is_ever_granted() -> None:
    preflight = {
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "eternaltwin-dev",
        "Access-Control-Request-Private-Network": "true",
    }
    with DevServer() as server:
        for path in ("/_dev/reset", "/_dev/health", "/_dev/nowhere"):
            for fields in (preflight, preflight | HEADER):
                status, _, headers = send(server, fields, "OPTIONS", path)
                assert status in (403, 404, 405)
                assert not any(name.lower().startswith("access-control") for name in headers)


def test_the_token_is_needed_where_there_is_one() -> None:
    with DevServer(control_token=TOKEN) as server:
        status, problem, headers = send(server, HEADER)
        assert (status, problem["code"], headers["www-authenticate"]) == (401, "token_missing", "Bearer")
        for wrong in (f"Bearer {TOKEN}s", "Bearer é", f"Basic {TOKEN}", TOKEN):
            assert send(server, HEADER | {"Authorization": wrong})[0] == 401
        assert send(server, HEADER | {"Authorization": f"bearer {TOKEN}"})[0] == 200
        assert send(server, {"Authorization": f"Bearer {TOKEN}"})[0] == 403
        assert send(server, {}, "GET", "/_dev/health")[0] == 200


def test_it_is_off_without_a_token_where_other_machines_reach_the_server() -> None:
    with DevServer(host="0.0.0.0") as server:
        status, problem, _ = send(server, HEADER)
        assert (status, problem["code"]) == (403, "control_off")
        assert "--control-token-file" in problem["next"]
        assert send(server, HEADER, "POST", "/_dev/reset")[0] == 403
    with DevServer(host="0.0.0.0", control_token=TOKEN) as server:
        assert send(server, HEADER | {"Authorization": f"Bearer {TOKEN}"})[0] == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"Host": "games.test"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"X-Forwarded-Host": "games.test"},
        {"X-Real-IP": "192.0.2.1"},
        {"Forwarded": "for=192.0.2.1"},
        {"Via": "1.1 games.test"},
    ],
)
def test_it_is_off_without_a_token_for_what_a_proxy_or_a_tunnel_passes_on(fields: dict[str, str]) -> None:
    with DevServer(allowed_hosts=["games.test"]) as server:
        status, problem, _ = send(server, HEADER | fields)
        assert (status, problem["code"]) == (403, "control_off")


@pytest.mark.parametrize(
    ("peer", "is_ours"), [("127.0.0.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("192.0.2.1", False)]
)
def test_a_request_is_from_this_machine_if_its_peer_is(peer: str, is_ours: bool) -> None:
    scope = {"client": (peer, 1), "headers": [(b"host", b"localhost")]}
    assert is_from_this_machine(scope) is is_ours


@pytest.mark.parametrize("token", ["", "two words", "schlüssel", "line\n"])
def test_a_malformed_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="control_token") as caught:
        DevServer(control_token=token)
    assert token == "" or token not in str(caught.value)


@pytest.mark.browser
def test_a_page_of_another_site_can_neither_read_nor_reset() -> None:
    """Another port is another origin."""
    attack = """async url => {
        const attempts = [
            fetch(`${url}/_dev/users`),
            fetch(`${url}/_dev/users`, {headers: {'Eternaltwin-Dev': '1'}}),
            fetch(`${url}/_dev/reset`, {method: 'POST', headers: {'Eternaltwin-Dev': '1'}}),
        ]
        fetch(`${url}/_dev/reset`, {method: 'POST', mode: 'no-cors', headers: {'Eternaltwin-Dev': '1'}})
        return (await Promise.allSettled(attempts)).map(result => result.status)
    }"""
    with DevServer() as server, DevServer() as other, chromium() as browser:
        server.add_user("zoe")
        page = browser.new_page()
        page.goto(f"{other.url}/nowhere")
        assert page.evaluate(attack, server.url) == ["rejected"] * 3
        assert server.world.user("zoe").username == "zoe"
