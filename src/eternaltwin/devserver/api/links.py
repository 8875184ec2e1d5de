"""`/api/v1/users/{id}/links/{site}`: linking and unlinking archived accounts."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.clients.endpoints import USER_LINK
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.operations import (
    ERROR,
    RELEASED_FAILS,
    TEXT,
    USER_CREDENTIALS,
    Operation,
    ResponseBody,
    Schema,
)
from eternaltwin.devserver.api.responses import json_error, json_response, text_error
from eternaltwin.devserver.domain.archives import account_number
from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    LinkTakenError,
    NotLinkedError,
    NotPermittedError,
    UserNotFoundError,
)
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.models import ArchiveUserRef, Link, LinkOrder
from eternaltwin.rules.archives import SITES

if TYPE_CHECKING:
    from collections.abc import Generator
    from uuid import UUID

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.rules.archives import Site

_TAG = "Links to older games"

_STATUS: dict[type[InvalidArgumentError], int] = {
    NotPermittedError: 403,
    UserNotFoundError: 404,
    AccountNotFoundError: 404,
    NotLinkedError: 404,
    LinkTakenError: 409,
}

_ERRORS: dict[int, ResponseBody] = {400: (TEXT, ERROR), 403: ERROR, 404: ERROR, 413: TEXT, 415: TEXT, 500: ERROR}
_PATH: dict[str, Schema] = {"site": {"enum": sorted(SITES)}}


def _user_and_site(request: ApiRequest) -> tuple[UUID, Site]:
    """Return the user and the site in the path."""
    user_id, site = request.path_uuid("user_id"), SITES.get(request.path_parameter("site"))
    if site is None:
        raise text_error(400, "Invalid URL: Invalid SerdeLinkableServer")
    return user_id, site


def _number(value: str | int | UnsetType, site: Site) -> int:
    number = None if value is UNSET else account_number(str(value), site.ids)
    if number is None:
        raise json_error(400, "bad request")
    return number


def _account_to_link(request: ApiRequest, site: Site) -> int:
    """Return the number of the account to link."""
    try:
        order = request.decode_json(LinkOrder)
    except msgspec.ValidationError:
        raise json_error(400, "bad request") from None
    ids = {
        "Dinoparc": order.dinoparc_user_id,
        "Hammerfest": order.hammerfest_user_id,
        "Twinoid": order.twinoid_user_id,
    }
    return _number(ids[site.game], site)


def _account_to_unlink(request: ApiRequest, site: Site) -> tuple[str, int]:
    """Return the site and the number of the account to unlink."""
    try:
        account = request.decode_json(ArchiveUserRef)
    except msgspec.ValidationError:
        raise json_error(400, "bad request") from None
    server = site.name if site.game == "Twinoid" else account.server
    if server is UNSET or server not in SITES:
        raise json_error(400, "bad request")
    return server, _number(account.id, SITES[server])


@contextmanager
def _link_errors(behaviour: Behaviour) -> Generator[None]:
    """Convert errors of the service to error responses. The released server responds with 500 to all of them."""
    try:
        yield
    except InvalidArgumentError as exc:
        if behaviour.fails_at_links:
            raise json_error(500, "internal error") from None
        raise json_error(_STATUS[type(exc)], str(exc)) from None


@endpoint(
    "PUT",
    USER_LINK,
    Operation(
        tag=_TAG,
        summary="Link an archived account to a user, as an administrator",
        responses=_ERRORS | {200: Link, 409: ERROR},
        description="The body contains the account in the field for the game of the site.",
        request_body=LinkOrder,
        path=_PATH,
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=RELEASED_FAILS,
    ),
)
def _link(request: ApiRequest) -> ApiResponse:
    user_id, site = _user_and_site(request)
    number, identity = _account_to_link(request, site), request.identity()
    with _link_errors(request.world.behaviour):
        request.world.links.link(identity, user_id, site.name, number)
    return json_response(LinkViews(request.world).link(user_id, site.name))


@endpoint(
    "DELETE",
    USER_LINK,
    Operation(
        tag=_TAG,
        summary="Remove a link: one's own, or anybody's as an administrator",
        responses=_ERRORS | {200: Link},
        request_body=ArchiveUserRef,
        path=_PATH,
        security=USER_CREDENTIALS,
        requires_credentials=True,
        only_released=RELEASED_FAILS,
    ),
)
def _unlink(request: ApiRequest) -> ApiResponse:
    user_id, site = _user_and_site(request)
    (server, number), identity = _account_to_unlink(request, site), request.identity()
    with _link_errors(request.world.behaviour):
        request.world.links.unlink(identity, user_id, server, number)
    return json_response(LinkViews(request.world).link(user_id, site.name))


ENDPOINTS = (_link, _unlink)
