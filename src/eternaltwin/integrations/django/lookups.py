"""Finding the account of a player, and the account of a user.

A UUID is an account of its server only: the operator of another server can choose the UUIDs of its users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import router

from eternaltwin.connections import connections
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.models import EternaltwinAccount

if TYPE_CHECKING:
    from eternaltwin.users import User

__all__ = ["aaccount_of", "account_of", "find_account"]


def account_of(user: object) -> EternaltwinAccount | None:
    """Return the Eternaltwin account of a user.

    Unlike `user.eternaltwin_account`, this works for every user: administrators with a password have no account. The
    account is read once for each user object.

    Args:
        user: A user, such as `request.user`, signed in or not.

    Returns:
        The account, or None if the user has none.

    Example:
        >>> account = account_of(request.user)
        >>> account.display_name if account else request.user.get_username()
        'Zoé'
    """
    # the error of a missing account is an AttributeError, and an AnonymousUser has no such attribute
    return cast("EternaltwinAccount | None", getattr(user, "eternaltwin_account", None))


async def aaccount_of(user: object) -> EternaltwinAccount | None:
    """Async variant of [`account_of`][eternaltwin.integrations.django.lookups.account_of].

    Afterwards, a template can show the account of the same user object without reading the database.
    """
    return await sync_to_async(account_of)(user)


def find_account(player: User, connection: str) -> EternaltwinAccount | None:
    """Look up the account of a player in the game's database.

    Args:
        player: The player, as read from Eternaltwin.
        connection: Alias of the connection that the player was read with.

    Returns:
        The account, of this connection or of another one that leads to the same server. None if the player has never
        signed in.
    """
    accounts = EternaltwinAccount.objects.using(database()).select_related("user")
    found = accounts.filter(identifier=UUID(player.identifier), connection__in=aliases_of_server(connection))
    return min(found, key=lambda account: account.connection != connection, default=None)


def aliases_of_server(connection: str) -> list[str]:
    """Return the aliases of the connections that lead to one server.

    Args:
        connection: Alias of one of them.

    Returns:
        The aliases, in the order of the settings. The first one is the connection of new accounts, so that the same
        player cannot get an account with each.
    """
    conf.configure()
    if connection not in connections:
        return [connection]
    server = connections[connection].public_url
    return [alias for alias in connections if connections[alias].public_url == server]


def check_renamed(player: User, connection: str) -> None:
    """Check that the account of a player is not hidden by another alias of its connection.

    Args:
        player: A player without an account of this connection.
        connection: Alias of the connection that the player signs in with.

    Raises:
        ConfigurationError: There is an account with the UUID of the player whose connection the settings do not have,
            and the option `retired_connections` does not either, so it may be the same account. Creating another one
            could not be undone.
    """
    known = [connection, *connections, *conf.options().retired_connections]
    others = EternaltwinAccount.objects.using(database()).filter(identifier=UUID(player.identifier))
    lost = others.exclude(connection__in=known).first()
    if lost is not None:
        raise ConfigurationError(
            f"the account {player.identifier} is new to the connection {connection!r}, but known from the connection"
            f" {lost.connection!r}, which {conf.CONNECTIONS} does not have. If it was renamed, run manage.py"
            f" rename_eternaltwin_connection {lost.connection} {connection}. If it was another server, add"
            f" {lost.connection!r} to {conf.OPTIONS}['retired_connections'], so that its accounts are known to be"
            " those of other players",
            setting=conf.CONNECTIONS,
        )


def database() -> str:
    """Return the alias of the database with the accounts.

    Returns:
        The alias of the database that accounts are written to, so that reads see what was just written.
    """
    return router.db_for_write(EternaltwinAccount)
