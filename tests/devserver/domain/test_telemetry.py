"""The order of the spans of a trace."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.telemetry import SpanRecord, in_order


def span(span_id: str, parent_id: str = "", start: int = 0) -> SpanRecord:
    return SpanRecord(
        trace_id="t",
        span_id=span_id,
        parent_id=parent_id,
        name=span_id,
        service="game",
        start=start,
        end=start + 1,
        is_error=False,
    )


def order(*spans: SpanRecord) -> list[tuple[str, int]]:
    return [(traced.span.span_id, traced.depth) for traced in in_order(list(spans))]


def test_each_span_follows_its_parent_and_earlier_siblings() -> None:
    spans = [span("a", start=1), span("c", "a", 5), span("b", "a", 2), span("d", "b", 3)]
    for found in (spans, spans[::-1]):
        assert order(*found) == [("a", 0), ("b", 1), ("d", 2), ("c", 1)]


def test_a_span_whose_parent_has_not_arrived_is_at_the_outside() -> None:
    assert order(span("b", "missing", 2), span("a", start=1), span("c", "b", 3)) == [("a", 0), ("b", 0), ("c", 1)]


def test_spans_in_a_circle_are_shown() -> None:
    assert order(span("a", "b", 1), span("b", "a", 2), span("c", "c", 3)) == [("c", 0), ("a", 0), ("b", 1)]


@given(st.lists(st.builds(span, st.sampled_from("abcde"), st.sampled_from(["", *"abcdefg"]), st.integers(0, 9))))
def test_every_span_is_shown_once(spans: list[SpanRecord]) -> None:
    found = [traced.span for traced in in_order(spans)]
    assert sorted(map(repr, found)) == sorted(map(repr, spans))
