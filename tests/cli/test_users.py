"""The commands `users`, against a development server."""

from __future__ import annotations

import csv
import io
import signal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eternaltwin.cli import terminals, user_listing
from eternaltwin.cli.user_listing import ListingPosition, pages_after
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.users import User
from tests.support.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer() as server:
        yield server


@pytest.fixture
def server(running: DevServer, monkeypatch: pytest.MonkeyPatch) -> DevServer:
    """A server with its seeded users, whose address the environment contains."""
    running.reset()
    monkeypatch.setenv("ETERNALTWIN_URL", running.url)
    monkeypatch.setattr(user_listing, "PAGE_SIZE", 3)
    return running


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_get_shows_a_user(server: DevServer) -> None:
    zoe = str(server.add_user("zoe", "Zoé").id)
    done = run_command("users", "get", zoe.upper())
    assert (done.status, done.errors) == (0, "")
    assert {"identifier", zoe, "username", "Zoé", "is_administrator", "False"} <= set(done.output.split())


def test_get_reads_several_users_in_every_format(server: DevServer) -> None:
    zoe, alice = str(server.add_user("zoe", "Zoé").id), str(server.world.user("alice").id)
    done = run_command("users", "get", zoe, UNKNOWN, alice, "--json")
    assert (done.status, done.errors) == (1, "")
    assert [user["username"] for user in done.json()["items"]] == ["Zoé", "Alice"]
    assert (done.json()["count"], done.json()["missing"]) == (2, [UNKNOWN])
    done = run_command("users", "get", zoe, alice, "--csv")
    assert rows(done.output)[0] == ["identifier", "username", "created_at", "deleted_at"]
    assert [row[:2] for row in rows(done.output)[1:]] == [[zoe, "Zoé"], [alice, "Alice"]]
    done = run_command("users", "get", zoe, alice, UNKNOWN)
    assert (done.status, done.errors) == (1, f"eternaltwin: there is no user {UNKNOWN}\n")
    assert [line.split()[:2] for line in done.output.splitlines()[1:]] == [[zoe, "Zoé"], [alice, "Alice"]]


@pytest.mark.usefixtures("server")
def test_a_malformed_id_is_wrong_usage() -> None:
    done = run_command("users", "get", "zoe")
    assert (done.status, done.output) == (2, "")
    assert "must be a UUID" in done.errors


def test_search_shows_how_many_there_are(server: DevServer) -> None:
    for number in range(3):
        server.add_user(f"player_{number}")
    done = run_command("users", "search", "PLAYER", "--limit", "2", "--json")
    assert [user["username"] for user in done.json()["items"]] == ["Player_0", "Player_1"]
    assert done.json()["count"] == 3
    done = run_command("users", "search", "player", "--offset", "1")
    assert done.errors == "eternaltwin: 2 of 3 users\n"
    assert [line.split()[1] for line in done.output.splitlines()] == ["username", "Player_1", "Player_2"]
    assert [row[1] for row in rows(run_command("users", "search", "player_2", "--csv").output)] == [
        "username",
        "Player_2",
    ]


@pytest.mark.usefixtures("server")
def test_count_counts() -> None:
    assert run_command("users", "count").output == "6\n"
    assert run_command("users", "count", "ali", "--json").json() == {"count": 1}


def test_list_reads_every_page_in_every_format(server: DevServer) -> None:
    server.add_user("zoe")
    names = ["Alice", "Bob", "Charlie", "Dan", "Eve", "Frank", "Zoe"]
    done = run_command("users", "list")
    assert [line.split()[1] for line in done.output.splitlines() if line.strip()] == ["username", *names]
    assert [row[1] for row in rows(run_command("users", "list", "--csv").output)] == ["username", *names]
    done = run_command("users", "list", "--json")
    assert [user["username"] for user in done.json()["items"]] == names
    assert done.json()["count"] == 7
    assert run_command("users", "list", "nobody", "--json").json() == {"items": [], "count": 0}


def test_a_list_goes_on_where_it_was_stopped(
    server: DevServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(query: str | None, limit: int, offset: int, client: Eternaltwin) -> list[User]:
        if offset:
            raise KeyboardInterrupt
        return real(query, limit, offset, client)

    real = User.search
    file = tmp_path / "position"
    with monkeypatch.context() as context:
        context.setattr(User, "search", stop)
        begun = run_command("users", "list", "--csv", "--resume", str(file))
    assert begun.status == 130
    server.add_user("zoe")
    server.world.delete_user("alice")
    ended = run_command("users", "list", "--csv", "--resume", str(file))
    names = [row[1] for row in rows(begun.output + ended.output)]
    assert names == ["username", "Alice", "Bob", "Charlie", "Dan", "Eve", "Frank", "Zoe"]
    assert run_command("users", "list", "--csv", "--resume", str(file)).output == ""


@pytest.mark.usefixtures("server")
def test_only_rows_can_be_resumed(tmp_path: Path) -> None:
    file = tmp_path / "position"
    done = run_command("users", "list", "--json", "--resume", str(file))
    assert (done.status, done.json()["error"]["exit_status"]) == (2, 2)
    file.write_text("nonsense", encoding="utf-8")
    done = run_command("users", "list", "--csv", "--resume", str(file))
    assert (done.status, done.output) == (2, "")
    assert f"{file} does not contain how far a list was read" in done.errors


def test_a_list_that_fails_is_no_complete_document(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(query: str | None, limit: int, offset: int, client: Eternaltwin) -> list[User]:
        if offset:
            server.fail_next(500)
        return real(query, limit, offset, client)

    real = User.search
    monkeypatch.setattr(User, "search", fail)
    done = run_command("users", "list", "--json")
    assert done.status == 1
    assert done.output.count('"username"') == 3
    assert not done.output.endswith("}\n")
    assert "responded with 500" in done.errors


def test_a_released_server_cannot_search() -> None:
    with DevServer(api_version="0.16.4") as released:
        done = run_command("users", "search", "a", "--url", released.url)
    assert (done.status, done.output) == (1, "")
    assert "0.16.4" in done.errors


@pytest.mark.usefixtures("server")
def test_a_server_that_cannot_be_reached_has_its_own_status() -> None:
    done = run_command("users", "count", "--url", "http://127.0.0.1:1")
    assert done.status == 3
    assert done.errors.endswith("next: check the address with --url, or find the cause with: eternaltwin doctor\n")


@given(
    changes=st.lists(
        st.lists(st.tuples(st.sampled_from(["add", "delete"]), st.integers(0, 30)), max_size=6), max_size=6
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_read_twice_or_left_out_whatever_changes_between_pages(
    changes: list[list[tuple[str, int]]], server: DevServer
) -> None:
    server.reset()
    remaining = iter(changes)
    deleted: set[str] = set()
    found: list[str] = []
    with Eternaltwin(url=server.url, transport=None) as client:
        before = {str(user.id) for user in server.world.users()}
        for page, _ in pages_after(ListingPosition(), None, client):
            found += [user.identifier for user in page]
            for kind, number in next(remaining, list[tuple[str, int]]()):
                players = server.world.users()
                if kind == "add":
                    server.clock.advance(number % 2)
                    server.add_user(f"p{len(players)}_{len(deleted)}_{len(found)}_{number}")
                elif players:
                    deleted.add(str(server.world.delete_user(players[number % len(players)].id).id))
        now = {str(user.id) for user in server.world.users()}
    assert len(found) == len(set(found))
    assert now <= set(found)
    assert before - deleted <= set(found) <= before | now | deleted


def test_what_must_be_whole_is_finished_before_an_interruption() -> None:
    def work() -> None:
        with terminals.without_interruption():
            signal.raise_signal(signal.SIGINT)
            done.append("finished")

    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["finished"]
    with terminals.without_interruption():
        done.append("again")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("server")
def test_a_position_belongs_to_one_list(tmp_path: Path) -> None:
    file = tmp_path / "position"
    assert run_command("users", "list", "ali", "--csv", "--resume", str(file)).status == 0
    done = run_command("users", "list", "--csv", "--resume", str(file))
    assert (done.status, done.output) == (2, "")
    assert f"{file} contains how far another list was read" in done.errors


@pytest.mark.usefixtures("server")
def test_a_position_that_cannot_be_written_is_found_before_anything_is_printed(tmp_path: Path) -> None:
    done = run_command("users", "list", "--csv", "--resume", str(tmp_path / "missing" / "position"))
    assert (done.status, done.output) == (2, "")
    assert "cannot be written" in done.errors


def test_a_list_that_is_interrupted_says_that_its_json_is_incomplete(
    server: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(query: str | None, limit: int, offset: int, client: Eternaltwin) -> list[User]:
        if offset:
            raise KeyboardInterrupt
        return real(query, limit, offset, client)

    del server
    real = User.search
    monkeypatch.setattr(User, "search", stop)
    done = run_command("users", "list", "--json")
    assert done.status == 130
    assert "the list is incomplete, and what was printed is no JSON document" in done.errors


@pytest.mark.parametrize("kind", ["--csv", "--json"])
def test_names_of_users_never_reach_the_terminal_that_would_obey_them(
    server: DevServer, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    zoe = str(server.add_user("zoe").id)
    profile = {**User.get(zoe, Eternaltwin(url=server.url)).to_dict(), "username": "a\x1b[31m\x9b1m\u202e"}

    def evil(user: User) -> dict[str, Any]:
        del user
        return profile

    monkeypatch.setattr(User, "to_dict", evil)
    done = run_command("users", "list", "zoe", kind)
    assert "31m" in done.output
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.output)
