"""Background jobs and outbound mail, for administrators. The memory store of the official server keeps neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.callers import ALICE, CALLERS
from conformance.steps import keeping, log_in, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchanges import Json
    from conformance.steps import Identity, Step

JOBS = "/api/v1/job/jobs"
TASKS = "/api/v1/job/tasks"
EMAILS = "/api/v1/outbound_email"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
JOB: dict[str, Json] = {"kind": "SendEmailWorker", "state": {}}

JOB_STEPS: Sequence[Step] = (
    *(step(f"jobs as {name}", "GET", JOBS, *by) for name, by in CALLERS.items()),
    *(step(f"job as {name}", "GET", f"{JOBS}/{UNKNOWN}", *by) for name, by in CALLERS.items()),
    *(step(f"task as {name}", "GET", f"{TASKS}/{UNKNOWN}", *by) for name, by in CALLERS.items()),
    *(step(f"new job as {name}", "POST", JOBS, *by, json=JOB) for name, by in CALLERS.items()),
    step("jobs with query", "GET", f"{JOBS}?offset=x&limit=1", ALICE),
    step("jobs head", "HEAD", JOBS),
    step("job malformed", "GET", f"{JOBS}/abc", ALICE),
    step("job malformed as guest", "GET", f"{JOBS}/abc"),
    step("task malformed", "GET", f"{TASKS}/abc", ALICE),
    step("job without hyphens", "GET", f"{JOBS}/{UNKNOWN.replace('-', '')}", ALICE),
    step("new job without kind", "POST", JOBS, ALICE, json={"state": {}}),
    step("new job without state", "POST", JOBS, ALICE, json={"kind": "SendEmail"}),
    step("new job null state", "POST", JOBS, ALICE, json={"kind": "SendEmail", "state": None}),
    step("new job malformed kind", "POST", JOBS, ALICE, json={**JOB, "kind": "send email"}),
    step("new job kind is a number", "POST", JOBS, ALICE, json={**JOB, "kind": 1}),
    step("new job malformed as guest", "POST", JOBS, json={}),
    step("new job list", "POST", JOBS, ALICE, json=[]),
    step("new job bad json", "POST", JOBS, ALICE, text="{", headers={"Content-Type": "application/json"}),
    step("new job bad content type", "POST", JOBS, ALICE, text="{}", headers={"Content-Type": "text/plain"}),
    *(
        step(f"{method} {path}", method, path)
        for method in ("PUT", "DELETE")
        for path in (JOBS, f"{JOBS}/x", f"{TASKS}/x")
    ),
)


def _email(number: int, **changes: Json) -> Json:
    """Return an order of a mail with a key of its own, and with changes; `-` removes a field."""
    order: dict[str, Json] = {
        "deadline": "2200-01-01T00:00:00.000Z",
        "idempotency_key": f"00000000-0000-7000-8000-{number:012}",
        "recipient": "player@game.example",
        "subject": "Hello",
        "body": "**Hello**",
    }
    return {name: value for name, value in (order | changes).items() if value != "-"}


def _order(name: str, number: int, *by: Identity, **changes: Json) -> Step:
    return step(f"mail {name}", "POST", EMAILS, *by, json=_email(number, **changes))


MAIL_STEPS: Sequence[Step] = (
    *(_order(f"as {name}", number, *by) for number, (name, by) in enumerate(CALLERS.items())),
    *(step(f"mails as {name}", "GET", EMAILS, *by) for name, by in CALLERS.items()),
    step("mails head", "HEAD", EMAILS),
    *(
        _order(f"without {name}", 20, ALICE, **{name: "-"})
        for name in ("deadline", "idempotency_key", "recipient", "subject", "body")
    ),
    _order("deadline is a number", 20, ALICE, deadline=1),
    _order("deadline is a day", 20, ALICE, deadline="2200-01-01"),
    _order("key malformed", 20, ALICE, idempotency_key="x"),
    _order("recipient without sign", 20, ALICE, recipient="player"),
    _order("subject null", 20, ALICE, subject=None),
    _order("subject is a number", 20, ALICE, subject=1),
    step("mail malformed as guest", "POST", EMAILS, json={}),
    step("mail list", "POST", EMAILS, ALICE, json=[]),
    step("mail bad json", "POST", EMAILS, ALICE, text="{", headers={"Content-Type": "application/json"}),
    step("mail bad content type", "POST", EMAILS, ALICE, text="{}", headers={"Content-Type": "text/plain"}),
    step("mail PUT", "PUT", EMAILS),
    step("mail DELETE", "DELETE", EMAILS),
    step("mail OPTIONS", "OPTIONS", EMAILS),
    step("jobs after mail", "GET", JOBS, ALICE),
)

#: On a server with PostgreSQL, which keeps mail and jobs.
STORED_STEPS: Sequence[Step] = (
    log_in("stored administrator", "alice", "aaaaaaaaaa", as_="alice"),
    step("stored jobs before mail", "GET", JOBS, ALICE),
    step("stored mails before mail", "GET", EMAILS, ALICE),
    _order("stored", 1, ALICE),
    keeping(step("stored jobs after mail", "GET", JOBS, ALICE), job="json:items.0.id", task="json:items.0.task.id"),
    step("stored job", "GET", f"{JOBS}/$job", ALICE),
    step("stored job as guest", "GET", f"{JOBS}/$job"),
    step("stored task", "GET", f"{TASKS}/$task", ALICE),
    step("stored task as guest", "GET", f"{TASKS}/$task"),
    step("stored task by id of the job", "GET", f"{TASKS}/$job", ALICE),
    _order("stored with a key again", 1, ALICE, recipient="other@game.example"),
    _order("stored with an old deadline", 2, ALICE, deadline="2020-01-01T00:00:00.000Z"),
    _order("stored with another time zone", 3, ALICE, deadline="2200-01-01T00:00:00.123456+02:00"),
    keeping(
        step("stored jobs after refusals", "GET", JOBS, ALICE),
        late_task="json:items.1.task.id",
        known_task="json:items.2.task.id",
    ),
    step("stored task with an old deadline", "GET", f"{TASKS}/$late_task", ALICE),
    step("stored task with a key again", "GET", f"{TASKS}/$known_task", ALICE),
    step("stored mails", "GET", EMAILS, ALICE),
)
