"""The cookies of a request, read strictly from its `Cookie` header.

Frameworks strip all white space of Unicode off the names of cookies. Browsers do not, so a host below the game's can
set a cookie for the whole domain that a framework takes for a protected one, such as an em quad (U+2001) before
`__Host-…`: see RFC 6265, section 8.6, on the weak integrity of cookies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from eternaltwin.hidden import hide

#: The cookies of a request: its raw `Cookie` header, several of them, or a mapping of names to values.
Cookies: TypeAlias = Mapping[str, str] | str | bytes | Iterable[str | bytes]

#: What is stripped off names and values: the optional white space of RFC 9110, section 5.6.3.
_WHITE_SPACE = " \t"


def read_cookies(header: str | bytes | Iterable[str | bytes]) -> dict[str, str]:
    """Read the cookies of a request.

    Names are exact: only spaces and tabs around them are stripped. A name that occurs twice is left out, since one of
    the two cookies may have been set by another host of the domain, and nothing tells which.

    Args:
        header: The raw `Cookie` header, or all of them: HTTP/2 may have several.

    Returns:
        The values by name, without unquoting. A part without `=` is left out.

    Example:
        >>> read_cookies("theme=dark; twice=1; twice=2")
        {'theme': 'dark'}
    """
    headers = [header] if isinstance(header, str | bytes) else header
    pairs = [pair for one in headers for pair in _pairs(one.decode("latin-1") if isinstance(one, bytes) else one)]
    count = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if count[name] == 1}


def strict_header(header: str) -> str:
    """Return a `Cookie` header without the cookies that a framework may take for others.

    A framework that reads what is left finds the same names and values as `read_cookies`, those with white space around
    their names excepted.

    Args:
        header: The raw `Cookie` header.

    Returns:
        The header, with the cookies whose names are exact, each once.

    Example:
        >>> strict_header("session=1; theme=dark; theme=light")
        'session=1'
    """
    cookies = read_cookies(header)
    kept = [f"{name}={value}" for name, value in cookies.items() if name.isascii() and name.isprintable()]
    return hide("; ".join(kept))


def as_mapping(cookies: Cookies) -> Mapping[str, str]:
    """Return the cookies of a request by name.

    Args:
        cookies: The raw `Cookie` header, several of them, or a mapping, which is returned as it is.

    Returns:
        The values by name.
    """
    if isinstance(cookies, Mapping):
        return cast("Mapping[str, str]", cookies)
    return read_cookies(cookies)


def _pairs(header: str) -> list[tuple[str, str]]:
    parts = (part.partition("=") for part in header.split(";"))
    return [(name.strip(_WHITE_SPACE), value.strip(_WHITE_SPACE)) for name, equals, value in parts if equals]
