"""`/api/v1/users/{id}/links/{site}`: linking archived accounts, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.operations import ERROR, TEXT, USER_CREDENTIALS, Body, Operation, Schema
from eternaltwin.devserver.api.responses import json_error, json_response, text_error
from eternaltwin.devserver.domain.archives import SITES, account_number
from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    LinkTakenError,
    NotLinkedError,
    NotPermittedError,
    UserNotFoundError,
)
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.models import ArchiveUserRef, Link, LinkOrder

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse
    from eternaltwin.devserver.domain.archives import Site

_TAG = "Links to older games"

_LINK = "/api/v1/users/{user_id}/links/{site}"

_STATUS: dict[type[InvalidArgumentError], int] = {
    NotPermittedError: 403,
    UserNotFoundError: 404,
    AccountNotFoundError: 404,
    NotLinkedError: 404,
    LinkTakenError: 409,
}

#: The released server fails where newer ones refuse.
_RELEASED_FAILS = frozenset({500})

_ERRORS: dict[int, Body] = {400: (TEXT, ERROR), 403: ERROR, 404: ERROR, 415: TEXT, 500: ERROR}
_PATH: dict[str, Schema] = {"site": {"enum": sorted(SITES)}}

Number = str | int


class _Order(msgspec.Struct, frozen=True):
    method: Literal["Ref"]
    dinoparc_user_id: Number | UnsetType = UNSET
    hammerfest_user_id: Number | UnsetType = UNSET
    twinoid_user_id: Number | UnsetType = UNSET


class _Account(msgspec.Struct, frozen=True):
    id: Number
    server: str | UnsetType = UNSET


def _place(call: ApiRequest) -> tuple[UUID, Site]:
    """The user and the site in the path."""
    user_id, site = call.path_id(), SITES.get(call.path_parameter("site"))
    if site is None:
        raise text_error(400, "Invalid URL: Invalid SerdeLinkableServer")
    return user_id, site


def _number(value: Number | UnsetType, site: Site) -> int:
    number = None if value is UNSET else account_number(str(value), site.ids)
    if number is None:
        raise json_error(400, "bad request")
    return number


def _ordered(call: ApiRequest, site: Site) -> int:
    """The number of the account to link."""
    try:
        order = call.shaped(_Order)
    except msgspec.ValidationError:
        raise json_error(400, "bad request") from None
    ids = {
        "Dinoparc": order.dinoparc_user_id,
        "Hammerfest": order.hammerfest_user_id,
        "Twinoid": order.twinoid_user_id,
    }
    return _number(ids[site.game], site)


def _named(call: ApiRequest, site: Site) -> tuple[str, int]:
    """The site and the number of the account to unlink."""
    try:
        account = call.shaped(_Account)
    except msgspec.ValidationError:
        raise json_error(400, "bad request") from None
    server = site.name if site.game == "Twinoid" else account.server
    if server is UNSET or server not in SITES:
        raise json_error(400, "bad request")
    return server, _number(account.id, SITES[server])


def _changed(call: ApiRequest, user_id: UUID, site: Site, change: Callable[[], None]) -> ApiResponse:
    """The link after a change, or why there is none; the released server only says that it failed."""
    try:
        change()
    except InvalidArgumentError as exc:
        fails = call.world.behaviour.fails_at_links
        refusal = json_error(500, "internal error") if fails else json_error(_STATUS[type(exc)], str(exc))
    else:
        return json_response(LinkViews(call.world).link(user_id, site.name))
    raise refusal


@endpoint(
    "PUT",
    _LINK,
    Operation(
        tag=_TAG,
        summary="Link an archived account to a user, as an administrator",
        responses=_ERRORS | {200: Link, 409: ERROR},
        description="The body names the account in the field for its kind of site.",
        request_body=LinkOrder,
        path=_PATH,
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=_RELEASED_FAILS,
    ),
)
def _link(call: ApiRequest) -> ApiResponse:
    user_id, site = _place(call)
    number, identity = _ordered(call, site), call.identity()
    return _changed(call, user_id, site, lambda: call.world.links.link(identity, user_id, site.name, number))


@endpoint(
    "DELETE",
    _LINK,
    Operation(
        tag=_TAG,
        summary="Remove a link: one's own, or anybody's as an administrator",
        responses=_ERRORS | {200: Link},
        request_body=ArchiveUserRef,
        path=_PATH,
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=_RELEASED_FAILS,
    ),
)
def _unlink(call: ApiRequest) -> ApiResponse:
    user_id, site = _place(call)
    (server, number), identity = _named(call, site), call.identity()
    return _changed(call, user_id, site, lambda: call.world.links.unlink(identity, user_id, server, number))


ENDPOINTS = (_link, _unlink)
