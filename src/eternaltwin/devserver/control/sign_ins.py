"""`/_dev/sign-in` and what follows it: signs players in without a browser, and lists sign-ins."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs, urlsplit

import msgspec

from eternaltwin.devserver.api.operations import Operation, Parameter
from eternaltwin.devserver.api.responses import Instant, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint, query_of, state_of
from eternaltwin.devserver.control.problems import control_error
from eternaltwin.devserver.control.views import ControlList, listed
from eternaltwin.devserver.domain.addresses import with_query
from eternaltwin.devserver.services.authorization import TOKEN_LIFE

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Sign-ins"

#: Maximum number of sign-ins that one request lists.
MAX_SIGN_INS = 1000


class SignInOrder(msgspec.Struct, kw_only=True):
    """A sign-in of a player to a game: by the URL to which the game sends the player, or by the game's key.

    Attributes:
        user: The player: an id or a username.
        url: The authorization URL, as the game builds it.
        game: The game, if there is no `url`: an id, or a key with or without `@clients`.
        state: The state, if there is no `url`. A random one by default.
        scope: The scopes that the player grants, if there is no `url`.
    """

    user: str
    url: str | None = None
    game: str | None = None
    state: str | None = None
    scope: str = "base"


class SignedIn(msgspec.Struct, kw_only=True):
    """What the callback of a game receives.

    Attributes:
        url: The callback with its query, to which the browser of the player is redirected.
        code: The authorization code.
        state: The state. Null if the game has sent none.
    """

    url: str
    code: str
    state: str | None


class SessionOrder(msgspec.Struct, kw_only=True):
    """The player to log in.

    Attributes:
        user: The player: an id or a username.
    """

    user: str


class OpenedSession(msgspec.Struct, kw_only=True):
    """A session on this server.

    Attributes:
        sid: The value of the cookie `sid`.
        cookie: The header field `Cookie` of requests with the session.
    """

    sid: str
    cookie: str


class TokenOrder(msgspec.Struct, kw_only=True):
    """The player and the game of an access token.

    Attributes:
        user: The player: an id or a username.
        game: The game: an id, or a key with or without `@clients`.
        scope: The scopes that the player grants.
    """

    user: str
    game: str
    scope: str = "base"


class IssuedToken(msgspec.Struct, kw_only=True):
    """An access token, as `POST /oauth/token` returns it.

    Attributes:
        access_token: The token.
        token_type: Always `Bearer`.
        expires_in: Its lifetime, in seconds.
        scope: Its scopes.
    """

    access_token: str
    token_type: str = "Bearer"
    expires_in: int = TOKEN_LIFE
    scope: str


class ListedSignIn(msgspec.Struct, kw_only=True):
    """A sign-in.

    Attributes:
        time: When the game received the access token.
        game: The name of the game.
        player: The display name of the player.
    """

    time: datetime
    game: str
    player: str


class _SignInQuery(msgspec.Struct):
    limit: Annotated[int, msgspec.Meta(ge=0, le=MAX_SIGN_INS)] = 100


@control_endpoint(
    "POST",
    "/_dev/sign-in",
    Operation(
        tag=_TAG,
        summary="Sign a player in to a game, as the browser of the player does",
        responses={200: SignedIn},
        request_body=SignInOrder,
    ),
)
def _sign_in(request: ApiRequest) -> ApiResponse:
    order = body_of(request, SignInOrder)
    user = request.world.user(order.user)
    if order.url is not None:
        url = state_of(request).authorize(order.url, user.id)
    elif order.game is not None:
        client = request.world.client(order.game)
        code = request.world.authorization_code(user, client, order.scope)
        state = secrets.token_urlsafe(16) if order.state is None else order.state
        url = with_query(client.callback, [("code", code), ("state", state)])
    else:
        message = "the body names neither the authorization URL nor the game"
        raise control_error(422, "invalid", message, "send url or game")
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return json_response(SignedIn(url=url, code=query["code"][-1], state=query.get("state", [None])[-1]))


@control_endpoint(
    "POST",
    "/_dev/sessions",
    Operation(tag=_TAG, summary="Log a player in", responses={201: OpenedSession}, request_body=SessionOrder),
)
def _open_session(request: ApiRequest) -> ApiResponse:
    sid = request.world.open_session(body_of(request, SessionOrder).user)
    return json_response(OpenedSession(sid=sid, cookie=f"sid={sid}"), 201)


@control_endpoint(
    "POST",
    "/_dev/tokens",
    Operation(
        tag=_TAG, summary="Issue an access token of a game", responses={201: IssuedToken}, request_body=TokenOrder
    ),
)
def _issue_token(request: ApiRequest) -> ApiResponse:
    order = body_of(request, TokenOrder)
    client = request.world.client(order.game)
    code = request.world.authorization_code(order.user, client, order.scope)
    token, scopes = request.world.sign_in.claim(client, code)
    return json_response(IssuedToken(access_token=token, scope=" ".join(scopes)), 201)


@control_endpoint(
    "GET",
    "/_dev/sign-ins",
    Operation(
        tag=_TAG,
        summary="List the last sign-ins, the newest first",
        responses={200: ControlList[ListedSignIn]},
        query=(
            Parameter(
                name="limit",
                schema={"type": "integer", "minimum": 0, "maximum": MAX_SIGN_INS, "default": 100},
                description="Maximum number of items to return.",
            ),
        ),
    ),
)
def _list_sign_ins(request: ApiRequest) -> ApiResponse:
    found = request.world.sign_in.recent(query_of(request, _SignInQuery).limit)
    return json_response(
        listed(ListedSignIn(time=Instant.at(each.time), game=each.game, player=each.player) for each in found)
    )


ENDPOINTS = (_sign_in, _open_session, _issue_token, _list_sign_ins)
