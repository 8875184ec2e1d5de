"""`/api/v1/users`: finding, registering, changing, deleting and restoring users."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from eternaltwin.clients.endpoints import USER, USER_DELETION, USER_TERMS, USERS
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.operations import (
    ANY_CREDENTIALS,
    EMPTY,
    ERROR,
    MALFORMED_BODY,
    RELEASED_FAILS,
    TEXT,
    USER_CREDENTIALS,
    Operation,
    Parameter,
    page_parameters,
)
from eternaltwin.devserver.api.requests import BODY_PROBLEM, QUERY_PROBLEM
from eternaltwin.devserver.api.responses import (
    ApiError,
    ApiResponse,
    json_error,
    json_response,
    optional_instant,
    text_error,
    text_response,
    with_session,
)
from eternaltwin.devserver.api.views import NO_LINKS, complete_user, public_user, visible_user
from eternaltwin.devserver.domain.changes import UserChanges
from eternaltwin.devserver.domain.errors import NameTakenError, RenameLockedError, UserDeletedError, UserNotFoundError
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.models import Listing, Registration, RestoredUser, TermsOfService, User, UserPatch
from eternaltwin.rules.accounts import (
    DISPLAY_NAME_LOCK_TIME,
    PASSWORD_LOCK_TIME,
    USERNAME_LOCK_TIME,
    is_display_name,
    is_username,
)

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Users"

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 100

_LOCKS = (
    f"A display name can be changed once in {DISPLAY_NAME_LOCK_TIME}, a username once in {USERNAME_LOCK_TIME},"
    f" a password once in {PASSWORD_LOCK_TIME}; the status is 500 while one of them is locked, and if the username is"
    " taken."
)
_SEARCH_QUERY = (
    Parameter(name="q", schema={"type": "string"}, description="Part of the display name, in any case."),
    *page_parameters(999_999_999, _DEFAULT_LIMIT),
)


class _Ok(msgspec.Struct, frozen=True):
    """The report that a field was restored.

    Attributes:
        ok: Always null; `Ok` in JSON.
    """

    ok: None = msgspec.field(default=None, name="Ok")


_OK = _Ok()


class _RestoredUser(RestoredUser, frozen=True, kw_only=True):
    """The response of the official server, which reports on every field that it restores.

    Attributes:
        user: The restored user.
        deleted_at: When the user had been deleted.
        username: The report on the username.
        dinoparc_com: The report on the link to `dinoparc.com`.
        en_dinoparc_com: The report on the link to `en.dinoparc.com`.
        hammerfest_es: The report on the link to `hammerfest.es`.
        hammerfest_fr: The report on the link to `hammerfest.fr`.
        hfest_net: The report on the link to `hfest.net`.
        sp_dinoparc_com: The report on the link to `sp.dinoparc.com`.
        twinoid: The report on the link to `twinoid.com`.
    """

    username: _Ok = _OK
    dinoparc_com: _Ok = _OK
    en_dinoparc_com: _Ok = _OK
    hammerfest_es: _Ok = _OK
    hammerfest_fr: _Ok = _OK
    hfest_net: _Ok = _OK
    sp_dinoparc_com: _Ok = _OK
    twinoid: _Ok = _OK


def _internal_error() -> ApiError:
    """Build the error that the official server returns for several kinds of problems."""
    return json_error(500, "internal error")


# --- finding


def _whole_number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise text_error(400, f"{QUERY_PROBLEM}: {name}: invalid digit found in string")
    return int(text)


@endpoint(
    "GET",
    USERS,
    Operation(
        tag=_TAG,
        summary="A page of the users whose display name contains `q`, at most 100, in order of creation",
        responses={200: Listing[User], 400: TEXT, 405: EMPTY},
        description="With `limit=0`, the response contains only the number of matching users.",
        query=_SEARCH_QUERY,
        is_in_released=False,
        only_released=frozenset({405}),
    ),
    is_available=lambda behaviour: behaviour.lists_users,
)
def _search_users(request: ApiRequest) -> ApiResponse:
    fields = request.query("q", "limit", "offset")
    offset = _whole_number(fields, "offset", 0)
    limit = min(_whole_number(fields, "limit", _DEFAULT_LIMIT), _MAX_LIMIT)
    query = fields.get("q", "")
    users, count = request.world.accounts.search(query, offset, limit)
    links = LinkViews(request.world).of_users([user.id for user in users])
    found = [public_user(user, links.get(user.id, NO_LINKS)) for user in users]
    return json_response(Listing(offset, limit, count, found))


@endpoint(
    "GET",
    USER,
    Operation(
        tag=_TAG,
        summary="A user, with the status 410 if it is deleted",
        responses={200: User, 400: TEXT, 404: ERROR, 410: User, 500: ERROR},
        description="The user and administrators see more fields.",
        security=ANY_CREDENTIALS,
        only_released=RELEASED_FAILS,
    ),
)
def _get_user(request: ApiRequest) -> ApiResponse:
    user_id = request.path_uuid("user_id")
    try:
        user = request.world.accounts.get(user_id)
    except UserNotFoundError:
        raise json_error(404, "user not found") from None
    if request.world.links.breaks(user_id):
        raise _internal_error()
    shown = visible_user(user, request.identity(), LinkViews(request.world).of_user(user_id))
    return json_response(shown, 200 if user.deleted_at is None else 410)


# --- registering and changing


def _registration(request: ApiRequest) -> tuple[Registration, bytes]:
    try:
        body = request.decode_json(Registration)
        if is_username(body.username) and is_display_name(body.display_name):
            return body, binascii.unhexlify(body.password)
    except ValueError:  # raised by msgspec, or for a password that is not hexadecimal
        pass
    raise text_error(422, f"{BODY_PROBLEM}: data did not match any variant of untagged enum CreateUserBody")


@endpoint(
    "POST",
    USERS,
    Operation(
        tag=_TAG,
        summary="Register, and open a session",
        responses=MALFORMED_BODY | {200: User, 500: TEXT},
        description="The response sets the cookie `sid`. The status is 500 if the username is taken.",
        request_body=Registration,
    ),
)
def _register_user(request: ApiRequest) -> ApiResponse:
    body, password = _registration(request)
    try:
        user = request.world.accounts.register(body.username, body.display_name, password)
    except NameTakenError:
        return text_response("internal error", 500)
    return with_session(json_response(public_user(user)), request.world.sign_in.open_session(user))


def _actor(request: ApiRequest, user_id: UUID) -> UserRecord:
    """Return the caller, who must be the user to change or an administrator. Other callers receive a 403."""
    identity = request.identity()
    if not isinstance(identity, UserRecord) or not (identity.is_administrator or identity.id == user_id):
        raise json_error(403, "forbidden")
    return identity


def _patch(request: ApiRequest) -> UserChanges:
    body = request.json(UserPatch)
    if body.display_name is not UNSET and not is_display_name(body.display_name):
        raise text_error(422, f"{BODY_PROBLEM}: display_name: Invalid UserDisplayName")
    if isinstance(body.username, str) and not is_username(body.username):
        raise text_error(422, f"{BODY_PROBLEM}: username: Invalid Username")
    try:
        password = binascii.unhexlify(body.password) if isinstance(body.password, str) else body.password
    except ValueError:
        raise text_error(422, f"{BODY_PROBLEM}: password: Invalid hexadecimal") from None
    return UserChanges(display_name=body.display_name, username=body.username, password=password)


@endpoint(
    "PATCH",
    USER,
    Operation(
        tag=_TAG,
        summary="Change names or password: one's own, or anybody's as an administrator",
        responses=MALFORMED_BODY | {200: User, 403: ERROR, 500: ERROR},
        description=_LOCKS,
        request_body=UserPatch,
        security=USER_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _change_user(request: ApiRequest) -> ApiResponse:
    user_id, patch = request.path_uuid("user_id"), _patch(request)
    actor = _actor(request, user_id)
    try:
        user = request.world.accounts.patch(user_id, patch, actor)
    except (UserNotFoundError, NameTakenError, RenameLockedError):
        raise _internal_error() from None
    return json_response(complete_user(user, LinkViews(request.world).of_user(user_id)))


# --- deleting and restoring


@endpoint(
    "DELETE",
    USER,
    Operation(
        tag=_TAG,
        summary="Delete a user",
        responses={200: User, 400: TEXT, 403: ERROR, 404: ERROR, 410: ERROR, 500: ERROR},
        description="Users may delete themselves, administrators anybody. The response shows the user before that.",
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=RELEASED_FAILS,
    ),
)
def _delete_user(request: ApiRequest) -> ApiResponse:
    user_id = request.path_uuid("user_id")
    _actor(request, user_id)
    if request.world.links.breaks(user_id):
        raise _internal_error()
    links = LinkViews(request.world).of_user(user_id)
    try:
        user = request.world.accounts.delete(user_id)
    except UserNotFoundError:
        raise json_error(404, "not found") from None
    except UserDeletedError:
        raise json_error(410, "gone") from None
    return json_response(complete_user(msgspec.structs.replace(user, deleted_at=None), links))


@endpoint(
    "DELETE",
    USER_DELETION,
    Operation(
        tag=_TAG,
        summary="Restore a deleted user, as an administrator",
        responses={200: _RestoredUser, 400: TEXT, 403: ERROR, 404: ERROR, 500: ERROR},
        description="The released server always responds with 500 to administrators.",
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=RELEASED_FAILS,
    ),
)
def _restore_user(request: ApiRequest) -> ApiResponse:
    user_id, identity = request.path_uuid("user_id"), request.identity()
    if not isinstance(identity, UserRecord) or not identity.is_administrator:
        raise json_error(403, "forbidden")
    if not request.world.behaviour.restores_users:
        raise _internal_error()
    try:
        deleted_at = request.world.accounts.get(user_id).deleted_at
        user = request.world.accounts.restore(user_id)
    except UserNotFoundError:
        raise json_error(404, "not found") from None
    shown = complete_user(user, LinkViews(request.world).of_user(user_id))
    return json_response(_RestoredUser(user=shown, deleted_at=optional_instant(deleted_at)))


# --- terms of service


@endpoint(
    "GET",
    USER_TERMS,
    Operation(
        tag=_TAG,
        summary="Whether a user has accepted the terms of service",
        responses={200: TermsOfService, 400: TEXT, 403: ERROR},
        security=USER_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _get_terms(request: ApiRequest) -> ApiResponse:
    user_id = request.path_uuid("user_id")
    _actor(request, user_id)
    accepted_at = optional_instant(request.world.accounts.terms(user_id).accepted_at)
    terms = TermsOfService(id=user_id, is_tos_accepted=accepted_at is not None, acceptation_date=accepted_at)
    return json_response(terms)


@endpoint(
    "POST",
    USER_TERMS,
    Operation(
        tag=_TAG,
        summary="Accept the terms of service, for oneself",
        responses={200: EMPTY, 400: TEXT, 403: ERROR},
        security=USER_CREDENTIALS,
        requires_credentials=True,
    ),
)
def _accept_terms(request: ApiRequest) -> ApiResponse:
    user_id = request.path_uuid("user_id")
    if _actor(request, user_id).id != user_id:
        raise json_error(403, "forbidden")
    request.world.accounts.accept_terms(user_id)
    return ApiResponse(200)


ENDPOINTS = (
    _search_users,
    _register_user,
    _get_user,
    _change_user,
    _delete_user,
    _restore_user,
    _get_terms,
    _accept_terms,
)
