"""The games of a server, which are its OAuth clients."""

from __future__ import annotations

import hmac
import threading
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec
from msgspec import UNSET

from eternaltwin.devserver.config.types import AppSeed
from eternaltwin.devserver.domain.addresses import absolute_url
from eternaltwin.devserver.domain.changes import GameChanges
from eternaltwin.devserver.domain.errors import ClientNotFoundError, MalformedNameError, TooManyClientsError
from eternaltwin.devserver.domain.names import TITLE_RULE, parse_title, parse_uuid, seed_id
from eternaltwin.devserver.domain.passwords import hash_password, is_password
from eternaltwin.devserver.domain.records import ClientRecord
from eternaltwin.rules.accounts import USERNAME_RULE
from eternaltwin.rules.clients import is_client_key

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.domain.records import ClientLike
    from eternaltwin.devserver.storage.clients import ClientTable

#: How many games can be registered over HTTP.
MAX_CLIENTS = 1000

_SUFFIX = "@clients"


def _record(key: str, seed: AppSeed) -> ClientRecord:
    return ClientRecord(
        id=seed_id("app", key),
        key=f"{key}{_SUFFIX}",
        display_name=seed.display_name,
        uri=seed.uri,
        callback=seed.oauth_callback,
        secret=seed.secret,
    )


def _address(what: str, text: str) -> str:
    address = absolute_url(text)
    if address is None:
        raise MalformedNameError(f"the {what} of a game must be an absolute URL")
    return address


def _new(key: str, changes: GameChanges) -> ClientRecord:
    if changes.oauth_callback is UNSET:
        raise MalformedNameError(f"there is no game {key!r} yet, and a new one needs a callback")
    callback = _address("callback", changes.oauth_callback)
    return _record(key, AppSeed(display_name=key, uri=urljoin(callback, "/"), oauth_callback=callback))


def _fields(changes: GameChanges) -> dict[str, str]:
    """Return the fields of a record that changes set."""
    fields: dict[str, str] = {}
    if changes.oauth_callback is not UNSET:
        fields["callback"] = _address("callback", changes.oauth_callback)
    if changes.uri is not UNSET:
        fields["uri"] = _address("uri", changes.uri)
    if changes.display_name is not UNSET:
        fields["display_name"] = _title(changes.display_name)
    if changes.secret is not UNSET:
        fields["secret"] = changes.secret
    return fields


def _title(text: str) -> str:
    if parse_title(text) is None:
        raise MalformedNameError(f"the name of a game must be {TITLE_RULE}")
    return text


class Games:
    """The games of the configuration and those added later. They are held in memory, since every sign-in reads them.

    Those that are registered over HTTP are also stored, and known after a restart.

    Args:
        seeds: The games by their keys in the configuration, without `@clients`.
        table: The games that were registered over HTTP.
    """

    def __init__(self, seeds: dict[str, AppSeed], table: ClientTable) -> None:
        self._seeds = seeds
        self._table = table
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Restore the games of the configuration and of the database, and forget all others."""
        self._of_key: dict[str, ClientRecord] = {}
        self._of_id: dict[UUID, ClientRecord] = {}
        for client in self._table.all():
            self._add(client)
        for key, seed in self._seeds.items():
            self._add(_record(key, seed))

    def seed(self, seeds: dict[str, AppSeed]) -> None:
        """Add the games of a changed configuration, and change those that differ there.

        Games that the configuration no longer has stay until the next reset, and so do changes to games that are the
        same in it as before.

        Args:
            seeds: The games by their keys in the configuration.
        """
        for key, seed in seeds.items():
            if self._seeds.get(key) != seed:
                self._add(_record(key, seed))
        self._seeds = seeds

    def register(self, client: ClientRecord) -> ClientRecord:
        """Register a game for good, or change the game with its key.

        Args:
            client: The game. Its id counts only if the key is new.

        Returns:
            The game.

        Raises:
            TooManyClientsError: There are `MAX_CLIENTS` games already, and the key is new.
        """
        with self._lock:
            known = self._of_key.get(client.key)
            if known is None and len(self._of_key) >= MAX_CLIENTS:
                raise TooManyClientsError(f"there are {MAX_CLIENTS} games already: reset the server")
            hashed = hash_password(client.secret.encode())
            client_id = client.id if known is None else known.id
            registered = msgspec.structs.replace(client, id=client_id, secret_hash=hashed)
            self._table.put(registered)
            self._add(registered)
        return registered

    def _add(self, record: ClientRecord) -> None:
        self._of_key[record.key] = record
        self._of_id[record.id] = record

    def put(self, key: str, callback: str) -> ClientRecord:
        """Add a game with the secret `dev`, or change the callback of an existing game.

        Args:
            key: The key, with or without `@clients`.
            callback: The callback URL.

        Returns:
            The game.

        Raises:
            MalformedNameError: The key is malformed, or the callback is not an absolute URL.
        """
        return self.change(key, GameChanges(oauth_callback=callback))

    def change(self, key: str, changes: GameChanges) -> ClientRecord:
        """Change a game, or add one.

        Args:
            key: The key, with or without `@clients`.
            changes: What the game is to have. A new game needs a callback. By default, its name is the key, its address
                that of the callback without the path, and its secret `dev`.

        Returns:
            The game.

        Raises:
            MalformedNameError: The key or the name is malformed, a URL is not absolute, or a new game has no callback.
        """
        reference = f"{key.removesuffix(_SUFFIX)}{_SUFFIX}"
        if not is_client_key(reference):
            raise MalformedNameError(f"the key of a game must be {USERNAME_RULE}")
        known = self._of_key.get(reference) or _new(reference.removesuffix(_SUFFIX), changes)
        self._add(msgspec.structs.replace(known, **_fields(changes)))
        return self._of_key[reference]

    def remove(self, key: str) -> None:
        """Remove a game, until the next reset. Nothing happens if there is no such game.

        Args:
            key: The key, with or without `@clients`.
        """
        record = self._of_key.pop(f"{key.removesuffix(_SUFFIX)}{_SUFFIX}", None)
        if record is not None:
            self._of_id.pop(record.id, None)

    def adopt(self, client_id: str, callback: str, secret: str) -> ClientRecord:
        """Add the game of a connection, or change the callback and the secret of an existing game to those.

        Args:
            client_id: The key or the id of the game.
            callback: The callback URL.
            secret: The secret.

        Returns:
            The game.

        Raises:
            MalformedNameError: The key is malformed, or the callback is not an absolute URL.
        """
        identifier = parse_uuid(client_id)
        known = self._of_uuid(identifier)
        key = client_id if identifier is None else f"game_{identifier.hex[:8]}{_SUFFIX}"
        record = self.put(key if known is None else known.key, callback)
        adopted = msgspec.structs.replace(record, secret=secret, secret_hash=None, id=identifier or record.id)
        self._add(adopted)
        return adopted

    def all(self) -> list[ClientRecord]:
        """List all games.

        Returns:
            The games, in order of their keys.
        """
        return [self._of_key[key] for key in sorted(self._of_key)]

    def of_id(self, client_id: UUID) -> ClientRecord | None:
        """Return the game with an id.

        Args:
            client_id: The id.

        Returns:
            The game, or None if there is none.
        """
        return self._of_id.get(client_id)

    def of_key(self, key: str) -> ClientRecord | None:
        """Return the game with a key.

        Args:
            key: The key, such as `kingdom_dev@clients`.

        Returns:
            The game, or None if there is none.
        """
        return self._of_key.get(key)

    def find(self, client: ClientLike) -> ClientRecord:
        """Return the game that a reference names.

        Args:
            client: A record, an id, or a key with or without `@clients`.

        Returns:
            The game.

        Raises:
            ClientNotFoundError: The game does not exist. The message lists the games that do.
        """
        if isinstance(client, ClientRecord):
            found = self._of_id.get(client.id)
        elif isinstance(client, str):
            key = client if is_client_key(client) else f"{client}{_SUFFIX}"
            found = self._of_key.get(key) or self._of_uuid(parse_uuid(client))
        else:
            found = self._of_id.get(client)
        if found is None:
            keys = ", ".join(self._of_key) or "none"
            raise ClientNotFoundError(f"no game is called {client!r}; there are: {keys}")
        return found

    def _of_uuid(self, client_id: UUID | None) -> ClientRecord | None:
        return None if client_id is None else self._of_id.get(client_id)

    @staticmethod
    def has_secret(client: ClientRecord, secret: str) -> bool:
        """Return whether a secret is that of a game. The comparison takes constant time.

        Args:
            client: The game.
            secret: The secret.

        Returns:
            True if the secret is right.
        """
        if client.secret_hash is not None:
            return is_password(secret.encode(), client.secret_hash)
        return hmac.compare_digest(client.secret.encode(), secret.encode())
