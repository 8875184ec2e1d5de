"""`/_dev/games`: games are added, changed and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.support.control import Control

CALLBACK = "http://localhost:8000/callback"


def test_a_game_is_added_changed_and_removed_idempotently(server: DevServer, control: Control) -> None:
    body = {"oauth_callback": CALLBACK, "secret": "mine"}
    added = control.json("PUT", "/games/mygame", body)
    assert control.json("PUT", "/games/mygame", body) == added
    assert added == {
        "id": added["id"],
        "client_id": "mygame@clients",
        "display_name": "mygame",
        "uri": "http://localhost:8000/",
        "oauth_callback": CALLBACK,
    }
    assert server.world.client("mygame").secret == "mine"
    changes = {"display_name": "My game", "uri": "http://my.localhost/"}
    changed = control.json("PUT", "/games/mygame@clients", changes)
    assert changed == {**added, **changes}
    assert server.world.client("mygame").secret == "mine"
    assert control.json("GET", f"/games/{added['id']}") == changed
    assert changed in control.json("GET", "/games")["items"]
    for _ in range(2):
        control.json("DELETE", "/games/mygame", status=204)
        assert control.problem("GET", "/games/mygame") == (404, "not_found")
        assert server.world.sign_in.client_named(added["id"]) is None
    control.json("DELETE", "/games/kingdom_dev", status=204)
    control.json("POST", "/reset", status=204)
    assert control.json("GET", "/games/kingdom_dev")["display_name"] == "Kingdom"


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("mygame", {}),
        ("mygame", {"oauth_callback": "/callback"}),
        ("mygame", {"oauth_callback": CALLBACK, "uri": "here"}),
        ("mygame", {"oauth_callback": CALLBACK, "display_name": ""}),
        ("My-Game", {"oauth_callback": CALLBACK}),
        ("kingdom_dev", {"oauth_callback": "callback"}),
        ("kingdom_dev", {"secret": None}),
    ],
)
def test_a_wrong_setting_of_a_game_is_refused(server: DevServer, control: Control, key: str, body: object) -> None:
    before = server.world.clients()
    assert control.problem("PUT", f"/games/{key}", body) == (422, "invalid")
    assert server.world.clients() == before


def test_no_response_contains_the_secret_of_a_game(control: Control) -> None:
    body = {"oauth_callback": CALLBACK, "secret": "a secret of a game"}
    responses = [control.send("PUT", "/games/mygame", body), control.send("GET", "/games")]
    assert not any(b"a secret" in response.content for response in responses)
