"""Is the server's clock that of this machine?"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from eternaltwin.clients.endpoints import CLOCK
from eternaltwin.doctor.findings import Finding
from eternaltwin.models.server import ServerTime
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.doctor.setups import CheckedSetup

CLOCK_CHECK = "clock"

#: Seconds that two clocks may differ: unnoticed, and without harm.
TOLERATED = 5.0
HARMLESS = 300.0

_UNITS = (("day", 86_400), ("h", 3600), ("min", 60), ("s", 1))

_CONSEQUENCE = (
    "If this machine's clock is the wrong one, machines with a right one refuse its sign-ins as expired or as from the"
    " future, and certificates seem to be out of date. Times of users and posts are those of the server."
)
_ADVICE = (
    "Compare `date -u` with a clock that you trust, and turn on the synchronization of the wrong one (NTP). A"
    ' development server with clock = "Virtual" stands still on purpose.'
)


def check_clock(setup: CheckedSetup) -> Iterator[Finding]:
    """Compare the clock of the server with that of this machine.

    Args:
        setup: The set-up, whose `url` is right.

    Yields:
        One finding.
    """
    before = time.time()
    response = setup.server.get(CLOCK)
    after = time.time()
    remote = decode_json(response, ServerTime).time
    difference = remote.timestamp() - (before + after) / 2
    uncertainty = (after - before) / 2
    yield explain_difference(difference, uncertainty, remote)


def explain_difference(difference: float, uncertainty: float, remote: datetime) -> Finding:
    """Return what a difference of two clocks means.

    Args:
        difference: Seconds by which the server's clock is ahead. Negative if it is behind.
        uncertainty: Seconds that the measured difference may be wrong by.
        remote: The time of the server.

    Returns:
        The finding: `ok` below 5 seconds, `warning` below 5 minutes, else `error`.
    """
    size = abs(difference)
    if size - uncertainty < TOLERATED:
        return Finding.ok(CLOCK_CHECK, "The clocks of the server and of this machine agree")
    direction = "ahead of" if difference > 0 else "behind"
    here = datetime.now(UTC)
    return Finding(
        CLOCK_CHECK,
        "warning" if size < HARMLESS else "error",
        "clock",
        f"The server's clock is {duration(size)} {direction} that of this machine",
        f"There it is {remote:%Y-%m-%d %H:%M:%S} UTC, here {here:%Y-%m-%d %H:%M:%S} UTC. {_CONSEQUENCE}",
        _ADVICE,
    )


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, rounded to the smaller one.

    Args:
        seconds: Seconds, at least 0.

    Returns:
        The duration, such as `1 day 2 h`.
    """
    largest = next((number for number, (_, size) in enumerate(_UNITS) if seconds >= size), len(_UNITS) - 1)
    smallest = _UNITS[min(largest + 1, len(_UNITS) - 1)][1]
    left, parts = round(seconds / smallest) * smallest, list[str]()
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}")
    return " ".join(parts[:2]) or "0 s"
