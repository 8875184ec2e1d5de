"""`/_dev/games`: adds, changes and removes games."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.operations import EMPTY, Operation
from eternaltwin.devserver.api.responses import ApiResponse, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint
from eternaltwin.devserver.control.views import ControlGame, ControlList, control_game, listed
from eternaltwin.devserver.domain.changes import GameChanges

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Games"

_KEY = {"key": {"type": "string", "description": "The key, with or without `@clients`."}}


class GameSettings(msgspec.Struct, kw_only=True):
    """What a game is to have, as in `[seed.app.KEY]` of `eternaltwin.toml`. Fields that are left out stay as they are.

    Attributes:
        oauth_callback: The callback, an absolute URL. A new game needs one.
        display_name: The name. That of a new game is its key by default.
        uri: The address. That of a new game is the callback without its path by default.
        secret: The client secret. That of a new game is `dev` by default.
    """

    oauth_callback: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    uri: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET


@control_endpoint(
    "GET", "/_dev/games", Operation(tag=_TAG, summary="List the games", responses={200: ControlList[ControlGame]})
)
def _list_games(request: ApiRequest) -> ApiResponse:
    return json_response(listed(map(control_game, request.world.clients())))


@control_endpoint(
    "GET", "/_dev/games/{key}", Operation(tag=_TAG, summary="A game", responses={200: ControlGame}, path=_KEY)
)
def _get_game(request: ApiRequest) -> ApiResponse:
    return json_response(control_game(request.world.client(request.path_parameter("key"))))


@control_endpoint(
    "PUT",
    "/_dev/games/{key}",
    Operation(
        tag=_TAG,
        summary="Change a game, or add one with this key",
        responses={200: ControlGame},
        request_body=GameSettings,
        path=_KEY,
    ),
)
def _put_game(request: ApiRequest) -> ApiResponse:
    settings = msgspec.structs.asdict(body_of(request, GameSettings))
    game = request.world.games.change(request.path_parameter("key"), GameChanges(**settings))
    return json_response(control_game(game))


@control_endpoint(
    "DELETE",
    "/_dev/games/{key}",
    Operation(tag=_TAG, summary="Remove a game, if there is one with this key", responses={204: EMPTY}, path=_KEY),
)
def _remove_game(request: ApiRequest) -> ApiResponse:
    request.world.games.remove(request.path_parameter("key"))
    return ApiResponse(204)


ENDPOINTS = (_list_games, _get_game, _put_game, _remove_game)
