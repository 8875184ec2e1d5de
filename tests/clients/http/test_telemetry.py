"""Spans and metrics of OpenTelemetry, for both clients."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import context, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode, TraceFlags

from eternaltwin import __version__
from eternaltwin.clients.http import telemetry
from eternaltwin.clients.http.observation import count_lookups, unobserved
from eternaltwin.clients.http.requests import HTTPRequest, ServerAddress
from eternaltwin.exceptions import AuthenticationError, ConnectError, NotFoundError, UnexpectedResponseError
from eternaltwin.identities import GameClient
from eternaltwin.responses import Response
from tests.support.fakes import (
    ALICE,
    CLIENT_ID,
    SECRET,
    TOKEN,
    URL,
    FakeAsyncTransport,
    async_client,
    full_user,
    json_response,
)
from tests.support.tracebacks import DID_NOT_FAIL, leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk.trace import ReadableSpan

    from tests.support.fakes import Outcome
    from tests.support.scripted_clients import ScriptedClient

USER = f"/api/v1/users/{ALICE}"


class Recorder:
    """What was reported to OpenTelemetry."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.use(self.provider)

    def use(self, provider: trace.TracerProvider) -> None:
        self._monkeypatch.setattr(telemetry, "TELEMETRY", telemetry.Telemetry(provider, self.meters))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans in the order in which they ended."""
        return self._exporter.get_finished_spans()

    def points(self, name: str) -> list[Any]:
        """Return the data points of a metric."""
        return [point for _, metric in self.metrics() if metric.name == name for point in metric.data.data_points]

    def metrics(self) -> list[tuple[Any, Any]]:
        """Return the metrics, each with its scope."""
        found = self._reader.get_metrics_data()
        resources = found.resource_metrics if found is not None else ()
        scopes = [scope for resource in resources for scope in resource.scope_metrics]
        return [(scope.scope, metric) for scope in scopes for metric in scope.metrics]


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder(monkeypatch)
    yield recorder
    recorder.provider.shutdown()
    recorder.meters.shutdown()


def ids(span: ReadableSpan) -> tuple[int, int]:
    """Return the ids of the trace and of the span."""
    found = span.get_span_context()
    assert found is not None
    return found.trace_id, found.span_id


def attributes(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})


def test_a_call_is_one_span_and_each_attempt_is_one_in_it(client: ScriptedClient, recorder: Recorder) -> None:
    script = client.script(json_response(503), json_response(200, full_user()))
    client.call("users.get", ALICE)
    first, second, call = recorder.spans
    assert (call.name, call.kind) == ("GET /api/v1/users/{user_id}", SpanKind.INTERNAL)
    assert call.parent is None
    assert call.status.status_code is StatusCode.UNSET
    for span in (first, second):
        assert (span.name, span.kind) == ("GET", SpanKind.CLIENT)
        assert span.parent is not None
        assert (span.parent.trace_id, span.parent.span_id) == ids(call)
    assert len(script.requests) == 2


def test_attempts_have_the_stable_attributes_of_the_semantic_conventions(
    client: ScriptedClient, recorder: Recorder
) -> None:
    client.script(json_response(503), json_response(200, {}), url="http://eternaltwin.test:8080/below")
    response = client.call("get", USER, query={"q": "secret"})
    first, second, _ = recorder.spans
    common = {
        "http.request.method": "GET",
        "server.address": "eternaltwin.test",
        "server.port": 8080,
        "url.full": f"http://eternaltwin.test:8080/below{USER}",
        "eternaltwin.request_id": response.request_id,
    }
    assert attributes(first) == {**common, "http.response.status_code": 503, "error.type": "503"}
    assert first.status.status_code is StatusCode.ERROR
    assert attributes(second) == {**common, "http.response.status_code": 200, "http.request.resend_count": 1}
    assert second.status.status_code is StatusCode.UNSET
    assert second.instrumentation_scope is not None
    assert second.instrumentation_scope.schema_url == "https://opentelemetry.io/schemas/1.43.0"


@pytest.mark.parametrize(("url", "port"), [("https://eternaltwin.test", 443), ("http://[::1]", 80)])
def test_the_port_is_that_of_the_scheme_without_another(
    client: ScriptedClient, recorder: Recorder, url: str, port: int
) -> None:
    client.script(json_response(200, {}), url=url)
    client.call("get", "/api/v1")
    assert attributes(recorder.spans[0])["server.port"] == port


def test_traceparent_of_the_attempt_is_sent_and_no_baggage(client: ScriptedClient, recorder: Recorder) -> None:
    script = client.script(json_response(503), json_response(200, {}))
    client.call("get", "/api/v1")
    spans = recorder.spans[:2]
    for request, span in zip(script.requests, spans, strict=True):
        version, trace_id, span_id, flags = request.headers["traceparent"].split("-")
        assert (version, int(trace_id, 16), int(span_id, 16)) == ("00", *ids(span))
        assert int(flags, 16) & TraceFlags.SAMPLED
        assert "baggage" not in request.headers


def test_the_call_is_part_of_the_trace_of_the_game(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(200, {}))
    with recorder.provider.get_tracer("game").start_as_current_span("fight") as fight:
        client.call("get", "/api/v1")
        assert trace.get_current_span() is fight
    assert {ids(span)[0] for span in recorder.spans} == {fight.get_span_context().trace_id}
    assert [span.name for span in recorder.spans] == ["GET", "GET /api/v1", "fight"]


FAILURES: list[tuple[Outcome, str, type[Exception]]] = [
    (ConnectError("the server is down"), "eternaltwin.exceptions.ConnectError", ConnectError),
    (json_response(404, {"error": "UserNotFound"}), "eternaltwin.exceptions.NotFoundError", NotFoundError),
]


@pytest.mark.parametrize(("outcome", "error", "kind"), FAILURES)
def test_a_failure_is_the_error_type_of_the_call_and_of_the_attempt(
    client: ScriptedClient, recorder: Recorder, outcome: Outcome, error: str, kind: type[Exception]
) -> None:
    client.script(outcome, retries=0)
    with pytest.raises(kind) as caught:
        client.call("get", USER)
    attempt, call = recorder.spans
    assert attributes(call) == {"error.type": error}
    assert (call.status.status_code, call.status.description) == (StatusCode.ERROR, str(caught.value))
    assert attributes(attempt)["error.type"] == ("404" if kind is NotFoundError else error)
    assert [*call.events, *attempt.events] == []


def test_another_error_is_named_and_not_described(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(KeyError(f"the header with {SECRET}"))
    with pytest.raises(KeyError):
        client.call("get", "/api/v1")
    attempt, call = recorder.spans
    assert attributes(attempt)["error.type"] == attributes(call)["error.type"] == "KeyError"
    assert call.status.description is None


def test_a_response_that_cannot_be_decoded_is_the_error_of_the_call(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(200, b"<html>"))
    with pytest.raises(UnexpectedResponseError):
        client.call("api.server.config")
    attempt, call = recorder.spans
    assert attributes(attempt)["http.response.status_code"] == 200
    assert attributes(call)["error.type"] == "eternaltwin.exceptions.UnexpectedResponseError"


def test_what_explains_a_refusal_is_part_of_the_call(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(403), json_response(200, {"type": "Guest", "scope": "Default"}))
    with pytest.raises(AuthenticationError):
        client.call("get", "/api/v1", token=TOKEN)
    assert [span.name for span in recorder.spans] == ["GET", "GET", "GET /api/v1"]


def test_unknown_methods_and_paths_do_not_become_names(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(200, {}))
    client.call("get", "/actions/an-id")
    assert [span.name for span in recorder.spans] == ["GET", "GET"]


def test_the_duration_of_each_attempt_is_in_the_histogram(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(503), json_response(200, {}), ConnectError("down"), retries=1)
    client.call("get", "/api/v1")
    with pytest.raises(ConnectError):
        client.call("get", "/api/v1")
    points = recorder.points("http.client.request.duration")
    common = {"http.request.method": "GET", "server.address": "eternaltwin.test", "server.port": 80}
    found = {frozenset(point.attributes.items()): point.count for point in points}
    assert found == {
        frozenset({**common, "http.response.status_code": 503, "error.type": "503"}.items()): 1,
        frozenset({**common, "http.response.status_code": 200}.items()): 1,
        frozenset({**common, "error.type": "eternaltwin.exceptions.ConnectError"}.items()): 2,
    }
    assert points[0].explicit_bounds[:2] == (0.005, 0.01)
    assert sum(point.sum for point in points) < 5


def test_durations_are_counted_also_if_only_metrics_are_configured(client: ScriptedClient, recorder: Recorder) -> None:
    recorder.use(trace.ProxyTracerProvider())
    script = client.script(json_response(200, {}))
    client.call("get", "/api/v1")
    assert recorder.spans == ()
    assert "traceparent" not in script.requests[0].headers
    assert [point.count for point in recorder.points("http.client.request.duration")] == [1]


def test_traces_that_are_not_sampled_are_not_recorded(client: ScriptedClient, recorder: Recorder) -> None:
    recorder.use(TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False))
    script = client.script(json_response(200, {}))
    client.call("get", "/api/v1")
    assert recorder.spans == ()
    assert not int(script.requests[0].headers["traceparent"][-2:], 16) & TraceFlags.SAMPLED


def test_lookups_in_the_cache_are_counted_by_result(recorder: Recorder) -> None:
    count_lookups("fresh", 99)
    count_lookups("miss")
    count_lookups("fresh")
    points = recorder.points("eternaltwin.profile_cache.lookups")
    assert {point.attributes["eternaltwin.profile_cache.result"]: point.value for point in points} == {
        "fresh": 100,
        "miss": 1,
    }


def test_spans_and_metrics_say_whose_they_are_and_in_which_units(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(200, {}))
    client.call("get", "/api/v1")
    count_lookups("miss")
    schema = "https://opentelemetry.io/schemas/1.43.0"
    spans = {span.instrumentation_scope for span in recorder.spans}
    for scope in (*spans, *(scope for scope, _ in recorder.metrics())):
        assert scope is not None
        assert (scope.name, scope.version, scope.schema_url) == ("eternaltwin", __version__, schema)
    described = {metric.name: (metric.unit, metric.description) for _, metric in recorder.metrics()}
    assert described == {
        "http.client.request.duration": ("s", "Duration of HTTP client requests."),
        "eternaltwin.profile_cache.lookups": ("{user}", "Users that were looked up in the cache of profiles."),
    }


@pytest.mark.parametrize(("status", "kind"), [(399, None), (400, "400")])
def test_refusals_are_errors_of_the_attempt(
    client: ScriptedClient, recorder: Recorder, status: int, kind: str | None
) -> None:
    client.script(json_response(status, {}))
    with suppress(UnexpectedResponseError):
        client.call("get", "/api/v1", raise_on_error=False)
    assert attributes(recorder.spans[0]).get("error.type") == kind


def test_methods_of_the_standard_have_their_name_others_none_and_addresses_no_query(recorder: Recorder) -> None:
    server = ServerAddress.of(URL)
    for method in ("PATCH", "BREW"):
        request = HTTPRequest(method=method, target="/x?a?b", headers={}, body=None, timeout=1, is_idempotent=False)
        telemetry.TELEMETRY.traced_attempt(request, server, 1, "id").end(Response(URL, 200, b""), 0.5)
    points = recorder.points("http.client.request.duration")
    assert [point.attributes["http.request.method"] for point in points] == ["PATCH", "_OTHER"]
    assert [attributes(span)["url.full"] for span in recorder.spans] == [f"{URL}/x"] * 2


def test_a_duration_belongs_to_the_span_of_its_attempt(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(200, {}))
    client.call("get", "/api/v1")
    [point] = recorder.points("http.client.request.duration")
    [exemplar] = point.exemplars
    assert (exemplar.trace_id, exemplar.span_id) == ids(recorder.spans[0])


def test_calls_that_send_telemetry_cause_none(client: ScriptedClient, recorder: Recorder) -> None:
    script = client.script(json_response(200, {}))
    with unobserved():
        client.call("get", "/api/v1")
        count_lookups("fresh")
    assert recorder.spans == ()
    assert recorder.points("http.client.request.duration") == []
    assert "traceparent" not in script.requests[0].headers


def test_no_span_has_a_secret_or_a_query(client: ScriptedClient, recorder: Recorder) -> None:
    client.script(json_response(503, {"error": f"{SECRET} {TOKEN}"}), ConnectError("down"), json_response(200, {}))
    client.call("get", "/api/v1/users", token=TOKEN, query={"hidden_name": SECRET}, raise_on_error=False)
    client.call("post", "/api/v1/users", identity=GameClient(CLIENT_ID, SECRET), json={"a": SECRET})
    text = "".join(span.to_json() for span in recorder.spans)
    assert len(recorder.spans) >= 5
    assert not [word for word in (SECRET, TOKEN, "hidden_name", "?", "Basic", "Bearer") if word in text]


def test_no_traceback_of_a_traced_call_shows_a_secret(client: ScriptedClient, recorder: Recorder) -> None:
    for outcome in (ConnectError("down"), json_response(401), KeyError("a bug"), json_response(200, b"<html>")):
        client.script(outcome, retries=0)
        for name, arguments in (("get", {"token": TOKEN}), ("post", {"json": {"password": TOKEN}})):
            call = partial(client.call, name, "/api/v1", **arguments)
            assert [leak for leak in leaks_of_failure(call, TOKEN) if DID_NOT_FAIL not in leak] == []
    assert len(recorder.spans) == 16


class Hanging(FakeAsyncTransport):
    """A transport that never responds."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def send(self, request: HTTPRequest) -> Response:
        self.reached.set()
        await asyncio.Event().wait()
        return self.outcome(request)


def test_a_cancelled_call_ends_its_spans(recorder: Recorder) -> None:
    async def scenario() -> None:
        transport = Hanging()
        task = asyncio.create_task(async_client(transport).get("/api/v1"))
        await transport.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
    assert [attributes(span)["error.type"] for span in recorder.spans] == ["asyncio.exceptions.CancelledError"] * 2
    assert context.get_current() == {}


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


CALL = """
import sys
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.responses import Response
from tests.support.fakes import FakeTransport, json_response, sync_client
script = FakeTransport(json_response(200, {}))
client = sync_client(script)
"""


def test_opentelemetry_is_not_imported_by_this_library() -> None:
    found = _run(f"{CALL}client.get('/api/v1')\nprint([name for name in sys.modules if 'opentelemetry' in name])")
    assert found == "[]"


def test_a_provider_that_is_set_later_gets_the_spans() -> None:
    code = f"""{CALL}
from opentelemetry import trace
client.get('/api/v1')
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
client.get('/api/v1')
print([request.headers.get('traceparent') is None for request in script.requests])
print([span.name for span in exporter.get_finished_spans()])
"""
    assert _run(code).splitlines() == ["[True, False]", "['GET', 'GET /api/v1']"]
