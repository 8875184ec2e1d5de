"""Compare two runs of a scenario, exchange by exchange."""

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
    """The outcome of a comparison."""

    ALIKE = "alike"
    DIFFERENT = "different"
    EXCUSED = "excused"
    NEEDLESS_EXCUSE = "excused, but alike"

    @property
    def is_failure(self) -> bool:
        """Whether the outcome has to be corrected."""
        return self in {Outcome.DIFFERENT, Outcome.NEEDLESS_EXCUSE}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of comparing one exchange.

    Args:
        name: Name of the exchange.
        differences: The differences; empty if both match.
        excuse: Why it may differ, or None if it may not.
    """

    name: str
    differences: Sequence[Difference]
    excuse: str | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome."""
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
    ours, theirs = _flat(official), _flat(other)
    return [
        difference
        for place in ours | theirs
        for difference in _json(place, ours.get(place, NOTHING), theirs.get(place, NOTHING))
    ]


def _flat(exchange: Exchange) -> dict[str, Json]:
    request, response = exchange.request, exchange.response
    flat: dict[str, Json] = {
        "request": f"{request.method} {request.path}",
        "request body": request.body,
        "status": response.status,
    }
    flat |= {f"header {name}": text for name, text in response.headers.items()}
    return flat | {"body": response.body}


def _missing(name: str, *, is_official: bool) -> Difference:
    there: Json = name
    return Difference("exchange", there if is_official else NOTHING, NOTHING if is_official else there)


def compare(official: Sequence[Exchange], other: Sequence[Exchange], excuses: Mapping[str, str]) -> list[Verdict]:
    """Compare two runs of a scenario.

    Args:
        official: what the official server answered, in order.
        other: what the other one answered, in order.
        excuses: by the names of exchanges that may differ, why.

    Returns:
        A verdict for each exchange of either run, and for each excuse that no exchange needs.
    """
    theirs = {exchange.name: exchange for exchange in normalise(other)}
    verdicts: list[Verdict] = []
    for exchange in normalise(official):
        name = exchange.name
        counterpart = theirs.pop(name, None)
        found = [_missing(name, is_official=True)] if counterpart is None else differences(exchange, counterpart)
        verdicts.append(Verdict(name, found, excuses.get(name)))
    verdicts += [Verdict(name, [_missing(name, is_official=False)], excuses.get(name)) for name in theirs]
    known = {verdict.name for verdict in verdicts}
    return verdicts + [Verdict(name, [], excuse) for name, excuse in excuses.items() if name not in known]
