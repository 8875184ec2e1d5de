"""The players of a game with accounts of its own, for the games of all frameworks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import AccountRefusedError, AccountTakenError

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.login import Login
    from eternaltwin.users import User


class Accounts:
    """The names of the players of a game, by the account of Eternaltwin that is connected to them."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def welcome(self, finished: Login[User]) -> None:
        """Find or create the player of the game, or connect the account to them."""
        if finished.user.username == "Banned":
            raise AccountRefusedError("banned")
        if finished.user.username == "Breaker":
            raise KeyError("the code of the game")
        identifier, subject = finished.user.identifier, finished.subject
        if subject is not None and self._names.setdefault(identifier, subject) != subject:
            raise AccountTakenError("the account is connected to another player")
        self._names.setdefault(identifier, finished.user.username)

    def name_of(self, player: Player | None, own: str | None) -> str:
        """Return the name of the player of the game: of the connected one, otherwise of who has given a password."""
        connected = None if player is None else self._names.get(player.identifier)
        return connected or own or ""

    def disconnect(self, name: str | None) -> None:
        """Forget the account of a player."""
        self._names = {identifier: other for identifier, other in self._names.items() if other != name}
