"""The reason of a refusal, from the body of the response."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.refusals import MAX_REASON, reason_of


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"error": "not found"}', "not found"),
        (b'{"code": "Q1004", "message": "no client", "extra": null}', "Q1004: no client"),
        (b'{"code": "Q1010", "message": "bad code", "extra": "too short"}', "Q1010: bad code (too short)"),
        (b'{"code": "Q1003", "message": "differs", "extra": {"a": "b", "c": {}}}', "Q1003: differs (a: b)"),
        (b'{"code": "Q1003", "message": "differs", "extra": {"c": {}}}', "Q1003: differs"),
        (b'{"message": "differs"}', "differs"),
        (b"dev clock API\nis disabled", "dev clock API is disabled"),
        (b"{}", None),
        (b"", None),
        (b"<!doctype html><title>Not found</title>", None),
        (b'{"error": "cut of', None),
    ],
)
def test_the_reason_is_code_message_and_details(body: bytes, reason: str | None) -> None:
    assert reason_of(body) == reason


@given(st.binary(max_size=1000))
def test_any_body_has_at_most_one_line_of_reason(body: bytes) -> None:
    reason = reason_of(body)
    assert reason is None or (0 < len(reason) <= MAX_REASON and "\n" not in reason)
