"""Reads OTLP requests: decodes the protobuf, and checks what the official server checks, with its messages (0.16.4).

The messages have the form of a chain: what was being read, and what is wrong there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord
from eternaltwin.rules.telemetry import MAX_LINK_FLAGS, PRIMITIVE_VALUES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
    from opentelemetry.proto.resource.v1.resource_pb2 import Resource
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

    from eternaltwin.rules.telemetry import GameService

_TRACE_ID_SIZE, _SPAN_ID_SIZE = 16, 8

#: Kinds of spans are numbered from 1 to 5; `STATUS_CODE_ERROR` of a span is 2.
_KINDS = range(1, 6)
_ERROR = 2

#: The names of severities, by number: `TRACE`, `TRACE2`, …, `FATAL4`. 0 is none.
SEVERITIES = (
    "",
    *(
        f"{name}{number}"
        for name in ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
        for number in ("", "2", "3", "4")
    ),
)

_KNOWN = PRIMITIVE_VALUES | {"array_value", "kvlist_value", "bytes_value"}
_KEY_VALUES = "failed to read protobuf key-value list due to"


class OtlpError(Exception):
    """A request that is refused.

    Args:
        problem: What is wrong, or what was being read.
        cause: What is wrong with it, or None.

    Attributes:
        problem: What is wrong, or what was being read, without the cause.
    """

    def __init__(self, problem: str, cause: OtlpError | None = None) -> None:
        super().__init__(problem if cause is None else f"{problem}: {cause}")
        self.problem = problem


class MalformedOtlpError(OtlpError):
    """The body is not a protobuf message of the right type, or is too large."""


class OtherServiceError(OtlpError):
    """A resource is not the game that sent the request."""


@contextmanager
def _reading(place: str) -> Generator[None]:
    try:
        yield
    except OtlpError as exc:
        raise OtlpError(place, exc) from None


def decode_traces(body: bytes) -> Iterable[ResourceSpans]:
    """Decode the body of `POST /v1/traces`.

    Args:
        body: The body.

    Returns:
        The spans of each resource, not yet checked.

    Raises:
        MalformedOtlpError: It is something else.
    """
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    try:
        return ExportTraceServiceRequest.FromString(body).resource_spans
    except DecodeError as exc:
        raise _malformed(exc) from None


def decode_logs(body: bytes) -> Iterable[ResourceLogs]:
    """Decode the body of `POST /v1/logs`.

    Args:
        body: The body.

    Returns:
        The log records of each resource, not yet checked.

    Raises:
        MalformedOtlpError: It is something else.
    """
    from google.protobuf.message import DecodeError
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

    try:
        return ExportLogsServiceRequest.FromString(body).resource_logs
    except DecodeError as exc:
        raise _malformed(exc) from None


def _malformed(exc: Exception) -> MalformedOtlpError:
    return MalformedOtlpError(f"failed to decode Protobuf message: {' '.join(f'{exc}'.split())}")


# --- resources


def read_spans(group: ResourceSpans, service: GameService) -> list[SpanRecord]:
    """Check the spans of a resource.

    Args:
        group: The spans.
        service: The game that sent them.

    Returns:
        The spans.

    Raises:
        OtlpError: Something is refused.
    """
    _check_resource(group)
    found: list[SpanRecord] = []
    for index, scope in enumerate(group.scope_spans):
        with _reading(f"invalid `scope_spans` item at index {index}"):
            _check_scope(scope)
            for number, span in enumerate(scope.spans):
                with _reading(f"invalid `spans` item at index {number}"):
                    _check_span(span)
            found += [_span_record(span, service) for span in scope.spans]
    _check_service(group.resource, service)
    return found


def read_lines(group: ResourceLogs, service: GameService) -> list[LogLine]:
    """Check the log records of a resource.

    Args:
        group: The log records.
        service: The game that sent them.

    Returns:
        The log records.

    Raises:
        OtlpError: Something is refused.
    """
    _check_resource(group)
    found: list[LogLine] = []
    for index, scope in enumerate(group.scope_logs):
        with _reading(f"invalid `scope_spans` item at index {index}"):  # as on the official server
            _check_scope(scope)
            for number, record in enumerate(scope.log_records):
                with _reading(f"invalid `log_records` item at index {number}"):
                    _check_record(record)
            found += [_line(record, service) for record in scope.log_records]
    _check_service(group.resource, service)
    return found


def _check_resource(group: ResourceSpans | ResourceLogs) -> None:
    if not group.HasField("resource"):
        raise OtlpError("missing `resource`")
    with _reading("invalid `resource.attributes`"):
        _check_attributes(group.resource.attributes)


def _check_scope(scope: ScopeSpans | ScopeLogs) -> None:
    if not scope.HasField("scope"):
        raise OtlpError("missing `scope`")
    with _reading("invalid `scope.attributes`"):
        _check_attributes(scope.scope.attributes)


def _check_service(resource: Resource, service: GameService) -> None:
    found = {pair.key: pair.value.string_value for pair in resource.attributes}
    if (found.get("service.name"), found.get("deployment.environment")) != service:
        raise OtherServiceError(
            f'invalid span, all span resources must have attributes service.name="{service.name}",'
            f' deployment.environment="{service.channel}"'
        )


# --- spans


def _check_span(span: Span) -> None:
    _check_id("trace_id", span.trace_id, "TraceId", _TRACE_ID_SIZE)
    _check_id("span_id", span.span_id, "SpanId", _SPAN_ID_SIZE)
    _check_trace_state(span.trace_state)
    _check_id("parent_span_id", span.parent_span_id, "SpanId", _SPAN_ID_SIZE)
    if span.kind not in _KINDS:
        raise OtlpError("invalid `kind`: received unspecified `SpanKind` from protobuf")
    with _reading("invalid `attributes`"):
        _check_attributes(span.attributes)
    for index, event in enumerate(span.events):
        with _reading(f"invalid `events` item at index {index}"), _reading("invalid `attributes`"):
            _check_attributes(event.attributes)
    for index, link in enumerate(span.links):
        with _reading(f"invalid `links` item at index {index}"):
            _check_link(link)
    if not span.HasField("status"):
        raise OtlpError("missing `status`")


def _check_link(link: Span.Link) -> None:
    _check_id("trace_id", link.trace_id, "TraceId", _TRACE_ID_SIZE)
    _check_id("span_id", link.span_id, "SpanId", _SPAN_ID_SIZE)
    if link.flags > MAX_LINK_FLAGS:
        raise OtlpError("invalid `flags`")
    _check_trace_state(link.trace_state)
    with _reading("invalid `attributes`"):
        _check_attributes(link.attributes)


def _check_id(field: str, value: bytes, kind: str, size: int) -> None:
    if len(value) not in (0, size):
        raise OtlpError(
            f"invalid `{field}`: `{kind}` must be a byte array of size exactly 0 or {size}, input has size {len(value)}"
        )


def _check_trace_state(text: str) -> None:
    """Check that each member is a pair. The characters of keys and values, which no SDK gets wrong, are not checked."""
    for member in text.removesuffix(",").split(",") if text else ():
        if "=" not in member:
            raise OtlpError(
                f"invalid `trace_state`: {member} is not a valid list member in TraceState, see"
                " https://www.w3.org/TR/trace-context/#list for more details"
            )


def _span_record(span: Span, service: GameService) -> SpanRecord:
    return SpanRecord(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        name=span.name,
        service=service.name,
        start=span.start_time_unix_nano,
        end=span.end_time_unix_nano,
        is_error=span.status.code == _ERROR,
    )


# --- log records


def _check_record(record: LogRecord) -> None:
    number, shown = record.severity_number, record.severity_text
    if not 0 <= number < len(SEVERITIES):
        raise OtlpError("invalid `severity`: unexpected severity value")
    if shown and shown != SEVERITIES[number]:
        raise OtlpError("invalid `severity_text`")
    if record.HasField("body"):
        with _reading("invalid `trace_id`"):  # as on the official server
            _check_any(record.body)
    with _reading("invalid `attributes`"):
        _check_attributes(record.attributes)
    _check_id("trace_id", record.trace_id, "TraceId", _TRACE_ID_SIZE)
    _check_id("span_id", record.span_id, "SpanId", _SPAN_ID_SIZE)


def _check_any(value: AnyValue) -> None:
    kind = _kind(value)
    if kind == "array_value":
        for item in value.array_value.values:
            try:
                _check_any(item)
            except OtlpError as exc:  # the official server names the problem in place of the index
                raise OtlpError(f"invalid array value at index {exc.problem}", exc) from None
    elif kind == "kvlist_value":
        for index, pair in enumerate(value.kvlist_value.values):
            _check_pair(pair, index)


def _check_pair(pair: KeyValue, index: int) -> None:
    if not pair.HasField("value"):
        raise OtlpError(f"empty kv list value at index {index}")
    try:
        _check_any(pair.value)
    except OtlpError as exc:
        raise OtlpError(f"invalid kv list value at index {exc.problem}", exc) from None


def _line(record: LogRecord, service: GameService) -> LogLine:
    return LogLine(
        service=service.name,
        severity=SEVERITIES[record.severity_number],
        text=record.body.string_value,
        trace_id=record.trace_id.hex(),
    )


# --- attributes


def _kind(value: AnyValue) -> str:
    kind = value.WhichOneof("value")
    if kind is None or kind not in _KNOWN:
        raise OtlpError("missing internal `value` field")
    return kind


def _check_attributes(attributes: Iterable[KeyValue]) -> None:
    for index, pair in enumerate(attributes):
        if not pair.HasField("value"):
            raise OtlpError(f"{_KEY_VALUES} missing value at index {index}")
        with _reading(f"{_KEY_VALUES} invalid value at index {index}"):
            _check_attribute(pair.value)


def _check_attribute(value: AnyValue) -> None:
    kind = _kind(value)
    if kind == "array_value":
        with _reading("invalid array value"):
            _check_list(value.array_value.values)
    elif kind not in PRIMITIVE_VALUES:
        raise OtlpError("invalid composite value")


def _check_list(values: Iterable[AnyValue]) -> None:
    first = None
    for value in values:
        kind = value.WhichOneof("value")
        if kind not in PRIMITIVE_VALUES:
            raise OtlpError("failed to read array value: non-primitive protobuf value forbidden inside array")
        first = first or kind
        if kind != first:
            raise OtlpError("invalid array due to mixed primitive value types")
