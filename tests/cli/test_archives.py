"""The commands `archive` and `links`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin import accounts
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.identities import Session
from eternaltwin.users import User
from tests.support.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.commands import Done

SEEDS = {
    "dinoparc_user": {
        "dino": {
            "server": "dinoparc.com",
            "id": 1,
            "coins": 1000,
            "inventory": {"4": 10},
            "dinoz": {"7": {"name": "Yasumi \x9b", "level": 30, "skills": {"Swim": 5}, "in_tournament": True}},
        }
    },
    "hammerfest_user": {"else": {"server": "hammerfest.fr", "id": 127, "best_score": 1000, "linked_to": "alice"}},
    "twinoid_user": {"twino": {"id": 38, "display_name": "Twino"}},
}


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    with DevServer({"seed": SEEDS}) as running:
        yield running


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def run(server: DevServer, *arguments: str) -> Done:
    return run_command(*arguments, "--url", server.url)


def rows(done: Done) -> dict[str, str]:
    assert (done.status, done.errors) == (0, "")
    return dict(line.rstrip().split("  ", 1) for line in done.output.splitlines())


def test_an_account_of_each_game_is_shown(server: DevServer) -> None:
    dinoparc = {name: value.strip() for name, value in rows(run(server, "archive", "dinoparc.com", "1")).items()}
    assert (dinoparc["username"], dinoparc["coins"], dinoparc["inventory"]) == ("dino", "1000", "4: 10")
    assert dinoparc["dinoz"] == "(server: dinoparc.com, id: 7)"
    assert dinoparc["Eternaltwin user"] == "not linked"
    assert "collection" not in dinoparc
    hammerfest = {name: value.strip() for name, value in rows(run(server, "archive", "hammerfest.fr", "127")).items()}
    assert hammerfest["profile"] == "best_score: 1000, best_level: 0, game_completed: no"
    assert hammerfest["Eternaltwin user"] == f"Alice {server.world.user('alice').id}"
    assert "Twino" in run(server, "archive", "twinoid.com", "38").output


def test_a_dinoz_is_shown_and_controls_no_terminal(server: DevServer) -> None:
    done = run(server, "archive", "dinoparc.com", "7", "--dinoz")
    assert "Yasumi \ufffd" in done.output
    assert "in tournament" in done.output
    assert rows(done)["skills"].strip() == "Swim: 5"


def test_json_is_in_the_words_of_the_api(server: DevServer) -> None:
    found = run(server, "archive", "hammerfest.fr", "127", "--json").json()
    assert (found["type"], found["id"]) == ("HammerfestUser", "127")
    assert found["profile"]["latest"]["value"]["best_score"] == 1000


def test_what_is_not_in_the_archive_is_a_failure(server: DevServer) -> None:
    assert run(server, "archive", "twinoid.com", "39").status == 1
    assert run(server, "archive", "hammerfest.fr", "127", "--dinoz").status == 2
    assert run(server, "archive", "nowhere.example", "1").status == 2


def test_links_of_a_user_are_listed_with_former_ones(server: DevServer) -> None:
    identifier = str(server.world.user("alice").id)
    with Eternaltwin(**server.connection_settings()) as client:
        administrator = Session.login("alice", "aaaaaaaaaa", client)
        accounts.link(identifier, "twinoid.com", 38, client, identity=administrator)
        accounts.unlink(identifier, "twinoid.com", 38, client, identity=administrator)
    done = run(server, "links", identifier)
    _, *lines = done.output.splitlines()
    assert [line.split()[:3] for line in lines] == [["hammerfest.fr", "127", "else"], ["twinoid.com", "38", "Twino"]]
    assert [line.count(" UTC") for line in lines] == [1, 2]
    assert run(server, "links", identifier, "--json").json()["hammerfest_fr"]["current"]["user"]["id"] == "127"


def test_links_that_are_not_shown_are_a_failure(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(server, "links", "00000000-0000-4000-8000-000000000000").status == 1
    identifier = str(server.world.user("alice").id)

    def get(*_: object) -> User:
        return User(identifier, "Alice", None, None, None)

    monkeypatch.setattr(User, "get", get)
    done = run(server, "links", identifier)
    assert (done.status, done.errors) == (1, "eternaltwin: the server does not show the links of this user\n")
