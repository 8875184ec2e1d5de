"""Tests of `manage.py sync_eternaltwin_users`."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, cast

import pytest
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from eternaltwin.exceptions import EternalTwinError
from eternaltwin.integrations.django import sync
from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from eternaltwin.devserver import DevServer

pytestmark = pytest.mark.usefixtures("database")


class Terminal(io.StringIO):
    """A stream that pretends to be a terminal."""

    def isatty(self) -> bool:
        return True


def sign_in(server: DevServer, count: int = 5) -> list[UUID]:
    """Sign players in, reset when they were checked, and return their ids."""
    players = [server.add_user(f"player_{number}") for number in range(count)]
    for player in players:
        sign_in_account(User(str(player.id), player.display_name, None, None, None), "default")
    EternaltwinAccount.objects.update(synced_at=None)
    return [player.id for player in players]


def run_sync(*arguments: str) -> dict[str, int]:
    """Run the command and return its counts."""
    out = io.StringIO()
    call_command("sync_eternaltwin_users", "--json", *arguments, stdout=out, stderr=io.StringIO())
    return cast("dict[str, int]", json.loads(out.getvalue()))


def count_requests(server: DevServer) -> int:
    """Return how many requests for users the server received."""
    return sum(request.path.startswith("/api/v1/users/") for request in server.requests)


def test_names_and_deletions(server: DevServer) -> None:
    ids = sign_in(server)
    server.world.rename(ids[0], "Zoé la Grande")
    server.world.delete_user(ids[1])
    assert run_sync() == {"checked": 5, "renamed": 1, "deleted": 1, "unknown": 0, "failed": 0}
    assert EternaltwinAccount.objects.get(identifier=ids[0]).display_name == "Zoé la Grande"
    assert EternaltwinAccount.objects.get(identifier=ids[1]).is_deleted
    assert run_sync("--older-than", "0") == {"checked": 5, "renamed": 0, "deleted": 0, "unknown": 0, "failed": 0}


def test_restored_players(server: DevServer) -> None:
    (one,) = sign_in(server, 1)
    server.world.delete_user(one)
    run_sync()
    server.world.accounts.restore(one)
    run_sync("--older-than", "0")
    assert not EternaltwinAccount.objects.get().is_deleted


def test_recently_checked_accounts_are_left_out(server: DevServer) -> None:
    sign_in(server)
    assert run_sync("--limit", "2")["checked"] == 2
    assert run_sync()["checked"] == 3
    assert run_sync()["checked"] == 0
    assert count_requests(server) == 5


def test_an_interrupted_run_is_continued(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(server)
    monkeypatch.setattr(sync, "BATCH_SIZE", 2)
    fetch = sync.Synchronization.fetch

    async def fetch_once(run: sync.Synchronization, ids: Sequence[UUID]) -> list[sync.CheckResult]:
        if run.counts.checked:
            raise KeyboardInterrupt
        return await fetch(run, ids)

    monkeypatch.setattr(sync.Synchronization, "fetch", fetch_once)
    with pytest.raises(CommandError, match="start the command again") as interrupted:
        run_sync()
    assert interrupted.value.returncode == 130
    monkeypatch.undo()
    assert run_sync()["checked"] == 3
    assert count_requests(server) == 5


def test_concurrency_is_bounded(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(server, 20)
    running, maximum = 0, 0
    aget = User.aget

    async def counted(user_id: UUID, using: str, *, fresh: bool) -> User:
        nonlocal running, maximum
        running += 1
        maximum = max(maximum, running)
        try:
            return await aget(user_id, using, fresh=fresh)
        finally:
            running -= 1

    monkeypatch.setattr(User, "aget", counted)
    assert run_sync("--concurrency", "3")["checked"] == 20
    assert maximum == 3


def test_accounts_unknown_to_eternaltwin(server: DevServer) -> None:
    sign_in(server, 1)
    server.reset()
    assert run_sync()["unknown"] == 1
    assert run_sync()["unknown"] == 0


def test_failures_are_reported_and_retried(server: DevServer) -> None:
    sign_in(server, 2)
    server.fail_next(500, times=1, path=f"/api/v1/users/{EternaltwinAccount.objects.order_by('pk')[0].identifier}")
    with pytest.raises(CommandError, match="1 accounts could not be checked"):
        run_sync()
    assert run_sync()["checked"] == 1


def test_a_server_that_is_down_ends_the_run(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(server, 4)
    monkeypatch.setattr(sync, "MAX_FAILURES", 3)
    server.fail_next(500, times=4)
    with pytest.raises(CommandError, match="3 accounts in a row"):
        run_sync()


def test_progress_bar_and_summary_on_a_terminal(server: DevServer) -> None:
    sign_in(server, 4)
    out, err = io.StringIO(), Terminal()
    call_command("sync_eternaltwin_users", stdout=out, stderr=err)
    assert "4 accounts checked: 0 renamed, 0 newly deleted; 0 unknown" in out.getvalue()
    frames = err.getvalue().split("\r")
    assert len(frames) == 5
    assert frames[1].endswith(" 1/4")
    assert frames[4] == "█" * 30 + " 4/4\n"


def test_other_connections(other_server: DevServer) -> None:
    assert run_sync("--using", "other") == {"checked": 0, "renamed": 0, "deleted": 0, "unknown": 0, "failed": 0}
    with pytest.raises(CommandError, match="there is no connection 'third'"):
        run_sync("--using", "third")


def test_wrong_settings() -> None:
    with override_settings(ETERNALTWIN={"default": {}}), pytest.raises(CommandError, match="client_id"):
        run_sync()


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--limit", "0", "'0' is not a whole number of at least 1"),
        ("--concurrency", "x", "'x' is not a whole number of at least 1"),
        ("--older-than", "-1", "'-1' is not a number of hours from 0 to 100000"),
        ("--older-than", "nan", "'nan' is not a number of hours"),
        ("--older-than", "soon", "'soon' is not a number of hours"),
    ],
)
def test_wrong_options(option: str, value: str, problem: str) -> None:
    with pytest.raises(CommandError, match=f"{option}: {problem}"):
        run_sync(option, value)


def test_sync_stopped_error_is_an_eternaltwin_error() -> None:
    assert issubclass(sync.SyncStoppedError, EternalTwinError)
