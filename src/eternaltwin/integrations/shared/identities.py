"""The player that a token belongs to, for OAuth libraries that send their requests themselves."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from eternaltwin import models
from eternaltwin.exceptions import InvalidTokenError


@dataclass(frozen=True)
class PlayerIdentity:
    """The player that a token belongs to.

    Attributes:
        identifier: UUID of the account, always in lower case.
        display_name: Current display name.
    """

    identifier: str
    display_name: str

    def as_dict(self) -> dict[str, str]:
        """Return the identity as a dictionary, for libraries that store data of the account.

        Returns:
            The values of `id` and `display_name`. Neither is a secret.
        """
        return {"id": self.identifier, "display_name": self.display_name}


def identity_of(body: object, client_id: str) -> PlayerIdentity:
    """Return the player in the response to `GET /api/v1/auth/self`.

    The response to an invalid token has the status 200 as well, and contains a guest. A token that was issued to
    another game is refused, since that game could sign in here as the player.

    Args:
        body: The decoded JSON of the response.
        client_id: OAuth client of this game, as its key (`mygame@clients`) or its UUID.

    Returns:
        The player.

    Raises:
        InvalidTokenError: The token does not belong to a player, or was not issued to this game, or `body` is not
            such a response.
    """
    try:
        identity = msgspec.convert(body, models.Self)
    except msgspec.ValidationError:
        raise InvalidTokenError("the server's response does not identify the owner of the token") from None
    if isinstance(identity.user, msgspec.UnsetType):
        raise InvalidTokenError("the token is no longer valid, or does not belong to a player")
    if not identity.is_issued_to(client_id):
        raise InvalidTokenError("the token was not issued to this game")
    return PlayerIdentity(str(identity.user.id), identity.user.display_name.current.value)
