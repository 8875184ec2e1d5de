"""`/api/v1/job` and `/api/v1/outbound_email`: background jobs, and the mail that they send, for administrators.

Source: recordings of the official server 0.16.4 with PostgreSQL. Its memory store keeps neither.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.operations import ERROR, MALFORMED_BODY, TEXT, USER_CREDENTIALS, Operation
from eternaltwin.devserver.api.requests import BODY_PROBLEM
from eternaltwin.devserver.api.responses import ApiError, ApiResponse, Instant, json_error, json_response, text_error
from eternaltwin.devserver.domain.clock import whole_milliseconds
from eternaltwin.devserver.domain.errors import EmailRefusedError
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.services.jobs import EmailOrder
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.models import Listing, ShortUser, UserRef
from eternaltwin.models.common import Time

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.domain.jobs import EmailRecord, JobRecord

_TAG = "Administration"

_JOBS = "/api/v1/job/jobs"
_EMAILS = "/api/v1/outbound_email"

#: Number of jobs and of mails that a response contains at most. There are no further pages.
_PAGE = 100

_SENDER = "contact@eternaltwin.org"
_NOT_PERMITTED = "current actor does not have the permission to create a job"


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/job/jobs`.

    Attributes:
        kind: Name of the kind of task.
        state: State of the task, as the kind has it.
    """

    kind: Annotated[str, msgspec.Meta(pattern=r"\A[A-Z][A-Za-z0-9]{0,31}\Z")]
    state: Any


class ShortTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task of a job, without its state.

    Attributes:
        id: The UUID.
        revision: Number of changes of its state.
        polled_at: When it was last carried on.
        status: `Complete`: jobs of the development server are done at once.
        starvation: How urgent it is.
        kind: Name of the kind of task.
        kind_version: Version of the kind.
    """

    id: UUID
    revision: int = 1
    polled_at: Time | None
    status: Literal["Complete"] = "Complete"
    starvation: int = 0
    kind: str = "SendEmailWorker"
    kind_version: int = 1


class JobTask(ShortTask, frozen=True, kw_only=True):
    """A task of a job.

    Attributes:
        state: The state: `Ready` with the output.
        output: The output: `Ok` with the mail, or `Err` with the reason why there is none.
    """

    state: dict[str, Any]
    output: dict[str, Any] | None


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A background job.

    Attributes:
        id: The UUID.
        created_at: Time of creation.
        created_by: The user who created it. Null for the server itself.
        task: Its task.
    """

    id: UUID
    created_at: Time
    created_by: ShortUser | None = None
    task: ShortTask


class EmailSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Size and hashes of a part of a mail. Those of the released server are always empty.

    Attributes:
        size: Size in bytes.
        sha2_256: SHA-256, in hexadecimal.
        sha3_256: SHA3-256, in hexadecimal.
    """

    size: int = 0
    sha2_256: str = hashlib.sha256().hexdigest()
    sha3_256: str = hashlib.sha3_256().hexdigest()


_EMPTY = EmailSummary()


class EmailPayload(msgspec.Struct, frozen=True, kw_only=True):
    """The content of a mail.

    Attributes:
        kind: The template.
        version: Version of the template.
        data: Values for the template.
        text: Summary of the plain text.
        html: Summary of the HTML.
    """

    kind: str = "Marktwin"
    version: int = 1
    data: None = None
    text: EmailSummary = _EMPTY
    html: EmailSummary = _EMPTY


class OutboundEmail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to send.

    Attributes:
        id: The UUID.
        submitted_at: Time of the order.
        created_by: The administrator who ordered it.
        deadline: Time after which it is not sent any more.
        sender: Address of the sender.
        recipient: Address of the recipient.
        payload: The content.
        read_at: When the recipient read it. Null if unknown.
    """

    id: UUID
    submitted_at: Time
    created_by: UserRef
    deadline: Time
    sender: str = _SENDER
    recipient: str
    payload: EmailPayload = EmailPayload()
    read_at: None = None


class NewOutboundEmail(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/outbound_email`.

    Attributes:
        deadline: Time after which the mail is not sent any more.
        idempotency_key: A UUID that no other order has.
        recipient: Address of the recipient.
        subject: The subject. The released server ignores it.
        body: The text, in Marktwin. The released server ignores it.
    """

    deadline: Time
    idempotency_key: UUID
    recipient: Annotated[str, msgspec.Meta(pattern="@", max_length=1000)]
    subject: str
    body: str


# --- views


def _email(record: EmailRecord) -> OutboundEmail:
    return OutboundEmail(
        id=record.id,
        submitted_at=Instant.at(record.submitted_at),
        created_by=UserRef(id=record.created_by),
        deadline=Instant.at(record.deadline),
        recipient=record.recipient,
    )


def _job(record: JobRecord) -> Job:
    task = ShortTask(id=record.task_id, polled_at=Instant.at(record.polled_at))
    return Job(id=record.id, created_at=Instant.at(record.created_at), task=task)


def _task(record: JobRecord) -> JobTask:
    output: dict[str, Any]
    if record.email is not None:
        output = {"Ok": _email(record.email)}
    else:
        output = {"Err": {"StoreEmail": msgspec.Raw((record.refusal or "null").encode())}}
    polled_at = Instant.at(record.polled_at)
    return JobTask(id=record.task_id, polled_at=polled_at, state={"Ready": output}, output=output)


# --- permissions


def _administrator(request: ApiRequest) -> UserRecord | None:
    identity = request.identity()
    return identity if isinstance(identity, UserRecord) and identity.is_administrator else None


def _internal_error() -> ApiError:
    """Build the error of the official server for unknown jobs, and for callers who must not read them."""
    return json_error(500, "internal error")


def _check_reader(request: ApiRequest) -> None:
    if _administrator(request) is None:
        raise _internal_error()


def _reading(summary: str, body: Any, *, has_id: bool = False) -> Operation:
    return Operation(
        tag=_TAG,
        summary=summary,
        responses={200: body, 500: ERROR} | ({400: TEXT} if has_id else {}),
        description="The status is 500 for everybody but administrators.",
        security=USER_CREDENTIALS,
        requires_credentials=True,
    )


# --- jobs


@endpoint("GET", _JOBS, _reading(f"The newest jobs, at most {_PAGE}", Listing[Job]))
def _list_jobs(request: ApiRequest) -> ApiResponse:
    _check_reader(request)
    jobs, count = request.world.jobs.all(_PAGE)
    return json_response(Listing(0, _PAGE, count, [_job(job) for job in jobs]))


@endpoint(
    "POST",
    _JOBS,
    Operation(
        tag=_TAG,
        summary="Always refused: the server knows no kind of job that administrators can start",
        responses=MALFORMED_BODY | {403: ERROR, 500: ERROR},
        description="The status is 403 for everybody but administrators, and 500 for them.",
        request_body=NewJob,
        security=USER_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _create_job(request: ApiRequest) -> ApiResponse:
    request.json(NewJob)
    raise json_error(403, _NOT_PERMITTED) if _administrator(request) is None else _internal_error()


@endpoint("GET", f"{_JOBS}/{{job_id}}", _reading("A job", Job, has_id=True))
def _get_job(request: ApiRequest) -> ApiResponse:
    job_id = request.path_uuid("job_id")
    _check_reader(request)
    found = request.world.jobs.find(job_id)
    if found is None:
        raise _internal_error()
    return json_response(_job(found))


@endpoint(
    "GET", "/api/v1/job/tasks/{task_id}", _reading("A task of a job, with its state and output", JobTask, has_id=True)
)
def _get_task(request: ApiRequest) -> ApiResponse:
    task_id = request.path_uuid("task_id")
    _check_reader(request)
    found = request.world.jobs.of_task(task_id)
    if found is None:
        raise _internal_error()
    return json_response(_task(found))


# --- mail


@endpoint(
    "POST",
    _EMAILS,
    Operation(
        tag=_TAG,
        summary="Order a mail, as an administrator",
        responses=MALFORMED_BODY | {200: OutboundEmail, 403: ERROR, 500: ERROR},
        description=(
            "The development server sends none, it only keeps the order. The status is 500 if the key was used before,"
            " or the deadline is over."
        ),
        request_body=NewOutboundEmail,
        security=USER_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _order_email(request: ApiRequest) -> ApiResponse:
    order, actor = _order(request.json(NewOutboundEmail)), _administrator(request)
    if actor is None:
        raise json_error(403, "forbidden")
    try:
        return json_response(_email(request.world.jobs.order_email(actor, order)))
    except EmailRefusedError:
        raise _internal_error() from None


def _order(body: NewOutboundEmail) -> EmailOrder:
    try:
        deadline = whole_milliseconds(body.deadline)
    except InvalidArgumentError as exc:
        raise text_error(422, f"{BODY_PROBLEM}: {exc}") from None
    return EmailOrder(idempotency_key=body.idempotency_key, deadline=deadline, recipient=body.recipient)


@endpoint("GET", _EMAILS, _reading(f"The newest mails that were ordered, at most {_PAGE}", Listing[OutboundEmail]))
def _list_emails(request: ApiRequest) -> ApiResponse:
    _check_reader(request)
    emails, count = request.world.jobs.emails(_PAGE)
    return json_response(Listing(0, _PAGE, count, [_email(email) for email in emails]))


ENDPOINTS = (_list_jobs, _create_job, _get_job, _get_task, _order_email, _list_emails)
