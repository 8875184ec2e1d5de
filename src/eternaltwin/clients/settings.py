"""The settings of a connection, checked once and at once."""

from __future__ import annotations

import inspect
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.keys import KeyABC, as_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eternaltwin.clients.http.transports import AsyncTransport, Transport
    from eternaltwin.keys import StateKey

#: The community's own server, which a connection without `url` means.
DEFAULT_URL = "https://eternaltwin.org"

#: The largest answer that is read, in bytes.
MAX_RESPONSE_SIZE = 10 * 2**20

_DEFAULT_PORTS = {"http": 80, "https": 443}
_URL_PARTS = ("scheme", "host", "port", "prefix")

#: The longest timeout that is taken, in seconds; no system waits for longer.
_LONGEST = 10**9
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")

Subject = TypeVar("Subject")
P = ParamSpec("P")


@dataclass(frozen=True)
class Settings:
    """The settings of a connection, in the one spelling that makes equal ones equal.

    Attributes:
        base_url: where this process reaches the server, without a final `/`.
        public_url: where the player's browser reaches it, without a final `/`.
        timeout: seconds that a call may take, retries included.
    """

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    state_key: KeyABC = field(repr=False)
    base_url: str
    public_url: str
    timeout: float
    connect_timeout: float
    verify_ssl: bool | str
    allow_redirects: bool
    retries: int
    pool_size: int
    max_response_size: int
    transport: Transport | AsyncTransport | None = field(repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port of `base_url`."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"


def check_settings(
    client_id: str,
    client_secret: str,
    redirect_uri: str,
    state_key: StateKey,
    *,
    url: str | None = None,
    public_url: str | None = None,
    scheme: str = "http",
    host: str | None = None,
    port: int | str | None = None,
    prefix: str = "/",
    timeout: float = 5,
    connect_timeout: float | None = None,
    verify_ssl: bool | str | PathLike[str] = True,
    allow_redirects: bool = False,
    retries: int = 2,
    pool_size: int = 10,
    max_response_size: int = MAX_RESPONSE_SIZE,
    transport: Transport | AsyncTransport | None = None,
) -> Settings:
    """The settings, checked; see [`ClientABC`][eternaltwin.clients.abc.clients.ClientABC] for their meaning.

    Raises:
        ConfigurationError: one is wrong, or two contradict each other.
    """
    base_url = _server_url(url, scheme, host, port, prefix)
    whole = _seconds("timeout", timeout)
    return Settings(
        client_id=_text("client_id", client_id, forbidden=":"),
        client_secret=_text("client_secret", client_secret),
        redirect_uri=_redirect_uri(redirect_uri),
        state_key=as_key(state_key),
        base_url=base_url,
        public_url=base_url if public_url is None else _url("public_url", public_url),
        timeout=whole,
        connect_timeout=whole if connect_timeout is None else _seconds("connect_timeout", connect_timeout),
        verify_ssl=_verify(verify_ssl),
        allow_redirects=_flag("allow_redirects", allow_redirects),
        retries=_count("retries", retries, least=0),
        pool_size=_count("pool_size", pool_size, least=1),
        max_response_size=_count("max_response_size", max_response_size, least=1),
        transport=transport,
    )


def read_settings(given: Mapping[str, object], *, alias: str | None = None) -> Settings:
    """The settings that a mapping holds, checked.

    Raises:
        ConfigurationError: a name is unknown or missing, or a value wrong; it names the alias.
    """
    return _bound(inspect.signature(check_settings), alias, (), given)


def constructor(
    check: Callable[P, Settings],
) -> Callable[[Callable[[Subject, Settings], None]], Callable[Concatenate[Subject, P], None]]:
    """Make a method that takes checked settings one that takes what `check` takes.

    So the settings, their defaults and their types stand once. A wrong call is a
    ConfigurationError that names the setting.
    """
    signature = inspect.signature(check)

    def decorate(init: Callable[[Subject, Settings], None]) -> Callable[Concatenate[Subject, P], None]:
        @wraps(init)
        def checked(self: Subject, /, *args: P.args, **kwargs: P.kwargs) -> None:
            init(self, _bound(signature, None, args, kwargs))

        myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        vars(checked)["__signature__"] = signature.replace(
            parameters=[myself, *signature.parameters.values()], return_annotation=None
        )
        return checked

    return decorate


def _bound(
    signature: inspect.Signature, alias: str | None, args: tuple[object, ...], given: Mapping[str, object]
) -> Settings:
    failure = _misfit(signature, args, given) or _contradiction(given)
    if failure is None:
        check = cast("Callable[..., Settings]", check_settings)  # the names and their number are right
        try:
            return check(*args, **given)
        except ConfigurationError as exc:
            failure = exc
    raise failure if alias is None else failure.of(alias)


def _misfit(
    signature: inspect.Signature, args: tuple[object, ...], given: Mapping[str, object]
) -> ConfigurationError | None:
    """What is wrong with the names of some settings: one that is unknown, or one that is missing."""
    known = list(signature.parameters)
    for name in map(str, given):
        if name not in known:
            return ConfigurationError(f"there is no setting {name!r}{_nearest(name, known)}", setting=name)
    positional = [name for name, item in signature.parameters.items() if item.kind is item.POSITIONAL_OR_KEYWORD]
    if len(args) > len(positional):
        return ConfigurationError(f"only {', '.join(positional)} can be given without their names")
    for name in positional[: len(args)]:
        if name in given:
            return ConfigurationError(f"the setting {name!r} is given twice", setting=name)
    for name in known[len(args) :]:
        if signature.parameters[name].default is inspect.Parameter.empty and name not in given:
            return ConfigurationError(f"the setting {name!r} is missing", setting=name)
    return None


def _contradiction(given: Mapping[str, object]) -> ConfigurationError | None:
    """What is wrong with settings that exclude each other, even where one is given its default."""
    parts = [name for name in _URL_PARTS if given.get(name) is not None]
    if not parts or given.get("url") is None:
        return None
    return ConfigurationError(f"url says it all: leave out {', '.join(parts)}, or leave out url", setting=parts[0])


def _nearest(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f": did you mean {close[0]!r}?" if close else f": the settings are {', '.join(known)}"


def _wrong(setting: str, needed: str) -> ConfigurationError:
    return ConfigurationError(f"{setting} must be {needed}", setting=setting)


def _text(setting: str, value: object, forbidden: str = "") -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(setting, "a text that is not empty")
    if any(char in forbidden or not char.isprintable() for char in value):
        raise _wrong(setting, f"a text without control characters{f' or {forbidden!r}' if forbidden else ''}")
    return value


def _seconds(setting: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST:
        raise _wrong(setting, "a positive number of seconds")
    return float(value)


def _count(setting: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _wrong(setting, f"a whole number, at least {least}")
    return value


def _flag(setting: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(setting, "True or False")
    return value


def _verify(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    path = fspath(cast("PathLike[str]", value)) if isinstance(value, str | PathLike) else None
    if path is None or not Path(path).exists():
        raise _wrong("verify_ssl", "True, False, or the path of a file of CA certificates that is there")
    return path


def _redirect_uri(value: object) -> str:
    """The callback, kept as it is: the server compares it character for character."""
    uri = _text("redirect_uri", value)
    parts = _split("redirect_uri", uri)
    if not parts.scheme or not parts.netloc:
        raise _wrong("redirect_uri", "absolute, such as 'https://game.example/oauth/callback'")
    if parts.fragment or _CONTROL.search(uri):
        raise _wrong("redirect_uri", "a URL without spaces and without '#' (RFC 6749, section 3.1.2)")
    return uri


def _server_url(url: object, scheme: object, host: object, port: object, prefix: object) -> str:
    if url is not None:
        return _url("url", url)
    parts = [name for name, is_set in _parts_set(scheme, host, port, prefix).items() if is_set]
    if not parts:
        return DEFAULT_URL
    if not isinstance(host, str) or not host:
        raise ConfigurationError(f"{parts[0]} is set, but host is not (simpler: set just url)", setting="host")
    return _url_of_parts(scheme, host, port, prefix)


def _parts_set(scheme: object, host: object, port: object, prefix: object) -> dict[str, bool]:
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
    origin = _url("host", f"{scheme}://{bracketed}{_port(port)}")
    return _url("prefix", f"{origin}/{prefix.strip('/')}")


def _port(port: object) -> str:
    if port is None:
        return ""
    number = str(port)
    is_number = not isinstance(port, bool) and isinstance(port, int | str) and number.isascii() and number.isdigit()
    if not is_number or not 0 < int(number[:6]) < 65536:
        raise _wrong("port", "a number from 1 to 65535")
    return f":{int(number)}"


def _url(setting: str, value: object) -> str:
    """The address of a server in the one spelling that makes equal addresses equal."""
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
    return f"{scheme}://{_bracketed(parts.hostname)}{port}{parts.path.rstrip('/')}"


def _bracketed(hostname: str) -> str:
    return f"[{hostname}]" if ":" in hostname else hostname


def _split(setting: str, url: str) -> SplitResult:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port != 0:
            return parts
    raise _wrong(setting, "a URL with a valid host and port")
