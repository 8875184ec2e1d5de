"""`/_dev/sign-in`, `/_dev/sessions`, `/_dev/tokens` and `/_dev/sign-ins`: sign-ins without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.support.control import Control

CALLBACK = "http://localhost:8000/oauth/callback"


def test_a_player_is_signed_in_with_the_url_of_the_game(server: DevServer, control: Control) -> None:
    game = Eternaltwin(**server.connection_settings("kingdom_dev@clients"))
    url = game.authorization_url("a state & more")
    found = control.json("POST", "/sign-in", {"user": "alice", "url": url})
    assert found["state"] == "a state & more"
    assert found["url"].startswith(f"{CALLBACK}?code=")
    token = game.token(found["code"])
    assert game.users.me(token).json()["user"]["display_name"]["current"]["value"] == "Alice"
    [sign_in] = control.json("GET", "/sign-ins?limit=1")["items"]
    assert (sign_in["game"], sign_in["player"]) == ("Kingdom", "Alice")


def test_a_player_is_signed_in_by_the_key_of_the_game(server: DevServer, control: Control) -> None:
    found = control.json("POST", "/sign-in", {"user": "bob", "game": "kingdom_dev", "state": "x"})
    assert (found["state"], found["url"]) == ("x", f"{CALLBACK}?code={found['code']}&state=x")
    other = control.json("POST", "/sign-in", {"user": "bob", "game": "kingdom_dev"})
    assert len(other["state"]) > 16
    assert Eternaltwin(**server.connection_settings("kingdom_dev")).token(other["code"]).access_token


def test_a_session_and_a_token_are_those_of_the_player(server: DevServer, control: Control) -> None:
    session = control.json("POST", "/sessions", {"user": "bob"}, status=201)
    assert session["cookie"] == f"sid={session['sid']}"
    assert server.world.session_user(session["sid"]) == server.world.user("bob")
    token = control.json("POST", "/tokens", {"user": "bob", "game": "kingdom_dev"}, status=201)
    assert (token["token_type"], token["scope"]) == ("Bearer", "base")
    holder = server.world.sign_in.holder_of_token(token["access_token"])
    assert holder is not None
    assert holder.display_name == "Bob"


@pytest.mark.parametrize(
    ("path", "body", "problem"),
    [
        ("/sign-in", {"user": "alice"}, (422, "invalid")),
        ("/sign-in", {"user": "nobody", "game": "kingdom_dev"}, (404, "not_found")),
        ("/sign-in", {"user": "alice", "game": "nothing"}, (404, "not_found")),
        ("/sign-in", {"user": "alice", "game": "kingdom_dev", "scope": "everything"}, (422, "invalid")),
        ("/sign-in", {"user": "alice", "url": "http://localhost/elsewhere"}, (422, "invalid")),
        (
            "/sign-in",
            {"user": "alice", "url": "http://localhost/oauth/authorize?client_id=no@clients"},
            (422, "refused"),
        ),
        ("/sessions", {"user": "nobody"}, (404, "not_found")),
        ("/sessions", {"user": "frank"}, (409, "deleted")),
        ("/tokens", {"user": "alice", "game": "nothing"}, (404, "not_found")),
    ],
)
def test_a_sign_in_that_is_not_possible_is_refused_with_the_reason(
    server: DevServer, control: Control, path: str, body: object, problem: tuple[int, str]
) -> None:
    server.world.delete_user("frank")
    assert control.problem("POST", path, body) == problem
