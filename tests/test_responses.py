"""Responses and their header fields."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from eternaltwin.enums import AuthorizationType
from eternaltwin.error_responses import CHECK_URL
from eternaltwin.exceptions import UnexpectedResponseError
from eternaltwin.responses import Headers, Response, decode_json


class Cat(msgspec.Struct, tag=True):
    """One of two structs that a tag distinguishes."""


class Dog(msgspec.Struct, tag=True):
    """The other one."""


def test_responses_hide_their_bodies_and_queries() -> None:
    response = Response("http://x/y?code=secret", 200, b"secret", {"Set-Cookie": "sid=secret"})
    assert repr(response) == "<Response 200 from http://x/y, 6 bytes>"
    assert repr(response.headers) == "Headers(set-cookie)"


def test_header_fields_have_no_case_and_may_repeat() -> None:
    headers = Headers([("Set-Cookie", "a=1"), ("X", "y"), ("set-cookie", "b=2")])
    assert headers["SET-COOKIE"] == "a=1"
    assert headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert headers.get("none", "default") == "default"
    assert "x" in headers
    assert "none" not in headers
    assert 5 not in headers
    assert list(headers) == ["set-cookie", "x"]
    assert len(headers) == 2
    assert list(headers.items()) == [("set-cookie", "a=1"), ("x", "y"), ("set-cookie", "b=2")]
    assert headers == Headers([("set-cookie", "a=1"), ("x", "y"), ("set-cookie", "b=2")])
    assert hash(headers) == hash(Headers(headers.items()))
    assert headers != {"x": "y"}
    with pytest.raises(KeyError):
        headers["none"]


@pytest.mark.parametrize(
    ("field", "seconds"),
    [("7", 7.0), ("", None), ("soon", None), ("-1", None), ("\u0661", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_retry_after_is_a_number_or_a_date(field: str, seconds: float | None) -> None:
    assert Response("http://x/", 429, b"", {"Retry-After": field}).retry_after == seconds


def test_retry_after_may_be_far_away() -> None:
    assert (Response("http://x/", 429, b"", {"Retry-After": "9" * 400}).retry_after or 0) > 1e8
    assert (Response("http://x/", 429, b"", {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}).retry_after or 0) > 1e9
    assert Response("http://x/", 429, b"", {"Retry-After": "Fri, 31 Dec 99999 23:59:59 GMT"}).retry_after is None


@pytest.mark.parametrize(
    ("kind", "body", "problem"),
    [
        (dict[str, AuthorizationType], b'{"type": "TOPSECRET"}', "Invalid enum value - at `$[...]`"),
        (list[Literal["a", "b"]], b'["TOPSECRET - at `$.b`, \\n - at `"]', "Invalid enum value - at `$[0]`"),
        (Literal["a", "b"], b'"TOPSECRET - at `$`"', "Invalid enum value"),
        (Literal[1, 2], b"31337", "Invalid enum value"),
        (Cat | Dog, b'{"type": "TOPSECRET"}', "Invalid value - at `$.type`"),
        (list[int], b'["TOPSECRET"]', "Expected `int`, got `str` - at `$[0]`"),
    ],
)
def test_the_value_of_json_of_another_shape_is_not_shown(kind: type[object], body: bytes, problem: str) -> None:
    with pytest.raises(UnexpectedResponseError) as caught:
        decode_json(Response("http://x/y", 200, body), kind)
    assert str(caught.value) == f"http://x/y sent JSON of another shape: {problem}: {CHECK_URL}"
    assert caught.value.__context__ is None
