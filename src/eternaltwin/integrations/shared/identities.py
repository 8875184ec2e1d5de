"""Who a token is for, in the words of the server: for libraries that make requests themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from eternaltwin import models
from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.exceptions import InvalidTokenError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Identity:
    """A player, as their token tells.

    Attributes:
        identifier: the UUID, in lower case, however the server spells it.
        display_name: what they are called now.
    """

    identifier: str
    display_name: str

    def as_dict(self) -> dict[str, str]:
        """The same for libraries that keep what they have read of an account; nothing in it is a secret."""
        return {"id": self.identifier, "display_name": self.display_name}


@dataclass(frozen=True)
class Addresses:
    """Where a server is, each without a final `/`.

    Attributes:
        url: for this process.
        public_url: for the player's browser.
    """

    url: str
    public_url: str


def identity_of(answer: object, client_id: str) -> Identity:
    """The player that `GET /api/v1/auth/self` has answered to a token.

    For a bad token the server answers 200 and a guest, so the status alone says nothing. A token
    that a player gave to another game must not sign in here.

    Args:
        answer: the decoded JSON.
        client_id: of this game.

    Raises:
        InvalidTokenError: it is no player, or of another game.
    """
    try:
        found = msgspec.convert(answer, models.Self)
    except msgspec.ValidationError:
        raise InvalidTokenError("the server has not answered who the token is for") from None
    if isinstance(found.user, msgspec.UnsetType):
        raise InvalidTokenError("the token is no longer good, or is not one of a player")
    client = found.client
    if isinstance(client, msgspec.UnsetType) or client_id not in (client.key, str(client.id)):
        raise InvalidTokenError("the token was given to another game")
    return Identity(str(found.user.id), found.user.display_name.current.value)


def addresses(url: object = None, public_url: object = None) -> Addresses:
    """The addresses that two settings mean; by default the community's own server's.

    Raises:
        ConfigurationError: one is no URL.
    """
    required = {"client_id": "x", "client_secret": "x", "redirect_uri": "https://localhost/", "state_key": "x" * 32}
    given: Mapping[str, object] = {"url": url or None, "public_url": public_url or None}
    checked = ClientABC.check({**required, **{name: value for name, value in given.items() if value is not None}})
    return Addresses(checked.base_url, checked.public_url)
