"""Several processes share one run over the accounts, each account is checked once, and one process is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.contrib.auth.models import User as Local
from django.db import connections
from django.test.utils import override_settings
from django.utils import timezone

from eternaltwin.integrations.django import sync
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.sync import check_accounts
from tests.integrations.django.conftest import empty
from tests.integrations.django.databases import ChosenDatabase
from tests.support.many_calls import user_id
from tests.support.programs import ROOT
from tests.support.user_servers import UserServer, user_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer

#: Checks batches until there is nothing left, and prints how many accounts each had.
SCRIPT = """
import json, sys
from django.conf import settings
settings.configure(**json.loads(sys.argv[1]))
import django
django.setup()
from eternaltwin.integrations.django.sync import check_accounts
print("ready", flush=True)
sys.stdin.readline()
while count := check_accounts(size=int(sys.argv[2])).checked:
    print(count, flush=True)
"""


def connection_settings(url: str) -> dict[str, object]:
    """Return the settings of a connection to a server."""
    return {
        "default": {
            "client_id": "game@clients",
            "client_secret": "secret",
            "redirect_uri": "http://testserver/eternaltwin/callback/",
            "url": url,
        }
    }


def add_accounts(count: int) -> list[str]:
    """Add accounts that were never checked, and return their ids at Eternaltwin."""
    ids = [user_id(number) for number in range(count)]
    users = Local.objects.bulk_create([Local(username=f"player_{number}") for number in range(count)], 1000)
    EternaltwinAccount.objects.bulk_create(
        [
            EternaltwinAccount(identifier=UUID(wanted), user=user, display_name="Old", connection="default")
            for wanted, user in zip(ids, users, strict=True)
        ],
        1000,
    )
    return ids


def start(url: str, size: int) -> subprocess.Popen[str]:
    """Start a process that checks batches when a line is written to it."""
    database = connections[ChosenDatabase.chosen].settings_dict
    chosen = {name: database[name] for name in ("ENGINE", "NAME", "USER", "HOST")}
    is_sqlite = "sqlite" in str(chosen["ENGINE"])
    options = {"transaction_mode": "IMMEDIATE", "timeout": 60} if is_sqlite else {}
    settings = {
        "DATABASES": {"default": {**chosen, "OPTIONS": options}},
        "INSTALLED_APPS": ["django.contrib.auth", "django.contrib.contenttypes", "eternaltwin.integrations.django"],
        "ETERNALTWIN": connection_settings(url),
        "SECRET_KEY": "a secret that is used in tests only",
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "USE_TZ": True,
    }
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    path = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(settings), str(size)],
        env={**environment, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )


def release_all(processes: list[subprocess.Popen[str]]) -> None:
    """Let processes that are ready begin at the same time."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")


def share(server: UserServer, count: int, size: int) -> None:
    """Share accounts among four processes, kill one of them, and check the requests that the server received."""
    ids = add_accounts(count)
    with ExitStack() as stack:
        processes = [stack.enter_context(start(server.url, size)) for _ in range(4)]
        release_all(processes)
        killed, *others = processes
        assert killed.stdout is not None
        done = int(killed.stdout.readline())  # and its next batch has begun, or is about to
        killed.kill()
        done += sum(map(int, killed.stdout.read().split()))
        counts = [list(map(int, process.communicate()[0].split())) for process in others]
        assert [process.returncode for process in others] == [0, 0, 0]
    assert all(counts)
    left = EternaltwinAccount.objects.filter(synced_at=None)
    claimed = {str(account.identifier) for account in left}
    assert len(claimed) <= size
    # The killed process cannot say what it has stored of its last batch.
    assert count - size <= done + sum(map(sum, counts)) + len(claimed) <= count
    left.update(claimed_until=timezone.now())  # the claims of the killed process have expired
    with override_settings(ETERNALTWIN=connection_settings(server.url)):
        assert check_accounts(size=size).checked == len(claimed)
        assert check_accounts(size=size).done == 0
    assert set(server.asked) == set(ids)
    assert {wanted for wanted, times in server.asked.items() if times > 1} <= claimed
    names = EternaltwinAccount.objects.values_list("identifier", "display_name")
    assert all(name == f"New {str(identifier)[-5:]}" for identifier, name in names)
    assert not EternaltwinAccount.objects.exclude(claimed_by=None, claimed_until=None).exists()


@pytest.fixture
def users() -> Iterator[UserServer]:
    """Run a server that knows every user."""
    with user_server(0.002) as server:
        yield server


@pytest.mark.long
@pytest.mark.usefixtures("each_database")
def test_four_processes_share_a_run_and_one_is_killed(users: UserServer) -> None:
    share(users, 400, 20)


@pytest.mark.load
def test_four_processes_share_twenty_thousand_accounts_on_postgresql(
    postgres: str, users: UserServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChosenDatabase, "chosen", postgres)
    share(users, 20_000, 100)
    empty(postgres)


@pytest.mark.usefixtures("each_database", "server")
def test_claimed_accounts_are_left_to_whoever_has_claimed_them() -> None:
    add_accounts(3)
    mine, *_ = EternaltwinAccount.objects.order_by("pk")
    EternaltwinAccount.objects.filter(pk=mine.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))
    assert check_accounts().unknown == 2
    EternaltwinAccount.objects.filter(pk=mine.pk).update(claimed_until=timezone.now() - timedelta(minutes=1))
    assert check_accounts().unknown == 1
    assert check_accounts().done == 0


@pytest.mark.usefixtures("each_database", "server")
def test_one_batch_is_at_most_as_large_as_wanted() -> None:
    add_accounts(5)
    assert [check_accounts(size=2).done for _ in range(4)] == [2, 2, 1, 0]
    assert check_accounts(older_than=timedelta(0), size=10).done == 5


@pytest.mark.usefixtures("each_database")
def test_accounts_that_could_not_be_read_are_due_again_when_the_claim_expires(server: DevServer) -> None:
    add_accounts(2)
    server.fail_next(500, times=2)
    assert check_accounts().failed == 2
    assert check_accounts().done == 0
    EternaltwinAccount.objects.update(claimed_until=timezone.now())
    assert check_accounts().unknown == 2


@pytest.mark.usefixtures("each_database")
def test_a_batch_that_is_given_up_releases_its_accounts(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    add_accounts(3)
    monkeypatch.setattr(sync, "MAX_FAILURES", 2)
    server.fail_next(500, times=3)
    with pytest.raises(sync.SyncStoppedError):
        check_accounts()
    assert not EternaltwinAccount.objects.exclude(claimed_by=None, claimed_until=None).exists()
    assert check_accounts().unknown == 3


@pytest.mark.usefixtures("each_database", "server")
def test_runs_share_accounts_by_marks_where_the_database_cannot_skip_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    add_accounts(4)
    monkeypatch.setattr(
        connections[ChosenDatabase.chosen].features, "has_select_for_update_skip_locked", False, raising=False
    )
    first = sync.Synchronization("default", before=timezone.now())
    second = sync.Synchronization("default", before=timezone.now())
    assert first.check_batch(3).done + second.check_batch(3).done == 4
