"""The archives of older games: Dinoparc, Hammerfest, and Twinoid with its games.

Accounts are named by their number; Dinoparc and Hammerfest have several servers, which number
their accounts each for itself. What was never read from a game is None, and what changes is
known as it was when it was last read:

    user = HammerfestUser.get("hammerfest.fr", 127)
    if user.profile is not None:
        print(user.username, user.profile.value.best_score, user.profile.latest.retrieved.latest)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from eternaltwin import models
from eternaltwin.clients.driver import run
from eternaltwin.clients.validation.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, LINK_SITES, TWINOID
from eternaltwin.connections import async_connections, connections
from eternaltwin.models import Latest, TwinoidRewards, TwinoidScore
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = [
    "DINOPARC_SERVERS",
    "HAMMERFEST_SERVERS",
    "LINK_SITES",
    "TWINOID",
    "DinoparcDinoz",
    "DinoparcUser",
    "HammerfestUser",
    "Latest",
    "TwinoidRewards",
    "TwinoidScore",
    "TwinoidUser",
]


def _linked_user(owners: models.Owners) -> User | None:
    return None if owners.current is None else make_user(User, owners.current.user)


class DinoparcUser(models.DinoparcUser, frozen=True, kw_only=True):
    """A Dinoparc user; the fields are those of [`DinoparcUser`][eternaltwin.models.DinoparcUser]."""

    @classmethod
    def get(
        cls,
        server: str,
        user_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A user by server and number.

        Args:
            server: `dinoparc.com`, `en.dinoparc.com` or `sp.dinoparc.com`.
            user_id: the number.
            using: the connection.
            identity: who asks.

        Raises:
            InvalidArgumentError: there is no such server, or the number is none; nothing was sent.
            NotFoundError: there is no such user in the archive.
        """
        return run(connections.get_connection(using).api.archives.dinoparc_user(cls, server, user_id, identity))

    @classmethod
    async def aget(
        cls,
        server: str,
        user_id: str | int,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A user by server and number; see `get`."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.dinoparc_user(cls, server, user_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The user of Eternaltwin that this account is linked to."""
        return _linked_user(self.etwin)


class DinoparcDinoz(models.DinoparcDinoz, frozen=True, kw_only=True):
    """A dinoz; the fields are those of [`DinoparcDinoz`][eternaltwin.models.DinoparcDinoz]."""

    @classmethod
    def get(
        cls,
        server: str,
        dinoz_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A dinoz by server and number.

        Args:
            server: `dinoparc.com`, `en.dinoparc.com` or `sp.dinoparc.com`.
            dinoz_id: the number.
            using: the connection.
            identity: who asks.

        Raises:
            InvalidArgumentError: there is no such server, or the number is none; nothing was sent.
            NotFoundError: there is no such dinoz in the archive.
        """
        return run(connections.get_connection(using).api.archives.dinoparc_dinoz(cls, server, dinoz_id, identity))

    @classmethod
    async def aget(
        cls,
        server: str,
        dinoz_id: str | int,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A dinoz by server and number; see `get`."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.dinoparc_dinoz(cls, server, dinoz_id, identity)


class HammerfestUser(models.HammerfestUser, frozen=True, kw_only=True):
    """A Hammerfest user; the fields are those of [`HammerfestUser`][eternaltwin.models.HammerfestUser]."""

    @classmethod
    def get(
        cls,
        server: str,
        user_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A user by server and number.

        Args:
            server: `hammerfest.fr`, `hfest.net` or `hammerfest.es`.
            user_id: the number.
            using: the connection.
            identity: who asks.

        Raises:
            InvalidArgumentError: there is no such server, or the number is none; nothing was sent.
            NotFoundError: there is no such user in the archive.
        """
        return run(connections.get_connection(using).api.archives.hammerfest_user(cls, server, user_id, identity))

    @classmethod
    async def aget(
        cls,
        server: str,
        user_id: str | int,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """A user by server and number; see `get`."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.hammerfest_user(cls, server, user_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The user of Eternaltwin that this account is linked to."""
        return _linked_user(self.etwin)


class TwinoidUser(models.TwinoidUser, frozen=True, kw_only=True):
    """A Twinoid user; the fields are those of [`TwinoidUser`][eternaltwin.models.TwinoidUser]."""

    @classmethod
    def get(
        cls, user_id: str | int, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A user by number.

        Raises:
            InvalidArgumentError: the number is none; nothing was sent.
            NotFoundError: there is no such user in the archive.
        """
        return run(connections.get_connection(using).api.archives.twinoid_user(cls, user_id, identity))

    @classmethod
    async def aget(
        cls, user_id: str | int, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A user by number; see `get`."""
        return await async_connections.get_connection(using).api.archives.twinoid_user(cls, user_id, identity)

    @classmethod
    def scores(
        cls, user_id: str | int, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> list[TwinoidScore]:
        """How many points a user has on each of Twinoid's games.

        Raises:
            InvalidArgumentError: the number is none; nothing was sent.
        """
        return run(connections.get_connection(using).api.archives.twinoid_scores(user_id, identity))

    @classmethod
    async def ascores(
        cls, user_id: str | int, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> list[TwinoidScore]:
        """How many points a user has on each of Twinoid's games; see `scores`."""
        return await async_connections.get_connection(using).api.archives.twinoid_scores(user_id, identity)

    @classmethod
    def rewards(
        cls,
        user_id: str | int,
        site_id: int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> TwinoidRewards:
        """What a user has counted and achieved on one of Twinoid's games.

        Args:
            user_id: the user's number.
            site_id: the game's number, as in the user's `links`.
            using: the connection.
            identity: who asks.

        Raises:
            InvalidArgumentError: a number is none; nothing was sent.
        """
        return run(connections.get_connection(using).api.archives.twinoid_rewards(user_id, site_id, identity))

    @classmethod
    async def arewards(
        cls,
        user_id: str | int,
        site_id: int,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> TwinoidRewards:
        """What a user has achieved on one of Twinoid's games; see `rewards`."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.twinoid_rewards(user_id, site_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The user of Eternaltwin that this account is linked to."""
        return _linked_user(self.etwin)
