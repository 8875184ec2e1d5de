"""The archives of older games: Dinoparc, Hammerfest, and Twinoid with its games.

Accounts are identified by a number. Dinoparc and Hammerfest have several servers, each with its own numbers. A value is
None if it was never read from the game; a value that changes is a [`Latest`][eternaltwin.models.Latest], with the time
of the last reading. Every call has an async variant, whose name starts with `a`.

Besides the errors that a call lists, it can raise those of every call: see [`exceptions`][eternaltwin.exceptions].

Example:
    >>> user = HammerfestUser.get("hammerfest.fr", 127)
    >>> if user.profile is not None:
    ...     print(user.username, user.profile.value.best_score, user.profile.latest.retrieved.latest)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from eternaltwin import models
from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections
from eternaltwin.models import Latest, TwinoidRewards, TwinoidScore
from eternaltwin.rules.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, LINK_SITES, TWINOID
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
    """A Dinoparc user, with the fields of [`DinoparcUser`][eternaltwin.models.DinoparcUser]."""

    @classmethod
    def get(
        cls,
        server: str,
        user_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Read a Dinoparc user.

        Args:
            server: `dinoparc.com`, `en.dinoparc.com` or `sp.dinoparc.com`.
            user_id: The number of the user on this server.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The user.

        Raises:
            InvalidArgumentError: The server is unknown, or the number is malformed. Nothing was sent.
            NotFoundError: The archive has no such user.
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
        """Async variant of [`get`][eternaltwin.archives.DinoparcUser.get]."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.dinoparc_user(cls, server, user_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The Eternaltwin user that this account is linked to. None if it is not linked."""
        return _linked_user(self.etwin)


class DinoparcDinoz(models.DinoparcDinoz, frozen=True, kw_only=True):
    """A dinoz of Dinoparc, with the fields of [`DinoparcDinoz`][eternaltwin.models.DinoparcDinoz]."""

    @classmethod
    def get(
        cls,
        server: str,
        dinoz_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Read a dinoz.

        Args:
            server: `dinoparc.com`, `en.dinoparc.com` or `sp.dinoparc.com`.
            dinoz_id: The number of the dinoz on this server.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The dinoz.

        Raises:
            InvalidArgumentError: The server is unknown, or the number is malformed. Nothing was sent.
            NotFoundError: The archive has no such dinoz.
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
        """Async variant of [`get`][eternaltwin.archives.DinoparcDinoz.get]."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.dinoparc_dinoz(cls, server, dinoz_id, identity)


class HammerfestUser(models.HammerfestUser, frozen=True, kw_only=True):
    """A Hammerfest user, with the fields of [`HammerfestUser`][eternaltwin.models.HammerfestUser]."""

    @classmethod
    def get(
        cls,
        server: str,
        user_id: str | int,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Read a Hammerfest user.

        Args:
            server: `hammerfest.fr`, `hfest.net` or `hammerfest.es`.
            user_id: The number of the user on this server.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The user.

        Raises:
            InvalidArgumentError: The server is unknown, or the number is malformed. Nothing was sent.
            NotFoundError: The archive has no such user.
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
        """Async variant of [`get`][eternaltwin.archives.HammerfestUser.get]."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.hammerfest_user(cls, server, user_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The Eternaltwin user that this account is linked to. None if it is not linked."""
        return _linked_user(self.etwin)


class TwinoidUser(models.TwinoidUser, frozen=True, kw_only=True):
    """A Twinoid user, with the fields of [`TwinoidUser`][eternaltwin.models.TwinoidUser]."""

    @classmethod
    def get(
        cls, user_id: str | int, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Read a Twinoid user.

        Args:
            user_id: The number of the user.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The user.

        Raises:
            InvalidArgumentError: The number is malformed. Nothing was sent.
            NotFoundError: The archive has no such user.
        """
        return run(connections.get_connection(using).api.archives.twinoid_user(cls, user_id, identity))

    @classmethod
    async def aget(
        cls, user_id: str | int, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Async variant of [`get`][eternaltwin.archives.TwinoidUser.get]."""
        return await async_connections.get_connection(using).api.archives.twinoid_user(cls, user_id, identity)

    @classmethod
    def scores(
        cls, user_id: str | int, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> list[TwinoidScore]:
        """Read a user's points in Twinoid's games.

        Args:
            user_id: The number of the user.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            One score per game. The server names the game by its `id` only: `site.host` is UNSET.

        Raises:
            InvalidArgumentError: The number is malformed. Nothing was sent.
            ServerError: The archive has no such user.

        Example:
            >>> [(score.site.id, score.points) for score in TwinoidUser.scores(38)]
            [(2, 12.0)]
        """
        return run(connections.get_connection(using).api.archives.twinoid_scores(user_id, identity))

    @classmethod
    async def ascores(
        cls, user_id: str | int, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> list[TwinoidScore]:
        """Async variant of [`scores`][eternaltwin.archives.TwinoidUser.scores]."""
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
        """Read a user's statistics and achievements in one of Twinoid's games.

        Args:
            user_id: The number of the user.
            site_id: The number of the game, as in the user's `links`.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The statistics and achievements.

        Raises:
            InvalidArgumentError: A number is malformed. Nothing was sent.
            ServerError: The archive has no such user.
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
        """Async variant of [`rewards`][eternaltwin.archives.TwinoidUser.rewards]."""
        archives = async_connections.get_connection(using).api.archives
        return await archives.twinoid_rewards(user_id, site_id, identity)

    @property
    def linked_user(self) -> User | None:
        """The Eternaltwin user that this account is linked to. None if it is not linked."""
        return _linked_user(self.etwin)
