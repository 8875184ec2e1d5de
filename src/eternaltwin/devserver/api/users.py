"""`/api/v1/users`: finding, registering, changing, deleting and restoring users."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import msgspec
from litestar import HttpMethod
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.requests import QUERY_PROBLEM, SHAPE_PROBLEM, endpoint
from eternaltwin.devserver.api.responses import (
    Answer,
    RefusedError,
    json_answer,
    optional_instant,
    refused,
    refused_text,
    text_answer,
    with_session,
)
from eternaltwin.devserver.api.views import NO_LINKS, complete_user, public_user, user_seen_by
from eternaltwin.devserver.domain.changes import UserPatch
from eternaltwin.devserver.domain.errors import NameTakenError, RenameLockedError, UserDeletedError, UserNotFoundError
from eternaltwin.devserver.domain.names import is_display_name, is_username
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.models import Listing, TermsOfService

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.api.requests import Call

_USERS = "/api/v1/users"
_USER = "/api/v1/users/{user_id:str}"

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 100

_LINKED = (
    "dinoparc_com",
    "en_dinoparc_com",
    "hammerfest_es",
    "hammerfest_fr",
    "hfest_net",
    "sp_dinoparc_com",
    "twinoid",
)


class _Registration(msgspec.Struct, frozen=True):
    username: str
    display_name: str
    password: str


class _Patch(msgspec.Struct, frozen=True):
    display_name: str | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    password: str | None | UnsetType = UNSET


def _internal_error() -> RefusedError:
    """What the official server answers to whatever it has no better word for."""
    return refused(500, "internal error")


# --- finding


def _whole_number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refused_text(400, f"{QUERY_PROBLEM}: {name}: invalid digit found in string")
    return int(text)


@endpoint(_USERS, HttpMethod.GET)
def search_users(call: Call) -> Answer:
    """A page of the users whose display name contains `q`, at most a hundred, in order of creation."""
    fields = call.query("q", "limit", "offset")
    offset = _whole_number(fields, "offset", 0)
    limit = min(_whole_number(fields, "limit", _DEFAULT_LIMIT), _MAX_LIMIT)
    query = fields.get("q", "")
    users = call.world.accounts.page(query, offset, limit) if limit else []
    count = call.world.accounts.count(query)
    links = LinkViews(call.world).of_users([user.id for user in users])
    found = [public_user(user, links.get(user.id, NO_LINKS)) for user in users]
    return json_answer(Listing(offset, limit, count, found))


@endpoint(_USER, HttpMethod.GET)
def get_user(call: Call) -> Answer:
    """One user; 410 where it is deleted."""
    user_id = call.path_id()
    try:
        user = call.world.accounts.get(user_id)
    except UserNotFoundError:
        raise refused(404, "user not found") from None
    if call.world.links.breaks(user_id):
        raise _internal_error()
    shown = user_seen_by(call.identity(), user, LinkViews(call.world).of_user(user_id))
    return json_answer(shown, 200 if user.deleted_at is None else 410)


# --- registering and changing


def _registration(call: Call) -> tuple[_Registration, bytes]:
    try:
        body = call.shaped(_Registration)
        if is_username(body.username) and is_display_name(body.display_name):
            return body, binascii.unhexlify(body.password)
    except ValueError:  # of msgspec, or of a password that is not hexadecimal
        pass
    raise refused_text(422, f"{SHAPE_PROBLEM}: data did not match any variant of untagged enum CreateUserBody")


@endpoint(_USERS, HttpMethod.POST)
def register_user(call: Call) -> Answer:
    """Register, and open a session."""
    body, password = _registration(call)
    try:
        user = call.world.accounts.register(body.username, body.display_name, password)
    except NameTakenError:
        return text_answer("internal error", 500)
    return with_session(json_answer(public_user(user)), call.world.sign_in.open_session(user))


def _actor(call: Call, user_id: UUID) -> UserRecord:
    """Who is asking, if it may change this user: the user itself, or an administrator."""
    identity = call.identity()
    if not isinstance(identity, UserRecord) or not (identity.is_administrator or identity.id == user_id):
        raise refused(403, "forbidden")
    return identity


def _patch(call: Call) -> UserPatch:
    body = call.json(_Patch)
    if body.display_name is not UNSET and not is_display_name(body.display_name):
        raise refused_text(422, f"{SHAPE_PROBLEM}: display_name: Invalid UserDisplayName")
    if isinstance(body.username, str) and not is_username(body.username):
        raise refused_text(422, f"{SHAPE_PROBLEM}: username: Invalid Username")
    try:
        password = binascii.unhexlify(body.password) if isinstance(body.password, str) else body.password
    except ValueError:
        raise refused_text(422, f"{SHAPE_PROBLEM}: password: Invalid hexadecimal") from None
    return UserPatch(display_name=body.display_name, username=body.username, password=password)


@endpoint(_USER, HttpMethod.PATCH)
def change_user(call: Call) -> Answer:
    """Change names or password: one's own, or anybody's as an administrator."""
    user_id, patch = call.path_id(), _patch(call)
    actor = _actor(call, user_id)
    try:
        user = call.world.accounts.patch(user_id, patch, actor)
    except (UserNotFoundError, NameTakenError, RenameLockedError):
        raise _internal_error() from None
    return json_answer(complete_user(user, LinkViews(call.world).of_user(user_id)))


# --- deleting and restoring


@endpoint(_USER, HttpMethod.DELETE)
def delete_user(call: Call) -> Answer:
    """Delete a user; the answer shows it as it was."""
    user_id = call.path_id()
    _actor(call, user_id)
    if call.world.links.breaks(user_id):
        raise _internal_error()
    links = LinkViews(call.world).of_user(user_id)
    try:
        user = call.world.accounts.delete(user_id)
    except UserNotFoundError:
        raise refused(404, "not found") from None
    except UserDeletedError:
        raise refused(410, "gone") from None
    return json_answer(complete_user(msgspec.structs.replace(user, deleted_at=None), links))


@endpoint(f"{_USER}/deleted_at", HttpMethod.DELETE)
def restore_user(call: Call) -> Answer:
    """Take a deletion back, as an administrator."""
    user_id, identity = call.path_id(), call.identity()
    if not isinstance(identity, UserRecord) or not identity.is_administrator:
        raise refused(403, "forbidden")
    if not call.world.behaviour.restores_users:
        raise _internal_error()
    try:
        deleted_at = call.world.accounts.get(user_id).deleted_at
        user = call.world.accounts.restore(user_id)
    except UserNotFoundError:
        raise refused(404, "not found") from None
    restored = {name: {"Ok": None} for name in ("username", *_LINKED)}
    return json_answer(
        {
            "user": complete_user(user, LinkViews(call.world).of_user(user_id)),
            "deleted_at": optional_instant(deleted_at),
            **restored,
        }
    )


# --- terms of service


@endpoint(f"{_USER}/tos", HttpMethod.GET)
def get_terms(call: Call) -> Answer:
    """Whether a user has accepted the terms of service."""
    user_id = call.path_id()
    _actor(call, user_id)
    accepted_at = optional_instant(call.world.accounts.terms(user_id).accepted_at)
    terms = TermsOfService(id=user_id, is_tos_accepted=accepted_at is not None, acceptation_date=accepted_at)
    return json_answer(terms)


@endpoint(f"{_USER}/tos", HttpMethod.POST)
def accept_terms(call: Call) -> Answer:
    """Accept the terms of service, for oneself."""
    user_id = call.path_id()
    if _actor(call, user_id).id != user_id:
        raise refused(403, "forbidden")
    call.world.accounts.accept_terms(user_id)
    return Answer(200)


route_handlers = [
    search_users,
    register_user,
    get_user,
    change_user,
    delete_user,
    restore_user,
    get_terms,
    accept_terms,
]
