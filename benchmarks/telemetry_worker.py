"""The task `User.get` of a process that observes its calls in one of several ways.

`python -m benchmarks.telemetry_worker MODE HTTP TLS DEVELOPMENT`: a mode, and three ports.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from benchmarks import client_worker
from benchmarks.worker_protocol import serve_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eternaltwin.clients.http.requests import HTTPRequest, ServerAddress
    from eternaltwin.responses import Response

#: Calls are not observed at all: the code that observes them is replaced.
UNOBSERVED = "unobserved"

#: OpenTelemetry is not imported, as in a process that does not use it.
ABSENT = "absent"

#: OpenTelemetry's API is imported, and nothing is configured.
NOT_CONFIGURED = "not configured"

#: The SDK is configured: each span is recorded, and discarded in batches.
CONFIGURED = "configured"


class BareCall:
    """Stands for a call that is observed."""

    def __init__(self, server: ServerAddress) -> None:
        del server

    def begin(self, request: HTTPRequest) -> None:
        """Report nothing."""

    def end(self, request: HTTPRequest, outcome: Response | BaseException) -> None:
        """Report nothing."""

    def wait(self, request: HTTPRequest, outcome: object, delay: float) -> None:
        """Report nothing."""

    def finish(self, method: str, path: str, outcome: Response) -> Response:
        """Report nothing."""
        del method, path
        return outcome


def _remove_observation() -> None:
    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.http import sender

    replaced: Any = sender
    replaced.ObservedCall = BareCall
    for name in ("send", "fetch"):
        method: Any = getattr(ApiClient, name)
        setattr(ApiClient, name, method.__wrapped__)


def _import_opentelemetry() -> None:
    from opentelemetry import metrics, trace

    del metrics, trace


def _configure_opentelemetry() -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Discarding(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            del spans
            return SpanExportResult.SUCCESS

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Discarding()))
    trace.set_tracer_provider(provider)


PREPARATIONS = {
    UNOBSERVED: _remove_observation,
    ABSENT: lambda: None,
    NOT_CONFIGURED: _import_opentelemetry,
    CONFIGURED: _configure_opentelemetry,
}


if __name__ == "__main__":
    PREPARATIONS[sys.argv[1]]()
    serve_tasks(client_worker.tasks([int(port) for port in sys.argv[2:]]))
