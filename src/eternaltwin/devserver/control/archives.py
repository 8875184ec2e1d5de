"""`/_dev/archives` and `/_dev/links`: archived accounts of older games, and their links to users."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from eternaltwin.devserver.api.operations import EMPTY, Operation, Parameter
from eternaltwin.devserver.api.responses import ApiResponse, Instant, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint, query_of
from eternaltwin.devserver.control.problems import control_error
from eternaltwin.devserver.control.views import ControlList, listed
from eternaltwin.devserver.domain.archives import account_number
from eternaltwin.rules.archives import LINK_SITES, SITES

if TYPE_CHECKING:
    from eternaltwin.devserver.api.operations import Schema
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.domain.records import LinkRecord

_TAG = "Archives"

TABLES = ("dinoparc_user", "hammerfest_user", "twinoid_user")

_TABLE_AND_KEY: dict[str, Schema] = {
    "table": {"enum": list(TABLES)},
    "key": {"type": "string", "description": "The key of the account in the table."},
}
_SITE_AND_ACCOUNT: dict[str, Schema] = {
    "site": {"enum": list(LINK_SITES)},
    "account": {"type": "string", "pattern": "^[0-9]{1,9}$", "description": "The number of the account."},
}


class ControlArchive(msgspec.Struct, kw_only=True):
    """An archived account.

    Attributes:
        key: The key in the configuration, such as `seed.twinoid_user.twino`.
        site: The site.
        account: The number of the account on the site.
        name: The name of the account.
    """

    key: str
    site: str
    account: int
    name: str


class LinkTarget(msgspec.Struct, kw_only=True):
    """The user to link an archived account to.

    Attributes:
        user: The user: an id or a username.
    """

    user: str


class ControlLink(msgspec.Struct, kw_only=True):
    """A link of an archived account to a user.

    Attributes:
        site: The site.
        account: The number of the account on the site.
        user: The display name of the user.
        linked_at: When the link was created.
    """

    site: str
    account: int
    user: str
    linked_at: datetime


class _LinkQuery(msgspec.Struct):
    user: str


def _link(row: LinkRecord) -> ControlLink:
    return ControlLink(site=row.site, account=row.account, user=row.user_name, linked_at=Instant.at(row.linked_at))


def _archives(request: ApiRequest) -> ControlList[ControlArchive]:
    accounts = request.world.archives.all().items()
    return listed(ControlArchive(key=key, site=seed.server, account=seed.id, name=seed.name) for key, seed in accounts)


def _site_and_account(request: ApiRequest) -> tuple[str, int]:
    site, account = request.path_parameter("site"), request.path_parameter("account")
    known = SITES.get(site)
    number = None if known is None else account_number(account, known.ids)
    if number is None:
        message = f"there is no account {account!r} of {site!r}"
        raise control_error(404, "not_found", message, f"the sites are: {', '.join(LINK_SITES)}")
    return site, number


@control_endpoint(
    "GET",
    "/_dev/archives",
    Operation(tag=_TAG, summary="List the archived accounts", responses={200: ControlList[ControlArchive]}),
)
def _list_archives(request: ApiRequest) -> ApiResponse:
    return json_response(_archives(request))


@control_endpoint(
    "PUT",
    "/_dev/archives/{table}/{key}",
    Operation(
        tag=_TAG,
        summary="Add or change an archived account",
        responses={200: ControlList[ControlArchive]},
        description="The body is what `[seed.TABLE.KEY]` of `eternaltwin.toml` may contain.",
        request_body=dict[str, Any],
        path=_TABLE_AND_KEY,
    ),
)
def _put_archive(request: ApiRequest) -> ApiResponse:
    table = request.path_parameter("table")
    if table not in TABLES:
        raise control_error(404, "not_found", f"there is no table {table!r}", f"the tables are: {', '.join(TABLES)}")
    request.world.archives.add(table, request.path_parameter("key"), body_of(request, dict[str, Any]))
    request.world.links.seed()
    return json_response(_archives(request))


@control_endpoint(
    "GET",
    "/_dev/links",
    Operation(
        tag=_TAG,
        summary="List the links of a user",
        responses={200: ControlList[ControlLink]},
        query=(
            Parameter(name="user", schema={"type": "string"}, description="The id or the username.", is_required=True),
        ),
    ),
)
def _list_links(request: ApiRequest) -> ApiResponse:
    user = request.world.user(query_of(request, _LinkQuery).user)
    found = request.world.links.of_users([user.id])
    return json_response(listed(_link(row) for row in found if row.unlinked_at is None))


@control_endpoint(
    "PUT",
    "/_dev/links/{site}/{account}",
    Operation(
        tag=_TAG,
        summary="Link an archived account to a user",
        responses={204: EMPTY},
        request_body=LinkTarget,
        path=_SITE_AND_ACCOUNT,
    ),
)
def _put_link(request: ApiRequest) -> ApiResponse:
    site, account = _site_and_account(request)
    user = request.world.user(body_of(request, LinkTarget).user)
    request.world.links.put(user, site, account)
    return ApiResponse(204)


@control_endpoint(
    "DELETE",
    "/_dev/links/{site}/{account}",
    Operation(
        tag=_TAG,
        summary="Remove the link of an archived account, if there is one",
        responses={204: EMPTY},
        path=_SITE_AND_ACCOUNT,
    ),
)
def _remove_link(request: ApiRequest) -> ApiResponse:
    request.world.links.remove(*_site_and_account(request))
    return ApiResponse(204)


ENDPOINTS = (_list_archives, _put_archive, _list_links, _put_link, _remove_link)
