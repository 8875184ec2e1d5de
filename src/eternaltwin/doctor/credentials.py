"""Are `client_id` and `client_secret` good?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from eternaltwin.clients.auth import basic
from eternaltwin.clients.endpoints import SELF
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.registrations import Match, registration_of
from eternaltwin.enums import AuthorizationType
from eternaltwin.models import Self
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup

CLIENT_CHECK = "client"

_REGISTER = (
    "Add the game to the server's eternaltwin.toml, as [seed.app.{key}], or correct client_id. On eternaltwin.org,"
    " games are registered by its administrators."
)
_SECRET = (
    "Copy the secret from [seed.app.{key}] of the server's eternaltwin.toml (`dev` if it names none), or from the place"
    " where the game was registered."
)


def check_client(setup: CheckedSetup) -> Iterator[Finding]:
    """Check that the server accepts `client_id` and `client_secret`.

    The server treats wrong credentials as those of a guest (0.16.4), whatever is wrong with them.

    Args:
        setup: The set-up, with a game, whose `url` is right.

    Yields:
        One finding.
    """
    game = setup.settings
    response = setup.server.get(SELF, credentials=basic(game.client_id, game.client_secret, is_game=True))
    caller = decode_json(response, Self)
    if caller.type == AuthorizationType.OAUTHCLIENT and caller.client is not UNSET:
        yield Finding.ok(CLIENT_CHECK, f"The server knows {game.client_id} as {caller.client.display_name}")
    else:
        yield _refused(setup, f"{response.url} took the game for a {caller.type}, as it does with wrong credentials.")


def _refused(setup: CheckedSetup, seen: str) -> Finding:
    client_id = setup.settings.client_id
    key = client_id.partition("@")[0]
    registration = registration_of(setup)
    if registration is None:
        return Finding(
            CLIENT_CHECK,
            "error",
            "client-refused",
            f"The server does not accept client_secret, or does not know client_id, {client_id}",
            f"{seen} It does not tell which of the two is wrong.",
            f"{_SECRET.format(key=key)} {_REGISTER.format(key=key)}",
        )
    if registration.match is Match.UNKNOWN_GAME:
        return Finding(
            CLIENT_CHECK,
            "error",
            "unknown-client",
            f"The server does not know the game of client_id, {client_id}",
            "It responded with Q1004, oauth client not found.",
            _REGISTER.format(key=key),
        )
    return Finding(
        CLIENT_CHECK,
        "error",
        "wrong-secret",
        f"client_secret is wrong: the server knows {client_id}, and has another secret for it",
        seen,
        _SECRET.format(key=key),
    )
