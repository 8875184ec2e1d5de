"""The forms of the website. The recordings hold the rules of the official server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from eternaltwin.devserver.api.actions import RegistrationForm
from eternaltwin.devserver.config import config_of
from tests.support.asgi_server import Server, basic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.asgi_server import ServerResponse

PERSON = {"username": "formed", "display_name": "Formed", "password": "secret"}
SITES = {"dinoparc": "dinoparc.com", "hammerfest": "hammerfest.fr"}
SEEDS = {"seed": {f"{game}_user": {"one": {"server": site, "id": 1}} for game, site in SITES.items()}}
ALICE = basic("alice", "a" * 10)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(config_of(SEEDS)) as server:
        yield server


def submit(server: Server, form: str, fields: dict[str, str], **options: str | None) -> ServerResponse:
    authorization = options.pop("authorization", None)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Host": "server.test"}
    headers |= {name.replace("_", "-"): value for name, value in options.items() if value is not None}
    body = urlencode(fields).encode()
    return server.request("POST", f"/actions/{form}", headers=headers, body=body, authorization=authorization)


def test_registration_opens_a_session(server: Server) -> None:
    response = submit(server, "register", PERSON, origin="http://server.test")
    assert (response.status, response.headers["location"]) == (303, "/")
    assert server.get("/api/v1/auth/self", sid=response.sid).json["user"]["display_name"] == {
        "current": {"value": "Formed"}
    }


@pytest.mark.parametrize("headers", [{"origin": "http://other.example"}, {"sec_fetch_site": "same-site"}])
@pytest.mark.parametrize("form", ["register", "link/dinoparc", "link/hammerfest"])
def test_forms_of_other_sites_are_refused(server: Server, form: str, headers: dict[str, str]) -> None:
    assert submit(server, form, PERSON, **headers).status == 403
    assert server.world.check_password("formed", "secret") is None


@pytest.mark.parametrize("game", SITES)
def test_only_administrators_link_accounts_but_the_response_is_the_same(server: Server, game: str) -> None:
    bob = server.world.user("bob")
    fields = {"method": "Ref", "user_id": str(bob.id), f"{game}_server": SITES[game], f"{game}_user_id": "1"}
    linked: list[int] = []
    for caller in (None, basic("bob", "b" * 10), ALICE, ALICE):
        response = submit(server, f"link/{game}", fields, authorization=caller)
        assert (response.status, response.headers["location"]) == (303, "/settings")
        linked.append(len(server.world.links.of_users([bob.id])))
    assert linked == [0, 0, 1, 1]


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(RegistrationForm(**PERSON))
