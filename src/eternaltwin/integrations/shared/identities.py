"""Whom a token belongs to, for OAuth libraries that send their requests themselves."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from eternaltwin import models
from eternaltwin.exceptions import InvalidTokenError


@dataclass(frozen=True)
class PlayerIdentity:
    """A player, as far as their token shows.

    Attributes:
        identifier: UUID of the account, in lower case however the server spells it.
        display_name: Current display name.
    """

    identifier: str
    display_name: str

    def as_dict(self) -> dict[str, str]:
        """Return the identity for libraries that keep what they have read of an account.

        Returns:
            `id` and `display_name`; neither is a secret.
        """
        return {"id": self.identifier, "display_name": self.display_name}


def identity_of(body: object, client_id: str) -> PlayerIdentity:
    """Return the player in the response to `GET /api/v1/auth/self`.

    The server answers a bad token with status 200 and a guest, so the status alone proves nothing. And
    a token that a player gave to another game must not sign them in here.

    Args:
        body: The decoded JSON of the response.
        client_id: OAuth client of this game: its key (`mygame@clients`) or its UUID.

    Returns:
        The player.

    Raises:
        InvalidTokenError: The token is not one of a player, or was given to another game.
    """
    try:
        found = msgspec.convert(body, models.Self)
    except msgspec.ValidationError:
        raise InvalidTokenError("the server's response does not contain whom the token belongs to") from None
    if isinstance(found.user, msgspec.UnsetType):
        raise InvalidTokenError("the token is no longer valid, or does not belong to a player")
    client = found.client
    if isinstance(client, msgspec.UnsetType) or client_id not in (client.key, str(client.id)):
        raise InvalidTokenError("the token was given to another game")
    return PlayerIdentity(str(found.user.id), found.user.display_name.current.value)
