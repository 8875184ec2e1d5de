"""URLs, queries and listening addresses, parsed and written as the official server does.

The URL rules are those of the WHATWG URL standard, for URLs with a host in ASCII.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

_HOST_AND_PORT = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s\\]+")
_RESERVED = "%/:@!$&'()*+,;=?~"
_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_and_port(text: str) -> tuple[str, int] | None:
    """Parse a listening address.

    Args:
        text: Host and port, such as `[::]:50320` or `localhost:50320`. IPv6 addresses are in brackets.

    Returns:
        Host, without brackets, and port, or None if the address is malformed.
    """
    found = _HOST_AND_PORT.fullmatch(text)
    if found is None or int(found["port"]) > 65535:
        return None
    return found["six"] or found["host"], int(found["port"])


def absolute_url(text: str) -> str | None:
    """Normalize a URL that has a scheme and a host.

    Equal URLs have equal normal forms: scheme and host are in lower case, default ports, user names and passwords are
    left out, an empty path becomes `/`, and characters that must not stand in a path or a query are percent-encoded.

    Args:
        text: The URL.

    Returns:
        The normal form, or None if the URL is malformed or relative.
    """
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
    """Encode a string for a query or a form (application/x-www-form-urlencoded, WHATWG URL, section 5.2).

    Args:
        text: A name or a value.

    Returns:
        The encoded string.
    """
    return quote_plus(text, safe="*").replace("~", "%7E")


def with_query(url: str, fields: list[tuple[str, str]]) -> str:
    """Append fields to the query of a URL.

    Args:
        url: The URL, with or without query and fragment.
        fields: Names and values, not encoded. Values are encoded, names are used as they are.

    Returns:
        The URL with the longer query.
    """
    base, hash_sign, fragment = url.partition("#")
    separator = "&" if "?" in base and not base.endswith("?") else "" if base.endswith("?") else "?"
    query = "&".join(f"{name}={form_encode(value)}" for name, value in fields)
    return f"{base}{separator}{query}{hash_sign}{fragment}"


def form_fields(text: str) -> list[tuple[str, str]]:
    """Decode a query or a form (application/x-www-form-urlencoded, WHATWG URL, section 5.1).

    Args:
        text: The encoded fields.

    Returns:
        Names and values in their order. A field without `=` has an empty value. Bytes that are not UTF-8 become U+FFFD.
    """
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else text
