"""The comparison of two runs of a scenario, exchange by exchange."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.normaliser import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.exchanges import Exchange, Json


class Nothing(enum.Enum):
    """A missing value, in contrast to a JSON null."""

    NOTHING = enum.auto()

    def __str__(self) -> str:
        return "(nothing)"


NOTHING = Nothing.NOTHING


@dataclass(frozen=True, slots=True)
class Difference:
    """The values that two responses have at the same place.

    Args:
        place: The place, such as `status`, `header allow` or `body.items.0.key`.
        official: The value in the response of the official server.
        other: The value in the response of the other server.
    """

    place: str
    official: Json | Nothing
    other: Json | Nothing


class Outcome(enum.Enum):
    """The outcome of a comparison of one exchange.

    Attributes:
        ALIKE: Both responses match.
        DIFFERENT: They differ, which they may not.
        EXCUSED: They differ, and there is an excuse.
        NEEDLESS_EXCUSE: They match, although there is an excuse, or no exchange has the name of the excuse.
    """

    ALIKE = "alike"
    DIFFERENT = "different"
    EXCUSED = "excused"
    NEEDLESS_EXCUSE = "excused, but alike"

    @property
    def is_failure(self) -> bool:
        """Whether the server or the excuses have to be corrected."""
        return self in {Outcome.DIFFERENT, Outcome.NEEDLESS_EXCUSE}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of comparing one exchange.

    Args:
        name: Name of the exchange.
        differences: The differences; empty if both match.
        excuse: The reason why it may differ, or None if it may not.
    """

    name: str
    differences: Sequence[Difference]
    excuse: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome that follows from the differences and the excuse."""
        if self.excuse is None:
            return Outcome.DIFFERENT if self.differences else Outcome.ALIKE
        return Outcome.EXCUSED if self.differences else Outcome.NEEDLESS_EXCUSE


def _json(place: str, official: Json | Nothing, other: Json | Nothing) -> Iterator[Difference]:
    if isinstance(official, dict) and isinstance(other, dict):
        for name in sorted(official.keys() | other.keys()):
            yield from _json(f"{place}.{name}", official.get(name, NOTHING), other.get(name, NOTHING))
    elif isinstance(official, list) and isinstance(other, list):
        for number in range(max(len(official), len(other))):
            yield from _json(f"{place}.{number}", _item(official, number), _item(other, number))
    elif type(official) is not type(other) or official != other:
        yield Difference(place, official, other)


def _item(items: list[Json], number: int) -> Json | Nothing:
    return items[number] if number < len(items) else NOTHING


def differences(official: Exchange, other: Exchange) -> list[Difference]:
    """Return the differences of two normalised exchanges."""
    expected, found = _flat(official), _flat(other)
    return [
        difference
        for place in expected | found
        for difference in _json(place, expected.get(place, NOTHING), found.get(place, NOTHING))
    ]


def _flat(exchange: Exchange) -> dict[str, Json]:
    request, response = exchange.request, exchange.response
    flat: dict[str, Json] = {
        "request": f"{request.method} {request.path}",
        "request body": request.body.hex() if isinstance(request.body, bytes) else request.body,
        "status": response.status,
    }
    flat |= {f"header {name}": text for name, text in response.headers.items()}
    return flat | {"body": response.body}


def _missing(name: str, *, is_official: bool) -> Difference:
    present: Json = name
    return Difference("exchange", present if is_official else NOTHING, NOTHING if is_official else present)


def compare(official: Sequence[Exchange], other: Sequence[Exchange], excuses: Mapping[str, str]) -> list[Verdict]:
    """Compare two runs of a scenario.

    Args:
        official: The exchanges with the official server, in order.
        other: The exchanges with the other server, in order.
        excuses: Reasons by name of the exchange, for exchanges that may differ.

    Returns:
        A verdict for each exchange of either run, and one for each excuse that belongs to no exchange.
    """
    others = {exchange.name: exchange for exchange in normalise(other)}
    verdicts: list[Verdict] = []
    for exchange in normalise(official):
        name = exchange.name
        counterpart = others.pop(name, None)
        found = [_missing(name, is_official=True)] if counterpart is None else differences(exchange, counterpart)
        verdicts.append(Verdict(name, found, excuses.get(name)))
    verdicts += [Verdict(name, [_missing(name, is_official=False)], excuses.get(name)) for name in others]
    known = {verdict.name for verdict in verdicts}
    return verdicts + [Verdict(name, [], excuse) for name, excuse in excuses.items() if name not in known]
