"""Tests with the real httpx-oauth."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx_oauth.exceptions import GetIdEmailError, GetProfileError

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.httpx_oauth import EternaltwinOAuth2
from tests.integrations.support.socket_servers import CALLBACK, CLIENT_ID, SECRET
from tests.support.sockets import listen_on_free_port, url_of

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer


@pytest.fixture
def client(server: DevServer) -> EternaltwinOAuth2:
    return EternaltwinOAuth2(CLIENT_ID, SECRET, server.url)


def test_a_sign_in(server: DevServer, client: EternaltwinOAuth2) -> None:
    async def sign_in() -> tuple[dict[str, object], tuple[str, str | None]]:
        url = await client.get_authorization_url(CALLBACK, state="the state")
        query = parse_qs(urlsplit(server.authorize(url, "zoe")).query)
        assert query["state"] == ["the state"]
        token = await client.get_access_token(query["code"][0], CALLBACK)
        return await client.get_profile(token["access_token"]), await client.get_id_email(token["access_token"])

    zoe = str(server.world.user("zoe").id)
    assert asyncio.run(sign_in()) == ({"id": zoe, "display_name": "Zoé"}, (zoe, None))


@pytest.mark.parametrize(
    ("status", "body"), [(503, None), (200, "no JSON"), (200, {"type": "Guest", "scope": "Default"})]
)
def test_responses_without_a_player(server: DevServer, client: EternaltwinOAuth2, status: int, body: object) -> None:
    for method, error in ((client.get_profile, GetProfileError), (client.get_id_email, GetIdEmailError)):
        server.fail_next(status, path="/api/v1/auth/self", body=body)
        with pytest.raises(error):
            asyncio.run(method("a-token"))


def test_a_server_that_cannot_be_reached() -> None:
    with closing(listen_on_free_port()) as listener:
        url = url_of(listener)
    client = EternaltwinOAuth2(CLIENT_ID, SECRET, url)
    for method, error in ((client.get_profile, GetProfileError), (client.get_id_email, GetIdEmailError)):
        with pytest.raises(error):
            asyncio.run(method("a-token"))


def test_bad_and_foreign_tokens(client: EternaltwinOAuth2, foreign_token: str) -> None:
    for token in ("a-bad-token", foreign_token):
        with pytest.raises(GetProfileError):
            asyncio.run(client.get_profile(token))


def test_another_server_and_scopes() -> None:
    client = EternaltwinOAuth2(CLIENT_ID, SECRET, "http://inner:1", "https://outer", ["base", "extra"], "other")
    url = asyncio.run(client.get_authorization_url(CALLBACK))
    assert url.startswith("https://outer/oauth/authorize?")
    assert parse_qs(urlsplit(url).query)["scope"] == ["base extra"]
    assert (client.name, client.access_token_endpoint) == ("other", "http://inner:1/oauth/token")
    with pytest.raises(ConfigurationError):
        EternaltwinOAuth2(CLIENT_ID, SECRET, "inner")
