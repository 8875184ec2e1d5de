"""`/api/v1/users/{id}/links/{site}`: linking archived accounts, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec
from litestar import HttpMethod
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.requests import endpoint
from eternaltwin.devserver.api.responses import json_answer, refused, refused_text
from eternaltwin.devserver.domain.archives import SITES, account_number
from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    LinkTakenError,
    NotLinkedError,
    NotPermittedError,
    UserNotFoundError,
)
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer
    from eternaltwin.devserver.domain.archives import Site

_LINK = "/api/v1/users/{user_id:str}/links/{site:str}"

_STATUS: dict[type[InvalidArgumentError], int] = {
    NotPermittedError: 403,
    UserNotFoundError: 404,
    AccountNotFoundError: 404,
    NotLinkedError: 404,
    LinkTakenError: 409,
}

Number = str | int


class _Order(msgspec.Struct, frozen=True):
    method: Literal["Ref"]
    dinoparc_user_id: Number | UnsetType = UNSET
    hammerfest_user_id: Number | UnsetType = UNSET
    twinoid_user_id: Number | UnsetType = UNSET


class _Account(msgspec.Struct, frozen=True):
    id: Number
    server: str | UnsetType = UNSET


def _place(call: Call) -> tuple[UUID, Site]:
    """The user and the site in the path."""
    user_id, site = call.path_id(), SITES.get(str(call.scope["path_params"]["site"]))
    if site is None:
        raise refused_text(400, "Invalid URL: Invalid SerdeLinkableServer")
    return user_id, site


def _number(value: Number | UnsetType, site: Site) -> int:
    number = None if value is UNSET else account_number(str(value), site.ids)
    if number is None:
        raise refused(400, "bad request")
    return number


def _ordered(call: Call, site: Site) -> int:
    """The number of the account to link."""
    try:
        order = call.shaped(_Order)
    except msgspec.ValidationError:
        raise refused(400, "bad request") from None
    ids = {
        "Dinoparc": order.dinoparc_user_id,
        "Hammerfest": order.hammerfest_user_id,
        "Twinoid": order.twinoid_user_id,
    }
    return _number(ids[site.game], site)


def _named(call: Call, site: Site) -> tuple[str, int]:
    """The site and the number of the account to unlink."""
    try:
        account = call.shaped(_Account)
    except msgspec.ValidationError:
        raise refused(400, "bad request") from None
    server = site.name if site.game == "Twinoid" else account.server
    if server is UNSET or server not in SITES:
        raise refused(400, "bad request")
    return server, _number(account.id, SITES[server])


def _changed(call: Call, user_id: UUID, site: Site, change: Callable[[], None]) -> Answer:
    """The link after a change, or why there is none; the released server only says that it failed."""
    try:
        change()
    except InvalidArgumentError as exc:
        fails = call.world.behaviour.fails_at_links
        refusal = refused(500, "internal error") if fails else refused(_STATUS[type(exc)], str(exc))
    else:
        return json_answer(LinkViews(call.world).link(user_id, site.name))
    raise refusal


@endpoint(_LINK, HttpMethod.PUT)
def link(call: Call) -> Answer:
    """Link an archived account to a user, as an administrator."""
    user_id, site = _place(call)
    number, identity = _ordered(call, site), call.identity()
    return _changed(call, user_id, site, lambda: call.world.links.link(identity, user_id, site.name, number))


@endpoint(_LINK, HttpMethod.DELETE)
def unlink(call: Call) -> Answer:
    """Take a link back: one's own, or anybody's as an administrator."""
    user_id, site = _place(call)
    (server, number), identity = _named(call, site), call.identity()
    return _changed(call, user_id, site, lambda: call.world.links.unlink(identity, user_id, server, number))


route_handlers = [link, unlink]
