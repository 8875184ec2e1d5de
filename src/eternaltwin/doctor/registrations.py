"""What the server has registered for a game.

`GET /oauth/authorize` compares the game and its callback before it asks who the player is, but redirects guests to the
login page before that. So the question is asked with the game's own credentials: 401 `Q0001` means that only the player
is missing, 422 `Q1003` contains the registered callback, and 422 `Q1004` means that the game is unknown. Recorded from
the official server 0.16.4; the development server is the same.

If the game's credentials are wrong, only a server on this machine can be asked, with those of another game that every
new development server has.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from eternaltwin.clients.auth import basic
from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.devserver.config.seeds import BUILT_IN_SEEDS
from eternaltwin.error_responses import ErrorDetails
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.auth import Credentials
    from eternaltwin.doctor.setups import CheckedSetup
    from eternaltwin.responses import Response


#: A browser gets a page instead.
_JSON = {"Accept": "application/json"}


class Match(Enum):
    """How the settings of a game compare with what is registered."""

    SAME = "same"
    OTHER_CALLBACK = "other callback"
    UNKNOWN_GAME = "unknown game"


class GameRegistration(NamedTuple):
    """What a server has registered for a game.

    Attributes:
        match: How it compares with the settings.
        callback: The registered callback, if it is another one.
    """

    match: Match
    callback: str | None = None


class _Callbacks(msgspec.Struct):
    registered: str


class _CallbackRefusal(msgspec.Struct):
    code: str
    extra: _Callbacks


def registration_of(setup: CheckedSetup) -> GameRegistration | None:
    """Ask the server what is registered for the game.

    Args:
        setup: The set-up, with a game, whose `url` is right.

    Returns:
        The registration. None if the server does not tell.

    Raises:
        TransportError: No response arrived.
        UnexpectedResponseError: The response is not one of Eternaltwin's API.
    """
    game = setup.settings
    query = {"response_type": "code", "client_id": game.client_id, "redirect_uri": game.redirect_uri, "scope": "base"}
    for credentials in _askers(setup):
        found = _registration_in(setup.server.get(AUTHORIZATION, query, credentials, _JSON))
        if found is not None:
            return found
    return None


def _askers(setup: CheckedSetup) -> Iterator[Credentials]:
    """Return the credentials to ask with: those of the game, and on this machine those of a built-in game."""
    game = setup.settings
    yield basic(game.client_id, game.client_secret, is_game=True)
    if game.transport is not None or is_local(game.base_url):
        built_in = {f"{key}@clients": app.secret for key, app in BUILT_IN_SEEDS.app.items()}
        key = next(key for key in built_in if key != game.client_id)
        yield basic(key, built_in[key], is_game=True)


def _registration_in(response: Response) -> GameRegistration | None:
    code = ErrorDetails.of(response).code
    if code == "Q0001":  # the player is missing, and nothing else
        return GameRegistration(Match.SAME)
    if code == "Q1004":
        return GameRegistration(Match.UNKNOWN_GAME)
    if code == "Q1003":
        return GameRegistration(Match.OTHER_CALLBACK, decode_json(response, _CallbackRefusal).extra.registered)
    return None
