"""Background jobs, of which there is one kind: to send a mail. The development server only keeps the mail.

Source: recordings of the official server 0.16.4 with PostgreSQL.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec

from eternaltwin.devserver.domain.errors import EmailRefusedError
from eternaltwin.devserver.domain.jobs import EmailRecord, JobRecord

if TYPE_CHECKING:
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.jobs import JobTable

#: How many jobs, and how many mails, are kept.
MAX_JOBS = 1000


class EmailOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The order of a mail.

    Attributes:
        idempotency_key: A key that no other order has.
        deadline: Time after which the mail is not sent any more, in UTC with whole milliseconds.
        recipient: Address of the recipient.
    """

    idempotency_key: UUID
    deadline: datetime
    recipient: str


class Jobs:
    """Orders of mail, and the jobs that carry them out.

    Args:
        database: The database, for transactions.
        table: The jobs in that database.
        clock: The server's clock.
    """

    def __init__(self, database: Database, table: JobTable, clock: Clock) -> None:
        self._database = database
        self._table = table
        self._clock = clock

    def order_email(self, actor: UserRecord, order: EmailOrder) -> EmailRecord:
        """Order a mail. There is a job for it afterwards, also if it is refused.

        Args:
            actor: The administrator who orders it.
            order: The order.

        Returns:
            The mail.

        Raises:
            EmailRefusedError: The key was used before, or the deadline is over.
        """
        now = self._clock.now()
        with self._database.transaction():
            refusal = self._refusal(order, now)
            email = None if refusal else EmailRecord(uuid4(), now, actor.id, order.deadline, order.recipient)
            self._table.add(JobRecord(uuid4(), uuid4(), now, self._clock.now(), refusal, email), order.idempotency_key)
        if email is None:
            raise EmailRefusedError("the key of the mail was used before, or its deadline is over")
        return email

    def _refusal(self, order: EmailOrder, now: datetime) -> str | None:
        """Return why a mail is refused, in the words of the official server, or None."""
        if order.deadline <= now:
            return _as_json("InvalidDeadline", _shown(order.deadline), _shown(now))
        known = self._table.email_with_key(order.idempotency_key)
        return None if known is None else _as_json("Conflict", str(known), str(order.idempotency_key))

    def emails(self, limit: int) -> tuple[list[EmailRecord], int]:
        """List the newest mails.

        Args:
            limit: Maximum number of mails.

        Returns:
            The mails, the newest first, and the number of all mails.
        """
        return self._table.emails(limit)

    def all(self, limit: int) -> tuple[list[JobRecord], int]:
        """List the newest jobs.

        Args:
            limit: Maximum number of jobs.

        Returns:
            The jobs, the newest first, and the number of all jobs.
        """
        return self._table.jobs(limit)

    def find(self, job_id: UUID) -> JobRecord | None:
        """Return a job.

        Args:
            job_id: Id of the job.

        Returns:
            The job, or None if there is none.
        """
        return self._table.job(job_id)

    def of_task(self, task_id: UUID) -> JobRecord | None:
        """Return the job that a task belongs to.

        Args:
            task_id: Id of the task.

        Returns:
            The job, or None if there is no such task.
        """
        return self._table.job_of_task(task_id)


def _as_json(problem: str, *values: str) -> str:
    return msgspec.json.encode({problem: values}).decode()


def _shown(time: datetime) -> str:
    return f"{time.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
