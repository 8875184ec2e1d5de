"""Which proxy the environment wants for a server: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from urllib.parse import unquote, urlsplit

import msgspec

from eternaltwin.exceptions import ConfigurationError


class Proxy(msgspec.Struct, frozen=True):
    """An HTTP proxy. Its credentials are in no message and no `repr`.

    Attributes:
        variable: the variable of the environment that names it.
        headers: fields that the proxy alone must get: its credentials, if it has any.
    """

    variable: str
    host: str
    port: int
    headers: dict[str, str]

    @property
    def url(self) -> str:
        """Its address, without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    def __repr__(self) -> str:
        return f"<Proxy {self.url}>"


def environment_proxy(origin: str) -> Proxy | None:
    """The proxy that the environment names for this origin, if it names one.

    The rules are those of `urllib.request`: lower case before upper case, `HTTP_PROXY` not
    in CGI programs, `no_proxy` a list of host names and domains.

    Raises:
        ConfigurationError: it is not an `http://` proxy, the only kind that both transports speak to.
    """
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies_environment, proxy_bypass  # slow to import

    proxies = getproxies_environment()
    parts = urlsplit(origin)
    scheme = parts.scheme if proxies.get(parts.scheme) else "all"
    address = proxies.get(scheme)
    if not address or proxy_bypass(parts.netloc):
        return None
    return _parse(f"{scheme}_proxy", address)


#: A name in ASCII, or an address.
_HOST = re.compile(r"[0-9A-Za-z._:%-]+")


def _parse(variable: str, address: str) -> Proxy:
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port or 80
    except ValueError:  # its text holds the address, credentials included: it must not be chained
        pass
    else:
        if parts.scheme == "http" and parts.hostname and _HOST.fullmatch(parts.hostname):
            return Proxy(variable, parts.hostname, port, _credentials(parts.username, parts.password))
    raise ConfigurationError(
        f"the environment's {variable} does not name an http:// proxy: give it the form http://host:port, "
        "or list the Eternaltwin server's host in no_proxy"
    )


def _credentials(username: str | None, password: str | None) -> dict[str, str]:
    if username is None:
        return {}
    pair = f"{unquote(username)}:{unquote(password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
