"""OpenTelemetry: traces and logs of games, as protobuf (OTLP over HTTP)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import (
    AnyValue,
    ArrayValue,
    InstrumentationScope,
    KeyValue,
    KeyValueList,
)
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from conformance.steps import basic, bearer, binary_step, keeping, log_in, query, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.steps import Identity, Step

TRACES, LOGS = "/v1/traces", "/v1/logs"
PROTOBUF = "application/x-protobuf"
CALLBACK = "http://localhost:8000/oauth/callback"
GAME = basic("brute@clients", "brute_secret")
PRODUCTION = basic("brute_production@clients", "production_secret")
STAGING = basic("brute_old_staging@clients", "staging_secret")
HIDDEN = basic("_hidden@clients", "hidden_secret")

TRACE_ID = bytes(range(16))
SPAN_ID = bytes(range(8))
TIME = 1_700_000_000_000_000_000


def text(value: str) -> AnyValue:
    return AnyValue(string_value=value)


def resource(**attributes: AnyValue | str) -> Resource:
    """Build a resource. Underscores in names are dots."""
    found = [(name.replace("_", "."), value) for name, value in attributes.items()]
    return Resource(
        attributes=[KeyValue(key=name, value=text(value) if isinstance(value, str) else value) for name, value in found]
    )


BRUTE = resource(service_name="brute", deployment_environment="production")
SCOPE = InstrumentationScope(name="game", version="1.0")


SpanField = Literal["kind", "name", "span_id", "start_time_unix_nano", "status", "trace_id"]
RecordField = Literal["body", "time_unix_nano"]


def _span(changes: Span | None = None, without: SpanField | None = None) -> Span:
    """Build a valid span with changes."""
    span = Span(
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
        name="fight",
        kind=Span.SpanKind.SPAN_KIND_INTERNAL,
        start_time_unix_nano=TIME,
        end_time_unix_nano=TIME + 1_500_000,
        status=Status(),
    )
    if changes is not None:
        span.MergeFrom(changes)
    if without is not None:
        span.ClearField(without)
    return span


def _spans(*spans: Span, of: Resource | None = BRUTE, scope: InstrumentationScope | None = SCOPE) -> ResourceSpans:
    return ResourceSpans(resource=of, scope_spans=[ScopeSpans(scope=scope, spans=spans)])


def _traces(name: str, *groups: ResourceSpans, by: Identity | None = GAME) -> Step:
    body = ExportTraceServiceRequest(resource_spans=groups)
    return _post(f"traces {name}", TRACES, body.SerializeToString(deterministic=True), by)


def _span_step(name: str, changes: Span | None = None, without: SpanField | None = None) -> Step:
    return _traces(f"span {name}", _spans(_span(changes, without)))


def _of(name: str, of: Resource, by: Identity = GAME) -> Step:
    return _traces(f"resource {name}", _spans(_span(), of=of), by=by)


def _attribute(name: str, value: AnyValue | None) -> Step:
    return _span_step(f"attribute {name}", Span(attributes=[KeyValue(key="key", value=value)]))


def _log(
    name: str, *records: LogRecord, of: Resource | None = BRUTE, scope: InstrumentationScope | None = SCOPE
) -> Step:
    group = ResourceLogs(resource=of, scope_logs=[ScopeLogs(scope=scope, log_records=records)])
    body = ExportLogsServiceRequest(resource_logs=[group])
    return _post(f"logs {name}", LOGS, body.SerializeToString(deterministic=True), GAME)


def _record(changes: LogRecord | None = None, without: RecordField | None = None) -> LogRecord:
    """Build a valid record with changes."""
    record = LogRecord(time_unix_nano=TIME, body=text("a fight began"))
    if changes is not None:
        record.MergeFrom(changes)
    if without is not None:
        record.ClearField(without)
    return record


def _severity(name: str, number: int, shown: str = "") -> Step:
    record = _record()
    record.severity_number = SeverityNumber.ValueType(number)
    record.severity_text = shown
    return _log(f"severity {name}", record)


def _post(name: str, path: str, body: bytes, by: Identity | None, content_type: str = PROTOBUF) -> Step:
    return binary_step(name, path, body, *([] if by is None else [by]), content_type=content_type)


def _list(*values: AnyValue) -> AnyValue:
    return AnyValue(array_value=ArrayValue(values=values))


VALID = ExportTraceServiceRequest(resource_spans=[_spans(_span())]).SerializeToString(deterministic=True)
STAGE = resource(service_name="brute", deployment_environment="old_staging")

CALLERS: Sequence[Step] = (
    log_in("login", "user1", "1234567891", "user1"),
    keeping(
        step(
            "authorize",
            "GET",
            query(
                "/oauth/authorize",
                response_type="code",
                client_id="brute@clients",
                redirect_uri=CALLBACK,
                scope="base",
            ),
            session("user1"),
        ),
        code="query:code",
    ),
    step(
        "token",
        "POST",
        "/oauth/token",
        GAME,
        json={"grant_type": "authorization_code", "code": "$code"},
        token="json:access_token",
        brute="json:client.id",
    ),
    _traces("as guest", _spans(_span()), by=None),
    _traces("as user", _spans(_span()), by=session("user1")),
    _traces("as user by basic", _spans(_span()), by=basic("user1", "1234567891")),
    _traces("with token", _spans(_span()), by=bearer("$token")),
    _traces("with a wrong secret", _spans(_span()), by=basic("brute@clients", "wrong")),
    _traces("of a game", _spans(_span())),
    _traces("of a game in production", _spans(_span()), by=PRODUCTION),
    _traces("of a game in another channel", _spans(_span(), of=STAGE), by=STAGING),
    _traces("of a game with an odd key", _spans(_span()), by=HIDDEN),
)

RESOURCES: Sequence[Step] = (
    _of("of another game", resource(service_name="kingdom", deployment_environment="production")),
    _of("in another channel", resource(service_name="brute", deployment_environment="staging")),
    _of("in production of another channel", BRUTE, STAGING),
    _of("with the key", resource(service_name="brute_production", deployment_environment="production"), PRODUCTION),
    _of("without service", resource(deployment_environment="production")),
    _of("without channel", resource(service_name="brute")),
    _of("with the newer name", resource(service_name="brute", deployment_environment_name="production")),
    _of("with a number", resource(service_name=AnyValue(int_value=1), deployment_environment="production")),
    _of("with more", resource(service_name="brute", deployment_environment="production", host_name="localhost")),
    _traces("resource missing", _spans(_span(), of=None)),
    _traces("scope missing", _spans(_span(), scope=None)),
    _traces("of nothing"),
    _traces("of a resource without spans", ResourceSpans(resource=BRUTE)),
    _traces("of two games", _spans(_span()), _spans(_span(), of=STAGE)),
)

SPANS: Sequence[Step] = (
    _span_step("with a parent", Span(parent_span_id=SPAN_ID[::-1])),
    _span_step("with a trace id of 4 bytes", Span(trace_id=b"1234")),
    _span_step("with a span id of 4 bytes", Span(span_id=b"1234")),
    _span_step("with a parent of 4 bytes", Span(parent_span_id=b"1234")),
    _span_step("without trace id", without="trace_id"),
    _span_step("without span id", without="span_id"),
    _span_step("without kind", without="kind"),
    _span_step("of the server", Span(kind=Span.SpanKind.SPAN_KIND_SERVER)),
    _span_step("of an unknown kind", Span(kind=Span.SpanKind.ValueType(9))),
    _span_step("without name", without="name"),
    _span_step("without times", Span(), without="start_time_unix_nano"),
    _span_step("that ends before it begins", Span(end_time_unix_nano=1)),
    _span_step("at the end of time", Span(end_time_unix_nano=2**64 - 1)),
    _span_step("without status", without="status"),
    _span_step("with an error", Span(status=Status(code=Status.StatusCode.STATUS_CODE_ERROR, message="it failed"))),
    _span_step("with an unknown status", Span(status=Status(code=Status.StatusCode.ValueType(9)))),
    _span_step("with all flags", Span(flags=2**32 - 1)),
    _span_step("with a trace state", Span(trace_state="vendor=value")),
    _span_step("with a malformed trace state", Span(trace_state="no pair")),
    _span_step("with an event", Span(events=[Span.Event(time_unix_nano=TIME, name="hit")])),
    _span_step("with a malformed event", Span(events=[Span.Event(attributes=[KeyValue(key="key")])])),
    _span_step("with a link", Span(links=[Span.Link(trace_id=TRACE_ID, span_id=SPAN_ID)])),
    _span_step("with a malformed link", Span(links=[Span.Link(trace_id=b"1234", span_id=SPAN_ID)])),
    _span_step("with a link without ids", Span(links=[Span.Link()])),
    _span_step("with a link with a malformed state", Span(links=[Span.Link(trace_state="no pair")])),
)

ATTRIBUTES: Sequence[Step] = (
    _attribute("string", text("value")),
    _attribute("bool", AnyValue(bool_value=False)),
    _attribute("int", AnyValue(int_value=-1)),
    _attribute("double", AnyValue(double_value=0.5)),
    _attribute("missing", None),
    _attribute("empty", AnyValue()),
    _attribute("bytes", AnyValue(bytes_value=b"1")),
    _attribute("map", AnyValue(kvlist_value=KeyValueList())),
    _attribute("empty list", _list()),
    _attribute("list", _list(text("a"), text("b"))),
    _attribute("mixed list", _list(text("a"), AnyValue(int_value=1))),
    _attribute("list in a list", _list(_list())),
    _attribute("list of an empty value", _list(AnyValue())),
)

LOG_RECORDS: Sequence[Step] = (
    _post("logs as guest", LOGS, b"", None),
    _post("logs of nothing", LOGS, b"", GAME),
    _log("ok", _record()),
    _log("of another channel", _record(), of=STAGE),
    _log("without resource", _record(), of=None),
    _log("without scope", _record(), scope=None),
    _log("without body", _record(without="body")),
    _log("with an empty body", LogRecord(time_unix_nano=TIME, body=AnyValue())),
    _log(
        "with a map",
        _record(LogRecord(body=AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="a", value=text("b"))])))),
    ),
    _log(
        "with a map of nothing",
        _record(LogRecord(body=AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="a")])))),
    ),
    _log("with bytes", _record(LogRecord(body=AnyValue(bytes_value=b"1")))),
    _log(
        "with a mixed list", _record(LogRecord(body=_list(text("a"), AnyValue(int_value=1), AnyValue(bytes_value=b""))))
    ),
    _log("with a list of an empty value", _record(LogRecord(body=_list(AnyValue())))),
    _log(
        "with an attribute that is a map",
        _record(LogRecord(attributes=[KeyValue(key="a", value=AnyValue(kvlist_value=KeyValueList()))])),
    ),
    _log("with a trace", _record(LogRecord(trace_id=TRACE_ID, span_id=SPAN_ID))),
    _log("with a malformed trace", _record(LogRecord(trace_id=b"1234"))),
    _log("with a malformed span", _record(LogRecord(span_id=b"1234"))),
    _log("without time", _record(without="time_unix_nano")),
    _severity("with its name", 9, "INFO"),
    _severity("of Python's warnings", 13, "WARN"),
    _severity("of Python's critical errors", 21, "CRITICAL"),
    _severity("fatal", 21, "FATAL"),
    _severity("between", 10, "INFO2"),
    _severity("in lower case", 9, "info"),
    _severity("without name", 17),
    _severity("name without number", 0, "INFO"),
    _severity("unknown", 25),
    _severity("negative", -1),
)

BODIES: Sequence[Step] = (
    _post("traces no protobuf", TRACES, b"no protobuf", GAME),
    _post("traces no protobuf as guest", TRACES, b"no protobuf", None),
    _post("logs no protobuf", LOGS, b"no protobuf", GAME),
    _post("traces cut off", TRACES, VALID[:-1], GAME),
    _post("traces with bytes that are no text", TRACES, VALID.replace(b"fight", b"\xff\xff\xff\xff\xff"), GAME),
    _post("traces with an unknown field", TRACES, VALID + b"\xa0\x06\x01", GAME),
    _post("traces as text", TRACES, VALID, GAME, "text/plain"),
    _post("traces as json", TRACES, b"{}", GAME, "application/json"),
    step("traces get", "GET", TRACES),
    step("traces options", "OPTIONS", TRACES),
    step("traces with slash", "POST", f"{TRACES}/"),
    step("traces without body", "POST", TRACES, GAME),
    step("logs head", "HEAD", LOGS),
)

STEPS: Sequence[Step] = (*CALLERS, *RESOURCES, *SPANS, *ATTRIBUTES, *LOG_RECORDS, *BODIES)
