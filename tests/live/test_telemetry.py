"""Traces of a game, against a running server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.trace import Status, StatusCode

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.rules.telemetry import GameService, service_of
from eternaltwin.telemetry.exporter import EternaltwinSpanExporter
from tests.live.target import GAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.util.types import AnyValue

    from tests.live.target import Target

#: Attributes of every type that the SDK knows.
ATTRIBUTES: Mapping[str, AnyValue] = {
    "text": "é",
    "number": -1,
    "real": 0.5,
    "yes": True,
    "list": ["a", "b"],
    "bytes": b"\xff",
    "map": {"a": {"b": None}},
    "mixed": ["a", 1, None],
    "none": None,
}


class Counting(EternaltwinSpanExporter):
    """An exporter that keeps what became of the spans."""

    results: tuple[SpanExportResult, ...] = ()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        self.results = (*self.results, result)
        return result


def send_span(target: Target, service: GameService) -> tuple[SpanExportResult, ...]:
    """Send a span with everything that a span can have, and return what became of it."""
    exporter = Counting(Eternaltwin.check({**target.settings()}), service)
    provider = TracerProvider(resource=Resource(ATTRIBUTES), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("game", "1.0", attributes=ATTRIBUTES)
    with tracer.start_as_current_span("fight", attributes=ATTRIBUTES) as span:
        span.add_event("hit", ATTRIBUTES)
        span.add_link(span.get_span_context(), ATTRIBUTES)
        span.set_status(Status(StatusCode.ERROR, "lost"))
    provider.shutdown()
    return exporter.results


def test_the_server_accepts_whatever_the_sdk_records(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    service = service_of(GAME)
    assert service is not None
    with caplog.at_level(logging.WARNING, "eternaltwin"):
        assert send_span(target, service) == (SpanExportResult.SUCCESS,)
    assert caplog.messages == []


def test_the_reason_of_a_refusal_is_logged(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    assert send_span(target, GameService("other", "production")) == (SpanExportResult.FAILURE,)
    assert 'service.name="python", deployment.environment="client"' in caplog.messages[0]
