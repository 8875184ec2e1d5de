"""Which kind of response a browser or a program prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re

#: Maximum length of a field that is read. Those of browsers are shorter than 300 characters.
MAX_ACCEPT = 2000

_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)

#: The ranges that match a media type, the most specific one first.
_HTML = ("text/html", "text/*", "*/*")
_JSON = ("application/json", "application/*", "*/*")


def prefers_html(accept: str | None) -> bool:
    """Return whether a client prefers HTML over JSON.

    Args:
        accept: The field `Accept`, or None if it was not sent.

    Returns:
        True if the weight of HTML is higher. False if both weights are equal, as in `*/*`, or the field is too long.
    """
    if accept is None or len(accept) > MAX_ACCEPT:
        return False
    weights = dict(filter(None, map(_range, accept.split(","))))
    return _weight(weights, _HTML) > _weight(weights, _JSON)


def _weight(weights: dict[str, float], ranges: tuple[str, ...]) -> float:
    return next((weights[each] for each in ranges if each in weights), 0.0)


def _range(part: str) -> tuple[str, float] | None:
    """Return a media range and its weight. Ranges with other parameters, and malformed ones, are left out."""
    kind, *parameters = (each.strip() for each in part.split(";"))
    if not parameters:
        return kind.lower(), 1.0
    name, _, value = parameters[0].partition("=")
    if name.strip().lower() != "q" or _WEIGHT.fullmatch(value.strip()) is None:
        return None
    return kind.lower(), float(value)
