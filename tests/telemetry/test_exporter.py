"""Sending the traces of a game to Eternaltwin."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.trace import Link, NoOpTracerProvider, SpanContext, TraceFlags

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, configure
from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import ConfigurationError, UnknownConnectionError
from eternaltwin.rules.requests import MAX_REQUEST_SIZE
from eternaltwin.rules.telemetry import GameService
from eternaltwin.telemetry import eternaltwin_exporter
from eternaltwin.telemetry.exporter import EternaltwinSpanExporter
from tests.support.fakes import SECRET, FakeTransport, changed_settings, json_response
from tests.support.sockets import free_port
from tests.support.tracebacks import leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.util.types import AnyValue

    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.devserver.domain.telemetry import SpanRecord
    from eternaltwin.responses import Response

STAGING = GameService("brute", "staging")
UUID = "9f310484-963b-446b-af69-797feec6813f"


@pytest.fixture
def server() -> Iterator[DevServer]:
    app = {"uri": "http://localhost/", "oauth_callback": "http://localhost/callback", "secret": "dev"}
    with DevServer({"seed": {"app": {"brute_staging": {"display_name": "Brute", **app}}}}) as server:
        configure(default=server.connection_settings("brute_staging@clients"))
        yield server
    configure()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[TracerProvider]:
    """Return the tracer provider of the process: one of the game, with a resource of its own."""
    provider = TracerProvider(resource=Resource({"service.name": "other", "host.name": "x"}), shutdown_on_exit=False)
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield provider
    provider.shutdown()


def received(server: DevServer) -> list[SpanRecord]:
    return [span for spans in server.world.telemetry.traces(100) for span in spans]


class Keeper(SpanProcessor):
    """Keeps the spans that have ended."""

    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)


def ended_span(attributes: Mapping[str, AnyValue] | None = None, resource: Resource | None = None) -> ReadableSpan:
    """Return a span that has ended, with these attributes everywhere."""
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    keeper = Keeper()
    provider.add_span_processor(keeper)
    link = Link(SpanContext(1, 1, is_remote=True, trace_flags=TraceFlags(1)), attributes)
    tracer = provider.get_tracer("game", attributes=attributes)
    with tracer.start_as_current_span("fight", links=[link], attributes=attributes) as span:
        span.add_event("hit", attributes)
    return keeper.spans[0]


def exporter_of(server: DevServer, service: GameService = STAGING, **changes: object) -> EternaltwinSpanExporter:
    settings = {**server.connection_settings("brute_staging@clients"), **changes}
    return EternaltwinSpanExporter(Eternaltwin.check(settings), service)


def test_spans_arrive_as_those_of_the_game_of_the_connection(server: DevServer, provider: TracerProvider) -> None:
    exporter = eternaltwin_exporter()
    assert exporter.service == STAGING
    with provider.get_tracer("game").start_as_current_span("fight") as span:
        trace_id = f"{span.get_span_context().trace_id:032x}"
    assert provider.force_flush()
    assert [(found.name, found.service, found.trace_id) for found in received(server)] == [("fight", "brute", trace_id)]


def test_spans_have_the_name_and_the_channel_of_the_game_whatever_the_provider_has(server: DevServer) -> None:
    other = Resource({"service.name": "other", "deployment.environment": "elsewhere", "host.name": "x"})
    assert exporter_of(server).export([ended_span(), ended_span(resource=other)]) is SpanExportResult.SUCCESS
    assert [span.service for span in received(server)] == ["brute", "brute"]


def test_attributes_that_eternaltwin_refuses_are_left_out(server: DevServer) -> None:
    refused: dict[str, AnyValue] = {"a": b"1", "b": {"c": 1}, "d": ["x", None], "e": None, "f": [[1]], "g": [1, "x"]}
    accepted: dict[str, AnyValue] = {"h": "x", "i": 1, "j": 0.5, "k": True, "l": ["x", "y"], "m": []}
    span = ended_span({**refused, **accepted}, Resource({"a": "x"}))
    assert exporter_of(server).export([span]) is SpanExportResult.SUCCESS
    (request,) = [entry for entry in server.requests if entry.path == "/v1/traces"]
    for key in accepted:
        assert b"\x0a\x01" + key.encode() in request.body
    for key in refused.keys() - {"a"}:
        assert b"\x0a\x01" + key.encode() not in request.body


def test_spans_that_are_too_large_for_one_request_are_sent_in_several(server: DevServer) -> None:
    spans = [ended_span({"a": "x" * (MAX_REQUEST_SIZE // 5)}) for _ in range(5)]
    assert exporter_of(server).export(spans) is SpanExportResult.SUCCESS
    requests = [entry for entry in server.requests if entry.path == "/v1/traces"]
    assert [entry.status for entry in requests] == [200] * len(requests)
    assert 3 < len(requests) <= 5
    assert len(received(server)) == 5


def test_a_span_that_is_too_large_is_lost(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    large = ended_span({"a": "x" * MAX_REQUEST_SIZE})
    for spans in ([ended_span(), large], [large, ended_span()]):
        assert exporter_of(server).export(spans) is SpanExportResult.FAILURE
    assert "length limit exceeded" in caplog.messages[0]
    assert len(received(server)) == 2


def test_exporting_causes_no_spans_and_no_lines(
    server: DevServer, provider: TracerProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "eternaltwin")
    keeper = Keeper()
    provider.add_span_processor(keeper)
    assert exporter_of(server).export([ended_span()]) is SpanExportResult.SUCCESS
    assert keeper.spans == []
    assert [record for record in caplog.records if record.name != "eternaltwin.devserver"] == []
    (request,) = [entry for entry in server.requests if entry.path == "/v1/traces"]
    assert "traceparent" not in request.headers


def test_one_warning_is_logged_until_spans_are_accepted_again(
    server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "eternaltwin.telemetry")
    exporter = exporter_of(server)
    server.fail_next(503, times=2)
    results = [exporter.export([ended_span()]) for _ in range(3)]
    assert results == [SpanExportResult.FAILURE, SpanExportResult.FAILURE, SpanExportResult.SUCCESS]
    server.fail_next(503)
    exporter.export([ended_span()])
    assert [record.levelname for record in caplog.records] == ["WARNING", "DEBUG", "WARNING"]
    assert caplog.messages[0].startswith("spans were not accepted, and are lost: ")
    assert "503" in caplog.messages[0]


def test_the_warning_has_the_reason_of_the_server(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    assert exporter_of(server, GameService("brute", "live")).export([ended_span()]) is SpanExportResult.FAILURE
    assert 'must have attributes service.name="brute", deployment.environment="staging"' in caplog.messages[0]


def test_a_wrong_secret_is_named(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    exporter_of(server, client_secret="wrong").export([ended_span()])
    assert "not valid" in caplog.messages[0]
    assert "must provide OAuth client authentication" in caplog.messages[0]


def test_a_secret_that_the_server_repeats_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    transport = FakeTransport(json_response(422, b"", [("grpc-message", f"bad%20secret%20{SECRET}")]))
    settings = Eternaltwin.check(changed_settings(transport=transport))
    EternaltwinSpanExporter(settings, STAGING).export([ended_span()])
    assert "bad secret [hidden]" in caplog.messages[0]


def test_a_server_that_is_not_there_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    settings = Eternaltwin.check(changed_settings(url=f"http://127.0.0.1:{free_port()}"))
    exporter = EternaltwinSpanExporter(settings, STAGING)
    assert exporter.export([ended_span()]) is SpanExportResult.FAILURE
    assert [record.name for record in caplog.records] == ["eternaltwin.telemetry"]
    assert exporter.force_flush()
    exporter.shutdown()


def test_no_traceback_of_an_export_shows_the_secret() -> None:
    class Interrupted(FakeTransport):
        def send(self, request: HTTPRequest) -> Response:
            raise KeyboardInterrupt(request.method)

    exporter = EternaltwinSpanExporter(Eternaltwin.check(changed_settings(transport=Interrupted())), STAGING)
    span = ended_span()
    assert leaks_of_failure(lambda: exporter.export([span]), SECRET) == []


def test_a_connection_of_asyncio_will_do(server: DevServer, provider: TracerProvider) -> None:
    del provider
    settings = server.connection_settings("brute_staging@clients")
    assert eternaltwin_exporter(AsyncEternaltwin(**settings)).service == STAGING
    configure()
    async_connections.configure(other=settings)
    assert eternaltwin_exporter("other").service == STAGING


def test_the_name_and_the_channel_can_be_given(server: DevServer, provider: TracerProvider) -> None:
    del provider
    assert eternaltwin_exporter(channel="live").service == ("brute", "live")
    configure(default={**server.connection_settings("brute_staging@clients"), "client_id": UUID})
    assert eternaltwin_exporter(service="a", channel="b").service == ("a", "b")
    with pytest.raises(ConfigurationError, match="give service and channel") as caught:
        eternaltwin_exporter(service="a")
    assert caught.value.setting == "client_id"


def test_an_unknown_connection_is_an_error() -> None:
    with pytest.raises(UnknownConnectionError):
        eternaltwin_exporter("nowhere")


def test_a_provider_of_another_kind_is_an_error(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    del server
    monkeypatch.setattr(trace, "get_tracer_provider", NoOpTracerProvider)
    with pytest.raises(ConfigurationError, match="is a NoOpTracerProvider, to which no exporter can be added"):
        eternaltwin_exporter()


MISSING = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
from eternaltwin.exceptions import MissingExtraError
from eternaltwin.telemetry import eternaltwin_exporter
from tests.support.fakes import FakeTransport, sync_client
try:
    eternaltwin_exporter(sync_client(FakeTransport()))
except MissingExtraError as exc:
    print(exc.name, exc)
"""


@pytest.mark.parametrize("module", ["opentelemetry", "opentelemetry.sdk", "google.protobuf"])
def test_a_missing_extra_is_one_sentence(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", MISSING, module], check=True, capture_output=True, text=True)
    package = module.partition(".")[0]
    assert done.stdout == f'{package} sending traces needs the SDK of OpenTelemetry: pip install "eternaltwin[otel]"\n'


def test_another_missing_module_is_not_taken_for_the_extra(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    del server
    monkeypatch.setitem(sys.modules, "eternaltwin.telemetry.exporter", None)
    with pytest.raises(ModuleNotFoundError):
        eternaltwin_exporter()


def test_one_call_configures_the_process_and_the_last_spans_are_sent_at_its_exit(server: DevServer) -> None:
    settings = {
        name: value
        for name, value in server.connection_settings("brute_staging@clients").items()
        if isinstance(value, str)
    }
    code = f"""
from eternaltwin import User, configure
from eternaltwin.telemetry import eternaltwin_exporter
configure(default={{**{settings!r}, "state_key": "a key of the test that is long enough"}})
eternaltwin_exporter()
from opentelemetry import trace
with trace.get_tracer("game").start_as_current_span("a page"):
    User.get({str(server.world.user("alice").id)!r})
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    spans = received(server)
    assert [span.name for span in spans] == ["GET", "GET /api/v1/users/{user_id}", "a page"]
    assert len({span.trace_id for span in spans}) == 1
    (request,) = [entry for entry in server.requests if entry.path.startswith("/api/v1/users/")]
    assert request.headers["traceparent"].split("-")[1] == spans[0].trace_id
