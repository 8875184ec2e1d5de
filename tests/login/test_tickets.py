"""Tickets: what a cookie may contain, and how long a ticket is fresh."""

from __future__ import annotations

import base64

import pytest

from eternaltwin.login.tickets import Ticket

ISSUED = 1_800_000_000_000
SECRET = "s" * 43


def cookie(content: bytes) -> str:
    """Return the value of a cookie with this purpose."""
    return f"{ISSUED}.{SECRET}.{base64.urlsafe_b64encode(content).decode().rstrip('=')}"


def test_a_ticket_is_read_as_it_was_written() -> None:
    for ticket in (
        Ticket(ISSUED, SECRET, None),
        Ticket(ISSUED, SECRET, "/arena", "connect", "42", is_used=True),
        Ticket(ISSUED, SECRET, f"/{'a' * 1023}", "login", "Zoé"),
    ):
        assert Ticket.from_cookie(ticket.cookie_value) == ticket


def test_a_new_ticket_signs_in_and_has_a_secret_of_256_bits() -> None:
    ticket = Ticket.new("/arena")
    assert (ticket.next, ticket.process, ticket.subject, ticket.is_used) == ("/arena", "login", None, False)
    assert len(base64.urlsafe_b64decode(f"{ticket.secret}=")) == 32
    assert Ticket.new("/arena").secret != ticket.secret


def test_a_cookie_has_at_most_3072_characters() -> None:
    longest = Ticket(ISSUED, SECRET, None, "login", "x" * 2243)
    assert len(longest.cookie_value) == 3072
    assert Ticket.from_cookie(longest.cookie_value) == longest
    longer = Ticket(ISSUED, SECRET, None, "login", "x" * 2244)
    assert len(longer.cookie_value) == 3073
    assert Ticket.from_cookie(longer.cookie_value) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        b"1800000000000",
        "",
        cookie(b"[]")[1:],
        f"1{cookie(b'[]')}",
        cookie(b"[]").replace(".s", ".", 1),
        f"{cookie(b'[]')}.use",
        f"{cookie(b'[]')}.used.used",
        f"{cookie(b'[]')}\n",
        f"{ISSUED}.{SECRET}.A",
        cookie(b""),
        cookie(b"{}"),
        cookie(b"nonsense"),
        cookie(b"\xff"),
        cookie(b'["/arena","disconnect",null]'),
        cookie(b'[7,"login",null]'),
        cookie(b'["/arena","login",null,1]'),
    ],
)
def test_any_other_cookie_is_no_ticket(value: object) -> None:
    assert Ticket.from_cookie(value) is None


@pytest.mark.parametrize(
    ("age", "is_fresh"), [(-60.001, False), (-60.0, True), (0.0, True), (599.999, True), (600.0, False)]
)
def test_a_ticket_is_fresh_from_a_minute_before_its_start_to_its_end(age: float, is_fresh: bool) -> None:
    assert Ticket(ISSUED, SECRET, None).is_fresh(600, ISSUED / 1000 + age) is is_fresh
