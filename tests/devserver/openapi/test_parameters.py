"""Handlers read what their endpoints declare: everything of that, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from eternaltwin.devserver.api.endpoints import Endpoint
from eternaltwin.devserver.api.operations import USER_CREDENTIALS, Operation, Parameter
from eternaltwin.devserver.api.requests import ApiRequest, UndeclaredError
from eternaltwin.devserver.api.responses import ApiError, ApiResponse
from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.models import NewForumPost, UserRef
from tests.support.asgi_server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eternaltwin.devserver.services.world import World

#: Valid values of the path parameters of endpoints that declare further parameters.
PATH = {"section": "main_fr", "thread": "main_fr", "post": str(UUID(int=1))}

SORT = Parameter(name="sort", schema={"type": "string"}, description="The order.")
TRACE = Parameter(name="trace", schema={"type": "string"}, description="The id of the trace.")


class RecordingRequest(ApiRequest):
    """A request without parameters and body, which records the names of the parameters that the handler reads."""

    def __init__(self, world: World, operation: Operation | None) -> None:
        scope: dict[str, Any] = {"path": "/", "query_string": b"", "headers": [], "path_params": PATH}
        super().__init__(world, scope, b"", operation)
        self.read: set[str] = set()

    def query(self, *names: str) -> dict[str, str]:
        self.read.update(names)
        return super().query(*names)

    def header(self, name: bytes) -> str | None:
        self.read.add(name.decode())
        return super().header(name)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Server() as server:
        yield server.world


def operation(**declared: Any) -> Operation:
    return Operation(tag="Test", summary="A test", responses={200: None}, **declared)


def unread(world: World, endpoint: Endpoint) -> set[str]:
    """Return the names of the declared parameters that the handler does not read."""
    request = RecordingRequest(world, endpoint.operation)
    with suppress(ApiError):
        endpoint.handler(request)
    return parameters(endpoint) - request.read


def parameters(endpoint: Endpoint) -> set[str]:
    declared = endpoint.operation
    return set() if declared is None else {parameter.name for parameter in (*declared.query, *declared.headers)}


WITH_PARAMETERS = [endpoint for endpoint in API_ENDPOINTS if parameters(endpoint)]


@pytest.mark.parametrize("endpoint", WITH_PARAMETERS, ids=lambda endpoint: endpoint.name)
def test_every_declared_parameter_is_read(world: World, endpoint: Endpoint) -> None:
    assert unread(world, endpoint) == set()


def test_parameters_that_are_not_read_are_found(world: World) -> None:
    def handle(request: ApiRequest) -> ApiResponse:
        request.query("sort")
        return ApiResponse(200)

    declared = operation(query=(SORT, Parameter(name="q", schema={}, description="A name.")), headers=(TRACE,))
    endpoint = Endpoint(method="GET", path="/test", handler=handle, operation=declared)
    assert unread(world, endpoint) == {"q", "trace"}


READS: list[tuple[Callable[[ApiRequest], object], Operation]] = [
    (lambda request: request.query("sort"), operation(query=(SORT,))),
    (lambda request: request.header(b"trace"), operation(headers=(TRACE,))),
    (lambda request: request.header(b"authorization"), operation(security=USER_CREDENTIALS)),
    (lambda request: request.header(b"content-type"), operation(request_body=UserRef)),
    (lambda request: request.identity(), operation(security=USER_CREDENTIALS)),
    (lambda request: request.body, operation(request_body=UserRef)),
]


@pytest.mark.parametrize(("read", "declared"), READS)
def test_reading_what_is_not_declared_is_an_error(
    world: World, read: Callable[[ApiRequest], object], declared: Operation
) -> None:
    read(RecordingRequest(world, declared))
    read(RecordingRequest(world, None))
    with pytest.raises(UndeclaredError):
        read(RecordingRequest(world, operation()))


@pytest.mark.parametrize("declared", [operation(), operation(request_body=NewForumPost)])
def test_decoding_another_body_than_the_declared_one_is_an_error(world: World, declared: Operation) -> None:
    with pytest.raises(UndeclaredError, match="UserRef"):
        RecordingRequest(world, declared).json(UserRef)
    with pytest.raises(UndeclaredError, match="UserRef"):
        RecordingRequest(world, declared).decode_json(UserRef)
