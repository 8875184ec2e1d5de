"""Renaming the alias of a connection, to which accounts belong."""

from __future__ import annotations

from django.db import transaction

from eternaltwin.connections import connections
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.lookups import aliases_of_server, database
from eternaltwin.integrations.django.models import EternaltwinAccount

__all__ = ["rename_connection"]


def rename_connection(old: str, new: str) -> int:
    """Give the accounts of a connection to another alias of the same server.

    Args:
        old: The alias that the accounts have. It may be missing in the settings.
        new: The alias that the settings have now.

    Returns:
        The number of accounts.

    Raises:
        InvalidArgumentError: The settings do not have the new alias, or both aliases with different servers, or the
            old alias among `retired_connections`, or a player has an account of each. Nothing has changed.
        ConfigurationError: A setting is wrong.
    """
    conf.configure()
    if new not in connections:
        raise InvalidArgumentError(f"{conf.CONNECTIONS} has no connection {new!r}: rename it there first")
    if old in conf.options().retired_connections:
        raise InvalidArgumentError(
            f"{conf.OPTIONS}['retired_connections'] contains {old!r}, so its accounts are those of other players"
        )
    if old in connections and old not in aliases_of_server(new):
        raise InvalidArgumentError(
            f"{old!r} and {new!r} lead to different servers, so their accounts are not those of the same players"
        )
    accounts = EternaltwinAccount.objects.using(database())
    with transaction.atomic(using=database()):
        taken = accounts.filter(connection=new).values("identifier")
        doubled = accounts.filter(connection=old, identifier__in=taken).count()
        if doubled:
            raise InvalidArgumentError(f"{doubled} players have an account of each: delete one of the two first")
        return accounts.filter(connection=old).update(connection=new)
