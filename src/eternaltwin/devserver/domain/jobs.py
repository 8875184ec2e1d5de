"""Background jobs and the mail that they send, as immutable values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class EmailRecord(NamedTuple):
    """A mail to send. The development server sends none.

    Attributes:
        id: Id.
        submitted_at: Time of the order, in UTC.
        created_by: Id of the administrator who ordered it.
        deadline: Time after which it is not sent any more, in UTC.
        recipient: Address of the recipient.
    """

    id: UUID
    submitted_at: datetime
    created_by: UUID
    deadline: datetime
    recipient: str


class JobRecord(NamedTuple):
    """A job that has sent a mail, or could not.

    Attributes:
        id: Id.
        task_id: Id of its only task.
        created_at: Time of creation, in UTC.
        polled_at: Time of completion, in UTC.
        refusal: Why there is no mail, in JSON and in the words of the official server, or None.
        email: The mail, or None.
    """

    id: UUID
    task_id: UUID
    created_at: datetime
    polled_at: datetime
    refusal: str | None
    email: EmailRecord | None
