"""The one way in which all areas of the API send: number of requests, and what refusals mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.api.bodies import form_body, json_body
from eternaltwin.clients.driver import run
from eternaltwin.exceptions import (
    AuthenticationError,
    ForbiddenError,
    InvalidArgumentError,
    NotFoundError,
    RequestError,
    ServerError,
    UnsupportedByServerError,
)
from eternaltwin.tokens import Token
from tests.support.fakes import (
    ALICE,
    SECRET,
    TOKEN,
    FakeTransport,
    full_user,
    json_response,
    self_response,
    sync_client,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.sync.clients import Eternaltwin

GUEST = json_response(200, {"type": "Guest", "scope": "Default"})
FORBIDDEN = json_response(403, {"error": "forbidden"})
OLD_VERSION = json_response(200, {"eternaltwin": {"version": "0.16.4"}})
NEW_VERSION = json_response(200, {"eternaltwin": {"version": "0.17.0"}})
BEARER = Token.bearer(TOKEN)

CALLS: dict[str, Callable[[Eternaltwin], object]] = {
    "get": lambda client: client.get("/api/v1", token=TOKEN),
    "post": lambda client: client.post("/api/v1/users", token=TOKEN),
    "users.me": lambda client: client.users.me(TOKEN),
    "users.get": lambda client: client.users.get(ALICE, TOKEN),
    "users.search": lambda client: client.users.search(token=TOKEN),
    "accounts": lambda client: run(client.api.accounts.terms(ALICE, BEARER)),
    "archives": lambda client: run(client.api.archives.twinoid_scores(38, BEARER)),
    "forum": lambda client: run(client.api.forum.sections(BEARER)),
    "server": lambda client: run(client.api.server.clock(BEARER)),
}

every_area = pytest.mark.parametrize("call", [pytest.param(call, id=name) for name, call in CALLS.items()])


def targets(transport: FakeTransport) -> list[str]:
    return [request.target.partition("?")[0] for request in transport.requests]


@every_area
def test_every_area_reports_a_token_that_is_no_longer_good(call: Callable[[Eternaltwin], object]) -> None:
    transport = FakeTransport(FORBIDDEN, GUEST)
    with pytest.raises(AuthenticationError, match="the access token is not valid, or no longer valid") as caught:
        call(sync_client(transport))
    assert caught.value.response is FORBIDDEN
    assert targets(transport)[1:] == ["/api/v1/auth/self"]
    assert transport.requests[1].headers["Authorization"] == f"Bearer {TOKEN}"


@every_area
def test_every_area_reports_a_missing_permission(call: Callable[[Eternaltwin], object]) -> None:
    with pytest.raises(ForbiddenError, match=r"responded with 403 Forbidden: forbidden$"):
        call(sync_client(FakeTransport(FORBIDDEN, self_response(), NEW_VERSION)))


@every_area
def test_other_refusals_need_no_other_request(call: Callable[[Eternaltwin], object]) -> None:
    transport = FakeTransport(json_response(500, {"error": "internal"}))
    with pytest.raises(ServerError):
        call(sync_client(transport))
    assert len(transport.requests) == 1


def test_a_call_that_succeeds_is_one_request() -> None:
    transport = FakeTransport(json_response(200, full_user()))
    client = sync_client(transport)
    client.users.get(ALICE, TOKEN)
    client.users.me(TOKEN)
    client.users.search(token=TOKEN)
    assert targets(transport) == [f"/api/v1/users/{ALICE}", "/api/v1/auth/self", "/api/v1/users"]


def test_accepted_statuses_are_returned() -> None:
    transport = FakeTransport(json_response(410, full_user()), json_response(404, {"error": "UserNotFound"}))
    client = sync_client(transport)
    assert client.users.get(ALICE, TOKEN).status_code == 410
    with pytest.raises(NotFoundError):
        client.users.get(ALICE, TOKEN)


def test_without_raising_a_refusal_is_one_request() -> None:
    transport = FakeTransport(FORBIDDEN)
    assert sync_client(transport).get("/api/v1", raise_on_error=False, token=TOKEN) is FORBIDDEN
    assert len(transport.requests) == 1


def test_a_refusal_with_a_code_needs_no_other_request() -> None:
    transport = FakeTransport(json_response(403, {"code": "Q1009", "message": "another client"}))
    with pytest.raises(ForbiddenError, match="Q1009 another client"):
        sync_client(transport).token("code")
    assert targets(transport) == ["/oauth/token"]


def test_credentials_are_checked_before_the_version() -> None:
    transport = FakeTransport(FORBIDDEN, self_response(), OLD_VERSION)
    with pytest.raises(UnsupportedByServerError, match=r"0\.16\.4, which cannot list users") as caught:
        sync_client(transport).users.search(token=TOKEN)
    assert targets(transport) == ["/api/v1/users", "/api/v1/auth/self", "/api/v1"]
    assert caught.value.server_message == "forbidden"


@pytest.mark.parametrize("status", [400, 401, 409, 429, 500])
def test_statuses_that_do_not_mean_an_old_server_need_no_version(status: int) -> None:
    transport = FakeTransport(json_response(status, {"error": "because"}, [("Retry-After", "99")]))
    with pytest.raises(RequestError, match="because"):
        sync_client(transport).users.search(token=TOKEN)
    assert len(transport.requests) == 1


def test_explained_refusals_hide_secrets_that_the_server_repeats() -> None:
    transport = FakeTransport(json_response(403, {"error": f"no {TOKEN}"}), GUEST)
    with pytest.raises(AuthenticationError) as caught:
        sync_client(transport).users.get(ALICE, TOKEN)
    assert caught.value.server_message == "no [hidden]"


def test_bodies_hide_what_they_carry() -> None:
    assert repr(json_body({"password": SECRET}, SECRET)) == "<RequestBody application/json, 37 bytes>"
    assert repr(form_body({"code": "c"}, "c")) == "<RequestBody application/x-www-form-urlencoded, 6 bytes>"


def test_subclasses_of_what_json_has_are_encoded() -> None:
    class SafeString(str):
        __slots__ = ()

    class Time(datetime):
        pass

    body = json_body({"text": SafeString("a"), "time": Time(2021, 1, 1, tzinfo=UTC)})
    assert body.content == b'{"text":"a","time":"2021-01-01T00:00:00+00:00"}'


def test_values_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="json must consist of"):
        json_body(object())
