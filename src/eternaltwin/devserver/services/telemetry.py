"""The traces and logs that games have sent."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord

#: How many traces, spans of one trace and log lines are kept. Older ones are dropped.
MAX_TRACES, MAX_SPANS, MAX_LINES = 100, 500, 200


class ReceivedTelemetry:
    """Keeps the last traces and log lines in memory. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._traces: OrderedDict[str, deque[SpanRecord]] = OrderedDict()
        self._lines: deque[LogLine] = deque(maxlen=MAX_LINES)

    def add_spans(self, spans: Iterable[SpanRecord]) -> None:
        """Add spans to the traces that they belong to.

        Args:
            spans: The spans, of any traces.
        """
        with self._lock:
            for span in spans:
                self._traces.setdefault(span.trace_id, deque(maxlen=MAX_SPANS)).append(span)
                self._traces.move_to_end(span.trace_id)
            while len(self._traces) > MAX_TRACES:
                self._traces.popitem(last=False)

    def add_lines(self, lines: Iterable[LogLine]) -> None:
        """Add log lines.

        Args:
            lines: The lines, in order.
        """
        with self._lock:
            self._lines.extend(lines)

    def traces(self, limit: int) -> list[list[SpanRecord]]:
        """Return the traces that were added to last.

        Args:
            limit: Maximum number of traces.

        Returns:
            The spans of each trace, the newest trace first.
        """
        with self._lock:
            return [list(spans) for spans in reversed(self._traces.values())][:limit]

    def lines(self, limit: int) -> list[LogLine]:
        """Return the last log lines.

        Args:
            limit: Maximum number of lines.

        Returns:
            The lines, the newest first.
        """
        with self._lock:
            return list(reversed(self._lines))[:limit]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._traces.clear()
            self._lines.clear()
