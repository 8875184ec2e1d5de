"""The games that were registered over HTTP, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from eternaltwin.devserver.domain.records import ClientRecord
from eternaltwin.devserver.storage.schema import oauth_clients

if TYPE_CHECKING:
    from eternaltwin.devserver.storage.database import Database

_COLUMNS = oauth_clients.c
_ALL = select(
    _COLUMNS.id, _COLUMNS.key, _COLUMNS.display_name, _COLUMNS.uri, _COLUMNS.callback, _COLUMNS.secret_hash
).order_by(_COLUMNS.number)


class ClientTable:
    """Reads and writes games. Their secrets are stored as hashes.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ClientRecord]:
        """Read all games.

        Returns:
            The games without their secrets, in the order in which they were last written.
        """
        return [ClientRecord(**row._mapping, secret="") for row in self._database.all(_ALL)]

    def put(self, client: ClientRecord) -> None:
        """Add a game, or replace the game with its key.

        Args:
            client: The game, with the hash of its secret.
        """
        values = {name: getattr(client, name) for name in ClientRecord.__struct_fields__ if name != "secret"}
        with self._database.transaction():
            self._database.run(delete(oauth_clients).where(_COLUMNS.key == client.key))
            self._database.run(insert(oauth_clients).values(**values))
