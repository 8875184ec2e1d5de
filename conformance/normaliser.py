"""Replaces the values of an exchange that differ between two runs: ids, times, codes, messages of frameworks.

An id is replaced by the place of its first occurrence. Two runs therefore match only if their ids occur at the same
places.
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
_CODE = re.compile(r"[\w-]+\.eyJ[\w-]+\.[\w-]+")
_TRACE = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")

#: Times before this year were sent in a request; later ones are times of the run.
_OLD = "2025"

#: The day of the official server's virtual clock, and the day before.
_VIRTUAL = ("2019-12-31", "2020-01-01")

#: The beginnings of the messages of web frameworks, and of libraries for JWTs, about malformed input.
_PARSERS = re.compile(
    r"\A(Failed to deserialize the JSON body into the target type|Failed to parse the request body as JSON"
    r"|Failed to deserialize query string|Failed to deserialize form body|Invalid URL): .*\Z",
    re.DOTALL,
)
#: The beginning of what the server's library reports about a body that is not protobuf, percent-encoded.
_NOT_PROTOBUF = re.compile(r"\A(failed%20to%20decode%20Protobuf%20message:).*\Z", re.DOTALL)
#: What the server's library reports about malformed codes, without what it reports about their algorithms.
_UNREADABLE_TOKEN = re.compile(
    r"\A(?:InvalidToken|(?:Base64|JSON) error: (?!unknown variant|missing field `alg`).*)\Z", re.DOTALL
)


def _time(match: re.Match[str]) -> str:
    is_of_run = match[0] >= _OLD or match[0].startswith(_VIRTUAL)
    return "<time>" if is_of_run else match[0]


def _section_key(value: Json) -> str | None:
    if isinstance(value, dict) and value.get("type") == "ForumSection":
        return str(value.get("key"))
    return None


def _sorted(items: list[Json]) -> list[Json]:
    """Sort sections by key: all were created in the same millisecond, so their order is arbitrary."""
    keyed = [(_section_key(item), item) for item in items]
    if any(key is None for key, _ in keyed):
        return items
    return [item for _, item in sorted(keyed, key=lambda pair: str(pair[0]))]


@dataclass(slots=True)
class Normaliser:
    """Normalises the exchanges of one run. The result depends on the previous exchanges, so keep their order."""

    _labels: dict[str, str] = field(default_factory=dict[str, str])

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the normalised exchange, without the headers of the request."""
        request, response = exchange.request, exchange.response
        body = self._text(request.body, None) if isinstance(request.body, str) else request.body
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
        text = _NOT_PROTOBUF.sub(r"\1<reason>", text)
        text = _UNREADABLE_TOKEN.sub("<unreadable token>", text)
        text = _CODE.sub(lambda match: self._code(match[0]), text)
        text = _TIME.sub(_time, text)
        return _ID.sub(lambda match: self._id(match[0], place), text)

    def _id(self, text: str, place: str | None) -> str:
        """Replace an id by a label, unless it first occurs in a request: the scenario chose it then."""
        known = self._labels.get(text.lower())
        if known is not None:
            return known if text.islower() else f"{known} in capitals"
        if place is None or text.startswith("00000000-0000-"):
            return text
        return self._labels.setdefault(text.lower(), f"<id at {place}>")

    def _code(self, code: str) -> str:
        """Replace a code by its claims, with times relative to its creation."""
        try:
            claims = forging.claims(code)
            created = cast("int", claims["iat"])
            times: dict[str, Json] = {name: cast("int", claims[name]) - created for name in ("iat", "nbf", "exp")}
        except (ValueError, LookupError, TypeError):
            return code
        shown = json.dumps(claims | times, sort_keys=True)
        return f"<code {_TRACE.sub('<trace>', shown)}>"


def normalise(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Normalise the exchanges of one run, in order."""
    normaliser = Normaliser()
    return [normaliser.exchange(exchange) for exchange in exchanges]
