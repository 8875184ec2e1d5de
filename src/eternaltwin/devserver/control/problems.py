"""The one shape of errors of the control API, and the errors of services in this shape."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.responses import ApiError, json_response
from eternaltwin.devserver.domain.clock import ClockNotMovableError
from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    ClientNotFoundError,
    ForumNotFoundError,
    LinkTakenError,
    NameTakenError,
    UserDeletedError,
    UserNotFoundError,
)
from eternaltwin.exceptions import EternalTwinError, RequestError


class ControlProblem(msgspec.Struct, kw_only=True):
    """Why a request to the control API failed.

    Attributes:
        code: A word for programs, such as `not_found`.
        message: What happened, for people.
        next: What to do about it, where that is known.
    """

    code: str
    message: str
    next: str | UnsetType = UNSET


class _Kind(msgspec.Struct, frozen=True):
    """Status and code of a kind of errors, and what to do about them."""

    status: int
    code: str
    next: str | UnsetType = UNSET


_NO_USER = _Kind(404, "not_found", "GET /_dev/users lists the users, PUT /_dev/users/{username} adds one")
_NO_GAME = _Kind(404, "not_found", "GET /_dev/games lists the games, PUT /_dev/games/{key} adds one")
_NO_ACCOUNT = _Kind(
    404, "not_found", "GET /_dev/archives lists the accounts, PUT /_dev/archives/{table}/{key} adds one"
)
_NO_THREAD = _Kind(404, "not_found", "GET /api/v1/forum/sections/{section} lists the threads of a section")

#: The first class that fits counts.
_KINDS: tuple[tuple[type[EternalTwinError], _Kind], ...] = (
    (UserNotFoundError, _NO_USER),
    (ClientNotFoundError, _NO_GAME),
    (AccountNotFoundError, _NO_ACCOUNT),
    (ForumNotFoundError, _NO_THREAD),
    (NameTakenError, _Kind(409, "taken", "choose another name, or change the user that has it")),
    (LinkTakenError, _Kind(409, "taken", "remove the other link first: DELETE /_dev/links/{site}/{account}")),
    (UserDeletedError, _Kind(409, "deleted", 'restore the user: PATCH /_dev/users/{user} with {"is_deleted": false}')),
    (ClockNotMovableError, _Kind(409, "clock_not_movable", 'set clock = "Virtual" in [backend] of eternaltwin.toml')),
    (RequestError, _Kind(422, "refused", "compare client_id and redirect_uri with the game: GET /_dev/games/{key}")),
)
_INVALID = _Kind(422, "invalid")


def control_error(status: int, code: str, message: str, next_step: str | UnsetType = UNSET) -> ApiError:
    """Build an error of the control API.

    Args:
        status: The HTTP status.
        code: A word for programs.
        message: What happened.
        next_step: What to do about it, where that is known.

    Returns:
        The error to raise.
    """
    return ApiError(json_response(ControlProblem(code=code, message=message, next=next_step), status))


def error_of(exc: EternalTwinError) -> ApiError:
    """Build the error of the control API for one of the services.

    Args:
        exc: The error of a service.

    Returns:
        The error to raise.
    """
    kind = next((kind for error, kind in _KINDS if isinstance(exc, error)), _INVALID)
    return control_error(kind.status, kind.code, str(exc), kind.next)
