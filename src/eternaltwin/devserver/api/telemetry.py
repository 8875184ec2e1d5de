"""`/v1/traces` and `/v1/logs`: the telemetry of games, as OTLP over HTTP with protobuf."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from eternaltwin.clients.endpoints import LOGS, TRACES
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.operations import CLIENT_CREDENTIALS, GRPC_STATUS, PROTOBUF, Operation
from eternaltwin.devserver.api.otlp import (
    MalformedOtlpError,
    OtherServiceError,
    OtlpError,
    decode_logs,
    decode_traces,
    read_lines,
    read_spans,
)
from eternaltwin.devserver.api.requests import TOO_LARGE, BodyTooLargeError
from eternaltwin.devserver.api.responses import ApiError, ApiResponse
from eternaltwin.devserver.domain.records import ClientRecord
from eternaltwin.rules.telemetry import GameService, service_of

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Telemetry"

_DESCRIPTION = (
    "The resource of everything that is sent must have the attributes `service.name` and `deployment.environment` of"
    " the game: for the key `brute_staging@clients`, `brute` and `staging`; for `brute@clients`, `brute` and"
    " `production`. The body must not be compressed, and its content type is not read. The reason of a refusal is in"
    " the header field `grpc-message`, percent-encoded."
)
_RESPONSES = {200: PROTOBUF, 403: GRPC_STATUS, 422: GRPC_STATUS}

#: Codes of gRPC: https://grpc.io/docs/guides/status-codes/
_INVALID_ARGUMENT, _PERMISSION_DENIED = 3, 7

#: What is not encoded in `grpc-message`, besides letters and digits.
_SAFE = "!$&'()*+,-./:;=@[\\]^_|~"

#: An empty response message.
_ACCEPTED = ApiResponse(200, fields=((b"content-type", b"application/octet-stream"),))

_NOT_READABLE = "failed to read provided input data, maybe due to invalid or unsupported format"


def _grpc_error(status: int, code: int, message: str) -> ApiError:
    fields = (
        (b"content-type", b"application/grpc"),
        (b"grpc-status", f"{code}".encode()),
        (b"grpc-message", quote(message, safe=_SAFE).encode()),
    )
    return ApiError(ApiResponse(status, fields=fields))


def _refused(exc: OtlpError) -> ApiError:
    is_explained = isinstance(exc, MalformedOtlpError | OtherServiceError)
    return _grpc_error(422, _INVALID_ARGUMENT, f"{exc}" if is_explained else f"{_NOT_READABLE}: {exc}")


def _content(request: ApiRequest) -> bytes:
    try:
        return request.body
    except BodyTooLargeError:
        raise MalformedOtlpError(f"{TOO_LARGE}: length limit exceeded") from None


def _service(request: ApiRequest) -> GameService:
    """Return the service that the caller may send telemetry of."""
    caller = request.identity()
    if not isinstance(caller, ClientRecord):
        raise _grpc_error(403, _PERMISSION_DENIED, "forbidden: must provide OAuth client authentication")
    service = service_of(caller.key)
    if service is None:
        raise _grpc_error(403, _PERMISSION_DENIED, f"forbidden: the key {caller.key} does not name a game")
    return service


def _receives(what: str) -> Operation:
    return Operation(
        tag=_TAG,
        summary=f"Receive {what} of a game",
        responses=_RESPONSES,
        description=_DESCRIPTION,
        request_body=PROTOBUF,
        security=CLIENT_CREDENTIALS,
        requires_credentials=True,
    )


@endpoint(
    "POST",
    TRACES,
    _receives("traces"),
)
def _receive_traces(request: ApiRequest) -> ApiResponse:
    try:
        groups = decode_traces(_content(request))
        service = _service(request)
        for group in groups:
            request.world.telemetry.add_spans(read_spans(group, service))
    except OtlpError as exc:
        raise _refused(exc) from None
    return _ACCEPTED


@endpoint(
    "POST",
    LOGS,
    _receives("log records"),
)
def _receive_logs(request: ApiRequest) -> ApiResponse:
    try:
        groups = decode_logs(_content(request))
        service = _service(request)
        for group in groups:
            request.world.telemetry.add_lines(read_lines(group, service))
    except OtlpError as exc:
        raise _refused(exc) from None
    return _ACCEPTED


ENDPOINTS = (_receive_traces, _receive_logs)
