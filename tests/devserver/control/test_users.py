"""`/_dev/users`: users are added, changed, deleted and restored, one or many at once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.domain.changes import UserChanges
from eternaltwin.exceptions import RequestError

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.support.control import Control


def test_a_put_user_is_added_once_and_then_changed(server: DevServer, control: Control) -> None:
    added = control.json("PUT", "/users/zoe", {"password": "zzzzzzzzzz"})
    assert (added["username"], added["display_name"], added["has_password"]) == ("zoe", "Zoe", True)
    again = control.json("PUT", "/users/zoe", {"display_name": "Zoé", "is_administrator": True})
    assert again == {**added, "display_name": "Zoé", "is_administrator": True}
    assert control.json("PUT", "/users/zoe", {}) == again
    assert control.json("PUT", "/users/zoe") == again
    assert control.json("GET", f"/users/{added['id']}") == again
    assert server.world.check_password("zoe", "zzzzzzzzzz") is not None


def test_every_setting_of_a_user_can_be_changed(server: DevServer, control: Control) -> None:
    zoe = control.json("PUT", "/users/zoe", {"password": "zzzzzzzzzz"})
    path = f"/users/{zoe['id']}"
    changed = control.json("PATCH", path, {"username": "zora", "password": "another password"})
    assert changed["username"] == "zora"
    assert server.world.check_password("zora", "another password") is not None
    assert control.json("PATCH", path, {"password": None})["has_password"] is False
    assert control.json("PATCH", path, {"username": None})["username"] is None
    assert control.json("PATCH", path, {"is_administrator": True})["is_administrator"] is True
    for _ in range(2):
        assert control.json("PATCH", path, {"is_deleted": True})["deleted_at"] is not None
    for _ in range(2):
        assert control.json("PATCH", path, {"is_deleted": False})["deleted_at"] is None


def test_changes_neither_meet_lock_times_nor_begin_them(server: DevServer, control: Control) -> None:
    for name in ("Zora", "Zelda"):
        assert control.json("PUT", "/users/zoe", {"display_name": name})["display_name"] == name
    zoe = server.world.user("zoe")
    patched = server.world.accounts.patch(zoe.id, UserChanges(display_name="Zazie"), zoe)
    assert patched.display_name == "Zazie"


def test_terms_of_service_are_owed_until_they_are_accepted(server: DevServer, control: Control) -> None:
    order = {"user": "zoe", "url": "http://localhost/oauth/authorize?client_id=kingdom_dev@clients&response_type=code"}
    assert control.json("PUT", "/users/zoe", {"must_accept_terms": True})["owes_terms"] is True
    assert control.problem("POST", "/sign-in", order) == (422, "refused")
    with pytest.raises(RequestError):
        server.authorize(order["url"], "zoe")
    assert control.json("PUT", "/users/zoe", {"has_accepted_terms": True})["owes_terms"] is False
    assert control.json("POST", "/sign-in", order)["state"] is None
    assert control.json("PUT", "/users/zoe", {"has_accepted_terms": False})["owes_terms"] is True
    assert control.json("PUT", "/users/zoe", {"must_accept_terms": False})["owes_terms"] is False
    control.json("PUT", "/users/zoe", {"must_accept_terms": True})
    control.json("POST", "/reset", status=204)
    assert control.json("PUT", "/users/zoe")["owes_terms"] is False


def test_256_users_are_added_by_one_fast_request(server: DevServer, control: Control) -> None:
    started = time.perf_counter()
    found = control.json(
        "POST", "/users", {"count": 256, "display_name": "Player {n}", "password": "pppppppppp"}, status=201
    )
    assert time.perf_counter() - started < 2
    assert (found["count"], len(found["items"])) == (256, 256)
    assert [found["items"][index]["username"] for index in (0, 255)] == ["player_1", "player_256"]
    assert found["items"][255]["display_name"] == "Player 256"
    assert server.world.check_password("player_77", "pppppppppp") is not None
    assert server.world.count_users("player") == 256
    assert [user.display_name for user in server.world.users("player 256")] == ["Player 256"]
    page = control.json("GET", "/users?query=player&offset=254&limit=10")
    assert (page["count"], [user["username"] for user in page["items"]]) == (256, ["player_255", "player_256"])


def test_a_batch_is_added_as_a_whole_or_not_at_all(server: DevServer, control: Control) -> None:
    control.json("PUT", "/users/cat_7")
    before = server.world.count_users()
    assert control.problem("POST", "/users", {"count": 10, "username": "cat_{n}"}) == (409, "taken")
    assert server.world.count_users() == before
    more = control.json("POST", "/users", {"count": 2, "first": 8, "username": "cat_{n}"}, status=201)
    assert [user["display_name"] for user in more["items"]] == ["Cat_8", "Cat_9"]
    [one] = control.json("POST", "/users", {"username": "zoe", "is_administrator": True}, status=201)["items"]
    assert (one["username"], one["is_administrator"], one["has_password"]) == ("zoe", True, False)


@pytest.mark.parametrize(
    ("method", "path", "body", "problem"),
    [
        ("GET", "/users/nobody", None, (404, "not_found")),
        ("PATCH", "/users/nobody", {}, (404, "not_found")),
        ("PUT", "/users/No-Body", {}, (422, "invalid")),
        ("PUT", "/users/zoe", {"username": "alice"}, (409, "taken")),
        ("PUT", "/users/zoe", {"display_name": ""}, (422, "invalid")),
        ("PUT", "/users/zoe", {"is_deleted": 1}, (422, "invalid")),
        ("PUT", "/users/zoe", b"{", (422, "invalid")),
        ("PUT", "/users/zoe", b'"\xff"', (422, "invalid")),
        ("PUT", "/users/zoe", b"[" * 100_000, (422, "invalid")),
        ("POST", "/users", {"count": 2, "username": "zoe"}, (422, "invalid")),
        ("POST", "/users", {"count": 10_001}, (422, "invalid")),
        ("POST", "/users", {"count": 0}, (422, "invalid")),
        ("GET", "/users?limit=-1", None, (422, "invalid")),
        ("GET", "/users?limit=1&limit=2", None, (422, "invalid")),
        ("DELETE", "/users/alice", None, (405, "method_not_allowed")),
        ("GET", "/nowhere", None, (404, "not_found")),
    ],
)
def test_errors_have_one_shape_and_change_nothing(
    server: DevServer, control: Control, method: str, path: str, body: object, problem: tuple[int, str]
) -> None:
    before = server.world.users()
    assert control.problem(method, path, body) == problem
    assert server.world.users() == before
