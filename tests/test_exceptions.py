"""Exceptions: they form the tree in their docstring, can be pickled, and hide secrets."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING

import pytest

from eternaltwin import exceptions
from eternaltwin.exceptions import (
    ConfigurationError,
    EternalTwinError,
    InvalidStateError,
    RateLimitedError,
    RequestError,
    TransportError,
    UnexpectedResponseError,
    UnknownConnectionError,
)
from eternaltwin.responses import Headers, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

RESPONSE = Response("http://eternaltwin.test/api", 429, b'{"error": "slow down"}', {"Retry-After": "7"})


def drawn(docstring: str) -> Iterator[tuple[str, str]]:
    """Yield each class of the tree in a docstring, with the class that it is drawn under."""
    above = [""]
    for line in docstring.splitlines():
        match = re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            above[depth + 1 :] = [match[2]]
            yield match[2], above[depth]


def test_the_tree_is_as_drawn() -> None:
    tree = dict(drawn(exceptions.__doc__ or ""))
    classes = {
        name: value
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and issubclass(value, EternalTwinError)
    }
    assert tree.keys() == classes.keys() == set(exceptions.__all__)
    for name, parent in tree.items():
        assert parent == "" or classes[parent] in classes[name].__mro__


@pytest.mark.parametrize(
    "error",
    [
        ConfigurationError("wrong", setting="url", alias="game"),
        InvalidStateError("expired", "the-state"),
        UnexpectedResponseError("odd", RESPONSE),
        RequestError(RESPONSE),
        RateLimitedError(RESPONSE, "slower, please"),
        TransportError("down"),
        UnknownConnectionError("there is none"),
    ],
)
def test_errors_can_be_pickled(error: EternalTwinError) -> None:
    copy: EternalTwinError = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    for name in ("setting", "alias", "problem", "state", "retry_after", "code", "server_message"):
        assert getattr(copy, name, None) == getattr(error, name, None)


def test_the_message_of_a_request_error_can_be_set() -> None:
    assert str(RequestError(RESPONSE)) == "http://eternaltwin.test/api responded with 429: slow down"
    assert str(RequestError(Response("http://x/", 500, b"", {}))) == "http://x/ responded with 500"
    assert RequestError(RESPONSE, "mine").response.content == RESPONSE.content


def test_a_state_is_kept_but_not_shown() -> None:
    error = InvalidStateError("Expected action authorize", "the-state")
    assert error.state == "the-state"
    assert "the-state" not in f"{error} {error!r}"


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
