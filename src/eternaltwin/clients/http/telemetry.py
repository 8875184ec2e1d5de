"""Spans and metrics of OpenTelemetry, with the stable names of its semantic conventions for HTTP clients.

Only processes that use OpenTelemetry import this module. See https://opentelemetry.io/docs/specs/semconv/http/.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from opentelemetry import context, metrics, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from eternaltwin.clients.endpoints import route_of
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.http.requests import HTTPRequest, ServerAddress
    from eternaltwin.responses import Response

#: What a cache of profiles had when a user was looked up: a fresh profile, a stale one, the knowledge that there is no
#: such user, nothing that can be used, or only a profile that is too old while the server cannot be reached.
LookupResult = Literal["fresh", "stale", "absent", "miss", "expired"]

#: The name of the tracer and of the meter.
NAME = "eternaltwin"

#: The version of the semantic conventions.
_SCHEMA = "https://opentelemetry.io/schemas/1.43.0"

#: The boundaries in seconds that the conventions recommend for `http.client.request.duration`.
_BOUNDARIES = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

#: Methods that the conventions know. Others are `_OTHER`, so that the number of time series stays small.
_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"})

_IS_IN_CALL = context.create_key("eternaltwin-call")

#: Sends `traceparent` and `tracestate`, and not `baggage`, which belongs to the game.
_propagator = TraceContextTextMapPropagator()


class Telemetry:
    """Spans and metrics. They go wherever the process configures OpenTelemetry to send them, and nowhere until then.

    Args:
        traces: The tracer provider. None means that of the process.
        meters: The meter provider. None means that of the process.
    """

    def __init__(self, traces: trace.TracerProvider | None = None, meters: metrics.MeterProvider | None = None) -> None:
        self._traces = traces
        self._tracer = trace.get_tracer(NAME, __version__, traces, _SCHEMA)
        meter = metrics.get_meter(NAME, __version__, meters, _SCHEMA)
        self._durations = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._lookups = meter.create_counter(
            "eternaltwin.profile_cache.lookups",
            unit="{user}",
            description="Users that were looked up in the cache of profiles.",
        )

    @property
    def is_tracing(self) -> bool:
        """Whether the process has configured a tracer."""
        return not isinstance(self._traces or trace.get_tracer_provider(), trace.ProxyTracerProvider)

    @contextmanager
    def call(self, method: str, endpoint: str) -> Iterator[None]:
        """Show what happens inside as one call of the API.

        Args:
            method: HTTP method.
            endpoint: Path on the server.

        Yields:
            None.
        """
        if context.get_value(_IS_IN_CALL):
            yield
            return
        route = route_of(endpoint)
        span = self._tracer.start_span(_method(method) if route is None else f"{_method(method)} {route}")
        token = context.attach(trace.set_span_in_context(span, context.set_value(_IS_IN_CALL, True)))
        try:
            yield
        except BaseException as exc:
            _fail(span, _error_type(exc), f"{exc}" if isinstance(exc, EternalTwinError) else None)
            raise
        finally:
            context.detach(token)
            span.end()

    def attempt(self, request: HTTPRequest, server: ServerAddress, number: int, request_id: str) -> TracedAttempt:
        """Begin an HTTP request. `traceparent` is added to its headers.

        Args:
            request: The request.
            server: The address of the server.
            number: 1 for the first request of a call.
            request_id: The id of the call.

        Returns:
            An object that is told the outcome.
        """
        common: dict[str, str | int] = {
            "http.request.method": _method(request.method),
            "server.address": server.host,
            "server.port": server.port,
        }
        if not self.is_tracing:
            return TracedAttempt(self._durations, common, None)
        attributes = {
            **common,
            "url.full": f"{server.origin}{request.target.partition('?')[0]}",
            "eternaltwin.request_id": request_id,
        }
        if number > 1:
            attributes["http.request.resend_count"] = number - 1
        span = self._tracer.start_span(_method(request.method), kind=trace.SpanKind.CLIENT, attributes=attributes)
        _propagator.inject(request.headers, trace.set_span_in_context(span))
        return TracedAttempt(self._durations, common, span)

    def count_lookups(self, result: LookupResult, number: int) -> None:
        """Count users that were looked up in a cache of profiles.

        Args:
            result: What the cache had.
            number: How many users.
        """
        self._lookups.add(number, {"eternaltwin.profile_cache.result": result})


class TracedAttempt:
    """An HTTP request that is being sent.

    Args:
        durations: The histogram of the durations.
        attributes: The attributes for the histogram that are known so far.
        span: The span. None if the process has configured no tracer.
    """

    __slots__ = ("_attributes", "_durations", "_span")

    def __init__(self, durations: metrics.Histogram, attributes: dict[str, str | int], span: trace.Span | None) -> None:
        self._durations = durations
        self._attributes = attributes
        self._span = span

    def end(self, outcome: Response | BaseException, seconds: float) -> None:
        """Report the outcome.

        Args:
            outcome: The response, or the error.
            seconds: The time that the request took.
        """
        attributes = self._attributes
        if isinstance(outcome, BaseException):
            attributes["error.type"] = _error_type(outcome)
        else:
            attributes["http.response.status_code"] = outcome.status_code
            if outcome.status_code >= 400:
                attributes["error.type"] = f"{outcome.status_code}"
        if self._span is None:
            self._durations.record(seconds, attributes)
            return
        self._span.set_attributes(attributes)
        if "error.type" in attributes:
            self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()
        self._durations.record(seconds, attributes, trace.set_span_in_context(self._span))


def _method(method: str) -> str:
    return method if method in _METHODS else "_OTHER"


def _error_type(exc: BaseException) -> str:
    return f"{type(exc).__module__}.{type(exc).__qualname__}".removeprefix("builtins.")


def _fail(span: trace.Span, error_type: str, description: str | None) -> None:
    span.set_attribute("error.type", error_type)
    span.set_status(trace.StatusCode.ERROR, description)


#: What this library reports to.
TELEMETRY = Telemetry()
