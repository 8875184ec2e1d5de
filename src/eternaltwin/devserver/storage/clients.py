"""The games that were registered over HTTP, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from eternaltwin.devserver.domain.records import ClientRecord
from eternaltwin.devserver.storage.schema import oauth_clients

if TYPE_CHECKING:
    from eternaltwin.devserver.storage.database import Database

_NAMES = tuple(name for name in ClientRecord.__struct_fields__ if name != "secret")
_ALL = select(*(oauth_clients.c[name] for name in _NAMES)).order_by(oauth_clients.c.number)


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
        rows = self._database.all(_ALL)
        return [ClientRecord(secret="", **dict(zip(_NAMES, row, strict=True))) for row in rows]

    def put(self, client: ClientRecord) -> None:
        """Add a game, or replace the game with its key.

        Args:
            client: The game, with the hash of its secret.
        """
        values = {name: getattr(client, name) for name in _NAMES}
        with self._database.transaction():
            self._database.run(delete(oauth_clients).where(oauth_clients.c.key == client.key))
            self._database.run(insert(oauth_clients).values(**values))
