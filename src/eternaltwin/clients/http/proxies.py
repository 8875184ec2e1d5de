"""The proxy variables of the environment: `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from urllib.parse import unquote, urlsplit

import msgspec

from eternaltwin.clients.http.no_proxy import is_exempt
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import clears_frames


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy. Its credentials appear in no message and no `repr`.

    Attributes:
        variable: The environment variable that specifies the proxy.
        host: Host name or address, without brackets.
        port: The TCP port.
        headers: Header fields for the proxy only: `Proxy-Authorization`, if it needs credentials.
    """

    variable: str
    host: str
    port: int
    headers: dict[str, str]

    @property
    def url(self) -> str:
        """The URL of the proxy, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def __repr__(self) -> str:
        return f"<Proxy {self.url}>"


@clears_frames
def environment_proxy(origin: str) -> Proxy | None:
    """Return the proxy that the environment specifies for an origin.

    The rules are those of `urllib.request`: lower case before upper case, and no `HTTP_PROXY` in CGI programs. Those of
    `no_proxy` are those of curl; see [`is_exempt`][eternaltwin.clients.http.no_proxy.is_exempt].

    Args:
        origin: Scheme, host and port of the server, such as `http://127.0.0.1:50320`.

    Returns:
        The proxy, or None if the server is to be reached directly.

    Raises:
        ConfigurationError: The proxy is not an `http://` proxy, the only kind that both transports support.
    """
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies_environment  # slow to import

    proxies = getproxies_environment()
    parts = urlsplit(origin)
    scheme = parts.scheme if proxies.get(parts.scheme) else "all"
    address = proxies.get(scheme)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not address or is_exempt(parts.hostname or "", port, proxies.get("no", "")):
        return None
    return _parse(f"{scheme}_proxy", address)


#: Matches a host name in ASCII, or an address.
_HOST = re.compile(r"[0-9A-Za-z._:%-]+")


def _parse(variable: str, address: str) -> Proxy:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port or 80
    except ValueError:  # its message contains the address with the credentials, so it must not be chained
        pass
    else:
        if parts.scheme == "http" and parts.hostname and _HOST.fullmatch(parts.hostname):
            return Proxy(variable, parts.hostname, port, _credentials(parts.username, parts.password))
    raise ConfigurationError(
        f"the environment variable {variable} does not specify an http:// proxy: give it the form http://host:port, "
        "or list the Eternaltwin server's host in no_proxy"
    )


def _credentials(username: str | None, password: str | None) -> dict[str, str]:
    if username is None:
        return {}
    pair = f"{unquote(username)}:{unquote(password or '')}"
    data = pair.encode("utf-8", "surrogateescape")  # the bytes of the environment, which may not be UTF-8
    return {"Proxy-Authorization": f"Basic {b64encode(data).decode()}"}
