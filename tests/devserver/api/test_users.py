"""`/api/v1/users`: behaviour of the official server that the recordings do not contain."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.config import SeedConfig, ServerConfig, default_config
from eternaltwin.devserver.domain.clock import VirtualClock
from tests.support.asgi_server import Server, ServerResponse, basic, hexadecimal

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(default_config("sdk")) as server:
        yield server


def clock(server: Server) -> VirtualClock:
    assert isinstance(server.world.clock, VirtualClock)
    return server.world.clock


def patch(server: Server, user: str, login: str, changes: object) -> ServerResponse:
    target = f"/api/v1/users/{server.world.user(user).id}"
    return server.request("PATCH", target, json_body=changes, sid=server.world.open_session(login))


def register(server: Server, username: str = "zoe", display_name: str = "Zoe") -> ServerResponse:
    body = {"username": username, "display_name": display_name, "password": hexadecimal("zzzz")}
    return server.request("POST", "/api/v1/users", json_body=body)


# --- registering


def test_registering_opens_a_session(server: Server) -> None:
    response = register(server)
    me = server.get("/api/v1/auth/self", sid=response.sid).json
    assert response.status == 200
    assert me["user"]["id"] == response.json["id"]
    assert server.log_in("zoe", "zzzz")


def test_the_first_user_is_an_administrator() -> None:
    with Server(ServerConfig()) as server:
        assert register(server).json["is_administrator"] is True
        assert register(server, "yan", "Yan").json["is_administrator"] is False


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"username": "zoe", "display_name": "Zoe", "password": "zz"},
        {"username": "zoe", "display_name": "Zoe", "password": "0"},
        {"username": "zoe", "display_name": "Zoe", "password": "é"},
        {"username": "zoe", "display_name": "Z", "password": "00"},
        {"username": "Zoe", "display_name": "Zoe", "password": "00"},
    ],
)
def test_a_malformed_registration_is_refused(server: Server, body: object) -> None:
    response = server.request("POST", "/api/v1/users", json_body=body)
    assert response.status == 422
    assert "CreateUserBody" in response.text


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b"{}", "application/json; charset=utf-8", 422),
        (b"{}", "application/vnd.game+json", 422),
        (b"", "application/json", 400),
        (b'{"username": "\xff"}', "application/json", 400),
        (b'{"x":' * 100_000, "application/json", 400),
    ],
)
def test_a_body_that_is_not_json_is_refused(server: Server, body: bytes, content_type: str, status: int) -> None:
    response = server.request("POST", "/api/v1/users", body=body, headers={"content-type": content_type})
    assert response.status == status
    assert response.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_username_stays_taken_when_its_user_is_deleted(server: Server) -> None:
    register(server)
    server.world.delete_user("zoe")
    assert register(server).status == 500


# --- changing


def test_an_empty_patch_changes_nothing(server: Server) -> None:
    response = patch(server, "bob", "bob", {})
    assert response.status == 200
    assert response.json["display_name"]["current"]["value"] == "Bob"
    assert response.json["username"] == "bob"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"display_name": "1"}, "Invalid UserDisplayName"),
        ({"display_name": None}, "display_name"),
        ({"username": "B"}, "Invalid Username"),
        ({"password": "zz"}, "password"),
        ({"password": 1}, "password"),
    ],
)
def test_a_malformed_patch_is_refused(server: Server, changes: object, problem: str) -> None:
    response = patch(server, "bob", "bob", changes)
    assert response.status == 422
    assert problem in response.text


def test_a_display_name_is_locked_for_thirty_days_after_a_change(server: Server) -> None:
    assert patch(server, "bob", "bob", {"display_name": "Bob"}).status == 200
    assert patch(server, "bob", "bob", {"display_name": "Robert"}).status == 200
    clock(server).advance(timedelta(days=30) - timedelta(milliseconds=1))
    assert patch(server, "bob", "bob", {"display_name": "Bobby"}).json == {"error": "internal error"}
    clock(server).advance(timedelta(milliseconds=1))
    assert patch(server, "bob", "bob", {"display_name": "Bobby"}).status == 200


def test_a_username_is_locked_for_seven_days(server: Server) -> None:
    assert patch(server, "bob", "bob", {"username": "robert"}).status == 500
    clock(server).advance(timedelta(days=7))
    assert patch(server, "bob", "bob", {"username": "robert"}).json["username"] == "robert"
    assert server.log_in("robert", "b" * 10)


def test_a_password_is_locked_for_ten_minutes(server: Server) -> None:
    changes = {"password": hexadecimal("other")}
    assert patch(server, "bob", "bob", changes).status == 500
    clock(server).advance(timedelta(minutes=10))
    assert patch(server, "bob", "bob", changes).status == 200
    assert server.log_in("bob", "other")


def test_a_username_and_a_password_may_be_removed_and_set_again(server: Server) -> None:
    clock(server).advance(timedelta(days=7))
    response = patch(server, "bob", "bob", {"username": None, "password": None})
    assert (response.json["username"], response.json["has_password"]) == (None, False)
    target, sid = f"/api/v1/users/{response.json['id']}", server.world.open_session(UUID(response.json["id"]))
    restored = server.request("PATCH", target, json_body={"username": "rob", "password": "00"}, sid=sid)
    assert (restored.json["username"], restored.json["has_password"]) == ("rob", True)


def test_a_taken_username_is_refused(server: Server) -> None:
    clock(server).advance(timedelta(days=7))
    assert patch(server, "bob", "bob", {"username": "alice"}).status == 500
    assert patch(server, "bob", "bob", {"username": "bob"}).status == 200


def test_administrators_change_others_without_lock_times(server: Server) -> None:
    assert patch(server, "bob", "alice", {"display_name": "Robert", "username": "robert"}).status == 200
    response = patch(server, "robert", "alice", {"display_name": "Bobby", "password": "00"})
    assert response.json["display_name"]["current"]["value"] == "Bobby"


def test_lock_times_apply_to_administrators_on_the_released_server() -> None:
    with Server(api_version="0.16.4") as server:
        assert patch(server, "bob", "alice", {"display_name": "Robert"}).status == 200
        assert patch(server, "bob", "alice", {"display_name": "Bobby"}).status == 500


def test_a_user_that_does_not_exist_cannot_be_changed(server: Server) -> None:
    alice = server.world.open_session("alice")
    target = f"/api/v1/users/{UNKNOWN}"
    assert server.request("PATCH", target, json_body={}, sid=alice).json == {"error": "internal error"}
    assert server.request("PATCH", target, json_body={}).json == {"error": "forbidden"}


def test_basic_credentials_replace_a_session(server: Server) -> None:
    target = f"/api/v1/users/{server.world.user('bob').id}"
    response = server.request("PATCH", target, json_body={}, authorization=basic("bob", "b" * 10))
    assert response.json["username"] == "bob"


# --- deleting and restoring


def test_a_deleted_user_is_gone_until_an_administrator_restores_it(server: Server) -> None:
    alice, bob = server.world.open_session("alice"), server.world.open_session("bob")
    target = f"/api/v1/users/{server.world.user('bob').id}"
    token = server.claim(server.world.authorization_code("bob", "kingdom_dev")).json["access_token"]
    assert server.request("DELETE", target, sid=bob).json["deleted_at"] is None
    assert server.get(target).status == 410
    assert server.get(target, sid=alice).json["username"] == "bob"
    for options in ({"sid": bob}, {"authorization": f"Bearer {token}"}, {"authorization": basic("bob", "b" * 10)}):
        assert server.get("/api/v1/auth/self", **options).json["type"] == "Guest"
    restored = server.request("DELETE", f"{target}/deleted_at", sid=alice).json
    assert restored["user"]["deleted_at"] is None
    assert restored["deleted_at"] is not None
    assert server.get(target).status == 200
    assert server.request("DELETE", f"{target}/deleted_at", sid=alice).json["deleted_at"] is None


def test_sessions_of_other_users_survive_a_deletion(server: Server) -> None:
    alice = server.world.open_session("alice")
    server.world.delete_user("bob")
    assert server.get("/api/v1/auth/self", sid=alice).json["type"] == "User"


def test_unknown_users_cannot_be_deleted_or_restored(server: Server) -> None:
    alice = server.world.open_session("alice")
    assert server.request("DELETE", f"/api/v1/users/{UNKNOWN}", sid=alice).status == 404
    assert server.request("DELETE", f"/api/v1/users/{UNKNOWN}/deleted_at", sid=alice).status == 404
    assert server.request("DELETE", f"/api/v1/users/{UNKNOWN}/deleted_at").status == 403


# --- terms of service


def test_accepting_the_terms_again_does_not_change_the_time(server: Server) -> None:
    bob = server.world.open_session("bob")
    target = f"/api/v1/users/{server.world.user('bob').id}/tos"
    assert server.request("POST", target, sid=bob).status == 200
    first = server.get(target, sid=bob).json
    clock(server).advance(1)
    assert server.request("POST", target, sid=bob).status == 200
    assert server.get(target, sid=bob).json == first
    assert first["is_tos_accepted"] is True
    assert first["acceptation_date"] is not None


def test_administrators_read_the_terms_of_others_but_cannot_accept_them(server: Server) -> None:
    alice = server.world.open_session("alice")
    target = f"/api/v1/users/{server.world.user('bob').id}/tos"
    assert server.get(target, sid=alice).json["is_tos_accepted"] is False
    assert server.request("POST", target, sid=alice).status == 403
    assert server.get(f"/api/v1/users/{UNKNOWN}/tos", sid=alice).json["acceptation_date"] is None


# --- searching


def found(server: Server, query: str) -> list[str]:
    items = server.get(f"/api/v1/users?{query}").json["items"]
    return [item["display_name"]["current"]["value"] for item in items]


def test_users_are_found_by_part_of_their_name_without_case(server: Server) -> None:
    for number, name in enumerate(["Straße", "ÉTÉ", "été", "İris", "a_b", "axb"]):
        server.world.add_user(f"user_{number}", name)
    assert found(server, "q=STRASSE") == ["Straße"]
    assert found(server, "q=%C3%A9t%C3%89") == ["ÉTÉ", "été"]
    assert found(server, "q=a_b") == ["a_b"]
    assert found(server, "q=%25") == []
    assert found(server, "q=" + "x" * 1000) == []


def test_pages_are_in_order_of_creation(server: Server) -> None:
    page = server.get("/api/v1/users?limit=2&offset=1").json
    assert (page["offset"], page["limit"], page["count"]) == (1, 2, 6)
    assert found(server, "limit=2&offset=1") == ["Bob", "Charlie"]
    assert found(server, "offset=6") == []


def test_the_default_limit_is_20_and_the_maximum_is_100(server: Server) -> None:
    assert server.get("/api/v1/users").json["limit"] == 20
    assert server.get("/api/v1/users?limit=101").json["limit"] == 100


def test_a_limit_of_zero_only_counts(server: Server) -> None:
    page = server.get("/api/v1/users?q=a&limit=0").json
    assert (page["count"], page["items"]) == (4, [])
    assert server.get("/api/v1/users?limit=0&q=" + "x" * 1000).json["count"] == 0


def test_deleted_users_are_not_found(server: Server) -> None:
    server.world.delete_user("bob")
    assert found(server, "q=bob") == []


@pytest.mark.parametrize(
    "query", ["limit=x", "limit=-1", "limit=1e3", "limit=", "offset=%D9%A3", "offset=9999999999", "limit=1&limit=1"]
)
def test_a_malformed_query_is_refused(server: Server, query: str) -> None:
    response = server.get(f"/api/v1/users?{query}")
    assert response.status == 400
    assert response.text.startswith("Failed to deserialize query string")


def test_the_released_server_does_not_list_users() -> None:
    with Server(api_version="0.16.4") as server:
        for method in ("GET", "HEAD", "OPTIONS", "PUT"):
            response = server.request(method, "/api/v1/users")
            assert (response.status, response.headers["allow"]) == (405, "POST")


# --- ids


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("abc", "invalid length: found 3"),
        ("zzzz", "invalid character: found `z` at 0"),
        ("00000000-0000-4000-8000-00000000000g", "invalid character: found `g` at 35"),
    ],
)
def test_a_malformed_id_is_refused(server: Server, text: str, problem: str) -> None:
    for method in ("GET", "DELETE"):
        response = server.request(method, f"/api/v1/users/{text}")
        assert (response.status, response.text) == (400, f"Invalid URL: UUID parsing failed: {problem}")


def test_seeds_keep_their_ids(server: Server) -> None:
    with Server() as other:
        assert other.world.user("bob").id == server.world.user("bob").id
    fixed = SeedConfig(user={"x": msgspec.structs.replace(default_config().seed.user["bob"], id=UUID(int=5))})
    with Server(ServerConfig(seed=fixed)) as third:
        assert third.world.user("bob").id == UUID(int=5)
