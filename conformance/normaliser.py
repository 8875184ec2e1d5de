"""Take out of an exchange what is not the same in two runs of a scenario: ids, times, codes, a framework's words.

An id becomes the place where it was first seen, so that the *same* id must be seen at the same places in both runs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from conformance import forging
from conformance.exchanges import Exchange, Json, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_CODE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+")
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")

#: Times before this were chosen by somebody; later ones are those of the run.
_OLD = "2025"

#: The day on which the official server's virtual clock stands, and the one before.
_VIRTUAL = ("2019-12-31", "2020-01-01")

#: How a web framework, or a library that reads JWTs, begins what it says about text that it cannot read.
_PARSERS = re.compile(
    r"\A(Failed to deserialize the JSON body into the target type|Failed to parse the request body as JSON"
    r"|Failed to deserialize query string|Invalid URL): .*\Z",
    re.DOTALL,
)
_UNREADABLE_TOKEN = re.compile(r"\A(?:InvalidToken|(?:Base64|JSON) error: .*)\Z", re.DOTALL)


def _time(match: re.Match[str]) -> str:
    is_of_run = match[0] >= _OLD or match[0].startswith(_VIRTUAL)
    return "<time>" if is_of_run else match[0]


def _section_key(value: Json) -> str | None:
    if isinstance(value, dict) and value.get("type") == "ForumSection":
        return str(value.get("key"))
    return None


def _sorted(items: list[Json]) -> list[Json]:
    """Sections were all made in the same millisecond: their order is any."""
    keyed = [(_section_key(item), item) for item in items]
    if any(key is None for key, _ in keyed):
        return items
    return [item for _, item in sorted(keyed, key=lambda pair: str(pair[0]))]


@dataclass(slots=True)
class Normaliser:
    """What it was shown before decides what it makes of the next exchange: use one for each run, in order."""

    _labels: dict[str, str] = field(default_factory=dict[str, str])

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange without what differs from one run to the next; the request's headers are left out."""
        request, response = exchange.request, exchange.response
        body = None if request.body is None else self._text(request.body, None)
        headers = {
            name: self._text(text, f"{exchange.name}: {name}") for name, text in sorted(response.headers.items())
        }
        content = self._json(response.body, f"{exchange.name}: body")
        return Exchange(
            exchange.name,
            Request(request.method, self._text(request.path, None), {}, body),
            Response(response.status, headers, response.is_json, content),
        )

    def _json(self, value: Json, place: str) -> Json:
        if isinstance(value, str):
            return self._text(value, place)
        if isinstance(value, list):
            return [self._json(item, f"{place}.{number}") for number, item in enumerate(_sorted(value))]
        if isinstance(value, dict):
            return {name: self._json(item, f"{place}.{name}") for name, item in sorted(value.items())}
        return value

    def _text(self, text: str, place: str | None) -> str:
        text = _PARSERS.sub(r"\1: <reason>", text)
        text = _UNREADABLE_TOKEN.sub("<unreadable token>", text)
        text = _CODE.sub(lambda match: self._code(match[0]), text)
        text = _TIME.sub(_time, text)
        return _ID.sub(lambda match: self._id(match[0], place), text)

    def _id(self, text: str, place: str | None) -> str:
        """An id that is first seen in a request is one that the scenario made up."""
        known = self._labels.get(text.lower())
        if known is not None:
            return known if text.islower() else f"{known} in capitals"
        if place is None or text.startswith("00000000-0000-"):
            return text
        return self._labels.setdefault(text.lower(), f"<id at {place}>")

    def _code(self, code: str) -> str:
        """What a code says, with its times counted from the one it was made at."""
        try:
            claims = forging.claims(code)
            made = cast("int", claims["iat"])
            times: dict[str, Json] = {name: cast("int", claims[name]) - made for name in ("iat", "nbf", "exp")}
        except (ValueError, LookupError, TypeError):
            return code
        shown = json.dumps(claims | times, sort_keys=True)
        return f"<code {_TRACE.sub('<trace>', shown)}>"


def normalise(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """The exchanges of one run, in order, without what differs from one run to the next."""
    normaliser = Normaliser()
    return [normaliser.exchange(exchange) for exchange in exchanges]
