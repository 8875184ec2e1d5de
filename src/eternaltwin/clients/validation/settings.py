"""Checks of the values of settings.

A check returns the value in the one spelling that makes equal settings equal, or raises a `ConfigurationError` that
names the setting and does not show the value.
"""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from os import PathLike, fspath
from pathlib import Path
from typing import cast
from urllib.parse import SplitResult, urlsplit

from eternaltwin.clients.endpoints import SERVER
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.rules.clients import CLIENT_ID_RULE, CLIENT_KEY_SUFFIX, is_client_id, is_client_key

#: The community's own server, which a connection without `url` uses.
DEFAULT_URL = "https://eternaltwin.org"

#: The longest timeout, in seconds; operating systems accept no longer one.
MAX_TIMEOUT = 10**9

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")


def check_client_id(value: object) -> str:
    """Return the id of a game's OAuth client.

    Args:
        value: The setting `client_id`.

    Returns:
        The id.

    Raises:
        ConfigurationError: It is empty, not a string, or no key of a game and no UUID. The message proposes the key
            if only its end is missing.
    """
    client_id = _string("client_id", value, forbidden=":")
    if is_client_id(client_id):
        return client_id
    key = client_id.lower().partition("@")[0] + CLIENT_KEY_SUFFIX
    hint = f": did you mean {key!r}?" if is_client_key(key) else ""
    raise _wrong("client_id", f"{CLIENT_ID_RULE}{hint}")


def check_secret(value: object) -> str:
    """Return the secret of a game's OAuth client.

    Args:
        value: The setting `client_secret`.

    Returns:
        The secret.

    Raises:
        ConfigurationError: It is empty, not a string, or contains control characters.
    """
    return _string("client_secret", value)


def check_seconds(setting: str, value: object) -> float:
    """Return a number of seconds.

    Args:
        setting: Name of the setting.
        value: Its value.

    Returns:
        The seconds.

    Raises:
        ConfigurationError: It is not a positive number, or above 10^9.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_TIMEOUT:
        raise _wrong(setting, "a positive number of seconds")
    return float(value)


def check_minimum(setting: str, value: object, minimum: int) -> int:
    """Return an integer of at least a minimum.

    Args:
        setting: Name of the setting.
        value: Its value.
        minimum: The smallest valid value.

    Returns:
        The integer.

    Raises:
        ConfigurationError: It is not an integer, or below the minimum.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise _wrong(setting, f"an integer, at least {minimum}")
    return value


def check_flag(setting: str, value: object) -> bool:
    """Return True or False.

    Args:
        setting: Name of the setting.
        value: Its value.

    Returns:
        The value.

    Raises:
        ConfigurationError: It is something else.
    """
    if not isinstance(value, bool):
        raise _wrong(setting, "True or False")
    return value


def check_verify_ssl(value: object) -> bool | str:
    """Return whether to verify certificates, or the path of a file or a folder of CA certificates.

    Args:
        value: The setting `verify_ssl`.

    Returns:
        True, False or the path.

    Raises:
        ConfigurationError: It is something else, or the file or folder does not exist or is out of reach.
    """
    if isinstance(value, bool):
        return value
    path = fspath(cast("PathLike[str]", value)) if isinstance(value, str | PathLike) else None
    if not isinstance(path, str) or not _exists(path):
        raise _wrong("verify_ssl", "True, False, or the path of an existing file or folder of CA certificates")
    return path


def check_transport(value: object) -> object:
    """Return what sends requests instead of a network. Whether it is sync or async is for a client to check.

    Args:
        value: The setting `transport`.

    Returns:
        The transport, or None.

    Raises:
        ConfigurationError: It has no method `send`.
    """
    if value is None or callable(getattr(value, "send", None)):
        return value
    raise _wrong("transport", "an object with a method send, such as a transport of eternaltwin.devserver")


def check_redirect_uri(value: object) -> str:
    """Return a callback, unchanged: the server compares it character for character.

    Args:
        value: The setting `redirect_uri`.

    Returns:
        The callback.

    Raises:
        ConfigurationError: It is not an absolute URL, or has a fragment (RFC 6749, section 3.1.2).
    """
    uri = _string("redirect_uri", value)
    parts = _split("redirect_uri", uri)
    if not parts.scheme or not parts.netloc:
        raise _wrong("redirect_uri", "absolute, such as 'https://game.example/oauth/callback'")
    if parts.fragment or _CONTROL.search(uri):
        raise _wrong("redirect_uri", "a URL without spaces and without '#' (RFC 6749, section 3.1.2)")
    return uri


def check_server_url(url: object, scheme: object, host: object, port: object, prefix: object) -> str:
    """Return the address of the server, from `url` or from its parts.

    Args:
        url: The setting `url`.
        scheme: The setting `scheme`.
        host: The setting `host`.
        port: The setting `port`.
        prefix: The setting `prefix`.

    Returns:
        The address, without a final `/`.

    Raises:
        ConfigurationError: A setting is wrong, or `host` is missing.
    """
    if url is not None:
        return check_url("url", url)
    parts = [name for name, is_set in _set_parts(scheme, host, port, prefix).items() if is_set]
    if not parts:
        return DEFAULT_URL
    if not isinstance(host, str) or not host:
        raise ConfigurationError(f"{parts[0]} is set, but host is not (simpler: set just url)", setting="host")
    return _url_of_parts(scheme, host, port, prefix)


def check_url(setting: str, value: object) -> str:
    """Return the address of a server, normalized so that equal addresses are equal.

    Args:
        setting: Name of the setting.
        value: Its value.

    Returns:
        The address, with scheme and host in lower case, without the scheme's default port and without a final `/`. A
        final `/api/v1` is removed, with a warning.

    Raises:
        ConfigurationError: It is not a URL of http or https, or has a user name, query or fragment.
    """
    if not isinstance(value, str):
        raise _wrong(setting, "a URL, such as 'https://eternaltwin.org'")
    parts = _split(setting, value)
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise _wrong(setting, "a URL with scheme and host, such as 'https://eternaltwin.org'")
    if parts.username is not None or parts.query or parts.fragment or "?" in value or "#" in value:
        raise _wrong(setting, "a URL without user name, query and fragment")
    is_plain = value.isascii() and not _CONTROL.search(value) and "\\" not in value
    if not is_plain or not _HOST.fullmatch(_bracketed(parts.hostname)):
        raise _wrong(setting, "a URL of plain ASCII characters (write other host names in punycode)")
    port = "" if parts.port in (None, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    return _without_api(setting, f"{scheme}://{_bracketed(parts.hostname)}{port}{parts.path.rstrip('/')}")


def _without_api(setting: str, url: str) -> str:
    """Return the address of the server also if that of its API was given, as other clients want it."""
    address = url.removesuffix(SERVER).rstrip("/")
    if url.endswith(SERVER):
        warnings.warn(
            f"{setting} is the address of the server, to which {SERVER} is added: write {address!r} instead",
            stacklevel=2,
        )
    return address


def _wrong(setting: str, needed: str) -> ConfigurationError:
    return ConfigurationError(f"{setting} must be {needed}", setting=setting)


def _string(setting: str, value: object, forbidden: str = "") -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(setting, "a string that is not empty")
    if any(char in forbidden or not char.isprintable() for char in value):
        raise _wrong(setting, f"a string without control characters{f' or {forbidden!r}' if forbidden else ''}")
    return value


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # of a folder that this process may not read, for example
        return False


def _set_parts(scheme: object, host: object, port: object, prefix: object) -> dict[str, bool]:
    return {
        "scheme": scheme != "http",
        "host": host is not None,
        "port": port is not None,
        "prefix": prefix not in ("/", ""),
    }


def _url_of_parts(scheme: object, host: str, port: object, prefix: object) -> str:
    if not isinstance(scheme, str) or scheme not in _DEFAULT_PORTS:
        raise _wrong("scheme", "'http' or 'https'")
    bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
    if not _HOST.fullmatch(bracketed):
        raise _wrong("host", "the name or the address of a host, without port or path")
    if not isinstance(prefix, str):
        raise _wrong("prefix", "a path, such as '/'")
    origin = check_url("host", f"{scheme}://{bracketed}{_port(port)}")
    return check_url("prefix", f"{origin}/{prefix.strip('/')}")


def _port(port: object) -> str:
    if port is None:
        return ""
    number = int(port) if isinstance(port, str) and _PORT.fullmatch(port) else port
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 65536:
        raise _wrong("port", "a number from 1 to 65535")
    return f":{number}"


def _bracketed(hostname: str) -> str:
    return f"[{hostname}]" if ":" in hostname else hostname


def _split(setting: str, url: str) -> SplitResult:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port != 0:
            return parts
    raise _wrong(setting, "a URL with a valid host and port")
