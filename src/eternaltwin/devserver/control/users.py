"""`/_dev/users`: adds and changes users, one or many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.operations import Operation, Parameter, page_parameters
from eternaltwin.devserver.api.responses import json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint, query_of
from eternaltwin.devserver.control.views import ControlList, ControlUser, listed, user_view
from eternaltwin.devserver.domain.changes import AccountChanges
from eternaltwin.devserver.services.administration import NewUsers

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Users"

#: Maximum number of users that one request adds or lists.
MAX_USERS = 10_000

_Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_USER = {"user": {"type": "string", "description": "The id or the username."}}


class _UserQuery(msgspec.Struct):
    query: str = ""
    offset: _Number = 0
    limit: Annotated[int, msgspec.Meta(ge=0, le=MAX_USERS)] = 100


class UserSettings(msgspec.Struct, kw_only=True):
    """What a user is to have. Fields that are left out stay as they are.

    Attributes:
        display_name: The display name.
        username: The name to log in with. Null removes it.
        password: The password. Null removes it.
        is_administrator: Whether the user is an administrator.
        is_deleted: Whether the user is deleted.
        must_accept_terms: Whether the user must accept the terms of service before signing in to games.
        has_accepted_terms: Whether the user has accepted the terms of service.
    """

    display_name: str | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    password: str | None | UnsetType = UNSET
    is_administrator: bool | UnsetType = UNSET
    is_deleted: bool | UnsetType = UNSET
    must_accept_terms: bool | UnsetType = UNSET
    has_accepted_terms: bool | UnsetType = UNSET

    def changes(self) -> AccountChanges:
        """Return the settings as changes.

        Returns:
            The changes, with the password in UTF-8.
        """
        password = self.password.encode() if isinstance(self.password, str) else self.password
        return AccountChanges(
            display_name=self.display_name,
            username=self.username,
            password=password,
            is_administrator=self.is_administrator,
            is_deleted=self.is_deleted,
            must_accept_terms=self.must_accept_terms,
            has_accepted_terms=self.has_accepted_terms,
        )


class UserBatch(msgspec.Struct, kw_only=True):
    """Users to add at once. `{n}` in the names stands for the number of each.

    Attributes:
        count: How many users to add.
        first: The number of the first one.
        username: Pattern of the usernames.
        display_name: Pattern of the display names. By default, the usernames with a capital first letter.
        password: The password of all of them. By default, they have none.
        is_administrator: Whether they are administrators.
    """

    count: Annotated[int, msgspec.Meta(ge=1, le=MAX_USERS)] = 1
    first: _Number = 1
    username: str = "player_{n}"
    display_name: str | None = None
    password: str | None = None
    is_administrator: bool = False


@control_endpoint(
    "GET",
    "/_dev/users",
    Operation(
        tag=_TAG,
        summary="List the users who are not deleted",
        responses={200: ControlList[ControlUser]},
        query=(
            Parameter(name="query", schema={"type": "string"}, description="Part of a display name, in any case."),
            *page_parameters(MAX_USERS, 100),
        ),
    ),
)
def _list_users(request: ApiRequest) -> ApiResponse:
    asked = query_of(request, _UserQuery)
    found, count = request.world.accounts.search(asked.query, asked.offset, asked.limit)
    return json_response(listed((user_view(request.world, user) for user in found), count))


@control_endpoint(
    "POST",
    "/_dev/users",
    Operation(
        tag=_TAG,
        summary="Add one user or many, all of them or none",
        responses={201: ControlList[ControlUser]},
        request_body=UserBatch,
    ),
)
def _add_users(request: ApiRequest) -> ApiResponse:
    batch = body_of(request, UserBatch)
    users = NewUsers(
        count=batch.count,
        first=batch.first,
        username=batch.username,
        display_name=batch.display_name,
        password=None if batch.password is None else batch.password.encode(),
        is_administrator=batch.is_administrator,
    )
    added = request.world.administration.add(users)
    return json_response(listed(user_view(request.world, user) for user in added), 201)


@control_endpoint(
    "GET",
    "/_dev/users/{user}",
    Operation(tag=_TAG, summary="A user, deleted or not", responses={200: ControlUser}, path=_USER),
)
def _get_control_user(request: ApiRequest) -> ApiResponse:
    user = request.world.user(request.path_parameter("user"))
    return json_response(user_view(request.world, user))


@control_endpoint(
    "PUT",
    "/_dev/users/{user}",
    Operation(
        tag=_TAG,
        summary="Change a user, or add one with this username",
        responses={200: ControlUser},
        request_body=UserSettings,
        path=_USER,
    ),
)
def _put_user(request: ApiRequest) -> ApiResponse:
    changes = body_of(request, UserSettings).changes()
    user = request.world.administration.put(request.path_parameter("user"), changes)
    return json_response(user_view(request.world, user))


@control_endpoint(
    "PATCH",
    "/_dev/users/{user}",
    Operation(
        tag=_TAG,
        summary="Change, delete or restore a user",
        responses={200: ControlUser},
        request_body=UserSettings,
        path=_USER,
    ),
)
def _patch_user(request: ApiRequest) -> ApiResponse:
    changes = body_of(request, UserSettings).changes()
    user = request.world.administration.change(request.path_parameter("user"), changes)
    return json_response(user_view(request.world, user))


ENDPOINTS = (_list_users, _add_users, _get_control_user, _put_user, _patch_user)
