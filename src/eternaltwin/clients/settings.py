"""The settings of a connection: as callers write them, and checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NotRequired, TypeAlias, TypedDict, cast
from urllib.parse import urlsplit

from eternaltwin.clients.validation.settings import (
    check_client_id,
    check_flag,
    check_minimum,
    check_redirect_uri,
    check_seconds,
    check_secret,
    check_server_url,
    check_transport,
    check_url,
    check_verify_ssl,
)
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import hide
from eternaltwin.keys import KeyABC, as_key
from eternaltwin.profiles.caches import as_profile_cache

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike

    from eternaltwin.clients.http.transports import AsyncTransport, Transport
    from eternaltwin.keys import StateKey
    from eternaltwin.profiles import ProfileCache

__all__ = [
    "CLIENT_SETTING_NAMES",
    "AnySettings",
    "CheckedSettings",
    "ConnectionSettings",
    "OAuthClientSettings",
    "ReadingSettings",
    "check_settings",
]

#: The settings of the OAuth client of a game, of which a connection has all or none.
CLIENT_SETTING_NAMES = ("client_id", "client_secret", "redirect_uri", "state_key")

CLIENT_SETTINGS = f"{', '.join(CLIENT_SETTING_NAMES[:-1])} and {CLIENT_SETTING_NAMES[-1]}"


class ReadingSettings(TypedDict):
    """The settings of a connection that only reads, as a dict: all are optional.

    Their defaults are those of [`ClientABC`][eternaltwin.clients.abc.clients.ClientABC].

    Example:
        >>> settings: ReadingSettings = {"url": "http://localhost:50320", "timeout": 10}
        >>> configure(default=settings)
    """

    url: NotRequired[str | None]
    """Where this process reaches the server. May have a path. None, the default, means `https://eternaltwin.org/`,
    or the address of `scheme`, `host`, `port` and `prefix`."""

    public_url: NotRequired[str | None]
    """Where the player's browser reaches the server. None, the default, means `url`."""

    scheme: NotRequired[str]
    """`http`, the default, or `https`. Only with `host`, instead of `url`."""

    host: NotRequired[str | None]
    """Name or address of the server's host, instead of `url`. The default is None."""

    port: NotRequired[int | str | None]
    """The server's port, from 1 to 65535. Only with `host`. None, the default, means the scheme's port."""

    prefix: NotRequired[str]
    """Path of the server. Only with `host`. The default is `/`."""

    timeout: NotRequired[float]
    """Seconds that a call may take, retries included: more than 0, at most 10^9. The default is 5."""

    connect_timeout: NotRequired[float | None]
    """Seconds that connecting may take, in the same range. None, the default, means `timeout`."""

    verify_ssl: NotRequired[bool | str | PathLike[str]]
    """True, the default, or the path of a file of CA certificates, or of a folder prepared with `openssl rehash`, to
    trust instead of the system's. False trusts every server: never use it over a network."""

    allow_redirects: NotRequired[bool]
    """Whether to follow redirects within the server. The default is False."""

    retries: NotRequired[int]
    """Maximum number of times to repeat a call, at least 0. Only calls that are safe to repeat are repeated, if the
    server cannot be reached or responds with 429, 502, 503 or 504. The default is 2."""

    pool_size: NotRequired[int]
    """Maximum number of connections in use at a time, at least 1. The asyncio client counts them for each event loop.
    The default is 10."""

    max_response_size: NotRequired[int]
    """Maximum size of a response in bytes, at least 1. The default is 10 MiB."""

    profile_cache: NotRequired[ProfileCache | str | None]
    """Keeps the public profiles of users: `"memory"`, the URL of a Redis or Valkey server, or a
    [`ProfileCache`][eternaltwin.profiles.ProfileCache]. None, the default, keeps nothing."""

    transport: NotRequired[Transport | AsyncTransport | None]
    """Sends the requests instead of a network, for tests; see [`devserver`][eternaltwin.devserver]. The default is
    None."""


class ConnectionSettings(ReadingSettings):
    """The settings of the connection of a game, as a dict.

    The first four are required, besides the optional ones of
    [`ReadingSettings`][eternaltwin.clients.settings.ReadingSettings].

    Example:
        >>> settings: ConnectionSettings = {
        ...     "client_id": "mygame@clients",
        ...     "client_secret": "dev",
        ...     "redirect_uri": "http://localhost:8000/oauth/callback",
        ...     "state_key": HS256Key(...),
        ...     "timeout": 10,
        ... }
        >>> configure(default=settings)
    """

    client_id: str
    """The game's OAuth client, such as `mygame@clients` or a UUID."""

    client_secret: str
    """Its secret."""

    redirect_uri: str
    """Its registered callback, character for character."""

    state_key: StateKey
    """Signs the states of sign-ins: a key of [`keys`][eternaltwin.keys], or the string of an HS256 key, or a list of
    keys, of which the first signs and all verify."""


#: The settings of a connection: of a game, or of one that only reads.
AnySettings: TypeAlias = ConnectionSettings | ReadingSettings


@dataclass(frozen=True)
class OAuthClientSettings:
    """The settings of the OAuth client of a game, checked.

    Attributes:
        client_id: The game's OAuth client.
        client_secret: Its secret, hidden in `repr`.
        redirect_uri: Its registered callback.
        state_key: Signs and verifies the states of sign-ins; hidden in `repr`.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    state_key: KeyABC = field(repr=False)


@dataclass(frozen=True)
class CheckedSettings:
    """The settings of a connection, checked and normalized: settings that mean the same are equal.

    Attributes:
        oauth_client: The OAuth client of the game. None if the connection only reads.
        base_url: Where this process reaches the server, without a final `/`.
        public_url: Where the player's browser reaches the server, without a final `/`.
        timeout: Seconds that a call may take, retries included.
        connect_timeout: Seconds that connecting may take.
        verify_ssl: Whether to verify certificates, or the path of a file or a folder of CA certificates.
        allow_redirects: Whether to follow redirects within the server.
        retries: Maximum number of times to repeat a call.
        pool_size: Maximum number of connections in use at a time.
        max_response_size: Maximum size of a response in bytes.
        profile_cache: Keeps the public profiles of users. None keeps nothing.
        transport: Sends the requests instead of a network.
    """

    oauth_client: OAuthClientSettings | None
    base_url: str
    public_url: str
    timeout: float
    connect_timeout: float
    verify_ssl: bool | str
    allow_redirects: bool
    retries: int
    pool_size: int
    max_response_size: int
    profile_cache: ProfileCache | None
    transport: Transport | AsyncTransport | None = field(repr=False)

    def as_given(self) -> AnySettings:
        """Return the settings as a caller gives them.

        Returns:
            The settings, of which none is left out.
        """
        named = {"url" if name == "base_url" else name: value for name, value in vars(self).items()}
        client = named.pop("oauth_client")
        return cast("AnySettings", cast("object", named if client is None else {**vars(client), **named}))

    def require_client(self, caller: str) -> OAuthClientSettings:
        """Return the settings of the OAuth client, for what needs them.

        Args:
            caller: What needs them, as the subject of the message.

        Returns:
            The settings of the OAuth client.

        Raises:
            ConfigurationError: The connection only reads. The message names the missing settings.
        """
        if self.oauth_client is None:
            raise ConfigurationError(
                f"{caller} needs {CLIENT_SETTINGS}: configure(default={{...}}) with them, since the connection to"
                f" {self.base_url}/ has none of them and only reads",
                setting="client_id",
            )
        return self.oauth_client

    @property
    def client_id(self) -> str:
        """The game's OAuth client."""
        return self.require_client("a sign-in").client_id

    @property
    def client_secret(self) -> str:
        """The secret of the OAuth client."""
        return self.require_client("a sign-in").client_secret

    @property
    def redirect_uri(self) -> str:
        """The registered callback."""
        return self.require_client("a sign-in").redirect_uri

    @property
    def state_key(self) -> KeyABC:
        """The key that signs and verifies the states of sign-ins."""
        return self.require_client("a sign-in").state_key

    @property
    def origin(self) -> str:
        """Scheme, host and port of `base_url`."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def check_settings(given: Mapping[str, object]) -> CheckedSettings:
    """Check the values of all settings.

    Args:
        given: Every setting of `ConnectionSettings`, none left out.

    Returns:
        The checked settings.

    Raises:
        ConfigurationError: A value is wrong.
    """
    base_url = check_server_url(*(given[name] for name in ("url", "scheme", "host", "port", "prefix")))
    timeout = check_seconds("timeout", given["timeout"])
    connect_timeout, public_url = given["connect_timeout"], given["public_url"]
    return CheckedSettings(
        oauth_client=_check_client(given),
        base_url=base_url,
        public_url=base_url if public_url is None else check_url("public_url", public_url),
        timeout=timeout,
        connect_timeout=timeout if connect_timeout is None else check_seconds("connect_timeout", connect_timeout),
        verify_ssl=check_verify_ssl(given["verify_ssl"]),
        allow_redirects=check_flag("allow_redirects", given["allow_redirects"]),
        retries=check_minimum("retries", given["retries"], 0),
        pool_size=check_minimum("pool_size", given["pool_size"], 1),
        max_response_size=check_minimum("max_response_size", given["max_response_size"], 1),
        profile_cache=as_profile_cache(given["profile_cache"]),
        transport=cast("Transport | AsyncTransport | None", check_transport(given["transport"])),
    )


def _check_client(given: Mapping[str, object]) -> OAuthClientSettings | None:
    """Check the settings of the OAuth client, of which all are set or none."""
    missing = [name for name in CLIENT_SETTING_NAMES if given[name] is None]
    if len(missing) == len(CLIENT_SETTING_NAMES):
        return None
    if missing:
        raise ConfigurationError(
            f"{_listed(missing)}: set all of {CLIENT_SETTINGS}, or none of them to read only", setting=missing[0]
        )
    return OAuthClientSettings(
        client_id=check_client_id(given["client_id"]),
        client_secret=hide(check_secret(given["client_secret"])),
        redirect_uri=check_redirect_uri(given["redirect_uri"]),
        state_key=as_key(cast("StateKey", given["state_key"])),
    )


def _listed(missing: Sequence[str]) -> str:
    first, *others = map(repr, missing)
    also = f", and so {'are' if others[1:] else 'is'} {', '.join(others)}" if others else ""
    return f"the setting {first} is missing{also}"
