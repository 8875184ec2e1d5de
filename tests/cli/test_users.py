"""The command `users`."""

from __future__ import annotations

import csv
import io
import os
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.cli import user_listings
from eternaltwin.cli.user_formats import UserJson
from eternaltwin.cli.user_listings import Place, UserPage, print_pages
from eternaltwin.clients.api.users import UsersApi
from eternaltwin.users import User
from tests.support.command_servers import CommandServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNKNOWN = "11111111-2222-4333-8444-555555555555"

#: The users of the server's seeds, in the order of their registration.
NAMES = ["Alice", "Bob", "Charlie", "Dan", "Eve", "Frank"]


@pytest.fixture(autouse=True)
def page_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a page have two users, so that six need several."""
    monkeypatch.setattr(user_listings, "PAGE_SIZE", 2)


def names(document: dict[str, Any]) -> list[str]:
    return [item["username"] for item in document["items"]]


def before_page(number: int, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something before a page is read."""
    original, read = UsersApi.page, 0

    async def page(*arguments: Any) -> Any:
        nonlocal read
        read += 1
        if read == number:
            action()
        return await original(*arguments)

    monkeypatch.setattr(UsersApi, "page", page)


def raising(failure: BaseException) -> Callable[[], object]:
    def fail() -> object:
        raise failure

    return fail


# --- lists


def test_a_list_has_every_user_once_and_counts_them(commands: CommandServer) -> None:
    listed = commands.run("users", "list", "--json").json()
    assert names(listed) == NAMES
    assert (listed["count"], listed["total"], listed["resume"]) == (6, 6, None)
    assert listed["items"][0].keys() >= {"identifier", "is_administrator", "created_at", "deleted_at", "links"}
    assert commands.run("users", "count").output == "6\n"
    assert commands.run("users", "count", "ar", "--json").json() == {"count": 1}
    lines = commands.run("users", "list", "--limit", "3").output.splitlines()
    assert [line.split()[2:] for line in lines] == [["Alice", "(administrator)"], ["Bob"], ["Charlie"]]


def test_a_search_matches_a_part_of_names(commands: CommandServer) -> None:
    assert names(commands.run("users", "search", "A", "--json").json()) == ["Alice", "Charlie", "Dan", "Frank"]
    assert names(commands.run("users", "search", "A", "--json", "--limit", "3").json()) == ["Alice", "Charlie", "Dan"]
    assert commands.run("users", "search", "nobody").output == ""
    assert commands.run("users", "search", "nobody", "--json").json()["items"] == []


def test_csv_has_a_heading_and_a_row_for_each(commands: CommandServer) -> None:
    rows = list(csv.DictReader(io.StringIO(commands.run("users", "list", "--csv").output)))
    assert [row["username"] for row in rows] == NAMES
    assert [row["is_administrator"] for row in rows] == ["true"] + ["false"] * 5
    assert commands.run("users", "list", "--csv", "--json").status == 2


def test_a_server_that_cannot_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    released = CommandServer("0.16.4")
    with released.server:
        for arguments in (("list",), ("search", "al"), ("count",)):
            done = released.run("users", *arguments, "--json")
            assert done.status == 1
            assert done.json()["error"]["type"] == "UnsupportedByServerError"
    monkeypatch.undo()


def test_an_interrupted_list_goes_on_without_losing_or_repeating_anybody(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_page(3, raising(KeyboardInterrupt()), monkeypatch)
    first = commands.run("users", "list", "--csv")
    assert first.status == 130
    assert first.errors.startswith("eternaltwin: stopped after 3 users: go on with --resume 3:")
    place = first.errors.partition("--resume ")[2].partition("\n")[0]
    rest = commands.run("users", "list", "--csv", "--resume", place)
    rows = list(csv.DictReader(io.StringIO(first.output + rest.output)))
    assert [row["username"] for row in rows] == NAMES


def test_interrupted_json_is_complete_and_has_the_place(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_page(2, raising(KeyboardInterrupt()), monkeypatch)
    first = commands.run("users", "list", "--json")
    assert first.status == 130
    assert (names(first.json()), first.json()["count"]) == (NAMES[:2], 2)
    rest = commands.run("users", "list", "--json", "--resume", first.json()["resume"]).json()
    assert names(rest) == NAMES[2:]


def test_a_list_that_fails_has_the_error_and_the_place(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_page(2, lambda: commands.server.fail_next(500, times=9), monkeypatch)
    done = commands.run("users", "list", "--json")
    assert (done.status, names(done.json())) == (1, NAMES[:2])
    assert done.json()["error"]["exit_status"] == 1
    assert done.json()["resume"].startswith("2:")
    commands.server.reset()
    before_page(2, lambda: commands.server.fail_next(500, times=9), monkeypatch)
    done = commands.run("users", "list")
    assert (done.status, len(done.output.splitlines())) == (1, 2)
    assert [line.partition(" ")[0] for line in done.errors.splitlines()] == ["eternaltwin:", "eternaltwin:"]


def test_a_list_that_fails_at_once_is_only_an_error(commands: CommandServer) -> None:
    commands.server.fail_next(500, times=9)
    assert commands.run("users", "list", "--json").json().keys() == {"error"}


def test_nobody_is_left_out_when_a_user_before_is_deleted_meanwhile(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete() -> None:
        world = commands.server.world
        alice, bob = (world.accounts.find(name).id for name in ("alice", "bob"))
        world.accounts.delete(alice)
        world.accounts.delete(bob)

    before_page(4, delete, monkeypatch)
    listed = commands.run("users", "list", "--json").json()
    assert names(listed) == NAMES


def test_a_list_whose_last_user_is_deleted_meanwhile_says_so(commands: CommandServer) -> None:
    done = commands.run("users", "list", "--resume", f"4:{UNKNOWN}")
    assert done.status == 1
    assert f"user {UNKNOWN}, the last one that was listed, is not in the list any more" in done.errors


@pytest.mark.parametrize("text", ["x", "-1", "", "9" * 12, "²"])
def test_a_malformed_place_is_wrong_usage(commands: CommandServer, text: str) -> None:
    assert commands.run("users", "list", "--resume", text).status == 2


@given(st.integers(0, 10**9 - 1), st.uuids().map(str) | st.just(""))
def test_a_place_is_read_as_it_was_printed(offset: int, last: str) -> None:
    place = Place(offset, last)
    assert Place.parse(str(place)) == place


# --- reading by id


def test_users_are_read_by_id_and_unknown_ones_are_named(commands: CommandServer) -> None:
    ids = [item["identifier"] for item in commands.run("users", "list", "--json").json()["items"]]
    assert names(commands.run("users", "get", *ids[:3], "--json").json()) == NAMES[:3]
    done = commands.run("users", "get", ids[0], UNKNOWN, "--json")
    assert (done.status, names(done.json()), done.json()["missing"]) == (1, ["Alice"], [UNKNOWN])
    done = commands.run("users", "get", UNKNOWN, ids[0])
    assert (done.status, done.errors) == (1, f"eternaltwin: the server does not know {UNKNOWN}\n")
    assert "Alice" in done.output
    done = commands.run("users", "get", "-", "--json", "--resume", "4", typed="\n".join(ids))
    assert names(done.json()) == NAMES[4:]
    assert commands.run("users", "get", "-", "--json").json()["items"] == []
    assert commands.run("users", "get", "nonsense").status == 2


# --- any number of users


def test_the_memory_of_a_list_does_not_grow_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(count: int) -> Iterator[UserPage]:
        for number in range(count):
            users = [User(UNKNOWN, f"User {number}", False, None, None) for _ in range(100)]
            yield UserPage(users, Place(number), count, number == count - 1)

    peaks: list[int] = []
    with Path(os.devnull).open("w") as nowhere:
        monkeypatch.setattr("sys.stdout", nowhere)
        for count in (2, 40):
            tracemalloc.start()
            print_pages(read(count), UserJson(), Place(), {})
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert peaks[1] < peaks[0] + 300_000  # 4,000 users are 2 MB
