"""The exporter of spans, and the configuration of the SDK with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from eternaltwin.clients.driver import run
from eternaltwin.clients.http.observation import unobserved
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError, EternalTwinError
from eternaltwin.hidden import clears_frames, hide
from eternaltwin.rules.requests import MAX_REQUEST_SIZE
from eternaltwin.rules.telemetry import MAX_LINK_FLAGS, PRIMITIVE_VALUES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer
    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span
    from opentelemetry.sdk.trace import ReadableSpan

    from eternaltwin.clients.settings import CheckedSettings, ConnectionSettings
    from eternaltwin.rules.telemetry import GameService

__all__ = ["EternaltwinSpanExporter", "add_exporter"]

logger = logging.getLogger("eternaltwin.telemetry")


class EternaltwinSpanExporter(SpanExporter):
    """Sends spans to Eternaltwin: `POST /v1/traces`. For a span processor of the OpenTelemetry SDK.

    Args:
        settings: Settings of the connection.
        service: Name and channel of the game.

    Attributes:
        service: Name and channel of the game, which every span gets.
    """

    def __init__(self, settings: CheckedSettings, service: GameService) -> None:
        self.service = service
        self._client = Eternaltwin(**cast("ConnectionSettings", settings.as_given()))
        self._works = True

    @clears_frames
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans, once.

        Args:
            spans: The spans that have ended.

        Returns:
            Whether they were accepted. If not, a warning is logged, and no further one until spans are accepted again.
        """
        problem = self._problem(spans)
        if problem is not None:
            level = logging.WARNING if self._works else logging.DEBUG
            logger.log(level, "spans were not accepted, and are lost: %s", problem)
        self._works = problem is None
        return SpanExportResult.SUCCESS if self._works else SpanExportResult.FAILURE

    def _problem(self, spans: Sequence[ReadableSpan]) -> str | None:
        """Send spans, in several requests if they are too large for one. Return why one of these is not accepted."""
        content = self._encode(spans)
        if len(content) > MAX_REQUEST_SIZE and len(spans) > 1:
            middle = len(spans) // 2
            first, second = self._problem(spans[:middle]), self._problem(spans[middle:])
            return first or second
        with unobserved():  # otherwise, each export would cause spans for the next one
            try:
                run(self._client.api.telemetry.send_traces(content))
            except EternalTwinError as exc:
                return f"{exc}"
        return None

    def _encode(self, spans: Sequence[ReadableSpan]) -> bytes:
        request = encode_spans(spans)
        for group in request.resource_spans:
            _accept(group, self.service)
        return hide(request.SerializeToString())

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: spans are sent at once.

        Args:
            timeout_millis: Not used.

        Returns:
            True.
        """
        del timeout_millis
        return True

    def shutdown(self) -> None:
        """Close the connection."""
        self._client.close()


def add_exporter(exporter: EternaltwinSpanExporter) -> None:
    """Add an exporter to the tracer provider of this process, or set a provider with it.

    Args:
        exporter: The exporter.

    Raises:
        ConfigurationError: The tracer provider is not one of the SDK.
    """
    current = trace.get_tracer_provider()
    if isinstance(current, trace.ProxyTracerProvider):
        name, channel = exporter.service
        current = TracerProvider(resource=Resource.create({"service.name": name, "deployment.environment": channel}))
        trace.set_tracer_provider(current)
    if not isinstance(current, TracerProvider):
        raise ConfigurationError(
            f"the tracer provider of this process is a {type(current).__name__}, to which no exporter can be added:"
            " call eternaltwin_exporter before the provider is set, or set one of the OpenTelemetry SDK"
        )
    current.add_span_processor(BatchSpanProcessor(exporter))


def _accept(group: ResourceSpans, service: GameService) -> None:
    """Change what Eternaltwin would refuse: the name of the service, attributes of some types, and flags of links."""
    identity = {"service.name": service.name, "deployment.environment": service.channel}
    _filter(group.resource.attributes, but=identity)
    for key, value in identity.items():
        group.resource.attributes.add(key=key).value.string_value = value
    for scope in group.scope_spans:
        _accept_scope(scope)


def _accept_scope(scope: ScopeSpans) -> None:
    _filter(scope.scope.attributes)
    for span in scope.spans:
        _filter(span.attributes)
        _accept_details(span)


def _accept_details(span: Span) -> None:
    for event in span.events:
        _filter(event.attributes)
    for link in span.links:
        _filter(link.attributes)
        link.flags &= MAX_LINK_FLAGS


def _filter(attributes: RepeatedCompositeFieldContainer[KeyValue], but: Iterable[str] = ()) -> None:
    """Remove the attributes that Eternaltwin would refuse, and those with the given keys."""
    refused = [pair for pair in attributes if pair.key in but or not _is_accepted(pair.value)]
    for pair in refused:
        attributes.remove(pair)


def _is_accepted(value: AnyValue) -> bool:
    kind = value.WhichOneof("value")
    if kind != "array_value":
        return kind in PRIMITIVE_VALUES
    kinds = {item.WhichOneof("value") for item in value.array_value.values}
    return len(kinds) <= 1 and kinds <= PRIMITIVE_VALUES
