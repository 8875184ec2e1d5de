"""Traces and logs of games: what is kept and refused. The recordings hold the rules of the official server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs, SeverityNumber
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from eternaltwin.devserver.config import config_of
from eternaltwin.devserver.domain.telemetry import LogLine, SpanRecord
from eternaltwin.rules.requests import MAX_REQUEST_SIZE
from tests.support.asgi_server import Server, ServerResponse, basic

if TYPE_CHECKING:
    from collections.abc import Iterator

GAME = basic("kingdom_dev@clients", "dev")
TRACES, LOGS = "/v1/traces", "/v1/logs"
SPAN = Span(
    trace_id=b"t" * 16,
    span_id=b"s" * 8,
    parent_span_id=b"p" * 8,
    name="fight",
    kind=Span.SpanKind.SPAN_KIND_INTERNAL,
    start_time_unix_nano=1,
    end_time_unix_nano=3,
    status=Status(code=Status.StatusCode.STATUS_CODE_ERROR),
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def attribute(key: str, value: str) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(string_value=value))


def resource(name: str = "kingdom", channel: str = "dev") -> Resource:
    return Resource(attributes=[attribute("service.name", name), attribute("deployment.environment", channel)])


def spans(*found: Span, of: Resource | None = None) -> ResourceSpans:
    return ResourceSpans(resource=of or resource(), scope_spans=[ScopeSpans(scope=InstrumentationScope(), spans=found)])


def traces(*groups: ResourceSpans) -> bytes:
    return ExportTraceServiceRequest(resource_spans=groups).SerializeToString()


def logs(*records: LogRecord) -> bytes:
    group = ResourceLogs(resource=resource(), scope_logs=[ScopeLogs(scope=InstrumentationScope(), log_records=records)])
    return ExportLogsServiceRequest(resource_logs=[group]).SerializeToString()


def post(server: Server, path: str, body: bytes, authorization: str | None = GAME) -> ServerResponse:
    return server.request("POST", path, body=body, authorization=authorization)


def reason(response: ServerResponse) -> str:
    assert response.headers["content-type"] == "application/grpc"
    return unquote(response.headers["grpc-message"])


def test_spans_are_kept(server: Server) -> None:
    response = post(server, TRACES, traces(spans(SPAN)))
    assert (response.status, response.body) == (200, b"")
    assert server.world.telemetry.traces(10) == [
        [
            SpanRecord(
                trace_id="74" * 16,
                span_id="73" * 8,
                parent_id="70" * 8,
                name="fight",
                service="kingdom",
                start=1,
                end=3,
                is_error=True,
            )
        ]
    ]


def test_log_records_are_kept(server: Server) -> None:
    shown = LogRecord(
        severity_number=SeverityNumber.SEVERITY_NUMBER_WARN,
        severity_text="WARN",
        body=AnyValue(string_value="lost"),
        trace_id=b"t" * 16,
    )
    numbers = LogRecord(body=AnyValue(kvlist_value=KeyValueList(values=[attribute("a", "b")])))
    assert post(server, LOGS, logs(shown, numbers)).status == 200
    assert server.world.telemetry.lines(10) == [
        LogLine(service="kingdom", severity="", text="", trace_id=""),
        LogLine(service="kingdom", severity="WARN", text="lost", trace_id="74" * 16),
    ]


@pytest.mark.parametrize("path", [TRACES, LOGS])
@pytest.mark.parametrize("authorization", [None, basic("kingdom_dev@clients", "wrong"), basic("alice", "aaaaaaaaaa")])
def test_only_a_game_may_send_telemetry(server: Server, path: str, authorization: str | None) -> None:
    response = post(server, path, b"", authorization)
    assert (response.status, response.headers["grpc-status"]) == (403, "7")
    assert reason(response) == "forbidden: must provide OAuth client authentication"


def test_a_game_whose_key_names_no_service_may_not() -> None:
    seed = {"uri": "http://localhost/", "oauth_callback": "http://localhost/", "display_name": "Odd", "secret": "dev"}
    with Server(config_of({"seed": {"app": {"_odd": seed}}})) as server:
        assert "does not name a game" in reason(post(server, TRACES, b"", basic("_odd@clients", "dev")))


def test_the_resource_must_be_the_game(server: Server) -> None:
    response = post(server, TRACES, traces(spans(SPAN), spans(SPAN, of=resource(channel="live"))))
    assert (response.status, response.headers["grpc-status"]) == (422, "3")
    assert reason(response) == (
        'invalid span, all span resources must have attributes service.name="kingdom", deployment.environment="dev"'
    )
    assert len(server.world.telemetry.traces(10)) == 1  # what came before, as on the official server


def test_the_reason_of_a_refusal_names_the_place(server: Server) -> None:
    body = traces(spans(SPAN, Span(kind=Span.SpanKind.SPAN_KIND_CLIENT)))
    assert reason(post(server, TRACES, body)).endswith(
        "invalid `scope_spans` item at index 0: invalid `spans` item at index 1: missing `status`"
    )


def test_the_values_of_maps_in_log_records_are_checked(server: Server) -> None:
    body = AnyValue(kvlist_value=KeyValueList(values=[KeyValue(key="a", value=AnyValue())]))
    response = post(server, LOGS, logs(LogRecord(body=body)))
    assert reason(response).endswith(
        "invalid kv list value at index missing internal `value` field: missing internal `value` field"
    )


@pytest.mark.parametrize("path", [TRACES, LOGS])
def test_a_body_that_is_not_protobuf_is_refused(server: Server, path: str) -> None:
    response = post(server, path, b"{}")
    assert response.status == 422
    assert reason(response).startswith("failed to decode Protobuf message: ")


@pytest.mark.parametrize("path", [TRACES, LOGS])
def test_a_body_of_more_than_2_mib_is_refused(server: Server, path: str) -> None:
    padding = b"\xa2\x06\xfb\xff\x7f" + b"x" * (MAX_REQUEST_SIZE - 5)  # an unknown field
    assert post(server, path, padding).status == 200
    assert reason(post(server, path, padding + b"x")).endswith("length limit exceeded")


def test_a_reset_forgets_telemetry(server: Server) -> None:
    post(server, TRACES, traces(spans(SPAN)))
    post(server, LOGS, logs(LogRecord()))
    server.world.reset()
    assert server.world.telemetry.traces(10) == []
    assert server.world.telemetry.lines(10) == []


VALID = traces(spans(SPAN))
CHANGES = st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255))


@given(st.binary(max_size=60) | st.lists(CHANGES, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_body_makes_the_server_fail(server: Server, changes: bytes | list[tuple[int, int]]) -> None:
    body = bytearray(VALID)
    if isinstance(changes, bytes):
        body = bytearray(changes)
    else:
        for place, value in changes:
            body[place] = value
    for path in (TRACES, LOGS):
        assert post(server, path, bytes(body)).status in (200, 422)
    assert server.get("/").status == 200
