"""The JSON of front ends, and the bodies that they submit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.integrations.shared.payloads import expects_json, player_payload, submitted_fields
from eternaltwin.integrations.shared.players import Player

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", True),
        ("Application/JSON; q=0.9", True),
        ("application/json, text/plain, */*", True),
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("text/html, application/json", False),
        ("application/jsonx", False),
    ],
)
def test_who_expects_json(accept: str, expected: bool) -> None:
    assert expects_json(accept) is expected


@pytest.mark.parametrize(
    ("content_type", "body", "fields"),
    [
        (FORM, b"next=/arena&next=/shop", {"next": "/shop"}),
        ("", b"next=/arena", {"next": "/arena"}),
        ("application/json", b'{"next": "/arena", "round": 2}', {"next": "/arena"}),
        ("application/json; charset=utf-8", '{"next": "/é"}'.encode(), {"next": "/é"}),
        ("application/json", b'["next"]', {}),
        ("application/json", b"next=/arena", {}),
        ("application/json", b"\xff", {}),
        ("application/json", b"[" * 10_000, {}),
        (FORM, b"&".join([b"a=b"] * 21), {}),
    ],
)
def test_submitted_fields(content_type: str, body: bytes, fields: dict[str, str]) -> None:
    assert submitted_fields(content_type, body) == fields


@given(st.sampled_from([FORM, "application/json", ""]), st.binary(max_size=200))
def test_any_body_is_read(content_type: str, body: bytes) -> None:
    assert all(isinstance(value, str) for value in submitted_fields(content_type, body).values())


def test_the_player_as_json() -> None:
    moment = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert player_payload(Player("9f310484-963b-446b-af69-797feec6813f", "Zoé", True, moment)) == {
        "identifier": "9f310484-963b-446b-af69-797feec6813f",
        "display_name": "Zoé",
        "is_administrator": True,
        "logged_in_at": "2026-11-28T12:00:00Z",
    }
