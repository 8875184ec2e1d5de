"""Mail and jobs for administrators. The recordings hold the rules of the official server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.services import jobs
from tests.support.asgi_server import Server, basic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.asgi_server import ServerResponse

ALICE, BOB = basic("alice", "a" * 10), basic("bob", "b" * 10)
EMAILS, JOBS, TASKS = "/api/v1/outbound_email", "/api/v1/job/jobs", "/api/v1/job/tasks"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def order(server: Server, number: int = 1, deadline: str = "2200-01-01T00:00:00.000Z") -> ServerResponse:
    body = {
        "deadline": deadline,
        "idempotency_key": f"00000000-0000-7000-8000-{number:012}",
        "recipient": f"player{number}@game.example",
        "subject": "Hello",
        "body": "**Hello**",
    }
    return server.request("POST", EMAILS, json_body=body, authorization=ALICE)


def test_ordered_mail_is_kept_and_listed_with_its_job(server: Server) -> None:
    first, second = order(server).json, order(server, 2).json
    assert server.get(EMAILS, authorization=ALICE).json == {
        "offset": 0,
        "limit": 100,
        "count": 2,
        "items": [second, first],
    }
    [_, job] = server.get(JOBS, authorization=ALICE).json["items"]
    assert server.get(f"{JOBS}/{job['id']}", authorization=ALICE).json == job
    task = server.get(f"{TASKS}/{job['task']['id']}", authorization=ALICE).json
    assert task == job["task"] | {"state": {"Ready": {"Ok": first}}, "output": {"Ok": first}}


@pytest.mark.parametrize("path", [EMAILS, JOBS])
def test_only_administrators_read_mail_and_jobs(server: Server, path: str) -> None:
    assert [server.get(path, authorization=who).status for who in (None, BOB, ALICE)] == [500, 500, 200]


def test_a_reset_forgets_mail_and_jobs(server: Server) -> None:
    order(server)
    server.world.reset()
    assert [server.get(path, authorization=ALICE).json["count"] for path in (EMAILS, JOBS)] == [0, 0]


@pytest.mark.parametrize("deadline", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_deadline_out_of_range_is_refused(server: Server, deadline: str) -> None:
    assert order(server, deadline=deadline).status == 422


def test_the_oldest_mail_and_jobs_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eternaltwin.devserver.services.world.MAX_JOBS", 2)
    assert jobs.MAX_JOBS == 1000
    with Server() as server:
        statuses = [order(server, number).status for number in (1, 2, 3, 3, 1)]
        assert statuses == [200, 200, 200, 500, 200]
        found = server.get(EMAILS, authorization=ALICE).json
        assert [email["recipient"] for email in found["items"]] == ["player1@game.example", "player3@game.example"]
        [newest, refused] = server.get(JOBS, authorization=ALICE).json["items"]
        outputs = [
            server.get(f"{TASKS}/{job['task']['id']}", authorization=ALICE).json["output"] for job in (newest, refused)
        ]
        key = "00000000-0000-7000-8000-000000000003"
        assert outputs == [
            {"Ok": found["items"][0]},
            {"Err": {"StoreEmail": {"Conflict": [found["items"][1]["id"], key]}}},
        ]
