"""Named connections to Eternaltwin servers, for the sync and the asyncio client.

A game configures its connections once, when it starts. Calls use the connection `default`, or the one that `using`
names:

    configure(
        default={
            "client_id": "mygame@clients",
            "client_secret": "...",
            "redirect_uri": "https://mygame.example/oauth/callback",
            "state_key": HS256Key("..."),
        }
    )

The settings are those of [`ConnectionSettings`][eternaltwin.clients.settings.ConnectionSettings].

Reading needs no game. A connection with none of these four settings reads, and a process that configures nothing reads
from `https://eternaltwin.org/`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, TypeAlias, TypeVar, Unpack, cast, overload

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.settings import AnySettings, ConnectionSettings, ReadingSettings
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError, UnknownConnectionError
from eternaltwin.hidden import clears_frames
from eternaltwin.locks import ForkSafeLock
from eternaltwin.profiles.caches import ProfileCache, as_profile_cache

__all__ = [
    "DEFAULT_ALIAS",
    "ConnectionSettings",
    "Connections",
    "ReadingSettings",
    "async_connections",
    "configure",
    "configure_from_environment",
    "connections",
    "offline_client",
]

#: The alias of the connection that is used when none is named.
DEFAULT_ALIAS = "default"

Client = TypeVar("Client")
Settings = TypeVar("Settings", bound=AnySettings)

#: Returns the settings to build the client of an alias from, given the settings that it has. Those of a connection that
#: only reads lack what `ConnectionSettings` requires; they are of this type so that functions can copy and change them.
SettingsChange: TypeAlias = Callable[[str, ConnectionSettings], AnySettings]

_ENVIRONMENT = {
    "client_id": "ETERNALTWIN_CLIENT_ID",
    "client_secret": "ETERNALTWIN_CLIENT_SECRET",
    "redirect_uri": "ETERNALTWIN_REDIRECT_URI",
    "state_key": "ETERNALTWIN_STATE_KEY",
    "url": "ETERNALTWIN_URL",
    "public_url": "ETERNALTWIN_PUBLIC_URL",
    "profile_cache": "ETERNALTWIN_PROFILE_CACHE",
}
_OPTIONAL = ("url", "public_url", "profile_cache")


class Connections(Generic[Client]):
    """A registry of connections. A client is built when it is first used, once, also under threads.

    `registry[alias]` is [`get_connection`][eternaltwin.connections.Connections.get_connection], `del registry[alias]`
    is [`remove_connection`][eternaltwin.connections.Connections.remove_connection], and an assignment sets a client or
    the settings of one. `alias in registry` is whether there is such a connection, and iteration yields the aliases.

    Args:
        client_class: Builds a client from settings.
        may_read: Whether the alias `default` names a connection that was not configured, and only reads. Called when
            that alias is asked for. None means that it never may.

    Example:
        >>> connections["test"] = {**settings, "url": "http://localhost:50320"}
        >>> connections["test"].url
        'http://localhost:50320/'
    """

    def __init__(self, client_class: Callable[..., Client], *, may_read: Callable[[], bool] | None = None) -> None:
        self._client_class = client_class
        self._may_read = may_read or _never
        self._settings: dict[str, AnySettings] = {}
        self._clients: dict[str, Client] = {}
        self._reader: Client | None = None
        self._change: SettingsChange = _unchanged
        self._lock = ForkSafeLock()

    @clears_frames
    def configure(self, **aliases: AnySettings) -> None:
        """Replace all connections.

        Clients whose settings are the same as before are kept, with their open connections. All others are closed and
        removed.

        Args:
            **aliases: Settings of each connection, by alias, as for [`configure`][eternaltwin.connections.configure].

        Raises:
            ConfigurationError: A setting is unknown, missing or wrong. The error names the alias. Nothing has changed.
        """
        checked = self.check(**aliases)
        with self._lock.current:
            kept = {alias for alias in checked if alias in self._clients and self._is_same(alias, checked[alias])}
            dropped = [client for alias, client in self._clients.items() if alias not in kept]
            self._clients = {alias: self._clients[alias] for alias in kept}
            self._settings = {**checked}
        for client in dropped:
            _discard(client)

    @clears_frames
    def check(self, **aliases: Settings) -> dict[str, Settings]:
        """Check the settings of connections. Nothing changes.

        Args:
            **aliases: Settings of each connection, by alias, as for [`configure`][eternaltwin.connections.configure].

        Returns:
            A copy of the settings, by alias.

        Raises:
            ConfigurationError: A setting is unknown, missing or wrong. The error names the alias.
        """
        checked = {alias: self._check(alias, settings) for alias, settings in aliases.items()}
        return cast("dict[str, Settings]", checked)

    @overload
    def create_connection(self, alias: str, **settings: Unpack[ConnectionSettings]) -> Client: ...
    @overload
    def create_connection(self, alias: str, **settings: Unpack[ReadingSettings]) -> Client: ...
    @clears_frames
    def create_connection(self, alias: str, **settings: object) -> Client:
        """Build a client at once, and set it under an alias.

        Args:
            alias: Alias of the connection. The client that it named before is not closed.
            **settings: Its settings, as in [`ConnectionSettings`][eternaltwin.clients.settings.ConnectionSettings].

        Returns:
            The client.

        Raises:
            ConfigurationError: A setting is unknown, missing or wrong. The error names the alias.
        """
        return self._create(alias, _named(settings), self._change)

    def add_connection(self, alias: str, client: Client) -> None:
        """Set an existing client under an alias.

        Args:
            alias: Alias of the connection.
            client: The client. The one that it replaces is not closed.
        """
        with self._lock.current:
            self._forget(alias)
            self._clients[alias] = client

    @overload
    def override(self, alias: str, **settings: Unpack[ConnectionSettings]) -> AbstractContextManager[Client]: ...
    @overload
    def override(self, alias: str, **settings: Unpack[ReadingSettings]) -> AbstractContextManager[Client]: ...
    def override(self, alias: str, **settings: object) -> AbstractContextManager[Client]:
        """Replace a connection for the duration of a `with` block, as tests need it.

        Afterwards the connection that was there before is back, unchanged, and the other client is closed.

        Args:
            alias: Alias of the connection.
            **settings: Its settings, as in [`ConnectionSettings`][eternaltwin.clients.settings.ConnectionSettings].

        Returns:
            A context manager, which returns the client.

        Raises:
            ConfigurationError: A setting is unknown, missing or wrong. The error names the alias. It is raised by
                `with`.

        Example:
            >>> with connections.override("default", **server.connection_settings()) as client:
            ...     client.users.me()
        """
        return self._overridden(alias, clears_frames(lambda: self._create(alias, _named(settings), _unchanged)))

    @contextmanager
    def _overridden(self, alias: str, create: Callable[[], Client]) -> Generator[Client]:
        """Replace a connection. The frame of this generator is in tracebacks of the block, so it has no settings."""
        with self._lock.current:
            put_back = self._saved(alias)
            client = create()
        try:
            yield client
        finally:
            with self._lock.current:
                self._forget(alias)
                put_back()
            _discard(client)

    @contextmanager
    def override_all(self, change: SettingsChange) -> Generator[None]:
        """Build every client from changed settings for the duration of a `with` block, as tests of games need it.

        The settings stay as the game sets them, before the block or in it; only the clients differ. Those of before are
        back afterwards, unless the game has changed their settings. `override` takes precedence.

        Args:
            change: Called with the alias and the settings of a connection when its client is built. Returns the
                settings to build it from.

        Yields:
            None.

        Example:
            >>> with connections.override_all(lambda alias, settings: {**settings, "timeout": 1}):
            ...     play()
        """
        with self._lock.current:
            settings, clients, outer = dict(self._settings), self._clients, self._change
            reader, self._reader = self._reader, None
            self._change = change
            self._clients = {alias: self._rebuilt(alias, clients[alias]) for alias in clients.keys() - settings.keys()}
        try:
            yield
        finally:
            with self._lock.current:
                built, self._change = [*self._clients.values(), self._reader], outer
                self._reader = reader
                self._clients = {
                    alias: client
                    for alias, client in clients.items()
                    if self._settings.get(alias) is settings.get(alias)
                }
            for client in built:
                _discard(client)

    def remove_connection(self, alias: str) -> None:
        """Remove a connection. Its client is not closed, since it may be in use.

        Args:
            alias: Alias of the connection.

        Raises:
            UnknownConnectionError: No connection has this alias.
        """
        with self._lock.current:
            if alias not in self:
                raise self._unknown(alias)
            self._forget(alias)

    def get_connection(self, alias: str | Client | None = None) -> Client:
        """Return the client of a connection, and build it if this is its first use.

        In [`connections`][eternaltwin.connections.connections] and
        [`async_connections`][eternaltwin.connections.async_connections], `default` needs no configuration while no
        connection has any: it then names a client that reads from `https://eternaltwin.org/`.

        Args:
            alias: Alias of the connection, or a client, which is returned as it is. None means `default`.

        Returns:
            The client.

        Raises:
            UnknownConnectionError: No connection has this alias.
            InvalidArgumentError: An asyncio client was given where a sync client is needed, or the reverse, or
                something that is neither an alias nor a client.
            ConfigurationError: The setting `transport` is for the other kind of client. The error names the alias.

        Example:
            >>> connections.get_connection().client_id
            'mygame@clients'
        """
        name = DEFAULT_ALIAS if alias is None else alias
        if not isinstance(name, str):
            return self._matching_variant(name)
        with self._lock.current:
            if name == DEFAULT_ALIAS and self._may_read():
                return self._reading_client()
            if name not in self._clients:
                self._clients[name] = self._build(name, self._change(name, _complete(self._settings_of(name))))
            return self._clients[name]

    def _reading_client(self) -> Client:
        """Return the client of a process that has configured nothing."""
        if self._reader is None:
            self._reader = self._build(DEFAULT_ALIAS, self._change(DEFAULT_ALIAS, _complete({})))
        return self._reader

    def _matching_variant(self, client: Client) -> Client:
        wanted: object = self._client_class
        if isinstance(wanted, type) and not isinstance(client, wanted):
            raise _wrong_client(client)
        return client

    def close(self) -> None:
        """Close all clients, as far as possible without waiting. They connect again when used."""
        for client in [*self._clients.values(), self._reader]:
            _discard(client)

    def __getitem__(self, alias: str) -> Client:
        return self.get_connection(alias)

    @clears_frames
    def __setitem__(self, alias: str, client: Client | AnySettings) -> None:
        if not isinstance(client, Mapping):
            self.add_connection(alias, client)
            return
        checked = self._check(alias, cast("object", client))
        with self._lock.current:
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

    @property
    def is_configured(self) -> bool:
        """Whether there is any connection, of whatever alias."""
        return bool(self._settings or self._clients)

    def profile_cache(self, alias: str) -> ProfileCache | None:
        """Return the cache that the settings of a connection name.

        Args:
            alias: The alias.

        Returns:
            The cache. None without a connection, or one without a cache.
        """
        settings = self._settings.get(alias)
        return None if settings is None else as_profile_cache(settings.get("profile_cache"))

    def _settings_of(self, alias: str) -> AnySettings:
        if alias not in self._settings:
            raise self._unknown(alias)
        return self._settings[alias]

    def _create(self, alias: str, settings: AnySettings, change: SettingsChange) -> Client:
        checked = self._check(alias, settings)
        client = self._build(alias, change(alias, _complete(checked)))
        with self._lock.current:
            self._settings[alias] = checked
            self._clients[alias] = client
        return client

    def _rebuilt(self, alias: str, client: Client) -> Client:
        """Return a client like one that was set without settings, with the change of `override_all`."""
        if not isinstance(client, ClientABC):
            return client
        return self._build(alias, self._change(alias, _complete(client.settings.as_given())))

    def _forget(self, alias: str) -> None:
        self._settings.pop(alias, None)
        self._clients.pop(alias, None)

    def _saved(self, alias: str) -> Callable[[], None]:
        """Return a function that puts back what an alias names now."""
        settings, client = self._settings.get(alias), self._clients.get(alias)

        def put_back() -> None:
            if settings is not None:
                self._settings[alias] = settings
            if client is not None:
                self._clients[alias] = client

        return put_back

    def _check(self, alias: str, settings: object) -> AnySettings:
        if not isinstance(settings, Mapping):
            raise ConfigurationError(
                f"the settings of a connection are a mapping, as in configure({alias}={{...}}); did you mean"
                " configure(default={...})?",
                alias=alias,
            )
        copy = _named(dict(cast("Mapping[str, object]", settings)))
        self._normalized(alias, copy)
        return copy

    def _normalized(self, alias: str, settings: AnySettings) -> object:
        """Return the settings in a form in which settings that mean the same are equal."""
        if isinstance(self._client_class, type) and issubclass(self._client_class, ClientABC):
            return self._client_class.check(settings, alias=alias)
        return settings

    def _is_same(self, alias: str, settings: AnySettings) -> bool:
        before = self._settings.get(alias)
        return before is not None and self._normalized(alias, before) == self._normalized(alias, settings)

    @clears_frames
    def _build(self, alias: str, settings: AnySettings) -> Client:
        try:
            return self._client_class(**settings)
        except ConfigurationError as exc:
            failure = exc.of(alias)
        raise failure

    def _unknown(self, alias: str) -> UnknownConnectionError:
        known = ", ".join(repr(name) for name in self) or "none: call eternaltwin.configure() first"
        return UnknownConnectionError(f"there is no connection {alias!r}; there are: {known}")


def _unchanged(_alias: str, settings: ConnectionSettings) -> AnySettings:
    return settings


def _complete(settings: AnySettings) -> ConnectionSettings:
    return cast("ConnectionSettings", settings)


def _named(settings: dict[str, object]) -> AnySettings:
    return cast("AnySettings", cast("object", settings))


def _with_one_cache(alias: str, settings: AnySettings) -> AnySettings:
    """Return settings with the cache that a string describes, so that both clients of a connection share it."""
    cache, known = as_profile_cache(settings.get("profile_cache")), connections.profile_cache(alias)
    if cache is None:
        return settings
    return _named({**settings, "profile_cache": known if cache == known else cache})


def _never() -> bool:
    return False


def _is_nothing_configured() -> bool:
    return not connections.is_configured and not async_connections.is_configured


def _discard(client: object) -> None:
    if isinstance(client, ClientABC):
        client.discard()


#: The connections of the sync calls.
connections: Connections[Eternaltwin] = Connections(Eternaltwin, may_read=_is_nothing_configured)

#: The connections of the asyncio calls.
async_connections: Connections[AsyncEternaltwin] = Connections(AsyncEternaltwin, may_read=_is_nothing_configured)


@clears_frames
def configure(**aliases: AnySettings) -> None:
    """Replace all connections, those of sync calls and those of async calls. Nothing is connected yet.

    Each connection is a dict with these settings. A game sets the first four, a program that only reads sets none of
    them; some without the others are a mistake, such as an unset variable of the environment, and refused.

    - `client_id` (`str | None`, default None): The game's OAuth client, such as `mygame@clients` or a UUID.
    - `client_secret` (`str | None`, default None): Its secret.
    - `redirect_uri` (`str | None`, default None): Its registered callback, character for character.
    - `state_key` (`StateKey | None`, default None): Signs the states of sign-ins: an `HS256Key` or another key, the
      string of an HS256 key, or a list of keys, of which the first signs and all verify.
    - `url` (`str | None`, default None): Where this process reaches the server. None means `https://eternaltwin.org/`,
      or the address of `scheme`, `host`, `port` and `prefix`.
    - `public_url` (`str | None`, default None): Where the player's browser reaches the server. None means `url`.
    - `scheme` (`str`, default `"http"`): `http` or `https`. Only with `host`, instead of `url`.
    - `host` (`str | None`, default None): Name or address of the server's host, instead of `url`.
    - `port` (`int | str | None`, default None): The server's port, 1 to 65535. Only with `host`. None means the
      scheme's port.
    - `prefix` (`str`, default `"/"`): Path of the server. Only with `host`.
    - `timeout` (`float`, default 5): Seconds that a call may take, retries included.
    - `connect_timeout` (`float | None`, default None): Seconds that connecting may take. None means `timeout`.
    - `verify_ssl` (`bool | str | PathLike[str]`, default True): True, or the path of a file of CA certificates, or of a
      folder prepared with `openssl rehash`, to trust instead of the system's. False trusts every server: never use it
      over a network.
    - `allow_redirects` (`bool`, default False): Whether to follow redirects within the server.
    - `retries` (`int`, default 2): How often to repeat a call, where that is safe, if the server cannot be reached or
      responds with 429, 502, 503 or 504.
    - `pool_size` (`int`, default 10): Maximum number of connections in use at a time.
    - `max_response_size` (`int`, default 10485760): The largest response to read, in bytes.
    - `profile_cache` (`ProfileCache | str | None`, default None): Keeps the public profiles of users: `"memory"`, the
      URL of a Redis or Valkey server, or a [`ProfileCache`][eternaltwin.profiles.ProfileCache]. The sync and the async
      calls of a connection share it.
    - `transport` (`Transport | AsyncTransport | None`, default None): Sends the requests instead of a network, for
      tests: see [`devserver`][eternaltwin.devserver].

    Clients whose settings are the same as before are kept, with their open connections. All others are closed and
    removed.

    Args:
        **aliases: Settings of each connection, by alias.

    Raises:
        ConfigurationError: A setting is unknown, missing or wrong. The error names the alias. Nothing has changed.

    Example:
        >>> settings: ConnectionSettings = {
        ...     "client_id": "mygame@clients",
        ...     "client_secret": os.environ["CLIENT_SECRET"],
        ...     "redirect_uri": "https://mygame.example/oauth/callback",
        ...     "state_key": HS256Key(os.environ["STATE_KEY"]),
        ... }
        >>> configure(default=settings, patient={**settings, "timeout": 30})
        >>> User.get("9f310484-963b-446b-af69-797feec6813f", using="patient").username
        'Demurgos'
    """
    async_connections.check(**aliases)
    shared = {alias: _with_one_cache(alias, settings) for alias, settings in aliases.items()}
    connections.configure(**shared)
    async_connections.configure(**shared)


@clears_frames
def configure_from_environment(environ: Mapping[str, str] = os.environ) -> None:
    """Configure the connection `default` from environment variables, and remove all others.

    `ETERNALTWIN_CLIENT_ID`, `ETERNALTWIN_CLIENT_SECRET`, `ETERNALTWIN_REDIRECT_URI` and `ETERNALTWIN_STATE_KEY` (the
    string of an HS256 key) are required; `ETERNALTWIN_URL`, `ETERNALTWIN_PUBLIC_URL` and `ETERNALTWIN_PROFILE_CACHE`
    (`memory`, or the URL of a Redis or Valkey server) are optional. A program that only reads has no use for this
    function: see [`configure`][eternaltwin.connections.configure].

    Args:
        environ: The variables. The default is the environment of the process.

    Raises:
        ConfigurationError: A variable is missing or wrong. The error names the variable. Nothing has changed.

    Example:
        >>> configure_from_environment()
        >>> list(connections)
        ['default']
    """
    found = {name: environ.get(variable, "") for name, variable in _ENVIRONMENT.items()}
    missing = [_ENVIRONMENT[name] for name, text in found.items() if not text and name not in _OPTIONAL]
    if missing:
        raise ConfigurationError(f"set {', '.join(missing)} in the environment", setting=missing[0])
    try:
        given = {name: text for name, text in found.items() if text}
        configure(**{DEFAULT_ALIAS: _named({**given})})
    except ConfigurationError as exc:
        variable = _ENVIRONMENT.get(exc.setting or "")
        failure = ConfigurationError(f"{variable}: {exc.problem}", setting=variable)
    else:
        return
    raise failure


def offline_client(using: str | ClientABC | None) -> ClientABC:
    """Return a client of a connection, sync or asyncio, for calls that send nothing.

    Args:
        using: Alias of the connection, or a client. None means `default`.

    Returns:
        The sync client, or the asyncio client if only that is configured.

    Raises:
        UnknownConnectionError: No connection has this alias.
        InvalidArgumentError: It is neither an alias nor a client.
    """
    if isinstance(using, ClientABC):
        return using
    alias = DEFAULT_ALIAS if using is None else using
    if not isinstance(cast("object", alias), str):
        raise _wrong_client(alias)
    return async_connections[alias] if alias not in connections and alias in async_connections else connections[alias]


def _wrong_client(using: object) -> InvalidArgumentError:
    if isinstance(using, Eternaltwin):
        return InvalidArgumentError("using is the sync client: use the call without the leading 'a', such as User.get")
    if isinstance(using, ClientABC):
        return InvalidArgumentError("using is the asyncio client: await the call with a leading 'a', such as User.aget")
    return InvalidArgumentError("using must be the alias of a connection, a client, or None for the alias 'default'")
