"""Named connections to Eternaltwin servers, for both colours of client.

A game configures its connections once, at start, and names one with `using=` where it has
several; without `using` the connection `default` is meant:

    configure(
        default={
            "client_id": "mygame@clients",
            "client_secret": "...",
            "redirect_uri": "https://mygame.example/oauth/callback",
            "state_key": HS256Key("..."),
        }
    )

The settings are those of [`ClientABC`][eternaltwin.clients.abc.clients.ClientABC].
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Generic, TypeVar, cast

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError, UnknownConnectionError

#: The alias of the connection that is meant when none is named.
DEFAULT_ALIAS = "default"

Client = TypeVar("Client")
Settings = Mapping[str, object]

_ENVIRONMENT = {
    "client_id": "ETERNALTWIN_CLIENT_ID",
    "client_secret": "ETERNALTWIN_CLIENT_SECRET",
    "redirect_uri": "ETERNALTWIN_REDIRECT_URI",
    "state_key": "ETERNALTWIN_STATE_KEY",
    "url": "ETERNALTWIN_URL",
    "public_url": "ETERNALTWIN_PUBLIC_URL",
}
_OPTIONAL = ("url", "public_url")


class Connections(Generic[Client]):
    """A registry of connections. Clients are built when first asked for, once, also under threads.

    Args:
        client_class: what builds a client from settings.
    """

    def __init__(self, client_class: Callable[..., Client]) -> None:
        self._client_class = client_class
        self._settings: dict[str, Settings] = {}
        self._clients: dict[str, Client] = {}
        self._lock = RLock()

    def configure(self, **aliases: Settings) -> None:
        """Set all connections at once, each from its settings.

        Clients whose settings are the same as before are kept, with their open connections; all
        others are closed and forgotten.

        Raises:
            ConfigurationError: a setting is wrong; it names the alias, and nothing has changed.
        """
        checked = self.check(**aliases)
        with self._lock:
            kept = {alias for alias in checked if alias in self._clients and self._is_same(alias, checked[alias])}
            dropped = [client for alias, client in self._clients.items() if alias not in kept]
            self._clients = {alias: self._clients[alias] for alias in kept}
            self._settings = checked
        for client in dropped:
            _discard(client)

    def check(self, **aliases: Settings) -> dict[str, Settings]:
        """Check the settings of connections, and answer a copy of them; nothing changes.

        Raises:
            ConfigurationError: a setting is wrong; it names the alias.
        """
        return {alias: self._check(alias, settings) for alias, settings in aliases.items()}

    def create_connection(self, alias: str, **settings: object) -> Client:
        """Build a client now, under an alias, and answer it.

        Raises:
            ConfigurationError: a setting is wrong; it names the alias.
        """
        checked = self._check(alias, settings)
        client = self._build(alias, checked)
        with self._lock:
            self._settings[alias] = checked
            self._clients[alias] = client
        return client

    def add_connection(self, alias: str, client: Client) -> None:
        """Put a client of one's own under an alias."""
        with self._lock:
            self._forget(alias)
            self._clients[alias] = client

    @contextmanager
    def override(self, alias: str, **settings: object) -> Generator[Client]:
        """Build a client under an alias for as long as a `with` lasts, as tests need it.

        What was there before comes back as it was, and the other client is closed.

        Raises:
            ConfigurationError: a setting is wrong; it names the alias.
        """
        with self._lock:
            before = self._settings.get(alias), self._clients.get(alias)
            client = self.create_connection(alias, **settings)
        try:
            yield client
        finally:
            with self._lock:
                self._forget(alias)
                self._put_back(alias, *before)
            _discard(client)

    def remove_connection(self, alias: str) -> None:
        """Forget a connection; its client is not closed, since it may be in use.

        Raises:
            UnknownConnectionError: no connection has this alias.
        """
        with self._lock:
            if alias not in self:
                raise self._unknown(alias)
            self._forget(alias)

    def get_connection(self, alias: str | Client | None = None) -> Client:
        """The client of an alias; `default` for None. A client itself is answered as it is.

        Raises:
            UnknownConnectionError: no connection has this alias.
            InvalidArgumentError: the client is one of the other colour.
        """
        name = DEFAULT_ALIAS if alias is None else alias
        if not isinstance(name, str):
            return self._checked_colour(name)
        with self._lock:
            if name not in self._clients:
                self._clients[name] = self._build(name, self._settings_of(name))
            return self._clients[name]

    def _checked_colour(self, client: Client) -> Client:
        wanted: object = self._client_class
        if isinstance(client, ClientABC) and isinstance(wanted, type) and not isinstance(client, wanted):
            is_blocking = isinstance(client, Eternaltwin)
            raise InvalidArgumentError(
                "using is the blocking client, which calls that are awaited cannot use"
                if is_blocking
                else "using is the asyncio client: await the call whose name begins with 'a', such as User.aget"
            )
        return client

    def close(self) -> None:
        """Close all clients, as far as that needs no waiting. They open again when used."""
        for client in list(self._clients.values()):
            _discard(client)

    def __getitem__(self, alias: str) -> Client:
        return self.get_connection(alias)

    def __setitem__(self, alias: str, client: Client | Settings) -> None:
        if not isinstance(client, Mapping):
            self.add_connection(alias, client)
            return
        checked = self._check(alias, cast("Settings", client))
        with self._lock:
            self._forget(alias)
            self._settings[alias] = checked

    def __delitem__(self, alias: str) -> None:
        self.remove_connection(alias)

    def __contains__(self, alias: object) -> bool:
        return alias in self._settings or alias in self._clients

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._settings, *self._clients]))

    def __repr__(self) -> str:
        return f"<Connections: {', '.join(self) or 'none'}>"

    def _settings_of(self, alias: str) -> Settings:
        if alias not in self._settings:
            raise self._unknown(alias)
        return self._settings[alias]

    def _forget(self, alias: str) -> None:
        self._settings.pop(alias, None)
        self._clients.pop(alias, None)

    def _put_back(self, alias: str, settings: Settings | None, client: Client | None) -> None:
        if settings is not None:
            self._settings[alias] = settings
        if client is not None:
            self._clients[alias] = client

    def _check(self, alias: str, settings: object) -> Settings:
        if not isinstance(settings, Mapping):
            raise ConfigurationError(
                f"the settings of a connection are a mapping, as in configure({alias}={{...}}); did you mean"
                " configure(default={...})?",
                alias=alias,
            )
        copy = dict(cast("Settings", settings))
        self._checked(alias, copy)
        return copy

    def _checked(self, alias: str, settings: Settings) -> object:
        """What makes equal settings equal, whichever way they are written."""
        if isinstance(self._client_class, type) and issubclass(self._client_class, ClientABC):
            return self._client_class.check(settings, alias=alias)
        return settings

    def _is_same(self, alias: str, settings: Settings) -> bool:
        before = self._settings.get(alias)
        return before is not None and self._checked(alias, before) == self._checked(alias, settings)

    def _build(self, alias: str, settings: Settings) -> Client:
        try:
            return self._client_class(**settings)
        except ConfigurationError as exc:
            failure = exc.of(alias)
        raise failure

    def _unknown(self, alias: str) -> UnknownConnectionError:
        there = ", ".join(repr(name) for name in self) or "none: call eternaltwin.configure() first"
        return UnknownConnectionError(f"there is no connection {alias!r}; there are: {there}")


def _discard(client: object) -> None:
    if isinstance(client, ClientABC):
        client.discard()


#: The connections of the blocking calls.
connections: Connections[Eternaltwin] = Connections(Eternaltwin)

#: The connections of the asyncio calls.
async_connections: Connections[AsyncEternaltwin] = Connections(AsyncEternaltwin)


def configure(**aliases: Settings) -> None:
    """Set all connections at once, for blocking and asyncio calls; see `Connections.configure`.

    Raises:
        ConfigurationError: a setting is wrong; it names the alias, and nothing has changed.
    """
    async_connections.check(**aliases)
    connections.configure(**aliases)
    async_connections.configure(**aliases)


def configure_from_environment(environ: Mapping[str, str] = os.environ) -> None:
    """Set the connection `default` from variables of the environment.

    `ETERNALTWIN_CLIENT_ID`, `ETERNALTWIN_CLIENT_SECRET`, `ETERNALTWIN_REDIRECT_URI` and
    `ETERNALTWIN_STATE_KEY` (the text of an HS256 key) are needed; `ETERNALTWIN_URL` and
    `ETERNALTWIN_PUBLIC_URL` are not.

    Raises:
        ConfigurationError: a variable is missing or wrong; it names the variable.
    """
    found = {name: environ.get(variable, "") for name, variable in _ENVIRONMENT.items()}
    missing = [_ENVIRONMENT[name] for name, text in found.items() if not text and name not in _OPTIONAL]
    if missing:
        raise ConfigurationError(f"set {', '.join(missing)} in the environment", setting=missing[0])
    try:
        configure(**{DEFAULT_ALIAS: {name: text for name, text in found.items() if text}})
    except ConfigurationError as exc:
        variable = _ENVIRONMENT.get(exc.setting or "")
        failure = ConfigurationError(f"{variable}: {exc.problem}", setting=variable)
    else:
        return
    raise failure


def offline_client(using: str | ClientABC | None) -> ClientABC:
    """The client of a connection of either colour, for what needs no network.

    Raises:
        UnknownConnectionError: no connection has this alias.
    """
    if isinstance(using, ClientABC):
        return using
    alias = DEFAULT_ALIAS if using is None else using
    return async_connections[alias] if alias not in connections and alias in async_connections else connections[alias]
