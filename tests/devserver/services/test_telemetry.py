"""How much telemetry a server keeps."""

from __future__ import annotations

from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord
from eternaltwin.devserver.services.telemetry import MAX_LINES, MAX_SPANS, MAX_TRACES, ReceivedTelemetry


def span(trace_id: object, number: int = 0) -> SpanRecord:
    return SpanRecord(
        trace_id=f"{trace_id}",
        span_id=f"{number}",
        parent_id="",
        name="",
        service="game",
        start=0,
        end=0,
        is_error=False,
    )


def test_the_oldest_traces_are_dropped() -> None:
    received = ReceivedTelemetry()
    received.add_spans(span(number) for number in range(MAX_TRACES))
    received.add_spans([span(0, 1)])
    received.add_spans([span("new")])
    kept = [[found.trace_id for found in spans] for spans in received.traces(MAX_TRACES + 1)]
    assert len(kept) == MAX_TRACES
    assert kept[:2] == [["new"], ["0", "0"]]
    assert ["1"] not in kept
    assert len(received.traces(3)) == 3


def test_the_oldest_spans_of_a_trace_are_dropped() -> None:
    received = ReceivedTelemetry()
    received.add_spans(span("a", number) for number in range(MAX_SPANS + 2))
    (spans,) = received.traces(9)
    assert [spans[0].span_id, len(spans)] == ["2", MAX_SPANS]


def test_the_oldest_lines_are_dropped() -> None:
    received = ReceivedTelemetry()
    received.add_lines(LogLine(service="", severity="", text=f"{n}", trace_id="") for n in range(MAX_LINES + 1))
    lines = received.lines(MAX_LINES + 1)
    assert [len(lines), lines[0].text, lines[-1].text] == [MAX_LINES, f"{MAX_LINES}", "1"]
