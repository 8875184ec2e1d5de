"""URLs and listening addresses, as the official server reads and writes them (WHATWG URL, in its plain cases)."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

_HOST_AND_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\\]+")
_RESERVED = "%/:@!$&'()*+,;=?~"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_and_port(text: str) -> tuple[str, int] | None:
    """Where to listen, such as `[::]:50320`, as host and port; None where it is no such text."""
    found = _HOST_AND_PORT.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        return None
    return found["six"] or found["host"], int(found["port"])


def absolute_url(text: str) -> str | None:
    """A URL with scheme and host, in the one spelling that is compared; None where it is no such text."""
    if not text.isprintable() or _URL.fullmatch(text) is None:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not host.isascii():
        return None
    address = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        address = f"{address}:{port}"
    path, query = (quote(part, safe=_RESERVED) for part in (parts.path or "/", parts.query))
    return parts._replace(netloc=address, path=path, query=query).geturl()


def form_encode(text: str) -> str:
    """A text as it stands in a query (application/x-www-form-urlencoded, WHATWG URL, section 5.2)."""
    return quote_plus(text, safe="*").replace("~", "%7E")


def with_query(url: str, fields: list[tuple[str, str]]) -> str:
    """A URL with more fields at the end of its query."""
    base, hash_sign, fragment = url.partition("#")
    joint = "&" if "?" in base and not base.endswith("?") else "" if base.endswith("?") else "?"
    query = "&".join(f"{name}={form_encode(value)}" for name, value in fields)
    return f"{base}{joint}{query}{hash_sign}{fragment}"


def form_fields(text: str) -> list[tuple[str, str]]:
    """The fields of a query or a form, in order (application/x-www-form-urlencoded, WHATWG URL, section 5.1)."""
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else text
