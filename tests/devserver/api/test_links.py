"""Links between users and archived accounts, on the released server and on newer ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from eternaltwin.devserver.config import SeedConfig, SqliteConfig, config_of
from tests.support.asgi_server import Server, ServerResponse, basic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.devserver.config import ServerConfig
    from eternaltwin.devserver.domain.versions import ApiVersion

USERS = "/api/v1/users"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
CONFIG = config_of(
    {
        "seed": {
            "dinoparc_user": {"dino": {"id": 1}},
            "hammerfest_user": {"elseabora": {"id": 127, "linked_to": "charlie"}},
            "twinoid_user": {"twino": {"id": 1}, "twina": {"id": 2}},
        }
    },
    "System",
)

TWINOID: dict[str, object] = {"method": "Ref", "twinoid_user_id": "1"}
TWINOID_REF: dict[str, object] = {"type": "TwinoidUser", "id": "1"}
HAMMERFEST_REF: dict[str, object] = {"type": "HammerfestUser", "server": "hammerfest.fr", "id": "127"}


class LinkApi:
    """A server with archived accounts, and requests about the links of its users."""

    def __init__(self, api_version: ApiVersion, config: ServerConfig = CONFIG) -> None:
        self.server = Server(config, api_version=api_version)
        self.sids: dict[str | None, str | None] = {None: None}

    def request(self, method: str, path: str, by: str | None, body: object = None) -> ServerResponse:
        if by not in self.sids:
            self.sids[by] = self.server.world.open_session(str(by))
        return self.server.request(method, path, sid=self.sids[by], json_body=body)

    def id_of(self, user: str) -> str:
        return str(self.server.world.user(user).id)

    def link(
        self, body: object = TWINOID, *, user: str = "bob", site: str = "twinoid.com", by: str | None
    ) -> ServerResponse:
        return self.request("PUT", f"{USERS}/{self.id_of(user)}/links/{site}", by, body)

    def unlink(
        self, body: object = TWINOID_REF, *, user: str = "bob", site: str = "twinoid.com", by: str | None
    ) -> ServerResponse:
        return self.request("DELETE", f"{USERS}/{self.id_of(user)}/links/{site}", by, body)

    def links(self, user: str = "bob") -> Any:
        return self.server.get(f"{USERS}/{self.id_of(user)}").json["links"]


@pytest.fixture
def api() -> Iterator[LinkApi]:
    opened = LinkApi("latest")
    with opened.server:
        yield opened


@pytest.fixture
def released() -> Iterator[LinkApi]:
    opened = LinkApi("0.16.4")
    with opened.server:
        yield opened


def named(user: Any) -> str:
    name: str = user["display_name"]["current"]["value"]
    return name


# --- linking


def test_an_administrator_links_an_account_to_a_user(api: LinkApi) -> None:
    link = api.link(by="alice").json
    assert named(link["current"]["link"]["user"]) == "Alice"
    assert link["current"]["user"] == {"type": "TwinoidUser", "id": "1", "display_name": "twino"}
    assert (link["current"]["unlink"], link["old"]) == (None, [])
    assert api.links()["twinoid"] == link
    owner = api.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]["current"]
    assert (named(owner["user"]), owner["link"]) == ("Bob", link["current"]["link"])


def test_every_response_with_a_user_contains_the_links(api: LinkApi) -> None:
    expected = api.links("charlie")
    assert expected["hammerfest_fr"]["current"]["user"]["username"] == "elseabora"
    [found] = api.server.get(f"{USERS}?q=charlie").json["items"]
    assert found["links"] == expected
    path = f"{USERS}/{api.id_of('charlie')}"
    assert api.request("PATCH", path, "charlie", {"display_name": "Charles"}).json["links"].keys() == expected.keys()
    credentials = {"login": "charlie", "password": b"cccccccccc".hex()}
    opened = api.server.request("PUT", "/api/v1/auth/self", json_body=credentials)
    assert opened.json["links"]["hammerfest_fr"]["current"] is not None
    assert api.request("DELETE", path, "alice").json["links"]["hammerfest_fr"]["current"] is not None
    restored = api.request("DELETE", f"{path}/deleted_at", "alice").json
    assert restored["user"]["links"]["hammerfest_fr"]["current"] is not None


def test_linking_again_changes_nothing(api: LinkApi) -> None:
    assert api.link(by="alice").json == api.link({**TWINOID, "twinoid_user_id": 1}, by="alice").json


def test_a_user_has_one_account_of_a_site_and_an_account_has_one_owner(api: LinkApi) -> None:
    api.link(by="alice")
    assert api.link(user="charlie", by="alice").status == 409
    response = api.link({**TWINOID, "twinoid_user_id": "2"}, by="alice")
    assert (response.status, response.json) == (409, {"error": "the user or the archived account is linked to another"})
    assert api.link({"method": "Ref", "dinoparc_user_id": 1}, site="dinoparc.com", by="alice").status == 200


@pytest.mark.parametrize("by", ["bob", "charlie", None])
def test_other_callers_cannot_link(api: LinkApi, by: str | None) -> None:
    assert api.link(by=by).status == 403


def test_unknown_accounts_and_users_are_not_found(api: LinkApi) -> None:
    assert api.link({**TWINOID, "twinoid_user_id": "3"}, by="alice").status == 404
    assert api.request("PUT", f"{USERS}/{UNKNOWN}/links/twinoid.com", "alice", TWINOID).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "Ref"},
        {"twinoid_user_id": "1"},
        {"method": "Other", "twinoid_user_id": "1"},
        {"method": "Ref", "hammerfest_user_id": "1"},
        {"method": "Ref", "twinoid_user_id": "x"},
        {"method": "Ref", "twinoid_user_id": 0},
    ],
)
def test_malformed_orders_are_refused(api: LinkApi, body: object) -> None:
    response = api.link(body, by=None)
    assert (response.status, response.json) == (400, {"error": "bad request"})


def test_unknown_sites_are_refused(api: LinkApi) -> None:
    response = api.link(site="nope.com", by="alice")
    assert (response.status, response.text) == (400, "Invalid URL: Invalid SerdeLinkableServer")


# --- unlinking


def test_a_removed_link_is_a_former_one(api: LinkApi) -> None:
    api.link(by="alice")
    link = api.unlink(by="bob").json
    [old] = link["old"]
    assert (link["current"], named(old["unlink"]["user"]), old["remote"]["display_name"]) == (None, "Bob", "twino")
    owners = api.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]
    assert (owners["current"], [named(owner["user"]) for owner in owners["old"]]) == (None, ["Bob"])
    assert api.link(user="charlie", by="alice").status == 200


def test_other_callers_cannot_unlink(api: LinkApi) -> None:
    api.link(by="alice")
    assert api.unlink(by="charlie").status == 403
    assert api.unlink(by=None).status == 403


def test_unlinking_requires_a_link(api: LinkApi) -> None:
    assert api.unlink(by="bob").status == 404
    assert api.unlink(HAMMERFEST_REF, site="hammerfest.fr", by="bob").status == 404
    assert api.unlink(HAMMERFEST_REF, site="hammerfest.fr", user="charlie", by="charlie").status == 200


@pytest.mark.parametrize("body", [{}, {"id": "1"}, {"id": "1", "server": "nope.com"}, {**HAMMERFEST_REF, "id": "0"}])
def test_malformed_accounts_are_refused(api: LinkApi, body: object) -> None:
    assert api.unlink(body, site="hammerfest.fr", by="bob").status == 400


# --- the released server


def test_the_released_server_links_archived_accounts(released: LinkApi) -> None:
    assert released.link(by="alice").status == 200
    assert released.unlink(by="alice").json == {"current": None, "old": []}
    assert released.links()["twinoid"] == {"current": None, "old": []}
    assert released.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]["old"] == []


def test_the_released_server_refuses_with_an_internal_error(released: LinkApi) -> None:
    assert released.link(by="bob").status == 500
    assert released.unlink(by="bob").status == 500
    released.link(by="alice")
    assert released.link(user="charlie", by="alice").status == 500


def test_on_the_released_server_an_unknown_account_breaks_its_user(released: LinkApi) -> None:
    unknown = {"method": "Ref", "twinoid_user_id": "9"}
    path = f"{USERS}/{released.id_of('bob')}"
    assert released.request("GET", "/api/v1/auth/self", "bob").json["type"] == "User"
    assert released.link(unknown, by="alice").status == 500
    assert released.server.get(path).status == 500
    assert released.request("DELETE", path, "alice").status == 500
    assert released.request("GET", "/api/v1/auth/self", "bob").json["type"] == "Guest"
    assert released.server.world.check_password("bob", "bbbbbbbbbb") is None
    identity = released.server.get("/api/v1/auth/self", authorization=basic("bob", "bbbbbbbbbb"))
    assert identity.json["type"] == "Guest"
    assert released.unlink({"id": "9"}, by="alice").status == 200
    assert released.server.get(path).status == 200
    assert released.server.world.check_password("bob", "bbbbbbbbbb") is not None


def test_on_the_released_server_an_unknown_account_of_hammerfest_breaks_nothing(released: LinkApi) -> None:
    order = {"method": "Ref", "hammerfest_user_id": "9"}
    assert released.link(order, site="hammerfest.fr", by="alice").status == 500
    assert released.server.get(f"{USERS}/{released.id_of('bob')}").status == 200


# --- restarts


def test_links_survive_a_restart_unless_the_account_is_no_longer_archived(tmp_path: Path) -> None:
    config = msgspec.structs.replace(
        CONFIG,
        backend=msgspec.structs.replace(CONFIG.backend, store="Sqlite"),
        sqlite=SqliteConfig(file=str(tmp_path / "server.sqlite")),
    )
    first = LinkApi("latest", config)
    with first.server:
        first.link(by="alice")
    second = LinkApi("latest", config)
    with second.server:
        assert second.links()["twinoid"]["current"] is not None
        assert second.links("charlie")["hammerfest_fr"]["old"] == []
    without = msgspec.structs.replace(config, seed=SeedConfig(user=config.seed.user))
    third = LinkApi("latest", without)
    with third.server:
        assert third.links()["twinoid"]["current"] is None


def test_a_user_is_linked_to_one_account_of_a_site() -> None:
    seeds = {"twino": {"id": 1, "linked_to": "bob"}, "twina": {"id": 2, "linked_to": "bob"}}
    with Server(config_of({"seed": {"twinoid_user": seeds}})) as server:
        [link] = server.world.links.of_users([server.world.user("bob").id])
        assert link.account == 1
