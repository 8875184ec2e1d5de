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
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterator

RESPONSE = Response("http://eternaltwin.test/api", 429, b'{"error": "slow down"}', {"Retry-After": "7"})


def classes_of_tree(docstring: str) -> Iterator[tuple[str, str]]:
    """Yield each class of the tree in a docstring, with the class that it is drawn under."""
    above = [""]
    for line in docstring.splitlines():
        match = re.match(r"    ((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)", line)
        if match:
            depth = len(match[1]) // 4
            above[depth + 1 :] = [match[2]]
            yield match[2], above[depth]


def test_the_tree_is_as_drawn() -> None:
    tree = dict(classes_of_tree(exceptions.__doc__ or ""))
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
    assert RequestError(RESPONSE, "mine").message == "mine"


def test_a_state_is_kept_but_not_shown() -> None:
    error = InvalidStateError("Expected action authorize", "the-state")
    assert error.state == "the-state"
    assert error.message == "Expected action authorize"
    assert "the-state" not in f"{error} {error!r}"
