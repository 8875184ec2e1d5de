"""What is sent again, and when: decisions as values. Whoever asks does the waiting."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConnectError, TransportError
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable

#: Statuses that say "not now": a later try may fare better (RFC 6585, RFC 9110 section 15.6).
RETRIED_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential waits with full jitter, within a budget of time.

    Attributes:
        retries: how often a call is sent again, at the most.
        base: the longest first wait, in seconds; it doubles with each try.
        cap: the longest wait, in seconds, whatever the server asks for with `Retry-After`.
        jitter: a number from 0 to 1 at each call.
    """

    retries: int = 2
    base: float = 0.1
    cap: float = 5.0
    jitter: Callable[[], float] = random.random

    def delay(self, is_idempotent: bool, attempt: int, outcome: Response | TransportError, left: float) -> float | None:
        """How long to wait before sending again, in seconds; None to accept the outcome.

        Args:
            is_idempotent: whether sending twice does no more than sending once.
            attempt: how often it was sent again already.
            outcome: what came of the last try.
            left: seconds left for the whole call.
        """
        if not is_idempotent or attempt >= self.retries or not _is_passing(outcome):
            return None
        asked = outcome.retry_after if isinstance(outcome, Response) else None
        if asked is not None:
            return asked if asked <= min(self.cap, left) else None
        wait = min(self.cap, self.base * 2**attempt) * self.jitter()
        return wait if wait < left else None


def _is_passing(outcome: Response | TransportError) -> bool:
    if isinstance(outcome, Response):
        return outcome.status_code in RETRIED_STATUSES
    return isinstance(outcome, ConnectError)
