"""Clients of Redis and Valkey servers, through the package `redis` or `valkey`."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from eternaltwin.exceptions import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

#: What the URLs of Redis and Valkey servers start with.
URL_SCHEMES = ("redis://", "rediss://", "unix://", "valkey://", "valkeys://")


class _RedisModule(Protocol):
    """The used part of `redis` and `redis.asyncio`."""

    def from_url(self, url: str, **options: object) -> object: ...


def check_redis_url(text: str) -> str:
    """Return the URL of a server as the package `redis` spells it.

    Args:
        text: The URL.

    Returns:
        The URL, with `redis` instead of `valkey`.

    Raises:
        ConfigurationError: It is no URL of a Redis or Valkey server.
    """
    if not text.startswith(URL_SCHEMES):
        raise ConfigurationError(
            "server must be a URL such as 'redis://localhost:6379/0', or a client", setting="server"
        )
    return text.replace("valkey", "redis", 1) if text.startswith("valkey") else text


def is_asyncio_client(client: object) -> bool:
    """Return whether a client is an asyncio client.

    Args:
        client: A client of the package `redis` or `valkey`.

    Returns:
        False for a sync client.

    Raises:
        ConfigurationError: It is no client.
    """
    if not callable(getattr(client, "set", None)):
        raise ConfigurationError("server must be a URL, or a client with the method set()", setting="server")
    execute: Callable[..., object] | None = getattr(client, "execute_command", None)
    return inspect.iscoroutinefunction(execute)


def open_redis(module: str, url: str, timeout: float, user: str, **options: object) -> object:
    """Build a client without retries. Nothing is connected yet.

    Args:
        module: `redis` or `redis.asyncio`.
        url: URL of the server.
        timeout: Seconds that connecting and a response may take, unless the URL sets another.
        user: What needs the client, for the message.
        **options: More options of the client.

    Returns:
        The client.

    Raises:
        MissingExtraError: The package `redis` is not installed.
        ConfigurationError: A part of the URL is wrong.
    """
    try:
        redis = cast("_RedisModule", import_module(module))
        no_retry: object = import_module("redis.retry").Retry(import_module("redis.backoff").NoBackoff(), 0)
    except ImportError:
        raise MissingExtraError(f'{user} needs redis: pip install "eternaltwin[redis]"') from None
    timeouts = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    try:
        return redis.from_url(url, retry=no_retry, **timeouts, **options)
    except (ValueError, TypeError):  # of the URL, which may hold a password
        failure = ConfigurationError("a part of the URL of the Redis server is wrong", setting="server")
    raise failure


def redis_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that the clients raise.

    Returns:
        The exceptions of those packages that are imported, and `OSError`.
    """
    return (OSError, *loaded_errors((("redis.exceptions", "RedisError"), ("valkey.exceptions", "ValkeyError"))))


def loaded_errors(errors: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    """Return those exceptions whose modules are loaded: a module that is not loaded raises nothing.

    Args:
        errors: Modules, and the names of exceptions in them.

    Returns:
        The exceptions.
    """
    found = ((sys.modules.get(module), name) for module, name in errors)
    return tuple(cast("type[Exception]", getattr(module, name)) for module, name in found if module is not None)


def system_reason(exc: Exception) -> str:
    """Return why the operating system failed, such as "Connection refused".

    The text of the error itself is not used: Redis may quote the password in it, as in "unknown command 'HELLO', with
    args beginning with: '3' 'AUTH' …".

    Args:
        exc: An error of a client.

    Returns:
        The reason. Empty if there is none.
    """
    reasons = (each.strerror for each in (exc, exc.__cause__, exc.__context__) if isinstance(each, OSError))
    return next(filter(None, reasons), "")
