"""Signing in, and users, as the description has them."""

from __future__ import annotations

import msgspec

from eternaltwin import models
from eternaltwin.devserver.api import auth, oauth, users
from eternaltwin.devserver.openapi.operations import (
    CODED,
    GAMES,
    NOTHING,
    PLAYERS,
    PLAYERS_AND_GAMES,
    REDIRECT,
    REFUSAL,
    TEXT,
    UNREADABLE,
    Operation,
    Parameter,
    page,
)

_TEXT: dict[str, object] = {"type": "string"}

_LOCKS = (
    "A display name can be changed once in 30 days, a username once in 7 days, a password once in 10 minutes;"
    " the status is 500 while one of them is locked, and where the username is taken."
)


class TokenRequest(msgspec.Struct, kw_only=True):
    """What a game sends for a token (RFC 6749, section 4.1.3); of this only the code is looked at."""

    grant_type: str = "authorization_code"
    code: str
    redirect_uri: str = ""


OAUTH = (
    Operation(
        handler=oauth.authorize,
        answers={303: REDIRECT, 400: TEXT, 401: CODED, 403: CODED, 422: CODED, 501: CODED},
        query=(
            Parameter("response_type", {"const": "code"}, "Always `code`.", is_required=True),
            Parameter(
                "client_id", _TEXT, "The game's key, such as `kingdom_dev@clients`, or its id.", is_required=True
            ),
            Parameter("redirect_uri", _TEXT, "The registered callback, character for character."),
            Parameter("scope", _TEXT, "What the game asks for: `base`, and on newer servers `forum:write`."),
            Parameter("state", _TEXT, "Comes back to the callback as it is."),
        ),
        askers=PLAYERS,
        about=(
            "Mistakes of the game are shown here, and never sent to its callback. On newer servers the status is 403"
            " where the player has not accepted the terms of service."
        ),
    ),
    Operation(
        handler=oauth.claim_token,
        answers={200: (models.AccessToken,), 401: CODED, 403: CODED, 415: REFUSAL, 422: (*CODED, *REFUSAL)},
        body=TokenRequest,
        has_form=True,
        askers=GAMES,
        needs_asker=True,
        about="The login is the game's key or id. A code is good for ten minutes, a token for 10^9 seconds.",
    ),
    Operation(
        handler=oauth.callback,
        answers={400: TEXT, 422: TEXT},
        query=(
            Parameter("code", _TEXT, "An authorization code.", is_required=True),
            Parameter("state", _TEXT, "The state that was sent.", is_required=True),
        ),
    ),
)

AUTHENTICATION = (
    Operation(
        handler=auth.get_self,
        answers={200: (models.Self,)},
        askers=PLAYERS_AND_GAMES,
        about="Whoever asks with anything that is not good is a `Guest`.",
    ),
    Operation(
        handler=auth.log_in,
        answers=UNREADABLE | {200: (models.User,), 400: (*TEXT, *REFUSAL)},
        body=models.LoginBody,
        query=(Parameter("method", {"const": "Etwin", "default": "Etwin"}, "How to log in."),),
        about="The password is the hexadecimal of its UTF-8 bytes. The cookie `sid` is the session.",
    ),
    Operation(handler=auth.log_out, answers={200: (models.Self,)}),
)

USERS = (
    Operation(
        handler=users.search_users,
        answers={200: (models.Listing[models.User],), 400: TEXT, 405: NOTHING},
        query=(
            Parameter("q", _TEXT, "Part of the display name, in either case."),
            *page(999_999_999, 20),
        ),
        in_released=False,
        only_released=frozenset({405}),
        about="`limit=0` only counts.",
    ),
    Operation(
        handler=users.register_user,
        answers=UNREADABLE | {200: (models.User,), 500: TEXT},
        body=models.Registration,
        about="The cookie `sid` is the session. The status is 500 where the username is taken.",
    ),
    Operation(
        handler=users.get_user,
        answers={200: (models.User,), 400: TEXT, 404: REFUSAL, 410: (models.User,), 500: REFUSAL},
        askers=PLAYERS_AND_GAMES,
        only_released=frozenset({500}),
        about="Oneself and administrators see more fields.",
    ),
    Operation(
        handler=users.change_user,
        answers=UNREADABLE | {200: (models.User,), 403: REFUSAL, 500: REFUSAL},
        body=models.UserPatch,
        askers=PLAYERS,
        needs_asker=True,
        about=_LOCKS,
    ),
    Operation(
        handler=users.delete_user,
        answers={200: (models.User,), 400: TEXT, 403: REFUSAL, 404: REFUSAL, 410: REFUSAL, 500: REFUSAL},
        askers=PLAYERS,
        needs_asker=True,
        only_released=frozenset({500}),
        about="One's own, or anybody's as an administrator.",
    ),
    Operation(
        handler=users.restore_user,
        answers={200: (models.RestoredUser,), 400: TEXT, 403: REFUSAL, 404: REFUSAL, 500: REFUSAL},
        askers=PLAYERS,
        needs_asker=True,
        only_released=frozenset({500}),
        about="Administrators only; the released server always answers 500 to them.",
    ),
    Operation(
        handler=users.get_terms,
        answers={200: (models.TermsOfService,), 400: TEXT, 403: REFUSAL},
        askers=PLAYERS,
        needs_asker=True,
    ),
    Operation(
        handler=users.accept_terms,
        answers={200: NOTHING, 400: TEXT, 403: REFUSAL},
        askers=PLAYERS,
        needs_asker=True,
    ),
)
