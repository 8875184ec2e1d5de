"""Background jobs and the mail that they send, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from eternaltwin.devserver.domain.jobs import EmailRecord, JobRecord
from eternaltwin.devserver.storage.schema import jobs, outbound_emails

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement, Row, Table

    from eternaltwin.devserver.storage.database import Database

_EMAIL = (
    outbound_emails.c.id,
    outbound_emails.c.submitted_at,
    outbound_emails.c.created_by,
    outbound_emails.c.deadline,
    outbound_emails.c.recipient,
)
_EMAILS = select(*_EMAIL).order_by(outbound_emails.c.number.desc())
_JOBS = (
    select(jobs.c.id, jobs.c.task_id, jobs.c.created_at, jobs.c.polled_at, jobs.c.refusal, *_EMAIL)
    .outerjoin(outbound_emails, outbound_emails.c.id == jobs.c.email_id)
    .order_by(jobs.c.number.desc())
)


def _job(row: Row[Any]) -> JobRecord:
    values: list[Any] = list(row)
    job, email = values[: -len(_EMAIL)], values[-len(_EMAIL) :]
    return JobRecord._make([*job, None if email[0] is None else EmailRecord._make(email)])


class JobTable:
    """Reads and writes jobs and mail.

    Args:
        database: Database of the server.
        limit: How many jobs, and how many mails, are kept. Older ones are deleted.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._database = database
        self._limit = limit

    def emails(self, limit: int) -> tuple[list[EmailRecord], int]:
        """Read the newest mails.

        Args:
            limit: Maximum number of mails.

        Returns:
            The mails, the newest first, and the number of all mails.
        """
        rows = self._database.all(_EMAILS.limit(limit))
        return [EmailRecord._make(row) for row in rows], self._count(outbound_emails)

    def jobs(self, limit: int) -> tuple[list[JobRecord], int]:
        """Read the newest jobs.

        Args:
            limit: Maximum number of jobs.

        Returns:
            The jobs, the newest first, and the number of all jobs.
        """
        return [_job(row) for row in self._database.all(_JOBS.limit(limit))], self._count(jobs)

    def _count(self, table: Table) -> int:
        [row] = self._database.all(select(func.count()).select_from(table))
        return int(row[0])

    def job(self, job_id: UUID) -> JobRecord | None:
        """Find a job.

        Args:
            job_id: Id of the job.

        Returns:
            The job, or None if there is none.
        """
        return self._find(jobs.c.id == job_id)

    def job_of_task(self, task_id: UUID) -> JobRecord | None:
        """Find the job that a task belongs to.

        Args:
            task_id: Id of the task.

        Returns:
            The job, or None if there is no such task.
        """
        return self._find(jobs.c.task_id == task_id)

    def _find(self, condition: ColumnElement[bool]) -> JobRecord | None:
        row = self._database.one(_JOBS.where(condition))
        return None if row is None else _job(row)

    def email_with_key(self, idempotency_key: UUID) -> UUID | None:
        """Find the mail that was ordered with a key.

        Args:
            idempotency_key: The key.

        Returns:
            Id of the mail, or None if there is none.
        """
        found = select(outbound_emails.c.id).where(outbound_emails.c.idempotency_key == idempotency_key)
        row = self._database.one(found)
        return None if row is None else row.id

    def add(self, job: JobRecord, idempotency_key: UUID) -> None:
        """Add a job with its mail, if it has one, and delete those that are too old.

        Args:
            job: The job.
            idempotency_key: The key that the mail was ordered with.
        """
        with self._database.transaction():
            if job.email is not None:
                email = {**job.email._asdict(), "idempotency_key": idempotency_key}
                self._database.run(insert(outbound_emails).values(**email))
            values: dict[str, object] = {**job._asdict(), "email_id": None if job.email is None else job.email.id}
            del values["email"]
            self._database.run(insert(jobs).values(**values))
            for table in (jobs, outbound_emails):
                newest = select(func.max(table.c.number)).scalar_subquery()
                self._database.run(delete(table).where(table.c.number <= newest - self._limit))
