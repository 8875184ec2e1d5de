"""The retry policy: which requests are sent again, and after how long. The caller does the waiting."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConnectError, TransportError
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

#: Statuses of temporary failures (RFC 6585, section 4; RFC 9110, section 15.6).
RETRIED_STATUSES = frozenset({429, 502, 503, 504})

#: More would exceed every cap, and from 1024 on what a float can hold.
_MAX_DOUBLINGS = 64


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter, within the time that a call may take.

    Attributes:
        retries: Maximum number of times that a call is sent again.
        base: Maximum delay before the first retry, in seconds. It doubles with each retry.
        cap: Maximum delay in seconds, also if the server asks for more with `Retry-After`.
        jitter: Returns a random number from 0 to 1.
    """

    retries: int = 2
    base: float = 0.1
    cap: float = 5.0
    jitter: Callable[[], float] = random.random

    def delay(self, is_idempotent: bool, attempt: int, outcome: Response | TransportError, left: float) -> float | None:
        """Return how long to wait before the next attempt.

        Args:
            is_idempotent: Whether sending the request twice has the same effect as sending it once.
            attempt: How many times the request has been sent again so far, from 0.
            outcome: The response to the last attempt, or its error.
            left: Seconds left for the whole call.

        Returns:
            Seconds, or None to accept the outcome.
        """
        if not is_idempotent or attempt >= self.retries or not is_temporary(outcome):
            return None
        requested = outcome.retry_after if isinstance(outcome, Response) else None
        if requested is not None:
            return requested if requested <= min(self.cap, left) else None
        wait = min(self.cap, self.base * 2 ** min(attempt, _MAX_DOUBLINGS)) * self.jitter()
        return wait if wait < left else None


def is_temporary(outcome: Response | TransportError) -> bool:
    """Return whether the same request may succeed a moment later.

    Args:
        outcome: The response to a request, or its error.

    Returns:
        True for 429, 502, 503 and 504, and if the server could not be reached.
    """
    if isinstance(outcome, Response):
        return outcome.status_code in RETRIED_STATUSES
    return isinstance(outcome, ConnectError)
