"""Spans and log records of games, as immutable values."""

from __future__ import annotations

import msgspec


class SpanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A span of a trace.

    Attributes:
        trace_id: Id of the trace, in hexadecimal.
        span_id: Id of the span, in hexadecimal.
        parent_id: Id of the span in which this one began, in hexadecimal. Empty if there is none.
        name: Name of the operation.
        service: The game, its resource attribute `service.name`.
        start: Start, in nanoseconds since the Unix epoch.
        end: End, in nanoseconds since the Unix epoch.
        is_error: Whether the operation failed.
    """

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    service: str
    start: int
    end: int
    is_error: bool


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """A log record of a game.

    Attributes:
        service: The game, its resource attribute `service.name`.
        severity: Name of the severity, such as `WARN`. Empty if unknown.
        text: The message. What is not a string is left out.
        trace_id: Id of the trace that it belongs to, in hexadecimal. Empty if there is none.
    """

    service: str
    severity: str
    text: str
    trace_id: str


class TracedSpan(msgspec.Struct, frozen=True):
    """A span at its place in a trace.

    Attributes:
        span: The span.
        depth: Number of spans around it, of those that are known.
    """

    span: SpanRecord
    depth: int


def in_order(spans: list[SpanRecord]) -> list[TracedSpan]:
    """Sort the spans of a trace: each after its parent, and those with the same parent by their start.

    Args:
        spans: Spans of one trace. Their parents may be missing, or form a circle.

    Returns:
        Every span once.
    """
    ids = {span.span_id for span in spans}
    children: dict[str, list[SpanRecord]] = {}
    for span in sorted(spans, key=lambda span: span.start):
        has_parent = span.parent_id in ids and span.parent_id != span.span_id
        children.setdefault(span.parent_id if has_parent else "", []).append(span)
    found: list[TracedSpan] = []
    while children:
        # Without a span that has no parent, a circle is left: it is opened where it began.
        first = "" if "" in children else min(children, key=lambda parent: children[parent][0].start)
        rest = [TracedSpan(span, 0) for span in reversed(children.pop(first))]
        while rest:
            current = rest.pop()
            found.append(current)
            inner = children.pop(current.span.span_id, [])
            rest += [TracedSpan(span, current.depth + 1) for span in reversed(inner)]
    return found
