"""Errors for responses with an error status, for both clients."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from eternaltwin.clients.http.status_errors import status_error
from eternaltwin.error_responses import CHECK_URL
from eternaltwin.exceptions import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    RateLimitedError,
    RequestError,
    ServerError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)
from eternaltwin.responses import Response
from tests.support.fakes import SECRET, TOKEN, URL, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.scripted_clients import ScriptedClient


KINDS: list[tuple[int, type[RequestError]]] = [
    (400, RequestError),
    (401, AuthenticationError),
    (402, RequestError),
    (403, ForbiddenError),
    (404, NotFoundError),
    (405, UnsupportedByServerError),
    (409, ConflictError),
    (410, GoneError),
    (415, RequestError),
    (422, RequestError),
    (429, RateLimitedError),
    (499, RequestError),
    (500, ServerError),
    (501, UnsupportedByServerError),
    (502, ServerError),
    (503, ServerError),
    (504, ServerError),
    (599, ServerError),
]


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_error_statuses_raise_the_error_of_that_status(
    client: ScriptedClient, status: int, kind: type[RequestError]
) -> None:
    client.script(json_response(status, {"error": "because"}), retries=0)
    with pytest.raises(RequestError, match=f"responded with {status}.*: because") as caught:
        client.call("get", "/api/v1")
    assert type(caught.value) is kind
    assert caught.value.response.status_code == status
    assert client.call("get", "/api/v1", raise_on_error=False).status_code == status


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_statuses_of_success_raise_nothing(client: ScriptedClient, status: int) -> None:
    client.script(json_response(status, {}))
    assert client.call("get", "/api/v1").status_code == status


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "401 Unauthorized; the credentials or the token are not valid, or no longer valid"),
        (405, "405 Method Not Allowed; this version of the server does not support it"),
        (429, "429 Too Many Requests; too many requests; wait before the next one"),
        (499, "499"),
        (500, "500 Internal Server Error; the server failed; try again later"),
        (501, "501 Not Implemented; this version of the server does not support it"),
        (599, "599; the server failed; try again later"),
    ],
)
def test_messages_give_the_status_and_advice(client: ScriptedClient, status: int, message: str) -> None:
    client.script(Response(f"{URL}/x", status, b""), retries=0)
    with pytest.raises(RequestError) as caught:
        client.call("get", "/x")
    assert str(caught.value) == f"{URL}/x responded with {message}"


OTHER_SERVERS = {
    "nothing": Response(f"{URL}/x", 404, b""),
    "text": Response(f"{URL}/x", 404, b"404 page not found", [("Content-Type", "text/plain")]),
    "JSON of another API": json_response(404, {"detail": "Not Found"}),
    "an error with a code": json_response(404, {"code": "NOT_FOUND", "message": "not found"}),
    "a list": json_response(404, ["error"]),
    "an error that is no string": json_response(404, {"error": {"code": 5}}),
    **{
        f"{status} as a page": Response(
            f"{URL}/x", status, b"<h1>No</h1>", [("Content-Type", "text/html; charset=utf-8")]
        )
        for status in (400, 401, 403, 404, 405, 410)
    },
    "a page without a type": Response(f"{URL}/x", 403, b"\n <!DOCTYPE HTML><title>No"),
    "a page as text": Response(f"{URL}/x", 403, b"<html>", [("Content-Type", "text/plain")]),
    "a page of XHTML": Response(f"{URL}/x", 403, b"<?xml", [("Content-Type", "application/xhtml+xml")]),
}


@pytest.mark.parametrize("name", OTHER_SERVERS)
def test_a_refusal_of_another_server_is_unexpected_and_says_to_check_the_url(client: ScriptedClient, name: str) -> None:
    client.script(OTHER_SERVERS[name], retries=0)
    with pytest.raises(UnexpectedResponseError, match=f"{CHECK_URL}$") as caught:
        client.call("get", "/x")
    assert caught.value.response is OTHER_SERVERS[name]
    reason = (
        "with a page of HTML, which Eternaltwin's API does not send"
        if " page" in name
        else "without an error of Eternaltwin: the server does not have this path"
    )
    assert f"responded with {OTHER_SERVERS[name].status_code} " in str(caught.value)
    assert str(caught.value).endswith(f", {reason}: {CHECK_URL}")
    assert client.call("get", "/x", raise_on_error=False) is OTHER_SERVERS[name]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, RateLimitedError),
        (500, ServerError),
        (501, UnsupportedByServerError),
        (502, ServerError),
        (503, ServerError),
    ],
)
def test_a_page_of_a_proxy_that_is_to_be_waited_for_says_so(
    client: ScriptedClient, status: int, kind: type[RequestError]
) -> None:
    client.script(Response(f"{URL}/x", status, b"<html>", [("Content-Type", "text/html")]), retries=0)
    with pytest.raises(kind):
        client.call("get", "/x")


@pytest.mark.parametrize("error", ["user not found", "", "TwinoidUserNotFound"])
def test_what_the_server_says_is_not_found_is_not_found(client: ScriptedClient, error: str) -> None:
    client.script(json_response(404, {"error": error}))
    with pytest.raises(NotFoundError):
        client.call("get", "/x")


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_invalid_statuses_are_unexpected(client: ScriptedClient, status: int) -> None:
    client.script(json_response(status, {}))
    with pytest.raises(
        UnexpectedResponseError, match=f"responded with the unexpected status {status}: {CHECK_URL}$"
    ) as caught:
        client.call("get", "/api/v1")
    assert caught.value.response is not None
    assert caught.value.response.status_code == status


@pytest.mark.parametrize(
    ("body", "content_type", "code", "server_message"),
    [
        (b'{"code": "Q1010", "message": "bad code", "extra": {"a": [1]}}', "application/json", "Q1010", "bad code"),
        (b'{"error": "forbidden"}', "application/json", None, "forbidden"),
        (b"internal error", "text/plain; charset=utf-8", None, "internal error"),
        (b"", "", None, None),
        (b'{"code": 5}', "application/json", None, None),
        (b"[" * 100_000, "application/json", None, None),
        (b'{"error": "\xff"}', "application/json", None, None),
        (b"\xff\xfe", "text/plain", None, "\ufffd\ufffd"),
        (b'{"error": "a\\u0000b\\u001b[31m\\nc"}', "application/json", None, "a b [31m c"),
        (json.dumps({"error": "x" * 5000}).encode(), "application/json", None, "x" * 200 + "…"),
    ],
)
def test_errors_carry_code_and_message_of_the_server(
    client: ScriptedClient, body: bytes, content_type: str, code: str | None, server_message: str | None
) -> None:
    client.script(Response(f"{URL}/x?secret=1", 400, body, [("Content-Type", content_type)]))
    with pytest.raises(RequestError) as caught:
        client.call("get", "/api/v1")
    assert (caught.value.code, caught.value.server_message) == (code, server_message)
    message = str(caught.value)
    assert message.startswith(f"{URL}/x responded with 400 Bad Request")
    assert server_message is None or server_message in message
    assert "secret" not in message


def test_secrets_that_the_server_repeats_are_hidden(client: ScriptedClient) -> None:
    basic = "cHl0aG9uX2NsaWVudEBjbGllbnRzOmRldl9zZWNyZXRfb2ZfdGhlX2dhbWU="
    echo = {"code": TOKEN, "message": f"no {TOKEN}, {SECRET}, {basic}, the-secret-code"}
    client.script(json_response(401, echo))
    for name, args in (("users.me", [TOKEN]), ("token", ["the-secret-code"])):
        with pytest.raises(AuthenticationError) as caught:
            client.call(name, *args)
        shown = f"{caught.value} {caught.value!r}"
        assert "[hidden]" in shown
        assert (TOKEN if name == "users.me" else SECRET) not in shown
        assert name == "users.me" or (basic not in shown and "the-secret-code" not in shown)


def in_a_form(text: str) -> str:
    return quote_plus(text)


def in_a_url(text: str) -> str:
    return quote(text, safe="")


SECRETS = ("c0de+/=", "x" * 450)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("encode", [str, in_a_form, in_a_url])
def test_secrets_are_hidden_before_messages_are_cut(
    client: ScriptedClient, secret: str, encode: Callable[[str], str]
) -> None:
    client.script(json_response(422, {"code": "Q1010", "message": f"{'a' * 150} bad code {encode(secret)}"}))
    with pytest.raises(RequestError) as caught:
        client.call("token", secret)
    assert caught.value.server_message == f"{'a' * 150} bad code [hidden]"
    assert str(caught.value).endswith("[hidden]")


@pytest.mark.parametrize("encode", [str, in_a_form, in_a_url])
def test_secrets_with_spaces_are_hidden_as_forms_and_urls_encode_them(encode: Callable[[str], str]) -> None:
    error = status_error(json_response(422, {"error": f"wrong: {encode('a b/c é')}"}), ["a b/c é"])
    assert isinstance(error, RequestError)
    assert error.server_message == "wrong: [hidden]"
