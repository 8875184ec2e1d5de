"""Links between users and archived accounts; as the released server does it and as newer ones do."""

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


class Book:
    """A server with archived accounts, and calls about links of its users."""

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
def book() -> Iterator[Book]:
    opened = Book("latest")
    with opened.server:
        yield opened


@pytest.fixture
def released() -> Iterator[Book]:
    opened = Book("0.16.4")
    with opened.server:
        yield opened


def named(user: Any) -> str:
    name: str = user["display_name"]["current"]["value"]
    return name


# --- linking


def test_an_administrator_links_an_account_to_a_user(book: Book) -> None:
    link = book.link(by="alice").json
    assert named(link["current"]["link"]["user"]) == "Alice"
    assert link["current"]["user"] == {"type": "TwinoidUser", "id": "1", "display_name": "twino"}
    assert (link["current"]["unlink"], link["old"]) == (None, [])
    assert book.links()["twinoid"] == link
    owner = book.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]["current"]
    assert (named(owner["user"]), owner["link"]) == ("Bob", link["current"]["link"])


def test_links_are_shown_wherever_a_user_is(book: Book) -> None:
    expected = book.links("charlie")
    assert expected["hammerfest_fr"]["current"]["user"]["username"] == "elseabora"
    [found] = book.server.get(f"{USERS}?q=charlie").json["items"]
    assert found["links"] == expected
    path = f"{USERS}/{book.id_of('charlie')}"
    assert book.request("PATCH", path, "charlie", {"display_name": "Charles"}).json["links"].keys() == expected.keys()
    credentials = {"login": "charlie", "password": b"cccccccccc".hex()}
    opened = book.server.request("PUT", "/api/v1/auth/self", json_body=credentials)
    assert opened.json["links"]["hammerfest_fr"]["current"] is not None
    assert book.request("DELETE", path, "alice").json["links"]["hammerfest_fr"]["current"] is not None
    restored = book.request("DELETE", f"{path}/deleted_at", "alice").json
    assert restored["user"]["links"]["hammerfest_fr"]["current"] is not None


def test_linking_again_changes_nothing(book: Book) -> None:
    assert book.link(by="alice").json == book.link({**TWINOID, "twinoid_user_id": 1}, by="alice").json


def test_everybody_has_one_account_of_a_site_and_every_account_one_owner(book: Book) -> None:
    book.link(by="alice")
    assert book.link(user="charlie", by="alice").status == 409
    reply = book.link({**TWINOID, "twinoid_user_id": "2"}, by="alice")
    assert (reply.status, reply.json) == (409, {"error": "the user or the archived account is linked to another"})
    assert book.link({"method": "Ref", "dinoparc_user_id": 1}, site="dinoparc.com", by="alice").status == 200


@pytest.mark.parametrize("by", ["bob", "charlie", None])
def test_others_link_nothing(book: Book, by: str | None) -> None:
    assert book.link(by=by).status == 403


def test_what_is_not_there_is_not_linked(book: Book) -> None:
    assert book.link({**TWINOID, "twinoid_user_id": "3"}, by="alice").status == 404
    assert book.request("PUT", f"{USERS}/{UNKNOWN}/links/twinoid.com", "alice", TWINOID).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "Ref"},
        {"method": "Other", "twinoid_user_id": "1"},
        {"method": "Ref", "hammerfest_user_id": "1"},
        {"method": "Ref", "twinoid_user_id": "x"},
        {"method": "Ref", "twinoid_user_id": 0},
    ],
)
def test_malformed_orders_are_refused(book: Book, body: object) -> None:
    reply = book.link(body, by=None)
    assert (reply.status, reply.json) == (400, {"error": "bad request"})


def test_unknown_sites_are_refused(book: Book) -> None:
    reply = book.link(site="nope.com", by="alice")
    assert (reply.status, reply.text) == (400, "Invalid URL: Invalid SerdeLinkableServer")


# --- unlinking


def test_a_link_that_was_taken_back_is_remembered(book: Book) -> None:
    book.link(by="alice")
    link = book.unlink(by="bob").json
    [old] = link["old"]
    assert (link["current"], named(old["unlink"]["user"]), old["remote"]["display_name"]) == (None, "Bob", "twino")
    owners = book.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]
    assert (owners["current"], [named(owner["user"]) for owner in owners["old"]]) == (None, ["Bob"])
    assert book.link(user="charlie", by="alice").status == 200


def test_others_unlink_nothing(book: Book) -> None:
    book.link(by="alice")
    assert book.unlink(by="charlie").status == 403
    assert book.unlink(by=None).status == 403


def test_only_what_is_linked_is_unlinked(book: Book) -> None:
    assert book.unlink(by="bob").status == 404
    assert book.unlink(HAMMERFEST_REF, site="hammerfest.fr", by="bob").status == 404
    assert book.unlink(HAMMERFEST_REF, site="hammerfest.fr", user="charlie", by="charlie").status == 200


@pytest.mark.parametrize("body", [{}, {"id": "1"}, {"id": "1", "server": "nope.com"}, {**HAMMERFEST_REF, "id": "0"}])
def test_malformed_accounts_are_refused(book: Book, body: object) -> None:
    assert book.unlink(body, site="hammerfest.fr", by="bob").status == 400


# --- the released server


def test_the_released_server_links_what_is_archived(released: Book) -> None:
    assert released.link(by="alice").status == 200
    assert released.unlink(by="alice").json == {"current": None, "old": []}
    assert released.links()["twinoid"] == {"current": None, "old": []}
    assert released.server.get("/api/v1/archive/twinoid/users/1").json["etwin"]["old"] == []


def test_the_released_server_fails_where_it_refuses(released: Book) -> None:
    assert released.link(by="bob").status == 500
    assert released.unlink(by="bob").status == 500
    released.link(by="alice")
    assert released.link(user="charlie", by="alice").status == 500


def test_on_the_released_server_an_unknown_account_breaks_its_user(released: Book) -> None:
    unknown = {"method": "Ref", "twinoid_user_id": "9"}
    path = f"{USERS}/{released.id_of('bob')}"
    assert released.request("GET", "/api/v1/auth/self", "bob").json["type"] == "User"
    assert released.link(unknown, by="alice").status == 500
    assert released.server.get(path).status == 500
    assert released.request("DELETE", path, "alice").status == 500
    assert released.request("GET", "/api/v1/auth/self", "bob").json["type"] == "Guest"
    assert released.server.world.check_password("bob", "bbbbbbbbbb") is None
    answer = released.server.get("/api/v1/auth/self", authorization=basic("bob", "bbbbbbbbbb"))
    assert answer.json["type"] == "Guest"
    assert released.unlink({"id": "9"}, by="alice").status == 200
    assert released.server.get(path).status == 200
    assert released.server.world.check_password("bob", "bbbbbbbbbb") is not None


def test_on_the_released_server_an_unknown_account_of_hammerfest_breaks_nothing(released: Book) -> None:
    order = {"method": "Ref", "hammerfest_user_id": "9"}
    assert released.link(order, site="hammerfest.fr", by="alice").status == 500
    assert released.server.get(f"{USERS}/{released.id_of('bob')}").status == 200


# --- keeping


def test_links_are_there_after_a_restart_unless_the_archive_is_another(tmp_path: Path) -> None:
    config = msgspec.structs.replace(
        CONFIG,
        backend=msgspec.structs.replace(CONFIG.backend, store="Sqlite"),
        sqlite=SqliteConfig(file=str(tmp_path / "server.sqlite")),
    )
    first = Book("latest", config)
    with first.server:
        first.link(by="alice")
    second = Book("latest", config)
    with second.server:
        assert second.links()["twinoid"]["current"] is not None
        assert second.links("charlie")["hammerfest_fr"]["old"] == []
    without = msgspec.structs.replace(config, seed=SeedConfig(user=config.seed.user))
    third = Book("latest", without)
    with third.server:
        assert third.links()["twinoid"]["current"] is None


def test_a_user_is_linked_to_one_account_of_a_site() -> None:
    seeds = {"twino": {"id": 1, "linked_to": "bob"}, "twina": {"id": 2, "linked_to": "bob"}}
    with Server(config_of({"seed": {"twinoid_user": seeds}})) as server:
        [link] = server.world.links.of_users([server.world.user("bob").id])
        assert link.account == 1
